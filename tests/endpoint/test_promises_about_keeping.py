"""Nothing about an appointment is kept for longer than was said, whatever the office decides
later."""

from datetime import UTC, datetime, timedelta

import pytest

from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.ingest import delete_on
from precheck.endpoint.store.models import Appointment, Office, Role
from precheck.endpoint.store.retention import purge
from precheck.endpoint.store.retention_days import LONGEST, due_in, set_retention
from precheck.endpoint.tokyo import day_of
from tests.endpoint.people import as_report, booked, member, office, take
from tests.endpoint.scene import OFFICE, report

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PAGE = f"/staff/offices/{OFFICE}/"


def there(*days: int) -> list[bool]:
    """Whether the one appointment is there so many days after its day."""
    found = []
    for each in days:
        purge(START + timedelta(days=each))
        found.append(Appointment.objects.exists())
    return found


def test_more_days_do_not_hold_for_who_was_told_fewer() -> None:
    mine = booked(starts_at=START)
    told = take(mine, as_report(report(finished_at=START)), START).receipt.delete_on
    set_retention(OFFICE, 90, START, None)
    assert delete_on(mine.row) == told == day_of(START) + timedelta(days=30)
    assert there(29, 30) == [True, False]


def test_more_days_hold_for_what_is_entered_afterwards() -> None:
    office()
    set_retention(OFFICE, 90, START, None)
    mine = booked(starts_at=START)
    assert delete_on(mine.row) == day_of(START) + timedelta(days=90)
    assert there(89, 90) == [True, False]


def test_fewer_days_hold_at_once_for_all() -> None:
    mine = booked(starts_at=START)
    set_retention(OFFICE, 10, START, None)
    assert delete_on(mine.row) == day_of(START) + timedelta(days=10)
    assert there(9, 10) == [True, False]


def test_after_fewer_and_more_again_the_fewest_hold() -> None:
    mine = booked(starts_at=START)
    for days in (60, 10, 90):
        set_retention(OFFICE, days, START, None)
    assert delete_on(mine.row) == day_of(START) + timedelta(days=10)
    assert there(9, 10) == [True, False]


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1])
def test_a_number_of_days_that_is_none_is_refused(days: int) -> None:
    office()
    with pytest.raises(Unusable):
        set_retention(OFFICE, days, START, None)
    assert Office.objects.get(pk=OFFICE).retention_days == 30


def test_what_fewer_days_would_delete_is_counted_beforehand_and_only_then_deleted() -> None:
    now = datetime.now(UTC)
    for days in (5, 15, 25):
        booked(starts_at=now - timedelta(days=days))
    ours = Office.objects.get(pk=OFFICE)
    assert due_in(ours, now).count() == 0
    assert due_in(ours, now, 10).count() == 2
    client = member("ichiro", role=Role.ADMINISTRATOR)
    asked = client.post(PAGE, {"days": "10"})
    assert asked.status_code == 200
    assert "2件の予約" in asked.content.decode()
    assert Office.objects.get(pk=OFFICE).retention_days == 30
    assert client.post(PAGE, {"days": "10", "agreed": "1"}).status_code == 200, "another number"
    assert client.post(PAGE, {"days": "10", "agreed": "2"}).status_code == 302
    assert Office.objects.get(pk=OFFICE).retention_days == 10
    purge(now)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("days", ["0", "3651", "many", ""])
def test_the_page_refuses_what_is_no_number_of_days(days: str) -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    answer = client.post(PAGE, {"days": days})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()
