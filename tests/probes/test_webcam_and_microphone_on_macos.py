"""webcam and microphone on macOS: by the system's own report, and no device is opened."""

import json
import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import Microphone, Unread, Webcam
from precheck.contract.verdict import OsFamily, Verdict
from probes.facts import Known
from probes.media import microphone, webcam
from probes.media.facts import CameraKind
from probes.media.macos import CAMERAS, EXTENSIONS, SOUND, camera_of, makes_cameras, voices
from probes.system.questions import Completed
from probes.system_report import parse_report, report_on
from tests.machines import composed, context
from tests.probes.software_device import said

LIVE_CAM = {
    "_name": "Live! Cam Sync 1080p",
    "spcamera_model-id": "UVC Camera VendorID_1054 ProductID_16541",
    "spcamera_unique-id": "0x2200000041e409d",
}
"""Captured from a USB camera and published."""
BUILT_IN = {
    "_name": "MacBook Proカメラ",
    "spcamera_model-id": "MacBook Proカメラ",
    "spcamera_unique-id": "6C707041-05AC-0010-0006-000000000001",
}
"""As published from a MacBook Pro, with its name in Japanese composed."""
INTEL = {
    "_name": "FaceTime HD Camera (Built-in)",
    "spcamera_model-id": "UVC Camera VendorID_1452 ProductID_34304",
    "spcamera_unique-id": "0x1420000005ac8600",
}
IPHONE = {
    "_name": "太郎のiPhoneのカメラ",
    "spcamera_model-id": "iPhone14,4",
    "spcamera_unique-id": "E46361EB-14D9-4A38-A639-3C2F00000001",
}
OBS = {
    "_name": "OBS Virtual Camera",
    "spcamera_model-id": "OBS Camera Extension",
    "spcamera_unique-id": "7626645E-4425-469E-9D8B-97E0FA59AC75",
}
UNKNOWN = {
    "_name": "Presenter",
    "spcamera_model-id": "Presenter",
    "spcamera_unique-id": "0F2C7E30-0000-4000-8000-00000000ABCD",
}
"""Composed; the four before it are as published."""


def extensions(category: str, state: str = "activated_enabled") -> bytes:
    """The list of system extensions with one in it, composed in the shape of a real one."""
    one = {"identifier": "com.example.extension", "state": state, "categories": [category]}
    return plistlib.dumps({"extensions": [one], "version": 1})


CAMERA_MAKER = extensions("com.apple.system_extension.cmio")


def seen(*cameras: dict[str, str], made: Any = Unread.MISSING) -> Finding:
    report = said(json.dumps({CAMERAS: cameras}, ensure_ascii=False))
    answers = {report_on(CAMERAS): report, EXTENSIONS: made}
    return webcam.run(composed(answers, family=OsFamily.MACOS), context())


def heard(*devices: dict[str, Any]) -> Finding:
    report = {SOUND: [{"_name": "coreaudio_device", "_items": devices}]}
    answers = {report_on(SOUND): said(json.dumps(report))}
    return microphone.run(composed(answers, family=OsFamily.MACOS), context())


@pytest.mark.parametrize("camera", [LIVE_CAM, BUILT_IN, INTEL, IPHONE])
def test_a_camera_with_a_lens_passes(camera: dict[str, str]) -> None:
    found = seen(camera)
    assert (found.reason, found.verdict) == (Webcam.PRESENT, Verdict.PASS)
    assert dict(found.evidence) == {"count": 1}


def test_no_camera_fails() -> None:
    found = seen()
    assert (found.reason, found.verdict) == (Webcam.NONE, Verdict.FAIL)


def test_only_a_programs_camera_is_warned_about() -> None:
    found = seen(OBS)
    assert (found.reason, found.verdict) == (Webcam.VIRTUAL_ONLY, Verdict.WARN)
    assert found.evidence["name"] == "OBS Virtual Camera"


def test_a_programs_camera_beside_a_real_one_changes_nothing() -> None:
    found = seen(OBS, BUILT_IN, made=CAMERA_MAKER)
    assert found.reason == Webcam.PRESENT
    assert found.evidence["count"] == 1


def test_what_is_no_known_hardware_is_a_programs_where_a_program_makes_cameras() -> None:
    found = seen(UNKNOWN, made=CAMERA_MAKER)
    assert found.reason == Webcam.VIRTUAL_ONLY
    assert "name" not in found.evidence


@pytest.mark.parametrize(
    "made",
    [
        Unread.MISSING,
        Unread.DENIED,
        b"",
        b"garbage",
        extensions("com.apple.system_extension.network_extension"),
        extensions("com.apple.system_extension.cmio", "terminated_waiting_to_uninstall_on_reboot"),
        plistlib.dumps({"extensions": []}),
    ],
)
def test_and_unclear_where_none_is_known_to(made: Any) -> None:
    assert seen(UNKNOWN, made=made).reason == Unread.UNSUPPORTED


