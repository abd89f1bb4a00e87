"""Deleting what the office said it would delete, in batches too small to hold up a report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from precheck.endpoint.store.models import Appointment, Office, ReportRecord, StateChange
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of, end_of

BATCH = 500


@dataclass(frozen=True)
class Purged:
    """How many rows went."""

    appointments: int
    reports: int


def purge(now: datetime) -> Purged:
    """Delete every appointment whose `delete_on` has come, with all about it, and the sessions of
    staff that have run out."""
    appointments = reports = 0
    for office in Office.objects.all():
        last_day = day_of(now) - timedelta(days=office.retention_days)
        due = Appointment.objects.filter(office=office, starts_at__lt=end_of(last_day))
        reports += _delete(ReportRecord.objects.filter(appointment__in=due))
        _delete(StateChange.objects.filter(appointment__in=due))
        appointments += _delete(due)
    _delete(Session.objects.filter(expire_date__lt=now))
    return Purged(appointments, reports)


def _delete(rows: QuerySet[Any]) -> int:
    gone = 0
    while batch := list(rows.values_list("pk", flat=True)[:BATCH]):
        with writing():
            rows.model._default_manager.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone
