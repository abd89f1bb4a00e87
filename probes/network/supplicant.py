"""What wpa_supplicant says over D-Bus (its D-Bus API reference), for systems that connect without
NetworkManager. On Debian only members of `netdev` may ask; everybody else is `denied`."""

from typing import Any

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, parsed
from probes.network.facts import Carrier
from probes.network.wifi import offer_of_supplicant, protection
from probes.system import System
from probes.system.questions import DBusCall, DBusGet

SERVICE = "fi.w1.wpa_supplicant1"
MANAGER = "/fi/w1/wpa_supplicant1"
BSS = f"{SERVICE}.BSS"


def wifi_protection(system: System, interface: str) -> Fact[Carrier]:
    """How the Wi-Fi link of an interface is protected, by what its access point offers."""
    point = _current_point(system, interface)
    if isinstance(point, Unknown):
        return point
    properties = [
        system.ask(DBusGet(SERVICE, point.value, BSS, name)) for name in ("Privacy", "WPA", "RSN")
    ]
    for fact in properties:
        if isinstance(fact, Unknown):
            return fact
    privacy, wpa, rsn = (fact.value for fact in properties if isinstance(fact, Known))
    offer = offer_of_supplicant(privacy, wpa, rsn)
    return parsed(
        Known((offer,), properties[0].source),
        lambda found: protection(found[0]) if found[0] is not None else None,
    )


def ssid(system: System, interface: str) -> Fact[Any]:
    """The bytes of the name of the network that a Wi-Fi interface is connected to."""
    point = _current_point(system, interface)
    if isinstance(point, Unknown):
        return point
    return system.ask(DBusGet(SERVICE, point.value, BSS, "SSID"))


def _current_point(system: System, interface: str) -> Fact[str]:
    answer = system.ask(DBusCall(SERVICE, MANAGER, SERVICE, "GetInterface", "s", (interface,)))
    managed = parsed(answer, lambda values: _object(values[0]) if len(values) == 1 else None)
    if isinstance(managed, Unknown):
        return managed
    current: Fact[Any] = system.ask(
        DBusGet(SERVICE, managed.value, f"{SERVICE}.Interface", "CurrentBSS")
    )
    point = parsed(current, _object)
    if isinstance(point, Known) and point.value == "/":
        return Unknown(Unread.MISSING, point.source)
    return point


def _object(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith("/") else None
