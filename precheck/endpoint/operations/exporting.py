"""Taking data out: figures to hand on, and all that is kept of one office."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.contrib.auth.models import User

from precheck.contract.recording import unpacked
from precheck.endpoint.administration.figures import HEADINGS, figures_of
from precheck.endpoint.booking.table import written_table
from precheck.endpoint.store.changes import office_named, offices_named
from precheck.endpoint.store.models import (
    Appointment,
    Note,
    Office,
    PolicyVersion,
    Readout,
    ReportRecord,
    SentRecording,
    StateChange,
    Waiver,
)
from precheck.endpoint.store.reading import at_one_moment
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
    appointments, reports, changes of appointments, what was read out, what staff accepted and
    noted, in their own words, and the recordings that people sent. Times are UTC. There is no code
    in it, nor anything from which one could be found out. All is as it was at the moment of the
    first row. Raises `Unusable`."""
    with at_one_moment():
        yield from _lines_of(office_named(office_id))


def _lines_of(office: Office) -> Iterator[str]:
    ours = {"appointment__office": office}
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
    reports = ReportRecord.objects.filter(**ours).order_by("id")
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
    changes = StateChange.objects.filter(**ours).order_by("id")
    for change in changes.select_related("by").iterator(chunk_size=_CHUNK):
        yield _line(
            "change",
            appointment=change.appointment_id,
            at=change.at,
            subject=change.subject,
            before=change.before,
            after=change.after,
            by=_name(change.by),
        )
    for readout in Readout.objects.filter(**ours).order_by("id").select_related("by").iterator():
        yield _line(
            "readout",
            appointment=readout.appointment_id,
            policy=readout.policy_id,
            entered_at=readout.entered_at,
            checked_at=readout.checked_at,
            readiness=readout.readiness,
            verdicts=readout.verdicts,
            by=_name(readout.by),
        )
    waivers = Waiver.objects.filter(**ours).order_by("id")
    for waiver in waivers.select_related("given_by", "withdrawn_by").iterator():
        yield _line(
            "waiver",
            appointment=waiver.appointment_id,
            policy=waiver.policy_id,
            check=waiver.of_check,
            finding=waiver.finding,
            verdict=waiver.verdict,
            reason=waiver.reason,
            note=waiver.note,
            given_at=waiver.given_at,
            given_by=_name(waiver.given_by),
            withdrawn_at=waiver.withdrawn_at,
            withdrawn_by=_name(waiver.withdrawn_by),
        )
    for note in Note.objects.filter(**ours).order_by("id").select_related("by").iterator():
        yield _line(
            "note",
            appointment=note.appointment_id,
            at=note.at,
            text=note.text,
            by=_name(note.by),
        )
    recordings = SentRecording.objects.filter(report__appointment__office=office).order_by("id")
    for sent in recordings.select_related("report").iterator(chunk_size=1):
        yield _line(
            "recording",
            appointment=sent.report.appointment_id,
            received_at=sent.received_at,
            recording=msgspec.Raw(unpacked(bytes(sent.document))),
        )


def _name(user: User | None) -> str | None:
    return user.get_username() if user else None


def _line(kind: str, **parts: Any) -> str:
    return msgspec.json.encode({"kind": kind, **parts}).decode()
