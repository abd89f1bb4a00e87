"""When a session can be booked, by the hours, the length and the rules of an office's terms."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.offices import load_office, office_ids
from precheck.endpoint.slots import FARTHEST, IN_PRINCIPLE, Objection, next_day, objections, starts
from precheck.endpoint.tokyo import TOKYO

TUESDAY = date(2026, 11, 24)
BEFORE = datetime(2026, 11, 20, 3, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TOKYO)


def found(office: str, start: datetime, now: datetime = BEFORE) -> tuple[Objection, ...]:
    return objections(load_office(office).terms, start, now)


@pytest.mark.parametrize(
    ("office", "first", "last", "number"),
    [
        ("kakogawa", time(9, 45), time(15, 30), 6 + 5),
        ("toyooka", time(10), time(15, 30), 4 + 6),
        ("nagasaki", time(10), time(15, 30), 12),
        ("okinawa", time(0), time(23, 30), 48),
    ],
)
def test_the_starts_lie_within_the_hours(office: str, first: time, last: time, number: int) -> None:
    laid = starts(load_office(office).terms)
    assert (laid[0], laid[-1], len(laid)) == (first, last, number)
    assert all(earlier < later for earlier, later in pairwise(laid))


@pytest.mark.parametrize("office", office_ids())
def test_every_start_is_one_against_which_nothing_speaks(office: str) -> None:
    for start in starts(load_office(office).terms):
        assert found(office, at(start.hour, start.minute)) == ()


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (at(10), ()),
        (at(11), ()),
        (at(11, 15), (Objection.OUTSIDE_HOURS,)),
        (at(9, 30), (Objection.OUTSIDE_HOURS,)),
        (at(15, 45), (Objection.OUTSIDE_HOURS,)),
        (at(10, 5), (Objection.BETWEEN_STARTS,)),
        (at(10, 0, date(2026, 11, 22)), (Objection.WEEKEND,)),
        (at(10, 0, date(2026, 11, 23)), (Objection.HOLIDAY,)),
        (at(10, 0, date(2026, 12, 28)), ()),
        (at(10, 0, date(2026, 12, 29)), (Objection.YEAR_END,)),
        (at(10, 0, date(2027, 1, 1)), (Objection.YEAR_END,)),
        (at(10, 0, date(2027, 1, 2)), (Objection.WEEKEND,)),
        (at(10, 0, date(2027, 1, 4)), ()),
        (at(10, 0, date(2027, 3, 22)), (Objection.HOLIDAY,)),  # instead of a Sunday's
        (at(10, 0, date(2026, 11, 19)), (Objection.DAY_OVER,)),
        (at(10, 0, date(2026, 11, 20)), (Objection.SAME_DAY,)),
        (at(10, 0, date(2028, 11, 21)), (Objection.TOO_FAR,)),
    ],
)
def test_what_speaks_against_a_time_is_named(
    start: datetime, expected: tuple[Objection, ...]
) -> None:
    assert found("kakogawa", start) == expected


def test_an_office_without_hours_or_rules_books_any_half_hour() -> None:
    assert found("okinawa", at(20, 30)) == ()
    assert found("okinawa", at(20, 40)) == (Objection.BETWEEN_STARTS,)
    assert found("honjo", at(10, 0, date(2026, 11, 20))) == ()


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 22), date(2027, 1, 2)])
def test_a_weekend_is_asked_about_where_the_terms_name_no_hours_and_is_none_of_theirs_where_they_do(
    day: date,
) -> None:
    for office in office_ids():
        (said,) = found(office, at(10, 0, day))
        named = bool(load_office(office).terms.hours)
        assert said is (Objection.WEEKEND if named else Objection.CLOSED_WEEKEND)
        assert (said in IN_PRINCIPLE) is not named
    assert {bool(load_office(office).terms.hours) for office in office_ids()} == {True, False}


def test_every_office_is_closed_on_a_holiday_whatever_hours_its_terms_name() -> None:
    for office in office_ids():
        assert found(office, at(10, 0, date(2026, 11, 23))) == (Objection.HOLIDAY,)
        assert found(office, at(10, 0, date(2026, 12, 30))) == (Objection.YEAR_END,)


def test_the_day_that_is_proposed_is_one_on_which_the_office_is_open() -> None:
    terms = load_office("kakogawa").terms
    for office in office_ids():
        assert next_day(load_office(office).terms, date(2026, 11, 20)) == TUESDAY
    assert next_day(terms, date(2026, 12, 28)) == date(2027, 1, 4)
    assert next_day(terms, TUESDAY) == date(2026, 11, 25)


def test_the_end_of_the_calendar_can_be_judged() -> None:
    for day in (date(9999, 12, 30), date(1, 1, 2)):
        assert found("okinawa", at(10, 0, day))


def test_the_day_is_that_in_tokyo() -> None:
    late = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    assert found("kakogawa", at(10), late) == (Objection.SAME_DAY,)
    assert found("kakogawa", at(10), late - timedelta(hours=1)) == ()


@given(
    st.timedeltas(timedelta(days=-20), timedelta(days=800)).map(lambda distance: BEFORE + distance)
)
def test_whatever_the_time_it_can_be_judged(start: datetime) -> None:
    for office in office_ids():
        said = found(office, start)
        assert (Objection.TOO_FAR in said) == (
            start.astimezone(TOKYO).date() - date(2026, 11, 20) > FARTHEST
        )
