"""Everything about an appointment is deleted on the day that the receipt says, and not before."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.contrib.sessions.models import Session

from precheck.contract.api import Receipt
from precheck.contract.offices import load_office
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import Appointment, ReportRecord, StateChange
from precheck.endpoint.store.retention import BATCH, Purged, purge
from tests.endpoint.people import Booked, as_report, booked, take
from tests.endpoint.scene import (
    OFFICE,
    OTHER_OFFICE,
    at,
    done,
    query,
    report,
    send,
    serving,
    with_a_file,
)

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def sent(mine: Booked) -> Receipt:
    return take(mine, as_report(report(finished_at=START)), START).receipt


def midnight(day: date) -> datetime:
    """The start of `day` in Tokyo."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)


def test_on_the_day_of_the_receipt_it_is_gone_and_the_day_before_it_is_there() -> None:
    mine = booked(starts_at=START)
    day = sent(mine).delete_on
    assert day == date(2026, 12, 24)
    assert purge(midnight(day) - timedelta(seconds=1)) == Purged(0, 0)
    assert ReportRecord.objects.count() == 1
    assert purge(midnight(day)) == Purged(1, 1)
    assert not (Appointment.objects.exists() or StateChange.objects.exists())
    assert not ReportRecord.objects.exists()


def test_an_appointment_late_in_the_evening_counts_by_the_day_in_tokyo() -> None:
    mine = booked(starts_at=datetime(2026, 11, 24, 14, 59, tzinfo=UTC))
    assert sent(mine).delete_on == date(2026, 12, 24)
    assert purge(midnight(date(2026, 12, 24))) == Purged(1, 1)


def test_an_appointment_at_midnight_belongs_to_the_day_that_begins() -> None:
    mine = booked(starts_at=midnight(date(2026, 11, 25)))
    assert sent(mine).delete_on == date(2026, 12, 25)
    assert purge(midnight(date(2026, 12, 24))) == Purged(0, 0)
    assert purge(midnight(date(2026, 12, 25))) == Purged(1, 1)


def test_every_office_has_its_own_number_of_days() -> None:
    ours, theirs = booked(starts_at=START), booked(OTHER_OFFICE, starts_at=START)
    put_office(load_office(OTHER_OFFICE), 5, START)
    sent(ours)
    assert purge(START + timedelta(days=10)) == Purged(1, 0)
    assert Appointment.objects.filter(pk=ours.id).exists()
    assert not Appointment.objects.filter(pk=theirs.id).exists()


def test_more_than_a_batch_is_deleted_all_the_same() -> None:
    mine = booked(starts_at=START)
    model = mine.row
    ReportRecord.objects.bulk_create(
        ReportRecord(
            report_id=f"00000000-0000-4000-8000-{number:012}",
            appointment=model,
            policy=model.office.policy,
            document=b"",
            received_at=START,
            checked_at=START,
            readiness="ready",
        )
        for number in range(BATCH + 1)
    )
    assert purge(START + timedelta(days=31)) == Purged(1, BATCH + 1)


def everything(folder: Path) -> bytes:
    """Every byte that the database has on the disk."""
    return b"".join(path.read_bytes() for path in folder.glob("endpoint.sqlite3*"))


@with_a_file
def test_what_was_deleted_stands_in_no_file_any_more_and_its_space_is_free(tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    arguments = ("appointment", "add", "--office", OFFICE, "--at", at(), "--reference")
    code = done(tmp_path, *arguments, "gone-by-then")
    done(tmp_path, *arguments, "still-to-come")
    with serving(tmp_path) as (address, _):
        bodies = [report(agent_version=f"0.1.{number}") for number in range(60)]
        assert {send(address, code, body).status_code for body in bodies} == {201}
        change = "UPDATE store_appointment SET starts_at = '2020-01-01 00:00:00'"
        query(tmp_path, f"{change} WHERE reference = 'gone-by-then'")
        before = everything(tmp_path)
        assert b"gone-by-then" in before
        assert b'"0.1.59"' in before
        assert done(tmp_path, "purge") == "deleted: 1 appointments, 60 reports"
        after = everything(tmp_path)
    assert b"gone-by-then" not in after
    assert b'"0.1.' not in after
    assert b"still-to-come" in after
    assert query(tmp_path, "PRAGMA freelist_count") == [(0,)]
    assert len(after) < len(before) / 2


def test_sessions_that_have_run_out_go_too() -> None:
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=START + timedelta(days=days)
        )
    purge(START)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
