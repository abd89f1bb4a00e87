"""SearchUpdates, ReadUpdateHistory and ReadUpdateState, of an update agent with composed rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Unknown
from probes.system.windows_questions import (
    InstalledUpdate,
    ReadUpdateHistory,
    ReadUpdateState,
    SearchUpdates,
    UpdateSearch,
    UpdateState,
    WaitingUpdate,
)
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, ask, known, notices

SECURITY = "0FA1201D-4330-4FA8-8AE9-B877473B6441"
ROLLUP = "28BC880E-0592-4CBF-8F95-C79B17911D5F"
CHANGED, SEARCHED, INSTALLED = 1794657600, 1795176000, 1795089600
ROWS = (
    ("search", 3),
    ("update", "Critical", 0, CHANGED, f"{{{SECURITY}}},{ROLLUP}"),
    ("update", "", 1, "", "", 1),
    ("history", 1, 2, INSTALLED, "2026-11 累積更新プログラム (KB5068861)"),
    ("history", 2, 4, CHANGED, "KB1"),
    ("restart", 1),
    ("automatic", 4, SEARCHED, ""),
)


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.com("{4CB43D7F-7EEE-4906-8698-60DA1C38F2FE}", "updates")
        box.com("{C01B9BA0-BEA7-41BA-B604-D0A36F469133}", "updates")
        box.com("{BFE18E9C-6D87-4450-B37C-E02F0B373803}", "updates")
        yield box


def test_waiting_updates_are_those_of_the_last_scan_and_no_server_is_asked(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, SearchUpdates()) == UpdateSearch(
        result=3,
        updates=(
            WaitingUpdate((SECURITY.lower(), ROLLUP.lower()), "Critical", False, float(CHANGED)),
            WaitingUpdate((), "", True, None, hidden=True),
        ),
    )
    assert machine.refused == []


def test_history_is_read_as_far_as_it_is_asked_and_goes(machine: Box) -> None:
    machine.answers(*ROWS)
    newest = InstalledUpdate(1, 2, float(INSTALLED), "2026-11 累積更新プログラム (KB5068861)")
    removed = InstalledUpdate(2, 4, float(CHANGED), "KB1")
    assert known(machine, ReadUpdateHistory(50)) == (newest, removed)
    assert known(machine, ReadUpdateHistory(1)) == (newest,)
    machine.answers()
    assert known(machine, ReadUpdateHistory()) == ()


def test_the_state_leaves_open_what_has_never_happened(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ReadUpdateState()) == UpdateState(True, 4, float(SEARCHED), None)
    assert machine.refused == []


def test_the_state_leaves_open_what_is_not_told(machine: Box) -> None:
    machine.answers(*ROWS, ("fails", "IAutomaticUpdatesSettings", "0x80070005"))
    assert known(machine, ReadUpdateState()) == UpdateState(True, None, float(SEARCHED), None)


@pytest.mark.parametrize(
    ("code", "why"),
    [("0x80070422", Unread.MISSING), ("0x80240044", Unread.DENIED), ("0x8024001E", Unread.GARBLED)],
)
def test_a_search_that_fails_is_not_an_empty_one(machine: Box, code: str, why: Unread) -> None:
    machine.answers(*ROWS, ("fails", "Search", code))
    assert ask(machine, SearchUpdates()) == [Unknown(why, "IUpdateSearcher")]


MODULE = "probes.system.windows.updates"


@pytest.mark.parametrize(
    "slip",
    [
        Slip(MODULE, "ctypes.c_short(VARIANT_FALSE)", "ctypes.c_short(-1)"),
        Slip(
            MODULE, "TOTAL_HISTORY_COUNT = 18, 19, 21, 22", "TOTAL_HISTORY_COUNT = 18, 19, 12, 22"
        ),
        Slip(MODULE, "CATEGORY_ID = 7, 9, 8", "CATEGORY_ID = 7, 9, 7"),
        Slip(MODULE, "CHANGE, SEVERITY = 11, 24, 30, 34", "CHANGE, SEVERITY = 11, 24, 30, 33"),
        Slip(MODULE, "CHANGE, SEVERITY = 11, 24, 30, 34", "CHANGE, SEVERITY = 11, 24, 31, 34"),
        Slip(MODULE, "CHANGE, SEVERITY = 11, 24, 30, 34", "CHANGE, SEVERITY = 11, 23, 30, 34"),
        Slip(MODULE, "BROWSE_ONLY = 56", "BROWSE_ONLY = 55"),
        Slip(MODULE, "UPDATE_ITEM, UPDATE_COUNT = 7, 10", "UPDATE_ITEM, UPDATE_COUNT = 7, 9"),
        Slip(
            "probes.system.windows.com", "UNIX_EPOCH_IN_DAYS = 25569", "UNIX_EPOCH_IN_DAYS = 25567"
        ),
    ],
    ids=str,
)
def test_a_slip_in_the_search_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*ROWS)
    assert notices(machine, slip, SearchUpdates())
