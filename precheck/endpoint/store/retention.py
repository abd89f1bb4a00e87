"""Deleting what the office said it would delete, in batches too small to hold up a report."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from precheck.endpoint.store.audit import AUDIT_KEPT, forget_results
from precheck.endpoint.store.counting import COUNTS_KEPT
from precheck.endpoint.store.file import LONG, erase_deleted
from precheck.endpoint.store.models import (
    AuditEntry,
    DailyCount,
    Office,
    ReportRecord,
    SignInDebt,
    StateChange,
)
from precheck.endpoint.store.passwords import expire_passwords
from precheck.endpoint.store.retention_days import due_in
from precheck.endpoint.store.sign_ins import KEPT
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of

BATCH = 500

_log = logging.getLogger("precheck.retention")


@dataclass(frozen=True)
class Purged:
    """How many rows went."""

    appointments: int
    reports: int


def purge(now: datetime) -> Purged:
    """Delete every appointment whose `delete_on` has come, with all about it, the sessions of staff
    that have run out, what staff did more than `AUDIT_KEPT` ago, and forgiven sign-ins. Passwords
    that were made for somebody who never used them are good for nothing any more.

    Then all that was deleted is erased, now and since this was done last."""
    appointments = reports = 0
    for office in Office.objects.all():
        due = due_in(office, now)
        reports += _delete(ReportRecord.objects.filter(appointment__in=due))
        _delete(StateChange.objects.filter(appointment__in=due))
        appointments += _delete(due, partial(forget_results, office.pk))
    expire_passwords(now)
    _delete(Session.objects.filter(expire_date__lt=now))
    _delete(AuditEntry.objects.filter(at__lt=now - AUDIT_KEPT))
    _delete(DailyCount.objects.filter(day__lt=day_of(now - COUNTS_KEPT)))
    _delete(SignInDebt.objects.filter(counted_at__lt=now - KEPT))
    if not erase_deleted(LONG):
        _log.warning("what was deleted is still in the write-ahead log: another process reads it")
    return Purged(appointments, reports)


def _delete(rows: QuerySet[Any], with_them: Callable[[list[Any]], None] | None = None) -> int:
    gone = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with writing():
            # Locked, so that nothing is added to what is deleted, by another process, meanwhile.
            found = rows.model._default_manager.filter(pk__in=batch).order_by("pk")
            locked = list(found.select_for_update().values_list("pk", flat=True))
            if with_them is not None:
                with_them(locked)
            found.delete()
        gone += len(locked)
    return gone
