"""firewall on macOS: on and off by two sources, and what neither may say alone.

The lines of the tool are as they stand in public reports from macOS 13 to 15, the report's form is
one that was published from macOS 15, and the property list is a public sample from before; the
machines that give them are composed.
"""

import json
import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Firewall as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.firewall import firewall
from probes.firewall.macos import (
    REPORT,
    SETTINGS,
    TOOL,
    Mode,
    parse_global_state,
    parse_report,
    parse_settings,
)
from probes.macos_version import REAL_VERSION
from probes.system.questions import Completed
from tests.machines import composed, context

TOOL_SAYS = {
    Mode.OFF: b"Firewall is disabled. (State = 0)\n",
    Mode.ON: b"Firewall is enabled. (State = 1)\n",
    Mode.BLOCKS_ALL: b"Firewall is blocking all non-essential incoming connections. (State = 2)\n",
}
MANAGED = b"Firewall settings cannot be modified from command line on managed Mac computers.\n"
JAPANESE = "ファイアウォールは有効です。".encode()
UNREADABLE = [
    Unread.MISSING,
    Unread.DENIED,
    Unread.TIMED_OUT,
    MANAGED,
    JAPANESE,
    b"",
    b"Firewall is enabled.\n",
    b"Firewall is enabled. (State = 7)\n",
]
NUMBERS = {Mode.OFF: 0, Mode.ON: 1, Mode.BLOCKS_ALL: 2}


def printed(text: bytes, returncode: int = 0) -> Completed:
    return Completed(returncode, text, b"")


def report(state: Any, **more: Any) -> bytes:
    settings = {
        "_name": "spfirewall_settings",
        "spfirewall_applications": {"com.apple.sharingd": "spfirewall_allow_all"},
        "spfirewall_globalstate": state,
        "spfirewall_loggingenabled": "No",
        "spfirewall_stealthenabled": "No",
        **more,
    }
    return json.dumps({"SPFirewallDataType": [settings]}).encode()


def settings(globalstate: Any) -> bytes:
    return plistlib.dumps(
        {"globalstate": globalstate, "stealthenabled": 0, "allowsignedenabled": 1}
    )


def version(number: str) -> bytes:
    named = {"ProductName": "macOS", "ProductBuildVersion": "24A335"}
    return plistlib.dumps({**named, "ProductVersion": number})


def said(answer: Any) -> Any:
    return printed(answer) if isinstance(answer, bytes) else answer


def found(tool: Any = Unread.MISSING, told: Any = Unread.MISSING, **more: Any):
    answers = {
        TOOL: said(TOOL_SAYS[tool] if isinstance(tool, Mode) else tool),
        REPORT: said(report(told.value) if isinstance(told, Mode) else told),
        REAL_VERSION: more.get("version", version("26.1")),
        SETTINGS: more.get("settings", Unread.MISSING),
    }
    return firewall.run(composed(answers, OsFamily.MACOS), context())


@pytest.mark.parametrize(
    ("mode", "reason"),
    [(Mode.OFF, Why.OFF), (Mode.ON, Why.ON), (Mode.BLOCKS_ALL, Why.ON)],
)
def test_two_sources_that_agree_say_it(mode: Mode, reason: Why) -> None:
    assert found(mode, mode).reason == reason


@pytest.mark.parametrize("tool", Mode)
@pytest.mark.parametrize("told", Mode)
def test_two_sources_that_differ_about_off_disagree(tool: Mode, told: Mode) -> None:
    off = {tool is Mode.OFF, told is Mode.OFF}
    wanted = Why.DISAGREE if len(off) == 2 else (Why.OFF if True in off else Why.ON)
    assert found(tool, told).reason == wanted


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("other", UNREADABLE)
def test_one_source_is_enough_where_the_other_says_nothing(mode: Mode, other: Any) -> None:
    wanted = Why.OFF if mode is Mode.OFF else Why.ON
    assert found(mode, other).reason == wanted
    assert found(other, mode).reason == wanted


@pytest.mark.parametrize("tool", UNREADABLE)
@pytest.mark.parametrize("told", UNREADABLE)
def test_without_any_answer_it_cannot_be_told(tool: Any, told: Any) -> None:
    assert found(tool, told).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.UNSUPPORTED])
def test_why_nothing_answers_is_said(why: Unread) -> None:
    assert found(why, why, version=why, settings=why).reason == why


@pytest.mark.parametrize("number", ["13.7.8", "14.8"])
@pytest.mark.parametrize("mode", Mode)
def test_up_to_macos_14_the_property_list_fills_in(number: str, mode: Mode) -> None:
    wanted = Why.OFF if mode is Mode.OFF else Why.ON
    old = {"version": version(number), "settings": settings(NUMBERS[mode])}
    assert found(Unread.TIMED_OUT, MANAGED, **old).reason == wanted
    assert found(mode, MANAGED, **old).reason == wanted


