"""The network on Windows: its adapters, the Network List Manager, and the WLAN service."""

import re

from precheck.contract.catalogues.ssids import NetworkKind
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, parsed
from probes.network.endpoint import answerer
from probes.network.facts import (
    Answerer,
    Carrier,
    Cost,
    InternetFacts,
    Link,
    MeteredFacts,
    TrustFacts,
)
from probes.network.wifi import ssid_text
from probes.network.windows_wifi import (
    Profile,
    carrier_of_link,
    carrier_of_profile,
    parse_profile,
)
from probes.system import System
from probes.system.windows_questions import (
    Adapter,
    ListAdapters,
    Networks,
    ReadNetworks,
    ReadRegistry,
    ReadWlanLink,
    ReadWlanProfile,
    WlanLink,
)
from probes.windows_consent import consent
from probes.windows_registry import Values, text

ETHERNET, PPP, WIFI = 6, 23, 71
MOBILE = frozenset({243, 244})
"""IfType (ipifcons.h). A PPP adapter is a dial-up line or one of Windows' own VPNs."""

UP = 1

CURRENT_VERSION = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
LAST_SILENT_BUILD = 22631
"""Windows 11 23H2, the last release that tells a program about its Wi-Fi without location
consent; the next one, 24H2, asks the person when a program without consent wants to know."""

_BUILD = re.compile(r"[0-9]{4,6}")
_NUMBERED = re.compile(r" \d+\Z")

INTERNET = 0x40 | 0x400
"""NLM_CONNECTIVITY: the internet by IPv4, by IPv6."""
HIJACKED = 1
"""NLM_INTERNET_CONNECTIVITY_WEBHIJACK: what asks for a page is sent to a sign-in page."""


def observe_internet(system: System, context: Context) -> InternetFacts:
    """Ask the endpoint, and see whether there is a way out at all."""
    if context.endpoint is None:
        reached: Fact[Answerer] = Unknown(Unread.UNSUPPORTED, "endpoint")
    else:
        reached = answerer(system, context.endpoint)
    return InternetFacts(
        answerer=reached,
        portal=_portal(system.ask(ReadNetworks())),
        online=_online(system),
    )


def observe_trust(system: System, context: Context) -> TrustFacts:
    """Look at the adapters that carry the data, and at the protection of those that are Wi-Fi."""
    adapters = system.ask(ListAdapters())
    if isinstance(adapters, Unknown):
        return TrustFacts(adapters)
    links = tuple(
        _link(system, context, adapter, adapters.source) for adapter in in_use(adapters.value)
    )
    return TrustFacts(Known(links, adapters.source))


def observe_metered(system: System, context: Context) -> MeteredFacts:
    """By the cost that Windows keeps for the default route."""
    del context
    networks = system.ask(ReadNetworks())
    if isinstance(networks, Unknown):
        return MeteredFacts(networks)
    number = networks.value.cost
    if not number:
        return MeteredFacts(Unknown(Unread.MISSING, networks.source))
    return MeteredFacts(parsed(Known(number, networks.source), cost_of))


def leads_out(adapter: Adapter) -> bool:
    """Whether the adapter is up with a way beyond its own network. A line from point to point
    needs no gateway for that."""
    to_one_point = adapter.kind in (PPP, *MOBILE)
    return adapter.status == UP and (adapter.gateway or to_one_point)


def in_use(adapters: tuple[Adapter, ...]) -> tuple[Adapter, ...]:
    """The adapters that carry the data: of those that lead out and are no tunnel, the ones with
    the lowest metric; else the tunnel. What a tunnel sends leaves by the next best adapter.

    The adapter's metric stands for the route's, to which Windows adds nothing unless somebody
    wrote a route by hand.
    """
    out = sorted(filter(leads_out, adapters), key=lambda adapter: adapter.metric)
    solid = [adapter for adapter in out if carrier_of_kind(adapter) is not Carrier.HIDDEN]
    if not solid:
        return tuple(out[:1])
    return tuple(adapter for adapter in solid if adapter.metric == solid[0].metric)


def carrier_of_kind(adapter: Adapter) -> Carrier | None:
    """What the adapter's kind says; None for Wi-Fi, which tells by its protection.

    VPN programs call their adapters Ethernet too, so a cable is only what has hardware. A phone
    that shares its line over USB is such hardware.
    """
    if adapter.kind == WIFI:
        return None
    if adapter.kind in MOBILE:
        return Carrier.MOBILE
    return Carrier.WIRED if adapter.kind == ETHERNET and adapter.hardware else Carrier.HIDDEN


