"""network_trust on Windows: which adapter carries the data, and how its Wi-Fi is protected.

`PROFILE` is a real profile of a public repository, with its key material taken out; every other
machine and value here is composed.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import NetworkTrust, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.network import network_trust
from probes.network.facts import Carrier
from probes.network.windows_wifi import (
    Profile,
    carrier_of_link,
    carrier_of_profile,
    parse_profile,
)
from probes.system.questions import Question
from probes.system.windows_questions import (
    Adapter,
    ConnectedNetwork,
    ListAdapters,
    Networks,
    ReadNetworks,
    ReadRegistry,
    ReadWlanLink,
    ReadWlanProfile,
    RegistryValue,
    WlanLink,
)
from tests.machines import composed, context

PROFILE = (
    '<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1">'
    "<name>1VTH10_Longrun_5G</name><SSIDConfig><SSID>"
    "<hex>3156544831305F4C6F6E6772756E5F3547</hex><name>1VTH10_Longrun_5G</name>"
    "</SSID></SSIDConfig><connectionType>ESS</connectionType>"
    "<connectionMode>auto</connectionMode><MSM><security><authEncryption>"
    "<authentication>WPA3SAE</authentication><encryption>AES</encryption>"
    "<useOneX>false</useOneX><transitionMode "
    'xmlns="http://www.microsoft.com/networking/WLAN/profile/v4">true</transitionMode>'
    "</authEncryption></security></MSM></WLANProfile>"
)
NAME = "1VTH10_Longrun_5G"

VERSION = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
LOCATION = (
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\location"
)
SWITCHES = (
    ReadRegistry("HKLM", LOCATION),
    ReadRegistry("HKCU", LOCATION),
    ReadRegistry("HKCU", rf"{LOCATION}\NonPackaged"),
)
POLICY = ReadRegistry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows\AppPrivacy")

WIFI = "{5B1D6C3E-0000-4000-8000-000000000071}"
CABLE = "{5B1D6C3E-0000-4000-8000-000000000006}"
OTHER = "{5B1D6C3E-0000-4000-8000-000000000099}"

WINDOWS_10, V23H2, V24H2, V25H2 = "19045", "22631", "26100", "26200"

WPA2 = WlanLink(auth=7, cipher=4, one_x=False, ssid=b"aterm-1a2b3c")


def adapter(
    guid: str = CABLE,
    kind: int = 6,
    metric: int = 25,
    hardware: bool | None = True,
    gateway: bool = True,
    status: int = 1,
) -> Adapter:
    return Adapter(guid, kind, status, gateway, metric, hardware)


CARD = adapter(WIFI, kind=71, metric=40)
VPN = adapter(OTHER, kind=6, metric=1, hardware=False)


def on(*adapters: Adapter) -> dict:
    return {ListAdapters(): adapters}


def build(number: str) -> dict:
    return {VERSION: {"CurrentBuildNumber": RegistryValue(1, number)}}


def location(*words: str) -> dict:
    """The three switches of location, from the machine's to the desktop programs'."""
    return {
        question: {"Value": RegistryValue(1, word)}
        for question, word in zip(SWITCHES, words, strict=True)
    }


def live(link: WlanLink | Unread = WPA2) -> dict:
    return {ReadWlanLink(WIFI): link}


def joined(name: str | None = NAME, xml: str | Unread = PROFILE) -> dict:
    """The adapter's network by the Network List Manager, and the profile of that name."""
    network = ConnectedNetwork(1, 0x40, (WIFI,), name)
    answers: dict = {ReadNetworks(): Networks(0x40, 1, (network,))}
    return answers if name is None else {**answers, ReadWlanProfile(WIFI, name): xml}


def profile(authentication: str, encryption: str = "AES", more: str = "", name: str = NAME) -> str:
    return (
        PROFILE.replace("WPA3SAE", authentication)
        .replace(">AES<", f">{encryption}<")
        .replace(">true<", ">false<")
        .replace("<useOneX>", f"{more}<useOneX>")
        .replace(f"<name>{NAME}</name>", f"<name>{name}</name>")
    )


def found(*parts: dict, otherwise: Unread = Unread.MISSING):
    answers: dict = {}
    for part in parts:
        answers |= part
    machine = composed(answers, OsFamily.WINDOWS, otherwise)
    return network_trust.run(machine, context())


