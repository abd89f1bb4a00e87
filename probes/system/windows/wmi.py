"""Windows Management Instrumentation (wbemcli.h), on this machine and read only."""

import ctypes
import sys
import time
from collections.abc import Iterator
from ctypes import wintypes

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.questions import Plain
from probes.system.windows import com
from probes.system.windows.calls import function
from probes.system.windows.com import Apartment, Pointer
from probes.system.windows.failures import Failure, of_hresult
from probes.system.windows_questions import ReadWmi

if sys.platform != "win32":
    raise ImportError("only Windows has these")

CLASS_LOCATOR = "4590f811-1d3a-11d0-891f-00aa004b2e24"
LOCATOR = "dc12a687-737f-11cf-884d-00aa004b2e24"
CONNECT_SERVER = 3
CREATE_INSTANCE_ENUM = 18
NEXT = 4
GET = 4

CONNECT_USE_MAX_WAIT = 0x80
"""Give up after two minutes and not never."""

RETURN_IMMEDIATELY, FORWARD_ONLY = 0x10, 0x20
TIMED_OUT = 0x40004

CIM_UINT32, CIM_SINT64, CIM_UINT64, CIM_ARRAY = 19, 20, 21, 0x2000

AUTHENTICATE_WINNT, AUTHORIZE_NONE = 10, 0
PRIVACY, IMPERSONATE, NO_CAPABILITIES = 6, 3, 0


def read(question: ReadWmi) -> Fact[tuple[dict[str, Plain], ...]]:
    """The properties of all instances of a class, its subclasses' among them."""
    source = f"{question.namespace}:{question.class_name}"
    return com.ask(lambda apartment: _read(apartment, question), source)


def _read(apartment: Apartment, question: ReadWmi) -> tuple[dict[str, Plain], ...]:
    deadline = time.monotonic() + question.timeout
    nothing = ctypes.c_void_p()
    services = apartment.create(CLASS_LOCATOR, LOCATOR).object(
        CONNECT_SERVER,
        apartment.string(question.namespace),
        *(nothing, nothing, nothing),
        ctypes.c_long(CONNECT_USE_MAX_WAIT),
        *(nothing, nothing),
    )
    _as_this_user(services)
    listed = services.object(
        CREATE_INSTANCE_ENUM,
        apartment.string(question.class_name),
        ctypes.c_long(RETURN_IMMEDIATELY | FORWARD_ONLY),
        nothing,
    )
    _as_this_user(listed)
    return tuple(
        _properties(apartment, instance, question.properties)
        for instance in _instances(apartment, listed, deadline)
    )


def _instances(apartment: Apartment, listed: Pointer, deadline: float) -> Iterator[Pointer]:
    while True:
        left = max(0, round((deadline - time.monotonic()) * 1000))
        made, count = ctypes.c_void_p(), wintypes.ULONG()
        result = listed.call(
            *(NEXT, ctypes.c_long(left), wintypes.ULONG(1)),
            *(ctypes.pointer(made), ctypes.pointer(count)),
        )
        if result == TIMED_OUT:
            raise Failure(Unread.TIMED_OUT)
        if count.value != 1:
            return
        yield apartment.adopt(made)


def _properties(
    apartment: Apartment, instance: Pointer, names: tuple[str, ...]
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for name in names:
        value, kind = apartment.variant(), ctypes.c_long()
        try:
            instance.call(
                *(GET, ctypes.c_wchar_p(name), ctypes.c_long(0)),
                *(ctypes.pointer(value), ctypes.pointer(kind), ctypes.c_void_p()),
            )
        except Failure as failure:
            if failure.why is Unread.MISSING:
                continue
            raise
        if not kind.value & CIM_ARRAY:
            found[name] = plain(value.plain(), kind.value)
    return found


def plain(value: Plain, cim_type: int) -> Plain:
    """A property's value by its CIM type: WMI hands over a uint32 as a signed number and 64-bit
    numbers as text. Raises `Failure(GARBLED)` for such a text that is no number."""
    if cim_type == CIM_UINT32 and isinstance(value, int):
        return value & 0xFFFFFFFF
    if cim_type in (CIM_SINT64, CIM_UINT64) and isinstance(value, str):
        try:
            return int(value)
        except ValueError as error:
            raise Failure(Unread.GARBLED) from error
    return value


def _as_this_user(proxy: Pointer) -> None:
    set_blanket = function(
        *("ole32", "CoSetProxyBlanket", ctypes.c_long),
        *(ctypes.c_void_p, wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p),
        *(wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD),
    )
    result = set_blanket(
        *(proxy.address, AUTHENTICATE_WINNT, AUTHORIZE_NONE, None),
        *(PRIVACY, IMPERSONATE, None, NO_CAPABILITIES),
    )
    # An object of this very process is no proxy (E_NOINTERFACE), and needs none of this.
    if result < 0 and of_hresult(result) is not Unread.UNSUPPORTED:
        raise Failure(of_hresult(result))
