"""What a packet filter's rules do with a connection that nobody asked for.

A ruleset is followed as the kernel follows it, for a knock from outside: through every base chain
that filters what arrives, into the chains they jump to, down to the policy. So no list of harmless
chains is needed: the chains of Docker, libvirt, Tailscale or fail2ban, a NAT table listed first
or one blocked host leave the knock unblocked, whatever their names. A condition that cannot be
told makes both ways possible, and the answer may then be that it is not clear.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from probes.firewall.facts import Inbound

FAMILIES = ("ip", "ip6")
PROTOCOLS = ("tcp", "udp")

ARRIVING = frozenset({"prerouting", "input"})
"""The hooks that a packet for this machine passes (nft(8), ADDRESS FAMILIES)."""

_ALL_PORTS = (1, 65535)
_DEEPEST = 64
"""More jumps within jumps than a kernel follows: 16 in nf_tables."""


class Field(Enum):
    """What a condition looks at."""

    INTERFACE = auto()
    """The names of interfaces, `*` at the end for any rest."""
    FAMILY = auto()
    """"ip" or "ip6"."""
    PROTOCOL = auto()
    PORT = auto()
    """Ranges of destination ports; a name stands for one port that was not looked up."""
    SOURCE = auto()
    """Where it comes from, narrower than anywhere."""
    STATE = auto()
    """Connection tracking states; a knock is "new"."""
    ALWAYS = auto()
    """Holds for every knock; negated, for none."""
    OTHER = auto()
    """Cannot be told."""


Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where what `field` looks at is among `values`, or, `negated`, is not."""

    field: Field
    values: tuple[str | Range, ...] = ()
    negated: bool = False


class Action(Enum):
    """What a rule does with what meets its conditions."""

    ACCEPT = auto()
    BLOCK = auto()
    JUMP = auto()
    GOTO = auto()
    RETURN = auto()
    UNSURE = auto()
    """Decided elsewhere, a queue to a program for one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that decides; what only counts, logs or marks is left out."""

    conditions: tuple[Condition, ...]
    action: Action
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """`hook` is set for a base chain that filters, and `blocks` is its policy."""

    rules: tuple[Rule, ...] = ()
    hook: str | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`family` is "ip", "ip6" or "inet" (both). `opaque` says that some of its conditions can be
    spelled out by another tool only, and are `OTHER` here."""

    family: str
    name: str
    chains: Mapping[str, Chain]
    opaque: bool = False


Ruleset = tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Knock:
    """A new connection from outside.

    `interface` is None where it is not known which there are. `port` is None for a port that no
    rule names. `from_anyone` asks about every possible sender, and otherwise about one that no
    rule names.
    """

    family: str
    protocol: str
    interface: str | None = None
    port: int | None = None
    from_anyone: bool = False


class Fate(Enum):
    """What may become of a knock."""

    LET_IN = auto()
    BLOCKED = auto()
    RETURNED = auto()
    """The chain ended without a decision."""


_ANY_WAY = frozenset(Fate)


def knocks(
    interfaces: Iterable[str],
    families: Iterable[str],
    protocols: Iterable[str] = PROTOCOLS,
    port: int | None = None,
    from_anyone: bool = False,
) -> tuple[Knock, ...]:
    """One knock per family, protocol and interface; at an unknown interface where there is none."""
    doors = tuple(interfaces) or (None,)
    kinds = [(family, protocol) for family in families for protocol in protocols]
    return tuple(
        Knock(family, protocol, door, port, from_anyone)
        for family, protocol in kinds
        for door in doors
    )


def inbound(ruleset: Ruleset, tried: Iterable[Knock]) -> Inbound:
    """What `ruleset` does with the knocks of `tried`: blocked only where every one is."""
    fates = [fate(ruleset, knock) for knock in tried]
    if fates and all(item == {Fate.BLOCKED} for item in fates):
        return Inbound.BLOCKED
    if any(item == {Fate.LET_IN} for item in fates):
        return Inbound.LET_IN if _means_to_block(ruleset) else Inbound.UNFILTERED
    return Inbound.UNCLEAR


def fate(ruleset: Ruleset, knock: Knock) -> frozenset[Fate]:
    """What may become of `knock`. It comes in only if every base chain on its way lets it."""
    ways = [
        _at_base(table, name, knock)
        for table in ruleset
        if table.family in (knock.family, "inet")
        for name, chain in table.chains.items()
        if chain.hook in ARRIVING
    ]
    if any(way == {Fate.BLOCKED} for way in ways):
        return frozenset({Fate.BLOCKED})
    possible = {Fate.BLOCKED for way in ways if Fate.BLOCKED in way}
    if all(Fate.LET_IN in way for way in ways):
        possible.add(Fate.LET_IN)
    return frozenset(possible)


def _at_base(table: Table, name: str, knock: Knock) -> frozenset[Fate]:
    walked = _Walk(table, knock).through(name, 0)
    policy = Fate.BLOCKED if table.chains[name].blocks else Fate.LET_IN
    return frozenset(policy if item is Fate.RETURNED else item for item in walked)


class _Walk:
    """One knock's way through one table; each chain is walked once."""

    def __init__(self, table: Table, knock: Knock) -> None:
        self._table = table
        self._knock = knock
        self._walked: dict[str, frozenset[Fate]] = {}

    def through(self, name: str, depth: int) -> frozenset[Fate]:
        chain = self._table.chains.get(name)
        if chain is None or depth > _DEEPEST:
            return _ANY_WAY
        if name not in self._walked:
            self._walked[name] = _ANY_WAY  # what a loop back to here would mean
            self._walked[name] = self._follow(chain, depth)
        return self._walked[name]

    def _follow(self, chain: Chain, depth: int) -> frozenset[Fate]:
        fates: set[Fate] = set()
        for rule in chain.rules:
            met = holds(rule, self._knock)
            if met is False:
                continue
            ends, goes_on = self._does(rule, depth)
            fates |= ends
            if met and not goes_on:
                return frozenset(fates)
        return frozenset(fates | {Fate.RETURNED})

    def _does(self, rule: Rule, depth: int) -> tuple[frozenset[Fate], bool]:
        match rule.action:
            case Action.ACCEPT:
                return frozenset({Fate.LET_IN}), False
            case Action.BLOCK:
                return frozenset({Fate.BLOCKED}), False
            case Action.RETURN:
                return frozenset({Fate.RETURNED}), False
            case Action.UNSURE:
                return frozenset({Fate.LET_IN, Fate.BLOCKED}), True
            case Action.GOTO:
                return self.through(rule.target or "", depth + 1), False
            case Action.JUMP:
                inner = self.through(rule.target or "", depth + 1)
                return inner - {Fate.RETURNED}, Fate.RETURNED in inner


