"""microphone on Windows: what the audio service lists, by state, form and bus.

The names of keys and values are those of a Windows registry; all machines here are composed.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Microphone, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.media import microphone
from probes.system.windows_questions import (
    Device,
    ListDevices,
    ListRegistry,
    ReadRegistry,
    RegistryValue,
)
from tests.machines import composed, context

CAPTURE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\MMDevices\Audio\Capture"
LIST = ListRegistry("HKLM", CAPTURE)
DEVICES = ListDevices("{2eef81be-33fa-4800-9670-1cd474972c3f}")
FORM = "{1da5d803-d492-4edd-8c23-e0c0ffee7f0e},0"
BUS = "{a45c254e-df1c-4efd-8020-67d146a850e0},24"
NAME = "{a45c254e-df1c-4efd-8020-67d146a850e0},2"

STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone"
SWITCHES = (
    ReadRegistry("HKLM", STORE),
    ReadRegistry("HKCU", STORE),
    ReadRegistry("HKCU", rf"{STORE}\NonPackaged"),
)
POLICY = ReadRegistry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows\AppPrivacy")
ALLOWED = {switch: {"Value": RegistryValue(1, "Allow")} for switch in SWITCHES}

ACTIVE, DISABLED, ABSENT, UNPLUGGED, HIDDEN = 1, 2, 4, 8, 0x10000000
REMOTE, LINE, MIC, HEADSET, HANDSET, SPDIF, UNKNOWN = 0, 2, 4, 5, 6, 8, 10

Endpoint = tuple[int, int | None, str | None]

BUILT_IN: Endpoint = (ACTIVE, MIC, "INTELAUDIO")
USB_HEADSET: Endpoint = (ACTIVE, HEADSET, "USB")
BLUETOOTH: Endpoint = (ACTIVE, HEADSET, "BTHHFENUM")
STEREO_MIX: Endpoint = (ACTIVE, UNKNOWN, "HDAUDIO")
LINE_IN: Endpoint = (ACTIVE, LINE, "HDAUDIO")
CABLE: Endpoint = (ACTIVE, LINE, "ROOT")
VOICE_CHANGER: Endpoint = (ACTIVE, MIC, "ROOT")
SOCKET: Endpoint = (UNPLUGGED, MIC, "HDAUDIO")


def listed(*endpoints: Endpoint) -> dict:
    """Endpoints by state, form and bus, in a registry whose names are Japanese."""
    guids = tuple(f"{{0000000{number}-0000-4000-8000-000000000000}}" for number in range(9))
    machine: dict = {LIST: guids[: len(endpoints)]}
    for guid, (state, form, bus) in zip(guids, endpoints, strict=False):
        properties = {NAME: RegistryValue(1, "マイク配列")}
        if form is not None:
            properties[FORM] = RegistryValue(4, form)
        if bus is not None:
            properties[BUS] = RegistryValue(1, bus)
        machine[ReadRegistry("HKLM", rf"{CAPTURE}\{guid}")] = {
            "DeviceState": RegistryValue(4, state)
        }
        machine[ReadRegistry("HKLM", rf"{CAPTURE}\{guid}\Properties")] = properties
    return machine


def found(*parts: dict, otherwise: Unread = Unread.MISSING):
    answers: dict = {}
    for part in parts:
        answers |= part
    return microphone.run(composed(answers, OsFamily.WINDOWS, otherwise), context())


@pytest.mark.parametrize(
    ("endpoints", "count"),
    [
        ((BUILT_IN,), 1),
        ((USB_HEADSET,), 1),
        ((BLUETOOTH,), 1),
        (((ACTIVE, HANDSET, "USB"),), 1),
        (((ACTIVE | HIDDEN, MIC, "USB"),), 1),
        ((BUILT_IN, USB_HEADSET, SOCKET), 2),
        ((BUILT_IN, STEREO_MIX, CABLE, VOICE_CHANGER, LINE_IN), 1),
    ],
)
def test_a_microphone_of_hardware_that_is_ready_passes(endpoints, count) -> None:
    finding = found(listed(*endpoints), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.PASS, Microphone.PRESENT)
    assert finding.evidence == {"count": count}


@pytest.mark.parametrize(
    "endpoint",
    [
        STEREO_MIX,
        LINE_IN,
        CABLE,
        VOICE_CHANGER,
        (ACTIVE, MIC, "SWD"),
        (ACTIVE, REMOTE, "USB"),
        (ACTIVE, SPDIF, "HDAUDIO"),
        (ACTIVE, MIC, None),
        (ACTIVE, None, "USB"),
    ],
)
def test_an_input_that_is_not_surely_a_microphone_is_unknown(endpoint: Endpoint) -> None:
    finding = found(listed(endpoint), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.UNSUPPORTED)


@pytest.mark.parametrize(
    "endpoints",
    [
        (),
        (SOCKET,),
        ((ABSENT, HEADSET, "USB"),),
        (SOCKET, (ABSENT, HEADSET, "USB")),
        ((DISABLED | HIDDEN, UNKNOWN, "HDAUDIO"),),
        ((DISABLED, MIC, "ROOT"),),
    ],
)
def test_where_nothing_is_plugged_in_there_is_no_microphone(endpoints) -> None:
    finding = found(listed(*endpoints), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Microphone.NONE)


def test_a_microphone_that_is_switched_off_fails_and_says_so() -> None:
    finding = found(listed((DISABLED, MIC, "HDAUDIO"), SOCKET), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Microphone.DISABLED)
    both = listed((DISABLED, MIC, "HDAUDIO"), BUILT_IN)
    assert found(both, ALLOWED).reason == Microphone.PRESENT


def test_none_is_not_said_where_the_devices_show_an_input_at_work() -> None:
    at_work = {DEVICES: (Device("SWD", "マイク", 0),)}
    assert found(listed(SOCKET), ALLOWED, at_work).reason == Unread.GARBLED
    assert found(listed(BUILT_IN), ALLOWED, at_work).reason == Microphone.PRESENT
    for devices in ((), (Device("SWD", "マイク", 22),), Unread.DENIED):
        assert found(listed(SOCKET), ALLOWED, {DEVICES: devices}).reason == Microphone.NONE


@pytest.mark.parametrize("state", [0, 3, 9, 16, 0xF])
def test_a_state_that_windows_does_not_have_is_unknown(state: int) -> None:
    assert found(listed((state, MIC, "USB")), ALLOWED).verdict is Verdict.UNKNOWN
    assert found(listed((state, MIC, "USB"), BUILT_IN), ALLOWED).verdict is Verdict.PASS


def test_an_endpoint_without_properties_is_no_pass_and_not_nothing() -> None:
    machine = listed(BUILT_IN)
    bare = {key: value for key, value in machine.items() if "Properties" not in str(key)}
    assert found(bare, ALLOWED).reason == Unread.UNSUPPORTED


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_a_list_that_cannot_be_read_is_never_none(why: Unread) -> None:
    assert found(otherwise=why).reason == why
    assert found({**ALLOWED, LIST: why, DEVICES: ()}).reason == why
    assert found({**ALLOWED, LIST: ("{1}",)}, otherwise=why).reason == why


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_that_is_off_denies(switch: ReadRegistry) -> None:
    denied = {switch: {"Value": RegistryValue(1, "Deny")}}
    finding = found(listed(BUILT_IN), ALLOWED, denied)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Microphone.DENIED)


def test_a_policy_against_apps_of_the_store_denies_desktop_programs_nothing() -> None:
    policy = {POLICY: {"LetAppsAccessMicrophone": RegistryValue(4, 2)}}
    assert found(listed(BUILT_IN), ALLOWED, policy).reason == Microphone.PRESENT


def test_a_switch_that_is_not_written_down_denies_nothing() -> None:
    assert found(listed(BUILT_IN)).reason == Microphone.PRESENT


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**32 - 1),
            st.none() | st.integers(0, 12),
            st.none() | st.sampled_from(["USB", "ROOT", "root", "SW", "SWD", "HDAUDIO", ""]),
        ),
        max_size=4,
    )
)
def test_only_hardware_of_a_known_form_passes(endpoints: list[Endpoint]) -> None:
    if found(listed(*endpoints), ALLOWED).verdict is Verdict.PASS:
        assert any(
            state & 0xF == ACTIVE and form in (MIC, HEADSET, HANDSET) and bus in ("USB", "HDAUDIO")
            for state, form, bus in endpoints
        )


@given(
    st.dictionaries(
        st.sampled_from(["DeviceState", FORM, BUS]) | st.text(max_size=6),
        st.builds(
            RegistryValue,
            st.integers(0, 12),
            st.integers() | st.text(max_size=8) | st.binary(max_size=8),
        ),
        max_size=4,
    ).filter(lambda values: "DeviceState" not in values)
)
def test_garbage_for_an_endpoint_is_never_a_pass(values: dict) -> None:
    machine = {
        LIST: ("{1}",),
        ReadRegistry("HKLM", rf"{CAPTURE}\{{1}}"): values,
        ReadRegistry("HKLM", rf"{CAPTURE}\{{1}}\Properties"): values,
    }
    assert found(machine, ALLOWED).verdict is Verdict.UNKNOWN
