"""security_updates with pacman: everything that waits counts, nothing says what it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import Verdict
from probes.security_updates import security_updates
from probes.security_updates.facts import Waiting
from probes.security_updates.pacman import (
    DATABASES,
    LOG,
    LOG_LIMIT,
    QUERY,
    last_full_upgrade,
    parse_query,
)
from probes.system.questions import ReadFile, StatFile
from tests.machines import composed, context

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
REAL_LOG = (Path(__file__).parent / "updates" / "pacman" / "pacman.log").read_bytes()
TWO_WAIT = b"demo-one 1-1 -> 2-1\ndemo-two 1-1 -> 2-1 [ignored]\n"


def found(
    stdout: bytes,
    returncode: int,
    days_ago: float | None = 1,
    log: bytes | Unread = Unread.MISSING,
):
    modified = 0.0 if days_ago is None else (NOW - timedelta(days=days_ago)).timestamp()
    database: Any = {"kind": "file", "size": 233, "modified": modified}
    machine = {
        ReadFile("/etc/os-release"): b"ID=arch\n",
        StatFile("/usr/bin/pacman"): {"kind": "file", "size": 1, "modified": 1.0},
        QUERY: {"returncode": returncode, "stdout": stdout, "stderr": b""},
        StatFile(DATABASES[0]): database if days_ago is not None else Unread.MISSING,
        StatFile(DATABASES[1]): database,
        ReadFile(LOG, LOG_LIMIT): log,
    }
    return security_updates.run(composed(machine), context(NOW))


def test_nothing_waiting_by_fresh_databases_passes() -> None:
    assert found(b"", 1).verdict is Verdict.PASS


def test_without_databases_the_same_answer_says_nothing() -> None:
    assert found(b"", 1, days_ago=None).verdict is Verdict.UNKNOWN


def test_old_databases_are_stale() -> None:
    assert found(b"", 1, days_ago=8).reason == SecurityUpdates.STALE_SCAN


def test_what_waits_may_be_a_security_update_held_back_or_not() -> None:
    assert parse_query(TWO_WAIT) == Waiting(security=None, updates=2)
    finding = found(TWO_WAIT, 0)
    assert finding.reason == SecurityUpdates.PENDING_UNCLASSIFIED
    assert finding.evidence["count"] == 2


def test_after_a_full_upgrade_within_the_grace_all_that_waits_is_recent() -> None:
    assert last_full_upgrade(REAL_LOG) == datetime(2026, 11, 21, 1, 15, 3, tzinfo=UTC)
    assert found(TWO_WAIT, 0, log=REAL_LOG).reason == SecurityUpdates.PENDING_RECENT
    old = REAL_LOG.replace(b"2026-11-21", b"2026-11-01")
    assert found(TWO_WAIT, 0, log=old).reason == SecurityUpdates.PENDING_UNCLASSIFIED


def test_an_upgrade_that_did_not_complete_does_not_count() -> None:
    failed = b"".join(REAL_LOG.splitlines(keepends=True)[:14])
    assert failed.count(b"starting full system upgrade") == 2
    assert last_full_upgrade(failed) is None


def test_another_transaction_after_a_failed_upgrade_does_not_complete_it() -> None:
    log = (
        b"[2026-11-20T10:00:00+0900] [PACMAN] Running 'pacman -Su'\n"
        b"[2026-11-20T10:00:00+0900] [PACMAN] starting full system upgrade\n"
        b"[2026-11-20T10:05:00+0900] [PACMAN] Running 'pacman -S vlc'\n"
        b"[2026-11-20T10:05:01+0900] [ALPM] transaction completed\n"
    )
    assert last_full_upgrade(log) is None


@pytest.mark.parametrize("time", [b"2026-13-45T01:15:03+0000", b"2026-11-21 01:15", b"yesterday"])
def test_a_time_without_a_date_or_a_zone_is_no_time(time: bytes) -> None:
    assert last_full_upgrade(REAL_LOG.replace(b"2026-11-21T01:15:03+0000", time)) is None


def test_a_command_that_failed_is_not_read() -> None:
    assert found(b"", 255).reason == Unread.GARBLED


@pytest.mark.parametrize("line", ["demo-one 1-1 -> ", "エラー: 見つかりません", "a 1 2", " "])
def test_a_line_in_another_shape_is_no_answer(line: str) -> None:
    assert parse_query(line.encode() + b"\n") is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_never_a_pass(raw: bytes) -> None:
    assert last_full_upgrade(raw) is None
    if raw:
        assert found(raw, 0).verdict is Verdict.UNKNOWN
