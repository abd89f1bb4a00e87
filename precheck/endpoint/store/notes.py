"""What staff write down about an appointment: plain text, deleted with it, never in the audit."""

from datetime import datetime

from django.contrib.auth.models import User

from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, Appointment, Note
from precheck.endpoint.store.writing import writing

LENGTH = 500


def add_note(appointment: Appointment, text: str, by: User, now: datetime) -> None:
    """Add a note. What somebody has sent twice is added once: their latest note is not repeated."""
    with writing():
        Appointment.objects.select_for_update().get(pk=appointment.pk)
        latest = Note.objects.filter(appointment=appointment).order_by("-pk").first()
        if latest is not None and (latest.text, latest.by_id) == (text, by.pk):
            return
        Note.objects.create(appointment=appointment, at=now, by=by, text=text)
        _record(by, Action.NOTE_ADDED, now, appointment)


def delete_note(appointment: Appointment, note: int, by: User, now: datetime) -> None:
    """Delete the note of `appointment` with this key, where it is still there."""
    with writing():
        if Note.objects.filter(appointment=appointment, pk=note).delete()[0]:
            _record(by, Action.NOTE_DELETED, now, appointment)


def _record(by: User, action: Action, now: datetime, of: Appointment) -> None:
    record(by, action, now, office=of.office_id, subject=of.pk)
