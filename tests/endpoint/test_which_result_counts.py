"""Reports, what was read out over the phone, and what staff have accepted: which of them makes the
state of an appointment, and what becomes of it all."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import msgspec
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import Antivirus, Firewall, Reason, Webcam
from precheck.contract.verdict import Level, Verdict
from precheck.endpoint.state import State
from precheck.endpoint.store.appointments import forget_reports
from precheck.endpoint.store.models import (
    Note,
    PolicyEntry,
    PolicyVersion,
    Readout,
    ReportRecord,
    StateChange,
    Waiver,
    WaiverReason,
)
from precheck.endpoint.store.notes import add_note
from precheck.endpoint.store.obstacles import Obstacle, read
from precheck.endpoint.store.policies import put_in_force
from precheck.endpoint.store.readouts import NotTaken, Refusal, enter_readout
from precheck.endpoint.store.retention import purge
from precheck.endpoint.store.runs import runs_of
from precheck.endpoint.store.waivers import (
    NotInTheWay,
    give_waiver,
    open_obstacles,
    withdraw_waiver,
)
from precheck.endpoint.tokyo import day_of, start_of
from tests.endpoint.administered import with_firewall
from tests.endpoint.people import Booked, as_report, booked, member, read_out, take
from tests.endpoint.scene import OFFICE, report

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""10:00 in Tokyo."""
HOUR = timedelta(hours=1)
SESSION = NOW + timedelta(days=1)
OFF = Obstacle(CheckId.ANTIVIRUS, Antivirus.OFF.value, Verdict.FAIL)


def of_tomorrow() -> Booked:
    return booked(starts_at=SESSION)


def sends(mine: Booked, *changes: Reason, at: datetime, received: datetime | None = None) -> None:
    take(mine, as_report(report(*changes, finished_at=at)), received or at)


def reads_out(
    mine: Booked, *changes: Reason, at: datetime, checked: datetime | None = None
) -> Readout:
    """What somebody reads out who has checked later than the report that counts so far, if any."""
    run = next((run.key for run in runs_of(mine.row)), None)
    return enter_readout(
        mine.row, read_out(mine, *changes), day_of(checked or at), hanako(), at, run
    )


def accepts(mine: Booked, what: Obstacle, at: datetime = NOW) -> None:
    give_waiver(mine.row, what, WaiverReason.SEEN, "", hanako(), at)


def hanako() -> User:
    return User.objects.get_or_create(username="hanako")[0]


def state(mine: Booked) -> tuple[str, int, tuple[Obstacle, ...]]:
    """The readiness, how much of it is accepted, and what is in the way."""
    row = mine.row
    return row.readiness, row.waived, read(row.obstacles)


def test_what_is_accepted_is_in_nobodys_way_also_when_it_is_found_again() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    assert state(mine) == (State.NOT_READY, 0, (OFF,))
    accepts(mine, OFF)
    assert state(mine) == (State.READY, 1, ())
    sends(mine, Antivirus.OFF, at=NOW + HOUR)
    assert state(mine) == (State.READY, 1, ())


def test_what_was_not_accepted_is_in_the_way_all_the_same() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    sends(mine, Antivirus.OFF, Webcam.NONE, at=NOW + HOUR)
    webcam = Obstacle(CheckId.WEBCAM, Webcam.NONE.value, Verdict.FAIL)
    assert state(mine) == (State.NOT_READY, 1, (webcam,))
    assert mine.row.concern == CheckId.WEBCAM


@pytest.mark.parametrize("worse", [Antivirus.EXPIRED, Antivirus.DEFINITIONS_OLD])
def test_something_else_that_the_same_check_finds_is_not_accepted(worse: Antivirus) -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    sends(mine, worse, at=NOW + HOUR)
    found = Obstacle(CheckId.ANTIVIRUS, worse.value, Verdict.FAIL)
    assert state(mine) == (State.NOT_READY, 0, (found,))
    sends(mine, Antivirus.OFF, at=NOW + 2 * HOUR)
    assert state(mine) == (State.READY, 1, ()), "what was accepted still is"


