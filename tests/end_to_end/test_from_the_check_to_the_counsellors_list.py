"""The whole way, with the real parts: the program, the endpoint as a process, a line between."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from precheck.agent.exits import ATTENTION, COULD_NOT_RUN, NOT_READY, READY, WRONG_USAGE
from tests.agent.program import INHERITED, at_home, precheck
from tests.agent.stand_in_endpoint import Answer, Asked, StandIn, running
from tests.endpoint.scene import OFFICE, done, listed, new_code, query, report_ids, serving

CHECKED = (READY, NOT_READY, ATTENTION)
STATE = {READY: "ready", NOT_READY: "not_ready", ATTENTION: "attention"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An endpoint's data with one office."""
    data = tmp_path / "data"
    data.mkdir()
    done(data, "office", "add", OFFICE)
    return data


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of the person at the device."""
    path = tmp_path / "home"
    path.mkdir()
    return path


class Line:
    """The line between agent and endpoint. `behaviour` says what it does with a request."""

    def __init__(self) -> None:
        self.target = ""
        self.cut_after_answer = threading.Event()
        self.down = threading.Event()
        self.stand_in = StandIn(self._carry)

    def _carry(self, asked: Asked) -> Answer | None:
        if self.down.is_set():
            return None
        kept = {
            name: value
            for name, value in asked.headers.items()
            if name in ("Authorization", "Content-Type", "Accept")
        }
        answer = requests.request(
            asked.method, self.target + asked.path.lstrip("/"), data=asked.body, headers=kept,
            timeout=30,
        )  # fmt: skip
        if asked.method == "POST" and "reports" in asked.path and self.cut_after_answer.is_set():
            self.down.set()
            return None
        return Answer(answer.status_code, answer.content)


@pytest.fixture
def line() -> Iterator[Line]:
    carrier = Line()
    with running(carrier.stand_in):
        yield carrier


def check(home: Path, code: str, address: str, *more: str):
    return precheck(
        home, "check", "--code", code, "--endpoint", address, "--yes-send",
        "--private-room", "yes", "--agree", "yes", *more,
    )  # fmt: skip


def reports(folder: Path) -> int:
    return len(report_ids(folder))


def waiting(home: Path) -> list[Path]:
    return list(home.rglob("outbox/*"))


def test_a_checked_and_sent_device_stands_in_the_list_with_its_readiness(
    folder: Path, home: Path
) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        ran = check(home, code, address)
    assert ran.code in CHECKED, ran.err
    assert listed(folder)[0]["state"] == STATE[ran.code]
    assert waiting(home) == []


def test_what_was_shown_before_sending_is_exactly_what_was_stored(folder: Path, home: Path) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        shown = json.loads(check(home, code, address, "--json").out)["report"]
    ((stored,),) = query(folder, "SELECT document FROM store_reportrecord")
    assert json.loads(bytes(stored)) == shown


def test_without_consent_nothing_is_sent(folder: Path, home: Path) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        ran = precheck(home, "check", "--code", code, "--endpoint", address)
        assert ran.code in CHECKED
        precheck(home, "check", "--code", code, "--endpoint", address, "--no-send")
    assert reports(folder) == 0
    assert waiting(home) == []


def test_a_code_that_the_endpoint_does_not_know_is_wrong_usage(folder: Path, home: Path) -> None:
    with serving(folder) as (address, _):
        ran = check(home, "123 456 7894", address)
    assert ran.code == WRONG_USAGE
    assert "Traceback" not in ran.err


def test_with_the_endpoint_away_the_report_waits_and_is_sent_later_once(
    folder: Path, home: Path, line: Line
) -> None:
    code = new_code(folder)
    line.down.set()
    ran = check(home, code, line.stand_in.address, "--office", OFFICE)
    assert ran.code == COULD_NOT_RUN
    assert len(waiting(home)) == 1
    assert precheck(home, "send").code == COULD_NOT_RUN
    assert len(waiting(home)) == 1
    with serving(folder) as (address, _):
        line.target = address
        line.down.clear()
        assert precheck(home, "send").code == READY
        assert precheck(home, "send").code == READY
    assert reports(folder) == 1
    assert waiting(home) == []


def test_what_waits_goes_along_with_the_next_report(folder: Path, home: Path, line: Line) -> None:
    code = new_code(folder)
    line.down.set()
    assert check(home, code, line.stand_in.address, "--office", OFFICE).code == COULD_NOT_RUN
    with serving(folder) as (address, _):
        line.target = address
        line.down.clear()
        assert check(home, code, line.stand_in.address).code in CHECKED
    assert reports(folder) == 2
    assert waiting(home) == []


def test_killed_between_receipt_and_answer_nothing_is_lost_and_nothing_twice(
    folder: Path, home: Path, line: Line
) -> None:
    code = new_code(folder)
    line.cut_after_answer.set()
    with serving(folder) as (address, process):
        line.target = address
        ran = check(home, code, line.stand_in.address)
        process.kill()
        process.wait()
    assert ran.code == COULD_NOT_RUN
    assert (reports(folder), len(waiting(home))) == (1, 1)
    line.cut_after_answer.clear()
    line.down.clear()
    with serving(folder) as (address, _):
        line.target = address
        assert precheck(home, "send").code == READY
    assert (reports(folder), waiting(home)) == (1, [])


def test_the_code_is_in_no_log_of_either_side(folder: Path, home: Path) -> None:
    code = new_code(folder)
    with serving(folder, PRECHECK_LOG_LEVEL="DEBUG") as (address, _):
        ran = check(home, code, address)
    log = (folder / "serve.log").read_text()
    digits = code.replace(" ", "")
    assert digits not in ran.out + ran.err + log
    assert code not in ran.out + ran.err + log


def test_the_demo_shows_it_all_and_ends_by_itself(home: Path) -> None:
    ran = precheck(home, "demo")
    assert ran.code == READY, ran.err
    assert "今日の予約" in ran.out
    assert "/staff/" in ran.out
    assert "送りました" in ran.out


DEMO = [sys.executable, "-m", "precheck.agent.cli", "demo", "--stay"]
FROM_A_CLONE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import dev
dev.PYTHON, dev.set_up = sys.executable, lambda extra: None
sys.exit(dev.main())
"""
"""dev.py, with what this Python has installed already."""
IN_THE_BACKGROUND = [
    *("sh", "-c", "trap '' INT; exec \"$@\"", "sh"),  # as a shell does for a command with &
    *(sys.executable, "-c", FROM_A_CLONE, str(Path(__file__).parents[2]), "demo", "--stay"),
]


@pytest.mark.skipif(os.name == "nt", reason="a process on Windows cannot be asked to end")
@pytest.mark.parametrize("way", [DEMO, IN_THE_BACKGROUND], ids=["itself", "in the background"])
def test_a_demo_that_is_told_to_end_leaves_nothing_behind(
    home: Path, tmp_path: Path, way: list[str]
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    text = ""
    with subprocess.Popen(
        way,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            **inherited,
            **at_home(home),
            "TMPDIR": str(temporary),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONUNBUFFERED": "1",
        },
        text=True,
        encoding="utf-8",
    ) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            text += line
            if "Ctrl-C" in line:
                break
        assert list(temporary.glob("precheck-demo-*"))
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=60)
    assert list(temporary.iterdir()) == []
    address, login, code, stays = text.splitlines()[-4:]
    assert "/staff/" in address
    assert "demo" in login
    assert re.search(r"\d{3} \d{3} \d{4}$", code)
    assert "Ctrl-C" in stays
    found = re.search(r"http://127\.0\.0\.1:(\d+)", text)
    assert found, text
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(found[1])))
