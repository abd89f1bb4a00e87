"""Every recording in `tests/recordings` is judged as it says here, on whatever system this runs."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import MEASURED_CHECKS
from precheck.contract.offices import load_office
from probes.check import Context
from probes.registry import load_check
from probes.system.recording import RecordedSystem, decode_recording
from tests.probes.mac_recordings import MACHINES, made

FOLDER = Path(__file__).parents[1] / "recordings"

GOOD = {
    "os_support": "supported",
    "security_updates": "current",
    "firewall": "on",
    "open_services": "none_reachable",
    "antivirus": "defender",
    "infection": "clean",
    "file_sharing": "none_found",
    "running_software": "none_found",
    "internet": "no_endpoint",
    "network_trust": "wired",
    "webcam": "present",
    "microphone": "present",
    "meeting_app": "ready",
    "browser": "current",
    "connection_quality": "no_endpoint",
    "metered": "unmetered",
}
MAC = {
    **GOOD,
    "antivirus": "xprotect",
    "infection": "nobody_to_ask",
    "network_trust": "wpa_personal",
    "metered": "unsupported",
}
EXPECTED = {
    "windows-11-good": GOOD,
    "windows-11-unguarded": {
        **GOOD,
        "firewall": "off",
        "antivirus": "off",
        "infection": "nobody_to_ask",
    },
    "windows-with-nothing": {
        **GOOD,
        "os_support": "ended",
        "security_updates": "unsupported",
        "firewall": "unsupported",
        "antivirus": "missing",
        "infection": "nobody_to_ask",
        "file_sharing": "missing",
        "webcam": "none",
        "microphone": "missing",
        "meeting_app": "missing",
        "browser": "missing",
    },
    "macos-26-ordinary": MAC,
    "macos-26-in-a-shop": {**MAC, "firewall": "off", "network_trust": "open"},
    "macos-27-managed": {**MAC, "antivirus": "defender", "network_trust": "wired"},
    "macos-14-ended": {
        **MAC,
        "os_support": "ended",
        "file_sharing": "installed",
        "network_trust": "wep",
        "webcam": "virtual_only",
        "meeting_app": "unsupported",
    },
    "macos-that-denies-everything": {
        **dict.fromkeys(MAC, "denied"),
        "infection": "hidden",
        "internet": "no_endpoint",
        "connection_quality": "no_endpoint",
    },
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_machine_is_judged_as_stated(name: str) -> None:
    recorded = decode_recording((FOLDER / f"{name}.json").read_bytes())
    system = RecordedSystem(recorded)
    context = Context(
        policy=load_office("standard"),
        now=system.recorded_at,
        catalogues=Catalogues({"lifecycle": lifecycle_of_that_day(recorded.recorded_at.date())}),
    )
    found = {check.value: load_check(check).run(system, context) for check in MEASURED_CHECKS}
    assert {check: finding.reason for check, finding in found.items()} == EXPECTED[name]


def test_every_recording_is_judged_and_says_where_it_is_from() -> None:
    recordings = {file.stem: json.loads(file.read_bytes()) for file in FOLDER.glob("*.json")}
    assert set(recordings) == set(EXPECTED)
    untold = [
        name
        for name, recording in recordings.items()
        if recording["provenance"] in ("", "captured by precheck record")
    ]
    assert untold == [], "say in `provenance` which machine it was, and who made it when"


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_the_recordings_of_composed_macs_are_those_that_are_composed_now(name: str) -> None:
    asked_anew = "make them anew: python -m tests.probes.mac_recordings"
    assert (FOLDER / f"{name}.json").read_bytes() == made(name), asked_anew


def lifecycle_of_that_day(day: date) -> bytes:
    """The catalogue as it may have been then: one of a later day would disbelieve the clock."""
    raw = files("precheck.contract.catalogues").joinpath("lifecycle.json").read_text("utf-8")
    return json.dumps({**json.loads(raw), "as_of": str(day)}).encode()
