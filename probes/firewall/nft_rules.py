"""One nftables rule, in the shape of libnftables-json(5), as conditions and actions.

Both readers come here: the JSON listing has this shape already, and the text of a configuration
file is brought into it. What is not known is a condition that cannot be told.
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from probes.firewall.rules import Action, Condition, Field, Range, Rule

Expression = Sequence[Any]
"""The parts of a rule: one dictionary with one key each."""

Sets = Mapping[str, Sequence[Any]]
"""The elements of the named sets and maps of a table."""

VERDICTS = {
    "accept": Action.ACCEPT,
    "drop": Action.BLOCK,
    "reject": Action.BLOCK,
    "return": Action.RETURN,
    "jump": Action.JUMP,
    "goto": Action.GOTO,
    "queue": Action.UNSURE,
}

_WITHOUT_EFFECT = frozenset(
    {"counter", "log", "comment", "mangle", "notrack", "set", "ct helper", "ct timeout", "secmark"}
)
"""Parts that neither choose what a rule is for nor decide about it."""

_ALWAYS = Condition(Field.ALWAYS)
_NEVER = Condition(Field.ALWAYS, negated=True)
_OTHER = Condition(Field.OTHER)

_FAMILY_NAMES = {"ipv4": "ip", "ipv6": "ip6", "ip": "ip", "ip6": "ip6"}
_PROTOCOL_NUMBERS = {6: "tcp", 17: "udp"}
_TRANSPORTS = frozenset({"tcp", "udp", "udplite", "sctp", "dccp"})


def rules_of(expression: Expression, sets: Sets) -> Iterator[Rule]:
    """The deciding rules in one nftables rule: one, several for a verdict map, or none."""
    conditions: tuple[Condition, ...] = ()
    for part in expression:
        if not isinstance(part, dict) or len(part) != 1:
            conditions += (_OTHER,)
            continue
        ((key, value),) = part.items()
        if key == "match":
            conditions += _match(value, sets)
        elif key in VERDICTS:
            yield Rule(conditions, VERDICTS[key], _target(value))
        elif key == "vmap":
            yield from _verdict_map(value, sets, conditions)
        elif key not in _WITHOUT_EFFECT:
            conditions += (_OTHER,)


def _verdict_map(value: Any, sets: Sets, conditions: tuple[Condition, ...]) -> Iterator[Rule]:
    pairs = _elements(value.get("data"), sets) if isinstance(value, dict) else None
    if pairs is None:
        yield Rule((*conditions, _OTHER), Action.UNSURE)
        return
    for pair in pairs:
        if not (isinstance(pair, list | tuple) and len(pair) == 2):
            yield Rule((*conditions, _OTHER), Action.UNSURE)
            continue
        key, verdict = pair
        found = _match({"op": "==", "left": value.get("key"), "right": key}, sets)
        yield from (
            Rule((*conditions, *found, *rule.conditions), rule.action, rule.target)
            for rule in rules_of([verdict], {})
        )


def _target(value: Any) -> str | None:
    return str(value["target"]) if isinstance(value, dict) and "target" in value else None


def _match(match: Any, sets: Sets) -> tuple[Condition, ...]:
    if not isinstance(match, dict):
        return (_OTHER,)
    operator, left = match.get("op"), match.get("left")
    values = _values(match.get("right"), sets)
    if not isinstance(left, dict) or len(left) != 1 or operator not in _OPERATORS:
        return (_OTHER,)
    ((kind, what),) = left.items()
    if kind == "&":
        return _masked(what, match.get("right"), operator)
    if not isinstance(what, dict):
        return (_OTHER,)
    if kind == "payload":
        found = _payload(what, values, operator)
    elif operator not in _EQUAL:
        return (_OTHER,)
    elif kind == "meta":
        found = (_meta(what, values),)
    elif kind == "ct":
        found = (_tracked(what, values),)
    elif kind == "fib":
        found = (_route(what, values),)
    else:
        return (_OTHER,)
    if operator == "!=":
        *before, last = found
        return (*before, Condition(last.field, last.values, not last.negated))
    return found


_EQUAL = frozenset({"==", "in", "!="})
_OPERATORS = _EQUAL | {"<", ">", "<=", ">="}


def _meta(what: Mapping[str, Any], values: list[Any] | None) -> Condition:
    key = what.get("key")
    if values is None:
        return _OTHER
    if key in ("iif", "iifname"):
        return Condition(Field.INTERFACE, _names(values))
    if key == "l4proto":
        return Condition(Field.PROTOCOL, _protocols(values))
    if key in ("nfproto", "protocol"):
        families = tuple(_FAMILY_NAMES[value] for value in _names(values) if value in _FAMILY_NAMES)
        return Condition(Field.FAMILY, families)
    if key == "pkttype":
        return _ALWAYS if {"host", "unicast"} & set(_names(values)) else _NEVER
    return _OTHER


def _tracked(what: Mapping[str, Any], values: list[Any] | None) -> Condition:
    key = what.get("key")
    if values is None:
        return _OTHER
    if key == "state":
        return Condition(Field.STATE, _names(values))
    if key == "status" and set(_names(values)) <= {"dnat", "snat", "assured", "seen-reply"}:
        return _NEVER
    return _OTHER


def _route(what: Mapping[str, Any], values: list[Any] | None) -> Condition:
    """A lookup in the routing table (fib): the knock is for this host, from a sender to whom the
    way back leads through the same interface."""
    flags = what.get("flags")
    flags = flags if isinstance(flags, list) else [flags]
    if values is None:
        return _OTHER
    if what.get("result") == "type":
        own = "local" if "daddr" in flags else "unicast"
        return _ALWAYS if own in _names(values) else _NEVER
    if what.get("result") == "oif" and "saddr" in flags and len(values) == 1:
        if values[0] in (False, 0, "missing"):
            return _NEVER
        if values[0] in (True, "exists"):
            return _ALWAYS
    return _OTHER


def _payload(
    what: Mapping[str, Any], values: list[Any] | None, operator: str
) -> tuple[Condition, ...]:
    protocol, field = what.get("protocol"), what.get("field")
    if protocol in ("ip", "ip6"):
        family = Condition(Field.FAMILY, (protocol,))
        return (family, _network(field, values) if operator in _EQUAL else _OTHER)
    if protocol == "ether":
        return (Condition(Field.SOURCE) if field == "saddr" else _OTHER,)
    if not isinstance(protocol, str):
        return (_OTHER,)
    transport = () if protocol == "th" else (Condition(Field.PROTOCOL, (protocol,)),)
    if protocol in _TRANSPORTS | {"th"} and field == "dport" and values is not None:
        return (*transport, Condition(Field.PORT, _ports(values, operator)))
    return (*transport, _OTHER)


def _network(field: Any, values: list[Any] | None) -> Condition:
    if field in ("protocol", "nexthdr"):
        return _OTHER if values is None else Condition(Field.PROTOCOL, _protocols(values))
    if field == "saddr":
        anywhere = values is not None and any(_prefix_length(value) == 0 for value in values)
        return _ALWAYS if anywhere else Condition(Field.SOURCE)
    if field == "daddr" and values and all(is_for_many(_address(value)) for value in values):
        return _NEVER
    return _OTHER


def is_for_many(address: str) -> bool:
    """Whether `address` (or a prefix's first) is a multicast or the broadcast address, at which
    nobody connects to one host."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return found.is_multicast or address == "255.255.255.255"


def _masked(what: Any, right: Any, operator: str) -> tuple[Condition, ...]:
    """TCP flags under a mask: a knock sets SYN alone."""
    if not (isinstance(what, list) and len(what) == 2 and operator in ("==", "!=")):
        return (_OTHER,)
    flags, mask = what
    if flags != {"payload": {"protocol": "tcp", "field": "flags"}}:
        return (_OTHER,)
    looked_at = {str(flag) for flag in _flat(mask)}
    equal = {str(flag) for flag in _flat(right)} == looked_at & {"syn"}
    met = _ALWAYS if equal is (operator == "==") else _NEVER
    return (Condition(Field.PROTOCOL, ("tcp",)), met)


def _flat(value: Any) -> Iterator[Any]:
    """The flags in `a`, `[a, b]` or `{"|": [a, …]}`."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    elif value != 0:
        yield value


def _values(right: Any, sets: Sets) -> list[Any] | None:
    """The single values, ranges and prefixes on the right side; None where a set is not known."""
    if isinstance(right, str) and right.startswith("@"):
        return _elements(right, sets)
    if isinstance(right, dict) and "set" in right:
        return _elements(right, sets)
    if isinstance(right, list):
        return [_bare(value) for value in right]
    return None if right is None else [right]


def _elements(source: Any, sets: Sets) -> list[Any] | None:
    if isinstance(source, str) and source.startswith("@"):
        found = sets.get(source[1:])
        return None if found is None else [_bare(value) for value in found]
    inner = source.get("set") if isinstance(source, dict) else None
    if isinstance(inner, list):
        return [_bare(value) for value in inner]
    return None if inner is None or not isinstance(inner, str | int) else [inner]


def _bare(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("elem"), dict):
        return value["elem"].get("val")
    return value


def _names(values: list[Any]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))


def _protocols(values: list[Any]) -> tuple[str, ...]:
    return tuple(
        _PROTOCOL_NUMBERS.get(value, str(value)) if isinstance(value, int) else value
        for value in values
        if isinstance(value, str | int)
    )


def _ports(values: list[Any], operator: str) -> tuple[str | Range, ...]:
    found = tuple(_port(value) for value in values)
    if operator in _EQUAL or len(found) != 1 or isinstance(found[0], str):
        return found if operator in _EQUAL else ("?",)
    low, high = found[0]
    bounds = {
        "<": (0, low - 1),
        "<=": (0, high),
        ">": (high + 1, 65535),
        ">=": (low, 65535),
    }
    return (bounds[operator],)


def _port(value: Any) -> str | Range:
    if isinstance(value, int):
        return (value, value)
    if isinstance(value, dict):
        bounds = value.get("range")
        if isinstance(bounds, list) and len(bounds) == 2:
            low, high = bounds
            if isinstance(low, int) and isinstance(high, int):
                return (low, high)
    return str(value)


def _prefix_length(value: Any) -> int | None:
    prefix = value.get("prefix") if isinstance(value, dict) else None
    length = prefix.get("len") if isinstance(prefix, dict) else None
    return length if isinstance(length, int) else None


def _address(value: Any) -> str:
    prefix = value.get("prefix") if isinstance(value, dict) else None
    return str(prefix.get("addr")) if isinstance(prefix, dict) else str(value)
