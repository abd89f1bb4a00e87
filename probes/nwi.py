"""The interfaces that carry the data on macOS, best first, by `scutil --nwi` (scutil(8)).

That is the order in which the system itself uses them (SystemConfiguration's network information),
in words that it does not translate.
"""

import ipaddress
import re
from dataclasses import dataclass, replace

NONE_OF_IPV4, NONE_OF_IPV6 = "   No IPv4 states found", "   No IPv6 states found"

_INTERFACE = re.compile(r" *([a-z]+[0-9]{1,4}) : flags +: 0x[0-9a-f]+(?: .*)?")
_ADDRESS = re.compile(r" +address +: (\S+)")
_TUNNEL = re.compile(r"(?:utun|ipsec|ppp|tun|tap|wg|gif|stf|feth)[0-9]+")

IPHONE_HOTSPOT = ipaddress.IPv4Network("172.20.10.0/28")
"""The network that every iPhone and iPad makes to share its own line; nobody's in particular."""


@dataclass(frozen=True, slots=True)
class Used:
    """An interface in use, by its BSD name, and whether its address is one that a sharing iPhone
    gives out."""

    name: str
    of_iphone: bool = False

    @property
    def tunnel(self) -> bool:
        """Whether it is a VPN's, by its name. Several of them always exist; one in use counts."""
        return _TUNNEL.fullmatch(self.name) is not None


Families = tuple[tuple[Used, ...], tuple[Used, ...]]
"""Those in use for IPv4 and for IPv6, each best first; empty where there is no way out."""


def parse_nwi(raw: bytes) -> Families | None:
    """The interfaces in the answer of `scutil --nwi`; None for anything else."""
    lines = raw.decode("utf-8", "replace").split("\n")
    ipv4 = _family(lines, "IPv4 network interface information", NONE_OF_IPV4)
    ipv6 = _family(lines, "IPv6 network interface information", NONE_OF_IPV6)
    return None if ipv4 is None or ipv6 is None else (ipv4, ipv6)


def _family(lines: list[str], heading: str, none: str) -> tuple[Used, ...] | None:
    if lines.count(heading) != 1:
        return None
    found: list[Used] = []
    for line in lines[lines.index(heading) + 1 :]:
        if line == none and not found:
            return ()
        interface, address = _INTERFACE.fullmatch(line), _ADDRESS.fullmatch(line)
        if interface is not None:
            found.append(Used(interface[1]))
        elif address is not None and found:
            shared = found[-1].of_iphone or is_of_iphone(address[1])
            found[-1] = replace(found[-1], of_iphone=shared)
        elif not line.strip():
            break
    return tuple(found) or None


def carrying(family: tuple[Used, ...]) -> Used | None:
    """The interface that carries a family's data: the best that is no tunnel, since what a tunnel
    sends leaves by that one; else the tunnel."""
    solid = (used for used in family if not used.tunnel)
    return next(solid, family[0] if family else None)


def is_of_iphone(address: str) -> bool:
    """Whether an iPhone or iPad that shares its line gives out this address."""
    try:
        return ipaddress.ip_address(address) in IPHONE_HOTSPOT
    except ValueError:
        return False
