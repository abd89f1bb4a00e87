"""The rules that the Linux kernel has loaded, and the interfaces at which others may knock."""

import re
from collections.abc import Callable

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.firewall.facts import Inbound
from probes.firewall.iptables_save import parse_iptables_save
from probes.firewall.nft_json import parse_nft_json
from probes.firewall.rules import FAMILIES, Fate, Knock, Ruleset, fate, inbound, knocks
from probes.system import System
from probes.system.questions import ListInterfaces, ReadFile, RunCommand

IPV6_ADDRESSES = "/proc/net/if_inet6"
LISTING = RunCommand(("nft", "-j", "list", "ruleset"))
OVER_NFT = {
    "ip": RunCommand(("iptables-nft-save",)),
    "ip6": RunCommand(("ip6tables-nft-save",)),
}
OVER_NFT_TABLES = frozenset({"filter", "nat", "mangle", "raw", "security"})
LEGACY = {
    "ip": ("/proc/net/ip_tables_names", RunCommand(("iptables-legacy-save",))),
    "ip6": ("/proc/net/ip6_tables_names", RunCommand(("ip6tables-legacy-save",))),
}

_INNER = re.compile(
    r"lo|docker\d+|br-[0-9a-f]{12}|veth[0-9a-f]{6,}|podman\d+|cni\d+|cni-podman\d+|flannel\.?\d*"
    r"|(lxc|lxd|incus|vir)br\d+|vnet\d+|vboxnet\d+|vmnet\d+|tailscale\d+|wg\d+|(tun|tap)\d+|zt\w+"
)
"""Names of interfaces behind which are this machine's own guests, or a tunnel that its user has
chosen to trust; everything else leads outside."""


def outside(system: System) -> tuple[str, ...]:
    """The interfaces that are up and lead outside; empty where that is not known."""
    interfaces = system.ask(ListInterfaces())
    if isinstance(interfaces, Unknown):
        return ()
    return tuple(
        item.name
        for item in interfaces.value
        if item.up and not item.loopback and not is_inner(item.name)
    )


def is_inner(interface: str) -> bool:
    """Whether behind this interface are only guests of this machine, or a tunnel."""
    return _INNER.fullmatch(interface) is not None


def families(system: System) -> tuple[str, ...]:
    """The protocols in use: without the list of addresses, or with an empty one, not IPv6 (even
    loopback has an address where IPv6 is on; proc(5))."""
    addresses = system.ask(ReadFile(IPV6_ADDRESSES))
    without = is_missing(addresses) or (isinstance(addresses, Known) and not addresses.value)
    return FAMILIES[:1] if without else FAMILIES


def rulesets(system: System) -> tuple[Fact[Ruleset], ...]:
    """What the kernel has loaded: of nf_tables, and of the older ip_tables for each family.

    They are read by root only; for others nft(8) ends with an error, which is `denied`. The older
    tool ends without one, so the names of its tables are read first.
    """
    listed = _printed(system, LISTING, parse_nft_json)
    return (_spelled_out(system, listed), *(_legacy(system, family) for family in LEGACY))


def _spelled_out(system: System, listed: Fact[Ruleset]) -> Fact[Ruleset]:
    """`listed` with the tables that iptables keeps in nf_tables as iptables itself prints them,
    where nft(8) does not say all that is in them."""
    if isinstance(listed, Unknown):
        return listed
    tables = listed.value
    for family, command in OVER_NFT.items():
        if any(table.opaque for table in tables if table.family == family):
            saved = _saved(system, command, family)
            if isinstance(saved, Known):
                others = (
                    table
                    for table in tables
                    if table.family != family or table.name not in OVER_NFT_TABLES
                )
                tables = (*others, *saved.value)
    return Known(tables, listed.source)


def loaded_inbound(system: System) -> Fact[Inbound]:
    """What the loaded rules do with what nobody asked for. Rules that could not be read could only
    block more, so where what was read blocks, that is known."""
    parts = rulesets(system)
    result = inbound(_known(parts), knocks(outside(system), families(system)))
    unread = _first_unread(parts)
    if result is Inbound.BLOCKED or unread is None:
        return Known(result, _source(parts))
    return unread


def is_blocked(system: System, tried: tuple[Knock, ...]) -> Fact[bool]:
    """Whether the loaded rules keep out every knock of `tried`."""
    parts = rulesets(system)
    if tried and all(fate(_known(parts), knock) == {Fate.BLOCKED} for knock in tried):
        return Known(True, _source(parts))
    return _first_unread(parts) or Known(False, _source(parts))


def _known(parts: tuple[Fact[Ruleset], ...]) -> Ruleset:
    return tuple(table for part in parts if isinstance(part, Known) for table in part.value)


def _first_unread(parts: tuple[Fact[Ruleset], ...]) -> Unknown | None:
    return next((part for part in parts if isinstance(part, Unknown)), None)


def _source(parts: tuple[Fact[Ruleset], ...]) -> str:
    return next((part.source for part in parts if isinstance(part, Known) and part.value), "nft")


def _legacy(system: System, family: str) -> Fact[Ruleset]:
    names_path, command = LEGACY[family]
    names = system.ask(ReadFile(names_path))
    if is_missing(names) or (isinstance(names, Known) and not names.value.split()):
        return Known((), names_path)
    if isinstance(names, Unknown):
        return names
    return _saved(system, command, family)


def _saved(system: System, command: RunCommand, family: str) -> Fact[Ruleset]:
    return _printed(system, command, lambda raw: parse_iptables_save(raw, family))


def _printed(
    system: System, command: RunCommand, parse: Callable[[bytes], Ruleset | None]
) -> Fact[Ruleset]:
    ended = system.ask(command)
    if isinstance(ended, Unknown):
        return ended
    if ended.value.returncode != 0:
        return Unknown(Unread.DENIED, ended.source)
    return parsed(Known(ended.value.stdout, ended.source), parse)
