"""browser on macOS: how old the browser is that opens links."""

import plistlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import Browser, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.software import browser
from probes.software.macos import HANDLERS, https_handler
from probes.software.macos_apps import BESIDE
from probes.software.macos_copies import HISTORY, installed_day
from probes.system.questions import ListFolder, ReadFile
from tests.machines import NOON, composed, context
from tests.probes.macos_software import built, handlers, history, info, mac

CHROME = "/Applications/Google Chrome.app"
FIREFOX = "/Applications/Firefox.app"
CHROMES = {CHROME: info("com.google.Chrome", "153.0.8000.1")}
RECENT, OLD = NOON - timedelta(days=20), NOON - timedelta(days=200)
BY_APPLE = "softwareupdated"


def checked(bundles: dict[str, Any] | None = None, **answers: Any) -> Finding:
    known = {question: value for part in answers.values() for question, value in part.items()}
    return browser.run(mac(bundles=bundles, answers=known), context())


@pytest.mark.parametrize(
    ("when", "reason", "verdict"),
    [(RECENT, Browser.CURRENT, Verdict.PASS), (OLD, Browser.OLD, Verdict.WARN)],
)
@pytest.mark.parametrize(
    "entry", [("Safari", "26.1"), ("macOS 26.1", "26.1"), ("macOS Tahoe 26.1", "26.1")]
)
def test_safari_is_as_old_as_what_apple_installed_it_with(
    entry: tuple[str, str], when: datetime, reason: Browser, verdict: Verdict
) -> None:
    found = checked(installed=history((*entry, BY_APPLE, when)))
    assert (found.reason, found.verdict) == (reason, verdict)
    assert found.evidence["name"] == "Safari"
    assert found.evidence["version"] == "26.1"


@pytest.mark.parametrize(
    "entry",
    [
        ("macOS 26.0", "26.0", BY_APPLE, RECENT),
        ("Safari", "18.6", BY_APPLE, RECENT),
        ("Safari", "", BY_APPLE, RECENT),
        ("macOS 26.1", "26.1", "installer", RECENT),
        ("XProtectPlistConfigData", "26.1", BY_APPLE, RECENT),
    ],
)
def test_an_installation_of_something_else_says_nothing(
    entry: tuple[str, str, str, datetime],
) -> None:
    assert checked(installed=history(entry)).reason == Browser.AGE_UNKNOWN


@pytest.mark.parametrize("answer", [Unread.MISSING, Unread.DENIED, b"", b"garbage"])
def test_without_a_history_safaris_age_is_unknown(answer: Any) -> None:
    assert checked(installed={HISTORY: answer}).reason == Browser.AGE_UNKNOWN


def test_safari_is_found_in_its_own_place_too() -> None:
    place = {
        ListFolder("/Applications"): ("Utilities",),
        ReadFile(f"{BESIDE}/Contents/Info.plist"): info("com.apple.Safari", "26.1"),
    }
    installed = history(("macOS 26.1", "26.1", BY_APPLE, RECENT))
    assert checked(place=place, installed=installed).reason == Browser.CURRENT


@pytest.mark.parametrize(("when", "reason"), [(RECENT, Browser.CURRENT), (OLD, Browser.OLD)])
def test_the_chosen_browser_is_as_old_as_its_files(when: datetime, reason: Browser) -> None:
    found = checked(CHROMES, files=built(CHROME, when), chosen=handlers(https="com.google.chrome"))
    assert found.reason == reason
    assert found.evidence["name"] == "Google Chrome"


def test_firefox_states_the_day_itself() -> None:
    stated = f"[App]\nVersion=145.0\nBuildID={RECENT:%Y%m%d}000000\n".encode()
    found = checked(
        {FIREFOX: info("org.mozilla.firefox", "145.0")},
        files={
            **built(FIREFOX, OLD),
            ReadFile(f"{FIREFOX}/Contents/Resources/application.ini"): stated,
        },
        chosen=handlers(https="org.mozilla.firefox"),
    )
    assert found.reason == Browser.CURRENT


@pytest.mark.parametrize("when", [datetime(2001, 1, 1, tzinfo=UTC), NOON + timedelta(days=400)])
def test_a_time_that_is_no_time_of_building_says_nothing(when: datetime) -> None:
    found = checked(CHROMES, files=built(CHROME, when), chosen=handlers(https="com.google.chrome"))
    assert found.reason == Browser.AGE_UNKNOWN


NEWER_CHROME = {"files": built(CHROME, RECENT)}
OLD_SAFARI = history(("macOS 26.1", "26.1", BY_APPLE, OLD))


@pytest.mark.parametrize(
    "chosen",
    [{HANDLERS: Unread.MISSING}, handlers(mailto="com.apple.mail"), handlers()],
)
def test_who_has_chosen_nothing_uses_safari(chosen: dict[Any, Any]) -> None:
    found = checked(CHROMES, chosen=chosen, installed=OLD_SAFARI, **NEWER_CHROME)
    assert (found.reason, found.evidence["name"]) == (Browser.OLD, "Safari")


@pytest.mark.parametrize(
    "chosen",
    [
        {HANDLERS: Unread.DENIED},
        {HANDLERS: b"garbage"},
        {HANDLERS: plistlib.dumps({"LSHandlers": "none"})},
        handlers(https="com.example.browser"),
    ],
)
def test_where_the_choice_is_not_known_the_newest_counts(chosen: dict[Any, Any]) -> None:
    found = checked(CHROMES, chosen=chosen, installed=OLD_SAFARI, **NEWER_CHROME)
    assert (found.reason, found.evidence["name"]) == (Browser.CURRENT, "Google Chrome")


def test_where_everything_is_denied_nothing_is_said() -> None:
    denied = composed({}, family=OsFamily.MACOS, otherwise=Unread.DENIED)
    assert browser.run(denied, context()).reason == Unread.DENIED


@given(st.binary(max_size=200))
def test_garbage_is_no_history_and_no_choice(raw: bytes) -> None:
    assert installed_day(raw, "26.1", (26, 1)) is None
    assert https_handler(raw) is None


def test_the_captured_entry_of_an_update_is_read() -> None:
    # One entry of a real history, published.
    captured = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><array><dict>
<key>date</key><date>2024-04-17T01:25:11Z</date>
<key>displayName</key><string>macOS 14.4</string>
<key>displayVersion</key><string>14.4</string>
<key>processName</key><string>softwareupdated</string>
</dict></array></plist>"""
    assert installed_day(captured, None, (14, 4)) == date(2024, 4, 17)
    assert installed_day(captured, None, (14, 5)) is None
    assert installed_day(captured, None, None) is None
