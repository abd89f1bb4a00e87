"""The runs of an appointment, in whichever way they came: sent as a report, or read out over the
phone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from precheck.contract.checks import CheckId
from precheck.contract.errors import BadReport
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings
from precheck.contract.report import Report, decode_report
from precheck.contract.verdict import Readiness, Verdict
from precheck.endpoint.store.models import Appointment, PolicyVersion, Readout, ReportRecord
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.standing import what_counts


@dataclass(frozen=True)
class StoredRun:
    """One of them. `record` has its policy at hand."""

    record: ReportRecord | Readout

    @property
    def key(self) -> str:
        """What it is called in an address, within its appointment."""
        return f"phone-{self.record.pk}" if self.read_out else str(self.record.pk)

    @property
    def read_out(self) -> bool:
        return isinstance(self.record, Readout)

    @property
    def version(self) -> PolicyVersion:
        """What it was judged by."""
        return self.record.policy

    @property
    def policy(self) -> Policy:
        return self.version.policy()

    @property
    def checked_at(self) -> datetime:
        """What orders it; of one that was read out only the day means something."""
        return self.record.checked_at

    @property
    def arrived_at(self) -> datetime:
        record = self.record
        return record.entered_at if isinstance(record, Readout) else record.received_at

    @property
    def readiness(self) -> Readiness:
        """By itself, whatever staff have accepted."""
        return Readiness(self.record.readiness)

    @cached_property
    def report(self) -> Report | None:
        """None for one that was read out, and for one from before an update, in words that this
        version no longer has."""
        if isinstance(self.record, Readout):
            return None
        try:
            return decode_report(bytes(self.record.document))
        except BadReport:
            return None

    @cached_property
    def found(self) -> tuple[Obstacle, ...] | None:
        """What counts, one entry per check in the policy's order; None where it cannot be read."""
        if isinstance(self.record, Readout):
            return heard(self.record.verdicts)
        if self.report is None:
            return None
        report = self.report
        return what_counts(effective_findings(self.policy, report.findings, report.declarations))


def runs_of(appointment: Appointment) -> list[StoredRun]:
    """All of them, the one that counts first. Two queries."""
    runs = [
        *(StoredRun(record) for record in appointment.reports.select_related("policy")),
        *(StoredRun(record) for record in appointment.readouts.select_related("policy")),
    ]
    return sorted(
        runs,
        key=lambda run: (
            place(run.checked_at, read_out=run.read_out),
            run.arrived_at,
            run.record.pk,
        ),
        reverse=True,
    )


def place(checked_at: datetime, *, read_out: bool) -> tuple[datetime, bool]:
    """What orders the runs of an appointment: of two, the one with the greater counts, and of equal
    ones the one that arrived last."""
    return checked_at, read_out


def last_readouts(appointments: Iterable[Appointment]) -> dict[UUID, Readout]:
    """The readout that counts for each of `appointments` for which one does, by its id. One query
    where there is one, else none."""
    wanted = [each.pk for each in appointments if each.read_out]
    if not wanted:
        return {}
    readouts = Readout.objects.filter(appointment__in=wanted)
    return {
        each.appointment_id: each for each in readouts.order_by("checked_at", "entered_at", "pk")
    }


def heard(verdicts: dict[str, str]) -> tuple[Obstacle, ...] | None:
    """What counts of the verdicts of a readout code, as they are kept: no reason is known. None
    where a name is no longer one."""
    try:
        return tuple(
            Obstacle(CheckId(check), "", Verdict(verdict)) for check, verdict in verdicts.items()
        )
    except ValueError:
        return None
