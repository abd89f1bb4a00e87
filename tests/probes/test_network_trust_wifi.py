"""network_trust: how a Wi-Fi link is protected, from what the two sides say of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.network.facts import Carrier
from probes.network.wifi import (
    Offer,
    agreed_in_settings,
    offer_of_flags,
    offer_of_supplicant,
    protection,
    ssid_text,
)

TKIP, CCMP = 0x4 | 0x40, 0x8 | 0x80
PSK, EAP, SAE, OWE, OWE_TRANSITION, SUITE_B = 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000
PASSING = {Carrier.WPA_PERSONAL, Carrier.WPA_ENTERPRISE}


@pytest.mark.parametrize(
    ("flags", "wpa", "rsn", "carrier"),
    [
        (0, 0, 0, Carrier.OPEN),
        (1, 0, 0, Carrier.WEP),
        (1, 0, CCMP | PSK, Carrier.WPA_PERSONAL),
        (1, 0, CCMP | SAE, Carrier.WPA_PERSONAL),
        (1, 0, CCMP | SAE | PSK, Carrier.WPA_PERSONAL),
        (1, TKIP | PSK, CCMP | PSK, Carrier.WPA_PERSONAL),
        (1, 0, TKIP | CCMP | PSK, Carrier.WPA_PERSONAL),
        (1, TKIP | PSK, 0, Carrier.WEAK_WPA),
        (1, CCMP | PSK, 0, Carrier.WEAK_WPA),
        (1, 0, TKIP | PSK, Carrier.WEAK_WPA),
        (1, 0, TKIP | EAP, Carrier.WEAK_WPA),
        (1, 0, CCMP | EAP, Carrier.WPA_ENTERPRISE),
        (1, 0, SUITE_B, Carrier.WPA_ENTERPRISE),
        (1, 0, CCMP | OWE, Carrier.OWE),
        (1, 0, CCMP | OWE | OWE_TRANSITION, Carrier.OWE),
        (0, 0, OWE_TRANSITION, Carrier.OPEN),
        (1, 0, CCMP | OWE | PSK, Carrier.OWE),
        (1, 0, CCMP, None),
        (1, 0, 0x4000, None),
    ],
)
def test_networkmanagers_flags_say_how_a_network_is_protected(flags, wpa, rsn, carrier) -> None:
    assert protection(offer_of_flags(flags, wpa, rsn)) is carrier


FLAGS = st.integers(0, 2**32 - 1) | st.lists(
    st.sampled_from([1 << bit for bit in range(16)]), max_size=5
).map(sum)


@given(FLAGS, FLAGS, FLAGS)
def test_without_a_bit_that_stands_for_a_key_no_flags_pass(flags: int, wpa: int, rsn: int) -> None:
    carrier = protection(offer_of_flags(flags, wpa, rsn))
    if not rsn & (PSK | EAP | SAE | SUITE_B):
        assert carrier not in PASSING
    if carrier is Carrier.OPEN:
        assert (wpa | rsn) & OWE_TRANSITION or not (wpa or rsn or flags & 1)


def settings(**security: object) -> dict[str, object]:
    return {"802-11-wireless": {"mode": "infrastructure"}, "802-11-wireless-security": security}


MIXED = offer_of_flags(1, TKIP | PSK, CCMP | PSK)
OPEN = offer_of_flags(0, 0, 0)
PRIVATE = offer_of_flags(1, 0, 0)


@pytest.mark.parametrize(
    ("offer", "agreement", "carrier"),
    [
        (MIXED, settings(**{"key-mgmt": "wpa-psk"}), Carrier.WPA_PERSONAL),
        (MIXED, settings(**{"key-mgmt": "wpa-psk", "proto": ["wpa"]}), Carrier.WEAK_WPA),
        (MIXED, settings(**{"key-mgmt": "wpa-psk", "pairwise": ["tkip"]}), Carrier.WEAK_WPA),
        (MIXED, settings(**{"key-mgmt": "wpa-psk", "proto": ["rsn"]}), Carrier.WPA_PERSONAL),
        (PRIVATE, settings(**{"key-mgmt": "none"}), Carrier.WEP),
        (PRIVATE, settings(**{"key-mgmt": "ieee8021x"}), Carrier.WEP),
        (OPEN, {"802-11-wireless": {}}, Carrier.OPEN),
        (OPEN, settings(**{"key-mgmt": "wpa-psk"}), None),
        (OPEN, settings(**{"key-mgmt": "sae"}), None),
        (MIXED, {"802-11-wireless": {}}, None),
        (offer_of_flags(1, 0, CCMP | OWE), settings(**{"key-mgmt": "owe"}), Carrier.OWE),
        (
            offer_of_flags(1, 0, CCMP | PSK | OWE),
            settings(**{"key-mgmt": "sae"}),
            Carrier.WPA_PERSONAL,
        ),
        (
            offer_of_flags(1, 0, CCMP | EAP),
            settings(**{"key-mgmt": "wpa-eap"}),
            Carrier.WPA_ENTERPRISE,
        ),
        (MIXED, settings(**{"key-mgmt": "something-new"}), Carrier.WPA_PERSONAL),
        (OPEN, {}, Carrier.OPEN),
        (OPEN, None, Carrier.OPEN),
    ],
)
def test_what_was_agreed_on_wins_and_a_contradiction_is_unknown(offer, agreement, carrier) -> None:
    assert protection(offer, agreed_in_settings(agreement)) is carrier


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["802-11-wireless", "802-11-wireless-security", "key-mgmt", "proto", "pairwise"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=10,
    )
)
def test_no_settings_make_an_open_or_wep_network_pass(agreement: object) -> None:
    agreed = agreed_in_settings(agreement)
    assert protection(OPEN, agreed) in (Carrier.OPEN, None)
    assert protection(PRIVATE, agreed) in (Carrier.WEP, None)


NOTHING: dict[str, object] = {"KeyMgmt": [], "Pairwise": []}


@pytest.mark.parametrize(
    ("privacy", "wpa", "rsn", "carrier"),
    [
        (False, NOTHING, NOTHING, Carrier.OPEN),
        (False, {}, {}, Carrier.OPEN),
        (True, NOTHING, NOTHING, Carrier.WEP),
        (True, NOTHING, {"KeyMgmt": ["wpa-psk"], "Pairwise": ["ccmp"]}, Carrier.WPA_PERSONAL),
        (True, NOTHING, {"KeyMgmt": ["sae"], "Pairwise": ["gcmp-256"]}, Carrier.WPA_PERSONAL),
        (True, NOTHING, {"KeyMgmt": ["wpa-eap-suite-b-192"]}, Carrier.WPA_ENTERPRISE),
        (True, NOTHING, {"KeyMgmt": ["owe"], "Pairwise": ["ccmp"]}, Carrier.OWE),
        (True, {"KeyMgmt": ["wpa-psk"], "Pairwise": ["tkip"]}, NOTHING, Carrier.WEAK_WPA),
        (True, NOTHING, {"KeyMgmt": ["wpa-psk"], "Pairwise": ["tkip"]}, Carrier.WEAK_WPA),
        (True, NOTHING, {"KeyMgmt": ["wpa-none"], "Pairwise": ["ccmp"]}, None),
    ],
)
def test_wpa_supplicants_words_say_how_a_network_is_protected(privacy, wpa, rsn, carrier) -> None:
    offer = offer_of_supplicant(privacy, wpa, rsn)
    assert offer is not None
    assert protection(offer) is carrier


@given(st.none() | st.text() | st.integers() | st.lists(st.integers()), st.booleans())
def test_what_is_no_dictionary_is_no_offer_of_wpa_supplicant(value: object, first: bool) -> None:
    pair = (value, {}) if first else ({}, value)
    assert offer_of_supplicant(True, *pair) is None
    assert offer_of_supplicant(value, {}, {}) is None


no_word = st.text().filter(lambda text: not re.fullmatch("[a-z0-9-]+", text))
"""Of wpa_supplicant's: chance would find those, too."""


@given(
    st.booleans(),
    st.dictionaries(st.sampled_from(["KeyMgmt", "Pairwise"]), st.none() | st.lists(no_word)),
)
def test_garbage_from_wpa_supplicant_never_passes(privacy: bool, suite) -> None:
    offer = offer_of_supplicant(privacy, suite, suite)
    assert isinstance(offer, Offer)
    assert protection(offer) not in PASSING


def test_a_networks_name_is_read_as_utf_8_or_as_japanese_windows_wrote_it() -> None:
    assert ssid_text("自宅の無線".encode()) == "自宅の無線"
    assert ssid_text("自宅の無線".encode("cp932")) == "自宅の無線"
    assert ssid_text("ソ表予能".encode("cp932")) == "ソ表予能"


@pytest.mark.parametrize("raw", [b"", None, "text", [1, 2], b"home\x81", 7])
def test_what_is_no_name_in_either_encoding_is_none(raw: object) -> None:
    assert ssid_text(raw) is None


@given(st.binary(max_size=32))
def test_any_bytes_are_a_name_or_none(raw: bytes) -> None:
    name = ssid_text(raw)
    assert name is None or 1 <= len(name) <= len(raw)
