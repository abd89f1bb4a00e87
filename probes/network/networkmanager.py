"""What NetworkManager says over D-Bus (its D-Bus API reference, and nm-dbus-types for the numbers).

Everything here is open to every user and asks for nothing; secrets are never asked for. A system
without NetworkManager answers `missing`.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, parsed
from probes.network.facts import Carrier, Cost
from probes.network.objects import reference, referred, returned
from probes.network.wifi import agreed_in_settings, offer_of_flags, protection
from probes.system import System
from probes.system.questions import DBusCall, DBusGet

T = TypeVar("T")

SERVICE = "org.freedesktop.NetworkManager"
MANAGER = "/org/freedesktop/NetworkManager"
DEVICE = f"{SERVICE}.Device"
ACCESS_POINT = f"{SERVICE}.AccessPoint"
ACTIVE_CONNECTION = f"{SERVICE}.Connection.Active"
CONNECTION_SETTINGS = f"{SERVICE}.Settings.Connection"

ETHERNET, WIFI, BLUETOOTH, MODEM = 1, 2, 5, 8
"""NMDeviceType."""

_COSTS = {1: Cost.METERED, 2: Cost.UNMETERED, 3: Cost.PROBABLY_METERED, 4: Cost.UNMETERED}
"""NMMetered: yes, no, guessed yes, guessed no."""

_PORTAL = 2
"""NMConnectivityState: behind a captive portal."""


def cost(system: System) -> Fact[Cost]:
    """Whether the connection is metered; `missing` where NetworkManager itself does not know."""
    return _told(_number(system, MANAGER, SERVICE, "Metered"), _COSTS.get)


def portal(system: System) -> Fact[bool]:
    """Whether NetworkManager's own probe met a sign-in page; `missing` where it does not probe
    (Debian ships it without an address to probe)."""
    return _told(
        _number(system, MANAGER, SERVICE, "Connectivity"),
        lambda state: None if state == 0 else state == _PORTAL,
    )


def device_of(system: System, interface: str) -> Fact[str]:
    """The object of the device behind a network interface."""
    question = DBusCall(SERVICE, MANAGER, SERVICE, "GetDeviceByIpIface", "s", (interface,))
    return reference(returned(system, question))


def device_type(system: System, interface: str) -> Fact[int]:
    """The NMDeviceType of the device behind a network interface."""
    device = device_of(system, interface)
    if isinstance(device, Unknown):
        return device
    return _number(system, device.value, DEVICE, "DeviceType")


def access_point(system: System, interface: str) -> Fact[str]:
    """The object of the access point that a Wi-Fi interface is connected to."""
    device = device_of(system, interface)
    if isinstance(device, Unknown):
        return device
    return referred(
        system, DBusGet(SERVICE, device.value, f"{DEVICE}.Wireless", "ActiveAccessPoint")
    )


def wifi_protection(system: System, interface: str) -> Fact[Carrier]:
    """How the Wi-Fi link of an interface is protected: by what the access point offers, and by
    what the connection's settings agreed on where they can be read."""
    point = access_point(system, interface)
    if isinstance(point, Unknown):
        return point
    flags = [
        _number(system, point.value, ACCESS_POINT, name)
        for name in ("Flags", "WpaFlags", "RsnFlags")
    ]
    for flag in flags:
        if isinstance(flag, Unknown):
            return flag
    offer = offer_of_flags(*(flag.value for flag in flags if isinstance(flag, Known)))
    agreed = _agreed(system, interface)
    return parsed(Known(offer, flags[0].source), lambda found: protection(found, agreed))


def ssid(system: System, interface: str) -> Fact[Any]:
    """The bytes of the name of the network that a Wi-Fi interface is connected to."""
    point = access_point(system, interface)
    if isinstance(point, Unknown):
        return point
    return system.ask(DBusGet(SERVICE, point.value, ACCESS_POINT, "Ssid"))


def _agreed(system: System, interface: str) -> Collection[Carrier] | None:
    device = device_of(system, interface)
    if isinstance(device, Unknown):
        return None
    active = referred(system, DBusGet(SERVICE, device.value, DEVICE, "ActiveConnection"))
    if isinstance(active, Unknown):
        return None
    connection = referred(system, DBusGet(SERVICE, active.value, ACTIVE_CONNECTION, "Connection"))
    if isinstance(connection, Unknown):
        return None
    settings = returned(
        system, DBusCall(SERVICE, connection.value, CONNECTION_SETTINGS, "GetSettings")
    )
    return agreed_in_settings(settings.value) if isinstance(settings, Known) else None


def _number(system: System, path: str, interface: str, name: str) -> Fact[int]:
    answer: Fact[Any] = system.ask(DBusGet(SERVICE, path, interface, name))
    return parsed(answer, _whole)


def _told(fact: Fact[int], meaning: Callable[[int], T | None]) -> Fact[T]:
    if isinstance(fact, Unknown):
        return fact
    told = meaning(fact.value)
    return Unknown(Unread.MISSING, fact.source) if told is None else Known(told, fact.source)


def _whole(value: Any) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_whole else None
