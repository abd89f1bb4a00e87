"""The network on Linux: the kernel's routes and interfaces, NetworkManager, wpa_supplicant."""

import ipaddress

from precheck.contract.catalogues.ssids import NetworkKind
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, first_known, parsed
from probes.foreign import is_foreign
from probes.network import networkmanager, supplicant
from probes.network.endpoint import answerer
from probes.network.facts import (
    Answerer,
    Carrier,
    InternetFacts,
    Link,
    MeteredFacts,
    TrustFacts,
)
from probes.network.interfaces import Medium, in_use
from probes.network.routes import default_routes
from probes.network.wifi import ssid_text
from probes.system import System
from probes.system.questions import Interface, ListInterfaces


def observe_internet(system: System, context: Context) -> InternetFacts:
    """Ask the endpoint, and see whether there is a way out at all."""
    if context.endpoint is None:
        reached: Fact[Answerer] = Unknown(Unread.UNSUPPORTED, "endpoint")
    else:
        reached = answerer(system, context.endpoint)
    return InternetFacts(
        answerer=reached, portal=networkmanager.portal(system), online=_online(system)
    )


def observe_trust(system: System, context: Context) -> TrustFacts:
    """Follow the default routes down to the links that carry the data."""
    foreign = is_foreign(system)
    if isinstance(foreign, Known) and foreign.value:
        # A guest sees a wired card, whatever the device itself is connected by.
        return TrustFacts(Known((Link(Known(Carrier.HIDDEN, foreign.source)),), foreign.source))
    routes = default_routes(system)
    if isinstance(routes, Unknown):
        return TrustFacts(routes)
    links = {
        leaf: _link(system, context, leaf, medium)
        for family in routes.value
        for leaf, medium in in_use(system, family)
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
    routed = parsed(default_routes(system), lambda routes: any(routes))
    for fact in (addressed, routed):
        if isinstance(fact, Known) and not fact.value:
            return fact
    return addressed if isinstance(addressed, Unknown) else routed


def _link(system: System, context: Context, interface: str, medium: Fact[Medium]) -> Link:
    if isinstance(medium, Unknown):
        return Link(medium)
    if medium.value is not Medium.WIFI:
        return Link(Known(_CARRIERS[medium.value], medium.source))
    carrier = first_known(
        networkmanager.wifi_protection(system, interface),
        supplicant.wifi_protection(system, interface),
    )
    return Link(carrier, _named(system, context, interface))


_CARRIERS = {
    Medium.WIRED: Carrier.WIRED,
    Medium.MOBILE: Carrier.MOBILE,
    Medium.TUNNEL: Carrier.HIDDEN,
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
