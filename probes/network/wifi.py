"""What an access point offers, what a connection agreed on, and so how a Wi-Fi link is protected.

Pure, and the same for every source. Open is never guessed from a missing value: what makes no
sense together is None.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from probes.network.facts import Carrier

FROM_WORST = (
    Carrier.OPEN,
    Carrier.WEP,
    Carrier.OWE,
    Carrier.WEAK_WPA,
    Carrier.WPA_PERSONAL,
    Carrier.WPA_ENTERPRISE,
)


class Key(Enum):
    """How the two sides come by a key."""

    PASSWORD = auto()
    """WPA-PSK, or SAE."""
    EAP = auto()
    OWE = auto()
    OPEN_BESIDE_OWE = auto()
    """The open half of an access point that also offers OWE under another name."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The keys that one generation (WPA, or RSN: WPA2 and WPA3) offers, and whether TKIP is the
    only cipher it has for them."""

    keys: frozenset[Key]
    only_tkip: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What an access point says of itself. `privacy` without a suite means WEP."""

    privacy: bool
    wpa: Suite | None
    rsn: Suite | None


def protection(offer: Offer, agreed: Collection[Carrier] | None = None) -> Carrier | None:
    """How a link to an access point with this offer is protected.

    `agreed` are the protections that the connection's own settings allow: what was agreed on wins
    over what was offered beside it. Without it the newest generation counts, as devices prefer it,
    and of that the weakest. None where offer and settings do not fit together, or the offer names
    nothing known.
    """
    for generation in _generations(offer):
        fitting = [
            carrier
            for carrier in FROM_WORST
            if carrier in generation and (agreed is None or carrier in agreed)
        ]
        if fitting:
            return fitting[0]
    return None


def _generations(offer: Offer) -> tuple[frozenset[Carrier], ...]:
    if offer.rsn is None and offer.wpa is None:
        return (frozenset({Carrier.WEP if offer.privacy else Carrier.OPEN}),)
    rsn = _RSN_WITH_TKIP if offer.rsn is not None and offer.rsn.only_tkip else _RSN
    return (
        frozenset(rsn[key] for key in offer.rsn.keys) if offer.rsn is not None else frozenset(),
        frozenset(_WPA[key] for key in offer.wpa.keys) if offer.wpa is not None else frozenset(),
    )


_RSN = {
    Key.PASSWORD: Carrier.WPA_PERSONAL,
    Key.EAP: Carrier.WPA_ENTERPRISE,
    Key.OWE: Carrier.OWE,
    Key.OPEN_BESIDE_OWE: Carrier.OPEN,
}
_RSN_WITH_TKIP = {**_RSN, Key.PASSWORD: Carrier.WEAK_WPA, Key.EAP: Carrier.WEAK_WPA}
_WPA = _RSN_WITH_TKIP

_PRIVACY = 0x1
_PAIR_TKIP = 0x4
_PAIR_CCMP = 0x8
_KEY_PSK = 0x100
_KEY_8021X = 0x200
_KEY_SAE = 0x400
_KEY_OWE = 0x800
_KEY_OWE_TRANSITION = 0x1000
_KEY_SUITE_B_192 = 0x2000


def offer_of_flags(flags: int, wpa_flags: int, rsn_flags: int) -> Offer:
    """The offer in an access point's Flags, WpaFlags and RsnFlags as NetworkManager gives them
    (nm-dbus-types: NM80211ApFlags, NM80211ApSecurityFlags)."""
    return Offer(
        privacy=bool(flags & _PRIVACY),
        wpa=_suite_of_flags(wpa_flags),
        rsn=_suite_of_flags(rsn_flags),
    )


def _suite_of_flags(flags: int) -> Suite | None:
    if not flags:
        return None
    keys = set()
    if flags & (_KEY_PSK | _KEY_SAE):
        keys.add(Key.PASSWORD)
    if flags & (_KEY_8021X | _KEY_SUITE_B_192):
        keys.add(Key.EAP)
    if flags & _KEY_OWE:
        keys.add(Key.OWE)
    elif flags & _KEY_OWE_TRANSITION:
        keys.add(Key.OPEN_BESIDE_OWE)
    return Suite(frozenset(keys), bool(flags & _PAIR_TKIP) and not flags & _PAIR_CCMP)


_SUPPLICANT_KEYS: Mapping[str, Key] = MappingProxyType(
    {
        **dict.fromkeys(("wpa-psk", "wpa-ft-psk", "wpa-psk-sha256"), Key.PASSWORD),
        **dict.fromkeys(("sae", "ft-sae", "sae-ext-key", "ft-sae-ext-key"), Key.PASSWORD),
        **dict.fromkeys(("wpa-eap", "wpa-ft-eap", "wpa-eap-sha256"), Key.EAP),
        **dict.fromkeys(("wpa-eap-suite-b", "wpa-eap-suite-b-192"), Key.EAP),
        "owe": Key.OWE,
    }
)


def offer_of_supplicant(privacy: object, wpa: object, rsn: object) -> Offer | None:
    """The offer in wpa_supplicant's BSS properties Privacy, WPA and RSN (its D-Bus API: two
    dictionaries with KeyMgmt and Pairwise, both lists empty where there is no such suite)."""
    if not isinstance(privacy, bool) or not isinstance(wpa, dict) or not isinstance(rsn, dict):
        return None
    return Offer(privacy, _suite_of_supplicant(wpa), _suite_of_supplicant(rsn))


def _suite_of_supplicant(suite: dict[str, Any]) -> Suite | None:
    managements, pairwise = _words(suite.get("KeyMgmt")), _words(suite.get("Pairwise"))
    if not managements and not pairwise:
        return None
    keys = frozenset(_SUPPLICANT_KEYS[name] for name in managements if name in _SUPPLICANT_KEYS)
    return Suite(keys, pairwise == {"tkip"})


_AGREED: Mapping[str, frozenset[Carrier]] = MappingProxyType(
    {
        "none": frozenset({Carrier.WEP}),
        "ieee8021x": frozenset({Carrier.WEP}),
        "wpa-psk": frozenset({Carrier.WPA_PERSONAL, Carrier.WEAK_WPA}),
        "sae": frozenset({Carrier.WPA_PERSONAL}),
        "owe": frozenset({Carrier.OWE}),
        "wpa-eap": frozenset({Carrier.WPA_ENTERPRISE, Carrier.WEAK_WPA}),
        "wpa-eap-suite-b-192": frozenset({Carrier.WPA_ENTERPRISE}),
    }
)


def agreed_in_settings(settings: object) -> frozenset[Carrier] | None:
    """What a NetworkManager connection's settings allow (nm-settings: 802-11-wireless-security;
    a Wi-Fi connection without that section is open; "none" is WEP). None where they do not say."""
    if not isinstance(settings, dict) or "802-11-wireless" not in settings:
        return None
    if "802-11-wireless-security" not in settings:
        return frozenset({Carrier.OPEN})
    security = settings["802-11-wireless-security"]
    if not isinstance(security, dict):
        return None
    agreed = _AGREED.get(str(security.get("key-mgmt")))
    if agreed is None:
        return None
    if _words(security.get("proto")) == {"wpa"} or _words(security.get("pairwise")) == {"tkip"}:
        return agreed & {Carrier.WEAK_WPA}
    return agreed


def _words(value: object) -> set[str]:
    return {str(item) for item in value} if isinstance(value, list | tuple) else set()


def ssid_text(raw: object) -> str | None:
    """A network's name from its bytes, which have no stated encoding: UTF-8, else the Japanese
    Windows code page, else None."""
    if not isinstance(raw, bytes) or not raw:
        return None
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
