"""The network on Linux: the kernel's routes and interfaces, NetworkManager, wpa_supplicant."""

import ipaddress
from enum import Enum, auto
from typing import Any

from precheck.contract.catalogues.ssids import NetworkKind
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, first_known, is_missing, parsed, text
from probes.network import networkmanager, supplicant
from probes.network.endpoint import answerer
from probes.network.facts import Carrier, InternetFacts, Link, MeteredFacts, TrustFacts
from probes.network.routes import DefaultRoute, parse_ipv4_routes, parse_ipv6_routes
from probes.network.wifi import ssid_text
from probes.system import System
from probes.system.questions import Interface, ListFolder, ListInterfaces, ReadFile

IPV4_ROUTES = "/proc/net/route"
IPV6_ROUTES = "/proc/net/ipv6_route"

Routes = tuple[tuple[DefaultRoute, ...], tuple[DefaultRoute, ...]]
"""The default routes of IPv4 and of IPv6."""


def observe_internet(system: System, context: Context) -> InternetFacts:
    """Ask the endpoint, and see whether there is a way out at all."""
    if context.endpoint is None:
        reached: Fact[Any] = Unknown(Unread.UNSUPPORTED, "endpoint")
    else:
        reached = answerer(system, context.endpoint)
    return InternetFacts(
        answerer=reached, portal=networkmanager.portal(system), online=_online(system)
    )


def observe_trust(system: System, context: Context) -> TrustFacts:
    """Follow the default routes down to the links that carry the data."""
    kernel = system.ask(ReadFile("/proc/version"))
    if isinstance(kernel, Known) and b"microsoft" in kernel.value.lower():
        # Linux inside Windows sees a wired card, whatever the device itself is connected by.
        return TrustFacts(Known((Link(Known(Carrier.HIDDEN, kernel.source)),), kernel.source))
    routes = _default_routes(system)
    if isinstance(routes, Unknown):
        return TrustFacts(routes)
    links = {
        leaf: _link(system, context, leaf, medium)
        for family in routes.value
        for leaf, medium in _in_use(system, family)
    }
    seen = [link for link in links.values() if _tells(link)]
    return TrustFacts(Known(tuple(seen or links.values()), routes.source))


def observe_metered(system: System, context: Context) -> MeteredFacts:
    """Only NetworkManager knows on Linux."""
    del context
    return MeteredFacts(networkmanager.cost(system))


def has_way_out(interfaces: tuple[Interface, ...]) -> bool:
    """Whether an interface beyond loopback is up with an address that reaches beyond its link."""
    return any(
        interface.up
        and not interface.loopback
        and any(_reaches_out(address) for address in interface.addresses)
        for interface in interfaces
    )


