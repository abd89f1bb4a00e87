"""Whatever goes wrong while the house is kept, it is kept again."""

from datetime import datetime
from threading import Event

import pytest

from precheck.endpoint.serving import keep_house_until
from precheck.endpoint.store.retention import Purged


@pytest.mark.parametrize("failure", [ValueError("K-101"), OverflowError(), KeyError("day")])
def test_a_failure_of_any_kind_is_logged_and_ends_nothing(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stop, tried = Event(), []

    def keep(now: datetime) -> Purged:
        tried.append(now)
        stop.set()
        raise failure

    keep_house_until(stop, keep)
    assert len(tried) == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_house_well_kept_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    stop = Event()
    stop.set()
    keep_house_until(stop, lambda _: Purged(appointments=0, reports=0))
    assert not caplog.records
