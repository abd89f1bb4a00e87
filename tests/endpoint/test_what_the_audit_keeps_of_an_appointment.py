"""When results are deleted, the audit still says who did what and when, and no longer what was
found on a device."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from precheck.contract.reasons import Antivirus
from precheck.endpoint.store.appointments import cancel, forget_reports
from precheck.endpoint.store.changes import change_mode_of
from precheck.endpoint.store.models import Action, AuditEntry, Mode, WaiverReason
from precheck.endpoint.store.readouts import enter_readout
from precheck.endpoint.store.retention import purge
from precheck.endpoint.store.waivers import give_waiver, open_obstacles, withdraw_waiver
from precheck.endpoint.tokyo import day_of
from tests.endpoint.people import Booked, booked, read_out

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
AFTERWARDS = NOW + timedelta(days=31)
ABOUT_RESULTS = {Action.READOUT_ENTERED, Action.WAIVER_GIVEN, Action.WAIVER_WITHDRAWN}


def hanako() -> User:
    return User.objects.get_or_create(username="hanako")[0]


def counselled() -> Booked:
    """An appointment on which staff have done all that says something of the device."""
    mine = booked(starts_at=NOW)
    enter_readout(mine.row, read_out(mine, Antivirus.OFF), day_of(NOW), hanako(), NOW)
    (found,) = open_obstacles(mine.row)
    give_waiver(mine.row, found, WaiverReason.SEEN, "", hanako(), NOW)
    (waiver,) = mine.row.given_waivers.all()
    withdraw_waiver(mine.row, waiver.pk, hanako(), NOW)
    change_mode_of(mine.row, Mode.PHONE, hanako(), NOW)
    return mine


def said(of: Booked) -> dict[Action, str]:
    """The detail of what hanako has done."""
    entries = AuditEntry.objects.filter(subject=str(of.id), by=hanako())
    return {Action(entry.action): entry.detail for entry in entries}


DELETIONS: dict[str, Callable[[Booked], object]] = {
    "its days are over": lambda _: purge(AFTERWARDS),
    "it is cancelled": lambda mine: cancel(mine.row, None, NOW),
    "the person deletes the results": lambda mine: forget_reports(mine.row, NOW),
}


@pytest.mark.parametrize("why", DELETIONS)
def test_what_was_found_goes_and_who_did_what_stays(why: str) -> None:
    mine, before = counselled(), said(counselled())
    assert before[Action.READOUT_ENTERED] == "not_ready"
    assert before[Action.WAIVER_GIVEN] == "antivirus seen"
    assert before[Action.WAIVER_WITHDRAWN] == "antivirus"
    assert before[Action.MODE_CHANGED] == "video→phone"
    DELETIONS[why](mine)
    assert said(mine) == before | dict.fromkeys(ABOUT_RESULTS, "")


def test_what_is_kept_of_another_appointment_stays_as_it_is() -> None:
    mine, other = counselled(), counselled()
    before = said(other)
    cancel(mine.row, None, NOW)
    assert said(other) == before


def test_before_the_last_day_nothing_is_taken_out() -> None:
    mine = counselled()
    before = said(mine)
    purge(AFTERWARDS - timedelta(days=2))
    assert said(mine) == before
