"""network_trust on macOS: what carries the data, told without any permission."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import NetworkTrust, Reason, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.facts import Known, Unknown
from probes.ipconfig import own_lines, summary_of
from probes.network import network_trust
from probes.network.facts import Carrier
from probes.network.macos import NWI
from probes.network.macos_wifi import agreed, carrier_of_key, carrier_of_network
from probes.nwi import Used, parse_nwi
from probes.system_report import report_on
from tests.machines import composed, context
from tests.probes.macos_network import (
    ETHERNET,
    HOTSPOT_ADDRESS,
    airport,
    mac,
    nwi,
    summary,
    wifi,
)
from tests.probes.software_device import said


def reason(*in_use: str, **machine: Any) -> str:
    return network_trust.run(mac(*in_use, **machine), context()).reason


CAPTURED_OPEN = """<dictionary> {
  BSSID : <redacted>
  ConnectionID : 49
  IPv4 : <array> {
    0 : <dictionary> {
      DHCP : <dictionary> {
        Packet : op = BOOTREPLY
htype = 1
options:
domain_name (string): wi2.ne.jp
SSID : not-a-real-key
        State : BOUND
      }
      Router : 10.49.160.1
    }
  }
  InterfaceType : WiFi
  LinkStatusActive : TRUE
  SSID : <redacted>
  Security : NONE
}"""
"""A real answer of macOS 26 in a Japanese public network, published; its author planted the SSID
among what the DHCP server said."""

CAPTURED_TRANSITION = json.dumps(
    {
        "SPAirPortDataType": [
            {
                "spairport_airport_interfaces": [
                    {
                        "_name": "en0",
                        "spairport_current_network_information": {
                            "_name": "<redacted>",
                            "spairport_network_channel": "40 (5GHz, 160MHz)",
                            "spairport_network_country_code": "JP",
                            "spairport_network_phymode": "802.11ax",
                            "spairport_security_mode": "pairport_security_mode_wpa3_transition",
                            "spairport_signal_noise": "-51 dBm / -90 dBm",
                        },
                    }
                ]
            }
        ]
    }
)
"""A real network's entry as published by somebody in Japan, in the report's composed frame."""


def test_the_captured_public_network_is_open() -> None:
    found = network_trust.run(mac("en0", en0=CAPTURED_OPEN), context())
    assert (found.reason, found.verdict) == (NetworkTrust.OPEN, Verdict.FAIL)


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ("WPA2_PSK", NetworkTrust.WPA_PERSONAL),
        ("WPA3_SAE", NetworkTrust.WPA_PERSONAL),
        ("FT_PSK", NetworkTrust.WPA_PERSONAL),
        ("SHA256_PSK", NetworkTrust.WPA_PERSONAL),
        ("WPA2", NetworkTrust.WPA_ENTERPRISE),
        ("SHA256_8021X", NetworkTrust.WPA_ENTERPRISE),
        ("SHA384_8021X", NetworkTrust.WPA_ENTERPRISE),
        ("WPA_PSK", NetworkTrust.WEAK_WPA),
        ("WPA", NetworkTrust.WEAK_WPA),
        ("8021X", NetworkTrust.WEP),
        ("OWE", NetworkTrust.OWE),
        ("NONE", NetworkTrust.OPEN),
    ],
)
def test_a_link_is_protected_as_ipconfig_says(security: str, expected: Reason) -> None:
    assert reason("en0", en0=wifi(security)) == expected


@pytest.mark.parametrize(
    ("security_class", "expected"),
    [
        ("spairport_security_mode_none", NetworkTrust.OPEN),
        ("spairport_security_mode_wep", NetworkTrust.WEP),
        ("spairport_security_mode_owe", NetworkTrust.OWE),
        ("pairport_security_mode_wpa3_transition", Unread.GARBLED),
        ("spairport_security_mode_wpa2_personal", Unread.GARBLED),
        ("spairport_security_mode_to_come", NetworkTrust.OPEN),
    ],
)
def test_no_key_management_is_told_apart_by_the_class_and_a_contradiction_by_nothing(
    security_class: str, expected: Reason
) -> None:
    assert reason("en0", en0=wifi("NONE"), report=airport(security_class)) == expected


@pytest.mark.parametrize(
    ("security_class", "expected"),
    [
        ("spairport_security_mode_none", NetworkTrust.OPEN),
        ("spairport_security_mode_wep", NetworkTrust.WEP),
        ("spairport_security_mode_wpa_personal", NetworkTrust.WEAK_WPA),
        ("spairport_security_mode_wpa2_personal", NetworkTrust.WPA_PERSONAL),
        ("spairport_security_mode_wpa2_personal_mixed", NetworkTrust.WPA_PERSONAL),
        ("spairport_security_mode_wpa3_personal", NetworkTrust.WPA_PERSONAL),
        ("pairport_security_mode_wpa3_transition", NetworkTrust.WPA_PERSONAL),
        ("spairport_security_mode_wpa2_enterprise", NetworkTrust.WPA_ENTERPRISE),
        ("spairport_security_mode_owe", NetworkTrust.OWE),
        ("spairport_security_mode_owe_transition", Unread.GARBLED),
        ("WPA2パーソナル", Unread.GARBLED),
        ("", Unread.GARBLED),
    ],
)
def test_where_ipconfig_does_not_say_the_system_report_does(
    security_class: str, expected: Reason
) -> None:
    silent = summary("InterfaceType : WiFi", "LinkStatusActive : TRUE", "SSID : <redacted>")
    assert reason("en0", en0=silent, report=airport(security_class)) == expected


def test_apples_misspelt_class_is_read_as_it_was_captured() -> None:
    unknown_word = wifi("UNRECOGNIZED")
    assert reason("en0", en0=unknown_word, report=CAPTURED_TRANSITION) == NetworkTrust.WPA_PERSONAL


@pytest.mark.parametrize("security", ["UNRECOGNIZED", "UNKNOWN", "WAPI", "WPS", "LEAP", "none", ""])
def test_a_word_that_is_not_known_is_never_open(security: str) -> None:
    assert reason("en0", en0=wifi(security)) == Unread.GARBLED


def test_the_report_counts_for_the_interface_that_carries_the_data_alone() -> None:
    other = airport("spairport_security_mode_wpa2_personal", interface="en1")
    assert reason("en0", en0=wifi("LEAP"), report=other) == Unread.GARBLED


def test_a_cable_passes() -> None:
    found = network_trust.run(mac("en7", en7=ETHERNET), context())
    assert (found.reason, found.verdict) == (NetworkTrust.WIRED, Verdict.PASS)


def test_an_iphone_on_a_cable_is_a_mobile_line() -> None:
    machine = mac("en5", en5=ETHERNET, address=HOTSPOT_ADDRESS)
    assert network_trust.run(machine, context()).reason == NetworkTrust.MOBILE


def test_an_iphone_shared_over_wifi_is_the_wifi_it_makes() -> None:
    machine = mac("en0", en0=wifi("WPA2_PSK"), address=HOTSPOT_ADDRESS)
    assert network_trust.run(machine, context()).reason == NetworkTrust.WPA_PERSONAL


def test_beneath_a_tunnel_the_link_that_carries_it_counts() -> None:
    assert reason("utun4", "en0", en0=wifi("NONE")) == NetworkTrust.OPEN
    assert reason("utun4", "en0", en0=wifi("WPA3_SAE")) == NetworkTrust.WPA_PERSONAL


@pytest.mark.parametrize("tunnel", ["utun4", "ipsec0", "ppp0"])
def test_a_tunnel_with_nothing_beneath_is_asked_about(tunnel: str) -> None:
    assert reason(tunnel) == NetworkTrust.MEDIUM_UNKNOWN


def test_a_tunnel_that_carries_nothing_is_no_tunnel_in_the_way() -> None:
    assert reason("en7", "utun3", en7=ETHERNET) == NetworkTrust.WIRED


def test_the_best_interface_counts_and_the_next_does_not() -> None:
    assert reason("en7", "en0", en7=ETHERNET, en0=wifi("NONE")) == NetworkTrust.WIRED


def test_the_worse_of_two_families_counts() -> None:
    machine = {"en7": ETHERNET, "en0": wifi("NONE")}
    assert reason("en7", ipv6=("en0",), **machine) == NetworkTrust.OPEN
    assert reason(ipv6=("en0",), en0=wifi("NONE")) == NetworkTrust.OPEN


@pytest.mark.parametrize("kind", ["Bridge", "VLAN", "FireWire"])
def test_another_kind_of_interface_is_asked_about(kind: str) -> None:
    assert reason("bridge0", bridge0=summary(f"InterfaceType : {kind}")) == (
        NetworkTrust.MEDIUM_UNKNOWN
    )


def test_an_interface_of_no_kind_is_not_told() -> None:
    assert reason("en0", en0=summary("LinkStatusActive : TRUE")) == Unread.GARBLED


def test_without_a_way_out_nothing_is_connected() -> None:
    assert reason() == NetworkTrust.NOT_CONNECTED


@pytest.mark.parametrize(
    ("ssid", "expected"),
    [
        ("<redacted>", NetworkTrust.WPA_PERSONAL),
        ("うちのWi-Fi", NetworkTrust.WPA_PERSONAL),
        ("0000docomo", NetworkTrust.SHARED_KEY),
        ("7SPOT", NetworkTrust.ENDED_NAME),
    ],
)
def test_a_name_that_is_shown_is_looked_up_and_a_hidden_one_is_nothing(
    ssid: str, expected: Reason
) -> None:
    assert reason("en0", en0=wifi("WPA2_PSK", ssid)) == expected


def test_a_name_that_only_the_report_shows_is_looked_up_too() -> None:
    report = airport("spairport_security_mode_wpa2_personal", name="0000docomo")
    assert reason("en0", en0=wifi("UNRECOGNIZED"), report=report) == NetworkTrust.SHARED_KEY


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_what_cannot_be_asked_is_neither_good_nor_bad(why: Unread) -> None:
    denied = composed({}, family=OsFamily.MACOS, otherwise=why)
    assert network_trust.run(denied, context()).reason == why
    assert reason("en0", en0=why) == why
    silent = summary("InterfaceType : WiFi")
    untold = network_trust.run(mac("en0", en0=silent, report=why), context())
    assert untold.verdict is Verdict.UNKNOWN


def test_a_command_that_failed_says_nothing() -> None:
    failed = said(nwi("en7"), returncode=1)
    machine = composed({NWI: failed, summary_of("en7"): said(ETHERNET)}, family=OsFamily.MACOS)
    assert network_trust.run(machine, context()).reason == Unread.GARBLED
    machine = composed(
        {NWI: said(nwi("en7")), summary_of("en7"): said(ETHERNET, returncode=1)},
        family=OsFamily.MACOS,
    )
    assert network_trust.run(machine, context()).reason == Unread.GARBLED


HOSTILE = [
    "domain_name (string): x\n  Security : WPA3_SAE",
    "domain_name (string): x\n  }\n  Security : WPA3_SAE",
    "domain_name (string): x\n  }\n}\n<dictionary> {\n  Security : WPA3_SAE",
    "domain_name (string): x\n      }\n    }\n  }\n  InterfaceType : Ethernet\n  X : <array> {",
    "domain_name (string): \xff\n  Security : WPA3_SAE\n  IPv4 : <array> {",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_dhcp_server_cannot_write_itself_a_better_network(text: str) -> None:
    open_network = wifi("NONE").replace("domain_name (string): example.jp", text)
    assert text in open_network
    assert reason("en0", en0=open_network) == NetworkTrust.OPEN


@pytest.mark.parametrize(
    "name",
    [
        "x\n  Security : WPA3_SAE",
        "\n  }\n  InterfaceType : Ethernet",
        "\n  }\n  InterfaceType : WiFi",
        "\n  }\n  Security : WPA3_SAE",
    ],
)
def test_a_networks_name_cannot_either(name: str) -> None:
    assert len(name) <= 32
    assert reason("en0", en0=wifi("NONE", name)) == Unread.GARBLED


@given(st.text(max_size=200))
def test_whatever_a_dhcp_server_writes_an_open_network_stays_open(text: str) -> None:
    lines = own_lines(
        wifi("NONE").replace("domain_name (string): example.jp", text).encode("utf-8", "replace")
    )
    assert lines is not None
    assert lines["Security"] == b"NONE"


@given(st.binary(max_size=300))
def test_garbage_is_no_summary_and_no_list_of_interfaces(raw: bytes) -> None:
    assert own_lines(raw) in (None, {})
    assert parse_nwi(raw) is None


@given(st.integers(min_value=0, max_value=len(wifi("WPA2_PSK")) - 3))
def test_a_summary_that_breaks_off_says_nothing(end: int) -> None:
    assert own_lines(wifi("WPA2_PSK")[:end].encode()) is None


@given(st.integers(min_value=0, max_value=400))
def test_a_list_of_interfaces_that_breaks_off_never_has_one_that_is_not_there(end: int) -> None:
    found = parse_nwi(nwi("en0", "utun4", ipv6=("en0",))[:end].encode())
    for family in found or ():
        assert {used.name for used in family} <= {"en0", "utun4"}


@given(st.text() | st.sampled_from(["パーソナル", "WPA2-パーソナル", "なし"]))
def test_a_translated_word_is_no_protection(text: str) -> None:
    network = {"spairport_security_mode": text}
    if not text.startswith(("spairport_", "pairport_")):
        assert carrier_of_network(network) is None
    if not text.isascii():
        assert carrier_of_key(text.encode("utf-8", "replace")) is None


@given(st.sampled_from(Carrier), st.sampled_from(Carrier))
def test_two_sources_never_make_a_link_better_than_the_first_has_it(
    stated: Carrier, reported: Carrier
) -> None:
    both = agreed(Known(stated, "ipconfig"), Known(reported, "report"))
    if stated is Carrier.OPEN:
        weak = (Carrier.OPEN, Carrier.WEP, Carrier.OWE)
        assert (
            isinstance(both, Unknown) if reported not in weak else both == Known(reported, "report")
        )
    else:
        assert both == Known(stated, "ipconfig")


def test_the_interfaces_are_read_in_the_order_of_their_use() -> None:
    captured = (
        b"Network information\n\nIPv4 network interface information\n"
        b"     en0 : flags      : 0x7 (IPv4,IPv6,DNS)\n"
        b"           address    : 192.168.0.106\n"
        b"           reach      : 0x00000002 (Reachable)\n\n"
        b"   REACH : flags 0x00000002 (Reachable)\n\n"
        b"IPv6 network interface information\n"
        b"     en0 : flags      : 0x7 (IPv4,IPv6,DNS)\n"
        b"           address    : 2001:db8:15a4:8001:424:837a:870:6095\n"
        b"           reach      : 0x00000002 (Reachable)\n\n"
        b"   REACH : flags 0x00000002 (Reachable)\n\nNetwork interfaces: en0\n"
    )
    # A real answer, published, with another address.
    assert parse_nwi(captured) == ((Used("en0"),), (Used("en0"),))
    assert parse_nwi(nwi("utun4", "en0").encode()) == ((Used("utun4"), Used("en0")), ())
    assert parse_nwi(nwi().encode()) == ((), ())


@pytest.mark.parametrize("address", ["172.20.10.1", "172.20.10.14"])
def test_an_iphones_own_network_is_known_by_its_addresses(address: str) -> None:
    assert parse_nwi(nwi("en0", address=address).encode()) == ((Used("en0", True),), ())


@pytest.mark.parametrize("address", ["172.20.11.1", "172.20.10.16", "192.168.1.5", "garbage"])
def test_no_other_network_is_taken_for_one(address: str) -> None:
    assert parse_nwi(nwi("en0", address=address).encode()) == ((Used("en0"),), ())


def test_the_report_is_not_asked_for_where_the_link_says_it_all() -> None:
    asked = report_on("SPAirPortDataType")
    answers = {NWI: said(nwi("en0")), summary_of("en0"): said(wifi("WPA2_PSK")), asked: said("!")}
    machine = composed(answers, family=OsFamily.MACOS)
    assert network_trust.run(machine, context()).reason == NetworkTrust.WPA_PERSONAL
