"""One run from code to receipt, without a face: what every front end stands on."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from precheck import __version__
from precheck.agent.errors import AgentError, EndpointAway
from precheck.agent.messages import Job, Recorded
from precheck.agent.runner import run_checks
from precheck.contract.api import Appointment
from precheck.contract.catalogues import CATALOGUES, Catalogues
from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.declaration import Declaration, needs_answer
from precheck.contract.errors import BadCatalogue
from precheck.contract.finding import Evidence, Finding, ReportedFinding, reported
from precheck.contract.offices import STANDARD, load_office
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings, readiness
from precheck.contract.reasons import ANSWERABLE_CHECKS
from precheck.contract.report import REPORT_SCHEMA, PolicyRef, Report
from precheck.contract.verdict import Level, OsFamily, Readiness, Verdict
from probes.check import TOKYO

if TYPE_CHECKING:
    from precheck.agent.client import Client

CLOCK_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be checked, against which terms, and for whom.

    `starts_at` is UTC. `away` says that an endpoint was wanted and did not answer, so that the
    embedded policy is used and a report has to wait. `partial` says that only some of the checks
    are run, so that nothing can be said of the whole.
    """

    policy: Policy
    checks: tuple[CheckId, ...]
    endpoint: str | None = None
    code: str | None = None
    starts_at: datetime | None = None
    catalogues: dict[str, str] = field(default_factory=dict)
    clock_off: bool = False
    away: bool = False
    partial: bool = False


def plan(office: str | None, code: str | None, endpoint: str | None, now: datetime) -> Plan:
    """The plan for what the person gave: the appointment's policy from the endpoint, else the
    chosen office's embedded one, else the standard one.

    `code` is parsed already; `now` is UTC. Raises `CodeRefused`, `BadAddress`, `UnknownOffice`.
    """
    fallback = load_office(office or STANDARD)
    if endpoint is None or code is None:
        return _plan(fallback, endpoint=endpoint)
    from precheck.agent.client import Client  # only now: half of the start-up time is in it

    client = Client(endpoint)
    try:
        appointment = client.appointment(code)
    except EndpointAway:
        return _plan(fallback, endpoint=client.endpoint, code=code, away=True)
    return _plan(
        appointment.policy,
        endpoint=client.endpoint,
        code=code,
        starts_at=appointment.starts_at,
        catalogues=_newer_catalogues(client, appointment.catalogues),
        clock_off=_is_off(appointment, now),
    )


def _is_off(appointment: Appointment, now: datetime) -> bool:
    return abs(appointment.server_time - now) > CLOCK_TOLERANCE


