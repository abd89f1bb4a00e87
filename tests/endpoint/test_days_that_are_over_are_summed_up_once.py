"""The last two weeks are read from the store where they may have changed, and from it alone once
where they cannot."""

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from precheck.endpoint.helpdesk.counts import counts_of
from precheck.endpoint.store.models import Counted, DailyCount
from tests.endpoint.people import office
from tests.endpoint.scene import OFFICE, OTHER_OFFICE

TODAY = date(2026, 11, 21)
DAYS = [TODAY - timedelta(days=back) for back in range(14)]
READY = (Counted.READINESS, "ready")


def arrive(day: date, runs: int, of: str = OFFICE) -> None:
    subject, name = READY
    DailyCount.objects.create(
        day=day, office_id=office(of), subject=subject.value, name=name, runs=runs
    )


def ready(offices: frozenset[str] | None = None, today: date = TODAY) -> dict[date, int]:
    """The days of which there is something, and how much."""
    counted = counts_of(offices, DAYS, today)
    assert list(counted) == DAYS
    subject, name = READY
    return {day: counts[subject][name] for day, counts in counted.items() if counts[subject]}


def test_what_arrives_is_there_at_once_today_and_yesterday() -> None:
    assert ready() == {}
    arrive(DAYS[0], 3)
    arrive(DAYS[1], 4)
    assert ready() == {DAYS[0]: 3, DAYS[1]: 4}
    DailyCount.objects.update(runs=5)
    assert ready() == {DAYS[0]: 5, DAYS[1]: 5}


def test_days_before_are_asked_for_once() -> None:
    arrive(DAYS[2], 3)
    with CaptureQueriesContext(connection) as first:
        assert ready() == {DAYS[2]: 3}
    with CaptureQueriesContext(connection) as second:
        assert ready() == {DAYS[2]: 3}
    assert (len(first), len(second)) == (13, 1)


def test_a_day_that_becomes_old_is_kept_as_it_ended() -> None:
    arrive(DAYS[0], 3)
    ready()
    DailyCount.objects.update(runs=8)
    assert ready(today=TODAY + timedelta(days=2)) == {DAYS[0]: 8}


def test_offices_are_not_mixed_up() -> None:
    for day in (DAYS[0], DAYS[5]):
        arrive(day, 3)
        arrive(day, 40, of=OTHER_OFFICE)
    for offices, runs in (
        (None, 43),
        (frozenset({OFFICE}), 3),
        (frozenset({OTHER_OFFICE}), 40),
        (frozenset({OFFICE, OTHER_OFFICE}), 43),
        (frozenset[str](), 0),
        (None, 43),
    ):
        expected = {DAYS[0]: runs, DAYS[5]: runs} if runs else {}
        assert ready(offices) == expected, offices
