"""Which interfaces carry the data on Linux, and what each of them is.

Sources: /sys/class/net (the kernel's Documentation/ABI/testing/sysfs-class-net), and beside it
NetworkManager.
"""

from enum import Enum, auto

from probes.facts import Fact, Known, Unknown, parsed, text
from probes.network import networkmanager
from probes.network.routes import DefaultRoute
from probes.system import System
from probes.system.questions import ListFolder, ReadFile


class Medium(Enum):
    """What an interface sends over."""

    WIRED = auto()
    WIFI = auto()
    MOBILE = auto()
    TUNNEL = auto()
    """Anything without hardware of its own: a VPN, a bridge of virtual machines."""


def in_use(
    system: System, routes: tuple[DefaultRoute, ...]
) -> tuple[tuple[str, Fact[Medium]], ...]:
    """The interfaces that carry one family's default route: of those with the lowest metric that
    are no tunnel, all; else the tunnel. What a tunnel sends leaves by the next best route."""
    for metric in sorted({route.metric for route in routes}):
        names = {route.interface for route in routes if route.metric == metric}
        leaves = sorted({leaf for name in names for leaf in _beneath(system, name)})
        media = [(leaf, _medium_of(system, leaf)) for leaf in leaves]
        solid = tuple(item for item in media if not _is_tunnel(item[1]))
        if solid:
            return solid
    best = sorted(routes, key=lambda route: route.metric)[:1]
    return tuple((route.interface, _medium_of(system, route.interface)) for route in best)


def _is_tunnel(medium: Fact[Medium]) -> bool:
    return isinstance(medium, Known) and medium.value is Medium.TUNNEL


def _beneath(system: System, interface: str, depth: int = 3) -> tuple[str, ...]:
    """The interfaces under a bridge, a bond or a VLAN, which the kernel links as `lower_<name>`."""
    entries = system.ask(ListFolder(f"/sys/class/net/{interface}"))
    if isinstance(entries, Unknown) or not depth:
        return (interface,)
    lower = [name.removeprefix("lower_") for name in entries.value if name.startswith("lower_")]
    leaves = tuple(leaf for name in lower for leaf in _beneath(system, name, depth - 1))
    return leaves or (interface,)


def _medium_of(system: System, interface: str) -> Fact[Medium]:
    """By sysfs and by NetworkManager; Wi-Fi where either says so, as it asks for more."""
    folder = f"/sys/class/net/{interface}"
    entries = system.ask(ListFolder(folder))
    names = entries.value if isinstance(entries, Known) else ()
    kind = _device_kind(system, folder)
    managed = networkmanager.device_type(system, interface)
    number = managed.value if isinstance(managed, Known) else None
    if "wireless" in names or "phy80211" in names or kind == "wlan":
        return Known(Medium.WIFI, folder)
    if number == networkmanager.WIFI:
        return Known(Medium.WIFI, managed.source)
    if kind in ("wwan", "bluetooth"):
        return Known(Medium.MOBILE, folder)
    if number in (networkmanager.MODEM, networkmanager.BLUETOOTH):
        return Known(Medium.MOBILE, managed.source)
    if isinstance(entries, Unknown):
        wired = number == networkmanager.ETHERNET
        return Known(Medium.WIRED, managed.source) if wired else entries
    if "device" in names and _is_ethernet(system, folder):
        return Known(Medium.WIRED, folder)
    return Known(Medium.TUNNEL, folder)


def _device_kind(system: System, folder: str) -> str | None:
    content = parsed(system.ask(ReadFile(f"{folder}/uevent")), text)
    if isinstance(content, Unknown):
        return None
    pairs = (line.partition("=") for line in content.value.splitlines())
    return next((value for key, _, value in pairs if key == "DEVTYPE"), None)


def _is_ethernet(system: System, folder: str) -> bool:
    """By the kernel's hardware type (if_arp.h): 1."""
    kind = system.ask(ReadFile(f"{folder}/type"))
    return isinstance(kind, Known) and kind.value.strip() == b"1"
