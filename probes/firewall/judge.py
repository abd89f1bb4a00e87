"""Is a firewall on, so that what nobody asked for stays out? The same on every OS."""

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Firewall as Why
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Known, Unknown
from probes.firewall.facts import Facts, Inbound, Manager

_PRECEDENCE = (
    Why.ON,
    Why.THIRD_PARTY_ON,
    Why.DISAGREE,
    Why.RULES_UNREADABLE,
    *(why for why in Unread if why is not Unread.MISSING),
    Why.INBOUND_ALLOWED,
    Unread.MISSING,
    Why.OFF,
)
"""Which of several managers' answers counts: one that blocks is enough, whatever others let in;
where one may block, nobody can say that nothing does."""

_OVER_NETWORKS: tuple[Why | Unread, ...] = (
    Why.INBOUND_ALLOWED,
    Why.DISAGREE,
    Why.RULES_UNREADABLE,
    Why.NO_MANAGER,
    *Unread,
    Why.ON,
)
"""Which of several networks' answers counts where they differ, and it is off for none."""


def judge(facts: Facts, context: Context) -> Finding:
    """The finding for the firewall, from what the managers say and what the loaded rules do.

    Without the rules, which an ordinary user may not read, a manager's word counts: `on` only
    where its configuration and the system agree; where they differ they `disagree`. `off` needs
    evidence: a manager that is there and not on, and no other at work. Rules that somebody loads
    by hand, past every manager, cannot be excluded then; but who keeps a manager that is off
    beside them is rare, and a default installation with the firewall never turned on is common.
    No manager is unknown, never off, and so is a manager whose rules cannot be followed.

    A rule that names what it lets in, even many ports (Fedora's workstation zone lets in all from
    1025 up), leaves the firewall on: what waits at those ports is told by open_services.

    With the rules they decide. A manager that says on over rules that block nothing disagrees with
    them; one whose rules block by default, but let the knock pass before, is on and lets in.

    Where a firewall has a profile for each kind of network, it has to be on for every network in
    use.
    """
    del context
    claims = {manager: _claim(manager) for manager in facts.managers}
    networks = {manager.network for manager in facts.managers if manager.network} or {""}
    reason = _over_networks(
        {
            _weigh({claims[item] for item in facts.managers if item.network in ("", network)})
            for network in networks
        }
    )
    if isinstance(facts.inbound, Known):
        reason = _with_rules(reason, facts.inbound.value)
    telling = Why.OFF if reason is Why.PARTLY_OFF else reason
    names = [item.name for item in facts.managers if item.name and claims[item] is telling]
    sources = tuple(
        dict.fromkeys(
            fact.source
            for manager in facts.managers
            for fact in (manager.enabled, manager.running, manager.blocks)
        )
    )
    if isinstance(facts.inbound, Known):
        sources = (facts.inbound.source, *sources)
    if isinstance(reason, Unread):
        return unread(CheckId.FIREWALL, reason, *sources)
    if not names:
        return finding(reason, CheckId.FIREWALL, sources=sources)
    return finding(reason, CheckId.FIREWALL, sources=sources, name=", ".join(names))


def _claim(manager: Manager) -> Why | Unread:
    """What one manager says, as far as both of its signs agree."""
    if isinstance(manager.enabled, Unknown):
        return manager.enabled.why
    if isinstance(manager.running, Unknown):
        return manager.running.why
    if manager.enabled.value is not manager.running.value:
        return Why.DISAGREE
    if not manager.enabled.value:
        return Why.OFF
    if manager.disputed:
        return Why.DISAGREE
    if isinstance(manager.blocks, Unknown):
        return Why.RULES_UNREADABLE
    if not manager.blocks.value:
        return Why.INBOUND_ALLOWED
    return Why.THIRD_PARTY_ON if manager.third_party else Why.ON


def _weigh(claims: set[Why | Unread]) -> Why | Unread:
    if claims <= {Unread.MISSING}:
        return Why.NO_MANAGER
    return next(reason for reason in _PRECEDENCE if reason in claims)


def _over_networks(answers: set[Why | Unread]) -> Why | Unread:
    if len(answers) == 1:
        return next(iter(answers))
    if Why.OFF in answers:
        return Why.PARTLY_OFF
    return next(reason for reason in _OVER_NETWORKS if reason in answers)


def _with_rules(said: Why | Unread, rules: Inbound) -> Why | Unread:
    match rules:
        case Inbound.BLOCKED:
            return Why.ON
        case Inbound.LET_IN:
            return Why.INBOUND_ALLOWED
        case Inbound.UNFILTERED:
            if said is Why.ON:
                return Why.DISAGREE
            return said if said is Why.INBOUND_ALLOWED else Why.OFF
        case Inbound.UNCLEAR:
            return said if said is Why.ON else Why.RULES_UNREADABLE
