"""Entering appointments, giving them another code, taking them back, and forgetting their reports.

One way in for the pages, the import of a table, the API and the command. Every request has a `key`
that only who asks keeps: the id of the appointment and its code follow from it and from the
endpoint's secret (`codes.py`). So a request that is sent twice is done once and answered the same
twice, and still the code is kept nowhere.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from secrets import token_urlsafe
from uuid import UUID

from django.contrib.auth.models import User

from precheck.contract.policy import Terms
from precheck.endpoint.errors import Unusable
from precheck.endpoint.slots import OVERRIDABLE, Objection, objections
from precheck.endpoint.state import State
from precheck.endpoint.store.audit import AUDIT_KEPT, forget_results, record
from precheck.endpoint.store.codes import code_for, code_hash, id_for, is_over
from precheck.endpoint.store.file import erase_deleted
from precheck.endpoint.store.models import (
    Action,
    Appointment,
    AuditEntry,
    Mode,
    Office,
    Readout,
    ReportRecord,
    StateChange,
    Subject,
    Waiver,
)
from precheck.endpoint.store.readout_keys import sealed_key_of
from precheck.endpoint.store.writing import writing

REFERENCE_LENGTH = 64
BY_SEEKER = "seeker"
_TAIL = 4
_TRIES = 8
"""Codes that a key leads to before it is given up: of a thousand million, few are taken."""
_DELETED_KNOWN = 200
"""How many deleted reports of an appointment are known again, the latest first."""
_WIDE_SPACE = "\u3000"

_SENTENCES = {
    Objection.DAY_OVER: "the day of the appointment is over",
    Objection.TOO_FAR: "the appointment is more than a year away",
    Objection.WEEKEND: "the terms name hours on weekdays only",
    Objection.CLOSED_WEEKEND: "the office is closed on Saturdays and Sundays",
    Objection.HOLIDAY: "the office is closed on this national holiday",
    Objection.YEAR_END: "the office is closed from 29 December to 3 January",
    Objection.OUTSIDE_HOURS: "the session does not lie within the hours that the terms name",
    Objection.BETWEEN_STARTS: "no session starts at this time",
    Objection.SAME_DAY: "the terms want a session to be booked by the day before",
}


class NotBooked(Unusable):
    """These are no appointments that can be entered; nothing was."""


class Objected(NotBooked):
    """The time is not one of those in `objections` that were allowed."""

    def __init__(self, found: Sequence[Objection]) -> None:
        super().__init__("; ".join(_SENTENCES[each] for each in found))
        self.objections = tuple(found)


class OtherBooking(NotBooked):
    """The same key was used for an appointment at another time or with another reference."""


class Cancelled(OtherBooking):
    """What the key was used for has been cancelled since: a request that is sent once more, or that
    comes late, does not bring it back."""


class CodeReplaced(NotBooked):
    """The appointment has been given another code since."""


@dataclass(frozen=True)
class Wanted:
    """An appointment that somebody asks for. `starts_at` is aware; `key` is theirs alone."""

    key: str
    starts_at: datetime
    reference: str = ""
    mode: Mode = Mode.VIDEO


@dataclass(frozen=True)
class Booked:
    """An appointment that is entered. `first` is false where it was there already."""

    appointment: Appointment
    code: str
    first: bool


def fresh_key() -> str:
    """A key that nobody can guess."""
    return token_urlsafe(24)


def book(
    office: Office,
    wanted: Sequence[Wanted],
    now: datetime,
    by: User | None,
    *,
    allowed: Collection[Objection] = (),
    detail: str = "",
) -> list[Booked]:
    """Enter all that is `wanted` in `office`, or nothing. `allowed` are the objections to a time
    that do not count; `detail` says in the audit who asked where that is no member of staff.

    Raises a `NotBooked`.
    """
    terms = office.policy.policy().terms
    with writing():
        # One process at a time, or two that are asked for the same would both enter it.
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        ids = {id_for(office.pk, each.key): each for each in wanted}
        if len(ids) < len(wanted):
            raise OtherBooking("the same key stands for two appointments")
        known = Appointment.objects.in_bulk(list(ids))
        _ensure_not_cancelled(office, [pk for pk in ids if pk not in known], now)
        booked = []
        for pk, each in ids.items():
            if pk in known:
                booked.append(_again(known[pk], each))
                continue
            _check(terms, each, now, allowed)
            code = next(_codes_not_taken(office.pk, each.key))
            added = Appointment.objects.create(
                id=pk,
                office=office,
                starts_at=each.starts_at,
                reference=each.reference,
                mode=each.mode.value,
                **_of_code(code),
            )
            record(by, Action.APPOINTMENT_ADDED, now, office=office, subject=pk, detail=detail)
            booked.append(Booked(added, code, first=True))
    return booked


def add_appointment(
    office: Office,
    starts_at: datetime,
    reference: str,
    now: datetime,
    by: User | None = None,
) -> str:
    """Enter one appointment, at whatever time; its code, which is kept nowhere."""
    wanted = Wanted(fresh_key(), starts_at, reference)
    return book(office, [wanted], now, by, allowed=OVERRIDABLE)[0].code


def reference_problem(reference: str) -> str | None:
    """What is wrong with the text as a reference; None where nothing is."""
    if len(reference) > REFERENCE_LENGTH:
        return f"a reference has at most {REFERENCE_LENGTH} characters"
    if not reference.replace(_WIDE_SPACE, " ").isprintable():
        return "a reference is one line of printable characters"
    return None


def renew_code(appointment: Appointment, key: str, seen: str, by: User, now: datetime) -> str:
    """Give `appointment` another code, which is returned; the old one opens nothing any more.

    `seen` is the hash of the code that it had when somebody decided this: where it has another by
    now that does not follow from `key`, `CodeReplaced` is raised. Done twice, it is done once.
    """
    with writing():
        current = Appointment.objects.select_for_update().get(pk=appointment.pk)
        if is_over(current, now):
            raise Objected([Objection.DAY_OVER])
        given = given_code(current, key)
        if given is not None:
            return given
        if current.code_hash != seen:
            raise CodeReplaced("the appointment has another code by now")
        code = next(_codes_not_taken(current.office_id, key))
        fields = _of_code(code)
        for name, value in fields.items():
            setattr(current, name, value)
        current.save(update_fields=list(fields))
        record(by, Action.CODE_RENEWED, now, office=current.office_id, subject=current.pk)
    return code


def given_code(appointment: Appointment, key: str) -> str | None:
    """The code that was made from `key`, where the appointment has it still."""
    for attempt in range(_TRIES):
        code = code_for(appointment.office_id, key, attempt)
        if code_hash(code) == appointment.code_hash:
            return code
    return None


def cancel(appointment: Appointment, by: User | None, now: datetime, *, detail: str = "") -> None:
    """Delete `appointment` with all about it; its code opens nothing any more. Done twice, it is
    done once."""
    with writing():
        # Locked, so that nothing is added to what is deleted, by another process, meanwhile.
        current = Appointment.objects.select_for_update().filter(pk=appointment.pk).first()
        if current is None:
            return
        current.delete()
        forget_results(appointment.office_id, [appointment.pk])
        record(
            by,
            Action.APPOINTMENT_CANCELLED,
            now,
            office=appointment.office_id,
            subject=appointment.pk,
            detail=detail,
        )
    erase_deleted()


def forget_reports(appointment: Appointment, now: datetime) -> bool:
    """Delete all reports of `appointment`, what was read out, and what was concluded from either,
    as the person wishes whose results they are; whether there were any."""
    with writing():
        current = Appointment.objects.select_for_update().get(pk=appointment.pk)
        reports = ReportRecord.objects.filter(appointment=current).order_by("-id")
        ids = [str(each) for each in reports.values_list("report_id", flat=True)]
        gone = [
            model.objects.filter(appointment=current).delete()[0]
            for model in (ReportRecord, Readout, Waiver)
        ]
        if not any(gone):
            return False
        StateChange.objects.filter(appointment=current, subject=Subject.READINESS.value).delete()
        current.readiness = State.NOT_CHECKED.value
        current.concern, current.more_concerns, current.runs = "", 0, 0
        current.os_family = current.obstacles = ""
        current.read_out, current.waivers, current.waived = False, 0, 0
        current.checked_at = current.judged_by = None
        current.deleted_reports = [*ids, *(current.deleted_reports or ())][:_DELETED_KNOWN] or None
        current.save(update_fields=_FROM_REPORTS)
        forget_results(current.office_id, [current.pk])
        record(
            None,
            Action.REPORTS_DELETED,
            now,
            office=current.office_id,
            subject=current.pk,
            detail=BY_SEEKER,
        )
    erase_deleted()
    return True


_FROM_REPORTS = [
    "readiness",
    "concern",
    "more_concerns",
    "checked_at",
    "judged_by",
    "os_family",
    "obstacles",
    "read_out",
    "waivers",
    "waived",
    "runs",
    "deleted_reports",
]


def _check(terms: Terms, wanted: Wanted, now: datetime, allowed: Collection[Objection]) -> None:
    found = [each for each in objections(terms, wanted.starts_at, now) if each not in allowed]
    if found:
        raise Objected(found)
    if problem := reference_problem(wanted.reference):
        raise NotBooked(problem)


def _ensure_not_cancelled(office: Office, ids: Sequence[UUID], now: datetime) -> None:
    """What was cancelled cannot be entered again by the same key for as long as the audit is
    kept; after that, the day for which it was booked is over."""
    cancelled = AuditEntry.objects.filter(
        office=office,
        at__gt=now - AUDIT_KEPT,  # by the index of the office's entries
        action=Action.APPOINTMENT_CANCELLED.value,
        subject__in=[str(pk) for pk in ids],
    )
    if cancelled.exists():
        raise Cancelled("the appointment was cancelled; another is entered under another key")


def _again(known: Appointment, wanted: Wanted) -> Booked:
    """The staff may have changed the mode since, so that is not compared."""
    if (known.starts_at, known.reference) != (wanted.starts_at, wanted.reference):
        raise OtherBooking("the key was used for another appointment")
    code = given_code(known, wanted.key)
    if code is None:
        raise CodeReplaced("the appointment has been given another code since")
    return Booked(known, code, first=False)


def _codes_not_taken(office_id: str, key: str) -> Iterator[str]:
    for attempt in count():
        if attempt == _TRIES:
            raise NotBooked("no code was free")
        code = code_for(office_id, key, attempt)
        if not Appointment.objects.filter(code_hash=code_hash(code)).exists():
            yield code


def _of_code(code: str) -> "dict[str, str | bytes]":
    """What is kept of a code."""
    return {
        "code_hash": code_hash(code),
        "code_tail": code[-_TAIL:],
        "sealed_readout_key": sealed_key_of(code),
    }
