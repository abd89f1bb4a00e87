"""Another site, another name, another process, and whatever is no request: nothing is read, nothing
is started."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from precheck.agent.page.actions import ACTIONS
from precheck.agent.page.server import BODY_LIMIT, ENTER, OPEN, STATE, WORDS
from tests.agent.page.served import Page, served

PRIVATE = (STATE, WORDS)
ASSETS = ("/", "/page.js", "/style.css")
BODIES = {
    "/api/start": b'{"office": "kakogawa"}',
    "/api/answer": b'{"check": "private_room", "answer": true}',
    "/api/measured": b'{"check": "webcam", "outcome": "seen"}',
    "/api/send": b'{"report_id": "x"}',
    "/api/recording/send": b'{"recording_id": "x"}',
    "/api/settings": b'{"screen": "updates"}',
    "/api/language": b'{"language": "en"}',
}
CHANGES = [(path, BODIES.get(path, b"{}")) for path in ACTIONS]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with served(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(autouse=True)
def nothing_happens(page: Page) -> Iterator[None]:
    before = page.state()
    yield
    assert page.state() == before
    assert not page.server.flow.ended.is_set()


def all_refused(page: Page, status: int, **how: object) -> None:
    """With `how`, nothing private is told and nothing done."""
    for path in PRIVATE:
        answer = page.ask("GET", path, **how)
        assert (answer.status, answer.body) == (status, b""), path
    for path, body in (*CHANGES, (ENTER, b"{}"), (OPEN, b"{}")):
        answer = page.ask("POST", path, body, **how)
        assert (answer.status, answer.body) == (status, b""), path


def test_the_persons_own_page_is_answered(page: Page) -> None:
    assert page.ask("GET", STATE).json["phase"] == "code"
    assert page.ask("GET", WORDS).json["phrases"]["yes"] == "はい"
    for path in ASSETS:
        assert page.ask("GET", path).body


def test_it_listens_on_loopback_alone(page: Page) -> None:
    assert page.server.server_address[0] == "127.0.0.1"
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", page.port), timeout=5)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "localhost:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1:{port}.",
        "127.1:{port}",
        "[::1]:{port}",
        "user@127.0.0.1:{port}",
        "",
    ],
)
def test_another_host_is_refused_whatever_else_is_right(page: Page, host: str) -> None:
    """A foreign name that was made to point here brings its own name, and thereby its origin."""
    name = host.format(port=page.port)
    all_refused(page, 421, Host=name)
    all_refused(page, 421, Host=name, Origin=f"http://{name}")
    for path in ASSETS:
        assert page.ask("GET", path, Host=name).status == 421


def test_no_host_or_two_are_refused(page: Page) -> None:
    all_refused(page, 421, without=("Host",))
    twice = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nHost: 127.0.0.1:{page.port}\r\n\r\n"
    assert raw(page, twice.encode()).startswith(b"HTTP/1.0 421")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost:{port}",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:{port}.evil.example",
        "file://",
        "",
    ],
)
def test_another_origin_is_refused(page: Page, origin: str) -> None:
    all_refused(page, 403, Origin=origin.format(port=page.port))


def test_a_change_without_an_origin_is_refused(page: Page) -> None:
    for path, body in CHANGES:
        assert page.ask("POST", path, body, without=("Origin",)).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "same-origin, none"])
def test_what_another_site_fetches_is_refused(page: Page, site: str) -> None:
    all_refused(page, 403, Sec_Fetch_Site=site)
    for path in ASSETS:
        assert page.ask("GET", path, Sec_Fetch_Site=site).status == 403


def test_a_link_may_open_the_document_in_a_window_and_nothing_else(page: Page) -> None:
    link = {
        "Sec_Fetch_Site": "cross-site",
        "Sec_Fetch_Mode": "navigate",
        "Sec_Fetch_Dest": "document",
        "without": ("Origin",),
    }
    assert page.ask("GET", "/", **link).status == 200
    assert page.ask("GET", "/", **{**link, "Sec_Fetch_Dest": "iframe"}).status == 403
    assert page.ask("GET", "/page.js", **link).status == 403
    assert page.ask("GET", STATE, **link).status == 403


def test_without_the_secret_or_with_another_nothing_is_told_or_done(page: Page) -> None:
    secret = page.server.entrance.secret
    all_refused(page, 401, without=("X-Precheck-Session",))
    for wrong in (
        "",
        secret[:-1],
        secret + "x",
        secret.swapcase(),
        "\xe9",
        page.server.entrance.control,
    ):
        all_refused(page, 401, X_Precheck_Session=wrong)


def test_the_secret_counts_as_a_header_only(page: Page) -> None:
    secret = page.server.entrance.secret
    for path in (f"{STATE}?session={secret}", f"{STATE}?X-Precheck-Session={secret}"):
        assert page.ask("GET", path, without=("X-Precheck-Session",)).status in (400, 401)
    cookie = {"Cookie": f"X-Precheck-Session={secret}"}
    assert page.ask("GET", STATE, without=("X-Precheck-Session",), **cookie).status == 401


def test_a_ticket_lets_one_page_in_once(page: Page) -> None:
    ticket = page.server.entrance.ticket()
    entering = {"without": ("X-Precheck-Session",), "X_Precheck_Ticket": ticket}
    assert page.ask("POST", ENTER, b"{}", **entering).json == {
        "session": page.server.entrance.secret
    }
    assert page.ask("POST", ENTER, b"{}", **entering).status == 401


def test_a_control_secret_opens_the_page_and_reads_nothing(page: Page) -> None:
    control = {
        "without": ("X-Precheck-Session",),
        "X_Precheck_Control": page.server.entrance.control,
    }
    assert page.ask("POST", OPEN, b"{}", **control).status == 200
    assert page.ask("GET", STATE, **control).status == 401


def test_no_other_site_is_ever_let_in(page: Page) -> None:
    for answer in (
        page.ask("GET", "/"),
        page.ask("GET", STATE),
        page.ask("OPTIONS", "/api/start", Access_Control_Request_Method="POST"),
        page.ask("GET", STATE, Origin="http://evil.example"),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert page.ask("OPTIONS", "/api/start").status == 501


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "TRACE", "CONNECT", "get", "G\x7fT"])
def test_other_methods_are_refused(page: Page, method: str) -> None:
    request = f"{method} /api/state HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n"
    status = int(raw(page, request.encode("latin-1")).split(b" ", 2)[1])
    assert status in (400, 405, 501)


def test_reading_by_post_and_changing_by_get_are_refused(page: Page) -> None:
    for path in (*PRIVATE, *ASSETS):
        assert page.ask("POST", path, b"{}").status == 405
    for path in (*ACTIONS, ENTER, OPEN):
        assert page.ask("GET", path).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../precheck/agent/cli.py",
        "/static/index.html",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cwindows%5cwin.ini",
        "/page.js%00.html",
        "/page.js/",
        "/PAGE.JS",
        "/api/state/",
        "/api//state",
        "/api/./state",
        "/%61pi/state",
        "/api/state;x",
        "http://127.0.0.1/api/state",
        "file:///etc/passwd",
        "*",
        "/favicon.ico",
        "/api/state#x",
        "/index.html",
    ],
)
def test_a_path_is_one_of_the_table_or_nothing(page: Page, path: str) -> None:
    answer = page.ask("GET", path)
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize(
    "query", ["since=", "since=-1", "since=１", "since=1&x=2", "x", "since=1" * 9]
)
def test_a_query_is_a_number_to_wait_for_or_nothing(page: Page, query: str) -> None:
    line = f"GET {STATE}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n"
    assert raw(page, line.encode()).split(b" ", 2)[1] == b"400"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"x": 1}',
        b'{"check": "webcam"}',
        b'{"check": "no_such_check", "answer": true, "outcome": "seen"}',
        b"[" * 8000,
        b'{"a":' * 1600,
        b'{"language": "fr"}',
        b'{"only": []}',
        b'{"only": ["firewal"]}',
        b'{"code": ' + b"1" * 4000 + b"}",
        b'{"office": "' + b"x" * 500 + b'"}',
    ],
)
def test_a_body_that_is_not_the_actions_is_a_bad_request(page: Page, body: bytes) -> None:
    for path in ACTIONS:
        assert page.ask("POST", path, body).status == 400, path


def test_a_body_that_is_too_long_is_not_even_read(page: Page) -> None:
    for path in ACTIONS:
        long = {"Content_Length": str(BODY_LIMIT + 1)}
        assert page.ask("POST", path, **long).status == 413
        assert page.ask("POST", path, Content_Length="999999999").status == 413
    assert page.ask("GET", STATE, Content_Length="1").status == 413


@pytest.mark.parametrize("length", ["-1", "+2", "2, 2", "0x2", "２", "9" * 40, " ", "1e3"])
def test_a_length_that_is_no_number_is_a_bad_request(page: Page, length: str) -> None:
    request = f"POST /api/quit HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{{}}"
    assert raw(page, request.encode()).split(b" ", 2)[1] == b"400"


def test_a_body_of_unsaid_or_chunked_length_is_refused(page: Page) -> None:
    assert page.ask("POST", "/api/quit").status == 411
    assert page.ask("POST", "/api/quit", b"{}", Transfer_Encoding="chunked").status == 411


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"]
)
def test_a_form_of_another_site_has_no_kind_that_is_taken(page: Page, kind: str) -> None:
    for path, body in CHANGES:
        assert page.ask("POST", path, body, Content_Type=kind).status == 415


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
        b"GET /\r\n\r\n",
    ],
)
def test_what_is_no_request_gets_no_page(page: Page, request_: bytes) -> None:
    assert b"<!doctype" not in raw(page, request_)


def test_every_answer_forbids_what_the_page_does_not_need(page: Page) -> None:
    for answer in (
        page.ask("GET", "/"),
        page.ask("GET", STATE),
        page.ask("GET", "/nowhere"),
        page.ask("GET", STATE, Host="evil.example"),
        page.ask("OPTIONS", "/"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "media-src blob: mediastream:" in policy
        assert "http" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "camera=(self), microphone=(self)" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Python" not in answer.headers["Server"]


def test_the_document_holds_nothing_that_the_policy_would_stop(page: Page) -> None:
    text = page.ask("GET", "/").body.decode()
    assert "<style" not in text
    assert "onclick" not in text
    assert "http" not in text


def test_a_request_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    with served(tmp_path, read_seconds=0.2) as page:
        for begun in (
            b"",
            b"GET / HTTP/1.1\r\nHost: 127",
            b"POST /api/quit HTTP/1.1\r\nContent-Length: 5\r\n\r\n{",
        ):
            assert b" 200 " not in raw(page, begun)
        assert page.ask("GET", STATE).status == 200


def test_a_crowd_of_connections_leaves_room_afterwards(tmp_path: Path) -> None:
    with served(tmp_path, read_seconds=0.5) as page:
        crowd = [socket.create_connection(("127.0.0.1", page.port), timeout=10) for _ in range(100)]
        for connection in crowd:
            with suppress(OSError):  # turned away at the door
                connection.recv(1)
            connection.close()
        page.until(lambda state: state["phase"] == "code")


def test_the_secret_is_in_no_file_that_is_served(page: Page) -> None:
    for path in ASSETS:
        body = page.ask("GET", path, without=("X-Precheck-Session",)).body
        assert page.server.entrance.secret.encode() not in body
        assert page.server.entrance.control.encode() not in body


def raw(page: Page, sent: bytes) -> bytes:
    """Whatever comes back to these bytes, from this page's own browser where it matters."""
    if b"HTTP/1.1\r\nContent-Length" in sent or b"GET /api/state?" in sent:
        headers = {**page.browser, "Host": f"127.0.0.1:{page.port}"}
        lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
        if b"Host:" in sent:
            lines = lines.replace(f"Host: 127.0.0.1:{page.port}\r\n", "", 1)
        sent = sent.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\n" + lines.encode(), 1)
    with socket.create_connection(("127.0.0.1", page.port), timeout=10) as connection:
        received = b""
        try:
            connection.sendall(sent)
            while chunk := connection.recv(65536):
                received += chunk
        except OSError:
            pass  # closed with something unread: what had come is what there is
    return received


def test_problems_are_told_in_one_word_and_never_repeat_what_came(page: Page) -> None:
    answer = page.do("start", code="123 456 7890")
    assert answer.status == 422
    assert answer.json["problem"] == "code_mistyped"
    assert "7890" not in json.dumps(answer.json)
    assert page.do("start", office="atlantis").json["problem"] == "unknown_office"
    assert page.do("start", endpoint="http://evil.example").json["problem"] == "bad_address"
