"""meeting_app on Linux: is one of the office's apps there, new enough, or the browser allowed?"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.reasons import MeetingApp, Unread
from precheck.contract.verdict import Verdict
from probes.software import meeting_app
from probes.software.copies import parse_metainfo, parse_snap_version, parse_version_file
from probes.software.inventory import DPKG, RPM
from probes.software.meeting import version_numbers
from probes.system.questions import ListFolder, ReadFile, StatFile
from tests.machines import composed, context, policy_with
from tests.probes.software_device import device, dpkg, file, said

ZOOM = dpkg("installed zoom 6.2.11.5069")
FLATPAK = {ListFolder("/var/lib/flatpak/app"): ("us.zoom.Zoom",)}
FLATPAK_FILES = "/var/lib/flatpak/app/us.zoom.Zoom/current/active/files"


def found(answers=None, policy: Policy | None = None) -> Finding:
    return meeting_app.run(device(answers=answers), context(policy=policy))


def outcome(finding: Finding) -> tuple[Verdict, str]:
    return finding.verdict, finding.reason


def minimum(version: str) -> Policy:
    return policy_with("meeting_app", minimum_zoom=version)


@pytest.mark.parametrize(
    "answers",
    [
        ZOOM,
        {DPKG: Unread.MISSING, RPM: said("rpm 4.20.1 1745000000\nzoom 6.2.11.5069 1745000000\n")},
        FLATPAK,
        {ListFolder("~/.local/share/flatpak/app"): ("us.zoom.Zoom",)},
        {ListFolder("/snap"): ("README", "bin", "zoom-client")},
        {StatFile("/opt/zoom/zoom"): file()},
        {StatFile("~/zoom/zoom"): file()},
    ],
)
def test_zoom_is_ready_however_it_was_installed(answers) -> None:
    assert outcome(found(answers)) == (Verdict.PASS, MeetingApp.READY)


@pytest.mark.parametrize(
    "answers",
    [
        dpkg("config-files zoom 6.2.11.5069"),
        dpkg("installed zoom-player 1.1.5", "installed libzoom 1"),
        {ListFolder("/var/lib/flatpak/app"): ("us.zoom.ZoomNot", "com.github.us.zoom.Zoom")},
        {ListFolder("/snap"): ("zoom-client-helper",)},
        {StatFile("~/zoom/zoom"): file(kind="folder")},
    ],
)
def test_what_is_not_zoom_is_not_ready(answers) -> None:
    assert found(answers).reason == MeetingApp.NONE


def test_without_any_app_it_fails() -> None:
    assert outcome(found()) == (Verdict.FAIL, MeetingApp.NONE)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("6.2.11.5069", MeetingApp.READY),
        ("6.2.11", MeetingApp.READY),
        ("6", MeetingApp.READY),
        ("5.17.11.3835", MeetingApp.READY),
        ("6.2.9", MeetingApp.READY),
        ("6.2.11.5070", MeetingApp.BELOW_MINIMUM),
        ("6.10.0", MeetingApp.BELOW_MINIMUM),
        ("7", MeetingApp.BELOW_MINIMUM),
    ],
)
def test_versions_are_compared_by_their_numbers(wanted: str, reason: MeetingApp) -> None:
    assert found(ZOOM, minimum(wanted)).reason == reason


def test_an_old_app_is_named_with_both_versions() -> None:
    finding = found(ZOOM, minimum("6.3"))
    assert finding.verdict is Verdict.WARN
    assert finding.evidence == {"name": "Zoom", "version": "6.2.11.5069", "minimum": "6.3"}


@pytest.mark.parametrize(
    "answers",
    [
        FLATPAK,
        dpkg("installed zoom unknown"),
        dpkg("installed zoom 6.2"),
        {StatFile("~/zoom/zoom"): file(), ReadFile("~/zoom/version.txt"): b"\xff\xfe"},
    ],
)
def test_a_version_that_cannot_be_told_is_unknown_only_where_one_is_wanted(answers) -> None:
    assert outcome(found(answers, minimum("6.2.11"))) == (
        Verdict.UNKNOWN,
        MeetingApp.VERSION_UNKNOWN,
    )
    assert found(answers).reason == MeetingApp.READY


METAINFO = b"""<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop">
  <releases>
    <release version="6.2.11.5069" date="2024-10-21"/>
    <release date="2019-07-14" version="2.8.264592.0714"/>
  </releases>
</component>
"""
"""Composed in the form that Zoom's Flatpak ships."""


