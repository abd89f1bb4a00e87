"""Does something guard this device now? The same on every OS.

A product protects when it is on, guards in real time and has current definitions, each known. The
best product counts, so Defender switched off beside another that protects is no finding.
"""

from datetime import timedelta
from typing import TypeVar

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.policy import Acceptance
from precheck.contract.policy import Antivirus as Requirement
from precheck.contract.reasons import Antivirus as Why
from precheck.contract.reasons import Reason, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus.facts import Definitions, Facts, Observed, State, Tier
from probes.check import Context
from probes.facts import Fact, Known, Unknown

T = TypeVar("T")

CLOCK_SLACK = timedelta(days=1)
"""How far ahead of the device's clock definitions may be dated."""

_NOT_ON: dict[State, Reason] = {
    State.OFF: Why.OFF,
    State.SNOOZED: Why.SNOOZED,
    State.EXPIRED: Why.EXPIRED,
}

_BEST_FIRST = (Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL)

_TELLING_FIRST: tuple[Reason, ...] = (
    Why.ON_CURRENT,
    Why.DEFENDER,
    Why.FREE_EDITION,
    Why.CLAMAV,
    Why.XPROTECT,
    Why.UNKNOWN_PRODUCT,
    Why.DEFINITIONS_AGING,
    Why.DEFINITIONS_OLD,
    Why.DEFINITIONS_UNKNOWN,
    Why.NO_REAL_TIME,
    Why.DISAGREE,
    Why.STATE_UNKNOWN,
    Why.STALE_ENTRY,
    Why.SNOOZED,
    Why.EXPIRED,
    Why.OFF,
    Why.NONE,
    *Unread,
)
"""Among findings of one verdict: the product nearest to protecting says most about what to do."""


def judge(facts: Facts, context: Context) -> Finding:
    """The finding for the best product.

    Where none protects and something was unreadable, it cannot be told. Where none is there, the
    policy says what that means on Linux; elsewhere it fails. Where the policy lets a Linux device
    do without, a product that does not protect is no worse than none.
    """
    without = _without(facts.family, context)
    found = [_of_product(item, context) for item in facts.products]
    found += [unread(CheckId.ANTIVIRUS, item.why, item.source) for item in facts.unread]
    found += [] if found else [finding(Why.NONE, CheckId.ANTIVIRUS, verdict=Verdict.FAIL)]
    best = min(found, key=_rank)
    if without is Acceptance.ACCEPT and best.verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        return finding(Why.NOT_NEEDED, CheckId.ANTIVIRUS)
    if without is Acceptance.WARN and best.verdict is Verdict.FAIL:
        return finding(Why.NONE, CheckId.ANTIVIRUS, verdict=Verdict.WARN, sources=best.sources)
    return best


def _of_product(item: Observed, context: Context) -> Finding:
    """What one product comes to: what is known to be wrong with it, else what could not be told,
    else what the office makes of it."""
    policy = _policy(context)
    reason, verdict = _by_tier(item.tier, policy)
    state, real_time, stale = _value(item.state), _value(item.real_time), _value(item.stale)
    fresh, limit = _limits(item.tier, policy)
    age = None if item.definitions is None else _age(item.definitions, context)
    if _longer(age, fresh) and _may_be_newer(item.definitions):
        age = Why.DEFINITIONS_UNKNOWN
    days = age.days if isinstance(age, timedelta) else None
    if verdict is Verdict.FAIL:
        return _found(item, reason, verdict)
    if state in _NOT_ON:
        return _found(item, _NOT_ON[state])
    if real_time is False:
        return _found(item, Why.NO_REAL_TIME)
    if age is Why.DEFINITIONS_OLD or _longer(age, limit):
        return _found(item, Why.DEFINITIONS_OLD, days=days)
    if state is State.DISPUTED:
        return _found(item, Why.DISAGREE)
    if stale:
        return _found(item, Why.STALE_ENTRY)
    if state is None or real_time is None or stale is None:
        return _found(item, Why.STATE_UNKNOWN)
    if isinstance(age, Reason):
        return _found(item, age)
    if _longer(age, fresh):
        return _found(item, Why.DEFINITIONS_AGING, days=days)
    return _found(item, reason, verdict)


def _age(fact: Fact[Definitions], context: Context) -> timedelta | Reason | None:
    """The definitions' age; None where the product's word alone stands for them; else why they do
    not count."""
    if isinstance(fact, Unknown):
        return Why.DEFINITIONS_UNKNOWN
    said, updated = fact.value.current, fact.value.updated
    if said is False:
        return Why.DEFINITIONS_OLD
    if updated is None:
        return None if said else Why.DEFINITIONS_UNKNOWN
    age = context.now - updated
    if not context.dates_hold or age < -CLOCK_SLACK:
        return Unread.CLOCK
    return max(age, timedelta())


def _limits(tier: Tier, policy: Requirement) -> tuple[int, int]:
    """Up to how many days the definitions are fresh, and up to how many they count."""
    if tier is Tier.XPROTECT:
        return policy.xprotect_limit, policy.xprotect_limit
    return policy.definitions_fresh, policy.definitions_limit


def _may_be_newer(fact: Fact[Definitions] | None) -> bool:
    return isinstance(fact, Known) and fact.value.or_newer


def _longer(age: timedelta | Reason | None, days: int) -> bool:
    return isinstance(age, timedelta) and age > timedelta(days=days)


def _value(fact: Fact[T]) -> T | None:
    return None if isinstance(fact, Unknown) else fact.value


def _by_tier(tier: Tier, policy: Requirement) -> tuple[Reason, Verdict]:
    """What the office makes of a product of this tier that protects."""
    match tier:
        case Tier.COMMERCIAL:
            return Why.ON_CURRENT, Verdict.PASS
        case Tier.DEFENDER:
            return Why.DEFENDER, policy.defender.verdict
        case Tier.FREE:
            return Why.FREE_EDITION, policy.free_edition.verdict
        case Tier.CLAMAV:
            return Why.CLAMAV, policy.clamav.verdict
        case Tier.XPROTECT:
            return Why.XPROTECT, policy.xprotect.verdict
        case Tier.UNKNOWN:
            return Why.UNKNOWN_PRODUCT, policy.unknown_product.verdict


def _found(
    item: Observed, reason: Reason, verdict: Verdict | None = None, days: int | None = None
) -> Finding:
    facts = (item.state, item.real_time, item.definitions)
    sources = dict.fromkeys(fact.source for fact in facts if fact is not None)
    evidence: dict[str, str | int] = {"name": item.name}
    if days is not None:
        evidence["days"] = days
    return finding(reason, CheckId.ANTIVIRUS, verdict=verdict, sources=tuple(sources), **evidence)


def _rank(item: Finding) -> tuple[int, int]:
    place = [reason.value for reason in _TELLING_FIRST].index(item.reason)
    return _BEST_FIRST.index(item.verdict), place


def _without(family: OsFamily | None, context: Context) -> Acceptance:
    if family is OsFamily.LINUX:
        return _policy(context).linux_without
    return Acceptance.REJECT


def _policy(context: Context) -> Requirement:
    return context.policy.checks.antivirus
