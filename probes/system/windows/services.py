"""The states of Windows services, asked with the rights that everybody has."""

import ctypes
import sys
from contextlib import ExitStack
from ctypes import wintypes

from probes.facts import Fact
from probes.system.windows.calls import function, last_error
from probes.system.windows.failures import answered
from probes.system.windows_questions import ReadService

if sys.platform != "win32":
    raise ImportError("only Windows has these")

SC_MANAGER_CONNECT = 0x1
SERVICE_QUERY_STATUS = 0x4
SC_STATUS_PROCESS_INFO = 0


class ServiceStatus(ctypes.Structure):
    """SERVICE_STATUS_PROCESS (winsvc.h)."""

    _fields_ = (
        ("kind", wintypes.DWORD),
        ("state", wintypes.DWORD),
        ("accepted", wintypes.DWORD),
        ("exit_code", wintypes.DWORD),
        ("specific_exit_code", wintypes.DWORD),
        ("checkpoint", wintypes.DWORD),
        ("wait_hint", wintypes.DWORD),
        ("process", wintypes.DWORD),
        ("flags", wintypes.DWORD),
    )


def read(question: ReadService) -> Fact[int]:
    """QueryServiceStatusEx's `dwCurrentState`."""
    return answered(lambda: _state(question.name), f"service {question.name}")


def _state(name: str) -> int:
    handle, text, number = wintypes.HANDLE, wintypes.LPCWSTR, wintypes.DWORD
    open_manager = function("advapi32", "OpenSCManagerW", handle, text, text, number)
    open_service = function("advapi32", "OpenServiceW", handle, handle, text, number)
    close = function("advapi32", "CloseServiceHandle", wintypes.BOOL, handle)
    query = function(
        *("advapi32", "QueryServiceStatusEx", wintypes.BOOL),
        *(handle, ctypes.c_int, ctypes.c_void_p, number, ctypes.POINTER(number)),
    )
    with ExitStack() as opened:
        manager = open_manager(None, None, SC_MANAGER_CONNECT)
        if not manager:
            raise last_error()
        opened.callback(close, manager)
        service = open_service(manager, name, SERVICE_QUERY_STATUS)
        if not service:
            raise last_error()
        opened.callback(close, service)
        status, needed = ServiceStatus(), number()
        if not query(
            *(service, SC_STATUS_PROCESS_INFO, ctypes.addressof(status)),
            *(ctypes.sizeof(status), ctypes.byref(needed)),
        ):
            raise last_error()
        return int(status.state)
