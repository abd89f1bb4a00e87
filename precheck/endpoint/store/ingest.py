"""Taking in a report: once, whatever order and however often reports arrive.

What orders the runs of an appointment is when they ended (`finished_at`), but never later than
their receipt: a device whose clock is ahead cannot block the reports after it, and a report that
waited in an outbox counts as old as it is. A device whose clock is behind counts as an older run.

What is required is what the policy requires on the day of the session, however early the device is
checked: a rule that comes into force in between counts.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from precheck.contract.api import Receipt
from precheck.contract.checks import CheckId
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings, is_required, readiness
from precheck.contract.report import Report, encode_report
from precheck.contract.verdict import Readiness, Verdict
from precheck.endpoint.store.models import Appointment, ReportRecord, StateChange, Subject
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of

RUNS_LIMIT = 200
"""Reports per appointment. Somebody who checks after every fix sends a dozen."""


class OtherReport(Exception):
    """The report id is taken by another report, of this appointment or of another."""


class OtherPolicy(Exception):
    """The report was not judged by the policy in force; the message names that one."""


class TooManyRuns(Exception):
    """This appointment has `RUNS_LIMIT` reports already."""


@dataclass(frozen=True)
class Taken:
    """A report that is stored. `first` is false where it was there already."""

    receipt: Receipt
    first: bool


def take(appointment: Appointment, report: Report, now: datetime) -> Taken:
    """Store `report` for `appointment`, unless it is stored already, and update the readiness.

    When this returns, the report is on the disk. `now` is the time of receipt (UTC). Raises
    `OtherReport`, `OtherPolicy` or `TooManyRuns`; then nothing has changed.
    """
    document = encode_report(report)
    with writing():
        known = ReportRecord.objects.filter(report_id=report.report_id).first()
        if known is not None:
            if known.appointment_id != appointment.pk or bytes(known.document) != document:
                raise OtherReport
            return Taken(_receipt(known, appointment), first=False)
        return Taken(_receipt(_add(appointment, report, document, now), appointment), first=True)


def _add(appointment: Appointment, report: Report, document: bytes, now: datetime) -> ReportRecord:
    version = appointment.office.policy
    if (report.policy.id, report.policy.revision) != (version.policy_id, version.revision):
        raise OtherPolicy(f"the policy is {version.policy_id}, revision {version.revision}")
    current = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if current.runs >= RUNS_LIMIT:
        raise TooManyRuns
    policy, day = version.policy(), day_of(appointment.starts_at)
    record = ReportRecord.objects.create(
        report_id=report.report_id,
        appointment=appointment,
        policy=version,
        document=document,
        received_at=now,
        checked_at=min(report.finished_at.astimezone(UTC), now),
        readiness=readiness(policy, report.findings, report.declarations, day).value,
    )
    current.runs += 1
    if current.checked_at is None or current.checked_at <= record.checked_at:
        _show(current, record, deciding_checks(policy, report, day))
    current.save(update_fields=["runs", *_SHOWN])
    return record


_SHOWN = ("readiness", "concern", "more_concerns", "checked_at", "judged_by")


def _show(current: Appointment, record: ReportRecord, concerns: tuple[CheckId, ...]) -> None:
    if current.readiness != record.readiness:
        StateChange.objects.create(
            appointment=current,
            at=record.received_at,
            subject=Subject.READINESS.value,
            before=current.readiness,
            after=record.readiness,
        )
    current.readiness = record.readiness
    current.concern = concerns[0].value if concerns else ""
    current.more_concerns = max(0, len(concerns) - 1)
    current.checked_at = record.checked_at
    current.judged_by = record.policy


def deciding_checks(policy: Policy, report: Report, day: date) -> tuple[CheckId, ...]:
    """The checks that keep the device from being ready on `day` (Tokyo), in the policy's order: the
    required ones that fail, else those that want attention. None for a device that is ready; all
    for one of which nothing is known."""
    outcome = readiness(policy, report.findings, report.declarations, day)
    effective = effective_findings(policy, report.findings, report.declarations)
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
