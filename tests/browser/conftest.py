"""A real Chromium, and a real endpoint process with an office and one person of each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.seeker import Seeker, program
from tests.browser.visit import Visit
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.endpoint.scene import OFFICE, done, serving

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


@pytest.fixture(scope="module")
def with_a_camera(chromium: Browser) -> Iterator[Browser]:
    """A Chromium that makes up a camera and a microphone, and is allowed to use them."""
    with launched(chromium, "--use-fake-ui-for-media-stream") as browser:
        yield browser


@contextmanager
def launched(chromium: Browser, *arguments: str) -> Iterator[Browser]:
    """Another Chromium, with devices that it makes up and `arguments` besides."""
    browser = chromium.browser_type.launch(
        executable_path=str(CHROMIUM),
        args=[*ARGUMENTS, "--use-fake-device-for-media-stream", *arguments],
    )
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An endpoint with an office, for those who are not on its staff."""
    folder = tmp_path_factory.mktemp("office")
    done(folder, "office", "add", OFFICE)
    with serving(folder) as (address, _):
        yield Place(folder, address)


@pytest.fixture
def seeker(chromium: Browser, office: Place, tmp_path: Path) -> Iterator[Seeker]:
    """A job seeker who has just opened the program of that office."""
    with (
        program(tmp_path, "--endpoint", office.address) as (address, _),
        Seeker(chromium, address) as seeker,
    ):
        yield seeker
