"""The sockets that wait for others (iphlpapi.h, tcpmib.h, udpmib.h).

Asked here and not through psutil, which takes the connections too and holds up every other thread
of this process until it has them all: a machine with many could be taken for one that hangs.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from ctypes import wintypes
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from precheck.contract.reasons import Unread
from probes.system.questions import Listener
from probes.system.windows.calls import function
from probes.system.windows.failures import Failure, check

if sys.platform != "win32":
    raise ImportError("only Windows has these")

IPV4, IPV6 = 2, 23
"""AF_INET and AF_INET6, as Windows numbers them."""
TCP_LISTENERS, UDP_SOCKETS = 3, 1
"""TCP_TABLE_OWNER_PID_LISTENER and UDP_TABLE_OWNER_PID."""

INSUFFICIENT_BUFFER = 122
ROOM, ATTEMPTS = 1 << 14, 5


class TcpRow(ctypes.Structure):
    """MIB_TCPROW_OWNER_PID."""

    _fields_ = (
        ("state", wintypes.DWORD),
        ("address", ctypes.c_ubyte * 4),
        ("port", wintypes.DWORD),
        ("remote_address", ctypes.c_ubyte * 4),
        ("remote_port", wintypes.DWORD),
        ("process", wintypes.DWORD),
    )


class Tcp6Row(ctypes.Structure):
    """MIB_TCP6ROW_OWNER_PID."""

    _fields_ = (
        ("address", ctypes.c_ubyte * 16),
        ("scope", wintypes.DWORD),
        ("port", wintypes.DWORD),
        ("remote_address", ctypes.c_ubyte * 16),
        ("remote_scope", wintypes.DWORD),
        ("remote_port", wintypes.DWORD),
        ("state", wintypes.DWORD),
        ("process", wintypes.DWORD),
    )


class UdpRow(ctypes.Structure):
    """MIB_UDPROW_OWNER_PID."""

    _fields_ = (
        ("address", ctypes.c_ubyte * 4),
        ("port", wintypes.DWORD),
        ("process", wintypes.DWORD),
    )


class Udp6Row(ctypes.Structure):
    """MIB_UDP6ROW_OWNER_PID."""

    _fields_ = (
        ("address", ctypes.c_ubyte * 16),
        ("scope", wintypes.DWORD),
        ("port", wintypes.DWORD),
        ("process", wintypes.DWORD),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What lists one kind of socket, and how its rows are laid out."""

    protocol: str
    function: str
    family: int
    kind: int
    row: type[TcpRow | Tcp6Row | UdpRow | Udp6Row]


_TABLES = (
    _Table("tcp", "GetExtendedTcpTable", IPV4, TCP_LISTENERS, TcpRow),
    _Table("tcp", "GetExtendedTcpTable", IPV6, TCP_LISTENERS, Tcp6Row),
    _Table("udp", "GetExtendedUdpTable", IPV4, UDP_SOCKETS, UdpRow),
    _Table("udp", "GetExtendedUdpTable", IPV6, UDP_SOCKETS, Udp6Row),
)


def waiting(name_of: Callable[[int], str | None]) -> tuple[Listener, ...]:
    """Listening TCP sockets, and UDP sockets, of which Windows does not say to whom they talk.
    `name_of` gives the name of a process by its number. Raises `Failure`."""
    found = {
        Listener(
            protocol=table.protocol,
            address=str(_address(bytes(row.address))),
            port=int.from_bytes(row.port.to_bytes(4, "little")[:2], "big"),
            program=name_of(row.process) if row.process else None,
        )
        for table in _TABLES
        for row in _rows(table)
    }
    return tuple(sorted(found, key=lambda at: (at.protocol, at.port, at.address, at.program or "")))


def _address(raw: bytes) -> IPv4Address | IPv6Address:
    return IPv4Address(raw) if len(raw) == 4 else IPv6Address(raw)


def _rows(table: _Table) -> Iterator[TcpRow | Tcp6Row | UdpRow | Udp6Row]:
    get = function(
        *("iphlpapi", table.function, wintypes.DWORD),
        *(ctypes.c_void_p, ctypes.POINTER(wintypes.DWORD), wintypes.BOOL),
        *(wintypes.ULONG, ctypes.c_int, wintypes.ULONG),
    )
    size = wintypes.DWORD(ROOM)
    for _ in range(ATTEMPTS):
        # The size can be too small again when a socket has come in between.
        buffer = ctypes.create_string_buffer(size.value)
        result = get(
            *(ctypes.addressof(buffer), ctypes.byref(size), False),
            *(table.family, table.kind, 0),
        )
        if result != INSUFFICIENT_BUFFER:
            check(result)
            count = wintypes.DWORD.from_buffer(buffer).value
            first = ctypes.sizeof(wintypes.DWORD)
            if first + count * ctypes.sizeof(table.row) > len(buffer):
                raise Failure(Unread.GARBLED)
            yield from (table.row * count).from_buffer(buffer, first)
            return
    raise Failure(Unread.GARBLED)
