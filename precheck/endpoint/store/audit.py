"""Who of the staff did what: one entry per action, in the transaction that did it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection

from precheck.endpoint.store.models import Action, AuditEntry, Office

AUDIT_KEPT = timedelta(days=366)
"""A year and a day: long enough to ask at the yearly review who did what."""
_OF_RESULTS = (Action.READOUT_ENTERED, Action.WAIVER_GIVEN, Action.WAIVER_WITHDRAWN)
"""Entries whose detail says what a device was found to be."""


def record(
    by: User | None,
    action: Action,
    now: datetime,
    *,
    office: Office | str | None = None,
    subject: object = "",
    detail: str = "",
) -> None:
    """Write down that `by` (None: the command line) did `action` to `subject`, the id of what it
    was done to, in `office` (or its id). Called inside `writing()`, so that there is no action
    without its entry and no entry without its action. Neither a code, a reference nor free text
    belongs into `subject` or `detail`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an action is recorded in the transaction that does it")
    AuditEntry.objects.create(
        by=by,
        action=action.value,
        at=now,
        office_id=office.pk if isinstance(office, Office) else office,
        subject=str(subject),
        detail=detail,
    )


def forget_results(office_id: str, appointments: Iterable[object]) -> None:
    """Leave of the entries about `appointments` (ids) of an office who did what and when, and not
    what was found on a device. Called in the transaction that deletes the results."""
    AuditEntry.objects.filter(
        office=office_id,
        action__in=[action.value for action in _OF_RESULTS],
        subject__in=[str(each) for each in appointments],
    ).exclude(detail="").update(detail="")
