"""How many runs there were on each day: numbers that lead back to no appointment and outlive it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from precheck.contract.checks import CheckId
from precheck.contract.verdict import Readiness
from precheck.endpoint.store.models import Counted, DailyCount
from precheck.endpoint.store.rows import add_all
from precheck.endpoint.tokyo import day_of

COUNTS_KEPT = timedelta(days=400)
"""Thirteen months: a month can be held against the same one of the year before."""

_KEY = ("day", "office", "subject", "name")


class Counts:
    """What the reports of one transaction add."""

    def __init__(self) -> None:
        self._runs: Counter[tuple[date, str, Counted, str]] = Counter()

    def add(
        self, office_id: str, at: datetime, outcome: Readiness, deciding: Iterable[CheckId]
    ) -> None:
        """One run, which arrived at `at`: its outcome, and the checks that made it."""
        day = day_of(at)
        self._runs[day, office_id, Counted.READINESS, outcome.value] += 1
        for check in deciding:
            self._runs[day, office_id, Counted.CHECK, check.value] += 1

    def write(self) -> None:
        """Add them. In one order everywhere, and last of all that a transaction writes: other
        processes count for the same office and day, and wait no longer than the commit takes."""
        rows = [
            DailyCount(day=day, office_id=office_id, subject=subject.value, name=name, runs=runs)
            for (day, office_id, subject, name), runs in sorted(self._runs.items())
        ]
        add_all(rows, _KEY, "runs")