class Watched:
    """A composed machine that remembers what it was asked."""

    family = OsFamily.WINDOWS

    def __init__(self, answers: dict) -> None:
        self.asked: list[Question] = []
        self._machine = composed(answers, OsFamily.WINDOWS)

    def ask(self, question):
        self.asked.append(question)
        return self._machine.ask(question)


@pytest.mark.parametrize(
    ("one", "reason", "verdict"),
    [
        (adapter(), NetworkTrust.WIRED, Verdict.PASS),
        (adapter(kind=243), NetworkTrust.MOBILE, Verdict.PASS),
        (adapter(kind=244), NetworkTrust.MOBILE, Verdict.PASS),
        (adapter(kind=243, gateway=False), NetworkTrust.MOBILE, Verdict.PASS),
        (adapter(hardware=False), NetworkTrust.MEDIUM_UNKNOWN, Verdict.UNKNOWN),
        (adapter(hardware=None), NetworkTrust.MEDIUM_UNKNOWN, Verdict.UNKNOWN),
        (adapter(kind=23), NetworkTrust.MEDIUM_UNKNOWN, Verdict.UNKNOWN),
        (adapter(kind=131), NetworkTrust.MEDIUM_UNKNOWN, Verdict.UNKNOWN),
        (adapter(kind=53), NetworkTrust.MEDIUM_UNKNOWN, Verdict.UNKNOWN),
        (adapter(kind=1), NetworkTrust.MEDIUM_UNKNOWN, Verdict.UNKNOWN),
        (adapter(gateway=False), NetworkTrust.NOT_CONNECTED, Verdict.UNKNOWN),
        (adapter(status=2), NetworkTrust.NOT_CONNECTED, Verdict.UNKNOWN),
        (adapter(kind=243, status=2), NetworkTrust.NOT_CONNECTED, Verdict.UNKNOWN),
    ],
)
def test_an_adapter_is_judged_by_its_kind_and_its_hardware(one, reason, verdict) -> None:
    finding = found(on(one))
    assert (finding.verdict, finding.reason) == (verdict, reason)


def test_of_several_ways_out_the_one_with_the_lowest_metric_counts() -> None:
    open_wifi = {**build(V23H2), **live(replace_link(auth=1, cipher=0))}
    assert found(on(adapter(), CARD), open_wifi).reason == NetworkTrust.WIRED
    behind = adapter(metric=99)
    assert found(on(behind, CARD), open_wifi).reason == NetworkTrust.OPEN


def test_of_two_equally_good_ways_out_the_worse_counts() -> None:
    cable = adapter(metric=CARD.metric)
    assert found(on(cable, CARD), build(V23H2), live()).verdict is Verdict.PASS
    open_wifi = {**build(V23H2), **live(replace_link(auth=1, cipher=0))}
    assert found(on(cable, CARD), open_wifi).reason == NetworkTrust.OPEN


@pytest.mark.parametrize("tunnel", [VPN, adapter(OTHER, kind=23, metric=1, gateway=False)])
def test_what_lies_beneath_a_vpn_counts(tunnel: Adapter) -> None:
    assert found(on(tunnel, adapter())).reason == NetworkTrust.WIRED
    beneath = {**build(V23H2), **live(replace_link(auth=1, cipher=0))}
    assert found(on(tunnel, CARD), beneath).reason == NetworkTrust.OPEN


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_a_list_of_adapters_it_cannot_be_told(why: Unread) -> None:
    finding = found(otherwise=why)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


def replace_link(**changes: object) -> WlanLink:
    fields = {name: getattr(WPA2, name) for name in WlanLink.__struct_fields__}
    return WlanLink(**{**fields, **changes})


