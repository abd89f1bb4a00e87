"""The Windows test bed, set up once, and a machine of it for a test."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requires import require
from tests.windows.bed import NEEDED, Box, open_box, set_up


@pytest.fixture(scope="session")
def bed() -> Path:
    require(sys.platform == "linux", "Linux, to run Windows programs by Wine")
    for tool in NEEDED:
        require(shutil.which(tool), f"{tool}, from one of the packages that .ci/run names")
    return set_up()


@pytest.fixture
def box(bed: Path) -> Iterator[Box]:
    """A machine of the test's own."""
    with open_box(bed) as opened:
        yield opened
