"""What a client says of a body's length is not believed; refusals are problems all the way down."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from precheck.contract.api import MEASURE_LIMIT
from precheck.contract.report import MAX_REPORT_BYTES
from tests.endpoint.scene import OFFICE, done, new_code, report, report_ids, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("data")
    done(folder, "office", "add", OFFICE)
    code = new_code(folder)
    with serving(folder) as (address, _):
        yield address, code


def exchanged(address: str, head: str, body: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to raw bytes. `head` is without its end."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    answer_head, _, answer = raw.partition(b"\r\n\r\n")
    lines = answer_head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers.get("content-type", ""), answer


def posted(path: str, code: str, *more: str) -> str:
    fixed = (f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: Appointment {code}")
    return "\n".join((*fixed, "Connection: close", *more))


def chunked(body: bytes, size: int = 1000) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def test_a_chunked_report_without_a_length_is_read(server: tuple[str, str]) -> None:
    address, code = server
    head = posted("/api/v1/reports", code, "Transfer-Encoding: chunked")
    status, _, _ = exchanged(address, head, chunked(json.dumps(report()).encode()))
    assert status == 201


def test_a_chunked_body_is_counted(server: tuple[str, str]) -> None:
    address, code = server
    head = posted("/api/v1/reports", code, "Transfer-Encoding: chunked")
    long = json.dumps(report()).encode().ljust(MAX_REPORT_BYTES + 1)
    status, kind, answer = exchanged(address, head, chunked(long))
    assert (status, kind) == (413, "application/problem+json")
    assert json.loads(answer)["type"] == "too-large"


def test_a_length_beyond_the_limit_is_refused(server: tuple[str, str]) -> None:
    address, code = server
    head = posted("/api/v1/reports", code, f"Content-Length: {MAX_REPORT_BYTES + 1}")
    status, kind, _ = exchanged(address, head, b" " * (MAX_REPORT_BYTES + 1))
    assert (status, kind) == (413, "application/problem+json")


def test_a_length_that_is_too_short_cuts_the_report_which_is_then_none(
    server: tuple[str, str],
) -> None:
    address, code = server
    head = posted("/api/v1/reports", code, "Content-Length: 20")
    status, kind, answer = exchanged(address, head, json.dumps(report()).encode())
    assert (status, kind) == (400, "application/problem+json")
    assert json.loads(answer)["type"] == "bad-report"


def test_no_length_is_an_empty_body(server: tuple[str, str]) -> None:
    address, code = server
    status, kind, _ = exchanged(address, posted("/api/v1/reports", code), b"")
    assert (status, kind) == (400, "application/problem+json")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "ten"])
def test_a_length_that_is_no_number_is_a_problem(server: tuple[str, str], length: str) -> None:
    address, code = server
    head = posted("/api/v1/reports", code, f"Content-Length: {length}")
    status, kind, _ = exchanged(address, head, b"{}")
    assert (status, kind) == (400, "application/problem+json")


def test_beyond_all_limits_the_server_itself_answers_with_a_problem(
    server: tuple[str, str],
) -> None:
    address, code = server
    status, kind, answer = exchanged(
        address, posted("/api/v1/measure", code, "Content-Length: 99999999"), b""
    )
    assert (status, kind) == (413, "application/problem+json")
    assert json.loads(answer)["type"] == "too-large"


def test_measuring_takes_up_to_its_limit_and_no_more(server: tuple[str, str]) -> None:
    address, code = server
    head = posted("/api/v1/measure", code, "Transfer-Encoding: chunked")
    assert exchanged(address, head, chunked(bytes(MEASURE_LIMIT), 65536))[0] == 204
    assert exchanged(address, head, chunked(bytes(MEASURE_LIMIT + 1), 65536))[0] == 413


@pytest.mark.parametrize("opening", ["[", '{"findings":', '{"policy":[', '{"a":{"a":'])
def test_what_is_nested_as_deep_as_its_length_allows_is_no_report(
    server: tuple[str, str], opening: str
) -> None:
    address, code = server
    body = (opening * (MAX_REPORT_BYTES // len(opening))).encode()
    head = posted("/api/v1/reports", code, f"Content-Length: {len(body)}")
    status, kind, answer = exchanged(address, head, body)
    assert (status, kind) == (400, "application/problem+json")
    assert json.loads(answer)["type"] == "bad-report"


def test_a_field_more_is_refused_however_deep_it_is(server: tuple[str, str]) -> None:
    address, code = server
    deep = "[" * 5000 + "]" * 5000
    body = (json.dumps(report())[:-1] + f', "more": {deep}}}').encode()
    head = posted("/api/v1/reports", code, f"Content-Length: {len(body)}")
    status, _, answer = exchanged(address, head, body)
    assert (status, json.loads(answer)["type"]) == (400, "bad-report")


def test_a_body_of_eight_times_the_limit_is_refused_and_the_next_one_taken(
    server: tuple[str, str],
) -> None:
    address, code = server
    long = 8 * MAX_REPORT_BYTES
    head = posted("/api/v1/reports", code, f"Content-Length: {long}")
    assert exchanged(address, head, b" " * long)[0] == 413
    body = json.dumps(report()).encode()
    head = posted("/api/v1/reports", code, f"Content-Length: {len(body)}")
    assert exchanged(address, head, body)[0] == 201


def in_two_pieces(address: str, code: str) -> bytes:
    """What the server says to a report whose second half comes when the first was read."""
    parts = urlsplit(address)
    body = json.dumps(report()).encode()
    head = posted("/api/v1/reports", code, f"Content-Length: {len(body)}", "Expect: 100-continue")
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        try:
            connection.sendall(body)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            return b""


def test_a_request_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    code = new_code(tmp_path)
    with serving(tmp_path, "tests.endpoint.impatient_server") as (address, _):
        assert in_two_pieces(address, code) == b""
        assert report_ids(tmp_path) == []
    with serving(tmp_path) as (address, _):
        assert in_two_pieces(address, code).startswith(b"HTTP/1.1 201 ")


def test_what_is_no_http_is_a_problem(server: tuple[str, str]) -> None:
    status, kind, _ = exchanged(server[0], "GET / HTTP/1.1\nno header at all", b"")
    assert (status, kind) == (400, "application/problem+json")