def narrowed(whole: Plan, only: Iterable[CheckId]) -> Plan:
    """`whole` with every other check off, declared ones included: for a look, not for a report."""
    wanted = frozenset(only)
    off = {
        check.value: msgspec.structs.replace(requirement, level=Level.OFF)
        for check, requirement in whole.policy.asked()
        if check not in wanted
    }
    checks = msgspec.structs.replace(whole.policy.checks, **off)
    policy = msgspec.structs.replace(whole.policy, checks=checks)
    return Plan(
        policy=policy,
        checks=tuple(check for check in whole.checks if check in wanted),
        endpoint=whole.endpoint,
        starts_at=whole.starts_at,
        catalogues=whole.catalogues,
        clock_off=whole.clock_off,
        away=whole.away,
        partial=True,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """What the person is shown of one check: as it was found, or as they answered."""

    check: CheckId
    verdict: Verdict
    reason: str
    evidence: Evidence


class Session:
    """The findings and answers of one run."""

    def __init__(self, plan: Plan, family: OsFamily, started_at: datetime) -> None:
        self.plan = plan
        self.family = family
        self.started_at = started_at
        self._findings: dict[CheckId, Finding] = {}
        self._answers: dict[CheckId, Declaration] = {}
        self._finished_at = started_at

    def compare_clocks(self) -> None:
        """Where the device's clock was off, ask the endpoint's once more: the person may have set
        it right. Without an answer, it stays off."""
        if not self.plan.clock_off or self.plan.endpoint is None or self.plan.code is None:
            return
        from precheck.agent.client import Client

        with suppress(AgentError):
            appointment = Client(self.plan.endpoint, retries=0).appointment(self.plan.code)
            self.plan = replace(self.plan, clock_off=_is_off(appointment, datetime.now(UTC)))

    def run(
        self,
        only: Iterable[CheckId] | None = None,
        *,
        replay: str | None = None,
        on_recording: Callable[[Recorded], None] | None = None,
    ) -> Iterator[Finding]:
        """Start the plan's checks (or some of them again) now; gives findings as they land."""
        job = Job(
            policy=self.plan.policy,
            checks=tuple(only) if only is not None else self.plan.checks,
            now=datetime.now(UTC),
            endpoint=self.plan.endpoint,
            clock_off=self.plan.clock_off,
            catalogues=self.plan.catalogues,
            replay=replay,
            record=on_recording is not None,
        )
        return self._kept(run_checks(job, on_recording=on_recording))

    def _kept(self, findings: Iterator[Finding]) -> Iterator[Finding]:
        for finding in findings:
            self.keep(finding)
            yield finding

    def keep(self, finding: Finding) -> None:
        """Let `finding` be what counts for its check."""
        self._findings[finding.check] = finding
        self._landed()

    def open_questions(self) -> tuple[CheckId, ...]:
        """The checks that only the person can answer and has not yet, in order."""
        return tuple(
            check
            for check, _ in self.plan.policy.asked()
            if check in ANSWERABLE_CHECKS
            and check not in self._answers
            and needs_answer(check, self._reported().get(check))
        )

    def answer(self, check: CheckId, answer: bool) -> None:
        """Keep what the person said about `check`."""
        self._answers[check] = Declaration(check=check, answer=answer)
        self._landed()

    def forget_answers(self, checks: Iterable[CheckId]) -> None:
        """Ask again what the person said about `checks`, which may have changed since."""
        for check in checks:
            self._answers.pop(check, None)

    def findings(self) -> tuple[Finding, ...]:
        """What was found, in the order of the checks."""
        return tuple(self._findings[check] for check in CheckId if check in self._findings)

    def declarations(self) -> tuple[Declaration, ...]:
        """What the person said, in the order of the checks."""
        return tuple(self._answers[check] for check in CheckId if check in self._answers)

    def effective(self) -> tuple[ReportedFinding, ...]:
        """One finding per check asked for, with the answers laid over what was measured."""
        return effective_findings(
            self.plan.policy, self._reported().values(), self._answers.values()
        )

    def rows(self) -> tuple[Row, ...]:
        """Every check asked for, for the person's own eyes: with evidence, and with findings that
        never leave the device as they were found."""
        return tuple(self._row(item) for item in self.effective())

    @property
    def day(self) -> date:
        """The day (Asia/Tokyo) whose terms count: the appointment's, today where none is known."""
        return (self.plan.starts_at or self.started_at).astimezone(TOKYO).date()

    def readiness(self) -> Readiness:
        """The answer so far, by what is required on `day`."""
        return readiness(
            self.plan.policy, self._reported().values(), self._answers.values(), self.day
        )

    def report(self) -> Report:
        """A new report of what is known now, with an id of its own. It ends with the last finding
        or answer, however long the person thinks about it, or the machine sleeps."""
        return Report(
            schema=REPORT_SCHEMA,
            report_id=uuid4(),
            agent_version=__version__,
            os_family=self.family,
            policy=PolicyRef(id=self.plan.policy.id, revision=self.plan.policy.revision),
            started_at=self.started_at,
            finished_at=self._finished_at,
            findings=tuple(self._reported().values()),
            declarations=self.declarations(),
        )

    def _landed(self) -> None:
        # Never back: the clock may be put right meanwhile.
        self._finished_at = max(datetime.now(UTC), self._finished_at)

    def _row(self, item: ReportedFinding) -> Row:
        found = self._findings.get(item.check)
        if found is not None and reported(found) == item:
            return Row(found.check, found.verdict, found.reason, found.evidence)
        return Row(item.check, item.verdict, item.reason, {})

    def _reported(self) -> dict[CheckId, ReportedFinding]:
        return {item.check: reported(item) for item in self.findings()}


def _plan(policy: Policy, **more: object) -> Plan:
    asked = {check for check, _ in policy.asked()}
    checks = tuple(check for check in MEASURED_CHECKS if check in asked)
    return Plan(policy=policy, checks=checks, **more)  # type: ignore[arg-type]


def _newer_catalogues(client: "Client", offered: dict[str, date]) -> dict[str, str]:
    """The endpoint's catalogues that are newer than ours and follow the schema. Doing without a
    refresh is fine: the embedded copy carries its own date."""
    own = Catalogues()
    newer: dict[str, str] = {}
    for name in CATALOGUES:
        if name not in offered or offered[name] <= getattr(own, name).as_of:
            continue
        try:
            raw = client.catalogue(name)
            getattr(Catalogues({name: raw.encode()}), name)
        except (EndpointAway, BadCatalogue):
            continue
        newer[name] = raw
    return newer
