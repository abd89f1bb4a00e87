"""The list in the terminal: where its lines end, and that nothing is lost between them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from precheck.contract.checks import CheckId
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.line_breaks import broken
from precheck.endpoint.listing import Row
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State
from precheck.endpoint.terminal import list_lines
from tests.endpoint.rows import NOW, row

NEVER_FIRST = "、。）」ーっょ"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("結果が届きました。もう一度どうぞ。", 40, ["結果が届きました。もう一度どうぞ。"]),
        ("結果が届きました。もう一度どうぞ。", 20, ["結果が届きました。", "もう一度どうぞ。"]),
        ("一度チェックをお願いします。", 18, ["一度チェックを", "お願いします。"]),
        ("ウイルス、", 8, ["ウイル", "ス、"]),
        ("あ「ああ", 4, ["あ", "「あ", "あ"]),
        ("to be or not to be", 8, ["to be or", "not to", "be"]),
        ("counselling", 8, ["counsell", "ing"]),
        ("", 8, [""]),
    ],
)  # fmt: skip
def test_a_line_ends_where_a_phrase_does(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width) == lines


@given(
    st.text(
        st.sampled_from("予定チエあいをお「（ Ab1") | st.sampled_from(NEVER_FIRST), max_size=60
    ),
    st.integers(1, 30),
)
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = broken(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= max(2, width) for line in lines)


@given(
    st.lists(
        st.text(st.sampled_from("予定チエあいをお"), min_size=1, max_size=9)
        .flatmap(lambda word: st.sampled_from(NEVER_FIRST).map(lambda mark: word + mark)),
        max_size=8,
    ).map("".join),
    st.integers(6, 30),
)  # fmt: skip
def test_no_line_begins_with_a_mark_that_closes(text: str, width: int) -> None:
    assert not any(line.startswith(tuple(NEVER_FIRST)) for line in broken(text, width))


def lines(*rows: Row, language: Language = Language.JA, width: int = 80) -> list[str]:
    speech = Speech(load_staff_words(language), load_wording(language))
    return list(list_lines(rows, date(2026, 11, 24), NOW, speech, width))


def test_an_appointment_is_a_line_of_facts_and_what_to_say() -> None:
    assert lines(row(reference="K-7")) == [
        "2026年11月24日（火）",
        "10:30  – 未チェック  あと30分  整理番号 K-7  最後のチェック まだありません",
        "       まだチェックの結果が届いていません。難しいときは、電話や来所でも",
        "       相談できます。",
    ]


def test_what_staff_accepted_or_heard_and_who_is_late_stands_beside_the_state() -> None:
    seen = datetime(2026, 11, 23, 15, tzinfo=UTC)
    told = lines(
        row(state=State.READY, checked_at=seen, read_out=True, waived=2, late=True), width=200
    )
    assert told[1].split("  ")[1:4] == [
        "○ 準備できています",
        "職員が認めた項目：2件",
        "電話で聞いた結果",
    ]
    assert "連絡がなければキャンセル扱い" in told[1]
    assert told[1].endswith("最後のチェック 今日"), "of what was read out only the day is known"
    assert "認めた" not in lines(row(state=State.STALE, checked_at=seen, waived=2))[1]


def test_the_list_is_english_on_request() -> None:
    assert lines(row(), language=Language.EN) == [
        "Tue 2026-11-24",
        "10:30  – Not checked  in 30 min  Last check Never",
        "       No result has arrived yet. If it is difficult, we can talk by phone or at",
        "       the office.",
    ]


def column(line: str, word: str) -> int:
    return cell_len(line[: line.index(word)])


def test_facts_stand_below_each_other_unless_they_have_their_own_column() -> None:
    first, second = (
        row(reference="K-7"),
        row(state=State.STALE, reference="", checked_at=datetime(2026, 11, 1, tzinfo=UTC)),
    )
    told = lines(first, second, width=100)
    assert column(told[1], "最後") == column(told[3], "最後")
    assert not any("整理番号" in line for line in lines(second))
    assert "ハローワーク" not in "".join(told)
    assert "ハローワーク明石" in "".join(
        lines(first, row(office_id="akashi", office="ハローワーク明石"), width=100)
    )


@pytest.mark.parametrize("width", [10, 20, 40, 80, 200])
@pytest.mark.parametrize("language", list(Language))
def test_however_narrow_the_terminal_no_word_is_lost(width: int, language: Language) -> None:
    deciding = row(state=State.NOT_READY, concerns=(CheckId.FIREWALL,), more_concerns=12)
    speech = Speech(load_staff_words(language), load_wording(language))
    told = lines(deciding, language=language, width=width)
    assert all(cell_len(line) <= width for line in told[1:])
    said = speech.say(deciding)
    assert "12" in said
    assert said.replace(" ", "") in "".join(told).replace(" ", "")


def test_a_day_without_appointments_says_so() -> None:
    assert lines() == ["2026年11月24日（火）", "この日の予約はありません。"]
