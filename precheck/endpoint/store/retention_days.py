"""For how long an office keeps what it knows of an appointment.

Whoever sends a report is told the day on which it is deleted. Nothing is kept for longer than that:
where an office raises its days, appointments that are there already go by the days of before.
"""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, Appointment, Office
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of, end_of

SHORTEST, LONGEST = 1, 3650
"""Days. Beyond ten years is for ever."""


def ensure_retention(days: int) -> None:
    """Raises `Unusable` for a number of days that is none."""
    if not SHORTEST <= days <= LONGEST:
        raise Unusable(
            f"the records are kept for {SHORTEST} to {LONGEST} days after the appointment"
        )


def keep_for(office: Office, days: int) -> None:
    """Let `office`, which is saved later, keep its records for `days`. Called in `writing()`."""
    if days > office.retention_days:
        Appointment.objects.filter(
            Q(promised_days=None) | Q(promised_days__gt=office.retention_days),
            office=office.pk,
        ).update(promised_days=office.retention_days)
    office.retention_days = days


def set_retention(office_id: str, days: int, now: datetime, by: User | None) -> None:
    """Keep the records of the office for `days` after the appointment. Raises `Unusable`."""
    ensure_retention(days)
    with writing():
        office = Office.objects.select_for_update(no_key=True).get(pk=office_id)
        if office.retention_days == days:
            return
        record(
            by,
            Action.RETENTION_SET,
            now,
            office=office,
            subject=office.pk,
            detail=f"{office.retention_days}→{days}",
        )
        keep_for(office, days)
        office.save(update_fields=["retention_days"])


def days_of(appointment: Appointment) -> int:
    """After how many days all about `appointment` is deleted."""
    office = appointment.office.retention_days
    promised = appointment.promised_days
    return office if promised is None else min(office, promised)


def due_in(office: Office, now: datetime, days: int | None = None) -> QuerySet[Appointment]:
    """The appointments of `office` that have to go by now; with `days`, that would have to if those
    were its retention."""
    kept = office.retention_days if days is None else days
    of_office = Appointment.objects.filter(office=office)
    due = Q(starts_at__lt=end_of(_last_day(now, kept)))
    for promised in (
        of_office.filter(promised_days__lt=kept)
        .order_by("promised_days")
        .values_list("promised_days", flat=True)
        .distinct()
    ):
        assert promised is not None  # noqa: S101 - it is less than a number
        due |= Q(promised_days=promised, starts_at__lt=end_of(_last_day(now, promised)))
    return of_office.filter(due)


def _last_day(now: datetime, days: int) -> date:
    return day_of(now) - timedelta(days=days)
