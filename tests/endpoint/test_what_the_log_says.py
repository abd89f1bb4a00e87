"""Of a request that is refused or fails there is one line, without its address or what it brought
along."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import django.db
import pytest
from django.test import Client

from precheck.endpoint.logs import JsonLines, without_codes
from tests.endpoint.people import booked, browser, member


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that is logged meanwhile, as the endpoint writes it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def lines(log: StringIO) -> list[dict[str, object]]:
    return [
        line
        for line in map(json.loads, log.getvalue().splitlines())
        if line["logger"] != "precheck.access"
    ]


def test_a_host_that_is_none_of_ours_is_one_line_without_it(log: StringIO) -> None:
    mine = booked()
    Client(SERVER_NAME="evil-1234567890.example").get(f"/staff/appointments/{mine.id}/")
    (line,) = lines(log)
    assert line["message"] == "request refused: DisallowedHost"
    assert (line["status"], "exception" in line) == (400, False)
    for never in ("evil", str(mine.id)):
        assert never not in log.getvalue()


def test_a_form_from_elsewhere_is_one_line_with_the_reason_and_the_route(log: StringIO) -> None:
    mine = booked()
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = member("hanako").cookies
    address = f"/staff/appointments/{mine.id}/mode"
    strict.post(address, {"mode": "phone"}, headers={"origin": "https://elsewhere.example"})
    strict.post(address, {"mode": "phone"})
    first, second = lines(log)
    assert first["message"] == "form refused: Origin checking failed"
    assert second["message"] == "form refused: CSRF cookie not set."
    assert first["route"] == "staff/appointments/<uuid:appointment>/mode"
    for never in ("elsewhere", str(mine.id)):
        assert never not in log.getvalue()


def test_a_form_with_too_many_fields_is_one_line(log: StringIO) -> None:
    mine = booked()
    fields = {f"field-{number}": "K-77" for number in range(1100)}
    answer = member("hanako").post(f"/staff/appointments/{mine.id}/mode", fields)
    (line,) = lines(log)
    assert answer.status_code == 400
    assert line["message"] == "request refused: TooManyFieldsSent"
    for never in ("K-77", str(mine.id), "Traceback"):
        assert never not in log.getvalue()


def test_a_page_that_fails_is_one_line_with_the_way_to_the_mistake_and_without_the_address(
    log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = booked()

    def fails(*_: object) -> None:
        raise RuntimeError(f"about {mine.id} and 123 456 7894")

    monkeypatch.setattr("precheck.endpoint.booking.views.booking_words", fails)
    client = member("hanako")
    client.raise_request_exception = False
    assert client.get("/staff/appointments/new").status_code == 500
    (line,) = lines(log)
    assert (line["message"], line["status"]) == ("request failed", 500)
    assert line["route"] == "staff/appointments/new"
    assert "RuntimeError: about [id] and [digits]" in str(line["exception"])


def test_of_what_the_database_says_only_the_kind_is_kept() -> None:
    def raised() -> None:
        try:
            raise django.db.IntegrityError("DETAIL: Failing row contains (K-77, secret)")
        except django.db.IntegrityError as error:
            raise RuntimeError("could not") from error

    for act, kind in ((raised, "RuntimeError < IntegrityError"),):
        try:
            act()
        except RuntimeError as error:
            kept = JsonLines().formatException((type(error), error, error.__traceback__))
        assert kept.endswith(kind)
        assert "K-77" not in kept
        assert "in raised" in kept


@pytest.mark.parametrize(
    "text",
    [
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "0F8FAD5BD9CB469FA16570867728950E",
        "/staff/appointments/0f8fad5b-d9cb-469f-a165-70867728950e/",
    ],
)
def test_an_appointments_id_is_taken_out_of_every_line(text: str) -> None:
    assert "165" not in without_codes(text)
    assert "[id]" in without_codes(text)


def test_what_is_neither_code_nor_id_stays() -> None:
    assert without_codes("kakogawa 2022-12-27.2, 12 of 345") == "kakogawa 2022-12-27.2, 12 of 345"


def test_a_page_that_is_not_there_is_no_line_of_its_own(log: StringIO) -> None:
    browser().get("/nowhere/1234567890")
    assert lines(log) == []


def test_a_server_with_much_to_do_does_not_say_so_of_every_request(log: StringIO) -> None:
    queue = logging.getLogger("waitress.queue")
    queue.warning("Task queue depth is 1")
    assert lines(log) == []
    queue.error("cannot")
    assert [line["message"] for line in lines(log)] == ["cannot"]
