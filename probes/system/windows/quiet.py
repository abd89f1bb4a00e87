"""Windows' own message boxes (errhandlingapi.h): none of them on account of a question."""

import sys
from ctypes import wintypes

from probes.system.windows.calls import function

if sys.platform != "win32":
    raise ImportError("only Windows has these")

FAIL_CRITICAL_ERRORS, NO_FAULT_BOX, NO_OPEN_FILE_BOX = 0x1, 0x2, 0x8000
"""SEM_: the box that asks for a disc to be put in where the registry names a file on an empty
drive, the one about a crash of this very process, and the one about a file that is not there."""


def show_no_boxes() -> None:
    """Let such an error be the answer of the call that meets it. Holds for this process."""
    set_mode = function("kernel32", "SetErrorMode", wintypes.UINT, wintypes.UINT)
    set_mode(FAIL_CRITICAL_ERRORS | NO_FAULT_BOX | NO_OPEN_FILE_BOX)
