"""What runs (tlhelp32.h, processthreadsapi.h), listens and is connected now."""

import ctypes
import sys
from collections.abc import Iterator
from ctypes import wintypes

from probes.facts import Fact, Known
from probes.system import sockets
from probes.system.names import well_formed
from probes.system.questions import (
    Interface,
    Listener,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
)
from probes.system.windows import listening
from probes.system.windows.calls import function, last_error
from probes.system.windows.failures import answered

if sys.platform != "win32":
    raise ImportError("only Windows has these")

SNAPSHOT_OF_PROCESSES = 0x2
NO_MORE_FILES = 18
QUERY_LIMITED_INFORMATION = 0x1000
TOKEN_QUERY = 0x8
TOKEN_USER = 1
INVALID = ctypes.c_void_p(-1).value

_LONGEST_PATH = 32768
_LARGEST_USER = 256


class ProcessEntry(ctypes.Structure):
    """PROCESSENTRY32W."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("usage", wintypes.DWORD),
        ("process", wintypes.DWORD),
        ("heap", ctypes.c_size_t),
        ("module", wintypes.DWORD),
        ("threads", wintypes.DWORD),
        ("parent", wintypes.DWORD),
        ("priority", wintypes.LONG),
        ("flags", wintypes.DWORD),
        ("name", wintypes.WCHAR * 260),
    )


class SidAndAttributes(ctypes.Structure):
    """TOKEN_USER's only member."""

    _fields_ = (("sid", ctypes.c_void_p), ("attributes", wintypes.DWORD))


def processes(question: ListProcesses) -> Fact[tuple[Process, ...]]:
    """Every process. The file is known of those that this user may ask; none says how it was
    called, so `argv0` is always None."""
    del question
    return answered(_processes, "processes")


def listeners(question: ListListeners) -> Fact[tuple[Listener, ...]]:
    """Listening TCP sockets and UDP sockets, of all users."""
    del question
    names = answered(
        lambda: {entry.process: well_formed(entry.name) for entry in _entries()}, "processes"
    )
    known = names.value if isinstance(names, Known) else {}
    return answered(lambda: listening.waiting(known.get), "sockets")


def interfaces(question: ListInterfaces) -> Fact[tuple[Interface, ...]]:
    """The network interfaces, by name."""
    del question
    return sockets.interfaces()


def _processes() -> tuple[Process, ...]:
    me = _user(function("kernel32", "GetCurrentProcess", wintypes.HANDLE)())
    # The idle process, number 0, is no program.
    return tuple(_process(entry, me) for entry in _entries() if entry.process)


def _entries() -> Iterator[ProcessEntry]:
    take = function(
        *("kernel32", "CreateToolhelp32Snapshot", ctypes.c_void_p),
        *(wintypes.DWORD, wintypes.DWORD),
    )
    stepping = (wintypes.BOOL, ctypes.c_void_p, ctypes.POINTER(ProcessEntry))
    first = function("kernel32", "Process32FirstW", *stepping)
    following = function("kernel32", "Process32NextW", *stepping)
    snapshot = take(SNAPSHOT_OF_PROCESSES, 0)
    if snapshot == INVALID:
        raise last_error()
    try:
        entry = ProcessEntry(size=ctypes.sizeof(ProcessEntry))
        more = first(snapshot, ctypes.byref(entry))
        while more:
            yield ProcessEntry.from_buffer_copy(entry)
            more = following(snapshot, ctypes.byref(entry))
        if ctypes.get_last_error() != NO_MORE_FILES:
            raise last_error()
    finally:
        _close(snapshot)


def _process(entry: ProcessEntry, me: bytes | None) -> Process:
    open_process = function(
        *("kernel32", "OpenProcess", wintypes.HANDLE),
        *(wintypes.DWORD, wintypes.BOOL, wintypes.DWORD),
    )
    handle = open_process(QUERY_LIMITED_INFORMATION, False, entry.process)
    if not handle:
        return Process(well_formed(entry.name))
    try:
        own = me is not None and _user(handle) == me
        return Process(well_formed(entry.name), executable=_file(handle), own=own)
    finally:
        _close(handle)


def _file(process: int) -> str | None:
    query = function(
        *("kernel32", "QueryFullProcessImageNameW", wintypes.BOOL),
        *(wintypes.HANDLE, wintypes.DWORD, wintypes.LPWSTR, ctypes.POINTER(wintypes.DWORD)),
    )
    path, size = ctypes.create_unicode_buffer(_LONGEST_PATH), wintypes.DWORD(_LONGEST_PATH)
    told = query(process, 0, path, ctypes.byref(size))
    return well_formed(path.value) or None if told else None


def _user(process: int) -> bytes | None:
    """The SID of the user whose process it is; None where that may not be asked."""
    handle, number = wintypes.HANDLE, wintypes.DWORD
    open_token = function(
        *("advapi32", "OpenProcessToken", wintypes.BOOL),
        *(handle, number, ctypes.POINTER(handle)),
    )
    tell = function(
        *("advapi32", "GetTokenInformation", wintypes.BOOL),
        *(handle, ctypes.c_int, ctypes.c_void_p, number, ctypes.POINTER(number)),
    )
    length = function("advapi32", "GetLengthSid", number, ctypes.c_void_p)
    token, needed = handle(), number()
    if not open_token(process, TOKEN_QUERY, ctypes.byref(token)):
        return None
    try:
        user = ctypes.create_string_buffer(_LARGEST_USER)
        size = ctypes.sizeof(user)
        if not tell(token, TOKEN_USER, ctypes.addressof(user), size, ctypes.byref(needed)):
            return None
        sid = SidAndAttributes.from_buffer(user).sid
        return ctypes.string_at(sid, length(sid))
    finally:
        _close(token.value or 0)


def _close(handle: int) -> None:
    function("kernel32", "CloseHandle", wintypes.BOOL, ctypes.c_void_p)(handle)
