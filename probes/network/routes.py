"""The kernel's default routes, from /proc/net/route and /proc/net/ipv6_route.

Both list the main routing table, one route a line; proc_pid_net(5) and the kernel's
net/ipv4/fib_trie.c and net/ipv6/route.c give the columns.
"""

import re
from dataclasses import dataclass

from probes.facts import text

_UP = 0x0001
_REJECT = 0x0200
_INTERFACE = re.compile(r"(?!\.{1,2}$)[^/\s]{1,15}")


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """A way out by `interface`; of several the lowest `metric` is taken."""

    interface: str
    metric: int


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
