"""Tests that need a part of the system: skipped with a reason elsewhere, mandatory in CI."""

import os

import pytest

EVERY_TEST = "PRECHECK_EVERY_TEST"


def require(condition: object, reason: str) -> None:
    """Skip the test unless `condition` holds; under `PRECHECK_EVERY_TEST=1` that is a failure."""
    if condition:
        return
    if os.environ.get(EVERY_TEST) == "1":
        pytest.fail(f"needed here: {reason}", pytrace=False)
    pytest.skip(reason)
