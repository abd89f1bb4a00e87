"""The readiness of an appointment is that of the run that ended last, whatever the order in which
reports arrive and whatever the device's clock says."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import Antivirus, Firewall, Infection, Reason, SecurityUpdates
from precheck.contract.verdict import Readiness
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import StateChange
from tests.endpoint.people import Booked, as_report, booked, take
from tests.endpoint.scene import OFFICE, report

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def sent(mine: Booked, *changes: Reason, ended: datetime, arrived: datetime = NOW) -> None:
    policy = {"id": OFFICE, "revision": mine.row.office.policy.revision}
    take(mine, as_report(report(*changes, finished_at=ended, policy=policy)), arrived)


def test_a_later_run_replaces_an_earlier_one() -> None:
    mine = booked(starts_at=NOW)
    sent(mine, Firewall.OFF, ended=NOW - 2 * HOUR)
    assert (mine.row.readiness, mine.row.concern) == (Readiness.NOT_READY, CheckId.FIREWALL)
    sent(mine, ended=NOW - HOUR)
    assert (mine.row.readiness, mine.row.concern) == (Readiness.READY, "")


def test_an_older_run_that_arrives_late_is_kept_and_changes_nothing() -> None:
    mine = booked(starts_at=NOW)
    sent(mine, ended=NOW - HOUR)
    sent(mine, Firewall.OFF, ended=NOW - 2 * HOUR)
    assert mine.row.readiness == Readiness.READY
    assert mine.row.checked_at == NOW - HOUR
    assert sorted(run.readiness for run in mine.row.reports.all()) == ["not_ready", "ready"]


def test_of_two_runs_that_ended_together_the_one_that_arrives_last_counts() -> None:
    mine = booked(starts_at=NOW)
    sent(mine, ended=NOW - HOUR)
    sent(mine, Firewall.OFF, ended=NOW - HOUR)
    assert mine.row.readiness == Readiness.NOT_READY


def test_a_device_whose_clock_is_years_ahead_cannot_block_the_next_report() -> None:
    mine = booked(starts_at=NOW)
    sent(mine, ended=NOW + timedelta(days=3650))
    assert mine.row.checked_at == NOW
    sent(mine, Firewall.OFF, ended=NOW + timedelta(minutes=1), arrived=NOW + HOUR)
    assert mine.row.readiness == Readiness.NOT_READY


def test_a_report_that_waited_in_an_outbox_is_as_old_as_its_run() -> None:
    mine = booked(starts_at=NOW)
    sent(mine, ended=NOW - timedelta(days=8))
    assert mine.row.checked_at == NOW - timedelta(days=8)


@pytest.mark.parametrize(
    ("changes", "readiness", "concern"),
    [
        ((), Readiness.READY, ""),
        ((SecurityUpdates.PAUSED,), Readiness.READY, ""),
        ((Infection.HIDDEN,), Readiness.READY, ""),
        ((Firewall.NO_MANAGER,), Readiness.ATTENTION, "firewall"),
        ((Firewall.NO_MANAGER, Antivirus.OFF), Readiness.NOT_READY, "antivirus"),
        ((Antivirus.OFF, Firewall.OFF), Readiness.NOT_READY, "firewall"),
    ],
)
def test_the_check_that_decides_is_the_first_that_keeps_the_device_from_being_ready(
    changes: tuple[Reason, ...], readiness: Readiness, concern: str
) -> None:
    mine = booked(starts_at=NOW)
    sent(mine, *changes, ended=NOW)
    assert (mine.row.readiness, mine.row.concern) == (readiness, concern)


def test_a_report_that_is_silent_about_a_check_is_not_ready_for_it() -> None:
    mine = booked(starts_at=NOW)
    body = report(finished_at=NOW)
    body["findings"] = [item for item in body["findings"] if item["check"] != "antivirus"]
    take(mine, as_report(body), NOW)
    assert (mine.row.readiness, mine.row.concern) == (Readiness.ATTENTION, "antivirus")


def test_a_no_to_the_quiet_room_is_for_the_counsellor_to_see() -> None:
    mine = booked(starts_at=NOW)
    take(mine, as_report(report(finished_at=NOW, room=False)), NOW)
    assert (mine.row.readiness, mine.row.concern) == (Readiness.ATTENTION, "private_room")


def test_every_change_of_readiness_is_written_down_and_nothing_else_is() -> None:
    mine = booked(starts_at=NOW)
    sent(mine, Firewall.OFF, ended=NOW - 3 * HOUR)
    sent(mine, Firewall.OFF, ended=NOW - 2 * HOUR)
    sent(mine, ended=NOW - HOUR)
    changes = StateChange.objects.order_by("id").values_list("before", "after", "at", "by")
    assert list(changes) == [
        ("not_checked", "not_ready", NOW, None),
        ("not_ready", "ready", NOW, None),
    ]


@pytest.mark.parametrize(
    ("session", "state", "concern"),
    [
        (datetime(2026, 11, 30, 1, 0, tzinfo=UTC), Readiness.READY, ""),
        (datetime(2026, 12, 1, 1, 0, tzinfo=UTC), Readiness.NOT_READY, CheckId.FIREWALL),
    ],
)
def test_a_rule_in_force_on_the_day_of_the_session_counts_in_a_run_before(
    session: datetime, state: Readiness, concern: str
) -> None:
    mine = booked(starts_at=session)
    policy = load_office(OFFICE)
    firewall = msgspec.structs.replace(policy.checks.firewall, required_from=date(2026, 12, 1))
    checks = msgspec.structs.replace(policy.checks, firewall=firewall)
    put_office(msgspec.structs.replace(policy, checks=checks), None, NOW)
    sent(mine, Firewall.OFF, ended=NOW - HOUR)
    assert (mine.row.readiness, mine.row.concern) == (state, concern)
