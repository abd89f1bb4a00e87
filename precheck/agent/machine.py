"""Which kind of system this program runs on."""

import sys

from precheck.agent.errors import CouldNotRun
from precheck.contract.verdict import OsFamily

_FAMILIES = {"linux": OsFamily.LINUX, "darwin": OsFamily.MACOS, "win32": OsFamily.WINDOWS}


def os_family() -> OsFamily:
    """The family of this system. Raises `CouldNotRun` for one nobody has written checks for."""
    family = _FAMILIES.get(sys.platform)
    if family is None:
        raise CouldNotRun(f"no checks are written for {sys.platform}")
    return family
