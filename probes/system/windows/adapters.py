"""Network adapters (iptypes.h, netioapi.h)."""

import ctypes
import sys
from collections.abc import Iterator
from ctypes import wintypes

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.windows.calls import function
from probes.system.windows.com import Guid
from probes.system.windows.failures import Failure, answered, check
from probes.system.windows_questions import Adapter, ListAdapters

if sys.platform != "win32":
    raise ImportError("only Windows has these")

ANY_FAMILY = 0
INCLUDE_GATEWAYS = 0x80
SKIP_ADDRESSES = 0x1 | 0x2 | 0x4 | 0x8
"""Unicast, anycast, multicast and DNS servers."""

BUFFER_OVERFLOW, NO_DATA = 111, 232
IPV4_ENABLED = 0x80
HARDWARE_INTERFACE = 0x1


class AdapterAddresses(ctypes.Structure):
    """IP_ADAPTER_ADDRESSES_LH up to the last member that is read here."""


AdapterAddresses._fields_ = (
    ("length", wintypes.ULONG),
    ("index", wintypes.DWORD),
    ("next", ctypes.POINTER(AdapterAddresses)),
    ("adapter_name", ctypes.c_char_p),
    ("first_unicast", ctypes.c_void_p),
    ("first_anycast", ctypes.c_void_p),
    ("first_multicast", ctypes.c_void_p),
    ("first_dns_server", ctypes.c_void_p),
    ("dns_suffix", ctypes.c_void_p),
    ("description", ctypes.c_void_p),
    ("friendly_name", ctypes.c_void_p),
    ("physical_address", ctypes.c_ubyte * 8),
    ("physical_address_length", wintypes.ULONG),
    ("flags", wintypes.ULONG),
    ("mtu", wintypes.ULONG),
    ("kind", wintypes.DWORD),
    ("status", ctypes.c_int),
    ("ipv6_index", wintypes.DWORD),
    ("zone_indices", wintypes.ULONG * 16),
    ("first_prefix", ctypes.c_void_p),
    ("transmit_speed", ctypes.c_uint64),
    ("receive_speed", ctypes.c_uint64),
    ("first_wins_server", ctypes.c_void_p),
    ("first_gateway", ctypes.c_void_p),
    ("ipv4_metric", wintypes.ULONG),
    ("ipv6_metric", wintypes.ULONG),
    ("luid", ctypes.c_uint64),
)


class InterfaceRow(ctypes.Structure):
    """MIB_IF_ROW2."""

    _fields_ = (
        ("luid", ctypes.c_uint64),
        ("index", wintypes.ULONG),
        ("guid", Guid),
        ("alias", wintypes.WCHAR * 257),
        ("description", wintypes.WCHAR * 257),
        ("physical_address_length", wintypes.ULONG),
        ("physical_address", ctypes.c_ubyte * 32),
        ("permanent_physical_address", ctypes.c_ubyte * 32),
        ("mtu", wintypes.ULONG),
        ("kind", wintypes.ULONG),
        ("tunnel", ctypes.c_int),
        ("medium", ctypes.c_int),
        ("physical_medium", ctypes.c_int),
        ("access", ctypes.c_int),
        ("direction", ctypes.c_int),
        ("flags", ctypes.c_ubyte),
        ("status", ctypes.c_int),
        ("administrative_status", ctypes.c_int),
        ("media_connect_state", ctypes.c_int),
        ("network_guid", Guid),
        ("connection", ctypes.c_int),
        ("counters", ctypes.c_uint64 * 20),
    )


def adapters(question: ListAdapters) -> Fact[tuple[Adapter, ...]]:
    """GetAdaptersAddresses, with GetIfEntry2 for what is hardware."""
    del question
    return answered(_adapters, "GetAdaptersAddresses")


def _adapters() -> tuple[Adapter, ...]:
    size_type = wintypes.ULONG
    get = function(
        *("iphlpapi", "GetAdaptersAddresses", wintypes.ULONG),
        *(wintypes.ULONG, wintypes.ULONG, ctypes.c_void_p),
        *(ctypes.c_void_p, ctypes.POINTER(size_type)),
    )
    size = size_type(1 << 14)
    for _ in range(5):
        # The size can be too small again when an adapter has come in between.
        buffer = ctypes.create_string_buffer(size.value)
        result = get(
            *(ANY_FAMILY, INCLUDE_GATEWAYS | SKIP_ADDRESSES, None),
            *(ctypes.addressof(buffer), ctypes.byref(size)),
        )
        if result == NO_DATA:
            return ()
        if result != BUFFER_OVERFLOW:
            check(result)
            first = AdapterAddresses.from_buffer(buffer)
            return tuple(_adapter(entry) for entry in _linked(first))
    raise Failure(Unread.GARBLED)


def _linked(first: AdapterAddresses) -> Iterator[AdapterAddresses]:
    entry = first
    while True:
        yield entry
        if not entry.next:
            return
        entry = entry.next.contents


def _adapter(entry: AdapterAddresses) -> Adapter:
    return Adapter(
        guid=(entry.adapter_name or b"").decode("ascii", "replace").upper(),
        kind=entry.kind,
        status=entry.status,
        gateway=bool(entry.first_gateway),
        metric=entry.ipv4_metric if entry.flags & IPV4_ENABLED else entry.ipv6_metric,
        hardware=_is_hardware(entry.luid),
    )


def _is_hardware(luid: int) -> bool | None:
    get = function("iphlpapi", "GetIfEntry2", wintypes.ULONG, ctypes.POINTER(InterfaceRow))
    row = InterfaceRow(luid=luid)
    return bool(row.flags & HARDWARE_INTERFACE) if get(ctypes.byref(row)) == 0 else None
