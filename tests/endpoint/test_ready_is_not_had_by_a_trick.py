"""What is shown as ready was found so by the run that counts, or accepted by staff for exactly what
was found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus, Firewall, Reason
from precheck.contract.verdict import Level, Verdict
from precheck.endpoint.store.appointments import cancel, forget_reports
from precheck.endpoint.store.models import ReportRecord, WaiverReason
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.policies import put_in_force
from precheck.endpoint.store.readouts import REACH, MaybeNotLater, NotTaken, Refusal, enter_readout
from precheck.endpoint.store.waivers import NotInTheWay, give_waiver, open_obstacles
from precheck.endpoint.tokyo import day_of
from tests.endpoint.administered import with_firewall
from tests.endpoint.people import Booked, booked, post_report, read_out
from tests.endpoint.scene import OFFICE, report


def now() -> datetime:
    return datetime.now(UTC)


def somebody() -> User:
    return User.objects.get_or_create(username="hanako")[0]


def sent(of: Booked, *changes: Reason, finished_at: datetime | None = None) -> str:
    """The readiness after a report."""
    assert post_report(of, report(*changes, finished_at=finished_at)).status_code == 201
    return of.row.readiness


def accept(of: Booked, obstacle: Obstacle) -> str:
    give_waiver(of.row, obstacle, WaiverReason.SEEN, "", somebody(), now())
    return of.row.readiness


def enter(of: Booked, digits: str, days_ago: int = 0) -> str:
    day = day_of(now()) - timedelta(days=days_ago)
    enter_readout(of.row, digits, day, somebody(), now())
    return of.row.readiness


def test_a_waiver_of_one_check_covers_no_other() -> None:
    mine = booked()
    assert sent(mine, Antivirus.OFF, Firewall.OFF) == "not_ready"
    first, second = open_obstacles(mine.row)
    assert accept(mine, first) == "not_ready"
    assert accept(mine, second) == "ready"


def test_a_waiver_covers_what_was_found_and_nothing_else_of_the_same_check() -> None:
    mine = booked()
    sent(mine, Antivirus.OFF)
    (found,) = open_obstacles(mine.row)
    assert accept(mine, found) == "ready"
    assert sent(mine, Antivirus.EXPIRED) == "not_ready"
    assert sent(mine, Antivirus.OFF) == "ready"


def test_what_the_latest_run_did_not_find_cannot_be_accepted_ahead() -> None:
    mine = booked()
    sent(mine, Antivirus.OFF)
    ahead = Obstacle(CheckId.FIREWALL, Firewall.OFF.value, Verdict.FAIL)
    with pytest.raises(NotInTheWay):
        accept(mine, ahead)
    assert sent(mine, Firewall.OFF) == "not_ready"


def test_a_waiver_goes_with_the_reports_that_it_was_given_for() -> None:
    mine = booked()
    sent(mine, Antivirus.OFF)
    (found,) = open_obstacles(mine.row)
    accept(mine, found)
    forget_reports(mine.row, now())
    assert sent(mine, Antivirus.OFF) == "not_ready"


def test_an_older_run_that_arrives_late_changes_nothing_and_a_later_one_does() -> None:
    mine, hour = booked(), timedelta(hours=1)
    assert sent(mine, Antivirus.OFF, finished_at=now() - hour) == "not_ready"
    assert sent(mine, finished_at=now() - 5 * hour) == "not_ready"
    assert sent(mine, finished_at=now()) == "ready"


def test_a_clock_that_is_ahead_gives_no_lasting_ready() -> None:
    mine = booked()
    assert sent(mine, finished_at=now() + timedelta(days=300)) == "ready"
    assert sent(mine, Antivirus.OFF, finished_at=now() + timedelta(days=200)) == "not_ready"


def test_a_cancelled_appointment_takes_no_report() -> None:
    mine = booked()
    cancel(mine.row, None, now())
    assert post_report(mine, report()).status_code == 401
    assert not ReportRecord.objects.exists()


def test_a_readout_code_of_a_day_to_come_or_long_gone_is_not_taken() -> None:
    mine = booked()
    digits = read_out(mine)
    for days in (-1, -300, REACH.days + 1):
        with pytest.raises(ValueError, match="today"):
            enter(mine, digits, days)
    assert mine.row.readiness == "not_checked"
    assert enter(mine, digits, REACH.days) == "ready"
    assert sent(mine, Antivirus.OFF) == "not_ready"


def test_a_readout_code_of_an_earlier_day_does_not_stand_against_a_report() -> None:
    mine = booked()
    sent(mine, Antivirus.OFF)
    with pytest.raises(NotTaken) as refused:
        enter(mine, read_out(mine), days_ago=1)
    assert refused.value.why is Refusal.NEWER_RUN
    assert mine.row.readiness == "not_ready"


def test_the_code_of_an_earlier_day_does_not_pass_for_todays_without_being_asked_about() -> None:
    mine = booked()
    digits = read_out(mine)
    enter(mine, digits, days_ago=2)
    assert sent(mine, Antivirus.OFF, finished_at=now() - timedelta(days=1)) == "not_ready"
    with pytest.raises(MaybeNotLater) as asked:
        enter(mine, digits)
    assert (asked.value.run.read_out, mine.row.readiness) == (True, "not_ready")
    enter_readout(mine.row, digits, day_of(now()), somebody(), now(), asked.value.run.key)
    assert mine.row.readiness == "ready"


def test_a_readout_code_of_another_appointment_or_policy_is_refused() -> None:
    mine, other = booked(), booked()
    before = read_out(mine)
    with pytest.raises(NotTaken) as refused:
        enter(mine, read_out(mine, by_code_of=other))
    assert refused.value.why is Refusal.OTHER
    put_in_force(OFFICE, with_firewall(Level.ADVISED), day_of(now()), now(), None)
    with pytest.raises(NotTaken):
        enter(mine, before)
    assert mine.row.readiness == "not_checked"
    assert enter(mine, read_out(mine)) == "ready"
