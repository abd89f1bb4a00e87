"""The door to the machine that this runs on."""

import sys
from dataclasses import dataclass
from typing import TypeVar

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Unknown
from probes.system import System
from probes.system.questions import Question

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnwrittenSystem:
    """An OS whose door has not been written yet: it answers nothing, so every check is unknown."""

    family: OsFamily

    def ask(self, question: Question[T]) -> Fact[T]:
        """`unsupported`, whatever is asked."""
        return Unknown(Unread.UNSUPPORTED, type(question).__name__)


def live_system(platform: str = sys.platform) -> System:
    """The system of `platform`, a value of `sys.platform`. Asking it again asks the OS again."""
    if platform == "linux":
        from probes.system.linux import LinuxSystem

        return LinuxSystem()
    if platform == "win32":
        from probes.system.windows.windows_system import WindowsSystem

        return WindowsSystem()
    return UnwrittenSystem({"darwin": OsFamily.MACOS}[platform])
