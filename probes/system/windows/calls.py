"""Functions of the DLLs in Windows' own folder, by their documented signatures."""

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from precheck.contract.reasons import Unread
from probes.system.windows.failures import Failure, of_win32

if sys.platform != "win32":
    raise ImportError("only Windows has these")

SEARCH_SYSTEM32_ONLY = 0x800
"""LOAD_LIBRARY_SEARCH_SYSTEM32: what lies beside a downloaded program is nobody's DLL."""


@cache
def function(library: str, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The function `name` of `library`, given the ctypes of its result and arguments. Raises
    `Failure(UNSUPPORTED)` where this Windows has no such library or function."""
    try:
        loaded = ctypes.WinDLL(library, winmode=SEARCH_SYSTEM32_ONLY, use_last_error=True)
        prototype = ctypes.WINFUNCTYPE(result, *arguments, use_last_error=True)
        return prototype((name, loaded))
    except (OSError, AttributeError) as error:
        raise Failure(Unread.UNSUPPORTED) from error


def last_error() -> Failure:
    """The failure that the last function left behind (GetLastError)."""
    return Failure(of_win32(ctypes.get_last_error()))
