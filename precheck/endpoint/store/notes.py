"""What staff write down about an appointment: plain text, deleted with it, never in the audit."""

from datetime import datetime

from django.contrib.auth.models import User

from precheck.endpoint.store.audit import record
from precheck.endpoint.store.file import erase_deleted
from precheck.endpoint.store.models import Action, Appointment, Note
from precheck.endpoint.store.writing import writing

LENGTH = 500
OF_ANOTHER = "of_another"
"""Written down where somebody deletes what another has written."""


class WrittenByAnother(Exception):
    """Only its author, or who administers the office, deletes a note."""


def may_delete(note: Note, by: User, administers: bool) -> bool:
    """Whether `by`, who `administers` the office or not, may delete `note`."""
    return administers or note.by_id == by.pk


def add_note(appointment: Appointment, text: str, by: User, now: datetime) -> None:
    """Add a note. What somebody has sent twice is added once: their latest note is not repeated."""
    with writing():
        Appointment.objects.select_for_update().get(pk=appointment.pk)
        latest = Note.objects.filter(appointment=appointment).order_by("-pk").first()
        if latest is not None and (latest.text, latest.by_id) == (text, by.pk):
            return
        Note.objects.create(appointment=appointment, at=now, by=by, text=text)
        _record(by, Action.NOTE_ADDED, now, appointment)


def delete_note(
    appointment: Appointment, note: int, by: User, now: datetime, *, administers: bool
) -> None:
    """Delete the note of `appointment` with this key, where it is still there. Raises
    `WrittenByAnother` where `may_delete` says no."""
    with writing():
        found = Note.objects.filter(appointment=appointment, pk=note).first()
        if found is None:
            return
        if not may_delete(found, by, administers):
            raise WrittenByAnother
        if Note.objects.filter(pk=found.pk).delete()[0]:
            detail = "" if found.by_id == by.pk else OF_ANOTHER
            _record(by, Action.NOTE_DELETED, now, appointment, detail)
    erase_deleted()


def _record(by: User, action: Action, now: datetime, of: Appointment, detail: str = "") -> None:
    record(by, action, now, office=of.office_id, subject=of.pk, detail=detail)
