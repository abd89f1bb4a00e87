"""The firewall on Linux: what its manager says, what the system says, and the loaded rules."""

import re
import shlex
from collections.abc import Mapping

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed, text
from probes.firewall.facts import Facts, Inbound, Manager
from probes.firewall.linux_rules import families, is_inner, loaded_inbound
from probes.firewall.nft_text import parse_nft_text
from probes.firewall.rules import inbound, knocks
from probes.firewall.zones import parse_zone_blocks
from probes.system import System
from probes.system.questions import DBusCall, DBusGet, ReadFile, StatFile

UFW_CONF = "/etc/ufw/ufw.conf"
UFW_DEFAULTS = "/etc/default/ufw"
NFTABLES_CONF = "/etc/nftables.conf"
FIREWALLD = "org.fedoraproject.FirewallD1"
FIREWALLD_PATH = "/org/fedoraproject/FirewallD1"
SHIPPED_ZONES = "/usr/lib/firewalld/zones"
OWN_ZONES = "/etc/firewalld/zones"

SYSTEMD = "org.freedesktop.systemd1"
SYSTEMD_PATH = "/org/freedesktop/systemd1"

OTHER_UNITS = (
    "netfilter-persistent.service",
    "iptables.service",
    "ip6tables.service",
    "shorewall.service",
    "shorewall6.service",
    "ferm.service",
    "SuSEfirewall2.service",
)
"""Units that load rules from files which an ordinary user may not read."""

_ZONE_NAME = re.compile(r"[A-Za-z0-9_-]+")


def observe(system: System, context: Context) -> Facts:
    """Ask the managers and the system about each, and the kernel where it answers this account."""
    del context
    found = (_ufw(system), _firewalld(system), _nftables(system), *_others(system))
    return Facts(
        managers=tuple(manager for manager in found if manager is not None),
        inbound=loaded_inbound(system),
    )


def _ufw(system: System) -> Manager | None:
    """ufw (ufw(8)): on if its configuration enables it and its unit has loaded the rules. Without
    ENABLED=yes the unit is "active" all the same, and has loaded nothing.

    With IPV6=no it drops all of IPv6, so the one policy holds for both.
    """
    configured = system.ask(ReadFile(UFW_CONF))
    if is_missing(configured):
        return None
    enabled = parsed(configured, parse_ufw_enabled)
    off = isinstance(enabled, Known) and not enabled.value
    return Manager(
        name="ufw",
        enabled=enabled,
        running=enabled if off else _active(system, "ufw.service"),
        blocks=parsed(system.ask(ReadFile(UFW_DEFAULTS)), parse_ufw_blocks),
    )


def _firewalld(system: System) -> Manager | None:
    """firewalld: on if its unit is active and its name on the bus is owned.

    Asked of it are only the default zone and the active ones, which its polkit action "info"
    gives to everybody; its other answers can make polkit ask for a password.
    """
    owned = parsed(
        system.ask(
            DBusCall(
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus",
                "NameHasOwner",
                "s",
                (FIREWALLD,),
            )
        ),
        _one_bool,
    )
    running = isinstance(owned, Known) and owned.value
    if not running and is_missing(system.ask(StatFile(SHIPPED_ZONES))):
        return None
    return Manager(
        name="firewalld",
        enabled=_active(system, "firewalld.service"),
        running=owned,
        blocks=_zones_block(system) if running else Unknown(Unread.MISSING, FIREWALLD),
    )


def _zones_block(system: System) -> Fact[bool]:
    """Whether the default zone, and every other zone that an interface leading outside is in,
    keeps out what it does not name.

    A changed zone stands in a folder that only root may enter; for everybody else the zone as it
    was shipped has to do.
    """
    default = parsed(
        system.ask(DBusCall(FIREWALLD, FIREWALLD_PATH, FIREWALLD, "getDefaultZone")), _one_string
    )
    active = parsed(
        system.ask(DBusCall(FIREWALLD, FIREWALLD_PATH, f"{FIREWALLD}.zone", "getActiveZones")),
        zones_outside,
    )
    if isinstance(default, Unknown):
        return default
    if isinstance(active, Unknown):
        return active
    for zone in sorted({default.value, *active.value}):
        blocks = _zone_blocks(system, zone)
        if isinstance(blocks, Unknown) or not blocks.value:
            return blocks
    return Known(True, FIREWALLD)


