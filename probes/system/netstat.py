"""What waits for others on a Mac, as netstat(1) prints it.

psutil walks through the processes for this, which macOS allows to root alone. netstat reads the
kernel's own list (sysctl net.inet.tcp.pcblist_n), which anybody may; it does not name programs.
"""

import ipaddress
import re

from probes.system.questions import Listener

TCP = ("/usr/sbin/netstat", "-anWl", "-p", "tcp")
UDP = ("/usr/sbin/netstat", "-anWl", "-p", "udp")
"""All sockets (-a) with numbers (-n) and whole addresses (-W, -l)."""

_HEADER = "Active Internet connections"
_PROTOCOL = re.compile(r"(tcp|udp)(4|6|46|64)")
_NOWHERE = "*.*"
_LISTENING = "LISTEN"
_PROTO, _LOCAL, _FOREIGN, _STATE = 0, 3, 4, 5
_ANY = {"4": "0.0.0.0", "6": "::", "46": "::", "64": "::"}  # noqa: S104 - read, not bound


def parse_netstat(raw: bytes) -> frozenset[Listener] | None:
    """The listening TCP sockets and the UDP sockets that are connected to nobody.

    A line is protocol, two queue sizes, local and foreign address and, of TCP, the state; an
    address is the host, a dot and the port, and "*" is any. None without the heading that netstat
    puts above its list, or with an address that is none.
    """
    lines = raw.decode("utf-8", "replace").splitlines()
    if not any(line.startswith(_HEADER) for line in lines):
        return None
    found: set[Listener] = set()
    for words in map(str.split, lines):
        protocol = _PROTOCOL.fullmatch(words[_PROTO]) if len(words) > _FOREIGN else None
        if protocol is None or words[_FOREIGN] != _NOWHERE or words[_LOCAL] == _NOWHERE:
            continue
        if protocol[1] == "tcp" and words[_STATE:][:1] != [_LISTENING]:
            continue
        host, _, port = words[_LOCAL].rpartition(".")
        address = _address(host, protocol[2])
        if address is None or not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
            return None
        found.add(Listener(protocol[1], address, int(port)))
    return frozenset(found)


def _address(host: str, version: str) -> str | None:
    if host == "*":
        return _ANY[version]
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return None
