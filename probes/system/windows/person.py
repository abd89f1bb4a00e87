"""Who is signed in (secext.h), to take the name out of a recording."""

import ctypes
import sys
from ctypes import wintypes

from probes.system.windows.calls import function
from probes.system.windows.failures import Failure

if sys.platform != "win32":
    raise ImportError("only Windows has these")

NAME_DISPLAY = 3
_LONGEST_NAME = 257


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
