"""Devices by what they offer (setupapi.h, cfgmgr32.h)."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from ctypes import wintypes

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.windows.calls import function, last_error
from probes.system.windows.com import Guid
from probes.system.windows.failures import Failure, answered
from probes.system.windows_questions import Device, ListDevices

if sys.platform != "win32":
    raise ImportError("only Windows has these")

DEVICE_INTERFACE = 0x10
"""DIGCF_DEVICEINTERFACE; without DIGCF_PRESENT, which would leave out a disabled device."""

DESCRIPTION, FRIENDLY_NAME = 0x0, 0xC
TEXT = 1
NO_MORE_ITEMS = 259
NO_SUCH_DEVICE = 0xD
HAS_PROBLEM = 0x400
INVALID = ctypes.c_void_p(-1).value

_TEXT_SIZE = 1024


class DeviceInfo(ctypes.Structure):
    """SP_DEVINFO_DATA."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("device_class", Guid),
        ("node", wintypes.DWORD),
        ("reserved", ctypes.c_void_p),
    )


def devices(question: ListDevices) -> Fact[tuple[Device, ...]]:
    """The devices in the machine that offer an interface of a class, disabled ones among them;
    those that were here once and are not now are left out."""
    source = f"devices {question.interface_class}"
    return answered(lambda: tuple(_devices(Guid.of(question.interface_class))), source)


def _devices(interface_class: Guid) -> Iterator[Device]:
    listed = function(
        *("setupapi", "SetupDiGetClassDevsW", ctypes.c_void_p),
        *(ctypes.POINTER(Guid), wintypes.LPCWSTR, wintypes.HWND, wintypes.DWORD),
    )(ctypes.byref(interface_class), None, None, DEVICE_INTERFACE)
    if listed == INVALID:
        raise last_error()
    try:
        for info in _each(listed):
            problem = _problem(info)
            if problem is None:
                continue
            name = _text(listed, info, FRIENDLY_NAME) or _text(listed, info, DESCRIPTION)
            yield Device(_enumerator(listed, info), name, problem)
    finally:
        function("setupapi", "SetupDiDestroyDeviceInfoList", wintypes.BOOL, ctypes.c_void_p)(listed)


def _each(listed: int) -> Iterator[DeviceInfo]:
    enumerate_info: Callable[..., int] = function(
        *("setupapi", "SetupDiEnumDeviceInfo", wintypes.BOOL),
        *(ctypes.c_void_p, wintypes.DWORD, ctypes.POINTER(DeviceInfo)),
    )
    index = 0
    while True:
        info = DeviceInfo(size=ctypes.sizeof(DeviceInfo))
        if not enumerate_info(listed, index, ctypes.byref(info)):
            if ctypes.get_last_error() == NO_MORE_ITEMS:
                return
            raise last_error()
        yield info
        index += 1


def _text(listed: int, info: DeviceInfo, which: int) -> str:
    get = function(
        *("setupapi", "SetupDiGetDeviceRegistryPropertyW", wintypes.BOOL),
        *(ctypes.c_void_p, ctypes.POINTER(DeviceInfo), wintypes.DWORD),
        *(ctypes.POINTER(wintypes.DWORD), ctypes.c_void_p, wintypes.DWORD),
        ctypes.POINTER(wintypes.DWORD),
    )
    kind, text = wintypes.DWORD(), ctypes.create_unicode_buffer(_TEXT_SIZE)
    size = ctypes.sizeof(text)
    told = get(
        *(listed, ctypes.byref(info), which, ctypes.byref(kind)),
        *(ctypes.addressof(text), size, None),
    )
    return text.value if told and kind.value == TEXT else ""


def _enumerator(listed: int, info: DeviceInfo) -> str:
    """What a device instance id starts with: the bus, or SWD and ROOT for what software makes."""
    get = function(
        *("setupapi", "SetupDiGetDeviceInstanceIdW", wintypes.BOOL),
        *(ctypes.c_void_p, ctypes.POINTER(DeviceInfo)),
        *(ctypes.c_void_p, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD)),
    )
    instance = ctypes.create_unicode_buffer(_TEXT_SIZE)
    if not get(listed, ctypes.byref(info), ctypes.addressof(instance), _TEXT_SIZE, None):
        raise last_error()
    return instance.value.partition("\\")[0].upper()


def _problem(info: DeviceInfo) -> int | None:
    """CM_PROB_, 0 for none; None where the device is not in the machine now."""
    get = function(
        *("cfgmgr32", "CM_Get_DevNode_Status", wintypes.DWORD),
        *(ctypes.POINTER(wintypes.ULONG), ctypes.POINTER(wintypes.ULONG)),
        *(wintypes.DWORD, wintypes.ULONG),
    )
    status, problem = wintypes.ULONG(), wintypes.ULONG()
    result = get(ctypes.byref(status), ctypes.byref(problem), info.node, 0)
    if result == NO_SUCH_DEVICE:
        return None
    if result:
        raise Failure(Unread.GARBLED)
    return problem.value if status.value & HAS_PROBLEM else 0
