"""`precheck` as it is started by a double click, twice, and after it has died."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from precheck.agent.exits import READY
from precheck.agent.page.only_one import who_runs
from tests.agent.program import INHERITED, at_home

QUIETLY = ("page", "--no-open")
"""To print its address at once, on any machine, whoever reads it."""


@contextmanager
def started(home: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """The program without a screen, and with a pipe where a terminal could be."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "precheck.agent.cli", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**kept, **at_home(home), "PYTHONIOENCODING": "utf-8"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def printed(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The port and the ticket in the address that is printed."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)/#([\w-]+)", line)
    assert found, line
    return int(found[1]), found[2]


def post(port: int, path: str, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            "POST",
            path,
            b"{}",
            {
                "Origin": f"http://127.0.0.1:{port}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): text for name, text in headers.items()},
            },
        )
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body else None
    finally:
        connection.close()


def get(port: int, path: str, **headers: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        connection.request("GET", path, headers=sent)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def enter(port: int, ticket: str) -> str:
    status, body = post(port, "/api/enter", X_Precheck_Ticket=ticket)
    assert status == 200
    return str(body["session"])


def folder_in(home: Path) -> Path:
    state = home if sys.platform == "win32" else home / ".local" / "state"
    return state / "precheck" / "page"


@pytest.mark.parametrize("arguments", [QUIETLY, (*QUIETLY, "--lang", "en")])
def test_it_serves_its_page_until_the_person_ends_it(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with started(tmp_path, *arguments) as process:
        port, ticket = printed(process)
        secret = enter(port, ticket)
        assert post(port, "/api/quit", X_Precheck_Session=secret)[1]["phase"] == "ended"
        assert process.wait(timeout=30) == READY
    assert [file.name for file in folder_in(tmp_path).iterdir()] == ["lock"]


def test_a_second_start_brings_back_the_first_and_ends(tmp_path: Path) -> None:
    with started(tmp_path, *QUIETLY) as first:
        port, ticket = printed(first)
        with started(tmp_path, *QUIETLY) as second:
            same_port, another = printed(second)
            assert second.wait(timeout=30) == READY
        assert same_port == port
        assert enter(port, another) == enter(port, ticket)
        assert first.poll() is None


def test_what_a_program_that_died_left_behind_stops_nobody(tmp_path: Path) -> None:
    with started(tmp_path, *QUIETLY) as first:
        printed(first)
        first.kill()
        first.wait()
    (folder_in(tmp_path) / "start-0.html").write_text("left over")
    assert who_runs(folder_in(tmp_path)) is not None
    with started(tmp_path, *QUIETLY) as second:
        enter(*printed(second))
        assert not list(folder_in(tmp_path).glob("start-*"))


def test_a_home_that_cannot_be_written_is_no_reason_not_to_start(tmp_path: Path) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("a file, where a folder should be")
    with started(blocked, *QUIETLY) as process:
        enter(*printed(process))


def test_no_room_to_say_where_it_is_is_no_reason_not_to_start(tmp_path: Path) -> None:
    # As on a full disk: the lock is there already, and nothing can be written.
    (folder_in(tmp_path) / "running.json" / "full").mkdir(parents=True)
    with started(tmp_path, *QUIETLY) as process:
        enter(*printed(process))


def test_nobody_else_can_read_how_to_reach_it(tmp_path: Path) -> None:
    with started(tmp_path, *QUIETLY) as process:
        port, _ = printed(process)
        folder = folder_in(tmp_path)
        running = who_runs(folder)
        assert running is not None
        assert running.port == port
        if sys.platform != "win32":  # where a person's own folder is closed to others by its ACL
            assert folder.stat().st_mode & 0o777 == 0o700
            assert (folder / "running.json").stat().st_mode & 0o777 == 0o600
        assert post(port, "/api/open", X_Precheck_Control="guess")[0] == 401