LIVE = [
    (1, 0, NetworkTrust.OPEN, Verdict.FAIL),
    (1, 1, NetworkTrust.WEP, Verdict.FAIL),
    (1, 5, NetworkTrust.WEP, Verdict.FAIL),
    (1, 0x101, NetworkTrust.WEP, Verdict.FAIL),
    (2, 1, NetworkTrust.WEP, Verdict.FAIL),
    (3, 2, NetworkTrust.WEAK_WPA, Verdict.WARN),
    (4, 2, NetworkTrust.WEAK_WPA, Verdict.WARN),
    (4, 4, NetworkTrust.WEAK_WPA, Verdict.WARN),
    (6, 4, NetworkTrust.WPA_ENTERPRISE, Verdict.PASS),
    (6, 2, NetworkTrust.WEAK_WPA, Verdict.WARN),
    (7, 4, NetworkTrust.WPA_PERSONAL, Verdict.PASS),
    (7, 2, NetworkTrust.WEAK_WPA, Verdict.WARN),
    (8, 9, NetworkTrust.WPA_ENTERPRISE, Verdict.PASS),
    (9, 4, NetworkTrust.WPA_PERSONAL, Verdict.PASS),
    (9, 8, NetworkTrust.WPA_PERSONAL, Verdict.PASS),
    (10, 4, NetworkTrust.OWE, Verdict.WARN),
    (11, 4, NetworkTrust.WPA_ENTERPRISE, Verdict.PASS),
    (1, 2, Unread.GARBLED, Verdict.UNKNOWN),
    (1, 4, Unread.GARBLED, Verdict.UNKNOWN),
    (1, 0x100, Unread.GARBLED, Verdict.UNKNOWN),
    (2, 0, Unread.GARBLED, Verdict.UNKNOWN),
    (5, 4, Unread.GARBLED, Verdict.UNKNOWN),
    (7, 0, Unread.GARBLED, Verdict.UNKNOWN),
    (7, 1, Unread.GARBLED, Verdict.UNKNOWN),
    (7, 0x100, Unread.GARBLED, Verdict.UNKNOWN),
    (10, 2, Unread.GARBLED, Verdict.UNKNOWN),
    (12, 4, Unread.GARBLED, Verdict.UNKNOWN),
    (0, 0, Unread.GARBLED, Verdict.UNKNOWN),
    (0x80000000, 4, Unread.GARBLED, Verdict.UNKNOWN),
]


@pytest.mark.parametrize(("auth", "cipher", "reason", "verdict"), LIVE)
def test_each_pair_of_numbers_of_a_live_link_has_its_meaning(auth, cipher, reason, verdict) -> None:
    link = replace_link(auth=auth, cipher=cipher)
    finding = found(on(CARD), build(V23H2), live(link))
    assert (finding.verdict, finding.reason) == (verdict, reason)


@given(st.integers(), st.integers(), st.booleans())
def test_no_unlisted_pair_of_numbers_means_anything(auth: int, cipher: int, one_x: bool) -> None:
    listed = {(item[0], item[1]) for item in LIVE if item[3] is not Verdict.UNKNOWN}
    carrier = carrier_of_link(WlanLink(auth, cipher, one_x, b""))
    if carrier in (Carrier.OPEN, Carrier.WEP):
        assert (auth, cipher) in {*listed, (2, 5), (2, 0x101)}
    if carrier is not None:
        assert auth in range(1, 12)
        assert cipher in (0, 1, 2, 4, 5, 8, 9, 10, 0x101)


@pytest.mark.parametrize(
    ("ssid", "reason"),
    [
        (b"0000docomo", NetworkTrust.SHARED_KEY),
        (b"7SPOT", NetworkTrust.ENDED_NAME),
        ("市役所".encode("cp932"), NetworkTrust.WPA_PERSONAL),
        (b"\xff\xfe\x81", NetworkTrust.WPA_PERSONAL),
        (b"", NetworkTrust.WPA_PERSONAL),
    ],
)
def test_a_public_networks_name_takes_away_from_a_pass_and_is_not_kept(ssid, reason) -> None:
    finding = found(on(CARD), build(V23H2), live(replace_link(ssid=ssid)))
    assert finding.reason == reason
    assert finding.evidence == {}


def test_a_public_name_does_not_make_an_open_network_better() -> None:
    named = replace_link(auth=1, cipher=0, ssid=b"0000docomo")
    assert found(on(CARD), build(V23H2), live(named)).reason == NetworkTrust.OPEN


@pytest.mark.parametrize("number", [WINDOWS_10, "22000", V23H2])
def test_before_24h2_the_live_link_is_asked_for_without_consent(number: str) -> None:
    assert found(on(CARD), build(number), live()).reason == NetworkTrust.WPA_PERSONAL


@pytest.mark.parametrize("number", [V24H2, V25H2, "27500"])
def test_from_24h2_the_live_link_is_asked_for_where_location_is_allowed(number: str) -> None:
    allowed = location("Allow", "Allow", "Allow")
    assert found(on(CARD), build(number), allowed, live()).reason == NetworkTrust.WPA_PERSONAL


