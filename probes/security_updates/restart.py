"""Does what is installed on a Linux system wait for a restart?"""

import re

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, parsed, text
from probes.system import System
from probes.system.questions import ListFolder, ReadFile, StatFile

MARK = "/run/reboot-required"
"""What packages on Debian and Ubuntu leave when they need a restart (update-notifier)."""

RUNNING = "/proc/sys/kernel/osrelease"
BOOT = "/boot"


def restart_pending(system: System) -> Fact[bool]:
    """Whether a package asks for a restart, or a newer kernel of the running one's flavour is
    installed. Unknown where neither can be seen, as in a container."""
    if isinstance(system.ask(StatFile(MARK)), Known):
        return Known(True, MARK)
    running = parsed(system.ask(ReadFile(RUNNING)), parse_release)
    names = system.ask(ListFolder(BOOT))
    if isinstance(running, Unknown):
        return running
    if isinstance(names, Unknown):
        return names
    installed = [
        name.removeprefix("vmlinuz-") for name in names.value if name.startswith("vmlinuz-")
    ]
    newer = newer_kernel(running.value, installed)
    return Unknown(Unread.UNSUPPORTED, BOOT) if newer is None else Known(newer, BOOT)


def parse_release(raw: bytes) -> str | None:
    """The release of the running kernel, as uname(2) gives it."""
    release = (text(raw) or "").strip()
    return release if re.fullmatch(r"[0-9]+\.[0-9A-Za-z._+~-]+", release) else None


def newer_kernel(running: str, installed: list[str]) -> bool | None:
    """Whether a kernel of the same flavour as `running` is installed with a higher version.

    None where `running` itself is not among them: then it came from elsewhere (a container's
    host, a virtual machine's own kernel), and what is installed says nothing about it.
    """
    if running not in installed:
        return None
    flavour, version = _read(running)
    return any(other > version for same, other in map(_read, installed) if same == flavour)


def _read(release: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return (
        tuple(re.findall(r"[a-z]+", release.lower())),
        tuple(int(number) for number in re.findall(r"[0-9]+", release)),
    )
