"""Does a service that lets others in wait beyond this machine? The same on every OS."""

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import OpenServices as Why
from probes.check import Context
from probes.facts import Fact, Known, Unknown
from probes.firewall.facts import ServiceFacts


def judge(facts: ServiceFacts, context: Context) -> Finding:
    """The finding for the services.

    One counts as behind the firewall only where the loaded rules were read and keep everybody
    out of its port. That a firewall is on does not say so: it may let in exactly this service.
    Without the rules, one that listens on every machine of this OS says nothing either way.
    """
    del context
    check = CheckId.OPEN_SERVICES
    if isinstance(facts.exposed, Unknown):
        return unread(check, facts.exposed.why, facts.exposed.source)
    listening, source = facts.exposed.value, facts.exposed.source
    if not listening:
        return finding(Why.NONE_REACHABLE, check, sources=(source,))
    open_ = [item for item in listening if not _is_known_blocked(item.blocked)]
    telling = [item for item in open_ if isinstance(item.blocked, Known) or not item.by_default]
    unclear = next((item.blocked for item in open_ if item not in telling), None)
    if not telling and isinstance(unclear, Unknown):
        return unread(check, unclear.why, source, unclear.source)
    rules = (item.blocked.source for item in listening if isinstance(item.blocked, Known))
    kinds = dict.fromkeys(item.kind for item in (telling or listening))
    return finding(
        Why.REACHABLE if telling else Why.BEHIND_FIREWALL,
        check,
        sources=tuple(dict.fromkeys((source, *rules))),
        name=", ".join(kinds),
        count=len(kinds),
    )


def _is_known_blocked(blocked: Fact[bool]) -> bool:
    return isinstance(blocked, Known) and blocked.value
