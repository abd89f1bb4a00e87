"""Is there file-sharing software on the device? The same on every OS."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from precheck.contract.catalogues.software import Product
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import FileSharing as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import Verdict
from probes.check import Context
from probes.facts import Fact, Known, Unknown
from probes.software.facts import FileSharingFacts, Products


class _Level(IntEnum):
    TRACES = 0
    BUNDLED = 1
    INSTALLED = 2
    RUNNING = 3


_WHY = {
    _Level.TRACES: Why.TRACES,
    _Level.BUNDLED: Why.BUNDLED,
    _Level.INSTALLED: Why.INSTALLED,
    _Level.RUNNING: Why.RUNNING,
}
_WEIGHT = {Verdict.PASS: 0, Verdict.WARN: 1, Verdict.FAIL: 2}


@dataclass(frozen=True, slots=True)
class _Sign:
    verdict: Verdict
    level: _Level
    product: Product
    source: str

    @property
    def weight(self) -> tuple[int, int]:
        return _WEIGHT[self.verdict], self.level


def judge(facts: FileSharingFacts, context: Context) -> Finding:
    """The worst that was found, with the name of every product found so.

    What fails is said even if something else could not be read. Anything less, and what was not
    read could be worse: then it is unknown. A look through folders that its own bound has ended is
    as complete as such a look gets, and hides nothing; one that never came about does.
    """
    signs = list(_signs(facts, context))
    worst = max((sign.weight for sign in signs), default=None)
    found = [sign for sign in signs if sign.weight == worst]
    if not found or found[0].verdict is not Verdict.FAIL:
        unseen = _unseen(facts)
        if unseen is not None:
            return unread(CheckId.FILE_SHARING, unseen.why, unseen.source)
    if not found:
        return finding(Why.NONE_FOUND, CheckId.FILE_SHARING, sources=_read(facts))
    names = tuple(dict.fromkeys(sign.product.label for sign in found))
    return finding(
        _WHY[found[0].level],
        CheckId.FILE_SHARING,
        verdict=found[0].verdict,
        sources=tuple(dict.fromkeys(sign.source for sign in found)),
        name=", ".join(names),
        count=len(names),
    )


def _signs(facts: FileSharingFacts, context: Context) -> Iterator[_Sign]:
    for product, source in _each(facts.running):
        yield _Sign(_verdict(product, context), _Level.RUNNING, product, source)
    for fact in (*facts.installed, *facts.swept):
        for product, source in _each(fact):
            if product.incidental:
                continue
            verdict = _verdict(product, context)
            if facts.family in product.bundled_on and verdict is not Verdict.PASS:
                yield _Sign(Verdict.WARN, _Level.BUNDLED, product, source)
            else:
                yield _Sign(verdict, _Level.INSTALLED, product, source)
    for fact in facts.traces:
        for product, source in _each(fact):
            if not product.incidental:
                yield _Sign(Verdict.WARN, _Level.TRACES, product, source)


def _verdict(product: Product, context: Context) -> Verdict:
    if product.incidental:
        return Verdict.WARN
    if product.bittorrent:
        return context.policy.checks.file_sharing.bittorrent.verdict
    return Verdict.FAIL


def _each(fact: Fact[Products]) -> Iterator[tuple[Product, str]]:
    if isinstance(fact, Known):
        for product in fact.value:
            yield product, fact.source


def _unseen(facts: FileSharingFacts) -> Unknown | None:
    """The first source that had to be read and was not."""
    looked = (
        fact
        for fact in facts.swept
        if not (isinstance(fact, Unknown) and fact.why is Unread.TIMED_OUT)
    )
    needed: tuple[Fact[Any], ...] = (facts.running, *facts.installed, *looked, facts.searched)
    return next((fact for fact in needed if isinstance(fact, Unknown)), None)


def _read(facts: FileSharingFacts) -> tuple[str, ...]:
    read = (facts.running, *facts.installed, *facts.swept)
    return tuple(dict.fromkeys(fact.source for fact in read if isinstance(fact, Known)))
