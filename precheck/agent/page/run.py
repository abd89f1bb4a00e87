"""`precheck page`: serves the page, opens it, and ends when it is gone."""

import json
import os
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from precheck.agent.errors import AgentError, CannotKeep, CouldNotRun
from precheck.agent.exits import COULD_NOT_RUN, READY
from precheck.agent.machine import os_family
from precheck.agent.page.entrance import Entrance
from precheck.agent.page.guard import CONTROL_HEADER
from precheck.agent.page.hand_over import FILE_PREFIX, HandOver, ways_to_open
from precheck.agent.page.listener import HOST, listen, port_of
from precheck.agent.page.only_one import Again, Running, TheOnlyOne, become_the_only_one, who_runs
from precheck.agent.page.presence import Presence
from precheck.agent.places import state_folder
from precheck.contract.wording import Language, load_wording

if TYPE_CHECKING:
    from precheck.agent.page.flow import Flow
    from precheck.agent.page.server import PageServer

LOOK = 1.0
"""Seconds between two looks at whether the page is there."""

NO_PAGE = 15.0
"""Seconds without a page after which its address is said on the terminal as well."""

TRIES, BETWEEN_TRIES = 20, 0.25
"""How often a second start looks for the first, which may be starting or ending right now."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the program was started with, or came with: the office's endpoint, a code to stand in
    its field, and what was wrong with either."""

    endpoint: str | None = None
    code: str | None = None
    problem: AgentError | None = None


def serve(language: Language, given: Given, *, opened: bool) -> int:
    """Serve the page until it is gone or the person ends it; without `opened` its address is only
    printed. Where it is served already, bring that one back instead. Returns an exit code.

    The address lets in whoever has it first. So it is written nowhere but on a terminal, unless it
    was asked for.
    """
    folder = state_folder() / "page"
    for _ in range(TRIES):
        try:
            held = become_the_only_one(folder)
        except CannotKeep:
            with tempfile.TemporaryDirectory(prefix="precheck-", ignore_cleanup_errors=True) as own:
                alone = become_the_only_one(Path(own))
                assert alone is not None  # noqa: S101 - nobody else knows the folder
                return _serve(Path(own), alone, language, given, opened)
        if held is not None:
            return _serve(folder, held, language, given, opened)
        running = who_runs(folder)
        if running is not None and _shows_itself(running, language, given, opened):
            return READY
        time.sleep(BETWEEN_TRIES)
    raise CouldNotRun("another precheck runs, and does not answer")


def _serve(folder: Path, held: TheOnlyOne, language: Language, given: Given, opened: bool) -> int:
    presence, entrance = Presence(time.monotonic), Entrance(time.monotonic)
    _remove_left_over(folder)
    try:
        listener = listen()
    except OSError as error:
        held.release()
        raise CouldNotRun("no port of this machine could be had") from error
    ways = ways_to_open(os_family(), os.environ) if opened else ()
    hand_over = HandOver(folder, port_of(listener), entrance, ways)
    try:
        # On a full disk, no second start finds this one; the page can do without.
        with suppress(CannotKeep):
            held.announce(Running(port=port_of(listener), control=entrance.control))
        # The browser takes its time to start: what answers it is loaded meanwhile.
        threading.Thread(target=_open, args=(hand_over, language, not opened), daemon=True).start()
        server = _page_server(listener, presence, entrance, language, given)
        server.show = lambda again: hand_over.open() if again.opened else hand_over.address()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            _until_over(server.flow, presence, hand_over, language, said=not opened)
        finally:
            server.flow.end()
            server.shutdown()
    finally:
        listener.close()
        hand_over.clear()
        held.release()
    return READY if presence.came else COULD_NOT_RUN


def _page_server(
    listener: socket.socket,
    presence: Presence,
    entrance: Entrance,
    language: Language,
    given: Given,
) -> "PageServer":
    from precheck.agent.outbox import Outbox
    from precheck.agent.page.flow import Flow
    from precheck.agent.page.server import PageServer
    from precheck.agent.page.settings_screens import settings_screens

    family = os_family()
    flow = Flow(
        family=family,
        language=language,
        endpoint=given.endpoint,
        given_code=given.code,
        problem=given.problem,
        outbox=Outbox(),
        screens=settings_screens(family),
    )
    return PageServer(listener, flow, presence, entrance)


def _until_over(
    flow: "Flow", presence: Presence, hand_over: HandOver, language: Language, *, said: bool
) -> None:
    begun = time.monotonic()
    while not flow.ended.wait(LOOK):
        hand_over.clear(used_only=True)
        if not presence.came and not said and time.monotonic() - begun > NO_PAGE:
            said = True
            _say_address(hand_over.address(), language, asked=False)
        if presence.over(unsent=flow.unsent()):
            return
    # Pages that wait for news are told that this is the end.
    time.sleep(BETWEEN_TRIES)


def _open(hand_over: HandOver, language: Language, asked: bool) -> None:
    address = hand_over.open()
    if address is not None:
        _say_address(address, language, asked=asked)


def _shows_itself(running: Running, language: Language, given: Given, opened: bool) -> bool:
    """Whether the program that runs showed its page again, or said where it is."""
    import http.client

    from precheck.agent.page.server import OPEN

    connection = http.client.HTTPConnection(HOST, running.port, timeout=30)
    headers = {
        "Origin": f"http://{HOST}:{running.port}",
        "Content-Type": "application/json",
        CONTROL_HEADER: running.control,
    }
    try:
        again = Again(code=given.code, endpoint=given.endpoint, opened=opened)
        connection.request("POST", OPEN, msgspec.json.encode(again), headers)
        answer = connection.getresponse()
        content = answer.read(10_000)
        address = json.loads(content)["address"] if answer.status == http.HTTPStatus.OK else ""
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()
    if address == "":
        return False
    if isinstance(address, str):
        _say_address(address, language, asked=not opened)
    return True


def _say_address(address: str, language: Language, *, asked: bool) -> None:
    """Print where the page is, for whoever looks at the terminal or has `asked`. To a log that
    others may read goes how to ask, and nothing else."""
    if sys.stdout is None:
        return
    with suppress(OSError, ValueError):
        phrase = "page_address" if asked or sys.stdout.isatty() else "page_no_browser"
        text = load_wording(language).phrases[phrase].format(address=address)
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _remove_left_over(folder: Path) -> None:
    for file in folder.glob(f"{FILE_PREFIX}*.html"):
        with suppress(OSError):
            file.unlink(missing_ok=True)
