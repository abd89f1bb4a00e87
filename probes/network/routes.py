"""The kernel's default routes, from /proc/net/route and /proc/net/ipv6_route.

One route a line; the kernel's net/ipv4/fib_trie.c and net/ipv6/route.c give the columns. The first
lists the main routing table, the second all tables, so that a VPN's own may be among them.
"""

import re
from dataclasses import dataclass

from probes.facts import Fact, Known, Unknown, is_missing, parsed, text
from probes.system import System
from probes.system.questions import ReadFile

IPV4_ROUTES = "/proc/net/route"
IPV6_ROUTES = "/proc/net/ipv6_route"

_UP = 0x0001
_REJECT = 0x0200
_INTERFACE = re.compile(r"(?!\.{1,2}$)[^/\s]{1,15}")


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """A way out by `interface`; of several the lowest `metric` is taken."""

    interface: str
    metric: int


Routes = tuple[tuple[DefaultRoute, ...], tuple[DefaultRoute, ...]]
"""The default routes of IPv4 and of IPv6."""


def default_routes(system: System) -> Fact[Routes]:
    """The default routes of both families; a kernel with IPv6 switched off has no second table."""
    ipv4 = parsed(system.ask(ReadFile(IPV4_ROUTES)), parse_ipv4_routes)
    ipv6 = parsed(system.ask(ReadFile(IPV6_ROUTES)), parse_ipv6_routes)
    if isinstance(ipv4, Unknown):
        return ipv4
    if is_missing(ipv6):
        return Known((ipv4.value, ()), ipv4.source)
    if isinstance(ipv6, Unknown):
        return ipv6
    return Known((ipv4.value, ipv6.value), ipv4.source)


def parse_ipv4_routes(raw: bytes) -> tuple[DefaultRoute, ...] | None:
    """The default routes in /proc/net/route; None where it is no such table."""
    content = text(raw)
    if content is None:
        return None
    header, *lines = content.splitlines() or [""]
    if header.split()[:2] != ["Iface", "Destination"]:
        return None
    routes = []
    for line in lines:
        fields = line.split()
        if len(fields) != 11:
            return None
        try:
            target, flags, metric, mask = (
                int(fields[1], 16),
                int(fields[3], 16),
                int(fields[6]),
                int(fields[7], 16),
            )
        except ValueError:
            return None
        if not _INTERFACE.fullmatch(fields[0]):
            return None
        if target == mask == 0 and _leads_out(flags):
            routes.append(DefaultRoute(fields[0], metric))
    return tuple(routes)


def parse_ipv6_routes(raw: bytes) -> tuple[DefaultRoute, ...] | None:
    """The default routes in /proc/net/ipv6_route (an empty file is a table without routes); None
    where it is no such table. The kernel's own "unreachable" default routes are none."""
    content = text(raw)
    if content is None:
        return None
    routes = []
    for line in content.splitlines():
        fields = line.split()
        if len(fields) != 10:
            return None
        try:
            target, prefix, metric, flags = (
                int(fields[0], 16),
                int(fields[1], 16),
                int(fields[5], 16),
                int(fields[8], 16),
            )
        except ValueError:
            return None
        if not _INTERFACE.fullmatch(fields[9]):
            return None
        if target == prefix == 0 and _leads_out(flags) and fields[9] != "lo":
            routes.append(DefaultRoute(fields[9], metric))
    return tuple(routes)


def _leads_out(flags: int) -> bool:
    return bool(flags & _UP) and not flags & _REJECT
