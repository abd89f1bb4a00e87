"""Taking in reports: each once, whatever order and however often they arrive.

What orders the runs of an appointment is when they ended (`finished_at`), but never later than
their receipt: a device whose clock is ahead cannot block the reports after it, and a report that
waited in an outbox counts as old as it is. A device whose clock is behind counts as an older run.

What is required is what the policy requires on the day of the session, however early the device is
checked: a rule that comes into force in between counts.

Reports that arrive together are stored together (`group_commit.py`): one look-up of their
appointments, one of what is known already, one insert, one update, one flush.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from precheck.contract.api import Receipt
from precheck.contract.checks import CheckId
from precheck.contract.finding import ReportedFinding
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings, is_required, readiness_from
from precheck.contract.report import Report, encode_report
from precheck.contract.verdict import Readiness, Verdict
from precheck.endpoint.store.codes import is_over
from precheck.endpoint.store.counting import Counts
from precheck.endpoint.store.group_commit import GroupCommit
from precheck.endpoint.store.models import (
    Appointment,
    PolicyVersion,
    ReportRecord,
    StateChange,
    Subject,
)
from precheck.endpoint.store.obstacles import obstacles_among, written
from precheck.endpoint.store.rows import insert_all, update_all
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of

RUNS_LIMIT = 200
"""Reports per appointment. Somebody who checks after every fix sends a dozen."""


class Refused(Exception):
    """The report is not taken, and nothing has changed."""


class UnknownCode(Refused):
    """There is no appointment with this code, or its day is over."""


class OtherReport(Refused):
    """The report id is taken by another report, of this appointment or of another."""


class OtherPolicy(Refused):
    """The report was not judged by the policy in force; the message names that one."""


class TooManyRuns(Refused):
    """This appointment has `RUNS_LIMIT` reports already."""


@dataclass(frozen=True)
class Taken:
    """A report that is stored. `first` is false where it was there already."""

    receipt: Receipt
    first: bool


@dataclass(frozen=True)
class _Arrival:
    """A report on its way in. `document` is what is kept of it."""

    hashed: str
    report: Report
    document: bytes
    at: datetime


class Intake:
    """The way in for reports, for all threads of this process."""

    def __init__(self) -> None:
        self._versions: dict[int, PolicyVersion] = {}
        """By id. A version never changes, so what was read once holds."""
        self._commits: GroupCommit[_Arrival, Taken | Refused] = GroupCommit(self._take_all)

    def take(self, hashed: str, report: Report, now: datetime) -> Taken:
        """Store `report` for the appointment whose code has the hash `hashed`, unless it is stored
        already, and update the readiness.

        When this returns, the report is on the disk. `now` is the time of receipt (UTC). Raises
        a `Refused`, or Django's `OperationalError` where the store fails; then nothing has changed.
        """
        outcome = self._commits.do(_Arrival(hashed, report, encode_report(report), now))
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def _take_all(self, arrivals: Sequence[_Arrival]) -> list[Taken | Refused]:
        try:
            return self._take_together(arrivals)
        except IntegrityError:
            # Another process has stored one of these ids meanwhile: this time it is found.
            return self._take_together(arrivals)

    def _take_together(self, arrivals: Sequence[_Arrival]) -> list[Taken | Refused]:
        with writing():
            batch = _Batch(self._versions, arrivals)
            outcomes = [batch.take(each) for each in arrivals]
            batch.write()
        return outcomes


class _Batch:
    """Reports that are stored in one transaction, which is open. Rows are read at the beginning and
    written at the end, all of a table at once."""

    def __init__(self, versions: dict[int, PolicyVersion], arrivals: Sequence[_Arrival]) -> None:
        self._versions = versions
        # Locked, and in one order everywhere, so that processes wait for each other and not both.
        locked = Appointment.objects.select_for_update(of=("self",)).order_by("pk")
        self._appointments = {
            row.code_hash: row
            for row in locked.filter(
                code_hash__in={each.hashed for each in arrivals}
            ).select_related("office")
        }
        self._records = {
            row.report_id: row
            for row in ReportRecord.objects.filter(
                report_id__in={each.report.report_id for each in arrivals}
            )
        }
        self._added: dict[UUID, ReportRecord] = {}
        self._updated: dict[UUID, Appointment] = {}
        self._changes: list[StateChange] = []
        self._counts = Counts()

    def take(self, arrival: _Arrival) -> Taken | Refused:
        appointment = self._appointments.get(arrival.hashed)
        if appointment is None or is_over(appointment, arrival.at):
            return UnknownCode()
        known = self._records.get(arrival.report.report_id)
        if known is not None:
            if known.appointment_id != appointment.pk or bytes(known.document) != arrival.document:
                return OtherReport()
            return Taken(_receipt(known, appointment), first=False)
        version = self._version(appointment.office.policy_id)
        asked = arrival.report.policy
        if (asked.id, asked.revision) != (version.policy_id, version.revision):
            return OtherPolicy(f"the policy is {version.policy_id}, revision {version.revision}")
        if appointment.runs >= RUNS_LIMIT:
            return TooManyRuns()
        return Taken(_receipt(self._add(appointment, version, arrival), appointment), first=True)

    def write(self) -> None:
        # By id, so that two processes with the same reports do not wait for each other.
        insert_all([self._added[key] for key in sorted(self._added)])
        update_all(self._updated.values(), ("runs", *_SHOWN))
        insert_all(self._changes)
        self._counts.write()

    def _version(self, pk: int) -> PolicyVersion:
        if pk not in self._versions:
            self._versions[pk] = PolicyVersion.objects.get(pk=pk)
        return self._versions[pk]

    def _add(
        self, appointment: Appointment, version: PolicyVersion, arrival: _Arrival
    ) -> ReportRecord:
        report, policy, day = arrival.report, version.policy(), day_of(appointment.starts_at)
        effective = effective_findings(policy, report.findings, report.declarations)
        outcome = readiness_from(policy, {item.check: item.verdict for item in effective}, day)
        concerns = deciding_checks(policy, effective, outcome, day)
        self._counts.add(appointment.office_id, arrival.at, outcome, concerns)
        record = ReportRecord(
            report_id=report.report_id,
            appointment=appointment,
            policy=version,
            document=arrival.document,
            received_at=arrival.at,
            checked_at=min(report.finished_at.astimezone(UTC), arrival.at),
            readiness=outcome.value,
        )
        self._records[record.report_id] = record
        self._added[record.report_id] = record
        self._updated[appointment.pk] = appointment
        appointment.runs += 1
        if appointment.checked_at is None or appointment.checked_at <= record.checked_at:
            self._show(appointment, record, concerns)
            appointment.os_family = report.os_family.value
            appointment.obstacles = written(obstacles_among(effective, concerns))
        return record

    def _show(
        self, appointment: Appointment, record: ReportRecord, concerns: tuple[CheckId, ...]
    ) -> None:
        if appointment.readiness != record.readiness:
            self._changes.append(
                StateChange(
                    appointment=appointment,
                    at=record.received_at,
                    subject=Subject.READINESS.value,
                    before=appointment.readiness,
                    after=record.readiness,
                )
            )
        appointment.readiness = record.readiness
        appointment.concern = concerns[0].value if concerns else ""
        appointment.more_concerns = max(0, len(concerns) - 1)
        appointment.checked_at = record.checked_at
        appointment.judged_by = record.policy


_SHOWN = (
    "readiness",
    "concern",
    "more_concerns",
    "checked_at",
    "judged_by",
    "os_family",
    "obstacles",
)


def deciding_checks(
    policy: Policy, effective: Sequence[ReportedFinding], outcome: Readiness, day: date
) -> tuple[CheckId, ...]:
    """Of the findings that count (`effective_findings`) the checks that make the readiness on `day`
    (Tokyo) `outcome`, in the policy's order: the required ones that fail, else those that want
    attention. None for a device that is ready; all for one of which nothing is known."""
    if outcome is Readiness.READY:
        return ()
    required = [item for item in effective if is_required(policy, item.check, day)]
    if outcome is Readiness.NOT_READY:
        return tuple(item.check for item in required if item.verdict is Verdict.FAIL)
    wanting = [
        item.check for item in required if item.verdict in policy.requirement(item.check).attention
    ]
    return tuple(wanting or (item.check for item in effective))


def delete_on(appointment: Appointment) -> date:
    """The day (Tokyo) on which everything about `appointment` is deleted."""
    return day_of(appointment.starts_at) + timedelta(days=appointment.office.retention_days)


def _receipt(record: ReportRecord, appointment: Appointment) -> Receipt:
    return Receipt(
        report_id=record.report_id,
        readiness=Readiness(record.readiness),
        received_at=record.received_at,
        delete_on=delete_on(appointment),
    )