def test_what_could_not_be_told_and_is_accepted_is_not_accepted_as_a_fail() -> None:
    mine = of_tomorrow()
    sends(mine, Firewall.NO_MANAGER, at=NOW)
    unknown = Obstacle(CheckId.FIREWALL, Firewall.NO_MANAGER.value, Verdict.UNKNOWN)
    assert state(mine) == (State.ATTENTION, 0, (unknown,))
    accepts(mine, unknown)
    assert state(mine) == (State.READY, 1, ())
    sends(mine, Firewall.OFF, at=NOW + HOUR)
    assert state(mine)[0] == State.NOT_READY


def under(mine: Booked, level: Level, at: datetime) -> str:
    """Put a policy with a firewall of `level` into force; its revision."""
    version = put_in_force(OFFICE, with_firewall(level), day_of(at), at, None)
    assert mine.row.office.policy == version
    return version.revision


def sends_under(revision: str, mine: Booked, *changes: Reason, at: datetime) -> None:
    policy = {"id": OFFICE, "revision": revision}
    take(mine, as_report(report(*changes, finished_at=at, policy=policy)), at)


def test_what_is_accepted_holds_for_the_policy_under_which_it_was_and_for_no_other() -> None:
    mine = of_tomorrow()
    first = mine.row.office.policy.revision
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    second = under(mine, Level.ADVISED, NOW + HOUR)
    sends_under(second, mine, Antivirus.OFF, at=NOW + 2 * HOUR)
    assert state(mine) == (State.NOT_READY, 0, (OFF,))
    assert open_obstacles(mine.row) == (OFF,), "so it can be decided again"
    put_in_force(OFFICE, load_office(OFFICE), day_of(NOW), NOW + 3 * HOUR, None)
    sends_under(first, mine, Antivirus.OFF, at=NOW + 4 * HOUR)
    assert state(mine) == (State.READY, 1, ()), "taken up again, it is what was decided on"


def test_what_is_accepted_again_under_another_policy_takes_the_place_of_what_was() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    sends_under(under(mine, Level.ADVISED, NOW + HOUR), mine, Antivirus.OFF, at=NOW + 2 * HOUR)
    accepts(mine, OFF, NOW + 3 * HOUR)
    assert state(mine) == (State.READY, 1, ())
    assert Waiver.objects.get(withdrawn_at=None).policy == mine.row.office.policy
    assert mine.row.waivers == 1


def test_who_accepts_a_no_to_the_terms_has_not_accepted_one_to_other_terms() -> None:
    mine = of_tomorrow()
    no = Obstacle(CheckId.TERMS_CONSENT, "declared_no", Verdict.FAIL)

    def answers_no(at: datetime) -> None:
        policy = {"id": OFFICE, "revision": mine.row.office.policy.revision}
        body = report(finished_at=at, policy=policy)
        body["declarations"][1]["answer"] = False
        take(mine, as_report(body), at)

    answers_no(NOW)
    accepts(mine, no)
    answers_no(NOW + HOUR)
    assert state(mine) == (State.READY, 1, ())
    policy = load_office(OFFICE)
    terms = msgspec.structs.replace(policy.terms, revision=date(2026, 11, 1))
    put_in_force(
        OFFICE, msgspec.structs.replace(policy, terms=terms), day_of(NOW), NOW + HOUR, None
    )
    answers_no(NOW + 2 * HOUR)
    assert state(mine) == (State.NOT_READY, 0, (no,))


def test_a_waiver_withdrawn_under_another_policy_is_withdrawn_from_the_run_it_was_given_for() -> (
    None
):
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, Webcam.NONE, at=NOW)
    accepts(mine, OFF)
    accepts(mine, Obstacle(CheckId.WEBCAM, Webcam.NONE.value, Verdict.FAIL))
    under(mine, Level.ADVISED, NOW + HOUR)
    withdraw_waiver(mine.row, Waiver.objects.get(of_check="antivirus").pk, hanako(), NOW + HOUR)
    assert state(mine) == (State.NOT_READY, 1, (OFF,)), "the other still covers it"


def test_a_waiver_from_before_the_policy_stood_on_it_is_of_the_one_that_was_in_force_then() -> None:
    mine = of_tomorrow()
    first = mine.row.office.policy
    sends(mine, Antivirus.OFF, at=NOW)
    PolicyEntry.objects.update(entered_at=NOW - HOUR)
    accepts(mine, OFF)
    sends_under(under(mine, Level.ADVISED, NOW + HOUR), mine, Webcam.NONE, at=NOW + 2 * HOUR)
    accepts(mine, Obstacle(CheckId.WEBCAM, Webcam.NONE.value, Verdict.FAIL), NOW + 3 * HOUR)
    second = mine.row.office.policy
    Waiver.objects.update(policy=PolicyVersion.objects.order_by("-pk").first())
    migration = import_module("precheck.endpoint.store.migrations.0011_waivers_of_a_version")
    migration.name_the_versions(apps, None)
    kept = Waiver.objects.order_by("pk").values_list("of_check", "policy")
    assert list(kept) == [("antivirus", first.pk), ("webcam", second.pk)]


