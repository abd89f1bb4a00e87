"""When a session can be booked, by an office's terms.

The hours that terms name are those of weekdays. An office is closed by law on weekends and national
holidays and from 29 December to 3 January (行政機関の休日に関する法律 第1条), but terms that name
no hours do not say so of weekends, and none do of the others; and it may open all the same: staff
are asked. A session lies within the hours from its beginning to its end. In a stretch of hours the
starts are laid out so that sessions fill it from its beginning and from its end: every 15 minutes
from 9:45 to 11:00 where sessions of 30 minutes take place from 9:45 to 11:30, every 30 minutes from
13:30 to 15:30 where they do until 16:00.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import gcd

import jpholiday

from precheck.contract.policy import Terms
from precheck.endpoint.tokyo import TOKYO, day_of

FARTHEST = timedelta(days=366)
_SATURDAY = 5
_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
_HALF_HOUR = 30


class Objection(StrEnum):
    """What speaks against a time. All but the first can be overridden by who knows better."""

    DAY_OVER = "day_over"
    TOO_FAR = "too_far"
    """More than a year away: most likely the year is wrong."""
    WEEKEND = "weekend"
    """The terms name hours, of weekdays."""
    CLOSED_WEEKEND = "closed_weekend"
    """The terms name no hours."""
    HOLIDAY = "holiday"
    """A national holiday, as far as they are fixed by law today."""
    YEAR_END = "year_end"
    OUTSIDE_HOURS = "outside_hours"
    BETWEEN_STARTS = "between_starts"
    SAME_DAY = "same_day"
    """In principle, say the terms, it would have to be booked by the day before."""


CLOSED = frozenset({Objection.CLOSED_WEEKEND, Objection.HOLIDAY, Objection.YEAR_END})
"""The office is closed by law, and its terms do not say so."""
IN_PRINCIPLE = frozenset({Objection.SAME_DAY}) | CLOSED
"""What is left to the staff."""
OVERRIDABLE = frozenset(Objection) - {Objection.DAY_OVER}


def objections(terms: Terms, starts_at: datetime, now: datetime) -> tuple[Objection, ...]:
    """What speaks against a session that starts at `starts_at`, when it is booked `now` (both
    aware)."""
    return tuple(_objections(terms, starts_at.astimezone(TOKYO), day_of(now)))


def starts(terms: Terms) -> tuple[time, ...]:
    """The wall times at which sessions start on a weekday; every half hour of the day where the
    terms name no hours."""
    if not terms.hours:
        return tuple(time(at // 60, at % 60) for at in range(0, 24 * 60, _HALF_HOUR))
    found: list[time] = []
    for stretch in terms.hours:
        begin, end = _minutes(stretch.start), _minutes(stretch.end)
        step = gcd(terms.session_minutes, end - begin)
        found += (
            time(at // 60, at % 60) for at in range(begin, end - terms.session_minutes + 1, step)
        )
    return tuple(sorted(set(found)))


def next_day(terms: Terms, today: date) -> date:
    """The first day after `today` for which a session can be booked."""
    day = today + timedelta(days=1)
    while _closed(terms, day):
        day += timedelta(days=1)
    return day


def next_open_day(today: date) -> date:
    """The first day after `today` on which the law closes no office, whatever its terms say."""
    day = today + timedelta(days=1)
    while day.weekday() >= _SATURDAY or _holiday(day):
        day += timedelta(days=1)
    return day


def _objections(terms: Terms, start: datetime, today: date) -> Iterator[Objection]:
    day = start.date()
    if day < today:
        yield Objection.DAY_OVER
    if day - today > FARTHEST:
        yield Objection.TOO_FAR
    if today <= day <= today + FARTHEST and (closed := _closed(terms, day)):
        yield closed
    elif terms.hours and day.weekday() >= _SATURDAY:
        yield Objection.WEEKEND
    if start.time() not in starts(terms):
        yield Objection.OUTSIDE_HOURS if _is_outside(terms, start) else Objection.BETWEEN_STARTS
    if day == today and terms.day_before is not None:
        yield Objection.SAME_DAY


def _closed(terms: Terms, day: date) -> Objection | None:
    if day.weekday() >= _SATURDAY:
        return Objection.WEEKEND if terms.hours else Objection.CLOSED_WEEKEND
    return _holiday(day)


def _holiday(day: date) -> Objection | None:
    if (day.month, day.day) in _YEAR_END:
        return Objection.YEAR_END
    return Objection.HOLIDAY if jpholiday.is_holiday(day) else None


def _is_outside(terms: Terms, start: datetime) -> bool:
    begin = _minutes(start.time())
    return bool(terms.hours) and not any(
        _minutes(stretch.start) <= begin and begin + terms.session_minutes <= _minutes(stretch.end)
        for stretch in terms.hours
    )


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
