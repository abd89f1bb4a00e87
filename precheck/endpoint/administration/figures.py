"""Counts without anybody in them, to be handed on: per day, office, check and reason.

Who knows the office's list of a day knows whose the one report of that day is. So what fewer than
three appointments have in common stands there without its reason: together with the other such of
its check, and without a number where there are fewer than three even so. From the rest of the table
nothing more can be worked out than how many they are.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from precheck.contract.checks import CheckId
from precheck.contract.errors import BadReport
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings
from precheck.contract.report import decode_report
from precheck.endpoint.store.models import Office, PolicyVersion, ReportRecord
from precheck.endpoint.tokyo import day_of, end_of, start_of

FEWEST = 3
LONGEST = timedelta(days=92)
"""What is counted at once."""
OTHER = "other"
"""In place of a reason: fewer than `FEWEST` have each of these."""

HEADINGS = ("day", "office", "check", "verdict", "reason", "appointments")


@dataclass(frozen=True)
class Figure:
    """How many appointments' last reports of `day` (Tokyo, of receipt) said `reason`. `count` None:
    fewer than `FEWEST`. `verdict` and `reason` are words of the contract, or empty and `OTHER`."""

    day: date
    office: str
    check: CheckId
    verdict: str
    reason: str
    count: int | None

    def cells(self) -> tuple[str, ...]:
        """As they stand under `HEADINGS`."""
        shown = f"<{FEWEST}" if self.count is None else str(self.count)
        return (self.day.isoformat(), self.office, self.check, self.verdict, self.reason, shown)


def figures_of(offices: Collection[Office], first: date, last: date) -> Iterator[Figure]:
    """The figures of the days from `first` to `last`, of which those beyond `LONGEST` are left out.
    One query per office."""
    policies = _Policies()
    for office in offices:
        records = (
            ReportRecord.objects.filter(
                appointment__office=office,
                received_at__gte=start_of(first),
                received_at__lt=end_of(min(last, first + LONGEST)),
            )
            .order_by("received_at", "id")
            .values_list("received_at", "appointment_id", "policy_id", "document")
        )
        for day, received in groupby(records.iterator(), lambda row: day_of(row[0])):
            latest = {row[1]: (policies.of(row[2]), bytes(row[3])) for row in received}
            yield from _of_day(day, office.pk, latest.values())


class _Policies:
    """The policies by which reports were judged, each read once."""

    def __init__(self) -> None:
        self._known: dict[int, Policy] = {}

    def of(self, version: int) -> Policy:
        if version not in self._known:
            self._known[version] = PolicyVersion.objects.get(pk=version).policy()
        return self._known[version]


def _of_day(day: date, office: str, documents: Iterable[tuple[Policy, bytes]]) -> Iterator[Figure]:
    counts: dict[CheckId, Counter[tuple[str, str]]] = {}
    for policy, document in documents:
        try:
            report = decode_report(document)
        except BadReport:
            continue  # of another version of this program
        for item in effective_findings(policy, report.findings, report.declarations):
            counts.setdefault(item.check, Counter())[item.verdict.value, item.reason] += 1
    for check, by_reason in sorted(counts.items()):
        for (verdict, reason), count in sorted(by_reason.items()):
            if count >= FEWEST:
                yield Figure(day, office, check, verdict, reason, count)
        few = sum(count for count in by_reason.values() if count < FEWEST)
        if few:
            yield Figure(day, office, check, "", OTHER, few if few >= FEWEST else None)
