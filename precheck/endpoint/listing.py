"""The appointments of a day as the office's people see them, for the page and for the terminal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from precheck.contract.checks import CheckId
from precheck.contract.policy import Terms
from precheck.endpoint.state import State, state_of
from precheck.endpoint.store.models import Appointment, Mode, Office
from precheck.endpoint.tokyo import end_of, start_of


@dataclass(frozen=True)
class Row:
    """One appointment. Times are aware; `concern` is the first check that decides, where one
    does, and `more_concerns` the number of the others."""

    id: UUID
    office: str
    """The office's name."""
    office_id: str
    starts_at: datetime
    reference: str
    mode: Mode
    state: State
    concern: CheckId | None
    more_concerns: int
    checked_at: datetime | None
    """Of a run that was read out over the phone only the day means something."""
    read_out: bool
    waived: int
    """How many findings of the latest run staff have accepted."""
    code_tail: str
    """The last four digits of the code; empty where they are not known."""
    late: bool
    """Whether the session should be going on, and the terms let somebody who has neither come nor
    said a word count as having cancelled by now."""


def rows_of_day(day: date, offices: Collection[Office], now: datetime) -> list[Row]:
    """The appointments of `offices` on `day` (Tokyo) by time. One query."""
    return [
        row_of(item, office, now)
        for item in Appointment.objects.filter(
            office__in=[office.pk for office in offices],
            starts_at__gte=start_of(day),
            starts_at__lt=end_of(day),
        ).order_by("starts_at", "id")
        for office in offices
        if office.pk == item.office_id
    ]


def row_of(appointment: Appointment, office: Office, now: datetime) -> Row:
    """What is shown of one appointment of `office`."""
    terms = office.policy.policy().terms
    return Row(
        id=appointment.pk,
        office=terms.office,
        office_id=office.pk,
        starts_at=appointment.starts_at,
        reference=appointment.reference,
        mode=Mode(appointment.mode),
        state=state_of(
            appointment.readiness,
            appointment.checked_at,
            under_current_policy=appointment.judged_by_id == office.policy_id,
            now=now,
        ),
        concern=CheckId(appointment.concern) if appointment.concern else None,
        more_concerns=appointment.more_concerns,
        checked_at=appointment.checked_at,
        read_out=appointment.read_out,
        waived=appointment.waived,
        code_tail=appointment.code_tail,
        late=appointment.mode == Mode.VIDEO
        and counts_as_cancelled(appointment.starts_at, terms, now),
    )


def counts_as_cancelled(starts_at: datetime, terms: Terms, now: datetime) -> bool:
    """Whether at `now`, in the time of the session, somebody who is late without a word counts as
    having cancelled by `terms`; nobody does where they say nothing of it."""
    if terms.late is None:
        return False
    passed = now - starts_at
    return (
        timedelta(minutes=terms.late.minutes) <= passed < timedelta(minutes=terms.session_minutes)
    )
