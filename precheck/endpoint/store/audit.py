"""Who of the staff did what: one entry per action, in the transaction that did it."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection

from precheck.endpoint.store.models import Action, AuditEntry, Office

AUDIT_KEPT = timedelta(days=366)
"""A year and a day: long enough to ask at the yearly review who did what."""


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
