"""A real Chromium, and a real endpoint process with an office and one person of each role."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visit import Visit
from tests.endpoint.scene import OFFICE, done, serving
from tests.requires import require

CHROMIUM = Path("/usr/bin/chromium")
JAPANESE_LETTERS = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
PASSWORD = "correct horse battery"  # noqa: S105 - made up here

STAFF: dict[str, tuple[str, ...]] = {
    "counsellor": ("--office", OFFICE),
    "helpdesk": ("--role", "helpdesk"),
    "administrator": ("--office", OFFICE, "--role", "administrator"),
    "system": ("--role", "system"),
}
"""Who is on the staff, named by their roles."""


@dataclass(frozen=True)
class Place:
    """The served endpoint: its data folder, for commands, and its address."""

    folder: Path
    address: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    require(CHROMIUM.exists(), "Debian's package chromium")
    require(JAPANESE_LETTERS.exists(), "Debian's package fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def place(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One per test file: what a test leaves behind, the next ones of the file find."""
    folder = tmp_path_factory.mktemp("endpoint")
    done(folder, "office", "add", OFFICE)
    for name, arguments in STAFF.items():
        done(folder, "staff", "add", name, *arguments, "--password-stdin", stdin=PASSWORD)
    with serving(folder) as (address, _):
        yield Place(folder, address)


@pytest.fixture
def visit(chromium: Browser, place: Place) -> Iterator[Visit]:
    """A visit to the endpoint by somebody unknown; `sign_in` makes them somebody."""
    with Visit(chromium, place.address, PASSWORD) as visit:
        yield visit
