"""A page's server in this process, and a browser that does as a test says."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from precheck.agent.outbox import Outbox
from precheck.agent.page.entrance import Entrance
from precheck.agent.page.flow import Flow
from precheck.agent.page.listener import listen
from precheck.agent.page.presence import Presence
from precheck.agent.page.server import PageServer
from precheck.agent.page.settings_screens import Screen, SettingsScreens
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language


@dataclass
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Page:
    """A page that is served: `browser` is what a browser of the person's own sends along."""

    server: PageServer
    outbox: Outbox

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def browser(self) -> dict[str, str]:
        return {
            "Host": f"127.0.0.1:{self.port}",
            "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
            "X-Precheck-Session": self.server.entrance.secret,
        }

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        without: tuple[str, ...] = (),
        **changed: str,
    ) -> Answered:
        """One request as the person's browser makes it, without some headers, others changed
        (`Sec_Fetch_Site` stands for `Sec-Fetch-Site`)."""
        headers = {**self.browser, **{key.replace("_", "-"): text for key, text in changed.items()}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, text in headers.items():
                if name not in without:
                    connection.putheader(name, text)
            if body is not None and "Content-Length" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answered(answer.status, answer.msg, answer.read())
        finally:
            connection.close()

    def do(self, action: str, **body: Any) -> Answered:
        return self.ask("POST", f"/api/{action}", json.dumps(body).encode())

    def started_again(self, **came_with: Any) -> Answered:
        """What a second start of the program asks of this one."""
        return self.ask(
            "POST",
            "/api/open",
            json.dumps(came_with).encode(),
            X_Precheck_Control=self.server.entrance.control,
        )

    def state(self) -> Any:
        return self.ask("GET", "/api/state").json

    def until(self, said: Any, seconds: float = 40.0) -> Any:
        """The first state of which `said` is true."""
        ends = time.monotonic() + seconds
        state = self.state()
        while not said(state):
            assert time.monotonic() < ends, {**state, "offices": ()}
            state = self.ask("GET", f"/api/state?since={state['seq']}").json
        return state


@contextmanager
def served(
    folder: Path,
    *,
    endpoint: str | None = None,
    screens: dict[Screen, tuple[str, ...]] | None = None,
    read_seconds: float = 10.0,
    poll_seconds: float = 5.0,
    passed: Callable[[], float] | None = None,
) -> Iterator[Page]:
    outbox = Outbox(folder / "outbox")
    flow = Flow(
        family=OsFamily.LINUX,
        language=Language.JA,
        endpoint=endpoint,
        outbox=outbox,
        screens=SettingsScreens(screens or {}),
        clock=passed,
    )
    clock = time.monotonic
    server = PageServer(
        listen(),
        flow,
        Presence(clock),
        Entrance(clock),
        read_seconds=read_seconds,
        poll_seconds=poll_seconds,
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Page(server, outbox)
    finally:
        flow.end()
        server.shutdown()
        thread.join()
        server.server_close()
