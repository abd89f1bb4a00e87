"""Which kind of device asks for a page, from what its browser says by itself.

`Sec-CH-UA-Platform` (User-Agent Client Hints; Chromium, over HTTPS) comes before `User-Agent`. An
iPad's browser says that it is a Mac; the page's script tells it by its touch screen. It is a guess
that decides what stands first on the page and nothing else.
"""

from enum import StrEnum


class Device(StrEnum):
    """What a page says first."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    PHONE = "phone"
    """A telephone or a tablet."""
    OTHER = "other"
    """Nothing that the check runs on, or nothing known."""


CHECKED = (Device.WINDOWS, Device.MACOS, Device.LINUX)
"""What the check runs on."""

_PLATFORMS = {
    "windows": Device.WINDOWS,
    "macos": Device.MACOS,
    "linux": Device.LINUX,
    "android": Device.PHONE,
    "ios": Device.PHONE,
    "chrome os": Device.OTHER,
    "chromium os": Device.OTHER,
}
_SIGNS = (
    ("iPhone", Device.PHONE),
    ("iPad", Device.PHONE),
    ("iPod", Device.PHONE),
    ("Android", Device.PHONE),
    ("Windows Phone", Device.PHONE),
    ("CrOS", Device.OTHER),
    ("Windows NT", Device.WINDOWS),
    ("Macintosh", Device.MACOS),
    ("Linux", Device.LINUX),
)
"""In this order: a telephone's browser names Linux or Mac OS as well."""


def device_of(user_agent: str, platform: str = "", touched: bool = False) -> Device:
    """The device whose browser sends `user_agent` and, as a quoted string, `platform`; `touched`
    says that its screen is one to touch."""
    found = _PLATFORMS.get(platform.strip().strip('"').lower())
    if found is None:
        found = next((device for sign, device in _SIGNS if sign in user_agent), Device.OTHER)
    return Device.PHONE if found is Device.MACOS and touched else found
