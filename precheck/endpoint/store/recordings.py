"""Keeping the recordings that people choose to send, each with the report it belongs to."""

from datetime import datetime

from django.contrib.auth.models import User

from precheck.contract import recording as contract
from precheck.contract.api import RecordingReceipt
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.ingest import Refused, delete_on
from precheck.endpoint.store.models import Action, Appointment, ReportRecord, SentRecording
from precheck.endpoint.store.writing import writing

RECORDINGS_LIMIT = 5
"""Per appointment. One tells what a device answers; a second shows what a fix has changed."""


class UnknownReport(Refused):
    """The appointment has no report with this id."""


class OtherRecording(Refused):
    """The report has another recording already."""


class TooManyRecordings(Refused):
    """The appointment has `RECORDINGS_LIMIT` recordings already."""


def keep_recording(
    appointment: Appointment, sent: contract.SentRecording, now: datetime
) -> tuple[RecordingReceipt, bool]:
    """Store `sent` with its report, which is one of `appointment`, unless it is stored already;
    what the sender is told, and whether it was the first time. Raises a `Refused`."""
    document = contract.compressed(contract.encode_recording(sent))
    with writing():
        # Locked, so that two requests do not both find room for the last one.
        current = Appointment.objects.select_for_update().get(pk=appointment.pk)
        report = ReportRecord.objects.filter(appointment=current, report_id=sent.report_id).first()
        if report is None:
            raise UnknownReport
        kept = SentRecording.objects.filter(report=report).first()
        first = kept is None
        if kept is None:
            others = SentRecording.objects.filter(report__appointment=current)
            if others.count() >= RECORDINGS_LIMIT:
                raise TooManyRecordings
            kept = SentRecording.objects.create(report=report, document=document, received_at=now)
        elif bytes(kept.document) != document:
            raise OtherRecording
    receipt = RecordingReceipt(
        report_id=sent.report_id, received_at=kept.received_at, delete_on=delete_on(appointment)
    )
    return receipt, first


def note_saved(kept: SentRecording, by: User, now: datetime) -> None:
    """Write down that `by` saves the recording as a file of their own."""
    appointment = kept.report.appointment
    with writing():
        record(
            by,
            Action.RECORDING_SAVED,
            now,
            office=appointment.office_id,
            subject=appointment.pk,
        )
