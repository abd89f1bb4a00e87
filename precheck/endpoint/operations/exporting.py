"""Taking data out: figures to hand on, and all that is kept of one office."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from precheck.endpoint.administration.figures import HEADINGS, figures_of
from precheck.endpoint.booking.table import written_table
from precheck.endpoint.store.changes import office_named, offices_named
from precheck.endpoint.store.models import Appointment, PolicyVersion, ReportRecord, StateChange
from precheck.endpoint.tokyo import day_of

_BACK = timedelta(days=30)
_CHUNK = 500


def figures_table(
    office_id: str | None, first: date | None, last: date | None, now: datetime
) -> str:
    """The figures of an office, or of all (None), as CSV. Raises `Unusable`."""
    last = last or day_of(now)
    figures = figures_of(offices_named(office_id), first or last - _BACK, last)
    rows = [HEADINGS, *(item.cells() for item in figures)]
    return written_table(rows).decode("utf-8-sig").replace("\r\n", "\n")


def lines_of_office(office_id: str) -> Iterator[str]:
    """What is kept of the office, each row a JSON object whose `kind` says what it is: policies,
    appointments, reports, and changes of appointments. Times are UTC. There is no code in it, nor
    anything from which one could be found out. Raises `Unusable`."""
    office = office_named(office_id)
    yield _line("office", id=office.pk, policy=office.policy_id, days=office.retention_days)
    for version in PolicyVersion.objects.filter(policy_id=office.pk).order_by("id"):
        policy = msgspec.Raw(version.document.encode())
        yield _line("policy", id=version.pk, added_at=version.added_at, policy=policy)
    for item in Appointment.objects.filter(office=office).order_by("starts_at", "id").iterator():
        yield _line(
            "appointment",
            id=item.pk,
            starts_at=item.starts_at,
            reference=item.reference,
            mode=item.mode,
            readiness=item.readiness,
            checked_at=item.checked_at,
            judged_by=item.judged_by_id,
        )
    reports = ReportRecord.objects.filter(appointment__office=office).order_by("id")
    for report in reports.iterator(chunk_size=_CHUNK):
        yield _line(
            "report",
            appointment=report.appointment_id,
            policy=report.policy_id,
            received_at=report.received_at,
            checked_at=report.checked_at,
            readiness=report.readiness,
            report=msgspec.Raw(bytes(report.document)),
        )
    changes = StateChange.objects.filter(appointment__office=office).order_by("id")
    for change in changes.select_related("by").iterator(chunk_size=_CHUNK):
        yield _line(
            "change",
            appointment=change.appointment_id,
            at=change.at,
            subject=change.subject,
            before=change.before,
            after=change.after,
            by=change.by.get_username() if change.by else None,
        )


def _line(kind: str, **parts: Any) -> str:
    return msgspec.json.encode({"kind": kind, **parts}).decode()
