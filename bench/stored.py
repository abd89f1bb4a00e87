"""A store that grows as the service would: office after office, each with `A_DAY` appointments on
each day from `BEHIND` days ago, for as long as they are kept, to `AHEAD` days from now. The first
office has `WHOLE_DAY` appointments tomorrow. Every row is a copy of one that a report made.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, cycle, islice
from secrets import token_hex
from typing import Any
from uuid import uuid4

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

from precheck.contract.offices import load_office
from precheck.contract.reasons import Antivirus, Firewall, Reason, Webcam
from precheck.contract.report import encode_report
from precheck.contract.verdict import Readiness
from precheck.endpoint.store.changes import office_named, put_office
from precheck.endpoint.store.file import is_in_use as is_file
from precheck.endpoint.store.models import (
    Appointment,
    Counted,
    DailyCount,
    Office,
    ReportRecord,
    StateChange,
    Subject,
)
from precheck.endpoint.store.rows import insert_all
from precheck.endpoint.store.standing import SHOWN
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of, start_of
from tests.endpoint.people import as_report, booked, take
from tests.endpoint.scene import FINE, OFFICE, report

A_DAY, BEHIND, AHEAD = 12, 30, 14
WHOLE_DAY = 200
FIRST_CHECK = timedelta(days=7)
"""Before the session; who has it later has not checked yet."""
RUNS = 5
"""Reports of somebody who checks."""
COUNTED_DAYS = 60
"""Days of which it is known how many runs there were."""
_AT_ONCE = 500

_FINE: tuple[Reason, ...] = ()
_KINDS = (
    _FINE,
    (Antivirus.OFF,),
    None,
    _FINE,
    (Firewall.NO_MANAGER,),
    _FINE,
    (Antivirus.EXPIRED, Webcam.NONE),
    None,
    _FINE,
    (Webcam.NONE, Firewall.OFF),
)
"""What was found, in turn; None: nobody has checked."""


@dataclass(frozen=True)
class _Checked:
    """What a report makes of an appointment's row, and what is kept of the report."""

    row: dict[str, Any]
    document: bytes


class GrowingStore:
    """The store of this process, which is empty at first."""

    def __init__(self, now: datetime) -> None:
        self.reports = 0
        self.offices = 0
        self._now = now
        self._sessions = self._all_sessions()

    def grow_to(self, reports: int) -> None:
        """Add appointments with their reports until there are so many reports, or a few more."""
        with _not_flushed():
            while self.reports < reports:
                room = (reports - self.reports) // RUNS + 1
                self._add(list(islice(self._sessions, min(room, _AT_ONCE))))

    def _all_sessions(self) -> Iterator[Appointment]:
        tomorrow = day_of(self._now) + timedelta(days=1)
        for number in count():
            office = self._add_office(number)
            if not number:
                yield from _sessions(office, tomorrow, WHOLE_DAY)
            for days in range(-BEHIND, AHEAD + 1):
                day = day_of(self._now) + timedelta(days=days)
                if number or day != tomorrow:
                    yield from _sessions(office, day, A_DAY)

    def _add_office(self, number: int) -> Office:
        policy = load_office(OFFICE)
        if number:
            terms = msgspec.structs.replace(policy.terms, office=f"ハローワーク{number}")
            policy = msgspec.structs.replace(policy, id=f"office-{number}", terms=terms)
        put_office(policy, None, self._now)
        office = office_named(policy.id)
        _count_runs(office, day_of(self._now))
        self.offices += 1
        if not number:
            self._kinds = cycle(_kinds(self._now))
        return office

    def _add(self, appointments: list[Appointment]) -> None:
        records, changes = [], []
        for appointment in appointments:
            checked = next(self._kinds)
            if checked is None or appointment.starts_at - self._now > FIRST_CHECK:
                continue
            last = min(appointment.starts_at, self._now) - timedelta(hours=20)
            for name, value in checked.row.items():
                setattr(appointment, name, value)
            appointment.judged_by, appointment.checked_at = appointment.office.policy, last
            appointment.runs = RUNS
            records += [
                ReportRecord(
                    report_id=uuid4(),
                    appointment=appointment,
                    policy=appointment.office.policy,
                    document=checked.document,
                    received_at=last - timedelta(minutes=10 * back),
                    checked_at=last - timedelta(minutes=10 * back),
                    readiness=appointment.readiness,
                )
                for back in reversed(range(RUNS))
            ]
            changes.append(
                StateChange(
                    appointment=appointment,
                    at=last,
                    subject=Subject.READINESS.value,
                    before="not_checked",
                    after=appointment.readiness,
                )
            )
        with writing():
            _put_all(appointments)
            _put_all(records)
            _put_all(changes)
        self.reports += len(records)


def _sessions(office: Office, day: date, number: int) -> Iterator[Appointment]:
    for each in range(number):
        yield Appointment(
            code_hash=token_hex(32),
            code_tail=f"{each:04}",
            sealed_readout_key=bytes(48),
            office=office,
            starts_at=start_of(day) + timedelta(hours=9, minutes=480 * each // number),
            reference=f"K-{each}",
        )


def _kinds(now: datetime) -> list[_Checked | None]:
    """Each of `_KINDS` as an appointment that is made, reported on and deleted shows it."""
    found: list[_Checked | None] = []
    for reasons in _KINDS:
        if reasons is None:
            found.append(None)
            continue
        one, sent = booked(), as_report(report(*reasons))
        take(one, sent, now)
        row = {name: getattr(one.row, name) for name in (*SHOWN, "os_family")}
        found.append(_Checked(row, encode_report(sent)))
        ReportRecord.objects.all().delete()
        Appointment.objects.all().delete()
    return found


def _count_runs(office: Office, today: date) -> None:
    names = [
        *((Counted.READINESS, each.value) for each in Readiness),
        *((Counted.CHECK, each.value) for each in list(FINE)[:6]),
    ]
    with writing():
        insert_all(
            [
                DailyCount(
                    day=today - timedelta(days=back),
                    office=office,
                    subject=subject.value,
                    name=name,
                    runs=A_DAY,
                )
                for back in range(COUNTED_DAYS)
                for subject, name in names
            ]
        )


def _put_all(rows: Sequence[Model]) -> None:
    """Insert `rows`, of one model: by COPY into PostgreSQL, over each of whose statements the
    client takes longer than the server."""
    if not rows:
        return
    if not is_file():
        _copy_all(rows)
    elif isinstance(rows[0], Appointment):
        Appointment.objects.bulk_create(rows)
    else:
        insert_all(rows)


def _copy_all(rows: Sequence[Model]) -> None:
    store = connections[DEFAULT_DB_ALIAS]  # `connection` finds it again each time
    options, is_keyed = rows[0]._meta, rows[0].pk is not None
    fields = [field for field in options.local_concrete_fields if is_keyed or not field.primary_key]
    columns = ", ".join(store.ops.quote_name(str(field.column)) for field in fields)
    copied = f"COPY {store.ops.quote_name(options.db_table)} ({columns}) FROM STDIN"
    with store.cursor() as cursor, cursor.copy(copied) as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(getattr(row, field.attname), store) for field in fields]
            )


@contextmanager
def _not_flushed() -> Iterator[None]:
    """Write fast, and leave the store as after a while of use: its log in its file, or its
    statistics made as PostgreSQL makes them by itself."""
    with connection.cursor() as cursor:
        if is_file():
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1000000")
        yield
        if is_file():
            cursor.execute("PRAGMA cache_size=-2000")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE")