def _reaches_out(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_link_local
    except ValueError:
        return True


def _online(system: System) -> Fact[bool]:
    addressed = parsed(system.ask(ListInterfaces()), has_way_out)
    routed = parsed(_default_routes(system), lambda routes: any(routes))
    for fact in (addressed, routed):
        if isinstance(fact, Known) and not fact.value:
            return fact
    return addressed if isinstance(addressed, Unknown) else routed


def _default_routes(system: System) -> Fact[Routes]:
    ipv4 = parsed(system.ask(ReadFile(IPV4_ROUTES)), parse_ipv4_routes)
    ipv6 = parsed(system.ask(ReadFile(IPV6_ROUTES)), parse_ipv6_routes)
    if isinstance(ipv4, Unknown):
        return ipv4
    if is_missing(ipv6):  # a kernel with IPv6 switched off has no such file
        return Known((ipv4.value, ()), ipv4.source)
    if isinstance(ipv6, Unknown):
        return ipv6
    return Known((ipv4.value, ipv6.value), ipv4.source)


class _Medium(Enum):
    WIRED = auto()
    WIFI = auto()
    MOBILE = auto()
    TUNNEL = auto()
    """Anything without hardware of its own: a VPN, a bridge of virtual machines."""


def _in_use(
    system: System, routes: tuple[DefaultRoute, ...]
) -> tuple[tuple[str, Fact[_Medium]], ...]:
    """The interfaces that carry one family's default route: of those with the lowest metric that
    are no tunnel, all; else the tunnel. What a tunnel sends leaves by the next best route."""
    for metric in sorted({route.metric for route in routes}):
        names = {route.interface for route in routes if route.metric == metric}
        leaves = sorted({leaf for name in names for leaf in _beneath(system, name)})
        media = [(leaf, _medium(system, leaf)) for leaf in leaves]
        solid = tuple(item for item in media if not _is_tunnel(item[1]))
        if solid:
            return solid
    best = sorted(routes, key=lambda route: route.metric)[:1]
    return tuple((route.interface, _medium(system, route.interface)) for route in best)


def _is_tunnel(medium: Fact[_Medium]) -> bool:
    return isinstance(medium, Known) and medium.value is _Medium.TUNNEL


def _beneath(system: System, interface: str, depth: int = 3) -> tuple[str, ...]:
    """The interfaces under a bridge, a bond or a VLAN, which the kernel links as `lower_<name>`."""
    entries = system.ask(ListFolder(f"/sys/class/net/{interface}"))
    if isinstance(entries, Unknown) or not depth:
        return (interface,)
    lower = [name.removeprefix("lower_") for name in entries.value if name.startswith("lower_")]
    leaves = tuple(leaf for name in lower for leaf in _beneath(system, name, depth - 1))
    return leaves or (interface,)


def _medium(system: System, interface: str) -> Fact[_Medium]:
    """By sysfs and by NetworkManager; Wi-Fi where either says so, as it asks for more."""
    folder = f"/sys/class/net/{interface}"
    entries = system.ask(ListFolder(folder))
    names = entries.value if isinstance(entries, Known) else ()
    kind = _device_kind(system, folder)
    managed = networkmanager.device_type(system, interface)
    number = managed.value if isinstance(managed, Known) else None
    if "wireless" in names or "phy80211" in names or kind == "wlan":
        return Known(_Medium.WIFI, folder)
    if number == networkmanager.WIFI:
        return Known(_Medium.WIFI, managed.source)
    if kind in ("wwan", "bluetooth"):
        return Known(_Medium.MOBILE, folder)
    if number in (networkmanager.MODEM, networkmanager.BLUETOOTH):
        return Known(_Medium.MOBILE, managed.source)
    if isinstance(entries, Unknown):
        wired = number == networkmanager.ETHERNET
        return Known(_Medium.WIRED, managed.source) if wired else entries
    if "device" in names and _is_ethernet(system, folder):
        return Known(_Medium.WIRED, folder)
    return Known(_Medium.TUNNEL, folder)


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


def _link(system: System, context: Context, interface: str, medium: Fact[_Medium]) -> Link:
    if isinstance(medium, Unknown):
        return Link(medium)
    if medium.value is not _Medium.WIFI:
        return Link(Known(_CARRIERS[medium.value], medium.source))
    carrier = first_known(
        networkmanager.wifi_protection(system, interface),
        supplicant.wifi_protection(system, interface),
    )
    return Link(carrier, _named(system, context, interface))


_CARRIERS = {
    _Medium.WIRED: Carrier.WIRED,
    _Medium.MOBILE: Carrier.MOBILE,
    _Medium.TUNNEL: Carrier.HIDDEN,
}


def _named(system: System, context: Context, interface: str) -> NetworkKind | None:
    name = first_known(
        parsed(networkmanager.ssid(system, interface), ssid_text),
        parsed(supplicant.ssid(system, interface), ssid_text),
    )
    return context.catalogues.ssids.kind_of(name.value) if isinstance(name, Known) else None


def _tells(link: Link) -> bool:
    """Whether the link is more than a tunnel; one that another link carries says nothing."""
    return not (isinstance(link.carrier, Known) and link.carrier.value is Carrier.HIDDEN)
