"""Whether a Linux is the device's own, or a guest that shows another system than the device's."""

from probes.facts import Fact, Known, parsed
from probes.system import System
from probes.system.questions import ReadFile, StatFile

SANDBOX_MARKS = ("/.flatpak-info", "/run/.containerenv")
"""Files that Flatpak and Podman (so also Toolbox and Distrobox) put into what they run."""


def is_foreign(system: System) -> Fact[bool]:
    """True inside a sandbox, a container or the Windows Subsystem for Linux, whose kernel names
    Microsoft in `/proc/version` (proc(5)). Unknown where that file cannot be read."""
    for mark in SANDBOX_MARKS:
        if isinstance(system.ask(StatFile(mark)), Known):
            return Known(True, mark)
    return parsed(system.ask(ReadFile("/proc/version")), lambda raw: b"microsoft" in raw.lower())
