"""Can the person take part in the session with what is installed? The same on every OS."""

import re

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.policy import App
from precheck.contract.policy import MeetingApp as Requirement
from precheck.contract.reasons import MeetingApp as Why
from precheck.contract.reasons import Reason, Unread
from probes.check import Context
from probes.facts import Unknown
from probes.software.facts import Copy, MeetingFacts

_BEST_FIRST = (Why.READY, Why.VERSION_UNKNOWN, Why.BELOW_MINIMUM)


def judge(facts: MeetingFacts, context: Context) -> Finding:
    """The best way into a session in one of the office's apps.

    One app that is new enough will do. Else the browser, where the office says that one can join
    so. A version is wanted only where the office states a minimum; then a copy whose version is
    unknown may be new enough, and is said before one that is too old. What was not found cannot be
    called missing while a list of software is unread, or where its signs are unconfirmed.
    """
    policy = context.policy.checks.meeting_app
    allowed = context.policy.terms.apps
    ways = [
        (_standing(copy, copy.product.app, policy), copy)
        for copy in facts.apps
        if copy.product.app is not None and copy.product.app in allowed
    ]
    for reason in _BEST_FIRST:
        if reason is not Why.READY and policy.browser_join and facts.browsers:
            return _found(Why.BROWSER_JOIN, facts.browsers[0], policy)
        fitting = [copy for standing, copy in ways if standing is reason]
        if fitting:
            return _found(reason, fitting[0], policy)
    if isinstance(facts.unread, Unknown):
        return unread(CheckId.MEETING_APP, facts.unread.why, facts.unread.source)
    if facts.unsure.intersection(allowed):
        return unread(CheckId.MEETING_APP, Unread.UNSUPPORTED)
    return finding(Why.NONE, CheckId.MEETING_APP)


def version_numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of a version: "6.2.11.5069", or as Zoom's own window has it "6.2.11 (5069)".

    None for anything else; no number of a version has more than nine digits.
    """
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,7})(?: \(([0-9]{1,9})\))?", version)
    if found is None:
        return None
    parts = found[1].split(".") + ([found[2]] if found[2] else [])
    return tuple(int(part) for part in parts)


def _standing(copy: Copy, app: App, policy: Requirement) -> Reason:
    minimum = policy.minimum(app)
    if minimum is None:
        return Why.READY
    mine = version_numbers(copy.version) if copy.version is not None else None
    wanted = version_numbers(minimum)
    if mine is None or wanted is None:
        return Why.VERSION_UNKNOWN
    # A version that ends earlier than the minimum does not say the rest.
    shared = min(len(mine), len(wanted))
    if len(mine) < len(wanted) and mine == wanted[:shared]:
        return Why.VERSION_UNKNOWN
    return Why.READY if mine >= wanted else Why.BELOW_MINIMUM


def _found(reason: Reason, copy: Copy, policy: Requirement) -> Finding:
    evidence: dict[str, str | int] = {"name": copy.product.label}
    if copy.version is not None:
        evidence["version"] = copy.version
    if copy.product.app is not None and (minimum := policy.minimum(copy.product.app)):
        evidence["minimum"] = minimum
    return finding(reason, CheckId.MEETING_APP, verdict=None, sources=(copy.source,), **evidence)
