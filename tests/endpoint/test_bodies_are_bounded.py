"""What a client says of a body's length is not believed; refusals are problems all the way down."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from precheck.contract.api import MEASURE_LIMIT
from precheck.contract.report import MAX_REPORT_BYTES
from tests.endpoint.scene import OFFICE, done, new_code, report, serving


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


def test_what_is_no_http_is_a_problem(server: tuple[str, str]) -> None:
    status, kind, _ = exchanged(server[0], "GET / HTTP/1.1\nno header at all", b"")
    assert (status, kind) == (400, "application/problem+json")
