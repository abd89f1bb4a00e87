"""All checks together on whole Macs, live and from a recording of them.

The Macs are composed: macOS 13 to 27 as they stand in November 2026, each with its firewall off, on
and blocking all; on Wi-Fi of every kind, by cable; with Microsoft Defender beside another product;
without a camera; and one that denies everything.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus.macos import DAEMONS
from probes.antivirus.macos_extensions import DATABASE
from probes.antivirus.macos_xprotect import GATEKEEPER, STATUS
from probes.antivirus.macos_xprotect import VERSION as XPROTECT
from probes.firewall.macos import REPORT, TOOL, Mode
from probes.ipconfig import summary_of
from probes.media.macos import CAMERAS, SOUND
from probes.network.macos import NWI, WIFI_REPORT
from probes.public_names import public_names
from probes.registry import load_check
from probes.security_updates.macos import HISTORY, PREFERENCES
from probes.software.macos_sweep import INDEXING
from probes.system.masks import Personal
from probes.system.questions import ListListeners, ListProcesses, Question, RunCommand, StatFile
from probes.system.recording import (
    RecordedSystem,
    Recorder,
    Recording,
    decode_recording,
    encode_recording,
)
from probes.system.redaction import redact
from probes.system_report import report_on
from tests.machines import NOON, composed, context
from tests.probes.macos import mac, plist
from tests.probes.macos_network import airport, nwi, summary, wifi
from tests.probes.macos_software import INDEXED, ORDINARY, SEARCH, WINE, holding, info
from tests.probes.software_device import file, said
from tests.probes.test_antivirus_on_macos import DEFENDER, database, health
from tests.probes.test_firewall_on_macos import TOOL_SAYS, printed, report
from tests.probes.test_open_services_on_macos import SHIPPED
from tests.probes.test_security_updates_on_macos import preferences
from tests.probes.test_webcam_and_microphone_on_macos import BUILT_IN

NOBODY = Personal(frozenset(), frozenset(), frozenset())
VERSIONS = ("13.7.8", "14.8.9", "15.8.1", "26.7.1", "27.0")
ENDED = ("13.7.8", "14.8.9")
MICROPHONE = {
    "_name": "MacBook Proのマイク",
    "coreaudio_device_input": 1,
    "coreaudio_device_transport": "coreaudio_device_type_builtin",
}
CABLE = {
    NWI: said(nwi("en5")),
    summary_of("en5"): said(summary("InterfaceType : Ethernet", "LinkStatusActive : TRUE")),
}
Answers = dict[Question[Any], Any]


def good(version: str = "15.8.1", mode: Mode = Mode.ON) -> Answers:
    """A Mac on which nothing is wrong, but that XProtect alone guards it."""
    two_days_ago = (NOON - timedelta(days=2)).replace(tzinfo=None)
    installed = [
        {
            "date": two_days_ago,
            "displayName": name,
            "displayVersion": number,
            "processName": "softwareupdated",
        }
        for name, number in ((f"macOS {version}", version), ("XProtectPlistConfigData", "5370"))
    ]
    scans = b"XProtect launch scans: enabled\nXProtect background scans: enabled\n"
    data = f"Version: 5370 Installed: {NOON - timedelta(days=2):%Y-%m-%d %H:%M:%S} +0000\n"
    new = int(version.partition(".")[0]) >= 15
    return {
        **mac(version),
        PREFERENCES: plist(preferences(), binary=True),
        HISTORY: plist(installed),
        TOOL: printed(TOOL_SAYS[mode]),
        REPORT: printed(report(mode.value)),
        ListListeners(): SHIPPED,
        ListProcesses(): ORDINARY,
        DATABASE: database(),
        DAEMONS: (),
        STATUS: printed(scans) if new else Unread.MISSING,
        XPROTECT: printed(data.encode()) if new else Unread.MISSING,
        GATEKEEPER: printed(b"assessments enabled\n"),
        **CABLE,
        report_on(CAMERAS): said(json.dumps({CAMERAS: [BUILT_IN]})),
        report_on(SOUND): said(json.dumps({SOUND: [{"_items": [MICROPHONE]}]})),
        **holding(
            {
                "/Applications/Safari.app": info("com.apple.Safari", "26.1"),
                "/Applications/zoom.us.app": info("us.zoom.xos", "6.6.0 (64511)"),
            }
        ),
        StatFile("/Applications/zoom.us.app/Contents/Info.plist"): file(NOON.timestamp()),
        INDEXING: said(INDEXED),
        SEARCH: said(""),
        WINE: Unread.MISSING,
    }


def on_wifi(security: str, reported: str | None) -> Answers:
    return {
        NWI: said(nwi("en0")),
        summary_of("en0"): said(wifi(security)),
        report_on(WIFI_REPORT): said(airport(reported)),
    }


def findings(answers: Answers) -> dict[CheckId, tuple[str, Verdict]]:
    """What all checks find, which has to be the same live and from a redacted recording."""
    recorder = Recorder(composed(answers, OsFamily.MACOS))
    live = {check: load_check(check).run(recorder, context()) for check in MEASURED_CHECKS}
    recording = Recording(
        schema=1,
        family=OsFamily.MACOS,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=recorder.answers(),
    )
    written = encode_recording(redact(recording, public_names(Catalogues()), NOBODY))
    replay = RecordedSystem(decode_recording(written))
    for check, before in live.items():
        again = load_check(check).run(replay, context())
        assert (check, again.reason) == (check, before.reason)
    return {check: (str(found.reason), found.verdict) for check, found in live.items()}


def reasons(answers: Answers) -> dict[str, str]:
    return {str(check): reason for check, (reason, _) in findings(answers).items()}


GOOD = {
    "os_support": "supported",
    "security_updates": "current",
    "firewall": "on",
    "open_services": "none_reachable",
    "antivirus": "xprotect",
    "infection": "nobody_to_ask",
    "file_sharing": "none_found",
    "running_software": "none_found",
    "internet": "no_endpoint",
    "network_trust": "wired",
    "webcam": "present",
    "microphone": "present",
    "meeting_app": "ready",
    "connection_quality": "no_endpoint",
    "metered": "unsupported",
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_mac_in_good_order_passes_on_every_macos(version: str, mode: Mode) -> None:
    found = reasons(good(version, mode))
    assert {check: found[check] for check in GOOD} == {
        **GOOD,
        "os_support": "ended" if version in ENDED else "supported",
        "firewall": "off" if mode is Mode.OFF else "on",
    }


@pytest.mark.parametrize(
    ("security", "reported", "reason"),
    [
        ("NONE", "spairport_security_mode_none", "open"),
        ("NONE", "spairport_security_mode_wep", "wep"),
        ("WPA2_PSK", "spairport_security_mode_wpa2_personal", "wpa_personal"),
        ("WPA3_SAE", "pairport_security_mode_wpa3_transition", "wpa_personal"),
        ("NONE", "spairport_security_mode_owe", "owe"),
        ("SOMETHING_NEW", "spairport_security_mode_new", "garbled"),
    ],
)
def test_wifi_is_told_by_how_it_is_protected(security: str, reported: str, reason: str) -> None:
    found = reasons({**good(), **on_wifi(security, reported)})
    assert found["network_trust"] == reason
    assert {**found, "network_trust": "wired"}.items() >= GOOD.items()


def test_defender_guards_and_tells() -> None:
    found = reasons({**good(), **DEFENDER, **health()})
    assert found["antivirus"] == "defender"


def test_a_passive_defender_is_no_guard() -> None:
    passive = {
        **good(),
        **DEFENDER,
        **health(passiveModeEnabled={"value": True, "isManaged": False}),
    }
    assert findings(passive)[CheckId.ANTIVIRUS][1] is not Verdict.PASS


def test_a_mac_without_a_camera_fails_by_that_alone() -> None:
    found = reasons({**good(), report_on(CAMERAS): said(json.dumps({CAMERAS: []}))})
    assert found.items() >= {**GOOD, "webcam": "none"}.items()


@pytest.mark.parametrize(
    "why", [Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED, Unread.UNSUPPORTED]
)
def test_a_mac_that_tells_nothing_neither_passes_nor_fails(why: Unread) -> None:
    """Every command slow or broken, every file denied: nothing is judged by what was not read."""
    told = findings(dict.fromkeys(_asked(), why))
    decided = {Verdict.PASS, Verdict.WARN, Verdict.FAIL}
    assert {check: found for check, found in told.items() if found[1] in decided} == {}


@pytest.mark.parametrize("text", ["", "オン", "ファイアウォールは有効です。\n", "{}", "[]"])
def test_words_that_are_not_known_decide_nothing(text: str) -> None:
    commands = {question: said(text) for question in good() if isinstance(question, RunCommand)}
    told = findings({**good(), **commands})
    for check in (CheckId.FIREWALL, CheckId.NETWORK_TRUST, CheckId.WEBCAM, CheckId.MICROPHONE):
        assert told[check][1] is Verdict.UNKNOWN, check


def _asked() -> list[Question[Any]]:
    """Everything that the checks ask of a Mac that tells all, and of one that tells nothing."""
    questions: dict[Question[Any], None] = {}
    for answers in (good(), {}, {**good(), **on_wifi("NONE", None)}, {**good(), **DEFENDER}):
        recorder = Recorder(composed(answers, OsFamily.MACOS))
        for check in MEASURED_CHECKS:
            load_check(check).run(recorder, context())
        questions |= dict.fromkeys(answer.question for answer in recorder.answers())
    return list(questions)
