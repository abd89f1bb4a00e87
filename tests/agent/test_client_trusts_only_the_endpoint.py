"""The agent speaks to the address it was given, over https, and to nobody that it points at."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from precheck.agent.address import endpoint_address
from precheck.agent.client import Client
from precheck.agent.errors import BadAddress, CodeRefused, EndpointAway, EndpointBusy, Refused
from tests.agent.reports import CODE, a_report, problem_json, receipt_json
from tests.agent.stand_in_endpoint import Answer, StandIn, running


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://precheck.example.jp", "https://precheck.example.jp"),
        ("https://precheck.example.jp/", "https://precheck.example.jp"),
        (" https://precheck.example.jp:8443/office/ ", "https://precheck.example.jp:8443/office"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_an_https_address_or_this_machine_is_taken(typed: str, address: str) -> None:
    assert endpoint_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "http://precheck.example.jp",
        "http://127.0.0.1.example.jp",
        "http://localhost.example.jp",
        "https://someone@precheck.example.jp",
        "https://someone:secret@precheck.example.jp",
        "https://precheck.example.jp/?next=https://other.example",
        "https://precheck.example.jp/#other",
        "ftp://precheck.example.jp",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "https://host:port",
        "precheck.example.jp",
        "",
    ],
)
def test_every_other_address_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        endpoint_address(typed)


def test_a_redirect_is_not_followed_and_the_code_goes_nowhere_else() -> None:
    with running(StandIn(Answer())) as other:
        moved = Answer(307, b"", {"Location": other.address + "/api/v1/reports"})
        with running(StandIn(moved)) as endpoint:
            with pytest.raises(EndpointAway):
                Client(endpoint.address).send(CODE, a_report())
            with pytest.raises(EndpointAway):
                Client(endpoint.address).appointment(CODE)
    assert len(endpoint.asked) == 2
    assert other.asked == []


def test_the_code_travels_in_a_header_and_never_in_the_address() -> None:
    with running(StandIn(Answer(201, receipt_json()))) as endpoint:
        Client(endpoint.address).send(CODE, a_report())
    (asked,) = endpoint.asked
    assert asked.headers["Authorization"] == f"Appointment {CODE}"
    assert CODE not in asked.path


def test_a_password_file_of_the_persons_does_not_take_the_codes_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "netrc"
    passwords.write_text("machine 127.0.0.1 login someone password secret\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("NETRC", str(passwords))
    with running(StandIn(Answer(201, receipt_json()))) as endpoint:
        Client(endpoint.address).send(CODE, a_report())
    assert endpoint.asked[0].headers["Authorization"] == f"Appointment {CODE}"


@pytest.mark.parametrize(
    "rubbish",
    [
        Answer(200, b"<html>sign in to the shop's Wi-Fi</html>"),
        Answer(200, b""),
        Answer(200, b"\xff\xfe"),
        Answer(200, b"[]"),
        Answer(200, b"[" * 100_000),
        Answer(200, b" " * 300_000),
        Answer(204, b""),
        Answer(500, b"oops"),
    ],
)
def test_rubbish_for_an_answer_counts_as_no_answer(rubbish: Answer) -> None:
    with running(StandIn(rubbish)) as endpoint:
        client = Client(endpoint.address)
        with pytest.raises(EndpointAway):
            client.appointment(CODE)
        with pytest.raises(EndpointAway):
            client.send(CODE, a_report())


def test_a_receipt_for_another_report_is_no_receipt() -> None:
    with running(StandIn(Answer(201, receipt_json(2)))) as endpoint, pytest.raises(EndpointAway):
        Client(endpoint.address).send(CODE, a_report(1))


def test_after_a_dropped_connection_and_a_busy_server_it_tries_again() -> None:
    answers = (None, Answer(503, b""), Answer(201, receipt_json()))
    with running(StandIn(*answers)) as endpoint:
        receipt = Client(endpoint.address, backoff=0).send(CODE, a_report())
    assert receipt.report_id == a_report().report_id
    assert len({asked.body for asked in endpoint.asked}) == 1, "the very same report each time"


def test_nobody_there_is_said_as_such() -> None:
    with running(StandIn(Answer())) as gone:
        address = gone.address
    with pytest.raises(EndpointAway):
        Client(address, retries=0).appointment(CODE)


def test_an_unknown_code_and_a_refused_report_are_told_apart_from_being_away() -> None:
    unknown = StandIn(Answer(401, problem_json("unknown-code", 401)))
    with running(unknown), pytest.raises(CodeRefused):
        Client(unknown.address).appointment(CODE)
    bad = StandIn(Answer(400, problem_json("bad-report", 400)))
    with running(bad), pytest.raises(Refused):
        Client(bad.address).send(CODE, a_report())


def test_an_hour_asked_for_before_trying_again_is_not_waited_out() -> None:
    busy = Answer(503, b"", {"Retry-After": "3600"})
    with running(StandIn(busy)) as endpoint, pytest.raises(EndpointAway):
        Client(endpoint.address, backoff=0).send(CODE, a_report())
    assert len(endpoint.asked) > 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_a_refusal_that_is_not_the_endpoints_own_word_is_not_for_good(status: int) -> None:
    portal = Answer(status, b"<html>not here</html>")
    with running(StandIn(portal)) as endpoint, pytest.raises(EndpointAway):
        Client(endpoint.address).send(CODE, a_report())


def test_too_many_attempts_is_not_for_good() -> None:
    busy = Answer(429, problem_json("too-many-attempts", 429))
    with running(StandIn(busy)) as endpoint, pytest.raises(EndpointAway):
        Client(endpoint.address).send(CODE, a_report())


def test_too_many_attempts_do_not_put_the_person_on_other_terms() -> None:
    busy = Answer(429, problem_json("too-many-attempts", 429))
    with running(StandIn(busy)) as endpoint, pytest.raises(EndpointBusy):
        Client(endpoint.address).appointment(CODE)


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """The address of a server that begins its answer with `head` and never ends its headers: a
    byte comes in time for every limit on a single read, for as long as anybody is there."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(head)
            while not over.wait(0.02):
                connection.sendall(b"x")

    dripper = threading.Thread(target=drip)
    dripper.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        dripper.join()
        listener.close()


@pytest.mark.parametrize("head", [b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\nX-Drip: "])
def test_an_answer_whose_head_never_ends_is_not_waited_for(head: bytes) -> None:
    with dripping(head) as address, pytest.raises(EndpointAway, match="TimeoutError"):
        Client(address, retries=0, seconds=0.2).appointment(CODE)