def test_up_to_macos_14_the_property_list_may_disagree_with_the_source_that_is_left() -> None:
    old = {"version": version("14.8"), "settings": settings(0)}
    assert found(Mode.ON, Unread.MISSING, **old).reason == Why.DISAGREE
    assert found(Mode.ON, Mode.ON, **old).reason == Why.ON


@pytest.mark.parametrize(
    "newer",
    [
        *map(version, ("15.0", "15.7.2", "26.1", "27.0", "10.16", "16.0", "")),
        *(b"", b"\x00", "バージョン".encode(), Unread.MISSING, Unread.DENIED),
    ],
)
@pytest.mark.parametrize("left_over", [0, 1])
def test_from_macos_15_and_on_an_unknown_one_a_left_over_list_says_nothing(
    newer: Any, left_over: int
) -> None:
    old = {"version": newer, "settings": settings(left_over)}
    assert found(Unread.MISSING, Unread.DENIED, **old).reason == Unread.DENIED
    assert found(Mode.ON, Unread.MISSING, **old).reason == Why.ON
    assert found(Mode.OFF, Unread.MISSING, **old).reason == Why.OFF


@pytest.mark.parametrize("garbage", [b"", b"bplist00", settings("1"), settings(True), settings(3)])
def test_a_property_list_that_makes_no_sense_says_nothing(garbage: bytes) -> None:
    finding = found(MANAGED, MANAGED, version=version("14.8"), settings=garbage)
    assert finding.verdict is Verdict.UNKNOWN


def test_the_words_around_the_number_do_not_count() -> None:
    assert parse_global_state(printed(b"Firewall is enabled. (State = 0)")) is Mode.OFF
    japanese = "ファイアウォールは無効です。(State = 1)".encode()
    assert parse_global_state(printed(japanese)) is Mode.ON


@pytest.mark.parametrize(
    "text",
    [
        b"State = 1",
        b"(State = 10)",
        b"(State = -1)",
        b"(state = 1)",
        b"(State = 1) (State = 0)",
        b"State = 1)",
    ],
)
def test_a_number_that_is_not_in_its_place_is_none(text: bytes) -> None:
    assert parse_global_state(printed(text)) is None


def test_a_tool_that_failed_has_said_nothing() -> None:
    for mode in Mode:
        assert parse_global_state(printed(TOOL_SAYS[mode], 1)) is None
        assert parse_report(printed(report(mode.value), 1)) is None


@pytest.mark.parametrize(
    "text",
    [
        report("spfirewall_globalstate_off"),
        report("オン"),
        report(1),
        report(None),
        report(["spfirewall_globalstate_allow_all"]),
        b'{"SPFirewallDataType": []}',
        b'{"SPFirewallDataType": {"spfirewall_globalstate": "spfirewall_globalstate_block_all"}}',
        b"{}",
        b"[]",
        b"null",
        report(Mode.ON.value)[:-4],
    ],
)
def test_a_report_in_other_words_is_none(text: bytes) -> None:
    assert parse_report(printed(text)) is None


def test_a_report_that_contradicts_itself_is_none() -> None:
    both = [{"spfirewall_globalstate": mode.value} for mode in (Mode.ON, Mode.OFF)]
    assert parse_report(printed(json.dumps({"SPFirewallDataType": both}).encode())) is None


@given(st.binary() | st.text().map(str.encode), st.integers(0, 3))
def test_any_bytes_may_come_and_none_of_them_turn_it_on(raw: bytes, returncode: int) -> None:
    assert parse_global_state(printed(raw, returncode)) is None
    assert parse_report(printed(raw, returncode)) is None
    assert parse_settings(raw) is None


words = st.sampled_from([*(mode.value for mode in Mode), "", "オフ", "x"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 4) | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["SPFirewallDataType", "spfirewall_globalstate", "_name"]), inner
        )
    ),
)


@given(values)
def test_any_report_may_come(value: Any) -> None:
    mode = parse_report(printed(json.dumps(value).encode()))
    assert mode is None or mode.value in json.dumps(value)


@given(st.none() | st.booleans() | st.integers(-5, 5) | st.text() | st.floats())
def test_only_the_three_numbers_are_modes(value: Any) -> None:
    try:
        raw = plistlib.dumps({"globalstate": value})
    except (TypeError, ValueError):
        return
    known = type(value) is int and 0 <= value <= 2
    assert (parse_settings(raw) is not None) == known


@given(st.sampled_from([*TOOL_SAYS.values()]), st.integers(0, 80))
def test_a_line_that_breaks_off_says_nothing(text: bytes, length: int) -> None:
    cut = text.rstrip()[: min(length, len(text.rstrip()) - 1)]
    assert parse_global_state(printed(cut)) is None