_KNOWN_COST = 0x1 | 0x2 | 0x4 | 0x10000 | 0x20000 | 0x40000 | 0x80000
_PAID = 0x10000 | 0x40000 | 0x80000
"""Over the limit, roaming, near the limit; the flag between them is about a crowded network."""


def cost_of(number: int) -> Cost | None:
    """What the flags of NLM_CONNECTION_COST mean: 1 unrestricted, 2 a fixed amount, 4 by amount,
    and what comes on top. None for flags that are not known or contradict each other."""
    if number & ~_KNOWN_COST:
        return None
    match number & 0x7:
        case 0x1:
            return Cost.PROBABLY_METERED if number & _PAID else Cost.UNMETERED
        case 0x2 | 0x4:
            return Cost.METERED
        case 0x0 if number & _PAID:
            return Cost.PROBABLY_METERED
        case _:
            return None


def _portal(networks: Fact[Networks]) -> Fact[bool]:
    """Whether Windows has met a sign-in page. Where it sees the internet over any network, one in
    the way of another does not matter."""
    if isinstance(networks, Unknown):
        return networks
    flags = [
        flag
        for network in networks.value.connected
        for flag in (network.internet_v4, network.internet_v6)
        if flag is not None
    ]
    if not flags:
        return Unknown(Unread.MISSING, networks.source)
    met = any(flag & HIJACKED for flag in flags)
    return Known(met and not networks.value.connectivity & INTERNET, networks.source)


def _online(system: System) -> Fact[bool]:
    """By the adapters. Where none leads out, Windows' own word that the internet is there still
    counts; where the adapters cannot be read, so does its word that nothing is connected."""
    adapters = parsed(system.ask(ListAdapters()), lambda found: any(map(leads_out, found)))
    if isinstance(adapters, Known) and adapters.value:
        return adapters
    networks = system.ask(ReadNetworks())
    if isinstance(adapters, Unknown):
        return parsed(networks, lambda found: found.connectivity != 0)
    if isinstance(networks, Known) and networks.value.connectivity & INTERNET:
        return Known(True, networks.source)
    return adapters


def _link(system: System, context: Context, adapter: Adapter, source: str) -> Link:
    carrier = carrier_of_kind(adapter)
    if carrier is not None:
        return Link(Known(carrier, source))
    live = _live(system, adapter.guid)
    if isinstance(live, Known):
        return Link(parsed(live, carrier_of_link), _named(context, live.value.ssid))
    profile = _profile(system, adapter.guid)
    configured = parsed(profile, carrier_of_profile)
    if isinstance(profile, Unknown) or isinstance(configured, Unknown):
        return Link(live)
    return Link(configured, _named(context, profile.value.ssid))


def _live(system: System, adapter: str) -> Fact[WlanLink]:
    """The link itself, asked for only where that cannot make Windows ask the person."""
    build = parsed(system.ask(CURRENT_VERSION), build_of)
    silent = isinstance(build, Known) and build.value <= LAST_SILENT_BUILD
    if not silent:
        consented = consent(system, "location", "LetAppsAccessLocation")
        if isinstance(consented, Unknown) or not consented.value:
            return Unknown(Unread.DENIED, consented.source)
    return system.ask(ReadWlanLink(adapter))


def build_of(values: Values) -> int | None:
    """The number of Windows' build, from the values of CURRENT_VERSION."""
    written = text(values, "CurrentBuildNumber") or ""
    return int(written) if _BUILD.fullmatch(written) else None


def _profile(system: System, adapter: str) -> Fact[Profile]:
    """The profile that an adapter is connected by. The Network List Manager names a network after
    it; where that name is taken it adds a number, under which another network's profile may go, so
    a name that ends in a number leads to no profile."""
    networks = parsed(system.ask(ReadNetworks()), lambda found: network_name(found, adapter))
    if isinstance(networks, Unknown):
        return networks
    name = networks.value
    xml = system.ask(ReadWlanProfile(adapter, name))
    profile = parsed(xml, parse_profile)
    if isinstance(profile, Known) and profile.value.name != name:
        return Unknown(Unread.GARBLED, profile.source)
    return profile


def network_name(networks: Networks, adapter: str) -> str | None:
    """The name of the one network that an adapter is connected to; None where there are several,
    or where Windows may have numbered it."""
    names = {network.name for network in networks.connected if adapter in network.adapters}
    name = names.pop() if len(names) == 1 else None
    return None if name is None or _NUMBERED.search(name) else name


def _named(context: Context, ssid: bytes | None) -> NetworkKind | None:
    name = ssid_text(ssid)
    return None if name is None else context.catalogues.ssids.kind_of(name)
