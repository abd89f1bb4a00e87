"""What wpa_supplicant says over D-Bus (its D-Bus API reference), for systems that connect without
NetworkManager. On Debian only members of `netdev` may ask; everybody else is `denied`."""

from typing import Any

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.network.facts import Carrier
from probes.network.objects import reference, referred, returned
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
    carrier = protection(offer) if offer is not None else None
    source = properties[0].source
    return Unknown(Unread.GARBLED, source) if carrier is None else Known(carrier, source)


def ssid(system: System, interface: str) -> Fact[Any]:
    """The bytes of the name of the network that a Wi-Fi interface is connected to."""
    point = _current_point(system, interface)
    if isinstance(point, Unknown):
        return point
    return system.ask(DBusGet(SERVICE, point.value, BSS, "SSID"))


def _current_point(system: System, interface: str) -> Fact[str]:
    question = DBusCall(SERVICE, MANAGER, SERVICE, "GetInterface", "s", (interface,))
    managed = reference(returned(system, question))
    if isinstance(managed, Unknown):
        return managed
    return referred(system, DBusGet(SERVICE, managed.value, f"{SERVICE}.Interface", "CurrentBSS"))
