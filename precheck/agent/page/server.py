"""HTTP on 127.0.0.1 for one page: `guard.py` says who is answered, `actions.py` what is done."""

import logging
import re
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from precheck.agent.page.actions import ACTIONS
from precheck.agent.page.assets import DOCUMENT, load_assets
from precheck.agent.page.entrance import Entrance
from precheck.agent.page.flow import Flow, Refusal
from precheck.agent.page.guard import (
    CONTROL_HEADER,
    SECRET_HEADER,
    TICKET_HEADER,
    foreign,
    has,
)
from precheck.agent.page.listener import HOST
from precheck.agent.page.only_one import Again
from precheck.agent.page.presence import Presence
from precheck.agent.page.strangers import Strangers, cut_off
from precheck.contract.decoding import decoder
from precheck.contract.wording import load_wording

log = logging.getLogger(__name__)

BODY_LIMIT = 8 * 1024
READ_SECONDS = 5.0
"""Seconds in which a request has to be here, all of it."""
POLL_SECONDS = 25.0
"""Seconds for which the state is held back until it changes."""

ENTER, OPEN, STATE, WORDS = "/api/enter", "/api/open", "/api/state", "/api/words"
LEAVE = "/api/leave"

_SINCE = re.compile(r"since=([0-9]{1,15})")
_LENGTH = re.compile(r"[0-9]{1,9}")

_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " media-src blob: mediastream:; connect-src 'self'; form-action 'none'; base-uri 'none';"
        " frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    (
        "Permissions-Policy",
        "camera=(self), microphone=(self), geolocation=(), display-capture=(), usb=(), serial=()",
    ),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Not no-referrer, under which a browser may take the origin from a request, too.
    ("Referrer-Policy", "same-origin"),
)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says by itself, in the language in force."""

    language: str
    verdicts: dict[str, dict[str, str]]
    phrases: dict[str, str]


class PageServer(ThreadingHTTPServer):
    """Serves `flow` on `listener`, which it closes, until `shutdown`. `show` opens the page once
    more, for a second start of the program; it returns the address to be opened by hand where no
    browser took it."""

    daemon_threads = True

    def __init__(
        self,
        listener: socket.socket,
        flow: Flow,
        presence: Presence,
        entrance: Entrance,
        show: Callable[[Again], str | None] = lambda _: None,
        *,
        read_seconds: float = READ_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.flow, self.presence, self.entrance, self.show = flow, presence, entrance, show
        self.read_seconds, self.poll_seconds = read_seconds, poll_seconds
        self.assets = load_assets()
        self.strangers = Strangers()
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = HOST, self.port

    @property
    def port(self) -> int:
        """The port that the system gave."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self.strangers.came(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.strangers.known(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that went away while it was answered is nothing to report."""
        del request, client_address
        log.debug("a connection ended early", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """One request per connection; whatever it is, it is answered or refused, and closed."""

    server: PageServer
    server_version = "precheck"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.read_seconds)
        self._too_slow = threading.Timer(self.server.read_seconds, self._cut_off)
        self._too_slow.daemon = True
        self._too_slow.start()

    def finish(self) -> None:
        self._too_slow.cancel()
        super().finish()

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses by itself: a line or header that is none, another method."""
        del message, explain
        self._refuse(HTTPStatus(code))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: what a page asks for is the person's own."""

    def _handle(self, method: str) -> None:
        body = self._body(method)
        self._too_slow.cancel()
        if isinstance(body, HTTPStatus):
            self._refuse(body)
            return
        try:
            self._route(method, body)
        except Refusal as refusal:
            phrases = self.server.flow.words().phrases
            text = phrases[refusal.phrase] if refusal.phrase is not None else None
            self._json({"problem": refusal.problem, "text": text}, refusal.status)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a page without an answer would hang
            log.error("a page was not answered: %s", type(error).__name__)
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _route(self, method: str, body: bytes) -> None:
        server = self.server
        path, _, query = self.path.partition("?")
        document = method == "GET" and path == DOCUMENT
        refused = foreign(method, self.headers, server.port, document=document)
        if refused is not None:
            self._refuse(refused)
        elif path in server.assets or path in (STATE, WORDS):
            self._get(method, path, query)
        elif path in ACTIONS or path in (ENTER, OPEN, LEAVE):
            self._post(method, path, query, body)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _get(self, method: str, path: str, query: str) -> None:
        server = self.server
        since = _SINCE.fullmatch(query) if path == STATE else None
        if method != "GET":
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
        elif query and since is None:
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif path in server.assets:
            asset = server.assets[path]
            self._send(HTTPStatus.OK, asset.content, asset.kind)
        elif not has(self.headers, SECRET_HEADER, server.entrance.secret):
            self._refuse(HTTPStatus.UNAUTHORIZED)
        else:
            server.strangers.known(self.connection)
            with server.presence:
                if path == WORDS:
                    self._json(self._words())
                elif since is None:
                    self._json(server.flow.snapshot())
                else:
                    self._json(server.flow.after(int(since[1]), server.poll_seconds))

    def _post(self, method: str, path: str, query: str, body: bytes) -> None:
        server, entrance = self.server, self.server.entrance
        if method != "POST":
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
        elif query:
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif path == ENTER:
            secret = entrance.enter(self.headers.get(TICKET_HEADER, ""))
            if secret is None:
                self._refuse(HTTPStatus.UNAUTHORIZED)
            else:
                with server.presence:
                    self._json({"session": secret})
        elif path == OPEN:
            if has(self.headers, CONTROL_HEADER, entrance.control):
                server.strangers.known(self.connection)
                again = decoder(Again).decode(body)
                if again.code is not None:
                    server.flow.offer(again.code, again.endpoint)
                self._json({"address": server.show(again)})
            else:
                self._refuse(HTTPStatus.UNAUTHORIZED)
        elif not has(self.headers, SECRET_HEADER, entrance.secret):
            self._refuse(HTTPStatus.UNAUTHORIZED)
        elif path == LEAVE:
            server.presence.good_bye()
            self._json({})
        else:
            server.strangers.known(self.connection)
            with server.presence:
                ACTIONS[path](server.flow, body)
                self._json(server.flow.snapshot())

    def _body(self, method: str) -> bytes | HTTPStatus:
        """The whole body, or how to refuse it. It is read whoever sent it, since a connection that
        is closed with something unread takes its answer with it."""
        lengths = self.headers.get_all("Content-Length", [])
        if self.headers.get_all("Transfer-Encoding"):
            return HTTPStatus.LENGTH_REQUIRED
        if not lengths:
            return b"" if method == "GET" else HTTPStatus.LENGTH_REQUIRED
        if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0]):
            return HTTPStatus.BAD_REQUEST
        length = int(lengths[0])
        if length > (BODY_LIMIT if method == "POST" else 0):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        body = self.rfile.read(length)
        return body if len(body) == length else HTTPStatus.BAD_REQUEST

    def _words(self) -> Words:
        language = self.server.flow.language
        words = load_wording(language)
        return Words(
            language=language,
            verdicts={
                verdict.value: {"symbol": shown.symbol, "word": shown.word}
                for verdict, shown in words.verdicts.items()
            },
            phrases=words.phrases,
        )

    def _json(self, content: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, msgspec.json.encode(content), "application/json")

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, b"", "text/plain; charset=utf-8")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _cut_off(self) -> None:
        cut_off(self.connection)
