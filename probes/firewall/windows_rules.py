"""The rules of Windows Firewall as the registry keeps them ([MS-GPFAS] 2.2.2), one string each:

v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|LPort=445|App=System|…|
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from probes.windows_registry import SZ, Values

PROTOCOLS = MappingProxyType({"tcp": "6", "udp": "17"})

_PORTS = re.compile(r"LPort(?:2_[0-9]+)?")
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_UNCONDITIONAL = frozenset(
    {
        *("Action", "Active", "Dir", "Protocol", "Profile", "App"),
        *("Name", "Desc", "EmbedCtxt", "Edge", "Defer"),
    }
)


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody from outside at a port of this machine: `program` is who listens there, in lower
    case, None where that is not known; `profile` is the kind of network it comes over."""

    protocol: str
    port: int
    program: str | None
    profile: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An active rule for what comes in. None stands for any.

    `ports` are as far as they are numbers: "RPC", "mDNS" and such name ports of their own.
    `packaged` says that it is for one app of the store; `conditional` that it looks at more than
    is read here, such as who knocks.
    """

    allows: bool
    protocol: str | None
    ports: tuple[range, ...] | None
    program: str | None
    profiles: frozenset[str]
    packaged: bool
    conditional: bool

    def may_be_for(self, knock: Knock) -> bool:
        """Whether this rule can be for `knock`, if its other conditions hold."""
        return (
            not self.packaged
            and self.protocol in (None, PROTOCOLS[knock.protocol])
            and (self.ports is None or any(knock.port in ports for ports in self.ports))
            and (self.program is None or knock.program in (None, self.program))
            and (not self.profiles or knock.profile in self.profiles)
        )

    def is_for(self, knock: Knock) -> bool:
        """Whether this rule is for `knock` in any case."""
        named = self.program is None or self.program == knock.program
        return self.may_be_for(knock) and named and not self.conditional


def parse_rules(values: Values) -> tuple[Rule, ...] | None:
    """The active rules for what comes in among a FirewallRules key's values; None unless every
    value makes sense."""
    rules: list[Rule] = []
    for value in values.values():
        if value.kind != SZ or not isinstance(value.value, str):
            return None
        fields = _fields(value.value)
        if fields is None:
            return None
        active = fields.get("Active", ["TRUE"])[-1].upper() == "TRUE"
        if active and fields["Dir"][-1] == "In":
            rules.append(_rule(fields))
    return tuple(rules)


def blocks(rules: Iterable[Rule], knock: Knock) -> bool:
    """Whether the rules keep everybody out, where what no rule names is blocked. A rule that
    blocks goes before one that allows; of a rule with more conditions, one that allows may let
    somebody in, and one that blocks may not be for everybody."""
    known = tuple(rules)
    if any(not rule.allows and rule.is_for(knock) for rule in known):
        return True
    return not any(rule.allows and rule.may_be_for(knock) for rule in known)


def _fields(written: str) -> dict[str, list[str]] | None:
    """The fields of a rule, each with its values in order; None without an action or a known
    direction. What stands before the first field is the version."""
    fields: dict[str, list[str]] = {}
    for part in written.split("|")[1:]:
        name, equals, value = part.partition("=")
        if equals:
            fields.setdefault(name, []).append(value)
    directed = fields.get("Dir", [""])[-1] in ("In", "Out")
    return fields if directed and fields.get("Action", [""])[-1] in _ACTIONS else None


_ACTIONS = frozenset({"Allow", "Block", "ByPass"})


def _rule(fields: dict[str, list[str]]) -> Rule:
    written = [value for name in fields if _PORTS.fullmatch(name) for value in fields[name]]
    program = fields.get("App", [None])[-1]
    return Rule(
        allows=fields["Action"][-1] != "Block",
        protocol=fields.get("Protocol", [None])[-1],
        ports=tuple(filter(None, map(_range, written))) if written else None,
        program=None if program is None else program.replace("/", "\\").rpartition("\\")[2].lower(),
        profiles=frozenset(profile.lower() for profile in fields.get("Profile", ())),
        packaged="AppPkgId" in fields,
        conditional=any(
            name not in _UNCONDITIONAL and not _PORTS.fullmatch(name) for name in fields
        ),
    )


def _range(written: str) -> range | None:
    found = _RANGE.fullmatch(written)
    if found is None:
        return None
    return range(int(found[1]), int(found[2] or found[1]) + 1)
