"""What keeps a device from being ready stands on the appointment's row, for the latest run."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus, Firewall, reasons_of
from precheck.contract.verdict import Verdict
from precheck.endpoint.store.models import Appointment
from precheck.endpoint.store.obstacles import Obstacle, read, stuck_on, written
from tests.endpoint.people import booked, post_report
from tests.endpoint.scene import report

EVERY = [
    Obstacle(check, reason.value, Verdict(verdict))
    for check in CheckId
    for reason in reasons_of(check)
    for verdict in reason.verdicts
]


def test_it_is_what_decides_with_its_reason_and_the_kind_of_system() -> None:
    mine = booked()
    post_report(mine, report(Antivirus.OFF, Firewall.PARTLY_OFF))
    assert read(mine.row.obstacles) == (
        Obstacle(CheckId.FIREWALL, "partly_off", Verdict.FAIL),
        Obstacle(CheckId.ANTIVIRUS, "off", Verdict.FAIL),
    )
    assert mine.row.os_family == "windows"


def test_when_it_is_put_right_nothing_is_in_the_way() -> None:
    mine = booked()
    post_report(mine, report(Antivirus.OFF))
    post_report(mine, report())
    assert mine.row.obstacles == ""


def test_an_older_run_that_arrives_late_changes_nothing() -> None:
    mine = booked()
    post_report(mine, report())
    earlier = datetime.now(UTC) - timedelta(hours=1)
    post_report(mine, report(Antivirus.OFF, finished_at=earlier, os_family="macos"))
    assert (mine.row.obstacles, mine.row.os_family) == ("", "windows")


@given(st.lists(st.sampled_from(EVERY), unique=True))
def test_what_is_written_is_read_again(obstacles: list[Obstacle]) -> None:
    assert read(written(obstacles)) == tuple(obstacles)


@given(st.text())
def test_what_makes_no_sense_is_left_out(text: str) -> None:
    assert all(item in EVERY or item.reason for item in read(text))
    assert read(f"{text} firewall.off.fail ")[-1:] == (
        Obstacle(CheckId.FIREWALL, "off", Verdict.FAIL),
    )


def test_the_store_finds_one_among_them_and_no_other_that_begins_or_ends_alike() -> None:
    mine = booked()
    pairs = [
        (Obstacle(CheckId.ANTIVIRUS, "off", Verdict.FAIL), ("antivirus", "off")),
        (Obstacle(CheckId.FIREWALL, "partly_off", Verdict.FAIL), ("firewall", "partly_off")),
        (Obstacle(CheckId.FIREWALL, "off", Verdict.FAIL), ("firewall", "off")),
        (Obstacle(CheckId.FIREWALL, "", Verdict.FAIL), ("firewall", "")),
    ]
    for (kept, key), (_, asked) in product(pairs, pairs):
        Appointment.objects.filter(pk=mine.id).update(obstacles=written([kept]))
        assert Appointment.objects.filter(stuck_on(*asked)).exists() is (key == asked)
        assert Appointment.objects.filter(stuck_on(asked[0])).exists() is (key[0] == asked[0])
