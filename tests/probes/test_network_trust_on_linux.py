"""network_trust on Linux: the links that carry the data, and the worst of them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import NetworkTrust, Unread
from precheck.contract.verdict import Verdict
from probes.network import network_trust
from probes.system.questions import DBusCall, DBusGet, ListFolder, ReadFile
from tests.machines import composed, context

ROUTES = Path(__file__).parent / "routes"

IPV4, IPV6 = ReadFile("/proc/net/route"), ReadFile("/proc/net/ipv6_route")
HEADER = b"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
NM = "org.freedesktop.NetworkManager"
NM_PATH = "/org/freedesktop/NetworkManager"
SUPPLICANT = "fi.w1.wpa_supplicant1"
SUPPLICANT_PATH = "/fi/w1/wpa_supplicant1"
CCMP, PSK, SAE, OWE, EAP, TKIP = 0x8, 0x100, 0x400, 0x800, 0x200, 0x4
WPA2 = (1, 0, CCMP | PSK)


def ipv4(*routes: tuple[str, int]) -> dict:
    """A table with default routes by these interfaces, at these metrics (composed)."""
    row = "{}\t00000000\t0101A8C0\t0003\t0\t0\t{}\t00000000\t0\t0\t0\n"
    return {IPV4: HEADER + "".join(row.format(*route) for route in routes).encode(), IPV6: b""}


def ipv6(name: str, metric: int) -> bytes:
    zeros = "0" * 32
    gateway = "fe80" + "0" * 27 + "1"
    return (
        f"{zeros} 00 {zeros} 00 {gateway} {metric:08x} 00000001 00000000 00000003 {name:>8}\n"
    ).encode()


def card(name: str, *entries: str, kind: str = "1", uevent: str = "") -> dict:
    """An interface in sysfs (composed)."""
    folder = f"/sys/class/net/{name}"
    return {
        ListFolder(folder): tuple(sorted(("address", "type", "uevent", *entries))),
        ReadFile(f"{folder}/type"): f"{kind}\n".encode(),
        ReadFile(f"{folder}/uevent"): f"{uevent}INTERFACE={name}\n".encode(),
    }


def wired(name: str = "eth0") -> dict:
    return card(name, "device")


def tunnel(name: str = "tun0") -> dict:
    return card(name, "tun_flags", kind="65534")


def managed(name: str, device_type: int) -> dict:
    """The interface as a device of NetworkManager."""
    device = f"{NM_PATH}/Devices/{name}"
    by_name = DBusCall(NM, NM_PATH, NM, "GetDeviceByIpIface", "s", (name,))
    return {
        by_name: [device],
        DBusGet(NM, device, f"{NM}.Device", "DeviceType"): device_type,
    }


def wifi(
    name: str = "wlan0",
    flags: object = WPA2,
    ssid: object = b"aterm-1a2b3c",
    settings: object = Unread.DENIED,
) -> dict:
    """A Wi-Fi card that NetworkManager has connected."""
    device, point = f"{NM_PATH}/Devices/{name}", f"{NM_PATH}/AccessPoint/{name}"
    active, connection = f"{NM_PATH}/ActiveConnection/{name}", f"{NM_PATH}/Settings/{name}"
    names = ("Flags", "WpaFlags", "RsnFlags")
    values = flags if isinstance(flags, tuple) else (flags, flags, flags)
    point_flags = zip(names, values, strict=True)
    return {
        **card(name, "device", "phy80211", "wireless", uevent="DEVTYPE=wlan\n"),
        **managed(name, 2),
        DBusGet(NM, device, f"{NM}.Device.Wireless", "ActiveAccessPoint"): point,
        **{DBusGet(NM, point, f"{NM}.AccessPoint", key): value for key, value in point_flags},
        DBusGet(NM, point, f"{NM}.AccessPoint", "Ssid"): ssid,
        DBusGet(NM, device, f"{NM}.Device", "ActiveConnection"): active,
        DBusGet(NM, active, f"{NM}.Connection.Active", "Connection"): connection,
        DBusCall(NM, connection, f"{NM}.Settings.Connection", "GetSettings"): (
            settings if isinstance(settings, Unread) else [settings]
        ),
    }


def supplied(name: str = "wlan0", rsn: object = None, ssid: object = b"aterm-1a2b3c") -> dict:
    """A Wi-Fi card that wpa_supplicant has connected without NetworkManager."""
    interface, point = f"{SUPPLICANT_PATH}/Interfaces/1", f"{SUPPLICANT_PATH}/Interfaces/1/BSSs/1"
    by_name = DBusCall(SUPPLICANT, SUPPLICANT_PATH, SUPPLICANT, "GetInterface", "s", (name,))
    nothing: dict[str, list[str]] = {"KeyMgmt": [], "Pairwise": []}
    return {
        **card(name, "device", "wireless", uevent="DEVTYPE=wlan\n"),
        by_name: [interface],
        DBusGet(SUPPLICANT, interface, f"{SUPPLICANT}.Interface", "CurrentBSS"): point,
        DBusGet(SUPPLICANT, point, f"{SUPPLICANT}.BSS", "Privacy"): rsn is not None,
        DBusGet(SUPPLICANT, point, f"{SUPPLICANT}.BSS", "WPA"): nothing,
        DBusGet(SUPPLICANT, point, f"{SUPPLICANT}.BSS", "RSN"): rsn or nothing,
        DBusGet(SUPPLICANT, point, f"{SUPPLICANT}.BSS", "SSID"): ssid,
    }


def found(*parts: dict, otherwise: Unread = Unread.MISSING):
    answers: dict = {}
    for part in parts:
        answers |= part
    return network_trust.run(composed(answers, otherwise=otherwise), context())


@pytest.mark.parametrize(
    ("flags", "reason", "verdict"),
    [
        ((0, 0, 0), NetworkTrust.OPEN, Verdict.FAIL),
        ((1, 0, 0), NetworkTrust.WEP, Verdict.FAIL),
        ((1, TKIP | PSK, 0), NetworkTrust.WEAK_WPA, Verdict.WARN),
        ((1, 0, CCMP | OWE), NetworkTrust.OWE, Verdict.WARN),
        (WPA2, NetworkTrust.WPA_PERSONAL, Verdict.PASS),
        ((1, 0, CCMP | SAE), NetworkTrust.WPA_PERSONAL, Verdict.PASS),
        ((1, 0, CCMP | EAP), NetworkTrust.WPA_ENTERPRISE, Verdict.PASS),
    ],
)
def test_wifi_is_judged_by_its_encryption(flags, reason, verdict) -> None:
    finding = found(ipv4(("wlan0", 600)), wifi(flags=flags))
    assert (finding.verdict, finding.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("ssid", "reason"),
    [
        (b"0000docomo", NetworkTrust.SHARED_KEY),
        (b"Chofu_Free_Wi-Fi_Plus01", NetworkTrust.PUBLIC_NAME),
        (b"7SPOT", NetworkTrust.ENDED_NAME),
        (b"00000JAPAN", NetworkTrust.PUBLIC_NAME),
        (b"0001docomo", NetworkTrust.PUBLIC_NAME),
        ("自宅".encode("cp932"), NetworkTrust.WPA_PERSONAL),
        (b"", NetworkTrust.WPA_PERSONAL),
        (Unread.DENIED, NetworkTrust.WPA_PERSONAL),
        ([1, 2], NetworkTrust.WPA_PERSONAL),
    ],
)
def test_a_public_name_on_a_network_with_a_password_is_a_warning(ssid, reason) -> None:
    assert found(ipv4(("wlan0", 600)), wifi(ssid=ssid)).reason == reason


@pytest.mark.parametrize("ssid", [b"eduroam", b"0001docomo", b"home", b"7SPOT"])
def test_no_name_makes_a_network_safe(ssid: bytes) -> None:
    for flags, reason in (((0, 0, 0), NetworkTrust.OPEN), ((1, 0, 0), NetworkTrust.WEP)):
        assert found(ipv4(("wlan0", 600)), wifi(flags=flags, ssid=ssid)).reason == reason
    weak = found(ipv4(("wlan0", 600)), wifi(flags=(1, TKIP | PSK, 0), ssid=ssid))
    assert weak.verdict is Verdict.WARN


def test_a_public_network_with_a_key_for_each_passes_unless_it_should_be_gone() -> None:
    enterprise = (1, 0, CCMP | EAP)
    route = ipv4(("wlan0", 600))
    for ssid in (b"0001docomo", b"TOKYO FREE Wi-Fi"):
        assert found(route, wifi(flags=enterprise, ssid=ssid)).verdict is Verdict.PASS
    ended = found(route, wifi(flags=enterprise, ssid=b"Famima_Wi-Fi"))
    assert ended.reason == NetworkTrust.ENDED_NAME


def test_the_networks_name_is_nowhere_in_the_finding() -> None:
    finding = found(ipv4(("wlan0", 600)), wifi(ssid=b"Taro-no-ie"))
    assert "Taro" not in repr(finding)


def test_settings_that_contradict_the_access_point_are_unknown() -> None:
    claimed = {"802-11-wireless": {}, "802-11-wireless-security": {"key-mgmt": "wpa-psk"}}
    finding = found(ipv4(("wlan0", 600)), wifi(flags=(0, 0, 0), settings=claimed))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.GARBLED)


@pytest.mark.parametrize("flags", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_flags_that_cannot_be_read_are_never_an_open_network(flags: Unread) -> None:
    finding = found(ipv4(("wlan0", 600)), wifi(flags=flags))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, flags)


@given(st.none() | st.booleans() | st.text() | st.integers(max_value=-1) | st.lists(st.integers()))
def test_garbage_for_flags_is_never_a_verdict(flags: object) -> None:
    garbled = found(ipv4(("wlan0", 600)), wifi(flags=(flags, flags, flags)))
    assert (garbled.verdict, garbled.reason) == (Verdict.UNKNOWN, Unread.GARBLED)


def test_without_networkmanager_wpa_supplicant_is_asked() -> None:
    route = ipv4(("wlan0", 600))
    personal = {"KeyMgmt": ["wpa-psk"], "Pairwise": ["ccmp"]}
    assert found(route, supplied(rsn=personal)).reason == NetworkTrust.WPA_PERSONAL
    assert found(route, supplied()).reason == NetworkTrust.OPEN
    named = supplied(rsn=personal, ssid=b"0000docomo")
    assert found(route, named).reason == NetworkTrust.SHARED_KEY


def test_wifi_that_nobody_explains_is_unknown() -> None:
    bare = card("wlan0", "device", "wireless", uevent="DEVTYPE=wlan\n")
    assert found(ipv4(("wlan0", 600)), bare).reason == Unread.MISSING
    refused = {
        DBusCall(
            SUPPLICANT, SUPPLICANT_PATH, SUPPLICANT, "GetInterface", "s", ("wlan0",)
        ): Unread.DENIED
    }
    assert found(ipv4(("wlan0", 600)), bare, refused).reason == Unread.DENIED


def test_a_cable_passes() -> None:
    assert found(ipv4(("eth0", 100)), wired()).reason == NetworkTrust.WIRED
    assert found(ipv4(("eth0", 100)), managed("eth0", 1)).reason == NetworkTrust.WIRED


def test_a_real_machines_routes_and_a_card_pass() -> None:
    tables = {
        IPV4: (ROUTES / "ipv4-one-card").read_bytes(),
        IPV6: (ROUTES / "ipv6-one-card").read_bytes(),
    }
    assert found(tables, wired()).reason == NetworkTrust.WIRED


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (card("wwan0", "device", uevent="DEVTYPE=wwan\n", kind="65534"), "wwan0"),
        (card("bnep0", "device", uevent="DEVTYPE=bluetooth\n"), "bnep0"),
        (card("ppp0", kind="512") | managed("ppp0", 8), "ppp0"),
        (card("enx1", "device") | managed("enx1", 8), "enx1"),
    ],
)
def test_a_mobile_connection_passes(part: dict, name: str) -> None:
    assert found(ipv4((name, 700)), part).reason == NetworkTrust.MOBILE


def test_beneath_a_vpn_the_link_that_carries_it_counts() -> None:
    over_wifi = ipv4(("tun0", 50), ("wlan0", 600))
    assert found(over_wifi, tunnel(), wifi(flags=(0, 0, 0))).reason == NetworkTrust.OPEN
    assert found(over_wifi, tunnel(), wifi()).reason == NetworkTrust.WPA_PERSONAL


def test_a_vpn_with_nothing_to_be_seen_beneath_is_unknown() -> None:
    assert found(ipv4(("tun0", 50)), tunnel()).reason == NetworkTrust.MEDIUM_UNKNOWN
    wireguard = card("wg0", kind="65534", uevent="DEVTYPE=wireguard\n")
    assert found(ipv4(("wg0", 50)), wireguard).verdict is Verdict.UNKNOWN


def test_of_two_families_the_worse_link_counts() -> None:
    tables = {**ipv4(("eth0", 100)), IPV6: ipv6("wlan0", 600)}
    assert found(tables, wired(), wifi(flags=(0, 0, 0))).reason == NetworkTrust.OPEN
    assert found(tables, wired(), wifi()).verdict is Verdict.PASS
    hidden = {**ipv4(("eth0", 100)), IPV6: ipv6("tun0", 50)}
    assert found(hidden, wired(), tunnel()).reason == NetworkTrust.WIRED


def test_a_connection_that_is_not_used_does_not_count() -> None:
    beside = ipv4(("eth0", 100), ("wlan0", 600))
    assert found(beside, wired(), wifi(flags=(0, 0, 0))).reason == NetworkTrust.WIRED
    level = ipv4(("eth0", 100), ("wlan0", 100))
    assert found(level, wired(), wifi(flags=(0, 0, 0))).reason == NetworkTrust.OPEN


def test_a_fail_counts_before_an_unknown_and_an_unknown_before_a_warning() -> None:
    tables = {**ipv4(("wlan0", 600)), IPV6: ipv6("wlan1", 600)}
    unread = wifi("wlan1", flags=Unread.DENIED)
    assert found(tables, wifi(flags=(1, 0, 0)), unread).reason == NetworkTrust.WEP
    assert found(tables, wifi(flags=(1, 0, CCMP | OWE)), unread).verdict is Verdict.UNKNOWN


def test_under_a_bridge_or_a_bond_the_real_card_counts() -> None:
    bridge = card("br0", "bridge", "brif", "lower_eth0", "lower_vnet1", uevent="DEVTYPE=bridge\n")
    guest = card("vnet1", "tun_flags")
    assert found(ipv4(("br0", 100)), bridge, wired(), guest).reason == NetworkTrust.WIRED
    bond = card("bond0", "bonding", "lower_wlan0", uevent="DEVTYPE=bond\n")
    assert found(ipv4(("bond0", 100)), bond, wifi(flags=(0, 0, 0))).reason == NetworkTrust.OPEN
    empty = card("br0", "bridge", "brif", uevent="DEVTYPE=bridge\n")
    assert found(ipv4(("br0", 100)), empty).reason == NetworkTrust.MEDIUM_UNKNOWN


def test_a_container_sees_a_virtual_cable_and_not_what_lies_beneath() -> None:
    assert found(ipv4(("eth0", 0)), card("eth0")).reason == NetworkTrust.MEDIUM_UNKNOWN


def test_linux_inside_windows_does_not_know_the_devices_network() -> None:
    wsl = {ReadFile("/proc/version"): b"Linux version 5.15.1-microsoft-standard-WSL2"}
    assert found(wsl, ipv4(("eth0", 0)), wired()).reason == NetworkTrust.MEDIUM_UNKNOWN


def test_wifi_counts_where_either_source_says_wifi() -> None:
    only_manager = card("wlan0", "device") | managed("wlan0", 2)
    assert found(ipv4(("wlan0", 600)), only_manager).verdict is Verdict.UNKNOWN
    only_kernel = card("wlan0", "device", "phy80211") | managed("wlan0", 1)
    assert found(ipv4(("wlan0", 600)), only_kernel).verdict is Verdict.UNKNOWN


def test_without_a_default_route_nothing_is_connected() -> None:
    finding = found(ipv4())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, NetworkTrust.NOT_CONNECTED)


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_route_tables_it_cannot_be_told(why: Unread) -> None:
    finding = found(otherwise=why)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_garbage_for_the_route_tables_is_never_a_pass(first: bytes, second: bytes) -> None:
    for table in (first, HEADER + first):
        finding = found({IPV4: table, IPV6: second}, wired())
        assert finding.verdict is not Verdict.PASS or b"eth0" in table + second
