"""From findings to one answer: the only place where it is computed, for agent and endpoint."""

from collections.abc import Container, Iterable, Mapping
from datetime import date
from types import MappingProxyType

from precheck.contract.checks import CheckId
from precheck.contract.declaration import Declaration, with_answer
from precheck.contract.finding import ReportedFinding
from precheck.contract.policy import Acceptance, Policy, Requirement
from precheck.contract.reasons import Antivirus, FileSharing, OsSupport
from precheck.contract.verdict import Level, Readiness, Verdict

_MUST = (Level.REQUIRED, Level.DECLARED)

_FROM_GOOD_TO_BAD = (Verdict.PASS, Verdict.WARN, Verdict.FAIL)

_READ_BY: Mapping[tuple[CheckId, str], str] = MappingProxyType(
    {
        (CheckId.OS_SUPPORT, OsSupport.EXTENDED): "extended_support",
        (CheckId.ANTIVIRUS, Antivirus.DEFENDER): "defender",
        (CheckId.ANTIVIRUS, Antivirus.FREE_EDITION): "free_edition",
        (CheckId.ANTIVIRUS, Antivirus.CLAMAV): "clamav",
        (CheckId.ANTIVIRUS, Antivirus.XPROTECT): "xprotect",
        (CheckId.ANTIVIRUS, Antivirus.UNKNOWN_PRODUCT): "unknown_product",
        (CheckId.ANTIVIRUS, Antivirus.NONE): "linux_without",
        (CheckId.FILE_SHARING, FileSharing.RUNNING): "bittorrent",
        (CheckId.FILE_SHARING, FileSharing.INSTALLED): "bittorrent",
    }
)
"""The reasons whose verdict is the office's reading of its terms, and the option that says it."""


def effective_findings(
    policy: Policy, findings: Iterable[ReportedFinding], declarations: Iterable[Declaration]
) -> tuple[ReportedFinding, ...]:
    """One finding per check that `policy` asks for, in order, with the person's answers laid over
    what was measured. A check without a finding is `unknown`: silence is not a pass.

    What an office accepts may have changed since the device was checked: no finding is better than
    `policy` reads its reason now. Of two findings, or answers, for a check the later one counts.
    """
    measured = {item.check: _as_read_by(policy, item) for item in findings}
    answers = {item.check: item for item in declarations}
    return tuple(
        with_answer(check, measured.get(check), answers.get(check)) for check, _ in policy.asked()
    )


def readiness(
    policy: Policy,
    findings: Iterable[ReportedFinding],
    declarations: Iterable[Declaration],
    today: date,
) -> Readiness:
    """Whether the device is ready for the session under `policy` on `today` (Asia/Tokyo).

    Where nothing at all is known of the device it is not ready, however little the policy wants.
    """
    effective = effective_findings(policy, findings, declarations)
    return readiness_from(policy, {item.check: item.verdict for item in effective}, today)


def readiness_from(
    policy: Policy,
    verdicts: Mapping[CheckId, Verdict],
    today: date,
    waived: Container[CheckId] = (),
) -> Readiness:
    """As `readiness`, from nothing but the verdicts that count. A check that `policy` asks for and
    that is not among them says nothing, so it has to be one that is not required.

    What was found for the checks in `waived` the office has accepted: they stand in nobody's way.
    They do not make anything known of a device of which nothing is.
    """
    nothing_known = all(verdict is Verdict.UNKNOWN for verdict in verdicts.values())
    worst = Readiness.ATTENTION if nothing_known else Readiness.READY
    for check, verdict in verdicts.items():
        if check in waived:
            continue
        says = _says(verdict, policy.requirement(check), today)
        if says is Readiness.NOT_READY:
            return says
        if says is Readiness.ATTENTION:
            worst = says
    return worst


def _as_read_by(policy: Policy, item: ReportedFinding) -> ReportedFinding:
    if item.check is CheckId.ANTIVIRUS and item.reason == Antivirus.NOT_NEEDED:
        without = policy.checks.antivirus.linux_without
        if without is Acceptance.ACCEPT:
            return item
        return ReportedFinding(
            check=item.check, verdict=without.verdict, reason=Antivirus.NONE.value
        )
    option = _READ_BY.get((item.check, item.reason))
    if option is None or item.verdict not in _FROM_GOOD_TO_BAD:
        return item
    reading: Acceptance = getattr(policy.requirement(item.check), option)
    worse = max(item.verdict, reading.verdict, key=_FROM_GOOD_TO_BAD.index)
    return ReportedFinding(check=item.check, verdict=worse, reason=item.reason)


def _says(verdict: Verdict, requirement: Requirement, today: date) -> Readiness:
    if requirement.level_on(today) not in _MUST:
        return Readiness.READY
    if verdict is Verdict.FAIL:
        return Readiness.NOT_READY
    if verdict in requirement.attention:
        return Readiness.ATTENTION
    return Readiness.READY


def is_required(policy: Policy, check: CheckId, today: date) -> bool:
    """Whether `policy` makes `check` a condition of the session on `today` (Asia/Tokyo)."""
    return policy.requirement(check).level_on(today) in _MUST
