"""Who is signed in (secext.h), and where what is theirs lies (shlobj_core.h)."""

import ctypes
import sys
from ctypes import wintypes

from probes.system.windows.calls import function
from probes.system.windows.com import Guid
from probes.system.windows.failures import Failure, of_hresult

if sys.platform != "win32":
    raise ImportError("only Windows has these")

NAME_DISPLAY = 3
_LONGEST_NAME = 257

PROFILE = "5e6c858f-0e22-4760-9afe-ea3317b67173"
"""FOLDERID_Profile (knownfolders.h)."""


def full_name() -> str:
    """The name that Windows greets the person by; "" where it knows none."""
    try:
        get = function(
            *("secur32", "GetUserNameExW", wintypes.BOOLEAN),
            *(ctypes.c_int, wintypes.LPWSTR, ctypes.POINTER(wintypes.ULONG)),
        )
    except Failure:
        return ""
    name, size = ctypes.create_unicode_buffer(_LONGEST_NAME), wintypes.ULONG(_LONGEST_NAME)
    return name.value if get(NAME_DISPLAY, name, ctypes.byref(size)) else ""


def home() -> str:
    """The person's own folder, as Windows knows it: what the environment says of it may be set
    otherwise, or not at all. Raises `Failure`."""
    get = function(
        *("shell32", "SHGetKnownFolderPath", ctypes.c_long),
        *(ctypes.POINTER(Guid), wintypes.DWORD, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)),
    )
    path = ctypes.c_void_p()
    result = get(ctypes.byref(Guid.of(PROFILE)), 0, None, ctypes.byref(path))
    try:
        if result < 0 or path.value is None:
            raise Failure(of_hresult(result))
        return ctypes.wstring_at(path.value)
    finally:
        function("ole32", "CoTaskMemFree", None, ctypes.c_void_p)(path)