@pytest.mark.parametrize(
    "answers",
    [
        {**FLATPAK, ReadFile(f"{FLATPAK_FILES}/share/appdata/us.zoom.Zoom.appdata.xml"): METAINFO},
        {
            **FLATPAK,
            ReadFile(f"{FLATPAK_FILES}/share/metainfo/us.zoom.Zoom.metainfo.xml"): METAINFO,
        },
        {
            ListFolder("/snap"): ("zoom-client",),
            ReadFile(
                "/snap/zoom-client/current/meta/snap.yaml"
            ): b"name: x\nversion: 6.2.11.5069\n",
        },
        {StatFile("/opt/zoom/zoom"): file(), ReadFile("/opt/zoom/version.txt"): b"6.2.11.5069\n"},
    ],
)
def test_the_version_is_read_from_wherever_the_copy_states_it(answers) -> None:
    assert found(answers, minimum("6.2.11.5069")).reason == MeetingApp.READY
    assert found(answers, minimum("6.2.12")).reason == MeetingApp.BELOW_MINIMUM


def test_of_two_copies_the_newer_counts() -> None:
    both = {**dpkg("installed zoom 5.0.1"), StatFile("~/zoom/zoom"): file()}
    newer = {**both, ReadFile("~/zoom/version.txt"): b"6.2.11.5069"}
    assert found(newer, minimum("6.0")).reason == MeetingApp.READY
    assert found(both, minimum("6.0")).reason == MeetingApp.VERSION_UNKNOWN


CHROMIUM = dpkg("installed chromium 156.0.8078.79-1~deb12u1")


def test_the_browser_counts_only_where_the_office_says_so() -> None:
    joining = policy_with("meeting_app", browser_join=["teleoffice"])
    assert found(CHROMIUM).reason == MeetingApp.NONE
    assert outcome(found(CHROMIUM, joining)) == (Verdict.PASS, MeetingApp.BROWSER_JOIN)
    assert found(policy=joining).reason == MeetingApp.NONE


def test_an_app_that_is_new_enough_is_better_than_the_browser_and_that_than_an_old_app() -> None:
    joining = policy_with("meeting_app", browser_join=["zoom"], minimum_zoom="6.2.11")
    chromium = "installed chromium 156.0.8078.79"
    assert found(dpkg("installed zoom 6.2.11", chromium), joining).reason == MeetingApp.READY
    old = dpkg("installed zoom 5.0.0", chromium)
    assert found(old, joining).reason == MeetingApp.BROWSER_JOIN


def test_an_app_that_the_office_does_not_use_is_nothing() -> None:
    standard = load_office("standard")
    terms = msgspec.structs.replace(standard.terms, apps=(standard.terms.apps[1],))
    other = msgspec.structs.replace(standard, terms=terms)
    assert found(ZOOM, other).reason == MeetingApp.NONE


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.MISSING, Unread.NOT_RECORDED])
def test_what_was_not_found_is_unknown_while_a_list_is_unread(why: Unread) -> None:
    assert outcome(found({DPKG: why})) == (Verdict.UNKNOWN, why)
    assert found({DPKG: why, **FLATPAK}).reason == MeetingApp.READY
    assert meeting_app.run(composed({}, otherwise=why), context()).reason == why


def test_a_sandbox_has_other_apps_than_the_device() -> None:
    inside = {**ZOOM, StatFile("/run/.containerenv"): file()}
    assert found(inside).reason == Unread.UNSUPPORTED


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("6.2.11.5069", (6, 2, 11, 5069)),
        ("6.2.11 (5069)", (6, 2, 11, 5069)),
        ("05.017.1", (5, 17, 1)),
        ("6.2.11-beta", None),
        ("v6.2", None),
        ("6..2", None),
        ("６.2", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_a_version_is_its_numbers_or_nothing(version: str, numbers) -> None:
    assert version_numbers(version) == numbers


@given(st.text(max_size=40))
def test_any_text_for_a_version_is_numbers_or_nothing(version: str) -> None:
    numbers = version_numbers(version)
    assert numbers is None or all(number >= 0 for number in numbers)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_garbage_where_a_version_is_stated_is_never_new_enough(raw: bytes) -> None:
    version = parse_version_file(raw)
    assert version is None or raw.split() == [version.encode()]
    assert parse_snap_version(raw) is None or b"version:" in raw
    assert parse_metainfo(raw) is None or b"<release" in raw
    answers = {StatFile("~/zoom/zoom"): file(), ReadFile("~/zoom/version.txt"): raw}
    assert found(answers, minimum("999999999")).verdict is not Verdict.PASS


@given(st.integers(min_value=0, max_value=len(METAINFO)))
def test_a_torn_metainfo_file_states_the_release_or_nothing(end: int) -> None:
    assert parse_metainfo(METAINFO[:end]) in (None, parse_metainfo(METAINFO))