def holds(rule: Rule, knock: Knock) -> bool | None:
    """Whether all conditions of `rule` hold for `knock`; None where that cannot be told."""
    answers = [_holds(condition, knock) for condition in rule.conditions]
    if False in answers:
        return False
    return None if None in answers else True


def _holds(condition: Condition, knock: Knock) -> bool | None:
    plain = _plainly(condition, knock)
    if plain is None:
        return None
    return plain is not condition.negated


def _plainly(condition: Condition, knock: Knock) -> bool | None:
    values = condition.values
    match condition.field:
        case Field.ALWAYS:
            return True
        case Field.OTHER:
            return None
        case Field.SOURCE:
            return None if knock.from_anyone or condition.negated else False
        case Field.FAMILY:
            return knock.family in values
        case Field.PROTOCOL:
            return knock.protocol in values
        case Field.STATE:
            return "new" in values
        case Field.INTERFACE:
            if knock.interface is None:
                return False if set(values) == {"lo"} else None
            return any(_same_interface(str(value), knock.interface) for value in values)
        case Field.PORT:
            return _port(values, knock.port)


def _same_interface(pattern: str, name: str) -> bool:
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return pattern == name


def _port(values: tuple[str | Range, ...], port: int | None) -> bool | None:
    ranges = [value for value in values if isinstance(value, tuple)]
    if port is None:
        return any(low <= _ALL_PORTS[0] and high >= _ALL_PORTS[1] for low, high in ranges)
    if any(low <= port <= high for low, high in ranges):
        return True
    return False if len(ranges) == len(values) else None


def _means_to_block(ruleset: Ruleset) -> bool:
    """Whether somewhere on the way in stands a block without conditions, or a blocking policy."""
    for table in ruleset:
        waiting = [name for name, chain in table.chains.items() if chain.hook in ARRIVING]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            chain = table.chains.get(name)
            if name in seen or chain is None:
                continue
            seen.add(name)
            if chain.blocks:
                return True
            for rule in chain.rules:
                if rule.action is Action.BLOCK and not rule.conditions:
                    return True
                if rule.target is not None:
                    waiting.append(rule.target)
    return False
