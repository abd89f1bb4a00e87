"""From findings to one answer: the only place where it is computed, for agent and endpoint."""

from collections.abc import Iterable
from datetime import date

from precheck.contract.checks import CheckId
from precheck.contract.declaration import Declaration, with_answer
from precheck.contract.finding import ReportedFinding
from precheck.contract.policy import Policy, Requirement
from precheck.contract.verdict import Level, Readiness, Verdict

_MUST = (Level.REQUIRED, Level.DECLARED)


def effective_findings(
    policy: Policy, findings: Iterable[ReportedFinding], declarations: Iterable[Declaration]
) -> tuple[ReportedFinding, ...]:
    """One finding per check that `policy` asks for, in order, with the person's answers laid over
    what was measured. A check without a finding is `unknown`: silence is not a pass."""
    measured = {item.check: item for item in findings}
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
    """Whether the device is ready for the session under `policy` on `today` (Asia/Tokyo)."""
    requirements = dict(policy.asked())
    worst = Readiness.READY
    for item in effective_findings(policy, findings, declarations):
        says = _says(item, requirements[item.check], today)
        if says is Readiness.NOT_READY:
            return says
        if says is Readiness.ATTENTION:
            worst = says
    return worst


def _says(item: ReportedFinding, requirement: Requirement, today: date) -> Readiness:
    if requirement.level_on(today) not in _MUST:
        return Readiness.READY
    if item.verdict is Verdict.FAIL:
        return Readiness.NOT_READY
    if item.verdict in requirement.attention:
        return Readiness.ATTENTION
    return Readiness.READY


def is_required(policy: Policy, check: CheckId, today: date) -> bool:
    """Whether `policy` makes `check` a condition of the session on `today` (Asia/Tokyo)."""
    return policy.requirement(check).level_on(today) in _MUST
