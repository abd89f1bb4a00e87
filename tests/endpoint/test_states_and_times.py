"""What an appointment's state is, and how times are said."""

import json
import logging
import sys
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.code import format_code, new_code
from precheck.contract.offices import load_office
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.listing import counts_as_cancelled
from precheck.endpoint.logs import JsonLines, without_codes
from precheck.endpoint.staff.run import without_blanks
from precheck.endpoint.staff.speech import Speech, minutes_until
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State, state_of
from precheck.endpoint.tokyo import day_of, end_of, parse_wall_time, start_of

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
JA = Speech(load_staff_words(Language.JA), load_wording(Language.JA))


def state(
    readiness: str,
    checked_at: datetime | None,
    *,
    by_video: bool = True,
    under_current_policy: bool = True,
) -> State:
    return state_of(
        readiness,
        checked_at,
        by_video=by_video,
        under_current_policy=under_current_policy,
        now=NOW,
    )


@pytest.mark.parametrize("readiness", ["ready", "attention", "not_ready"])
def test_a_check_counts_for_a_week_under_the_policy_in_force(readiness: str) -> None:
    week = NOW - timedelta(days=7)
    assert state(readiness, week) == readiness
    assert state(readiness, week - timedelta(seconds=1)) is State.STALE
    assert state(readiness, NOW, under_current_policy=False) is State.STALE


def test_without_a_check_nothing_else_is_said() -> None:
    assert state("not_checked", None, under_current_policy=False) is State.NOT_CHECKED


@pytest.mark.parametrize("readiness", ["ready", "attention", "not_ready", "not_checked"])
def test_where_no_device_is_needed_nothing_else_is_said(readiness: str) -> None:
    checked_at = None if readiness == "not_checked" else NOW
    for in_force in (True, False):
        without = state(readiness, checked_at, by_video=False, under_current_policy=in_force)
        assert without is State.NOT_NEEDED
        by_video = state(readiness, checked_at, under_current_policy=in_force)
        assert by_video is not State.NOT_NEEDED


@pytest.mark.parametrize(
    ("seconds", "cancelled"),
    [(-1, False), (599, False), (600, True), (1799, True), (1800, False)],
)
def test_who_is_late_by_the_terms_counts_as_having_cancelled_while_the_session_lasts(
    seconds: int, cancelled: bool
) -> None:
    terms = load_office("kakogawa").terms
    assert (terms.late and terms.late.minutes, terms.session_minutes) == (10, 30)
    later = NOW + timedelta(seconds=seconds)
    assert counts_as_cancelled(NOW, terms, later) is cancelled
    silent = msgspec.structs.replace(terms, late=None)
    assert not counts_as_cancelled(NOW, silent, later)


@pytest.mark.parametrize(
    ("seconds", "minutes", "said"),
    [
        (3600, 60, "あと1時間0分"),
        (3599, 59, "あと59分"),
        (60, 1, "あと1分"),
        (59, 0, "あと0分"),
        (-1, -1, "開始から1分"),
        (-3600, -60, "開始から1時間0分"),
    ],
)
def test_the_time_to_the_start_is_said_in_whole_minutes(
    seconds: int, minutes: int, said: str
) -> None:
    start = NOW + timedelta(seconds=seconds)
    assert minutes_until(start, NOW) == minutes
    assert JA.until(start, NOW) == said


def test_on_another_day_no_minutes_are_counted() -> None:
    assert JA.until(NOW + timedelta(days=1), NOW) is None


def test_days_are_those_of_tokyo() -> None:
    evening = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert day_of(evening) == date(2026, 11, 25)
    assert day_of(evening - timedelta(seconds=1)) == date(2026, 11, 24)
    assert start_of(date(2026, 11, 25)) == evening == end_of(date(2026, 11, 24))
    assert parse_wall_time("2026-11-25 00:00") == evening
    assert JA.day(date(2026, 11, 25)) == "2026年11月25日（水）"
    assert JA.when(NOW, NOW) == "今日 10:00"
    assert JA.when(NOW - timedelta(days=1), NOW) == "2026年11月23日（月） 10:00"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("動いています：—", "動いています。"),
        ("動いています：—。版が、わかりません。", "動いています。版が、わかりません。"),
        ("新しい版です：— —", "新しい版です。"),
        ("新しい版です：—（版：—）", "新しい版です。"),
        ("もうすぐ終わります。（終わる日：—ごろ）", "もうすぐ終わります。"),
        ("Running: —", "Running."),
        ("It ends soon. (Last day: —)", "It ends soon."),
        ("見つかりませんでした。", "見つかりませんでした。"),
        ("「設定」（歯車）を開きます。", "「設定」（歯車）を開きます。"),
    ],
)
def test_blanks_leave_no_gap(sentence: str, said: str) -> None:
    assert without_blanks(sentence) == said


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_that_staff_read_has_a_gap(language: Language) -> None:
    wording = load_wording(language)
    read = 0
    for check, words in wording.checks.items():
        for reason in (*words.reasons, *wording.common):
            read += 1
            said = without_blanks(wording.sentence(check, reason))
            assert "—" not in said, (check, reason)
            assert "：" in said or ": " in said or said[-1] in "。.", (check, reason)
    assert read > 100


@given(st.integers(0, 10**9 - 1), st.sampled_from([" ", "-", "", "　", "−"]))
def test_a_code_is_taken_out_of_a_log_line_however_it_is_grouped(number: int, between: str) -> None:
    code = format_code(new_code(lambda _: number)).replace(" ", between)
    assert without_codes(f"before {code}, after") == "before [digits], after"


def test_a_log_line_is_one_json_object_without_codes() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "code %s\nnext", ("123 456 7890",), None)
    record.fields = {"status": 200, "note": "1234567890"}
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "code [digits]\nnext"
    assert json.loads(line)["note"] == "[digits]"
    assert json.loads(line)["status"] == 200


def test_the_exception_in_a_log_line_has_no_codes_either() -> None:
    try:
        raise ValueError("about 1234567890")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    assert "[digits]" in json.loads(JsonLines().format(record))["exception"]
    assert "1234567890" not in JsonLines().format(record)
