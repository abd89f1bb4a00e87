"""A code opens one appointment until its day is over; wrong ones are limited and tell nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.code import check_digit, format_code
from precheck.endpoint.attempts import Allowance, Attempts
from precheck.endpoint.store.codes import appointment_for
from tests.endpoint.people import booked, browser

WRONG = "000000000" + check_digit("000000000")


def asked(authorization: str | None, address: str = "127.0.0.1") -> HttpResponse:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return browser(address).get("/api/v1/appointment", headers=headers)


def test_the_code_opens_its_appointment_however_it_is_typed() -> None:
    mine = booked()
    for typed in (mine.code, format_code(mine.code), format_code(mine.code).replace(" ", "-")):
        answer = asked(f"Appointment {typed}")
        assert answer.status_code == 200
        assert answer.json()["policy"]["id"] == "kakogawa"
    assert asked(f"appointment {mine.code}").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Appointment",
        f"Bearer {WRONG}",
        f"Appointment {WRONG}",
        "Appointment 1234567890",
        "Appointment ' OR 1=1 --",
        "Appointment \0",
    ],
)
def test_whatever_is_wrong_with_a_code_the_answer_is_the_same(authorization: str | None) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = asked(f"Appointment {booked(starts_at=yesterday).code}")
    refused = asked(authorization)
    assert refused.status_code == expired.status_code == 401
    assert refused.content == expired.content
    assert refused.json()["type"] == "unknown-code"
    assert dict(refused.items()) == dict(expired.items())


def test_a_code_is_good_until_the_end_of_the_day_in_tokyo() -> None:
    start = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    mine = booked(starts_at=start)
    last = datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC)
    assert appointment_for(mine.code, last) is not None
    assert appointment_for(mine.code, last + timedelta(seconds=1)) is None


def test_the_code_itself_is_nowhere_in_the_database() -> None:
    mine = booked(reference="control-value")
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            rows += cursor.fetchall()
    everything = repr(rows)
    assert "control-value" in everything
    assert mine.code not in everything
    assert format_code(mine.code) not in everything


def test_after_ten_wrong_codes_an_address_has_to_wait_even_with_a_right_one() -> None:
    mine = booked()
    for _ in range(10):
        assert asked(f"Appointment {WRONG}", "192.0.2.1").status_code == 401
    waiting = asked(f"Appointment {mine.code}", "192.0.2.1")
    assert (waiting.status_code, waiting.json()["type"]) == (429, "too-many-attempts")
    assert 1 <= int(waiting.headers["Retry-After"]) <= 30
    assert asked(f"Appointment {mine.code}", "192.0.2.2").status_code == 200


def test_a_right_code_is_never_counted() -> None:
    mine = booked()
    for _ in range(30):
        assert asked(f"Appointment {mine.code}").status_code == 200


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def limited(clock: Clock, remembered: int = 10_000) -> Attempts:
    return Attempts(clock, Allowance(3, 60), Allowance(8, 5), remembered)


def test_every_period_one_failure_is_forgiven() -> None:
    clock = Clock()
    attempts = limited(clock)
    for _ in range(3):
        assert attempts.wait("192.0.2.1") == 0
        attempts.failed("192.0.2.1")
    assert attempts.wait("192.0.2.1") == 60
    clock.seconds += 59
    assert attempts.wait("192.0.2.1") == 1
    clock.seconds += 1
    assert attempts.wait("192.0.2.1") == 0
    attempts.failed("192.0.2.1")
    assert attempts.wait("192.0.2.1") == 60


def test_many_addresses_together_have_to_wait_too() -> None:
    clock = Clock()
    attempts = limited(clock)
    for last in range(8):
        assert attempts.wait(f"192.0.2.{last}") == 0
        attempts.failed(f"192.0.2.{last}")
    assert attempts.wait("198.51.100.1") == 5
    clock.seconds += 5
    assert attempts.wait("198.51.100.1") == 0


def test_all_addresses_of_one_ipv6_customer_count_as_one() -> None:
    attempts = limited(Clock())
    for last in range(3):
        attempts.failed(f"2001:db8::{last}")
    assert attempts.wait("2001:db8::ffff") > 0
    assert attempts.wait("2001:db8:0:1::1") == 0


def test_an_ipv4_address_is_the_same_however_it_is_written() -> None:
    attempts = limited(Clock())
    for _ in range(3):
        attempts.failed("::ffff:192.0.2.1")
    assert attempts.wait("192.0.2.1") > 0
    assert attempts.wait("192.0.2.2") == 0


def test_a_flood_of_addresses_does_not_make_those_be_forgotten_who_owe_most() -> None:
    attempts = Attempts(Clock(), Allowance(3, 60), Allowance(10_000, 1), remembered=50)
    for _ in range(3):
        attempts.failed("192.0.2.1")
    for number in range(500):
        attempts.failed(f"10.0.{number // 250}.{number % 250}")
    assert attempts.wait("192.0.2.1") > 0


@given(st.text(max_size=60))
def test_any_address_can_be_counted(address: str) -> None:
    attempts = limited(Clock())
    for _ in range(3):
        attempts.failed(address)
    assert attempts.wait(address) > 0
