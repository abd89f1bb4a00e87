"""Wireless LAN (wlanapi.h). Nothing here scans, and nothing asks for more than is connected."""

import ctypes
import re
import sys
from collections.abc import Callable
from ctypes import wintypes
from typing import TypeVar

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.windows.calls import function
from probes.system.windows.com import Guid
from probes.system.windows.failures import Failure, answered, check
from probes.system.windows_questions import ReadWlanLink, ReadWlanProfile, WlanLink

if sys.platform != "win32":
    raise ImportError("only Windows has these")

T = TypeVar("T")

CLIENT_VERSION = 2
CURRENT_CONNECTION = 7
CONNECTED = 1

_KEY = re.compile(r"(<keyMaterial\b[^>]*>).*?(</keyMaterial>)", re.DOTALL)


class Ssid(ctypes.Structure):
    """DOT11_SSID."""

    _fields_ = (("length", wintypes.ULONG), ("name", ctypes.c_ubyte * 32))


class Association(ctypes.Structure):
    """WLAN_ASSOCIATION_ATTRIBUTES."""

    _fields_ = (
        ("ssid", Ssid),
        ("bss_kind", ctypes.c_int),
        ("bssid", ctypes.c_ubyte * 6),
        ("phy_kind", ctypes.c_int),
        ("phy_index", wintypes.ULONG),
        ("quality", wintypes.ULONG),
        ("receive_rate", wintypes.ULONG),
        ("transmit_rate", wintypes.ULONG),
    )


class Security(ctypes.Structure):
    """WLAN_SECURITY_ATTRIBUTES."""

    _fields_ = (
        ("enabled", wintypes.BOOL),
        ("one_x", wintypes.BOOL),
        ("auth", ctypes.c_int),
        ("cipher", ctypes.c_int),
    )


class Connection(ctypes.Structure):
    """WLAN_CONNECTION_ATTRIBUTES."""

    _fields_ = (
        ("state", ctypes.c_int),
        ("mode", ctypes.c_int),
        ("profile", wintypes.WCHAR * 256),
        ("association", Association),
        ("security", Security),
    )


def link(question: ReadWlanLink) -> Fact[WlanLink]:
    """WlanQueryInterface of an adapter's connection; `missing` where there is none, `denied`
    without location consent."""
    return answered(lambda: _asked(_link, question.adapter), "WlanQueryInterface")


def profile(question: ReadWlanProfile) -> Fact[str]:
    """WlanGetProfile's XML with every key taken out."""

    def ask(client: int, adapter: Guid) -> str:
        return _profile(client, adapter, question.name)

    return answered(lambda: _asked(ask, question.adapter), "WlanGetProfile")


def _asked(ask: Callable[[int, Guid], T], adapter: str) -> T:
    open_client = function(
        *("wlanapi", "WlanOpenHandle", wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p),
        *(ctypes.POINTER(wintypes.DWORD), ctypes.POINTER(wintypes.HANDLE)),
    )
    close = function("wlanapi", "WlanCloseHandle", wintypes.DWORD, wintypes.HANDLE, ctypes.c_void_p)
    guid = Guid.of(adapter)
    negotiated, client = wintypes.DWORD(), wintypes.HANDLE()
    check(open_client(CLIENT_VERSION, None, ctypes.byref(negotiated), ctypes.byref(client)))
    try:
        return ask(client.value or 0, guid)
    finally:
        close(client, None)


def _link(client: int, adapter: Guid) -> WlanLink:
    query = function(
        *("wlanapi", "WlanQueryInterface", wintypes.DWORD, wintypes.HANDLE),
        *(ctypes.POINTER(Guid), ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(wintypes.DWORD)),
        *(ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int)),
    )
    size, data, kind = wintypes.DWORD(), ctypes.c_void_p(), ctypes.c_int()
    check(
        query(
            *(client, ctypes.byref(adapter), CURRENT_CONNECTION, None),
            *(ctypes.byref(size), ctypes.byref(data), ctypes.byref(kind)),
        )
    )
    try:
        if not data.value or size.value < ctypes.sizeof(Connection):
            raise Failure(Unread.GARBLED)
        found = Connection.from_address(data.value)
        if found.state != CONNECTED:
            raise Failure(Unread.MISSING)
        ssid = found.association.ssid
        if ssid.length > ctypes.sizeof(ssid.name):
            raise Failure(Unread.GARBLED)
        return WlanLink(
            auth=found.security.auth,
            cipher=found.security.cipher,
            one_x=bool(found.security.one_x),
            ssid=bytes(ssid.name[: ssid.length]),
        )
    finally:
        _free(data)


def _profile(client: int, adapter: Guid, name: str) -> str:
    get = function(
        *("wlanapi", "WlanGetProfile", wintypes.DWORD, wintypes.HANDLE),
        *(ctypes.POINTER(Guid), wintypes.LPCWSTR, ctypes.c_void_p),
        *(ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(wintypes.DWORD)),
        ctypes.POINTER(wintypes.DWORD),
    )
    # Without a flag a key is given encrypted; WLAN_PROFILE_GET_PLAINTEXT_KEY is never asked for.
    xml, flags = ctypes.c_void_p(), wintypes.DWORD(0)
    check(
        get(client, ctypes.byref(adapter), name, None, ctypes.byref(xml), ctypes.byref(flags), None)
    )
    try:
        if not xml.value:
            raise Failure(Unread.GARBLED)
        return without_key(ctypes.wstring_at(xml.value))
    finally:
        _free(xml)


def without_key(xml: str) -> str:
    """A profile's XML with its key material emptied."""
    return _KEY.sub(r"\1\2", xml)


def _free(memory: ctypes.c_void_p) -> None:
    function("wlanapi", "WlanFreeMemory", None, ctypes.c_void_p)(memory)