def _zone_blocks(system: System, zone: str) -> Fact[bool]:
    if not _ZONE_NAME.fullmatch(zone):
        return Unknown(Unread.GARBLED, FIREWALLD)
    own = system.ask(ReadFile(f"{OWN_ZONES}/{zone}.xml"))
    if isinstance(own, Unknown) and own.why in (Unread.MISSING, Unread.DENIED):
        own = system.ask(ReadFile(f"{SHIPPED_ZONES}/{zone}.xml"))
    return parsed(own, parse_zone_blocks)


def zones_outside(answer: object) -> frozenset[str] | None:
    """The zones, in an answer of getActiveZones, with an interface that leads outside."""
    match answer:
        case (Mapping() as zones,):
            pass
        case _:
            return None
    found: set[str] = set()
    for zone, parts in zones.items():
        if not isinstance(zone, str) or not isinstance(parts, Mapping):
            return None
        interfaces = parts.get("interfaces", ())
        if not isinstance(interfaces, list | tuple):
            return None
        if any(not is_inner(str(interface)) for interface in interfaces):
            found.add(zone)
    return frozenset(found)


def _nftables(system: System) -> Manager | None:
    """nftables.service, which loads one file at the start; here if its unit is active, or if it
    could not be told whether it is."""
    active = _active(system, "nftables.service")
    if isinstance(active, Known) and not active.value:
        return None
    rules = parsed(system.ask(ReadFile(NFTABLES_CONF)), parse_nft_text)
    blocks: Fact[bool] = parsed(
        rules, lambda ruleset: _BLOCKS.get(inbound(ruleset, knocks((), families(system))))
    )
    return Manager(name="nftables", enabled=active, running=active, blocks=blocks)


_BLOCKS = {Inbound.BLOCKED: True, Inbound.LET_IN: False, Inbound.UNFILTERED: False}


def _others(system: System) -> tuple[Manager, ...]:
    """The other units that load rules, as far as they are active; their rules stay unread."""
    active = ((unit, _active(system, unit)) for unit in OTHER_UNITS)
    return tuple(
        Manager(unit.removesuffix(".service"), on, on, Unknown(Unread.DENIED, unit))
        for unit, on in active
        if isinstance(on, Known) and on.value
    )


def _active(system: System, unit: str) -> Fact[bool]:
    """Whether systemd's unit is active (org.freedesktop.systemd1(5)). A unit that systemd does not
    know is not; without systemd it is `missing`."""
    escaped = re.sub(r"[^A-Za-z0-9]", lambda found: f"_{ord(found.group()):02x}", unit)
    state = system.ask(
        DBusGet(SYSTEMD, f"{SYSTEMD_PATH}/unit/{escaped}", f"{SYSTEMD}.Unit", "ActiveState")
    )
    if is_missing(state):
        version = system.ask(DBusGet(SYSTEMD, SYSTEMD_PATH, f"{SYSTEMD}.Manager", "Version"))
        return state if isinstance(version, Unknown) else Known(False, state.source)
    return parsed(state, lambda word: _ACTIVE.get(word) if isinstance(word, str) else None)


_ACTIVE = {
    "active": True,
    "reloading": True,
    "refreshing": True,
    "inactive": False,
    "failed": False,
    "activating": False,
    "deactivating": False,
    "maintenance": False,
}


def parse_ufw_enabled(raw: bytes) -> bool | None:
    """ENABLED in ufw.conf."""
    return {"yes": True, "no": False}.get(_assigned(raw, "ENABLED").lower())


def parse_ufw_blocks(raw: bytes) -> bool | None:
    """Whether DEFAULT_INPUT_POLICY, in `/etc/default/ufw`, keeps out what no rule names."""
    policy = _assigned(raw, "DEFAULT_INPUT_POLICY").upper()
    return {"DROP": True, "REJECT": True, "ACCEPT": False}.get(policy)


def _assigned(raw: bytes, name: str) -> str:
    """The last value given to `name` in a file of shell assignments; empty where there is none."""
    value = ""
    for line in (text(raw) or "").splitlines():
        left, equals, right = line.strip().partition("=")
        if equals and left == name:
            try:
                words = shlex.split(right, comments=True)
            except ValueError:
                words = []
            value = words[0] if len(words) == 1 else ""
    return value


def _one_bool(answer: object) -> bool | None:
    match answer:
        case (bool() as value,) | [bool() as value]:
            return value
    return None


def _one_string(answer: object) -> str | None:
    match answer:
        case (str() as value,) | [str() as value]:
            return value
    return None
