"""The browser starts while what answers it is loaded; neither waits for the other."""

import socket
import subprocess
import sys
import time
from pathlib import Path

from precheck.agent.outbox import Outbox
from precheck.agent.page.entrance import Entrance
from precheck.agent.page.flow import Flow
from precheck.agent.page.listener import listen, port_of
from precheck.agent.page.presence import Presence
from precheck.agent.page.server import PageServer
from precheck.agent.page.settings_screens import SettingsScreens
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language

NOT_BEFORE_THE_BROWSER = (
    "email",
    "http.client",
    "http.server",
    "precheck.agent.page.flow",
    "precheck.agent.page.server",
    "precheck.agent.session",
    "precheck.agent.terminal",
    "requests",
    "rich",
    "ssl",
)


def loaded_by(module: str) -> set[str]:
    """The modules that a fresh Python has once it has imported `module`."""
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(said.split())


def test_the_browser_is_started_before_what_answers_it_is_loaded() -> None:
    assert not loaded_by("precheck.agent.page.command").intersection(NOT_BEFORE_THE_BROWSER)


def test_what_answers_it_would_have_shown_among_the_modules() -> None:
    shown = loaded_by("precheck.agent.page.server").intersection(NOT_BEFORE_THE_BROWSER)
    assert {"http.server", "precheck.agent.page.flow", "precheck.agent.session"} <= shown


def test_a_browser_that_comes_before_anything_answers_gets_its_answer(tmp_path: Path) -> None:
    listener = listen()
    port = port_of(listener)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as browser:
        browser.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        flow = Flow(
            family=OsFamily.LINUX,
            language=Language.JA,
            endpoint=None,
            outbox=Outbox(tmp_path),
            screens=SettingsScreens({}),
        )
        server = PageServer(listener, flow, Presence(time.monotonic), Entrance(time.monotonic))
        try:
            server.handle_request()
            assert browser.recv(4096).startswith(b"HTTP/1.0 200")
        finally:
            server.server_close()
