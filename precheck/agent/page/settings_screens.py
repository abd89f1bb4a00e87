"""The screens of the system's settings that can be opened, by id. The page sends an id and never
an address; what is opened stands here and nowhere else.

Windows: `ms-settings:` addresses as in "Launch Windows Settings" and the `windowsdefender:` ones of
Windows Security. macOS: panes of System Settings of macOS 13 and later. Linux: panels of GNOME's
settings, where that desktop runs.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily


class Screen(StrEnum):
    """A screen of the system's settings."""

    UPDATES = "updates"
    FIREWALL = "firewall"
    ANTIVIRUS = "antivirus"
    SHARING = "sharing"
    PROGRAMS = "programs"
    NETWORK = "network"
    WIFI = "wifi"
    CAMERA = "camera"
    MICROPHONE = "microphone"
    SOUND = "sound"
    CLOCK = "clock"


_WINDOWS: Mapping[Screen, str] = MappingProxyType(
    {
        Screen.UPDATES: "ms-settings:windowsupdate",
        Screen.FIREWALL: "windowsdefender://network/",
        Screen.ANTIVIRUS: "windowsdefender://threat/",
        Screen.SHARING: "ms-settings:network-advancedsharing",
        Screen.PROGRAMS: "ms-settings:appsfeatures",
        Screen.NETWORK: "ms-settings:network-status",
        Screen.WIFI: "ms-settings:network-wifi",
        Screen.CAMERA: "ms-settings:privacy-webcam",
        Screen.MICROPHONE: "ms-settings:privacy-microphone",
        Screen.SOUND: "ms-settings:sound",
        Screen.CLOCK: "ms-settings:dateandtime",
    }
)
_PANE = "x-apple.systempreferences:com.apple."
_MACOS: Mapping[Screen, str] = MappingProxyType(
    {
        Screen.UPDATES: f"{_PANE}Software-Update-Settings.extension",
        Screen.FIREWALL: f"{_PANE}Network-Settings.extension?Firewall",
        Screen.SHARING: f"{_PANE}Sharing-Settings.extension",
        Screen.NETWORK: f"{_PANE}Network-Settings.extension",
        Screen.CAMERA: f"{_PANE}settings.PrivacySecurity.extension?Privacy_Camera",
        Screen.MICROPHONE: f"{_PANE}settings.PrivacySecurity.extension?Privacy_Microphone",
    }
)
_LINUX: Mapping[Screen, str] = MappingProxyType(
    {Screen.NETWORK: "network", Screen.WIFI: "wifi", Screen.SOUND: "sound"}
)
_GNOME_SETTINGS = "gnome-control-center"

_HELPFUL: Mapping[CheckId, Screen] = MappingProxyType(
    {
        CheckId.OS_SUPPORT: Screen.UPDATES,
        CheckId.SECURITY_UPDATES: Screen.UPDATES,
        CheckId.FIREWALL: Screen.FIREWALL,
        CheckId.OPEN_SERVICES: Screen.SHARING,
        CheckId.ANTIVIRUS: Screen.ANTIVIRUS,
        CheckId.INFECTION: Screen.ANTIVIRUS,
        CheckId.FILE_SHARING: Screen.PROGRAMS,
        CheckId.INTERNET: Screen.NETWORK,
        CheckId.NETWORK_TRUST: Screen.WIFI,
        CheckId.WEBCAM: Screen.CAMERA,
        CheckId.MICROPHONE: Screen.MICROPHONE,
        CheckId.METERED: Screen.WIFI,
    }
)


class SettingsScreens:
    """The screens that can be opened on this machine."""

    def __init__(self, commands: Mapping[Screen, tuple[str, ...]]) -> None:
        self._commands = commands

    def ids(self) -> tuple[Screen, ...]:
        """The screens that can be opened, in order."""
        return tuple(screen for screen in Screen if screen in self._commands)

    def for_finding(self, check: CheckId, reason: str) -> Screen | None:
        """The screen on which the person can put right what `check` found, if there is one."""
        wanted = Screen.CLOCK if reason == Unread.CLOCK else _HELPFUL.get(check)
        return wanted if wanted in self._commands else None

    def open(self, screen: Screen) -> bool:
        """Open `screen`; whether the system took the order."""
        command = self._commands.get(screen)
        if command is None:
            return False
        try:
            if sys.platform == "win32":
                os.startfile(command[0])  # noqa: S606 - one of the addresses above
                return True
            opened = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return False
        # What has ended is to be taken notice of, whenever that is.
        threading.Thread(target=opened.wait, daemon=True).start()
        return True


def settings_screens(family: OsFamily) -> SettingsScreens:
    """What can be opened on a system of `family`, which is this one."""
    if family is OsFamily.WINDOWS:
        return SettingsScreens({screen: (address,) for screen, address in _WINDOWS.items()})
    if family is OsFamily.MACOS:
        return SettingsScreens({screen: ("open", pane) for screen, pane in _MACOS.items()})
    desktops = os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
    program = shutil.which(_GNOME_SETTINGS) if "GNOME" in desktops else None
    if program is None:
        return SettingsScreens({})
    return SettingsScreens({screen: (program, panel) for screen, panel in _LINUX.items()})
