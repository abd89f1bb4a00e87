"""The runs of each day are counted, by outcome and by what was in the way, and the numbers outlive
the appointments without leading back to one."""

from datetime import UTC, date, datetime, timedelta

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus, Firewall
from precheck.contract.verdict import Readiness
from precheck.endpoint.store.counting import COUNTS_KEPT
from precheck.endpoint.store.models import Appointment, Counted, DailyCount
from precheck.endpoint.store.retention import purge
from tests.endpoint.people import Booked, as_report, booked, post_report, take
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, report

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def counted(day: date, office: str = OFFICE) -> dict[tuple[Counted, str], int]:
    rows = DailyCount.objects.filter(day=day, office_id=office)
    return {(Counted(row.subject), row.name): row.runs for row in rows}


def run(mine: Booked, *changes: Antivirus | Firewall, at: datetime = MORNING) -> None:
    take(mine, as_report(report(*changes, finished_at=at)), at)


def test_a_run_counts_for_its_outcome_and_for_each_check_in_the_way() -> None:
    mine = booked(starts_at=START)
    run(mine)
    run(mine, Antivirus.OFF, Firewall.OFF)
    run(mine, Antivirus.EXPIRED)
    assert counted(date(2026, 11, 23)) == {
        (Counted.READINESS, Readiness.READY): 1,
        (Counted.READINESS, Readiness.NOT_READY): 2,
        (Counted.CHECK, CheckId.ANTIVIRUS): 2,
        (Counted.CHECK, CheckId.FIREWALL): 1,
    }


def test_what_does_not_decide_is_not_counted() -> None:
    mine = booked(starts_at=START)
    run(mine, Antivirus.OFF, Firewall.NO_MANAGER)
    assert (Counted.CHECK, CheckId.FIREWALL) not in counted(date(2026, 11, 23))


def test_a_report_that_comes_again_counts_once() -> None:
    mine, body = booked(), report()
    for _ in range(2):
        post_report(mine, body)
    assert list(DailyCount.objects.values_list("runs", flat=True)) == [1]


def test_a_day_is_one_in_tokyo_and_an_office_has_numbers_of_its_own() -> None:
    ours, theirs = booked(starts_at=START), booked(OTHER_OFFICE, starts_at=START)
    midnight = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    run(ours, at=midnight - timedelta(seconds=1))
    run(ours, at=midnight)
    policy = theirs.row.office.policy
    other = report(finished_at=midnight, policy={"id": OTHER_OFFICE, "revision": policy.revision})
    take(theirs, as_report(other), midnight)
    assert set(DailyCount.objects.values_list("day", "office_id", "runs")) == {
        (date(2026, 11, 22), OFFICE, 1),
        (date(2026, 11, 23), OFFICE, 1),
        (date(2026, 11, 23), OTHER_OFFICE, 1),
    }


def test_the_numbers_stay_when_the_appointment_is_deleted_and_go_after_thirteen_months() -> None:
    run(booked(starts_at=START))
    day = date(2026, 11, 23)
    purge(START + timedelta(days=60))
    assert not Appointment.objects.exists()
    assert counted(day) == {(Counted.READINESS, Readiness.READY): 1}
    purge(MORNING + COUNTS_KEPT)
    assert counted(day)
    purge(MORNING + COUNTS_KEPT + timedelta(days=1))
    assert not counted(day)


def test_a_number_is_bound_to_nothing_but_the_office() -> None:
    related = {field.name for field in DailyCount._meta.get_fields() if field.is_relation}
    assert related == {"office"}
