"""At a terminal: questions are asked until they are clear, and consent is a plain yes."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.agent.exits import ATTENTION, NOT_READY, READY
from tests.endpoint.scene import OFFICE, done, listed, new_code, serving

CHECKED = (READY, NOT_READY, ATTENTION)
END_OF_INPUT = "\x04"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    done(data, "office", "add", OFFICE)
    return data


@pytest.fixture
def endpoint(folder: Path) -> Iterator[str]:
    with serving(folder) as (address, _):
        yield address


def at_a_terminal(home: Path, typed: str, *arguments: str) -> tuple[int, str]:
    """Run `precheck check` with `typed` waiting at its terminal: exit code, and what it showed."""
    person, program = pty.openpty()
    # The input ends behind what is typed, so that a question too many is not waited for.
    os.write(person, (typed + END_OF_INPUT * 8).encode())
    process = subprocess.Popen(
        [sys.executable, "-m", "precheck.agent.cli", "check", *arguments],
        stdin=program,
        stdout=program,
        stderr=program,
        env={**os.environ, "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    os.close(program)
    shown = b""
    while chunk := _read(person):
        shown += chunk
    os.close(person)
    return process.wait(), shown.decode(errors="replace")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # the other side has gone


def checking(home: Path, typed: str, code: str, endpoint: str) -> tuple[int, str]:
    # The network is the test machine's own; whether it raises a question is not the matter here.
    return at_a_terminal(
        home, typed, "--code", code, "--endpoint", endpoint, "--own-network", "yes"
    )


@pytest.mark.parametrize("yes", ["はい", "y", "YES", "Ｙ", "はい。", " 1 "])
def test_a_yes_in_any_spelling_is_a_yes(
    folder: Path, endpoint: str, tmp_path: Path, yes: str
) -> None:
    code, shown = checking(tmp_path, f"{yes}\n" * 3, new_code(folder), endpoint)
    assert code in CHECKED, shown
    assert listed(folder)[0]["state"] != "not_checked"


@pytest.mark.parametrize("no", ["いいえ", "n", "Ｎ", "", "たぶん\nたぶん\nたぶん", END_OF_INPUT])
def test_anything_but_a_yes_to_sending_sends_nothing(
    folder: Path, endpoint: str, tmp_path: Path, no: str
) -> None:
    code, shown = checking(tmp_path, f"はい\nはい\n{no}\n", new_code(folder), endpoint)
    assert code in CHECKED, shown
    assert "送っていません" in shown
    assert listed(folder)[0]["state"] == "not_checked"


def test_an_unclear_answer_is_asked_again(folder: Path, endpoint: str, tmp_path: Path) -> None:
    _, shown = checking(tmp_path, "たぶん\nはい\nはい\nいいえ\n", new_code(folder), endpoint)
    assert "「はい」か「いいえ」" in shown
    assert "まだ答えていません" not in shown


def test_at_the_end_of_the_input_questions_stay_open(
    folder: Path, endpoint: str, tmp_path: Path
) -> None:
    code, shown = checking(tmp_path, END_OF_INPUT * 3, new_code(folder), endpoint)
    assert code in (NOT_READY, ATTENTION)
    assert "まだ答えていません" in shown
    assert "Traceback" not in shown


def test_before_the_person_agrees_the_terms_and_their_date_are_named(
    folder: Path, endpoint: str, tmp_path: Path
) -> None:
    _, shown = checking(tmp_path, "はい\nはい\nいいえ\n", new_code(folder), endpoint)
    before = shown[: shown.index("同意しますか")]
    assert "加古川公共職業安定所オンライン職業相談利用規約" in before[-400:]
    assert "2022-12-27" in before[-400:]


def test_before_the_person_consents_all_that_is_sent_is_shown(
    folder: Path, endpoint: str, tmp_path: Path
) -> None:
    _, shown = checking(tmp_path, "はい\nはい\nいいえ\n", new_code(folder), endpoint)
    before = shown[: shown.index("この結果をハローワークに送りますか")]
    for part in ('"report_id":', '"declarations":', "予約コード", "linux", "送る先", endpoint[:20]):
        assert part in before
