"""From one code, or office, to what became of its report."""

from dataclasses import dataclass, field
from enum import StrEnum

from precheck.agent.errors import AgentError
from precheck.agent.outbox import Entry
from precheck.agent.recording import RecordingDraft
from precheck.agent.session import Session
from precheck.contract.api import Receipt, RecordingReceipt
from precheck.contract.checks import CheckId
from precheck.contract.report import Report

FRESH_SECONDS = 30 * 60.0
"""For how long a finding stands for the device as it is. Firewall, network and what runs change
within minutes; one limit for all keeps a report of one piece, and checking again takes seconds."""


class Sending(StrEnum):
    """What became of the report to which the person consented."""

    SENDING = "sending"
    SENT = "sent"
    KEPT = "kept"
    """The endpoint is away; it is sent later."""
    REFUSED = "refused"
    """The endpoint will never take it."""
    LOST = "lost"
    """Neither sent nor kept."""


class Stage(StrEnum):
    """How far a recording for the helpdesk is."""

    OFFERED = "offered"
    MAKING = "making"
    SHOWN = "shown"
    SENDING = "sending"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class RecordingState:
    """The recording to the report that was sent. `draft` is what is shown, `problem` why the last
    thing asked for was not done; it can be asked for again."""

    stage: Stage = Stage.OFFERED
    draft: RecordingDraft | None = None
    receipt: RecordingReceipt | None = None
    problem: AgentError | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a second start of the program came with: a code, and its endpoint where that was said
    with it."""

    code: str
    endpoint: str | None = None


@dataclass
class Visit:
    """One visit. Read and changed under the lock of the flow alone.

    `guessed`: there is a code, and nobody could say whose terms it stands for. `begun`: the checks
    were started at least once. `draft` is what was shown for sending, until something changes.
    `landed` says of each finding when its run began, by the clock of the flow: the machine may have
    slept since.
    """

    code: str | None
    office: str | None
    endpoint: str | None
    looking_up: bool = True
    guessed: bool = False
    session: Session | None = None
    begun: bool = False
    running: set[CheckId] = field(default_factory=set)
    running_since: float = 0.0
    landed: dict[CheckId, float] = field(default_factory=dict)
    problem: AgentError | None = None
    draft: Report | None = None
    declined: bool = False
    sending: Sending | None = None
    entry: Entry | None = None
    """What was to be sent last."""
    tries: int = 0
    """How often that was tried."""
    receipt: Receipt | None = None
    refused: str | None = None
    recording: RecordingState = RecordingState()

    def all_found(self) -> bool:
        """Whether every check has landed, and none is being done again."""
        if self.session is None or self.running:
            return False
        found = {item.check for item in self.session.findings()}
        return found.issuperset(self.session.plan.checks)

    def too_old(self, now: float) -> tuple[CheckId, ...]:
        """The checks whose findings no longer stand for the device, in order. None once a report
        has arrived, which says when it was made."""
        if self.has_left():
            return ()
        return tuple(
            check
            for check in CheckId
            if check in self.landed
            and check not in self.running
            and now - self.landed[check] > FRESH_SECONDS
        )

    def age(self, now: float) -> float | None:
        """Seconds since the oldest finding was made that is not being made anew; None without."""
        made = [at for check, at in self.landed.items() if check not in self.running]
        return now - min(made) if made else None

    def has_left(self) -> bool:
        """Whether a report has arrived, or is on its way."""
        return self.sending in (Sending.SENDING, Sending.SENT)

    def unsent(self) -> bool:
        """Whether something was found that nobody has but this program."""
        return bool(self.landed) and self.sending not in (Sending.SENT, Sending.KEPT)

    def under_way(self) -> bool:
        """Whether another visit in place of this one would cost the person something."""
        return self.looking_up or (self.begun and self.sending is not Sending.SENT)

    def can_send(self) -> bool:
        """Whether a report has somebody to go to, and says all."""
        return (
            self.all_found()
            and not self.guessed
            and self.sending is not Sending.SENDING
            and self.session is not None
            and self.session.plan.code is not None
            and self.session.plan.endpoint is not None
        )
