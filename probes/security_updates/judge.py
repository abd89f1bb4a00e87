"""Are security updates waiting, and for how long? The same on every OS."""

from datetime import datetime, timedelta

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Reason, Unread
from precheck.contract.reasons import SecurityUpdates as Why
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing
from probes.security_updates.facts import Automatic, Facts, Waiting

CLOCK_SLACK = timedelta(days=1)
"""Logs are in local time and file systems round: this much later than now is still now."""


def judge(facts: Facts, context: Context) -> Finding:
    """The finding for security updates.

    The clause asks for the latest patches, and a waiting one is a breach of it. The policy's grace
    (`pending_grace` days) is given where its conditions are shown, by the first of these that the
    machine can tell:

    1. the oldest waiting update is known to have been out for longer than the grace: fail;
    2. at a time within the grace everything then known was installed: nothing that waits can be
       older, warn;
    3. no update at all was installed for longer than the grace: fail;
    4. none of these can be told: unknown.

    A list that is older than `scan_fresh` days hides what came later, so only what it proves
    counts: what was waiting then still waits (1 to 4), but a warning becomes unknown, and an empty
    list is no pass. Nor is one from a source that carries no security updates. Nor is one that an
    organisation fills, but where everything that is out is known to be installed. Nor is one of
    which the system's own version shows that it is not all.

    A security update that the person holds back is missing too, and no update app installs it:
    where nothing else waits the office has to ask why, unknown.

    A restart that is due and automatic updates that are off or paused are warned about where
    nothing else is wrong; where they cannot be read they change nothing. A setting of theirs that
    makes no sense may be a pause: unknown.
    """
    if isinstance(facts.foreign, Known) and facts.foreign.value:
        return unread(CheckId.SECURITY_UPDATES, Unread.UNSUPPORTED, facts.foreign.source)
    if isinstance(facts.manager, Unknown) and is_missing(facts.manager):
        return finding(Why.NO_PACKAGE_MANAGER, CheckId.SECURITY_UPDATES)
    for fact in (facts.manager, facts.waiting):
        if isinstance(fact, Unknown):
            return unread(CheckId.SECURITY_UPDATES, fact.why, fact.source)
    if not context.dates_hold:
        return unread(CheckId.SECURITY_UPDATES, Unread.CLOCK)
    assert isinstance(facts.waiting, Known)  # noqa: S101 - Unknown was answered above
    waiting = facts.waiting.value
    if _security_waits(waiting) or _maybe_security_waits(waiting):
        return _with_waiting(facts, waiting, context)
    if waiting.held:
        return _finding(Why.HELD_BACK, facts, count=waiting.held)
    return _with_none_waiting(facts, context)


def _with_waiting(facts: Facts, waiting: Waiting, context: Context) -> Finding:
    grace = timedelta(days=context.policy.checks.security_updates.pending_grace)
    out_for = _age(facts.waiting_since, context)
    caught_up = _age(facts.caught_up, context)
    idle_for = _age(facts.last_installed, context)
    certain = _security_waits(waiting)
    count = waiting.security if certain else waiting.updates

    def found(
        reason: Reason, fact: Fact[datetime] | None = None, age: timedelta | None = None
    ) -> Finding:
        days = {} if age is None else {"days": age.days}
        return _finding(reason, facts, fact, count=count or 0, **days)

    if certain and out_for is not None and out_for > grace:
        return found(Why.PENDING_OLD, facts.waiting_since, out_for)
    if caught_up is not None and caught_up <= grace:
        return _scan_doubt(facts, context) or found(Why.PENDING_RECENT, facts.caught_up)
    if not certain:
        return found(Why.PENDING_UNCLASSIFIED)
    if idle_for is not None and idle_for > grace:
        return found(Why.PENDING_IDLE, facts.last_installed, idle_for)
    return found(Why.PENDING_AGE_UNKNOWN)


def _with_none_waiting(facts: Facts, context: Context) -> Finding:
    if isinstance(facts.security_source, Known) and not facts.security_source.value:
        return _finding(Why.NO_SECURITY_SOURCE, facts, facts.security_source)
    doubt = _scan_doubt(facts, context) or _choice_doubt(facts, context)
    if doubt is not None:
        return doubt
    if isinstance(facts.behind, Known) and facts.behind.value:
        return _finding(Why.BEHIND, facts, facts.behind)
    if isinstance(facts.restart, Known) and facts.restart.value:
        return _finding(Why.RESTART_PENDING, facts, facts.restart)
    if isinstance(facts.automatic, Known) and facts.automatic.value is not Automatic.ON:
        paused = facts.automatic.value is Automatic.PAUSED
        return _finding(Why.PAUSED if paused else Why.AUTOMATIC_OFF, facts, facts.automatic)
    if isinstance(facts.automatic, Unknown) and facts.automatic.why is Unread.GARBLED:
        return unread(CheckId.SECURITY_UPDATES, facts.automatic.why, facts.automatic.source)
    return _finding(Why.CURRENT, facts, facts.scanned)


def _scan_doubt(facts: Facts, context: Context) -> Finding | None:
    age = _age(facts.scanned, context)
    if age is None:
        return _finding(Why.SCAN_AGE_UNKNOWN, facts, facts.scanned)
    if age > timedelta(days=context.policy.checks.security_updates.scan_fresh):
        return _finding(Why.STALE_SCAN, facts, facts.scanned, days=age.days)
    return None


def _choice_doubt(facts: Facts, context: Context) -> Finding | None:
    """What has come out since the machine was caught up may not have been chosen for it yet."""
    chosen = facts.chosen
    if _age(facts.caught_up, context) == timedelta():
        return None
    if isinstance(chosen, Unknown):
        return unread(CheckId.SECURITY_UPDATES, chosen.why, chosen.source)
    return _finding(Why.ORGANISATION_CHOOSES, facts, chosen) if chosen.value else None


def _security_waits(waiting: Waiting) -> bool:
    return waiting.security is not None and waiting.security > 0


def _maybe_security_waits(waiting: Waiting) -> bool:
    return waiting.security is None and waiting.updates != 0


def _age(fact: Fact[datetime], context: Context) -> timedelta | None:
    """How long ago, never negative; None for an unknown time and for one yet to come."""
    if isinstance(fact, Unknown) or fact.value > context.now + CLOCK_SLACK:
        return None
    return max(context.now - fact.value, timedelta())


def _finding(
    reason: Reason,
    facts: Facts,
    deciding: Fact[datetime] | Fact[bool] | Fact[Automatic] | None = None,
    **numbers: int,
) -> Finding:
    evidence: dict[str, str | int] = {**numbers}
    if isinstance(facts.manager, Known):
        evidence["name"] = facts.manager.value
    sources = [facts.waiting.source] if isinstance(facts.waiting, Known) else []
    if deciding is not None and deciding.source not in ("", *sources):
        sources.append(deciding.source)
    return finding(
        reason, CheckId.SECURITY_UPDATES, verdict=None, sources=tuple(sources), **evidence
    )
