"""Somebody's visit to the endpoint with a real browser, and what holds for every page they see.

With PRECHECK_SCREENSHOTS set to a folder, every page that is looked at is kept there as a picture.
"""

import os
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

WIDE, NARROW = 1280, 320
"""CSS pixels: a desk's screen, and what WCAG 2.2 asks a page to fit in (1.4.10)."""
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Visit:
    """A browser window of its own: cookies, language and size are nobody else's. `page` is
    Playwright's, for all that is not said here."""

    def __init__(self, browser: Browser, address: str, password: str) -> None:
        self._context = browser.new_context(
            viewport={"width": WIDE, "height": 900}, locale="ja-JP", timezone_id="Asia/Tokyo"
        )
        self.address = address
        self._password = password
        self.troubles: list[str] = []
        """What the browser complained of: refused by the content policy, asked for elsewhere."""
        self.page: Page = self._context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._asked)

    def __enter__(self) -> "Visit":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._context.close()
        if error is None:
            assert self.troubles == []

    def open(self, path: str) -> Page:
        """Go to `path`, such as "staff/"."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, name: str) -> Page:
        """Sign in as one of `conftest.STAFF`, by the keyboard, and arrive where they arrive."""
        self.open("staff/login/")
        self.page.locator("#id_username").fill(name)
        self.page.locator("#id_password").fill(self._password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".who")
        return self.page

    def speak(self, language: str) -> Page:
        """The page at hand in `language`, by its own switch."""
        if self.page.locator("html").get_attribute("lang") != language:
            self.page.locator(f".tools [lang={language}]").click()
            self.page.wait_for_selector(f"html[lang={language}]")
        return self.page

    def width(self, pixels: int) -> None:
        self.page.set_viewport_size({"width": pixels, "height": 900})

    def looked_at(self, name: str) -> None:
        """Assert what holds for every page, wide and narrow, in both languages: axe finds nothing,
        nothing sticks out sideways, and all that can be pressed is large enough. `name` is that of
        the picture."""
        before = self.page.locator("html").get_attribute("lang") or "ja"
        for language in ("ja", "en"):
            self.speak(language)
            for pixels in (WIDE, NARROW):
                self.width(pixels)
                self._look(f"{name}-{language}-{pixels}")
        self.width(WIDE)
        self.speak(before)

    def looked_at_as_it_is(self, name: str) -> None:
        """The same in the language of now: no link leads back to the answer to a form."""
        for pixels in (WIDE, NARROW):
            self.width(pixels)
            self._look(f"{name}-{pixels}")
        self.width(WIDE)

    def _look(self, name: str) -> None:
        kept = os.environ.get("PRECHECK_SCREENSHOTS")
        if kept:
            self.page.screenshot(path=Path(kept) / f"{name}.png", full_page=True)
        found = Axe().run(self.page, options=AXE_RULES)
        assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
        sticking_out = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sticking_out == 0, name
        small = self.page.evaluate(SMALL)
        assert small == [], name

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.troubles.append(f"asked for {request.url}")


SMALL = """
Array.from(document.querySelectorAll("a, button, input:not([type=hidden]), select, summary"))
  .filter((each) => each.checkVisibility() && !each.closest("p, .skip"))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([markup]) => markup)
"""
"""What is narrower or lower than 24 CSS pixels (WCAG 2.2, 2.5.8), links within a sentence apart."""
