"""HttpGet and HttpPost against real servers on loopback."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.addresses import is_loopback, may_be_asked
from probes.system.live import live_system
from probes.system.questions import HttpAnswer, HttpGet, HttpPost
from tests.requires import require

MACHINE = live_system()


class Office(BaseHTTPRequestHandler):
    """Says what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._say(b"x" * 500_000 if self.path == "/long" else repr(sorted(self.headers)).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(f"{len(body)} {set(body)}".encode())

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Office) as server:
        # A client that does not trust the certificate hangs up in the middle.
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@contextmanager
def answering(raw: bytes, hang: bool = False) -> Iterator[str]:
    """The address of a server that answers with these bytes, and then hangs up or does not."""
    done = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(raw)
            if hang:
                done.wait(30)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        done.set()
        thread.join()


@pytest.fixture
def office() -> Iterator[str]:
    with served() as port:
        yield f"http://127.0.0.1:{port}"


def value(answer: object) -> HttpAnswer:
    assert isinstance(answer, Known)
    return answer.value


def why(answer: object) -> Unread:
    assert isinstance(answer, Unknown)
    return answer.why


def test_an_answer_is_status_headers_and_body(office: str) -> None:
    answer = value(MACHINE.ask(HttpGet(office + "/")))
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain"
    assert answer.elapsed > 0
    assert MACHINE.ask(HttpGet(office + "/")).source == "GET 127.0.0.1"


def test_only_the_necessary_headers_are_sent(office: str) -> None:
    sent = value(MACHINE.ask(HttpGet(office + "/"))).body.decode()
    assert sent == repr(["Accept", "Accept-Encoding", "Connection", "Host", "User-Agent"])


def test_no_password_is_taken_from_a_netrc_file(
    office: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login taro password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert b"Authorization" not in value(MACHINE.ask(HttpGet(office + "/"))).body


def test_a_redirect_is_an_answer_and_not_followed(office: str) -> None:
    answer = value(MACHINE.ask(HttpGet(office + "/moved")))
    assert (answer.status, answer.headers["location"], answer.body) == (302, "/elsewhere", b"")


@pytest.mark.parametrize("limit", [0, 1, 100_000, 500_000, 600_000])
def test_a_body_is_cut_off_at_the_limit(office: str, limit: int) -> None:
    answer = value(MACHINE.ask(HttpGet(office + "/long", limit=limit)))
    assert len(answer.body) == min(limit, 500_000)


def test_a_post_is_so_many_zero_bytes(office: str) -> None:
    assert value(MACHINE.ask(HttpPost(office + "/", 300_000))).body == b"300000 {0}"
    assert value(MACHINE.ask(HttpPost(office + "/", 0))).body == b"0 set()"


def test_loopback_is_never_asked_through_a_proxy(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert value(MACHINE.ask(HttpGet(office + "/"))).status == 200


def test_any_other_host_is_asked_through_the_persons_proxy(
    office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", office)
    assert why(MACHINE.ask(HttpGet("https://office.invalid/"))) is Unread.DENIED
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    assert why(MACHINE.ask(HttpGet("https://office.invalid/"))) is Unread.MISSING
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    assert why(MACHINE.ask(HttpGet("https://office.invalid/"))) is Unread.UNSUPPORTED


def test_nobody_there_is_missing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert why(MACHINE.ask(HttpGet(f"http://127.0.0.1:{port}/"))) is Unread.MISSING


def test_no_such_name_is_missing() -> None:
    assert why(MACHINE.ask(HttpGet("https://office.invalid/"))) is Unread.MISSING


def test_no_answer_in_time_is_timed_out() -> None:
    with answering(b"", hang=True) as address:
        assert why(MACHINE.ask(HttpGet(address, timeout=0.2))) is Unread.TIMED_OUT
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    with answering(begun, hang=True) as address:
        assert why(MACHINE.ask(HttpGet(address, timeout=0.2))) is Unread.TIMED_OUT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\xff" * 100,
    ],
)
def test_an_answer_that_is_not_http_or_breaks_off_is_garbled(raw: bytes) -> None:
    with answering(raw) as address:
        assert why(MACHINE.ask(HttpGet(address))) is Unread.GARBLED


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://office.example/", True),
        ("http://localhost:8000/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]:80/", True),
        ("http://office.example/", False),
        ("http://localhost.example/", False),
        ("http://127.0.0.1.example/", False),
        ("http://192.168.0.1/", False),
        ("http://127.0.0.1@office.example/", False),
        ("ftp://127.0.0.1/", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://[/", False),
        ("", False),
    ],
)
def test_only_https_and_this_very_machine_are_asked(url: str, allowed: bool) -> None:
    assert may_be_asked(url) is allowed
    if not allowed:
        assert why(MACHINE.ask(HttpGet(url))) is Unread.UNSUPPORTED


@given(st.text() | st.text().map(lambda text: "http://" + text))
def test_no_address_whatsoever_raises(url: str) -> None:
    assert isinstance(may_be_asked(url), bool)
    assert isinstance(is_loopback(url), bool)


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[], ssl.SSLContext]:
    require(shutil.which("openssl"), "openssl")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    return context


def test_a_certificate_that_the_system_does_not_trust_is_denied(
    certificate: ssl.SSLContext,
) -> None:
    with served(certificate) as port:
        assert why(MACHINE.ask(HttpGet(f"https://localhost:{port}/"))) is Unread.DENIED


def test_a_certificate_that_the_system_trusts_is_good(
    certificate: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
    with served(certificate) as port:
        assert value(MACHINE.ask(HttpGet(f"https://localhost:{port}/"))).status == 200
        # The certificate is for another name than this one.
        assert why(MACHINE.ask(HttpGet(f"https://127.0.0.1:{port}/"))) is Unread.DENIED


def test_no_variable_of_the_http_library_adds_a_certificate(
    certificate: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate"))
    with served(certificate) as port:
        assert why(MACHINE.ask(HttpGet(f"https://localhost:{port}/"))) is Unread.DENIED


def test_plain_http_where_https_is_asked_is_garbled(office: str) -> None:
    address = office.replace("http:", "https:")
    assert why(MACHINE.ask(HttpGet(address + "/"))) is Unread.GARBLED
