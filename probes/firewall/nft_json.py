"""The loaded ruleset as `nft -j list ruleset` prints it (libnftables-json(5), schema version 1)."""

from typing import Any

import msgspec

from precheck.contract.decoding import decoder
from probes.firewall.nft_rules import Sets, rules_of
from probes.firewall.rules import ARRIVING, Chain, Rule, Ruleset, Table

_FAMILIES = frozenset({"ip", "ip6", "inet"})
"""What filters packets for this host; bridges, ARP and devices are other families."""

_HARMLESS_FLAGS = frozenset({"owner", "persist"})

Key = tuple[str, str]


class _Meta(msgspec.Struct, frozen=True):
    json_schema_version: int


class _Table(msgspec.Struct, frozen=True):
    family: str
    name: str
    flags: str | list[str] = []


class _Chain(msgspec.Struct, frozen=True):
    family: str
    table: str
    name: str
    type: str | None = None
    hook: str | None = None
    policy: str | None = None


class _Rule(msgspec.Struct, frozen=True):
    family: str
    table: str
    chain: str
    expr: list[Any] = []


class _Set(msgspec.Struct, frozen=True):
    family: str
    table: str
    name: str
    elem: list[Any] = []


class _Item(msgspec.Struct, frozen=True):
    metainfo: _Meta | None = None
    table: _Table | None = None
    chain: _Chain | None = None
    rule: _Rule | None = None
    set: _Set | None = None
    map: _Set | None = None


class _Listing(msgspec.Struct, frozen=True):
    nftables: list[_Item]


def parse_nft_json(raw: bytes) -> Ruleset | None:
    """The tables that filter what arrives; None for anything that is not a whole listing.

    An empty listing is a ruleset without tables. A dormant table does nothing and is left out; a
    table with another flag than the known ones may be one (nft 1.0.6 prints bytes at random for
    the word), so then nothing is read. A table is `opaque` where iptables has put its own matches
    (`xt`) into it, which are listed without what they match.
    """
    try:
        items = decoder(_Listing).decode(raw).nftables
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not items or items[0].metainfo is None or items[0].metainfo.json_schema_version != 1:
        return None
    sets: dict[Key, Sets] = {}
    for item in items:
        for named in (item.set, item.map):
            if named is not None:
                key = (named.family, named.table)
                sets[key] = {**sets.get(key, {}), named.name: named.elem}
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    opaque: set[Key] = set()
    for item in items:
        if item.rule is not None:
            where = (item.rule.family, item.rule.table)
            found = rules_of(item.rule.expr, sets.get(where, {}))
            rules.setdefault((*where, item.rule.chain), []).extend(found)
            if any(isinstance(part, dict) and "xt" in part for part in item.rule.expr):
                opaque.add(where)
    chains: dict[Key, dict[str, Chain]] = {}
    for item in items:
        if (chain := item.chain) is not None:
            key = (chain.family, chain.table)
            chains.setdefault(key, {})[chain.name] = Chain(
                rules=tuple(rules.get((*key, chain.name), ())),
                hook=chain.hook if chain.type == "filter" and chain.hook in ARRIVING else None,
                blocks=chain.policy == "drop",
            )
    tables = [item.table for item in items if item.table is not None]
    flags = {(table.family, table.name): _flags(table) for table in tables}
    if any(not found <= _HARMLESS_FLAGS | {"dormant"} for found in flags.values()):
        return None
    return tuple(
        Table(table.family, table.name, chains.get(key, {}), opaque=key in opaque)
        for table in tables
        if (key := (table.family, table.name))[0] in _FAMILIES and "dormant" not in flags[key]
    )


def _flags(table: _Table) -> frozenset[str]:
    return frozenset([table.flags] if isinstance(table.flags, str) else table.flags)
