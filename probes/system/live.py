"""The door to the machine that this runs on."""

import sys

from probes.system import System


def live_system(platform: str = sys.platform) -> System:
    """The system of `platform`, a value of `sys.platform`. Asking it again asks the OS again.

    Raises `NotImplementedError` for a platform that nobody has written a door for.
    """
    if platform == "linux":
        from probes.system.linux import LinuxSystem

        return LinuxSystem()
    if platform == "darwin":
        from probes.system.macos import MacSystem

        return MacSystem()
    if platform == "win32":
        from probes.system.windows.windows_system import WindowsSystem

        return WindowsSystem()
    raise NotImplementedError(f"no checks are written for {platform}")