UNCONSENTED = [
    build(V24H2),
    {**build(V24H2), **location("Deny", "Allow", "Allow")},
    {**build(V24H2), **location("Allow", "Deny", "Allow")},
    {**build(V24H2), **location("Allow", "Allow", "Deny")},
    {**build(V24H2), **location("Allow", "Allow", "Prompt")},
    {
        **build(V24H2),
        **location("Allow", "Allow", "Allow"),
        POLICY: {"LetAppsAccessLocation": RegistryValue(4, 2)},
    },
    {},
    {VERSION: Unread.DENIED},
    build("26100.1"),
    build(""),
    {VERSION: {"CurrentBuildNumber": RegistryValue(4, 22631)}},
]


@pytest.mark.parametrize("state", UNCONSENTED)
def test_where_asking_could_prompt_the_link_is_not_asked_for_and_the_person_is(state: dict) -> None:
    machine = Watched({**on(CARD), **state, **live()})
    finding = network_trust.run(machine, context())
    assert ReadWlanLink(WIFI) not in machine.asked
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.DENIED)


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.MISSING, Unread.TIMED_OUT])
def test_a_link_that_is_not_told_is_unknown(why: Unread) -> None:
    finding = found(on(CARD), build(V23H2), live(why))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


def test_a_real_profile_is_read() -> None:
    assert parse_profile(PROFILE) == Profile(NAME, "WPA3SAE", "AES", True, NAME.encode())
    assert parse_profile('<?xml version="1.0"?>\r\n' + PROFILE) == parse_profile(PROFILE)


def test_where_the_link_is_not_told_the_profile_that_made_it_speaks() -> None:
    finding = found(on(CARD), build(V24H2), joined())
    assert (finding.verdict, finding.reason) == (Verdict.PASS, NetworkTrust.WPA_PERSONAL)
    open_one = joined(xml=profile("open", "none"))
    finding = found(on(CARD), build(V24H2), open_one)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, NetworkTrust.OPEN)
    denied = found(on(CARD), build(V23H2), live(Unread.DENIED), open_one)
    assert denied.reason == NetworkTrust.OPEN


def test_the_live_link_comes_before_the_profile() -> None:
    finding = found(on(CARD), build(V23H2), live(), joined(xml=profile("open", "none")))
    assert finding.reason == NetworkTrust.WPA_PERSONAL


@pytest.mark.parametrize(
    ("authentication", "encryption", "carrier"),
    [
        ("open", "none", Carrier.OPEN),
        ("open", "WEP", Carrier.WEP),
        ("shared", "WEP", Carrier.WEP),
        ("WPA", "TKIP", Carrier.WEAK_WPA),
        ("WPAPSK", "AES", Carrier.WEAK_WPA),
        ("WPA2PSK", "TKIP", Carrier.WEAK_WPA),
        ("WPA2PSK", "AES", Carrier.WPA_PERSONAL),
        ("WPA3SAE", "AES", Carrier.WPA_PERSONAL),
        ("WPA2", "TKIP", Carrier.WEAK_WPA),
        ("WPA2", "AES", Carrier.WPA_ENTERPRISE),
        ("WPA3", "GCMP256", Carrier.WPA_ENTERPRISE),
        ("WPA3ENT192", "GCMP256", Carrier.WPA_ENTERPRISE),
        ("WPA3ENT", "AES", Carrier.WPA_ENTERPRISE),
        ("OWE", "AES", Carrier.OWE),
        ("open", "AES", None),
        ("shared", "none", None),
        ("WPA2PSK", "none", None),
        ("WPA2PSK", "WEP", None),
        ("wpa2psk", "AES", None),
        ("WPA4", "AES", None),
    ],
)
def test_each_pair_of_words_of_a_profile_has_its_meaning(
    authentication, encryption, carrier
) -> None:
    parsed = parse_profile(profile(authentication, encryption))
    assert parsed is not None
    assert carrier_of_profile(parsed) is carrier


def test_a_profile_that_also_takes_the_open_half_of_owe_does_not_tell() -> None:
    owe = parse_profile(profile("OWE"))
    assert owe is not None
    assert carrier_of_profile(replace(owe, transition=True)) is None
    either = profile("OWE").replace(">false</transitionMode>", ">true</transitionMode>")
    assert found(on(CARD), build(V24H2), joined(xml=either)).reason == Unread.DENIED
    assert found(on(CARD), build(V24H2), joined(xml=profile("OWE"))).reason == NetworkTrust.OWE


