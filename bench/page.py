"""How soon the job seeker's page can be used, and how soon its fast verdicts are there.

Chromium runs already: how long a browser takes to start is not the program's doing. A blank window
waits; the clock starts with the program's process and stops when the field for the code takes
letters, or when the last fast verdict is painted. The person's two presses take no time here.
"""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


def main() -> None:
    with sync_playwright() as playwright, endpoint() as address:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        figures = [_measure(browser, address) for _ in range(RUNS + 1)][1:]
        browser.close()
    served, usable, verdicts = zip(*figures, strict=True)
    say("start of precheck to its page being served", served)
    say("start of precheck to a usable page", usable, promise="at most 700 ms")
    say("start of precheck to the last fast verdict", verdicts, promise="at most 2000 ms")


def _measure(browser: Browser, address: str) -> tuple[float, float, float]:
    page = browser.new_context(locale="ja-JP").new_page()
    begun = time.perf_counter()
    with _started(address) as link:
        served = time.perf_counter() - begun
        page.goto(link, wait_until="commit")
        page.locator("#code").wait_for()
        usable = time.perf_counter() - begun
        _choose_an_office(page)
        page.wait_for_function(_LANDED, arg=SLOW)
        verdicts = time.perf_counter() - begun
    page.context.close()
    return served, usable, verdicts


def _choose_an_office(page: Page) -> None:
    page.locator("details").last.evaluate("(each) => { each.open = true; }")
    page.locator("input[value=kakogawa]").check()
    page.locator("details button").last.click()
    page.get_by_role("button", name="チェックを始める").click()


@contextmanager
def _started(address: str) -> Iterator[str]:
    with TemporaryDirectory(prefix="precheck-bench-") as home:
        process = subprocess.Popen(
            [*PROGRAM, "page", "--no-open", "--endpoint", address],
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
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.kill()
            process.communicate()


if __name__ == "__main__":
    main()