def test_a_report_keeps_its_own_readiness_whatever_is_accepted() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    sends(mine, Antivirus.OFF, at=NOW + HOUR)
    kept = ReportRecord.objects.values_list("readiness", flat=True)
    assert set(kept) == {State.NOT_READY.value}


def test_a_device_that_is_in_order_needs_no_acceptance_any_more() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    sends(mine, at=NOW + HOUR)
    assert state(mine) == (State.READY, 0, ())


def test_who_changed_the_readiness_is_written_down() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    withdraw_waiver(mine.row, Waiver.objects.get().pk, hanako(), NOW + HOUR)
    changes = StateChange.objects.order_by("pk").values_list("before", "after", "by__username")
    assert list(changes) == [
        ("not_checked", "not_ready", None),
        ("not_ready", "ready", "hanako"),
        ("ready", "not_ready", "hanako"),
    ]


def test_accepting_something_else_of_a_check_takes_the_place_of_what_was_accepted() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    sends(mine, Antivirus.EXPIRED, at=NOW + HOUR)
    accepts(mine, Obstacle(CheckId.ANTIVIRUS, Antivirus.EXPIRED.value, Verdict.FAIL), NOW + HOUR)
    assert state(mine) == (State.READY, 1, ())
    assert Waiver.objects.filter(withdrawn_at=None).count() == mine.row.waivers == 1
    with pytest.raises(NotInTheWay):
        accepts(mine, OFF)


def test_what_was_read_out_counts_until_a_report_of_that_day_arrives_though_made_before() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW - 24 * HOUR)
    reads_out(mine, at=NOW)
    assert (state(mine)[0], mine.row.read_out) == (State.READY, True)
    sends(mine, Webcam.NONE, at=NOW - HOUR, received=NOW + HOUR)
    assert (state(mine)[0], mine.row.read_out) == (State.NOT_READY, False)


def test_a_report_that_ended_before_a_code_was_entered_that_day_makes_nothing_better() -> None:
    mine = of_tomorrow()
    reads_out(mine, Firewall.OFF, at=NOW)
    firewall = Obstacle(CheckId.FIREWALL, "", Verdict.FAIL)
    for changes in ((), (Antivirus.OFF,), (Firewall.NO_MANAGER,)):
        sends(mine, *changes, at=NOW - HOUR, received=NOW + HOUR)
        assert (state(mine), mine.row.read_out) == ((State.NOT_READY, 0, (firewall,)), True)
    assert mine.row.runs == 3, "they are kept"
    assert runs_of(mine.row)[0].read_out, "what counts on the row is what counts on its page"
    sends(mine, at=NOW + timedelta(seconds=1), received=NOW + HOUR)
    assert (state(mine)[0], mine.row.read_out) == (State.READY, False)
    assert not runs_of(mine.row)[0].read_out


def test_the_report_of_the_check_that_was_read_out_says_more_than_the_code_though_it_waited() -> (
    None
):
    mine = of_tomorrow()
    reads_out(mine, Antivirus.OFF, Webcam.NONE, at=NOW)
    sends(mine, Antivirus.OFF, Webcam.NONE, at=NOW - HOUR, received=NOW + HOUR)
    webcam = Obstacle(CheckId.WEBCAM, Webcam.NONE.value, Verdict.FAIL)
    assert (state(mine), mine.row.read_out) == ((State.NOT_READY, 0, (OFF, webcam)), False)
    assert not runs_of(mine.row)[0].read_out


def test_what_could_not_be_told_by_a_code_is_not_made_good_by_an_older_report() -> None:
    mine = of_tomorrow()
    reads_out(mine, Antivirus.OFF, Firewall.NO_MANAGER, at=NOW)
    sends(mine, Antivirus.OFF, at=NOW - HOUR, received=NOW + HOUR)
    assert mine.row.read_out
    sends(mine, Antivirus.OFF, Firewall.OFF, at=NOW - HOUR / 2, received=NOW + HOUR)
    assert not mine.row.read_out, "that it failed is no better"


