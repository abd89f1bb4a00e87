"""A Mac's network, cameras and software are judged the same from a recording, and nothing that
names the person or another of their apps is in it.

The machines are composed.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.ipconfig import summary_of
from probes.media import microphone, webcam
from probes.media.macos import CAMERAS, EXTENSIONS, SOUND
from probes.network import metered, network_trust
from probes.network.macos import NWI, WIFI_REPORT
from probes.public_names import public_names
from probes.software import browser, file_sharing, meeting_app, running_software
from probes.software.macos_sweep import INDEXING
from probes.system import macos_extracts
from probes.system.masks import Personal
from probes.system.questions import ListFolder, Question
from probes.system.recording import (
    RecordedSystem,
    Recorder,
    Recording,
    decode_recording,
    encode_recording,
)
from probes.system.redaction import redact
from probes.system.rules import has_rule
from probes.system.software_lists import Names
from probes.system_report import report_on
from tests.machines import NOON, context
from tests.probes.macos_network import ETHERNET, HOTSPOT_ADDRESS, airport, nwi, wifi
from tests.probes.macos_software import built, handlers, history, info, mac, running
from tests.probes.software_device import said
from tests.probes.test_webcam_and_microphone_on_macos import (
    BUILT_IN,
    CAMERA_MAKER,
    IPHONE,
    OBS,
    UNKNOWN,
    sound,
)

NOBODY = Personal(frozenset(), frozenset(), frozenset())
PUBLIC = public_names(Catalogues())
NETWORK = (network_trust, metered)
MEDIA = (webcam, microphone)
SOFTWARE = (file_sharing, running_software, meeting_app, browser)
HANAKO = ("hanako", "Hanako", "花子", "192.168.11.5", "日記", "Diary", "Elsewhere", "Presenter")
"""What must not be found in a recording."""


def recorded(machine: RecordedSystem, checks: tuple[Check[Any], ...]) -> Recording:
    recorder = Recorder(machine)
    for check in checks:
        check.run(recorder, context())
    assert [one.question for one in recorder.answers() if not has_rule(one.question)] == []
    whole = Recording(
        schema=1,
        family=OsFamily.MACOS,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=recorder.answers(),
    )
    return decode_recording(encode_recording(redact(whole, PUBLIC, NOBODY)))


def assert_the_same(machine: RecordedSystem, *checks: Check[Any]) -> None:
    recording = recorded(machine, checks)
    written = encode_recording(recording).decode()
    assert [name for name in HANAKO if name in written] == []
    for check in checks:
        seen = check.run(machine, context())
        again = check.run(RecordedSystem(recording), context())
        assert (again.verdict, again.reason, again.evidence) == (
            (seen.verdict, seen.reason, seen.evidence)
        )


def networked(
    interface: str, address: str = "192.168.11.5", report: str = "none", **summaries: str
) -> Mapping[Question[Any], Any]:
    return {
        NWI: said(nwi("utun4", interface, address=address)),
        report_on(WIFI_REPORT): said(
            airport(f"spairport_security_mode_{report}", name="Hanako's home")
        ),
        **{summary_of(name): said(printed) for name, printed in summaries.items()},
    }


@pytest.mark.parametrize(
    "answers",
    [
        networked("en0", en0=wifi("WPA3_SAE", "Hanako's home")),
        networked("en0", en0=wifi("WPA2_PSK", "0000docomo")),
        networked("en0", en0=wifi("NONE")),
        networked("en0", report="wep", en0=wifi("NONE", "花子の家")),
        networked("en0", report="wpa3_transition", en0=wifi("UNRECOGNIZED")),
        networked("en0", en0="日記"),
        networked("en7", en7=ETHERNET),
        networked("en7", HOTSPOT_ADDRESS, en7=ETHERNET),
        {NWI: said(nwi())},
        {NWI: said("hanako")},
    ],
)
def test_a_network_is_the_same_from_its_recording(answers: Mapping[Question[Any], Any]) -> None:
    assert_the_same(mac(answers=answers), *NETWORK)


@pytest.mark.parametrize(
    "cameras",
    [
        (BUILT_IN,),
        (IPHONE | {"_name": "花子のiPhone"},),
        (OBS,),
        (UNKNOWN,),
        (UNKNOWN | {"spcamera_unique-id": "hanako"}, BUILT_IN),
        (),
    ],
)
@pytest.mark.parametrize("made", [CAMERA_MAKER, Unread.MISSING])
def test_a_camera_is_the_same_from_its_recording(
    cameras: tuple[dict[str, str], ...], made: Any
) -> None:
    answers = {
        report_on(CAMERAS): said(json.dumps({CAMERAS: cameras}, ensure_ascii=False)),
        report_on(SOUND): said(
            json.dumps({SOUND: [{"_items": [{**sound("usb"), "_name": "Hanako's AirPods"}]}]})
        ),
        EXTENSIONS: made,
    }
    assert_the_same(mac(answers=answers), *MEDIA)


DIARY = {"/Applications/Diary.app": info("com.example.Diary")}
CHROME = {"/Applications/Google Chrome.app": info("com.google.Chrome", "153.0.8000.1")}
ZOOM = {"/Applications/zoom.us.app": info("us.zoom.xos", "6.2.11 (43613)")}
SHARING = {"/Applications/qBittorrent.app": info("org.qbittorrent.qBittorrent")}
OWN = {"~/Applications/Hanako/AnyDesk.app": info("com.philandro.anydesk")}


@pytest.mark.parametrize(
    "machine",
    [
        mac(bundles=DIARY),
        mac(running("/Applications/Diary.app"), bundles=DIARY),
        mac(bundles=CHROME | ZOOM, answers=built("/Applications/Google Chrome.app", NOON)),
        mac(bundles=CHROME, answers=handlers(https="com.google.chrome", mailto="com.hanako")),
        mac(answers=handlers(https="com.example.Diary")),
        mac(
            answers=history(
                ("macOS 26.1", "26.1", "softwareupdated", NOON),
                ("Diary", "1.0", "installer", NOON),
            )
        ),
        mac(answers=history(("Safari", "26.1", "softwareupdated", NOON))),
        mac(bundles=SHARING | DIARY),
        mac(running("/Applications/OBS.app"), running("/Users/hanako/Downloads/AnyDesk.app")),
        mac(found=("/Users/hanako/Desktop/日記/qBittorrent.app",)),
        mac(found=("/Volumes/Hanako/qBittorrent.app",)),
        mac(found=("/System/Volumes/Data/Users/hanako/Downloads/Winny.exe",)),
        mac(answers={INDEXING: said("/:\n\tIndexing disabled.\n")}),
        mac(answers={INDEXING: said("花子")}),
        mac(answers={ListFolder("/Applications"): Unread.DENIED}),
        mac(answers={ListFolder("/opt/homebrew/bin"): ("diary", "transmission-daemon")}),
    ],
)
def test_software_is_the_same_from_its_recording(machine: RecordedSystem) -> None:
    assert_the_same(machine, *SOFTWARE)


def test_an_app_in_a_folder_that_the_person_named_is_left_out_with_it() -> None:
    written = encode_recording(recorded(mac(bundles=OWN), SOFTWARE)).decode()
    assert "AnyDesk.app" not in written
    assert "Hanako" not in written


CUTS = [
    macos_extracts.interfaces_in_use,
    macos_extracts.interface_summary,
    macos_extracts.wifi_report,
    macos_extracts.camera_report,
    macos_extracts.link_handlers,
    macos_extracts.found_paths,
]


@pytest.mark.parametrize("cut", CUTS)
@given(
    raw=st.binary(max_size=100)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_of_garbage_nothing_is_recorded(cut: Any, raw: bytes) -> None:
    left = cut(raw + b"\nhanako ", Names(PUBLIC, lambda kind, _: f"{kind}-1"))
    assert b"hanako" not in left
