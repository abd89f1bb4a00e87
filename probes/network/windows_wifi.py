"""How a Wi-Fi link of Windows is protected: by its live numbers, or by the profile it was made by.

Pure. Open is never guessed from a missing value: what is not known, or makes no sense together, is
None. Sources: DOT11_AUTH_ALGORITHM and DOT11_CIPHER_ALGORITHM (windot11.h); the WLAN_profile
schema, whose words are the same in every language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree import ElementTree

from probes.network.facts import Carrier
from probes.system.windows_questions import WlanLink

NONE, TKIP = 0, 2
WEP_CIPHERS = frozenset({1, 5, 0x101})
AES_CIPHERS = frozenset({4, 8, 9, 10})
"""CCMP, GCMP, and both with 256 bits."""

OPEN, SHARED_KEY = 1, 2

_KEYED: Mapping[int, Carrier] = MappingProxyType(
    {
        **dict.fromkeys((3, 4), Carrier.WEAK_WPA),
        **dict.fromkeys((6, 8, 11), Carrier.WPA_ENTERPRISE),
        **dict.fromkeys((7, 9), Carrier.WPA_PERSONAL),
        10: Carrier.OWE,
    }
)
"""WPA and WPA-PSK; RSNA, WPA3 with 192 bits and WPA3; RSNA-PSK and SAE; OWE."""


def carrier_of_link(link: WlanLink) -> Carrier | None:
    """How a live link with these numbers is protected."""
    if link.auth == OPEN and link.cipher == NONE:
        return Carrier.OPEN
    if link.auth in (OPEN, SHARED_KEY):
        return Carrier.WEP if link.cipher in WEP_CIPHERS else None
    carrier = _KEYED.get(link.auth)
    if link.cipher in AES_CIPHERS:
        return carrier
    weakened = link.cipher == TKIP and carrier not in (None, Carrier.OWE)
    return Carrier.WEAK_WPA if weakened else None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a WLAN profile says of the link it makes. `transition`: it also takes the generation
    before the one it names. `ssid` is the network's name, None where it has several."""

    name: str
    authentication: str
    encryption: str
    transition: bool
    ssid: bytes | None


_BY_WORD: Mapping[tuple[str, str], Carrier] = MappingProxyType(
    {
        ("open", "none"): Carrier.OPEN,
        ("open", "WEP"): Carrier.WEP,
        ("shared", "WEP"): Carrier.WEP,
        ("OWE", "AES"): Carrier.OWE,
        **{
            (authentication, encryption): Carrier.WEAK_WPA
            for authentication in ("WPA", "WPAPSK")
            for encryption in ("TKIP", "AES")
        },
        ("WPA2PSK", "TKIP"): Carrier.WEAK_WPA,
        ("WPA2PSK", "AES"): Carrier.WPA_PERSONAL,
        ("WPA3SAE", "AES"): Carrier.WPA_PERSONAL,
        ("WPA2", "TKIP"): Carrier.WEAK_WPA,
        **{
            (authentication, encryption): Carrier.WPA_ENTERPRISE
            for authentication in ("WPA2", "WPA3", "WPA3ENT", "WPA3ENT192")
            for encryption in ("AES", "GCMP256")
        },
    }
)


def carrier_of_profile(profile: Profile) -> Carrier | None:
    """How a link made by this profile is protected. It is weaker evidence than the link itself,
    but Windows connects in no other way than the profile says.

    In transition from WPA3 is WPA2, as good a key; in transition from OWE is an open network, so
    that such a profile does not tell.
    """
    carrier = _BY_WORD.get((profile.authentication, profile.encryption))
    return None if carrier is Carrier.OWE and profile.transition else carrier


_V1 = "{http://www.microsoft.com/networking/WLAN/profile/v1}"
_V4 = "{http://www.microsoft.com/networking/WLAN/profile/v4}"

LONGEST_PROFILE = 1 << 18


def parse_profile(xml: str) -> Profile | None:
    """The profile in a WLANProfile document.

    Windows writes its documents without declarations and comments; one with a declaration could
    define entities, and is not read.
    """
    if len(xml) > LONGEST_PROFILE or "<!" in xml:
        return None
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - no declaration gets this far
    except (ElementTree.ParseError, ValueError):
        return None
    security = root.findall(f"{_V1}MSM/{_V1}security/{_V1}authEncryption")
    if root.tag != f"{_V1}WLANProfile" or len(security) != 1:
        return None
    name = _only(root, f"{_V1}name")
    authentication = _only(security[0], f"{_V1}authentication")
    encryption = _only(security[0], f"{_V1}encryption")
    transition = _only(security[0], f"{_V4}transitionMode") or "false"
    if not name or not authentication or not encryption or transition not in _TRUTH:
        return None
    return Profile(name, authentication, encryption, _TRUTH[transition], _ssid(root))


_TRUTH: Mapping[str, bool] = MappingProxyType({"true": True, "1": True, "false": False, "0": False})
"""How xs:boolean is written."""


def _ssid(root: ElementTree.Element) -> bytes | None:
    """By its bytes where the profile has them, else by its text."""
    networks = root.findall(f"{_V1}SSIDConfig/{_V1}SSID")
    if len(networks) != 1:
        return None
    written = _only(networks[0], f"{_V1}hex")
    if written is None:
        return (_only(networks[0], f"{_V1}name") or "").encode() or None
    try:
        return bytes.fromhex(written) or None
    except ValueError:
        return None


def _only(parent: ElementTree.Element, tag: str) -> str | None:
    """The text of the one child with this tag; None where there is none, or more than one."""
    found = parent.findall(tag)
    return (found[0].text or "") if len(found) == 1 else None
