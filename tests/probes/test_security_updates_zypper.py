"""security_updates with zypper: patches, and snapshots that have none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import Verdict
from probes.security_updates import security_updates
from probes.security_updates.zypper import (
    CACHE,
    PACKAGES,
    PATCHES,
    parse_updates,
    security_patches,
)
from probes.system.questions import ListFolder, ReadFile, StatFile
from tests.machines import composed, context, policy_with

CAPTURED = Path(__file__).parent / "updates" / "zypper"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
THERE = {"kind": "file", "size": 1, "modified": 1.0}
LEAP = b'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="16.0"\n'
TUMBLEWEED = b'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n'


def captured(name: str) -> bytes:
    return (CAPTURED / f"{name}.xml").read_bytes()


def cached(days_ago: float = 1, advisories: bool = True) -> dict[Any, Any]:
    folder = f"{CACHE}/repo-update/repodata"
    names = ["0fd9-primary.xml.zst", "repomd.xml"] + ["7bc3-updateinfo.xml.zst"] * advisories
    checked = (NOW - timedelta(days=days_ago)).timestamp()
    return {
        ListFolder(CACHE): ("repo-update",),
        ListFolder(folder): tuple(names),
        StatFile(f"{folder}/repomd.xml"): {**THERE, "modified": checked},
    }


def found(
    stdout: bytes,
    returncode: int = 0,
    cache: dict[Any, Any] | None = None,
    release: bytes = LEAP,
    policy: Any = None,
):
    answer = {"returncode": returncode, "stdout": stdout, "stderr": b""}
    machine = {
        ReadFile("/etc/os-release"): release,
        StatFile("/usr/bin/zypper"): THERE,
        (PACKAGES if release == TUMBLEWEED else PATCHES): answer,
        **(cached() if cache is None else cache),
    }
    return security_updates.run(composed(machine), context(NOW, policy))


def test_real_patches_of_other_categories_are_listed_and_not_counted() -> None:
    updates = parse_updates(captured("patches-three-waiting"))
    assert updates is not None
    assert len(updates) == 3
    assert len(security_patches(updates)) == 2


def test_the_oldest_security_patch_decides() -> None:
    finding = found(captured("patches-three-waiting"))
    assert finding.reason == SecurityUpdates.PENDING_OLD
    assert finding.evidence == {"name": "zypper", "count": 2, "days": 46}
    patient = policy_with("security_updates", pending_grace=60)
    lenient = found(captured("patches-three-waiting"), policy=patient)
    assert lenient.reason == SecurityUpdates.PENDING_RECENT


def test_no_patch_with_a_fresh_cache_passes() -> None:
    assert found(captured("patches-none-waiting")).verdict is Verdict.PASS


def test_an_old_cache_is_stale() -> None:
    stale = found(captured("patches-none-waiting"), cache=cached(8))
    assert stale.reason == SecurityUpdates.STALE_SCAN


def test_repositories_without_patches_say_nothing() -> None:
    bare = found(captured("patches-none-waiting"), cache=cached(advisories=False))
    assert bare.reason == SecurityUpdates.NO_SECURITY_SOURCE


def test_without_a_cache_or_a_repository_nothing_is_told() -> None:
    assert parse_updates(captured("patches-no-cache")) is None
    assert parse_updates(captured("patches-no-repository")) is None
    assert found(captured("patches-no-cache"), 106).verdict is Verdict.UNKNOWN
    assert found(captured("patches-no-repository")).verdict is Verdict.UNKNOWN
    assert found(captured("patches-none-waiting"), cache={}).reason == Unread.MISSING


def test_an_answer_that_left_a_repository_out_is_not_read() -> None:
    assert found(captured("patches-none-waiting"), 106).reason == Unread.GARBLED


def test_a_patch_without_a_date_is_of_unknown_age() -> None:
    undated = captured("patches-three-waiting").replace(b"time_t=", b"when=")
    assert found(undated).reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_snapshots_have_no_patches_so_packages_are_counted() -> None:
    waiting = found(captured("updates-three-waiting"), release=TUMBLEWEED)
    assert waiting.reason == SecurityUpdates.PENDING_UNCLASSIFIED
    assert waiting.evidence["count"] == 3
    current = found(captured("updates-none-waiting"), release=TUMBLEWEED)
    assert current.verdict is Verdict.PASS
    stale = found(captured("updates-none-waiting"), release=TUMBLEWEED, cache=cached(9))
    assert stale.reason == SecurityUpdates.STALE_SCAN


@pytest.mark.parametrize("length", [0, 40, 150, 235, 700])
def test_a_list_cut_short_is_no_list(length: int) -> None:
    assert parse_updates(captured("patches-three-waiting")[:length]) is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_never_a_pass(raw: bytes) -> None:
    assert parse_updates(raw) is None
    assert found(raw).verdict is Verdict.UNKNOWN
