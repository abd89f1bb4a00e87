"""Taking in reports: each once, whatever order and however often they arrive.

What orders the runs of an appointment is when they ended (`finished_at`), but never later than
their receipt: a device whose clock is ahead cannot block the reports after it, and a report that
waited in an outbox counts as old as it is. A device whose clock is behind counts as an older run.

Of a code that was read out only the day is known, and when it was entered. A report of that day
that ended before that moment may be of before the check that was read out, or of after it. So it
takes the code's place only where it makes nothing better (`is_no_better`).

What is required is what the policy requires on the day of the session, however early the device is
checked: a rule that comes into force in between counts.

Reports that arrive together are stored together (`group_commit.py`): one look-up of their
appointments, one of what is known already, one insert, one update, one flush. On PostgreSQL they
are two exchanges with the server, and the commit (`rows.py`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from precheck.contract.api import Receipt
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings
from precheck.contract.report import Report, encode_report
from precheck.contract.verdict import Readiness
from precheck.endpoint.store.codes import is_over
from precheck.endpoint.store.counting import Counts
from precheck.endpoint.store.group_commit import GroupCommit
from precheck.endpoint.store.models import (
    Appointment,
    Office,
    PolicyVersion,
    Readout,
    ReportRecord,
    StateChange,
)
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.retention_days import days_of
from precheck.endpoint.store.rows import among, ask, columns_of, insert_all, update_all
from precheck.endpoint.store.runs import heard, last_readouts, place
from precheck.endpoint.store.standing import (
    SHOWN,
    Standing,
    in_the_way,
    is_no_better,
    show,
    standing_of,
    what_counts,
)
from precheck.endpoint.store.waivers import accepted_for
from precheck.endpoint.store.writing import STORE_FAILS, writing
from precheck.endpoint.tokyo import day_of

RUNS_LIMIT = 200
"""Reports per appointment. Somebody who checks after every fix sends a dozen."""


class Refused(Exception):
    """The report is not taken, and nothing has changed."""


class MustWait(Refused):
    """Too many wrong codes came from this address."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class UnknownCode(Refused):
    """There is no appointment with this code, or its day is over."""


class OtherReport(Refused):
    """The report id is taken by another report, of this appointment or of another."""


class DeletedReport(Refused):
    """The report was stored, and has been deleted since as the person wished."""


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
    address: str


class Intake:
    """The way in for reports, for all threads of this process. `waits` asks for how many seconds
    each of some addresses has to wait before it may try a code again."""

    def __init__(self, waits: Callable[[Collection[str]], Callable[[], Mapping[str, int]]]) -> None:
        self._waits = waits
        self._versions: dict[int, PolicyVersion] = {}
        """By id. A version never changes, so what was read once holds."""
        self._commits: GroupCommit[_Arrival, Taken | Refused] = GroupCommit(self._take_all)
        self.stored = 0
        """How many reports were stored since this process began."""

    def take(self, hashed: str, report: Report, now: datetime, address: str) -> Taken:
        """Store `report` for the appointment whose code has the hash `hashed`, unless it is stored
        already, and update the readiness. `address` is whom it comes from, and is not kept.

        When this returns, the report is on the disk. `now` is the time of receipt (UTC). Raises
        a `Refused`, or one of `STORE_FAILS`; then nothing has changed.
        """
        outcome = self._commits.do(_Arrival(hashed, report, encode_report(report), now, address))
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def writer(self) -> AbstractContextManager[None]:
        """While it lasts, one thread of its own stores all reports. Its connection to the store
        is the only one that has to know them, and stays warm."""
        return self._commits.writer(lambda: connection.close())  # its own, and not the caller's

    def _take_all(self, arrivals: Sequence[_Arrival]) -> list[Taken | Refused]:
        try:
            return self._take_at_the_second_try(arrivals)
        except Exception:
            # What Django does at the end of a request, and the writer has none: a connection that
            # failed while it was set up would be kept for ever.
            connection.close_if_unusable_or_obsolete()
            raise

    def _take_at_the_second_try(self, arrivals: Sequence[_Arrival]) -> list[Taken | Refused]:
        # Hardly a report comes twice, so the first time none is looked for. Where one has come, its
        # id is taken, and the second time all are looked for; an id that another process stores at
        # this moment is found then, too.
        connected = connection.connection
        try:
            return self._take_together(arrivals, looking=False)
        except (_LookFirst, IntegrityError):
            pass
        except STORE_FAILS:
            # Django has another connection by now, or none, where this one had died. What was
            # committed although it died before that could be said is found at the second try.
            if connected is None or connection.connection is connected:
                raise
        return self._take_together(arrivals, looking=True)

    def _take_together(
        self, arrivals: Sequence[_Arrival], *, looking: bool
    ) -> list[Taken | Refused]:
        with writing(together=True):
            asked = self._waits({each.address for each in arrivals})
            batch = _Batch(self._versions, arrivals, looking)
            waits = asked()
            outcomes = [
                MustWait(seconds) if (seconds := waits[each.address]) else batch.take(each)
                for each in arrivals
            ]
            batch.write()
        self.stored += sum(isinstance(each, Taken) and each.first for each in outcomes)
        return outcomes

    def waiting(self) -> int:
        """How many reports are in no batch yet."""
        return self._commits.waiting()

    def batch_sizes(self) -> dict[int, int]:
        """How many batches there were since this process began, by their size."""
        return dict(self._commits.sizes)


class _LookFirst(Exception):
    """Whether a report is stored already makes a difference."""


