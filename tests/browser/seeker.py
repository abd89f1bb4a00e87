"""A job seeker at their own machine: the real program, and its page in a real browser."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
)

from tests.agent.program import INHERITED, at_home
from tests.browser.visit import AXE_RULES, SMALL

WIDTHS = (1280, 768, 320)


@contextmanager
def program(home: Path, *arguments: str, **environment: str) -> Iterator[tuple[str, Any]]:
    """`precheck page` of a person whose files are in `home`: the address that lets its page in
    once, and the process."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "precheck.agent.cli", "page", "--no-open", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**kept, **at_home(home), "PYTHONIOENCODING": "utf-8", **environment},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/#[\w-]+", line)
        assert found, line
        yield found[0], process
    finally:
        process.kill()
        process.communicate()


class Seeker:
    """Somebody who looks at the page. `troubles` are what the browser complained of. `answers` are
    what the browser is told instead of what the program would say, by patterns of addresses."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        answers: Mapping[str, Callable[[Route], None]] = MappingProxyType({}),
        **context: Any,
    ) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": WIDTHS[0], "height": 900},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            **context,
        )
        for pattern, answer in answers.items():
            self.context.route(pattern, answer)
        self._origin = "/".join(address.split("/")[:3])
        self.troubles: list[str] = []
        self.page: Page = self.tab(address)

    def __enter__(self) -> "Seeker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.context.close()
        if error is None:
            assert self.troubles == []

    def tab(self, address: str) -> Page:
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._asked)
        page.goto(address)
        return page

    def heading(self, text: str) -> None:
        """Wait for the view with this heading."""
        self.page.get_by_role("heading", level=1, name=text).wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def at_step(self) -> str:
        return self.page.locator(".steps [aria-current=step] .name").inner_text()

    def row(self, check: str) -> Locator:
        """The row of a check, by its label in the language in force."""
        return self.page.locator(".lines > li", has=self.page.get_by_role("heading", name=check))

    def checked(self) -> None:
        """Wait until every check has landed."""
        self.page.locator(".overall .banner").wait_for(timeout=60_000)

    def looked_at(self, name: str) -> None:
        """Assert what holds for every view: see `Visit.looked_at`. Here the language changes under
        the page, which must lose nothing."""
        for language in ("日本語", "English"):
            self.speak(language)
            self.looked_at_as_it_is(f"{name}-{'ja' if language == '日本語' else 'en'}")
        self.speak("日本語")

    def looked_at_as_it_is(self, name: str) -> None:
        """The same in the language of now."""
        for pixels in WIDTHS:
            self.page.set_viewport_size({"width": pixels, "height": 900})
            self._look(f"{name}-{pixels}")
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def speak(self, language: str) -> None:
        switch = self.page.get_by_role("button", name=language, exact=True)
        if switch.count():
            switch.click()
            self.page.wait_for_selector(f"html[lang={'ja' if language == '日本語' else 'en'}]")

    def reach(self, name: str, most: int = 80) -> None:
        """Press Tab until what is called `name` has the focus."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            # Behind the colon stands what is heard alone.
            if self.page.evaluate(_FOCUSED_NAME).partition("：")[0] == name:
                return
        raise AssertionError(f"{name} is not reached by the keyboard")

    def picture(self, name: str, **options: Any) -> None:
        kept = os.environ.get("PRECHECK_SCREENSHOTS")
        if kept:
            self.page.screenshot(path=Path(kept) / f"{name}.png", full_page=True, **options)

    def _look(self, name: str) -> None:
        self.picture(f"page-{name}")
        found = Axe().run(self.page, options=AXE_RULES)
        assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
        sticking_out = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sticking_out == 0, name
        small = self.page.evaluate(SMALL)
        assert small == [], (name, small)
        unsaid = self.page.evaluate(
            "document.body.innerText.match(/page_\\w+|undefined|null|NaN/g)"
        )
        assert unsaid is None, (name, unsaid)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)

    def _asked(self, request: Request) -> None:
        origin = self._origin
        if not request.url.startswith((origin + "/", "data:", f"blob:{origin}/")):
            self.troubles.append(f"asked for {request.url}")


_FOCUSED_NAME = """
(() => {
  const at = document.activeElement;
  const label = at.labels && at.labels[0];
  return (label ?? at).textContent.trim();
})()
"""
