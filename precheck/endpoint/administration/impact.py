"""What another policy would change for those who were checked of late."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from precheck.contract.checks import CheckId
from precheck.contract.errors import BadReport
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings
from precheck.contract.report import Report, decode_report
from precheck.contract.verdict import Readiness, Verdict
from precheck.endpoint.store.models import Office, ReportRecord
from precheck.endpoint.store.standing import standing_of, what_counts
from precheck.endpoint.tokyo import day_of

LOOKED_BACK = timedelta(days=30)
MOST = 2000
"""Appointments that are looked at: the latest. It takes about a second."""

_FROM_GOOD_TO_BAD = (Readiness.READY, Readiness.ATTENTION, Readiness.NOT_READY)


@dataclass(frozen=True)
class Impact:
    """How the latest runs of appointments would come out."""

    counted: int
    is_all: bool
    """Whether there were no more than `MOST`."""
    moves: dict[tuple[Readiness, Readiness], int]
    """By what they are under the policy of now and what they would be."""
    causes: tuple[tuple[CheckId, int], ...]
    """The checks that would make it worse, with how many it would be worse for, the most first."""
    fine: dict[CheckId, int]
    """How many pass each check today."""

    def were(self, before: Readiness) -> int:
        return sum(count for (was, _), count in self.moves.items() if was is before)

    def move(self, before: Readiness, after: Readiness) -> int:
        return self.moves.get((before, after), 0)


def impact_of(after: Policy, office: Office, now: datetime) -> Impact:
    """What `after` would make of the latest runs of the appointments since `LOOKED_BACK`, and of
    those still to come. Both policies are read as on the day of the session, or as today for a
    session of before; what staff have accepted is left out, and so is a report of another version
    of this program. One query."""
    before, today = office.policy.policy(), day_of(now)
    records = (
        ReportRecord.objects.filter(
            appointment__office=office,
            appointment__starts_at__gte=now - LOOKED_BACK,
            checked_at=F("appointment__checked_at"),
        )
        .order_by("-appointment__starts_at", "-id")
        .values_list("appointment_id", "appointment__starts_at", "document")[: MOST + 1]
    )
    found = list(records)
    moves: Counter[tuple[Readiness, Readiness]] = Counter()
    causes: Counter[CheckId] = Counter()
    fine: Counter[CheckId] = Counter()
    seen = set()
    for appointment, starts_at, document in found[:MOST]:
        report = _report(bytes(document))
        if appointment in seen or report is None:
            continue
        seen.add(appointment)
        day = max(day_of(starts_at), today)
        fine.update(each.check for each in report.findings if each.verdict is Verdict.PASS)
        was, _ = _outcome(before, report, day)
        becomes, deciding = _outcome(after, report, day)
        moves[was, becomes] += 1
        if _FROM_GOOD_TO_BAD.index(becomes) > _FROM_GOOD_TO_BAD.index(was):
            causes.update(deciding)
    return Impact(
        counted=len(seen),
        is_all=len(found) <= MOST,
        moves=dict(moves),
        causes=tuple(causes.most_common()),
        fine=dict(fine),
    )


def _outcome(policy: Policy, report: Report, day: date) -> tuple[Readiness, tuple[CheckId, ...]]:
    effective = effective_findings(policy, report.findings, report.declarations)
    standing = standing_of(policy, what_counts(effective), day)
    return standing.readiness, tuple(each.check for each in standing.deciding)


def _report(document: bytes) -> Report | None:
    try:
        return decode_report(document)
    except BadReport:
        return None
