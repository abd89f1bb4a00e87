"""The services on Windows: the listening sockets, and what Windows Firewall's rules do at each.

Windows listens for file sharing (SMB) on every machine, whether anything is shared or not, so that
it listens says nothing; whether others get there is in the rules, which everybody may read. Port
135 (RPC), as much a part of every Windows, serves neither screen, files nor a shell by itself and
is not looked at. Where another maker's firewall has taken over, its rules cannot be read.
"""

from dataclasses import dataclass

import msgspec

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.firewall.facts import Exposed, ServiceFacts
from probes.firewall.services import SERVICES, Service, is_beyond_loopback, kind_of
from probes.firewall.windows import (
    LOCAL,
    POLICIES,
    PROFILES,
    Profile,
    Settings,
    bits_of,
    profiles_in_use,
    read_profile,
    replacing,
)
from probes.firewall.windows_rules import Knock, Rule, blocks, parse_rules
from probes.system import System
from probes.system.questions import Listener, ListListeners
from probes.system.windows_questions import ListFirewallProducts, ReadRegistry

WINDOWS_SERVICES = (
    *SERVICES,
    Service("WinRM", tcp=(range(5985, 5987),), hosts=frozenset({"system"})),
)
EVERYWHERE = frozenset({"SMB"})


def observe(system: System, context: Context) -> ServiceFacts:
    """The listening sockets on Windows, and what the rules do with a knock at each."""
    del context
    listeners = system.ask(ListListeners())
    if isinstance(listeners, Unknown):
        return ServiceFacts(listeners)
    waiting = [
        (kind, listener)
        for listener in map(_in_lower_case, listeners.value)
        if (kind := kind_of(listener, WINDOWS_SERVICES)) and is_beyond_loopback(listener, ())
    ]
    if not waiting:
        return ServiceFacts(Known((), listeners.source))
    wall = _wall(system)
    exposed = {
        Exposed(
            kind,
            listener.protocol,
            listener.port,
            wall if isinstance(wall, Unknown) else _blocked(wall.value, listener),
            by_default=kind in EVERYWHERE,
        )
        for kind, listener in waiting
    }
    return ServiceFacts(Known(tuple(sorted(exposed, key=_order)), listeners.source))


@dataclass(frozen=True, slots=True)
class _Wall:
    """Windows Firewall, where it is the one at work."""

    in_use: Fact[int]
    profiles: tuple[Profile, ...]
    rules: Fact[tuple[Rule, ...]]


def _wall(system: System) -> Fact[_Wall]:
    registered = parsed(system.ask(ListFirewallProducts()), replacing)
    if isinstance(registered, Unknown):
        return registered
    if registered.value:
        return Unknown(Unread.UNSUPPORTED, registered.source)
    in_use = profiles_in_use(system)
    profiles = tuple(read_profile(system, bit) for bit in bits_of(in_use))
    return Known(_Wall(in_use, profiles, _rules(system)), LOCAL)


def _rules(system: System) -> Fact[tuple[Rule, ...]]:
    """The machine's own rules, and those of policies where there are any."""
    found: list[Rule] = []
    for store in (LOCAL, *POLICIES):
        values = system.ask(ReadRegistry("HKLM", rf"{store}\FirewallRules"))
        if store != LOCAL and is_missing(values):
            continue
        # Every Windows has rules of its own: none at all were not really read.
        empty = store == LOCAL and isinstance(values, Known) and not values.value
        rules = Unknown(Unread.GARBLED, values.source) if empty else parsed(values, parse_rules)
        if isinstance(rules, Unknown):
            return rules
        found.extend(rules.value)
    return Known(tuple(found), rf"{LOCAL}\FirewallRules")


def _blocked(wall: _Wall, listener: Listener) -> Fact[bool]:
    """Whether nobody gets to the listener over any network in use."""
    answers = [_blocked_over(profile, wall.rules, listener) for profile in wall.profiles]
    told = {answer.value for answer in answers if isinstance(answer, Known)}
    if False in told:
        if isinstance(wall.in_use, Unknown) and not all(_is(answer, False) for answer in answers):
            return wall.in_use
        return next(answer for answer in answers if _is(answer, False))
    return next((answer for answer in answers if isinstance(answer, Unknown)), answers[0])


def _blocked_over(
    profile: Profile, rules: Fact[tuple[Rule, ...]], listener: Listener
) -> Fact[bool]:
    settings = profile.settings
    if not settings:
        return Unknown(_why(profile.by_interface), LOCAL)
    if not any(own.on for own in settings) or _is(profile.service, False):
        return Known(False, profile.service.source)
    if isinstance(profile.service, Unknown):
        return profile.service
    if profile.garbled:
        return profile.garbled
    if not all(own.on for own in settings):
        return Unknown(Unread.GARBLED, LOCAL)
    if profile.excludes:
        return Unknown(Unread.UNSUPPORTED, LOCAL)
    if all(own.blocks_all for own in settings):
        return Known(True, LOCAL)
    if not any(own.blocks or own.blocks_all for own in settings):
        return Known(False, LOCAL)
    if not all(own.blocks or own.blocks_all for own in settings):
        return Unknown(Unread.GARBLED, LOCAL)
    knock = Knock(listener.protocol, listener.port, listener.program, PROFILES[profile.bit])
    return parsed(rules, lambda known: blocks(known, knock))


def _is(answer: Fact[bool], value: bool) -> bool:
    return isinstance(answer, Known) and answer.value is value


def _why(fact: Fact[Settings]) -> Unread:
    return fact.why if isinstance(fact, Unknown) else Unread.GARBLED


def _in_lower_case(listener: Listener) -> Listener:
    program = listener.program
    return msgspec.structs.replace(listener, program=None if program is None else program.lower())


def _order(item: Exposed) -> tuple[str, str, int]:
    return (item.kind, item.protocol, item.port)
