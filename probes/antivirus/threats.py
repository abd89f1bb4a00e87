"""Does a product on this device know of a threat that is still there?"""

from dataclasses import dataclass
from enum import Enum

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Infection as Why
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown


class Says(Enum):
    """What a product answers when asked about threats."""

    ACTIVE = "active"
    CLEAN = "clean"
    """It guards this device, shows what it found, and has dealt with all of it."""
    NOTHING_SHOWN = "nothing_shown"
    """An empty list, which may be hidden as well as empty."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A product that keeps a list of threats, and its answer; `count` of those still there."""

    name: str
    answer: Fact[Says]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Every product that was asked."""

    asked: tuple[Asked, ...]


def judge(facts: Facts, context: Context) -> Finding:
    """The finding: a known threat fails, a product's own word that all is well passes, and silence
    is neither."""
    del context
    answered = [(item, item.answer) for item in facts.asked if isinstance(item.answer, Known)]
    for item, answer in answered:
        if answer.value is Says.ACTIVE:
            return finding(
                Why.ACTIVE_THREAT,
                CheckId.INFECTION,
                sources=(answer.source,),
                name=item.name,
                count=item.count,
            )
    for item, answer in answered:
        if answer.value is Says.CLEAN:
            return finding(Why.CLEAN, CheckId.INFECTION, sources=(answer.source,), name=item.name)
    if not facts.asked:
        return finding(Why.NOBODY_TO_ASK, CheckId.INFECTION)
    for item in facts.asked:
        if isinstance(item.answer, Unknown) and item.answer.why is not Unread.DENIED:
            return unread(CheckId.INFECTION, item.answer.why, item.answer.source)
    silent = facts.asked[0]
    return finding(Why.HIDDEN, CheckId.INFECTION, sources=(silent.answer.source,), name=silent.name)
