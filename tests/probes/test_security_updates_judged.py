"""security_updates: what is decided from facts, the same on every OS."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import Verdict
from probes.facts import Fact, Known, Unknown
from probes.security_updates.facts import Automatic, Facts, Waiting
from probes.security_updates.judge import judge
from tests.machines import NOON, context, policy_with


def days_ago(days: float) -> Known[datetime]:
    return Known(NOON - timedelta(days=days), "a clock")


NOT_READ: Unknown = Unknown(Unread.DENIED, "a file")

UP_TO_DATE = Facts(
    manager=Known("apt", "a folder"),
    waiting=Known(Waiting(security=0, updates=0), "a list"),
    security_source=Known(True, "a folder"),
    scanned=days_ago(1),
    waiting_since=NOT_READ,
    caught_up=days_ago(1),
    last_installed=days_ago(1),
    automatic=Known(Automatic.ON, "a setting"),
    restart=Known(False, "a file"),
    foreign=Known(False, "a file"),
)
WAITING = replace(
    UP_TO_DATE,
    waiting=Known(Waiting(security=3, updates=5), "a list"),
    caught_up=NOT_READ,
    last_installed=NOT_READ,
)


def reason(facts: Facts, **options: int) -> str:
    policy = policy_with("security_updates", **options) if options else None
    return judge(facts, context(policy=policy)).reason


def test_nothing_waiting_on_a_fresh_list_passes() -> None:
    finding = judge(UP_TO_DATE, context())
    assert (finding.verdict, finding.reason) == (Verdict.PASS, SecurityUpdates.CURRENT)


def test_updates_that_are_no_security_updates_may_wait() -> None:
    facts = replace(UP_TO_DATE, waiting=Known(Waiting(security=0, updates=9), "a list"))
    assert reason(facts) == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (days_ago(7), SecurityUpdates.CURRENT),
        (days_ago(7.1), SecurityUpdates.STALE_SCAN),
        (days_ago(400), SecurityUpdates.STALE_SCAN),
        (days_ago(-0.5), SecurityUpdates.CURRENT),
        (days_ago(-2), SecurityUpdates.SCAN_AGE_UNKNOWN),
        (NOT_READ, SecurityUpdates.SCAN_AGE_UNKNOWN),
    ],
)
def test_an_empty_list_counts_only_while_it_is_fresh(age: Fact[datetime], expected: str) -> None:
    assert reason(replace(UP_TO_DATE, scanned=age)) == expected


def test_an_office_says_how_fresh_the_list_must_be() -> None:
    facts = replace(UP_TO_DATE, scanned=days_ago(5))
    assert reason(facts, scan_fresh=3) == SecurityUpdates.STALE_SCAN
    assert reason(facts, scan_fresh=5) == SecurityUpdates.CURRENT


def test_an_empty_list_that_cannot_hold_security_updates_is_no_pass() -> None:
    facts = replace(UP_TO_DATE, security_source=Known(False, "a folder"))
    assert reason(facts) == SecurityUpdates.NO_SECURITY_SOURCE


def test_what_was_out_before_the_grace_fails_whatever_else_is_known() -> None:
    old = replace(WAITING, waiting_since=days_ago(15))
    assert reason(old) == SecurityUpdates.PENDING_OLD
    assert reason(replace(old, caught_up=days_ago(1))) == SecurityUpdates.PENDING_OLD
    assert reason(replace(old, scanned=days_ago(300))) == SecurityUpdates.PENDING_OLD
    assert reason(old, pending_grace=30) != SecurityUpdates.PENDING_OLD


def test_what_came_after_the_machine_had_caught_up_within_the_grace_is_a_warning() -> None:
    recent = replace(WAITING, caught_up=days_ago(14), last_installed=days_ago(14))
    finding = judge(recent, context())
    assert (finding.verdict, finding.reason) == (Verdict.WARN, SecurityUpdates.PENDING_RECENT)
    assert finding.evidence["count"] == 3
    assert reason(recent, pending_grace=7) == SecurityUpdates.PENDING_IDLE


def test_a_list_that_may_hide_more_makes_no_warning_of_what_waits() -> None:
    recent = replace(WAITING, caught_up=days_ago(9), scanned=days_ago(8))
    assert reason(recent) == SecurityUpdates.STALE_SCAN
    assert reason(replace(recent, scanned=NOT_READ)) == SecurityUpdates.SCAN_AGE_UNKNOWN


def test_waiting_updates_on_a_machine_that_installs_nothing_fail() -> None:
    idle = replace(WAITING, caught_up=days_ago(200), last_installed=days_ago(15))
    finding = judge(idle, context())
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, SecurityUpdates.PENDING_IDLE)
    assert finding.evidence["days"] == 15


def test_after_a_partial_installation_the_age_of_the_rest_is_unknown() -> None:
    partial = replace(WAITING, caught_up=days_ago(200), last_installed=days_ago(2))
    assert reason(partial) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_a_young_lower_bound_alone_proves_nothing() -> None:
    young = replace(WAITING, waiting_since=days_ago(2))
    assert reason(young) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_waiting_updates_of_unknown_age_are_unknown() -> None:
    assert reason(WAITING) == SecurityUpdates.PENDING_AGE_UNKNOWN


UNMARKED = replace(WAITING, waiting=Known(Waiting(security=None, updates=4), "a list"))


def test_updates_that_may_be_security_updates_are_unknown_unless_all_are_recent() -> None:
    assert reason(UNMARKED) == SecurityUpdates.PENDING_UNCLASSIFIED
    idle = replace(UNMARKED, last_installed=days_ago(99), waiting_since=days_ago(99))
    assert reason(idle) == SecurityUpdates.PENDING_UNCLASSIFIED
    recent = replace(UNMARKED, caught_up=days_ago(3))
    assert reason(recent) == SecurityUpdates.PENDING_RECENT


def test_where_nothing_is_marked_and_nothing_waits_it_passes() -> None:
    empty = replace(UP_TO_DATE, waiting=Known(Waiting(security=None, updates=0), "a list"))
    assert reason(empty) == SecurityUpdates.CURRENT


def test_where_nothing_is_marked_and_nothing_counted_it_does_not_pass() -> None:
    uncounted = replace(UP_TO_DATE, waiting=Known(Waiting(security=None), "a list"))
    assert reason(replace(uncounted, caught_up=NOT_READ)) == SecurityUpdates.PENDING_UNCLASSIFIED


def test_a_security_update_on_hold_is_asked_about_unless_others_wait() -> None:
    held = Waiting(security=0, updates=2, held=1)
    finding = judge(replace(UP_TO_DATE, waiting=Known(held, "a list")), context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, SecurityUpdates.HELD_BACK)
    assert finding.evidence["count"] == 1
    more = replace(held, security=1)
    old = replace(WAITING, waiting=Known(more, "a list"), waiting_since=days_ago(15))
    assert reason(old) == SecurityUpdates.PENDING_OLD


def test_a_restart_that_is_due_is_a_warning_when_nothing_waits() -> None:
    due = Known(True, "a mark")
    assert reason(replace(UP_TO_DATE, restart=due)) == SecurityUpdates.RESTART_PENDING
    assert reason(replace(WAITING, restart=due)) == SecurityUpdates.PENDING_AGE_UNKNOWN
    assert reason(replace(UP_TO_DATE, restart=NOT_READ)) == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    ("behind", "verdict"),
    [(0, Verdict.PASS), (1, Verdict.UNKNOWN), (15, Verdict.UNKNOWN)],
)
def test_a_list_that_an_organisation_fills_is_worth_what_is_installed(behind, verdict) -> None:
    caught_up = Known(NOON - timedelta(days=behind), "the version")
    facts = replace(UP_TO_DATE, chosen=Known(True, "a policy"), caught_up=caught_up)
    assert judge(facts, context()).verdict is verdict
    unread = replace(facts, chosen=NOT_READ)
    assert (judge(unread, context()).verdict is Verdict.PASS) is (verdict is Verdict.PASS)
    assert judge(replace(facts, caught_up=NOT_READ), context()).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("automatic", "expected"),
    [
        (Known(Automatic.OFF, "a setting"), SecurityUpdates.AUTOMATIC_OFF),
        (Known(Automatic.PAUSED, "a setting"), SecurityUpdates.PAUSED),
        (NOT_READ, SecurityUpdates.CURRENT),
        (Unknown(Unread.GARBLED, "a setting"), Unread.GARBLED),
    ],
)
def test_automatic_updates_matter_when_nothing_else_is_wrong(
    automatic: Fact[Automatic], expected: str
) -> None:
    assert reason(replace(UP_TO_DATE, automatic=automatic)) == expected
    assert reason(replace(WAITING, automatic=automatic)) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_without_a_package_manager_it_cannot_be_told() -> None:
    nothing = Facts(manager=Unknown(Unread.MISSING, "/usr/bin"))
    assert reason(nothing) == SecurityUpdates.NO_PACKAGE_MANAGER


def test_a_list_that_was_not_read_is_neither_pass_nor_fail() -> None:
    assert reason(replace(UP_TO_DATE, waiting=NOT_READ)) == Unread.DENIED
    assert reason(replace(UP_TO_DATE, manager=NOT_READ)) == Unread.DENIED


def test_another_systems_updates_are_not_the_devices() -> None:
    assert reason(replace(UP_TO_DATE, foreign=Known(True, "a mark"))) == Unread.UNSUPPORTED


def test_with_a_wrong_clock_no_age_can_be_told() -> None:
    early = context(now=datetime(2020, 1, 1, tzinfo=UTC))
    assert judge(UP_TO_DATE, early).reason == Unread.CLOCK
    assert judge(replace(WAITING, waiting_since=days_ago(99)), early).reason == Unread.CLOCK


ages = st.floats(min_value=-30, max_value=1000).map(days_ago) | st.just(NOT_READ)


@given(
    security=st.none() | st.integers(0, 5),
    updates=st.none() | st.integers(0, 5),
    held=st.integers(0, 2),
    scanned=ages,
    since=ages,
    caught_up=ages,
    installed=ages,
    restart=st.booleans().map(lambda value: Known(value, "a file")) | st.just(NOT_READ),
)
def test_whatever_is_known_a_pass_has_a_fresh_list_and_nothing_waiting(
    security: int | None,
    updates: int | None,
    held: int,
    scanned: Fact[datetime],
    since: Fact[datetime],
    caught_up: Fact[datetime],
    installed: Fact[datetime],
    restart: Fact[bool],
) -> None:
    facts = replace(
        UP_TO_DATE,
        waiting=Known(Waiting(security, updates, held), "a list"),
        scanned=scanned,
        waiting_since=since,
        caught_up=caught_up,
        last_installed=installed,
        restart=restart,
    )
    verdict = judge(facts, context()).verdict
    if verdict is Verdict.PASS:
        assert security == 0 or (security is None and updates == 0)
        assert held == 0
        assert restart != Known(True, "a file")
    if verdict in (Verdict.PASS, Verdict.WARN):
        assert isinstance(scanned, Known)
        assert scanned.value >= NOON - timedelta(days=7)
    if verdict is Verdict.FAIL:
        assert security
