"""What the person does on the page, one method each, over the same session as the terminal.

The methods are called by the threads of the server and return at once; what takes time (asking the
endpoint, running the checks, sending) goes on in a thread of its own and shows in the snapshot.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

import msgspec

from precheck import __version__
from precheck.agent.address import endpoint_address
from precheck.agent.errors import AgentError, BadAddress, RecordingNotMade, RecordingNotSent
from precheck.agent.outbox import Delivery, Entry, Outbox, deliver, keep_and_deliver
from precheck.agent.page.elapsed import Elapsed
from precheck.agent.page.media import page_reason, with_page
from precheck.agent.page.settings_screens import Screen, SettingsScreens
from precheck.agent.page.view import (
    QuestionView,
    Snapshot,
    office_views,
    phase_of,
    problem_view,
    question_views,
    with_visit,
)
from precheck.agent.page.visit import Offer, RecordingState, Sending, Stage, Visit
from precheck.agent.recording import RecordingDraft, make_recording, send_recording
from precheck.agent.session import Session, plan
from precheck.contract.checks import CheckId
from precheck.contract.code import parse_code
from precheck.contract.errors import BadCode, UnknownOffice
from precheck.contract.finding import Finding
from precheck.contract.offices import load_office
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, Wording, load_wording

log = logging.getLogger(__name__)


class Refusal(Exception):
    """What the page asked for cannot be done. `problem` is one stable word; `phrase` names a
    sentence for the person, where there is one."""

    def __init__(self, status: HTTPStatus, problem: str, phrase: str | None = None) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.phrase = phrase


def _wrong(problem: str, phrase: str | None = None) -> Refusal:
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, problem, phrase)


def _not_now(problem: str) -> Refusal:
    return Refusal(HTTPStatus.CONFLICT, problem)


def _to_the_last(findings: Iterator[Finding]) -> None:
    for _ in findings:
        pass


class Flow:
    """The page's session. `endpoint` is the office's, where the program was started with one;
    `given_code` is a code that came with the program, and `problem` what was wrong with what did.
    """

    def __init__(
        self,
        *,
        family: OsFamily,
        language: Language,
        endpoint: str | None,
        outbox: Outbox,
        screens: SettingsScreens,
        given_code: str | None = None,
        problem: AgentError | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.ended = threading.Event()
        self._family = family
        self._language = language
        self._endpoint = endpoint
        self._outbox = outbox
        self._screens = screens
        self._given_code = given_code
        self._problem = problem
        self._clock = clock or Elapsed()
        self._changed = threading.Condition(threading.RLock())
        self._seq = 1
        self._visit: Visit | None = None
        self._visits = 0
        self._offer: Offer | None = None
        self._offices = office_views()
        outbox.clear_leftovers()
        self._waiting = len(list(outbox.waiting()))
        self._refused_earlier = 0

    def snapshot(self) -> Snapshot:
        """Everything, now."""
        with self._changed:
            return self._shown()

    def after(self, seq: int, seconds: float) -> Snapshot:
        """Everything, as soon as it is not what it was at `seq`, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._seq != seq, timeout=seconds)
            return self._shown()

    @property
    def language(self) -> Language:
        """The language in force."""
        return self._language

    def words(self) -> Wording:
        """Its words."""
        return load_wording(self._language)

    def speak(self, language: Language) -> None:
        """Go on in `language`."""
        with self._changed:
            self._language = language
            self._change()

    def start(self, code: str | None, office: str | None, endpoint: str | None) -> None:
        """Begin anew, with a code, with an office, with both, or with neither. What the terms are
        is asked of the endpoint, if there is one and a code. Raises `Refusal` for a code, office or
        address that cannot be."""
        try:
            parsed = parse_code(code) if code is not None else None
            if office is not None:
                load_office(office)
            address = endpoint_address(endpoint) if endpoint is not None else self._endpoint
        except BadCode as error:
            raise _wrong("code_mistyped", "error_code_mistyped") from error
        except UnknownOffice as error:
            raise _wrong("unknown_office", "error_office_unknown") from error
        except BadAddress as error:
            raise _wrong("bad_address", "error_address") from error
        visit = Visit(parsed, office, address)
        with self._changed:
            if self._visit is not None and self._visit.sending is Sending.SENDING:
                raise _not_now("sending")
            self._visit, self._offer = visit, None
            self._visits += 1
            self._change()
        self._in_a_thread(self._look_up, visit)

    def offer(self, code: str, endpoint: str | None) -> None:
        """Take over the code that a second start of the program came with, and its endpoint: at
        once where nothing is under way, else when the person says so. What is no code, or no
        address, changes nothing."""
        with suppress(BadCode, BadAddress):
            offer = Offer(
                parse_code(code), None if endpoint is None else endpoint_address(endpoint)
            )
            with self._changed:
                if not self._is_new(offer):
                    return
                self._offer = offer
                if self._visit is None or not self._visit.under_way():
                    self.take_over()
                self._change()

    def take_over(self) -> None:
        """Begin anew with what a second start came with: its code stands in the field, and is used
        when the person says so."""
        with self._changed:
            offer = self._offer
            if offer is None:
                raise _not_now("nothing_offered")
            if self._visit is not None and self._visit.sending is Sending.SENDING:
                raise _not_now("sending")
            self._given_code = offer.code
            self._endpoint = offer.endpoint or self._endpoint
            self._visit = self._offer = self._problem = None
            self._visits += 1
            self._change()

    def stay(self) -> None:
        """Go on with what is under way, whatever a second start came with."""
        with self._changed:
            self._offer = None
            self._change()

    def unsent(self) -> bool:
        """Whether something was found that nobody has but this program."""
        with self._changed:
            return self._visit is not None and self._visit.unsent()

    def check(self, only: tuple[CheckId, ...] | None) -> None:
        """Run the plan's checks, or some of them again. Raises `Refusal` for one that is not in the
        plan, or is running."""
        with self._changed:
            visit, session = self._planned()
            wanted = session.plan.checks if only is None else only
            if not set(wanted) <= set(session.plan.checks):
                raise _wrong("not_in_plan")
            if visit.running & set(wanted):
                raise _not_now("checking")
            self._ensure_not_sending(visit)
            self._begin(visit, session, wanted)

    def answer(self, check: CheckId, answer: bool) -> None:
        """Keep what the person said. Raises `Refusal` where nothing was asked."""
        with self._changed:
            visit, session = self._planned()
            if check not in {item.check for item in self._questions(session)}:
                raise _wrong("not_asked")
            self._ensure_not_sending(visit)
            session.answer(check, answer)
            self._revised(visit)

    def measured(self, check: CheckId, outcome: str) -> None:
        """Keep what the page saw or heard. Raises `Refusal` for what it cannot measure."""
        reason = page_reason(check, outcome)
        with self._changed:
            visit, session = self._planned()
            if reason is None or check not in session.plan.checks:
                raise _wrong("not_measured_here")
            if check in visit.running:
                raise _not_now("checking")
            self._ensure_not_sending(visit)
            found = {item.check: item for item in session.findings()}.get(check)
            counts = with_page(check, found, reason)
            if counts is found:
                return
            session.keep(counts)
            visit.landed[check] = self._clock()
            self._revised(visit)

    def draft(self) -> None:
        """Put together what would be sent, to be shown; what is too old for that is checked again
        first."""
        with self._changed:
            visit, session = self._planned()
            if not visit.can_send():
                raise _not_now("cannot_send")
            old = visit.too_old(self._clock())
            if old:
                self._begin(visit, session, old)
                return
            visit.draft = session.report()
            visit.declined = False
            self._change()

    def send(self, report_id: str) -> None:
        """Send the draft with this id, to which the person consented after having seen it. Raises
        `Refusal` for any other, since something has changed, and for one that is too old."""
        with self._changed:
            visit, session = self._planned()
            report = visit.draft
            if report is None or str(report.report_id) != report_id:
                raise _not_now("draft_changed")
            endpoint, code = session.plan.endpoint, session.plan.code
            if not visit.can_send() or endpoint is None or code is None:
                raise _not_now("cannot_send")
            if visit.too_old(self._clock()):
                visit.draft = None
                self._change()
                raise Refusal(HTTPStatus.CONFLICT, "too_old", "page_too_old")
            visit.recording = RecordingState()
            visit.tries = 0
            self._begin_to_send(visit, Entry(endpoint=endpoint, code=code, report=report))

    def send_again(self) -> None:
        """Send what was kept once more, as it was; the person consented to it. Nothing happens
        where that is under way or has arrived. Raises `Refusal` where nothing was kept."""
        with self._changed:
            visit, _ = self._planned()
            if visit.has_left():
                return
            if visit.sending is not Sending.KEPT or visit.entry is None:
                raise _not_now("nothing_kept")
            self._begin_to_send(visit, visit.entry)

    def record(self) -> None:
        """Make a recording for the helpdesk, to be shown. Raises `Refusal` where there is one, and
        where no report was sent."""
        with self._changed:
            visit, session = self._planned()
            receipt = visit.receipt
            if receipt is None or visit.recording.stage is not Stage.OFFERED:
                raise _not_now("cannot_record")
            making = self._recording(visit, RecordingState(Stage.MAKING))
        self._in_a_thread(self._record, visit, session, receipt.report_id, making)

    def send_recording(self, recording_id: str) -> None:
        """Send the recording with this id, to which the person consented after having seen it.
        Raises `Refusal` for any other."""
        with self._changed:
            visit, session = self._planned()
            endpoint, code = session.plan.endpoint, session.plan.code
            draft = visit.recording.draft
            shown = draft if visit.recording.stage is Stage.SHOWN else None
            if shown is None or shown.id != recording_id or endpoint is None or code is None:
                raise _not_now("recording_not_shown")
            sending = self._recording(visit, RecordingState(Stage.SENDING, shown))
        self._in_a_thread(self._send_recording, visit, sending, shown, endpoint, code)

    def decline(self) -> None:
        """Send nothing."""
        with self._changed:
            visit, _ = self._planned()
            self._ensure_not_sending(visit)
            visit.draft = None
            visit.declined = True
            self._change()

    def open_settings(self, screen: str) -> None:
        """Open a screen of the system's settings. Raises `Refusal` for an id that is not listed."""
        known = {item.value: item for item in self._screens.ids()}
        if screen not in known:
            raise Refusal(HTTPStatus.NOT_FOUND, "no_such_screen")
        if not self._screens.open(Screen(screen)):
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "not_opened")

    def end(self) -> None:
        """End the program."""
        with self._changed:
            self.ended.set()
            self._change()

    def _look_up(self, visit: Visit) -> None:
        now = datetime.now(UTC)
        try:
            code = visit.code if visit.endpoint is not None else None
            chosen = plan(visit.office, code, visit.endpoint, now)
            asked_nobody = visit.code is not None and visit.endpoint is None
            session = Session(chosen, self._family, now)
        except Exception as error:  # noqa: BLE001 - the page has to say it, whatever it was
            self._failed(visit, error)
            return
        with self._changed:
            visit.looking_up = False
            visit.session = session
            visit.guessed = visit.office is None and (chosen.away or asked_nobody)
            self._change()

    def _begin_to_send(self, visit: Visit, entry: Entry) -> None:
        visit.sending, visit.receipt, visit.refused = Sending.SENDING, None, None
        visit.entry = entry
        visit.tries += 1
        self._change()
        self._in_a_thread(self._send, visit, entry)

    def _begin(self, visit: Visit, session: Session, wanted: tuple[CheckId, ...]) -> None:
        now = self._clock()
        if not visit.running:
            visit.running_since = now
        visit.begun = True
        visit.running |= set(wanted)
        # An answer is to what was found then: elsewhere, or another day, it may be another one.
        session.forget_answers(wanted)
        self._revised(visit)
        self._in_a_thread(self._run, visit, session, wanted, now)

    def _is_new(self, offer: Offer) -> bool:
        """Whether `offer` says something that is not in force."""
        visit = self._visit
        code = self._given_code if visit is None else visit.code
        endpoint = self._endpoint if visit is None else visit.endpoint
        return offer.code != code or offer.endpoint not in (None, endpoint)

    def _run(
        self, visit: Visit, session: Session, wanted: tuple[CheckId, ...], begun: float
    ) -> None:
        left = set(wanted)
        try:
            session.compare_clocks()
            for finding in session.run(wanted):
                with self._changed:
                    left.discard(finding.check)
                    visit.running.discard(finding.check)
                    visit.landed[finding.check] = begun
                    self._change()
                    if visit is not self._visit:
                        return
        except Exception as error:  # noqa: BLE001 - the page has to say it, whatever it was
            self._failed(visit, error, "error_could_not_run")
        finally:
            with self._changed:
                # Only its own: what has landed may be running again by now.
                if left:
                    visit.running -= left
                    self._change()

    def _send(self, visit: Visit, entry: Entry) -> None:
        from precheck.agent.client import Client

        receipt = refused = None
        earlier: tuple[Delivery, ...] = ()
        try:
            delivery = keep_and_deliver(self._outbox, entry, Client(entry.endpoint))
        except Exception as error:  # noqa: BLE001 - whatever it was, the page has to say what is left
            log.error("a report was not sent: %s", type(error).__name__)
            became = Sending.KEPT if entry in self._outbox.waiting() else Sending.LOST
        else:
            receipt, refused, earlier = delivery.receipt, delivery.refused, delivery.earlier
            became = Sending.KEPT if refused is None else Sending.REFUSED
            if receipt is not None:
                became = Sending.SENT
        with self._changed:
            visit.sending, visit.receipt, visit.refused = became, receipt, refused
            visit.draft = None
            self._refused_earlier += sum(each.refused is not None for each in earlier)
            self._waiting = len(list(self._outbox.waiting()))
            self._change()
        if became is Sending.SENT:
            self._send_what_waits()

    def _send_what_waits(self) -> None:
        """Send older reports, too; the person consented to each of them at its time."""
        from precheck.agent.client import Client

        for entry in list(self._outbox.waiting()):
            delivery = deliver(self._outbox, entry, Client(entry.endpoint))
            with self._changed:
                self._refused_earlier += delivery.refused is not None
                self._waiting = len(list(self._outbox.waiting()))
                self._change()

    def _record(
        self, visit: Visit, session: Session, report_id: UUID, making: RecordingState
    ) -> None:
        try:
            draft = make_recording(session.plan, session.family, report_id, _to_the_last)
            became = RecordingState(Stage.SHOWN, draft)
        except RecordingNotMade as error:
            became = RecordingState(problem=error)
        except Exception as error:  # noqa: BLE001 - the page has to say it, whatever it was
            log.error("a recording was not made: %s", type(error).__name__)
            became = RecordingState(problem=RecordingNotMade(type(error).__name__))
        self._recording(visit, became, after=making)

    def _send_recording(
        self, visit: Visit, sending: RecordingState, draft: RecordingDraft, endpoint: str, code: str
    ) -> None:
        from precheck.agent.client import Client

        try:
            receipt = send_recording(draft, Client(endpoint), code)
            became = RecordingState(Stage.SENT, receipt=receipt)
        except AgentError as error:
            became = RecordingState(Stage.SHOWN, draft, problem=error)
        except Exception as error:  # noqa: BLE001 - the page has to say it, whatever it was
            log.error("a recording was not sent: %s", type(error).__name__)
            problem = RecordingNotSent(type(error).__name__)
            became = RecordingState(Stage.SHOWN, draft, problem=problem)
        self._recording(visit, became, after=sending)

    def _recording(
        self, visit: Visit, became: RecordingState, *, after: RecordingState | None = None
    ) -> RecordingState:
        """Let `became` be the state of the recording, unless `after` no longer is: what it belonged
        to has been done anew."""
        with self._changed:
            if after is None or visit.recording is after:
                visit.recording = became
                self._change()
        return became

    def _failed(self, visit: Visit, error: Exception, phrase: str | None = None) -> None:
        if not isinstance(error, AgentError):
            log.error("the page could not go on: %s", type(error).__name__)
            error = AgentError(type(error).__name__)
            error.phrase = phrase or error.phrase
        with self._changed:
            visit.looking_up = False
            visit.problem = error
            self._change()

    def _planned(self) -> tuple[Visit, Session]:
        visit = self._visit
        if visit is None or visit.session is None:
            raise _not_now("nothing_started")
        return visit, visit.session

    def _ensure_not_sending(self, visit: Visit) -> None:
        if visit.sending is Sending.SENDING:
            raise _not_now("sending")

    def _revised(self, visit: Visit) -> None:
        """What was shown for sending, or was sent, is no longer what would be sent."""
        visit.draft = None
        visit.sending = visit.receipt = visit.refused = None
        visit.recording = RecordingState()
        visit.problem = None
        self._change()

    def _change(self) -> None:
        self._seq += 1
        self._changed.notify_all()

    def _in_a_thread(self, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _questions(self, session: Session) -> tuple[QuestionView, ...]:
        return question_views(session, self.words())

    def _shown(self) -> Snapshot:
        visit = self._visit
        bare = Snapshot(
            seq=self._seq,
            visit=self._visits,
            version=__version__,
            language=self._language,
            phase=phase_of(visit, ended=self.ended.is_set()),
            family=self._family,
            endpoint=self._endpoint,
            given_code=self._given_code,
            offered=None if self._offer is None else self._offer.code,
            offices=self._offices,
            screens=self._screens.ids(),
            waiting=self._waiting,
            refused_earlier=self._refused_earlier,
        )
        if visit is None:
            shown = problem_view(self._problem, self.words())
            return msgspec.structs.replace(bare, problem=shown)
        return with_visit(bare, visit, self.words(), self._screens, self._clock())