class _Batch:
    """Reports that are stored in one transaction, which is open. Rows are read at the beginning and
    written at the end, all of a table at once."""

    def __init__(
        self, versions: dict[int, PolicyVersion], arrivals: Sequence[_Arrival], looking: bool
    ) -> None:
        self._versions = versions
        self._looking = looking
        self._appointments = _appointments_with({each.hashed for each in arrivals})
        self._accepted = accepted_for(self._appointments.values())
        self._readouts = last_readouts(self._appointments.values())
        self._moved: dict[int, Readout] = {}
        self._records: dict[UUID, ReportRecord] = {}
        if looking:
            ids = {each.report.report_id for each in arrivals}
            known = ReportRecord.objects.filter(report_id__in=ids)
            self._records = {row.report_id: row for row in known}
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
        if str(arrival.report.report_id) in (appointment.deleted_reports or ()):
            return DeletedReport()
        version = self._version(appointment.office.policy_id)
        asked = arrival.report.policy
        other = (asked.id, asked.revision) != (version.policy_id, version.revision)
        if (other or appointment.runs >= RUNS_LIMIT) and not self._looking:
            raise _LookFirst
        if other:
            return OtherPolicy(f"the policy is {version.policy_id}, revision {version.revision}")
        if appointment.runs >= RUNS_LIMIT:
            return TooManyRuns()
        return Taken(_receipt(self._add(appointment, version, arrival), appointment), first=True)

    def write(self) -> None:
        # By id, so that two processes with the same reports do not wait for each other.
        insert_all([self._added[key] for key in sorted(self._added)])
        update_all(self._updated.values(), _WRITTEN)
        update_all(self._moved.values(), ("checked_at",))
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
        found = what_counts(effective_findings(policy, report.findings, report.declarations))
        standing = standing_of(policy, found, day)
        deciding = [each.check for each in standing.deciding]
        self._counts.add(appointment.office_id, arrival.at, standing.readiness, deciding)
        record = ReportRecord(
            report_id=report.report_id,
            appointment_id=appointment.pk,
            policy_id=version.pk,
            document=arrival.document,
            received_at=arrival.at,
            checked_at=min(report.finished_at.astimezone(UTC), arrival.at),
            readiness=standing.readiness.value,
        )
        self._records[record.report_id] = record
        self._added[record.report_id] = record
        self._updated[appointment.pk] = appointment
        appointment.runs += 1
        if appointment.checked_at is None or place(record.checked_at, read_out=False) >= place(
            appointment.checked_at, read_out=appointment.read_out
        ):
            if accepted := self._accepted.get((appointment.pk, version.pk)):
                standing = standing_of(policy, found, day, accepted)
            appointment.checked_at = record.checked_at
            if readout := self._stays(appointment, record, policy, found, standing):
                readout.checked_at = record.checked_at  # by which it goes before the report
                self._moved[readout.pk] = readout
                return record
            if change := show(appointment, standing, arrival.at):
                self._changes.append(change)
            appointment.judged_by_id = version.pk
            appointment.os_family, appointment.read_out = report.os_family.value, False
        return record

    def _stays(
        self,
        appointment: Appointment,
        record: ReportRecord,
        policy: Policy,
        found: Sequence[Obstacle],
        standing: Standing,
    ) -> Readout | None:
        """The readout that counts for `appointment`, where the report `record`, which would count
        by its time, does not take its place."""
        readout = self._readouts.get(appointment.pk) if appointment.read_out else None
        if readout is None or record.checked_at >= readout.entered_at:
            return None
        if day_of(readout.checked_at) != day_of(record.checked_at):
            return None
        said = in_the_way(policy, heard(readout.verdicts) or (), day_of(appointment.starts_at))
        shown = Readiness(appointment.readiness)
        return None if is_no_better(found, standing, shown, said) else readout


_WRITTEN = (*SHOWN, "checked_at", "judged_by", "os_family", "read_out", "runs")


def _appointments_with(hashes: Collection[str]) -> dict[str, Appointment]:
    """The appointments whose codes have these hashes, by hash, with what counts of their offices.
    Locked, and in one order everywhere, so that processes wait for each other and not both.

    The query is written out: to compose it takes the ORM as long as the rest of a small batch.
    """
    lock = "FOR UPDATE OF store_appointment" if connection.features.has_select_for_update else ""
    condition, values = among(hashes)
    rows = ask(
        Appointment,
        f"SELECT {columns_of(Appointment)},"  # noqa: S608
        " office.policy_id AS policy_in_force, office.retention_days AS days"
        " FROM store_appointment JOIN store_office AS office ON office.id = office_id"
        f" WHERE code_hash {condition} ORDER BY store_appointment.id {lock}",
        values,
    )
    found, offices = {}, dict[str, Office]()
    for row in rows():
        more: Any = row
        if row.office_id not in offices:
            offices[row.office_id] = Office(
                id=row.office_id, policy_id=more.policy_in_force, retention_days=more.days
            )
        row.office = offices[row.office_id]
        found[row.code_hash] = row
    return found


def delete_on(appointment: Appointment) -> date:
    """The day (Tokyo) on which everything about `appointment` is deleted."""
    return day_of(appointment.starts_at) + timedelta(days=days_of(appointment))


def _receipt(record: ReportRecord, appointment: Appointment) -> Receipt:
    return Receipt(
        report_id=record.report_id,
        readiness=Readiness(record.readiness),
        received_at=record.received_at,
        delete_on=delete_on(appointment),
    )
