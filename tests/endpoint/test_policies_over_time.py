"""Which policy is in force when, and that no two of an office go by the same revision."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from precheck.contract.errors import BadPolicy
from precheck.contract.offices import load_office
from precheck.contract.verdict import Level
from precheck.endpoint.errors import Unusable
from precheck.endpoint.listing import row_of
from precheck.endpoint.state import State
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.housekeeping import keep_house, until_next
from precheck.endpoint.store.ingest import OtherPolicy
from precheck.endpoint.store.models import Office, PolicyEntry, PolicyVersion
from precheck.endpoint.store.policies import (
    FURTHEST,
    bring_into_force,
    cancel_planned,
    history_of,
    planned_of,
    put_in_force,
)
from precheck.endpoint.tokyo import start_of
from tests.endpoint.administered import with_firewall
from tests.endpoint.people import Booked, as_report, booked, office, take
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, report

DAY = date(2026, 12, 1)
NOW = start_of(DAY) - timedelta(days=3)
ADVISED = with_firewall(Level.ADVISED)


def in_force() -> str:
    return Office.objects.select_related("policy").get(pk=OFFICE).policy.revision


def state(mine: Booked, now: datetime) -> State:
    return row_of(mine.row, Office.objects.select_related("policy").get(pk=OFFICE), now).state


def send(mine: Booked, revision: str, now: datetime) -> None:
    body = report(finished_at=now, policy={"id": OFFICE, "revision": revision})
    take(mine, as_report(body), now)


def test_another_reading_of_the_same_terms_is_their_next_edition() -> None:
    office()
    assert in_force() == "2022-12-27"
    put_office(ADVISED, None, NOW)
    assert in_force() == "2022-12-27.2"
    put_office(with_firewall(Level.OFF), None, NOW)
    assert in_force() == "2022-12-27.3"


def test_what_says_the_same_as_before_is_the_version_of_before() -> None:
    office()
    first = Office.objects.get(pk=OFFICE).policy_id
    put_office(ADVISED, None, NOW)
    put_office(load_office(OFFICE), None, NOW + timedelta(hours=1))
    assert Office.objects.get(pk=OFFICE).policy_id == first
    assert not put_office(load_office(OFFICE), None, NOW + timedelta(hours=2))
    assert PolicyVersion.objects.filter(policy_id=OFFICE).count() == 2


def test_an_edition_that_a_file_states_counts_where_it_is_free() -> None:
    office()
    put_office(msgspec.structs.replace(ADVISED, edition=7), None, NOW)
    assert in_force() == "2022-12-27.7"
    put_office(msgspec.structs.replace(with_firewall(Level.OFF), edition=7), None, NOW)
    assert in_force() == "2022-12-27.8"


def test_a_report_under_another_edition_is_refused_and_one_under_this_is_taken() -> None:
    mine = booked(starts_at=NOW + timedelta(days=5))
    put_office(ADVISED, None, NOW)
    with pytest.raises(OtherPolicy, match=r"2022-12-27\.2"):
        send(mine, "2022-12-27", NOW)
    assert mine.row.runs == 0
    send(mine, "2022-12-27.2", NOW)
    assert mine.row.runs == 1


def test_what_was_checked_counts_again_when_its_version_is_taken_up_again() -> None:
    mine = booked(starts_at=NOW + timedelta(days=5))
    send(mine, "2022-12-27", NOW)
    put_in_force(OFFICE, ADVISED, DAY - timedelta(days=3), NOW, None)
    assert state(mine, NOW) is State.STALE
    put_in_force(OFFICE, load_office(OFFICE), DAY - timedelta(days=3), NOW, None)
    assert state(mine, NOW) is State.READY
    assert [entry.version.revision for entry in history_of(mine.row.office)] == [
        "2022-12-27",
        "2022-12-27.2",
        "2022-12-27",
    ]


@pytest.mark.parametrize("run", [bring_into_force, keep_house])
def test_a_planned_version_comes_into_force_as_its_day_begins_in_tokyo(
    run: Callable[[datetime], object],
) -> None:
    office()
    put_in_force(OFFICE, ADVISED, DAY, NOW, None)
    run(start_of(DAY) - timedelta(seconds=1))
    assert in_force() == "2022-12-27"
    run(start_of(DAY))
    assert in_force() == "2022-12-27.2"
    run(start_of(DAY) + timedelta(hours=1))
    assert PolicyEntry.objects.filter(office=OFFICE).count() == 2
    assert planned_of(Office.objects.get(pk=OFFICE)) is None


def test_the_server_keeps_house_no_later_than_the_day_begins() -> None:
    assert until_next(start_of(DAY) - timedelta(minutes=5)) == timedelta(minutes=5)
    assert until_next(start_of(DAY)) == timedelta(hours=1)


def test_what_is_planned_can_be_cancelled_and_then_never_comes_into_force() -> None:
    office()
    put_in_force(OFFICE, ADVISED, DAY, NOW, None)
    cancel_planned(OFFICE, NOW, None)
    assert bring_into_force(start_of(DAY) + timedelta(days=1)) == 0
    assert in_force() == "2022-12-27"
    with pytest.raises(Unusable):
        cancel_planned(OFFICE, NOW, None)


def test_beside_what_is_planned_nothing_else_is_put_into_force() -> None:
    office()
    put_in_force(OFFICE, ADVISED, DAY, NOW, None)
    for day in (DAY - timedelta(days=3), DAY + timedelta(days=1)):
        with pytest.raises(Unusable, match="planned"):
            put_in_force(OFFICE, with_firewall(Level.OFF), day, NOW, None)
    assert in_force() == "2022-12-27"


@pytest.mark.parametrize(
    "day", [DAY - timedelta(days=4), DAY - timedelta(days=3) + FURTHEST + timedelta(days=1)]
)
def test_no_version_begins_in_the_past_or_too_far_ahead(day: date) -> None:
    office()
    with pytest.raises(Unusable):
        put_in_force(OFFICE, ADVISED, day, NOW, None)
    assert not PolicyEntry.objects.filter(entered_at=None).exists()


def test_neither_the_version_in_force_nor_another_offices_is_put_into_force() -> None:
    office()
    for policy in (load_office(OFFICE), load_office(OTHER_OFFICE)):
        with pytest.raises(Unusable):
            put_in_force(OFFICE, policy, DAY, NOW, None)


def test_a_policy_that_is_too_long_to_be_handed_on_is_refused() -> None:
    clauses = {f"第{number}条": "文" * 300 for number in range(1, 90)}
    long = msgspec.structs.replace(ADVISED, clauses={**ADVISED.clauses, **clauses})
    office()
    with pytest.raises(BadPolicy):
        put_in_force(OFFICE, long, DAY, NOW, None)
    assert in_force() == "2022-12-27"


def test_the_time_of_day_in_utc_does_not_decide_the_day() -> None:
    office()
    late = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)  # half past midnight on December 1st
    put_in_force(OFFICE, ADVISED, DAY, late, None)
    assert in_force() == "2022-12-27.2"