def test_staff_decide_on_the_code_when_an_older_report_that_is_better_has_come() -> None:
    mine = of_tomorrow()
    reads_out(mine, Firewall.OFF, at=NOW)
    sends(mine, at=NOW - HOUR, received=NOW + HOUR)
    heard = Obstacle(CheckId.FIREWALL, "", Verdict.FAIL)
    accepts(mine, heard, NOW + HOUR)
    assert state(mine) == (State.READY, 1, ())
    withdraw_waiver(mine.row, Waiver.objects.get().pk, hanako(), NOW + HOUR)
    assert state(mine) == (State.NOT_READY, 0, (heard,))
    reads_out(mine, at=NOW + 2 * HOUR)
    assert state(mine) == (State.READY, 0, ())


def test_what_is_accepted_of_a_report_makes_no_older_one_better_than_what_was_heard() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW - 3 * HOUR)
    accepts(mine, OFF)
    reads_out(mine, Antivirus.OFF, at=NOW)
    sends(mine, Antivirus.OFF, at=NOW - HOUR, received=NOW + HOUR)
    assert (state(mine)[0], mine.row.read_out) == (State.NOT_READY, True)


def test_a_code_of_the_day_before_does_not_stand_against_todays_report() -> None:
    mine = of_tomorrow()
    reads_out(mine, Firewall.OFF, at=NOW, checked=NOW - 24 * HOUR)
    sends(mine, at=NOW - 25 * HOUR, received=NOW + HOUR)
    assert (state(mine)[0], mine.row.read_out) == (State.NOT_READY, True)
    sends(mine, at=NOW - HOUR, received=NOW + HOUR)
    assert (state(mine)[0], mine.row.read_out) == (State.READY, False)


def test_only_an_appointment_with_a_code_or_a_waiver_costs_a_report_another_query() -> None:
    def asked(mine: Booked, at: datetime) -> int:
        sends(mine, Antivirus.OFF, at=at)
        with CaptureQueriesContext(connection) as queries:
            sends(mine, Antivirus.OFF, at=at + HOUR)
        return len(queries)

    plain, accepted, heard = of_tomorrow(), of_tomorrow(), of_tomorrow()
    asked(plain, NOW)  # with what is read once
    usual = asked(plain, NOW + 3 * HOUR)
    sends(accepted, Antivirus.OFF, at=NOW - HOUR)
    accepts(accepted, OFF)
    assert asked(accepted, NOW) == usual + 1
    with CaptureQueriesContext(connection) as queries:
        sends(plain, Antivirus.OFF, at=NOW + 6 * HOUR)
    reads_out(heard, Antivirus.OFF, at=NOW)
    with CaptureQueriesContext(connection) as more:
        sends(heard, Antivirus.OFF, at=NOW + HOUR)
    assert len(more) <= len(queries) + 2


def test_what_was_read_out_stays_when_a_report_of_a_day_before_arrives_late() -> None:
    mine = of_tomorrow()
    reads_out(mine, at=NOW)
    sends(mine, Webcam.NONE, at=start_of(day_of(NOW)) - HOUR, received=NOW + HOUR)
    assert (state(mine)[0], mine.row.read_out) == (State.READY, True)


def test_what_was_read_out_counts_before_what_was_sent_earlier_that_day() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW - HOUR)
    reads_out(mine, Webcam.NONE, at=NOW)
    webcam = Obstacle(CheckId.WEBCAM, "", Verdict.FAIL)
    assert state(mine) == (State.NOT_READY, 0, (webcam,))
    sends(mine, at=NOW - 2 * HOUR, received=NOW + HOUR)
    assert state(mine)[0] == State.NOT_READY, "that one is older than what was known then"


def test_of_a_day_before_the_latest_result_nothing_is_read_out() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    with pytest.raises(NotTaken) as refused:
        reads_out(mine, at=NOW, checked=NOW - 24 * HOUR)
    assert refused.value.why is Refusal.NEWER_RUN
    assert state(mine)[0] == State.NOT_READY


def test_what_was_heard_a_week_ago_is_as_old_as_a_report_of_that_day() -> None:
    mine = booked(starts_at=NOW + timedelta(days=20))
    reads_out(mine, at=NOW, checked=NOW - timedelta(days=3))
    assert mine.row.checked_at == start_of(day_of(NOW)) - timedelta(days=3)