@pytest.mark.parametrize("camera", [{}, {"_name": "カメラ"}, {"spcamera_model-id": ""}])
def test_an_entry_that_says_nothing_is_neither_a_camera_nor_none(camera: dict[str, str]) -> None:
    assert seen(camera).reason == Unread.UNSUPPORTED


@pytest.mark.parametrize("check", [webcam, microphone])
@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_what_cannot_be_asked_stays_unknown(check: Any, why: Unread) -> None:
    machine = composed({}, family=OsFamily.MACOS, otherwise=why)
    assert check.run(machine, context()).reason == why


@pytest.mark.parametrize(
    "printed",
    [
        b"",
        b"garbage",
        b"[]",
        b"{}",
        b'{"SPCameraDataType": null}',
        b'{"SPOtherDataType": []}',
        "カメラ:\n\n    FaceTime HDカメラ:\n".encode(),
        b'{"SPCameraDataType": [{"_name": ',
        b'{"SPCameraDataType": ["camera"]}',
    ],
)
def test_what_is_no_report_is_garbled(printed: bytes) -> None:
    answers = {report_on(CAMERAS): said(printed), report_on(SOUND): said(printed)}
    machine = composed(answers, family=OsFamily.MACOS)
    assert webcam.run(machine, context()).reason == Unread.GARBLED
    assert microphone.run(machine, context()).reason == Unread.GARBLED


def test_a_report_of_a_command_that_failed_is_garbled() -> None:
    answers = {report_on(CAMERAS): said(json.dumps({CAMERAS: []}), returncode=1)}
    machine = composed(answers, family=OsFamily.MACOS)
    assert webcam.run(machine, context()).reason == Unread.GARBLED


def sound(transport: str, inputs: Any = 1) -> dict[str, Any]:
    """A sound device in the report's words; composed from published ones."""
    kind = f"coreaudio_device_type_{transport}"
    found: dict[str, Any] = {"_name": "マイク", "coreaudio_device_transport": kind}
    return found if inputs is None else {**found, "coreaudio_device_input": inputs}


SPEAKERS = {**sound("builtin", None), "coreaudio_device_output": 2}


@pytest.mark.parametrize("transport", ["builtin", "usb", "bluetooth", "thunderbolt"])
def test_a_microphone_passes(transport: str) -> None:
    found = heard(SPEAKERS, sound(transport))
    assert (found.reason, found.verdict) == (Microphone.PRESENT, Verdict.PASS)
    assert dict(found.evidence) == {"count": 1}


@pytest.mark.parametrize(
    "devices", [(), (sound("virtual", 2),), (sound("virtual"), sound("aggregate", 3))]
)
def test_without_one_it_fails_whatever_programs_make(devices: tuple[dict[str, Any], ...]) -> None:
    found = heard(SPEAKERS, *devices)
    assert (found.reason, found.verdict) == (Microphone.NONE, Verdict.FAIL)


@pytest.mark.parametrize(
    "device", [sound("to_come"), sound("usb", "one"), {"coreaudio_device_input": 1}]
)
def test_an_input_of_an_unknown_kind_is_neither(device: dict[str, Any]) -> None:
    assert heard(SPEAKERS, device).reason == Unread.UNSUPPORTED


def test_no_sound_device_at_all_is_no_answer() -> None:
    assert heard().reason == Unread.GARBLED


@given(st.binary(max_size=200), st.integers(-1, 1))
def test_garbage_is_no_report(raw: bytes, returncode: int) -> None:
    assert parse_report(Completed(returncode, raw, b""), CAMERAS) is None


@given(st.integers(min_value=0, max_value=40))
def test_a_report_that_breaks_off_is_none(end: int) -> None:
    whole = json.dumps({CAMERAS: [LIVE_CAM]}).encode()
    assert parse_report(Completed(0, whole[: len(whole) - 1 - end], b""), CAMERAS) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["_name", "spcamera_model-id", "spcamera_unique-id"]), JSON))
def test_no_entry_of_any_shape_becomes_a_camera_by_chance(item: dict[str, Any]) -> None:
    assert camera_of(item).kind is CameraKind.UNCLEAR


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "_items": JSON,
                "coreaudio_device_input": JSON,
                "coreaudio_device_transport": JSON,
            },
        ),
        max_size=3,
    )
)
def test_no_report_of_any_shape_becomes_a_microphone_by_chance(items: list[Any]) -> None:
    found = voices(tuple(items))
    assert found is None or found[0] == 0


@given(st.binary(max_size=200))
def test_garbage_makes_no_cameras(raw: bytes) -> None:
    assert makes_cameras(raw) is None


def test_permission_is_never_guessed() -> None:
    answers = {report_on(CAMERAS): said(json.dumps({CAMERAS: [BUILT_IN]}))}
    facts = webcam.observe[OsFamily.MACOS](composed(answers, family=OsFamily.MACOS), context())
    assert not isinstance(facts.allowed, Known)
    assert not isinstance(facts.in_use, Known)
