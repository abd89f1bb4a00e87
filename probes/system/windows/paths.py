"""Paths as questions have them, and the places on this machine that they mean."""

import os
import re
import stat
import sys
from ctypes import wintypes
from pathlib import Path

from precheck.contract.reasons import Unread
from probes.system.windows import person
from probes.system.windows.attributes import is_elsewhere
from probes.system.windows.calls import function
from probes.system.windows.failures import Failure

if sys.platform != "win32":
    raise ImportError("only Windows has these")

FOLDERS = (
    *("ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "ProgramData", "PUBLIC"),
    *("SystemRoot", "SystemDrive", "APPDATA", "LOCALAPPDATA"),
)

ON_A_NETWORK = 4
"""DRIVE_REMOTE."""

_VARIABLE = re.compile(r"%([^%]+)%(?=[/\\]|\Z)")
_ON_A_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_HOME = re.compile(r"~(?=[/\\]|\Z)")


def place(path: str) -> str:
    """Where `path` is on this machine. Raises `Failure`: MISSING where Windows has no such folder
    (a 32-bit one has no `%ProgramFiles(x86)%`), UNSUPPORTED for what is on no drive
    of this machine's own: a share, or a letter that stands for one."""
    wanted = _HOME.sub(lambda _: person.home(), path, count=1) if path[:1] == "~" else path
    variable = _VARIABLE.match(wanted)
    if variable:
        name = next((one for one in FOLDERS if one.lower() == variable[1].lower()), None)
        if name is None:
            raise Failure(Unread.UNSUPPORTED)
        folder = os.environ.get(name)
        if not folder:
            raise Failure(Unread.MISSING)
        wanted = folder + wanted[variable.end() :]
    if wanted[1:] == ":":
        # "C:" alone would mean whatever folder of that drive is current.
        wanted += "\\"
    if not _ON_A_DRIVE.match(wanted) or "\0" in wanted:
        raise Failure(Unread.UNSUPPORTED)
    if drive_type(f"{wanted[0]}:\\") == ON_A_NETWORK:
        raise Failure(Unread.UNSUPPORTED)
    return wanted


def drive_type(root: str) -> int:
    """GetDriveTypeW of a drive's root, which asks no drive."""
    return int(function("kernel32", "GetDriveTypeW", wintypes.UINT, wintypes.LPCWSTR)(root))


def on_this_disk(path: str) -> os.stat_result:
    """The status of the regular file at `path`, links followed. Raises `Failure`, GARBLED where it
    is no regular file and UNSUPPORTED where its content is elsewhere, and OSError."""
    found = Path(path).stat()
    if not stat.S_ISREG(found.st_mode):
        raise Failure(Unread.GARBLED)
    if is_elsewhere(found.st_file_attributes):
        raise Failure(Unread.UNSUPPORTED)
    return found
