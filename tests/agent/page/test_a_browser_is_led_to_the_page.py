"""A browser finds the page, and nobody who reads the list of processes does."""

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from precheck.agent.page.entrance import Entrance
from precheck.agent.page.hand_over import HandOver, Way, ways_to_open
from precheck.contract.verdict import OsFamily

PORT = 54321


@pytest.fixture
def entrance() -> Entrance:
    return Entrance(lambda: 0.0)


def a_browser(folder: Path, name: str = "browser", code: int = 0) -> Path:
    """A program that writes down its arguments and ends with `code`."""
    program = folder / name
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{program}.arguments"\nexit {code}\n')
    program.chmod(0o755)
    return program


def arguments_of(browser: Path) -> str:
    return browser.with_name(f"{browser.name}.arguments").read_text().strip()


def file_in(address: str) -> Path:
    parts = urlsplit(address)
    assert parts.scheme == "file"
    return Path(unquote(parts.path))


def ticket_in(text: str) -> str:
    found = re.search(rf"http://127\.0\.0\.1:{PORT}/#([\w-]{{40,}})", text)
    assert found, text
    return found[1]


@pytest.fixture
def opened(tmp_path: Path, entrance: Entrance) -> Iterator[tuple[HandOver, str]]:
    browser = a_browser(tmp_path)
    way = Way((str(browser),), "--app=")
    hand_over = HandOver(tmp_path / "page", PORT, entrance, [way], by_file=True)
    assert hand_over.open() is None
    yield hand_over, arguments_of(browser).removeprefix("--app=")
    hand_over.clear()


def test_the_ticket_is_not_among_the_arguments_but_in_a_file_for_the_person_alone(
    opened: tuple[HandOver, str], entrance: Entrance
) -> None:
    _, address = opened
    file = file_in(address)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    ticket = ticket_in(file.read_text())
    for part in (ticket, entrance.secret, entrance.control, str(PORT)):
        assert part not in address
    assert entrance.enter(ticket) == entrance.secret


def test_the_file_goes_once_its_ticket_is_used_and_not_before(
    opened: tuple[HandOver, str], entrance: Entrance
) -> None:
    hand_over, address = opened
    file = file_in(address)
    hand_over.clear(used_only=True)
    assert file.exists()
    entrance.enter(ticket_in(file.read_text()))
    hand_over.clear(used_only=True)
    assert not file.exists()


def test_each_opening_has_a_ticket_of_its_own(tmp_path: Path, entrance: Entrance) -> None:
    hand_over = HandOver(tmp_path, PORT, entrance, [], by_file=True)
    assert ticket_in(hand_over.open() or "") != ticket_in(hand_over.open() or "")


def test_a_browser_that_cannot_start_is_followed_by_the_next(
    tmp_path: Path, entrance: Entrance
) -> None:
    broken, working = a_browser(tmp_path, "broken", 1), a_browser(tmp_path, "working")
    ways = [Way(("/nonexistent/browser",)), Way((str(broken),)), Way((str(working),))]
    assert HandOver(tmp_path / "page", PORT, entrance, ways, by_file=True).open() is None
    assert file_in(arguments_of(broken)) != file_in(arguments_of(working))


def test_without_a_browser_the_address_is_left_to_be_opened_by_hand(
    tmp_path: Path, entrance: Entrance
) -> None:
    broken = a_browser(tmp_path, "broken", 1)
    hand_over = HandOver(tmp_path, PORT, entrance, [Way((str(broken),))], by_file=True)
    assert entrance.enter(ticket_in(hand_over.open() or "")) == entrance.secret


def test_where_arguments_are_the_persons_own_the_browser_gets_the_address_itself(
    tmp_path: Path, entrance: Entrance
) -> None:
    browser = a_browser(tmp_path)
    HandOver(tmp_path, PORT, entrance, [Way((str(browser),), "--app=")], by_file=False).open()
    assert entrance.is_good(ticket_in(arguments_of(browser).removeprefix("--app=")))
    assert not list(tmp_path.glob("start-*"))


def test_a_snap_is_led_by_a_file_in_a_folder_that_it_sees(
    tmp_path: Path, entrance: Entrance
) -> None:
    browser, folder = a_browser(tmp_path), tmp_path / "snap" / "chromium" / "common"
    way = Way((str(browser),), "--app=", lambda: folder)
    HandOver(tmp_path / "page", PORT, entrance, [way], by_file=True).open()
    assert file_in(arguments_of(browser).removeprefix("--app=")).parent == folder


def test_a_window_of_its_own_comes_before_the_persons_browser(tmp_path: Path) -> None:
    for name in ("xdg-open", "chromium", "google-chrome"):
        a_browser(tmp_path, name)
    ways = ways_to_open(OsFamily.LINUX, {"PATH": str(tmp_path), "DISPLAY": ":0"})
    assert [(Path(way.command[0]).name, way.glued) for way in ways] == [
        ("google-chrome", "--app="),
        ("chromium", "--app="),
        ("xdg-open", ""),
    ]


def test_without_a_screen_nothing_is_started(tmp_path: Path) -> None:
    a_browser(tmp_path, "xdg-open")
    assert ways_to_open(OsFamily.LINUX, {"PATH": str(tmp_path)}) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_shows_a_ticket_while_the_browser_runs(
    tmp_path: Path, entrance: Entrance
) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\ncat /proc/$$/cmdline > " + f"{tmp_path}/seen\n")
    program.chmod(0o755)
    hand_over = HandOver(tmp_path / "page", PORT, entrance, [Way((str(program),))], by_file=True)
    hand_over.open()
    seen = (tmp_path / "seen").read_bytes().decode()
    assert "file://" in seen
    ticket = ticket_in(file_in(seen.split("\0")[-2]).read_text())
    assert ticket not in seen
    shown = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, check=False).stdout
    assert ticket.encode() not in shown
