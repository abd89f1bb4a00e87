"""How soon the job seeker's page can be used, and how soon its fast verdicts are there.

Chromium runs already: how long a browser takes to start is not the program's doing. A blank window
waits; the clock starts with the program's process and stops when the field for the code takes
letters, or when the last fast verdict is painted. The person's two presses take no time here.

Before each run everything of the one before has ended, and the new window is at rest: both would
otherwise be measured, too. Each run has a control beside it, by which a busy machine is known: the
same window, led to one line of text by Python's own server, started like the program.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from bench.timing import PROGRAM, endpoint, say

CHROMIUM = "/usr/bin/chromium"
RUNS = 9
SLOW = "更新（アップデート）"
"""The one check that asks the package manager, which takes longer than all others together."""

_LANDED = """
(slow) => {
  const rows = [...document.querySelectorAll(".lines > li")];
  const open = rows.filter((row) => row.matches(".open"));
  return rows.length > 0 && open.every((row) => row.querySelector("h3").textContent === slow);
}
"""


_LANDED_ALL = """
() => {
  const rows = [...document.querySelectorAll(".lines > li")];
  return rows.length > 0 && !rows.some((row) => row.matches(".open"));
}
"""

_AT_REST = "() => new Promise((done) => requestIdleCallback(() => setTimeout(done, 500)))"

_CONTROL = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<!doctype html><p id=code>-")
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class _Run:
    """Seconds from the start of a process."""

    control: float
    served: float
    usable: float
    verdicts: float


def main() -> None:
    with sync_playwright() as playwright, endpoint() as address:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        done = [_measure(browser, address) for _ in range(RUNS + 1)][1:]
        browser.close()
    say("control: start of a bare server to its page", [run.control for run in done])
    say("start of precheck to its page's address", [run.served for run in done])
    say(
        "start of precheck to a usable page",
        [run.usable for run in done],
        promise="at most 700 ms",
    )
    say(
        "start of precheck to the last fast verdict",
        [run.verdicts for run in done],
        promise="at most 2000 ms",
    )


def _measure(browser: Browser, address: str) -> _Run:
    with _window(browser) as page, _started([sys.executable, "-c", _CONTROL]) as started:
        _, control = _usable(page, started)
    program = [*PROGRAM, "page", "--no-open", "--endpoint", address]
    with _window(browser) as page, _started(program) as started:
        served, usable = _usable(page, started)
        _choose_an_office(page)
        page.wait_for_function(_LANDED, arg=SLOW)
        verdicts = started.seconds()
        page.wait_for_function(_LANDED_ALL)
    return _Run(control, served, usable, verdicts)


def _usable(page: Page, started: "_Started") -> tuple[float, float]:
    """When the address was there, and when what it leads to can be used."""
    address = started.address()
    served = started.seconds()
    page.goto(address, wait_until="commit")
    page.locator("#code").wait_for()
    return served, started.seconds()


@contextmanager
def _window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.evaluate(_AT_REST)
    yield page
    context.close()


def _choose_an_office(page: Page) -> None:
    page.locator("details").last.evaluate("(each) => { each.open = true; }")
    page.locator("input[value=kakogawa]").check()
    page.locator("details button").last.click()
    page.get_by_role("button", name="チェックを始める").click()


class _Started:
    """A process that says where its page is."""

    def __init__(self, process: "subprocess.Popen[str]", begun: float) -> None:
        self.process, self.begun = process, begun

    def seconds(self) -> float:
        return time.perf_counter() - self.begun

    def address(self) -> str:
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found
        return found[0]


@contextmanager
def _started(command: Sequence[str]) -> Iterator[_Started]:
    with TemporaryDirectory(prefix="precheck-bench-") as home:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={
                "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                "HOME": home,
                "PYTHONIOENCODING": "utf-8",
            },
        )
        try:
            yield _Started(process, begun)
        finally:
            process.kill()
            process.communicate()


if __name__ == "__main__":
    main()
