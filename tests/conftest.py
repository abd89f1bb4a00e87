"""What holds for every test, and the browser that tests of several folders share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """One per test file: while a Playwright is there, its thread counts as an asynchronous one, in
    which Django refuses the database to the tests that come after."""
    # Only now: where the suite runs without a browser, there is no Playwright either.
    from tests.chromium import running_chromium

    with running_chromium() as browser:
        yield browser