def test_what_is_accepted_of_what_was_heard_says_nothing_of_a_reason_that_is_known_later() -> None:
    mine = of_tomorrow()
    reads_out(mine, Antivirus.OFF, at=NOW)
    heard = Obstacle(CheckId.ANTIVIRUS, "", Verdict.FAIL)
    accepts(mine, heard)
    assert state(mine) == (State.READY, 1, ())
    sends(mine, Antivirus.OFF, at=NOW + HOUR)
    assert state(mine) == (State.NOT_READY, 0, (OFF,))


def test_what_is_accepted_of_what_was_heard_says_nothing_of_what_is_heard_later() -> None:
    mine = of_tomorrow()
    heard = Obstacle(CheckId.ANTIVIRUS, "", Verdict.FAIL)
    reads_out(mine, Antivirus.OFF, at=NOW)
    accepts(mine, heard)
    reads_out(mine, Antivirus.OFF, at=NOW + HOUR)
    assert state(mine) == (State.READY, 1, ()), "the same code again is the same check"
    reads_out(mine, Antivirus.OFF, Webcam.NONE, at=NOW + HOUR)
    reads_out(mine, Antivirus.EXPIRED, at=NOW + HOUR)
    assert state(mine) == (State.NOT_READY, 0, (heard,)), "for whatever reason it is now"
    accepts(mine, heard, NOW + 2 * HOUR)
    assert state(mine) == (State.READY, 1, ())


def test_what_is_accepted_of_a_report_stays_so_whatever_is_heard_meanwhile() -> None:
    mine = of_tomorrow()
    sends(mine, Antivirus.OFF, at=NOW)
    accepts(mine, OFF)
    reads_out(mine, Antivirus.OFF, at=NOW + HOUR)
    assert state(mine)[0] == State.NOT_READY
    sends(mine, Antivirus.OFF, at=NOW + 2 * HOUR)
    assert state(mine) == (State.READY, 1, ())


def test_everything_that_was_heard_accepted_or_noted_goes_with_the_appointment() -> None:
    mine = of_tomorrow()
    reads_out(mine, Antivirus.OFF, at=NOW)
    accepts(mine, Obstacle(CheckId.ANTIVIRUS, "", Verdict.FAIL))
    add_note(mine.row, "calls back", hanako(), NOW)
    kept = (Readout, Waiver, Note)
    purge(SESSION + timedelta(days=29))
    assert all(model.objects.count() == 1 for model in kept)
    purge(SESSION + timedelta(days=31))
    assert not any(model.objects.exists() for model in kept)


def test_a_person_who_deletes_their_results_deletes_what_was_heard_and_accepted() -> None:
    mine = of_tomorrow()
    reads_out(mine, Antivirus.OFF, at=NOW)
    accepts(mine, Obstacle(CheckId.ANTIVIRUS, "", Verdict.FAIL))
    add_note(mine.row, "calls back", hanako(), NOW)
    assert forget_reports(mine.row, NOW + HOUR)
    assert state(mine) == (State.NOT_CHECKED, 0, ())
    assert (mine.row.waivers, mine.row.read_out) == (0, False)
    assert not Readout.objects.exists()
    assert not Waiver.objects.exists()
    assert Note.objects.count() == 1, "that is the staff's own"
    assert not forget_reports(mine.row, NOW + HOUR)


def test_the_page_of_an_appointment_costs_the_same_few_queries_for_many_runs() -> None:
    mine, staff = of_tomorrow(), member("hanako")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(f"/staff/appointments/{mine.id}/").status_code == 200
        return len(queries)

    sends(mine, Antivirus.OFF, at=NOW)
    reads_out(mine, Antivirus.OFF, at=NOW)
    accepts(mine, Obstacle(CheckId.ANTIVIRUS, "", Verdict.FAIL))
    add_note(mine.row, "calls back", hanako(), NOW)
    once = asked()
    for hours in range(1, 6):
        sends(mine, Antivirus.OFF, at=NOW + hours * HOUR)
        reads_out(mine, Antivirus.OFF, at=NOW + hours * HOUR + timedelta(minutes=1))
        add_note(mine.row, f"calls back {hours}", hanako(), NOW)
    assert asked() <= once <= 11
