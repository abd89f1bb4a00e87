"""Asking the office's endpoint over HTTP, for what the way to it is like."""

import ipaddress
import ssl
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.questions import HttpAnswer, HttpGet, HttpPost

POST_LIMIT = 1 << 16
"""Bytes read of what comes back for a POST."""

CHUNK = 1 << 16


def get(question: HttpGet) -> Fact[HttpAnswer]:
    """What a GET brought, its body cut off at the limit."""
    return _asked("GET", question.url, b"", question.limit, question.timeout)


def post(question: HttpPost) -> Fact[HttpAnswer]:
    """What a POST of so many zero bytes brought."""
    return _asked("POST", question.url, bytes(question.size), POST_LIMIT, question.timeout)


def may_be_asked(url: str) -> bool:
    """Whether `url` is https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    )


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _asked(method: str, url: str, body: bytes, limit: int, timeout: float) -> Fact[HttpAnswer]:
    if not may_be_asked(url):
        return Unknown(Unread.UNSUPPORTED, method)
    host = urlsplit(url).hostname or ""
    source = f"{method} {host}"
    begun = time.monotonic()
    try:
        with (
            _session() as session,
            session.request(
                method,
                url,
                data=body or None,
                headers={"Accept-Encoding": "identity"},
                proxies={} if is_loopback(host) else get_environ_proxies(url),
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            content = _first(response, limit, begun + timeout)
            elapsed = time.monotonic() - begun
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Known(HttpAnswer(response.status_code, headers, content, elapsed), source)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Unknown(why(error), source)


def why(error: BaseException) -> Unread:
    """What a failed request says, from the errors that led to it.

    A certificate that is not trusted is `denied`, like a proxy that refuses: somebody is there and
    stands between. Nobody there is `missing`; an answer that is not HTTP or breaks off, `garbled`.
    """
    causes = tuple(_causes(error))

    def is_due_to(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if is_due_to(ssl.SSLCertVerificationError):
        return Unread.DENIED
    if is_due_to(TimeoutError):
        return Unread.TIMED_OUT
    if is_due_to(requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL):
        return Unread.UNSUPPORTED
    if is_due_to(urllib3.exceptions.NewConnectionError, ConnectionRefusedError):
        return Unread.MISSING
    if is_due_to(requests.Timeout, urllib3.exceptions.TimeoutError):
        return Unread.TIMED_OUT
    if is_due_to(requests.exceptions.ProxyError):
        return Unread.DENIED
    return Unread.GARBLED


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    todo = [error]
    while todo:
        cause = todo.pop()
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        inner = (getattr(cause, "reason", None), getattr(cause, "original_error", None))
        todo += [cause.__cause__, cause.__context__, *inner, *cause.args]


def _first(response: requests.Response, limit: int, deadline: float) -> bytes:
    content = b""
    while len(content) < limit:
        # One read of the socket at a time, or a trickle would outlast the deadline.
        chunk = response.raw.read1(min(CHUNK, limit - len(content)))
        if not chunk:
            break
        content += chunk
        if time.monotonic() > deadline:
            raise TimeoutError
    return content


def _session() -> requests.Session:
    session = requests.Session()
    # Else a .netrc file would send a password, and a variable choose other certificates.
    session.trust_env = False
    session.headers["User-Agent"] = "precheck"
    session.mount("https://", _TrustingTheSystem())
    return session


class _TrustingTheSystem(HTTPAdapter):
    """HTTPS by the certificates that the OS trusts, an office's own among them."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=_context(), **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=_context(), **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        # Without this, requests would add the certificates that come with certifi.
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"


def _context() -> truststore.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
