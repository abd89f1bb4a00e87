"""How a Wi-Fi link of macOS is protected, by the two sources that say so without any permission.

Pure. Open is never guessed from a missing value: what is not known is None. `ipconfig getsummary`
has what the link agreed on, in the words of Apple80211's key managements; the system report has
Apple's own classes of networks. Without the permission to know the location both leave out the
network's name, and nothing else.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.network.facts import Carrier
from probes.network.wifi import ssid_text
from probes.system_report import Item, listed, word

REDACTED = "<redacted>"

_BY_KEY: Mapping[str, Carrier] = MappingProxyType(
    {
        "NONE": Carrier.OPEN,
        "8021X": Carrier.WEP,
        **dict.fromkeys(("WPA", "WPA_PSK"), Carrier.WEAK_WPA),
        **dict.fromkeys(("WPA2_PSK", "FT_PSK", "SHA256_PSK"), Carrier.WPA_PERSONAL),
        **dict.fromkeys(("WPA3_SAE", "FT_SAE"), Carrier.WPA_PERSONAL),
        **dict.fromkeys(("WPA2", "FT_8021X", "SHA256_8021X"), Carrier.WPA_ENTERPRISE),
        **dict.fromkeys(("SHA384_8021X", "SHA384_FT_8021X"), Carrier.WPA_ENTERPRISE),
        "OWE": Carrier.OWE,
    }
)
"""802.1X without WPA gives out keys for WEP."""

_BY_CLASS: Mapping[str, Carrier] = MappingProxyType(
    {
        "none": Carrier.OPEN,
        **dict.fromkeys(("wep", "dynamic_wep"), Carrier.WEP),
        **dict.fromkeys(("wpa_personal", "wpa_enterprise"), Carrier.WEAK_WPA),
        **dict.fromkeys(("wpa2_personal", "wpa2_personal_mixed"), Carrier.WPA_PERSONAL),
        **dict.fromkeys(("wpa3_personal", "wpa3_transition"), Carrier.WPA_PERSONAL),
        **dict.fromkeys(("wpa2_enterprise", "wpa2_enterprise_mixed"), Carrier.WPA_ENTERPRISE),
        "wpa3_enterprise": Carrier.WPA_ENTERPRISE,
        "owe": Carrier.OWE,
    }
)
"""A mixed network takes the newest generation that a device has, and a Mac has WPA2."""

_CLASS = re.compile(r"s?pairport_security_mode_([a-z0-9_]+)")
"""Apple writes one of them without its first letter."""

_WITHOUT_WPA = frozenset({Carrier.OPEN, Carrier.WEP, Carrier.OWE})


def carrier_of_key(key: bytes) -> Carrier | None:
    """How a link with this key management is protected."""
    return _BY_KEY.get(key.decode("ascii", "replace"))


def current_network(items: tuple[Item, ...], interface: str) -> Item | None:
    """What the report on SPAirPortDataType says of the network that `interface` is in now; None
    where it is in none. Of the report's other interfaces (AWDL) none counts."""
    for item in items:
        for card in listed(item, "spairport_airport_interfaces"):
            network = card.get("spairport_current_network_information")
            if card.get("_name") == interface and isinstance(network, dict):
                return network
    return None


def carrier_of_network(network: Item) -> Carrier | None:
    """How the network of `current_network` is protected."""
    found = _CLASS.fullmatch(word(network, "spairport_security_mode"))
    return None if found is None else _BY_CLASS.get(found[1])


def agreed(stated: Fact[Carrier], reported: Fact[Carrier]) -> Fact[Carrier]:
    """What both sources say together: what the link agreed on, and where that is no more than
    "no key management", the class of the network, since WEP and OWE have none either. A class
    with one then contradicts it, and neither is believed."""
    if isinstance(stated, Unknown):
        return reported if isinstance(reported, Known) else stated
    if stated.value is not Carrier.OPEN or isinstance(reported, Unknown):
        return stated
    if reported.value not in _WITHOUT_WPA:
        return Unknown(Unread.GARBLED, reported.source)
    return reported


def name_of(ssid: bytes) -> str | None:
    """The network's name; None where it is not shown."""
    name = ssid_text(ssid)
    return None if name in (None, "", REDACTED) else name
