"""How many runs there were on each day, in some offices together."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Sum

from precheck.endpoint.store.models import Counted, DailyCount

DayCounts = Mapping[Counted, Mapping[str, int]]
"""What there was on a day: by what it is counted by, and by its name."""

_STILL_COUNTED = timedelta(days=1)
"""Before today. A run counts on the day on which it arrives: of earlier days all is written, also
what was on its way over midnight, and what a machine counts whose clock is behind."""
_DAYS_KNOWN = 1024
"""About a kilobyte each."""


def counts_of(
    offices: frozenset[str] | None, days: Sequence[date], today: date
) -> dict[date, DayCounts]:
    """The runs of each of `days`, none of which is after `today` (in Tokyo), in these offices, or
    in all for None. One query, and one more for each day of before that this process has not summed
    up yet."""
    since = today - _STILL_COUNTED
    recent = _summed_up(offices, [day for day in days if day >= since])
    return {day: recent[day] if day >= since else known_counts(offices, day) for day in days}


@lru_cache(maxsize=_DAYS_KNOWN)
def known_counts(offices: frozenset[str] | None, day: date) -> DayCounts:
    """The runs of a day to which none is added any more."""
    return _summed_up(offices, [day])[day]


def _summed_up(offices: frozenset[str] | None, days: Sequence[date]) -> dict[date, DayCounts]:
    rows = DailyCount.objects.filter(day__in=days)
    if offices is not None:
        rows = rows.filter(office__in=offices)
    counted: dict[date, dict[Counted, dict[str, int]]] = {
        day: {subject: {} for subject in Counted} for day in days
    }
    summed = rows.order_by().values_list("day", "subject", "name").annotate(sum=Sum("runs"))
    for day, subject, name, runs in summed:
        counted[day][Counted(subject)][name] = runs
    return {**counted}