V1 = "http://www.microsoft.com/networking/WLAN/profile/v1"


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "ÿþ",
        "\ud800",
        "<WLANProfile/>",
        PROFILE[:-1],
        PROFILE.replace(V1, "http://elsewhere.example/"),
        PROFILE.replace(f' xmlns="{V1}"', ""),
        PROFILE.replace("<authentication>WPA3SAE</authentication>", ""),
        PROFILE.replace("<encryption>AES</encryption>", ""),
        PROFILE.replace("<encryption>AES</encryption>", "<encryption/>"),
        PROFILE.replace(">true<", ">maybe<"),
        profile("open", "none", more="<authentication>WPA2PSK</authentication>"),
        PROFILE.replace(f"<name>{NAME}</name>", ""),
        f'<!DOCTYPE a [<!ENTITY b "WPA2PSK">]>{PROFILE}',
        PROFILE.replace("WPA3SAE", "<![CDATA[WPA3SAE]]>"),
        PROFILE + " " * (1 << 18),
    ],
)
def test_a_profile_that_is_none_or_not_whole_is_not_read(xml: str) -> None:
    assert parse_profile(xml) is None


def test_a_profile_that_cannot_be_read_leaves_the_question_to_the_person() -> None:
    for xml in ("", PROFILE[:200], profile("WPA4"), Unread.MISSING, Unread.DENIED):
        finding = found(on(CARD), build(V24H2), joined(xml=xml))
        assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.DENIED)


@pytest.mark.parametrize("name", [f"{NAME} 2", "Cafe 12"])
def test_a_name_that_windows_may_have_numbered_leads_to_no_profile(name: str) -> None:
    safe = joined(name, profile("WPA2PSK", name=name))
    assert found(on(CARD), build(V24H2), safe).reason == Unread.DENIED


def test_a_network_without_one_name_leads_to_no_profile() -> None:
    assert found(on(CARD), build(V24H2), joined(None)).reason == Unread.DENIED
    elsewhere = ConnectedNetwork(1, 0x40, (OTHER,), NAME)
    here = ConnectedNetwork(1, 0x40, (WIFI,), "another")
    also_here = ConnectedNetwork(1, 0x40, (WIFI,), NAME)
    for networks in ((), (elsewhere,), (here, also_here)):
        answers = {**joined(), ReadNetworks(): Networks(0x40, 1, networks)}
        assert found(on(CARD), build(V24H2), answers).reason == Unread.DENIED


def test_a_profile_of_another_name_is_not_the_links() -> None:
    strange = joined("another", PROFILE)
    assert found(on(CARD), build(V24H2), strange).reason == Unread.DENIED


def test_a_profiles_network_name_is_a_hint_by_its_bytes_or_its_text() -> None:
    public = profile("WPA2PSK").replace(NAME.encode().hex().upper(), b"0000docomo".hex())
    assert found(on(CARD), build(V24H2), joined(xml=public)).reason == NetworkTrust.SHARED_KEY
    by_text = profile("WPA2PSK", name="0000docomo").replace(
        f"<hex>{NAME.encode().hex().upper()}</hex>", ""
    )
    found_by_text = found(on(CARD), build(V24H2), joined("0000docomo", by_text))
    assert found_by_text.reason == NetworkTrust.SHARED_KEY
    broken = profile("WPA2PSK").replace(NAME.encode().hex().upper(), "3")
    assert found(on(CARD), build(V24H2), joined(xml=broken)).reason == NetworkTrust.WPA_PERSONAL


@given(st.text(max_size=200))
def test_garbage_is_no_profile(xml: str) -> None:
    assert parse_profile(xml) is None


@given(st.integers(0, len(PROFILE) - 1), st.text(max_size=5), st.integers(0, 40))
def test_a_damaged_profile_is_never_read_as_open(start: int, put: str, length: int) -> None:
    damaged = parse_profile(PROFILE[:start] + put + PROFILE[start + length :])
    if damaged is not None:
        assert carrier_of_profile(damaged) in (None, Carrier.WPA_PERSONAL)


@given(
    st.lists(
        st.builds(
            Adapter,
            guid=st.sampled_from([WIFI, CABLE, OTHER]),
            kind=st.integers(0, 300),
            status=st.integers(0, 8),
            gateway=st.booleans(),
            metric=st.integers(0, 9999),
            hardware=st.none() | st.booleans(),
        ),
        max_size=5,
    ).map(tuple)
)
def test_only_a_cable_with_hardware_or_a_mobile_line_passes_by_itself(adapters) -> None:
    if found(on(*adapters)).verdict is Verdict.PASS:
        assert any(
            item.status == 1 and ((item.kind == 6 and item.hardware) or item.kind in (243, 244))
            for item in adapters
        )
