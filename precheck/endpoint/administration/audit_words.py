"""What the audit log holds, in words. An entry of another version of this program, for which this
one has no words, stands there as it was written."""

from datetime import date
from uuid import UUID

from precheck.contract.checks import CheckId
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.state import State
from precheck.endpoint.store.appointments import BY_SEEKER
from precheck.endpoint.store.changes import OF_SYSTEM
from precheck.endpoint.store.models import (
    Action,
    Appointment,
    AuditEntry,
    Mode,
    Scope,
    WaiverReason,
)
from precheck.endpoint.store.notes import OF_ANOTHER
from precheck.endpoint.store.readouts import Refusal

_ABOUT_POLICY = (Action.OFFICE_PUT, Action.POLICY_PLANNED, Action.POLICY_CANCELLED)
_OF_TOKEN = "token "  # noqa: S105 - before its open half
_BETWEEN = " ・ "


def by_whom(entry: AuditEntry, words: AdministrationWords) -> str:
    """Who did it: where it was none of the staff, the person, another program or a command."""
    if entry.by is not None:
        return entry.by.get_username()
    if entry.detail == BY_SEEKER:
        return words.by_seeker
    return words.by_program if entry.detail.startswith(_OF_TOKEN) else words.by_command


def appointment_of(entry: AuditEntry) -> UUID | None:
    """The id of the appointment that `entry` is about; None for one about something else."""
    try:
        return UUID(entry.subject)
    except ValueError:
        return None


def appointment_in_words(
    appointment: Appointment, words: AdministrationWords, speech: Speech
) -> str:
    """When it is, and the last digits of its code: nothing by which somebody outside knows whose
    it is."""
    at = speech.moment(appointment.starts_at)
    tail = appointment.code_tail
    return words.with_tail.format(at=at, tail=tail) if tail else at


def version_of(entry: AuditEntry) -> int | None:
    """The key of the policy's version that `entry` is about, likewise."""
    known = entry.action in _ABOUT_POLICY and entry.subject.isdecimal()
    return int(entry.subject) if known else None


def subject_in_words(entry: AuditEntry, words: AdministrationWords) -> str:
    """What it was done to, where that is neither an appointment nor a policy's version."""
    exported = entry.action == Action.EXPORTED
    return words.exports.get(entry.subject, entry.subject) if exported else entry.subject


def detail_in_words(action: str, detail: str, words: AdministrationWords, speech: Speech) -> str:
    """What else was written down of `action`."""
    if not detail:
        return ""
    try:
        return _said(Action(action), detail, words, speech)
    except (ValueError, KeyError):
        return detail


def _said(action: Action, detail: str, words: AdministrationWords, speech: Speech) -> str:
    shared, parts = speech.words, detail.split("→")
    match action:
        case Action.MODE_CHANGED:
            return " → ".join(shared.modes[Mode(part)] for part in parts)
        case Action.READOUT_ENTERED:
            return " → ".join(shared.states[State(part)].word for part in parts)
        case Action.READOUT_REFUSED:
            return words.refusals[Refusal(detail)]
        case Action.WAIVER_GIVEN:
            check, _, reason = detail.partition(" ")
            accepted = shared.waiver_reasons[WaiverReason(reason)]
            return f"{speech.wording.label(CheckId(check))}{_BETWEEN}{accepted}"
        case Action.WAIVER_WITHDRAWN:
            return speech.wording.label(CheckId(detail))
        case Action.NOTE_DELETED if detail == OF_ANOTHER:
            return words.note_of_another
        case Action.REPORTS_DELETED if detail == BY_SEEKER:
            return words.deleted_by_seeker
        case Action.APPOINTMENT_ADDED | Action.APPOINTMENT_CANCELLED if detail.startswith(
            _OF_TOKEN
        ):
            return words.with_token.format(prefix=detail.removeprefix(_OF_TOKEN))
        case Action.TOKEN_ADDED:
            return words.scopes[Scope(detail)]
        case Action.STAFF_PUT:
            return words.roles["system" if detail == OF_SYSTEM else detail]
        case Action.POLICY_PLANNED:
            return words.planned_for.format(day=speech.day(date.fromisoformat(detail)))
        case Action.RETENTION_SET:
            return " → ".join(words.days.format(count=int(part)) for part in parts)
    return detail
