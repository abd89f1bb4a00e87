"""Debian's Chromium, as the tests start it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.requires import require

CHROMIUM = Path("/usr/bin/chromium")
JAPANESE_LETTERS = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
ARGUMENTS = ("--no-sandbox", "--disable-gpu")


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """One, for as long as it is wanted. A process can have one Playwright only."""
    require(CHROMIUM.exists(), "Debian's package chromium")
    require(JAPANESE_LETTERS.exists(), "Debian's package fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS])
        yield browser
        browser.close()
