"""Is the browser up to date? The same on every OS."""

from datetime import date, timedelta

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Browser as Why
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Known, Unknown
from probes.software.facts import BrowserFacts, Copy


def judge(facts: BrowserFacts, context: Context) -> Finding:
    """By the age of one browser's build: the one that the person has chosen for links, since the
    office's link opens there, else the newest that is installed.

    Several copies of it count as the newest. A day of building in the future is none.
    """
    if not context.dates_hold:
        return unread(CheckId.BROWSER, Unread.CLOCK)
    if not facts.copies:
        if isinstance(facts.unread, Unknown):
            return unread(CheckId.BROWSER, facts.unread.why, facts.unread.source)
        return finding(Why.NONE_FOUND, CheckId.BROWSER)
    chosen = facts.default.value if isinstance(facts.default, Known) else None
    own = tuple(copy for copy in facts.copies if copy.product.label == chosen)
    dated = [
        (built, copy)
        for copy in own or facts.copies
        if (built := _built(copy, context.today)) is not None
    ]
    if not dated:
        return _found(Why.AGE_UNKNOWN, (own or facts.copies)[0])
    built, copy = max(dated, key=lambda item: item[0])
    days = max((context.today - built).days, 0)
    reason = Why.CURRENT if days <= context.policy.checks.browser.fresh else Why.OLD
    return _found(reason, copy, days=days)


def _found(reason: Why, copy: Copy, days: int | None = None) -> Finding:
    evidence: dict[str, str | int] = {"name": copy.product.label}
    if copy.version is not None:
        evidence["version"] = copy.version
    if days is not None:
        evidence["days"] = days
    return finding(reason, CheckId.BROWSER, verdict=None, sources=(copy.source,), **evidence)


def _built(copy: Copy, today: date) -> date | None:
    if copy.built is None or copy.built > today + timedelta(days=1):
        return None
    return copy.built
