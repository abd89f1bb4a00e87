"""Any process can open connections and say nothing: the page is answered all the same."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from precheck.agent.page.presence import Presence
from precheck.agent.page.strangers import MOST_STRANGERS, Strangers
from tests.agent.page.served import Answered, Page, served

FOR_EVER = 600.0
"""Seconds to wait for a request: longer than any test, so that nothing here is a matter of time."""


class ToldOf(Presence):
    """Says when the page is inside."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.inside = threading.Event()

    def __enter__(self) -> None:
        super().__enter__()
        self.inside.set()


@contextmanager
def a_crowd(page: Page, many: int) -> Iterator[list[socket.socket]]:
    crowd = [socket.create_connection(("127.0.0.1", page.port), timeout=10) for _ in range(many)]
    try:
        yield crowd
    finally:
        for connection in crowd:
            connection.close()


def is_cut_off(connection: socket.socket) -> bool:
    connection.settimeout(0.5)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_the_page_is_answered_in_a_crowd_that_holds_every_place(tmp_path: Path) -> None:
    with served(tmp_path, read_seconds=FOR_EVER) as page, a_crowd(page, MOST_STRANGERS):
        assert page.ask("GET", "/", without=("X-Precheck-Session",)).status == 200
        for _ in range(3):
            assert page.do("language", language="en").status == 200


def test_who_came_first_has_to_go_first(tmp_path: Path) -> None:
    with (
        served(tmp_path, read_seconds=FOR_EVER) as page,
        a_crowd(page, MOST_STRANGERS) as crowd,
        a_crowd(page, 1),
    ):
        assert page.ask("GET", "/").status == 200  # the last of them has been let in, too
        assert is_cut_off(crowd[0])
        assert not is_cut_off(crowd[-1])


def test_a_page_that_waits_for_news_is_not_cut_off_for_strangers(tmp_path: Path) -> None:
    with served(tmp_path, read_seconds=FOR_EVER, poll_seconds=60) as page:
        seq = page.state()["seq"]
        heard: list[Answered] = []
        waits = threading.Thread(
            target=lambda: heard.append(page.ask("GET", f"/api/state?since={seq}"))
        )
        page.server.presence = told = ToldOf(time.monotonic)
        waits.start()
        assert told.inside.wait(timeout=30)
        with a_crowd(page, 3 * MOST_STRANGERS):
            page.do("language", language="en")
            waits.join(timeout=30)
        assert [answer.status for answer in heard] == [200]


def test_only_strangers_are_counted() -> None:
    strangers = Strangers(most=2)
    ours, theirs = zip(*(socket.socketpair() for _ in range(4)), strict=True)
    try:
        strangers.came(ours[0])
        strangers.known(ours[0])
        for connection in ours[1:]:
            strangers.came(connection)
        assert [is_cut_off(connection) for connection in theirs] == [False, True, False, False]
        strangers.known(ours[0])
        ours[2].close()
        strangers.came(ours[0])
        assert is_cut_off(theirs[2])
    finally:
        for connection in (*ours, *theirs):
            connection.close()
