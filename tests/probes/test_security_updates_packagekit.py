"""security_updates by PackageKit, where the package manager itself gives no answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import Verdict
from probes.security_updates import security_updates
from probes.security_updates.apt import LISTS, UPGRADABLE
from probes.security_updates.facts import Waiting
from probes.security_updates.packagekit import (
    BACKEND,
    REFRESHED,
    UPDATES,
    parse_updates,
    refreshed_at,
)
from probes.system.questions import DBusSignal, ListFolder, ReadFile, StatFile
from tests.machines import NOON, composed, context

DAY = 24 * 60 * 60
NORMAL, SECURITY, BLOCKED = 5, 8, 9
DONE = DBusSignal("Finished", (1, 900))


def package(kind: int) -> DBusSignal:
    return DBusSignal("Package", (kind, "liblzma5;5.4.1-1+deb12u2;amd64;updates", "a library"))


def packages(*kinds: int) -> DBusSignal:
    return DBusSignal("Packages", ([[kind, "a;1;amd64;updates", "a library"] for kind in kinds],))


def found(
    signals: tuple[DBusSignal, ...] | Unread,
    backend: str = "dnf",
    refreshed: int = DAY,
    answers: dict[Any, Any] | None = None,
):
    machine = {
        ReadFile("/etc/os-release"): b"ID=someos\n",
        BACKEND: backend,
        UPDATES: signals,
        REFRESHED: (refreshed,),
        **(answers or {}),
    }
    return security_updates.run(composed(machine), context())


def test_nothing_waiting_after_a_fresh_refresh_passes() -> None:
    finding = found((DONE,))
    assert (finding.verdict, finding.evidence["name"]) == (Verdict.PASS, "PackageKit")


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (8 * DAY, SecurityUpdates.STALE_SCAN),
        (0xFFFFFFFF, SecurityUpdates.SCAN_AGE_UNKNOWN),
        (-1, SecurityUpdates.SCAN_AGE_UNKNOWN),
    ],
)
def test_an_old_refresh_or_none_is_no_pass(seconds: int, reason: str) -> None:
    assert found((DONE,), refreshed=seconds).reason == reason


@pytest.mark.parametrize("signals", [(package(8), package(5), DONE), (packages(8, 5), DONE)])
def test_security_updates_are_told_one_by_one_or_together(signals) -> None:
    assert parse_updates(signals, classifying=True) == Waiting(security=1, updates=2)
    assert found(signals).reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_a_severity_in_the_upper_half_does_not_hide_the_kind() -> None:
    severe = package(7 << 16 | SECURITY)
    assert parse_updates((severe, DONE), classifying=True) == Waiting(security=1, updates=1)


@pytest.mark.parametrize("classifying", [True, False])
def test_a_blocked_update_waits_and_does_not_say_what_it_is(classifying: bool) -> None:
    blocked = (package(BLOCKED), DONE)
    assert parse_updates(blocked, classifying) == Waiting(security=None, updates=1)
    beside = (package(BLOCKED), package(SECURITY), DONE)
    assert parse_updates(beside, classifying) == Waiting(security=1, updates=2)


def test_apts_backend_never_clears_what_waits() -> None:
    unmarked = (package(NORMAL), DONE)
    assert found(unmarked, "apt", answers=APT_FAILED).reason == SecurityUpdates.PENDING_UNCLASSIFIED
    assert found(unmarked, "dnf").verdict is Verdict.PASS


POCKET = "deb.debian.org_debian-security_dists_bookworm-security_InRelease"


def pocket(day: int) -> bytes:
    return f"Suite: oldstable-security\nDate: {day:02} Nov 2026 10:00:00 UTC\n".encode()


APT_FAILED: dict[Any, Any] = {
    ReadFile("/etc/os-release"): b"ID=debian\n",
    StatFile("/usr/bin/apt-get"): {"kind": "file", "size": 1, "modified": 1.0},
    UPGRADABLE: Unread.TIMED_OUT,
    ListFolder(LISTS): (POCKET,),
    ReadFile(f"{LISTS}/{POCKET}", 4096): pocket(19),
}


def test_with_apt_the_lists_own_date_decides_not_packagekits_refresh() -> None:
    assert found((DONE,), "apt", refreshed=0, answers=APT_FAILED).verdict is Verdict.PASS
    stale = {**APT_FAILED, ReadFile(f"{LISTS}/{POCKET}", 4096): pocket(1)}
    assert found((DONE,), "apt", refreshed=0, answers=stale).reason == SecurityUpdates.STALE_SCAN


def test_without_packagekit_the_package_managers_own_failure_is_told() -> None:
    silent = {**APT_FAILED, BACKEND: Unread.MISSING}
    assert found((DONE,), answers=silent).reason == Unread.TIMED_OUT


def test_a_package_manager_that_answered_is_believed_alone() -> None:
    answer = {"returncode": 0, "stdout": b"Listing...\n", "stderr": b""}
    agreed = found((package(SECURITY), DONE), "apt", answers={**APT_FAILED, UPGRADABLE: answer})
    assert agreed.verdict is Verdict.PASS


@pytest.mark.parametrize(
    "signals",
    [
        (),
        (package(SECURITY),),
        (DBusSignal("Finished", (2, 900)),),
        (DBusSignal("ErrorCode", (4, "no network")), DONE),
        (DBusSignal("Package", ("security", "a", "b")), DONE),
        (DBusSignal("Packages", (5,)), DONE),
        (DBusSignal("Packages", ([[5]],)), DONE),
        (DBusSignal("Finished", ()),),
    ],
)
def test_a_transaction_that_did_not_succeed_tells_nothing(signals) -> None:
    assert parse_updates(signals, classifying=True) is None
    assert found(signals).reason == SecurityUpdates.NO_PACKAGE_MANAGER


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.DENIED])
def test_an_unanswered_transaction_tells_nothing(why: Unread) -> None:
    assert found(why).verdict is Verdict.UNKNOWN


plain = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3)


@given(
    st.lists(
        st.builds(
            DBusSignal,
            st.sampled_from(["Package", "Packages", "Finished", "Other"]),
            st.lists(plain | st.lists(plain, max_size=3), max_size=3).map(tuple),
        ),
        max_size=5,
    ).map(tuple)
)
def test_any_signals_are_read_or_refused(signals: tuple[DBusSignal, ...]) -> None:
    waiting = parse_updates(signals, classifying=True)
    assert waiting is None or signals[-1].arguments[0] == 1


@given(st.lists(plain, max_size=2).map(tuple))
def test_any_time_is_read_or_refused(answer: tuple[Any, ...]) -> None:
    time = refreshed_at(answer, NOON)
    assert time is None or datetime(1890, 1, 1, tzinfo=UTC) < time <= NOON
