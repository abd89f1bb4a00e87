"""Asking the office's endpoint over HTTP, for what the way to it is like."""

import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.addresses import may_be_asked
from probes.system.questions import HttpAnswer, HttpGet, HttpPost
from probes.system.transport import first_bytes, proxies_for, trusting_session

POST_LIMIT = 1 << 16
"""Bytes read of what comes back for a POST."""


def get(question: HttpGet) -> Fact[HttpAnswer]:
    """What a GET brought, its body cut off at the limit."""
    return _asked("GET", question.url, b"", question.limit, question.timeout)


def post(question: HttpPost) -> Fact[HttpAnswer]:
    """What a POST of so many zero bytes brought."""
    return _asked("POST", question.url, bytes(question.size), POST_LIMIT, question.timeout)


def _asked(method: str, url: str, body: bytes, limit: int, timeout: float) -> Fact[HttpAnswer]:
    if not may_be_asked(url):
        return Unknown(Unread.UNSUPPORTED, method)
    host = urlsplit(url).hostname or ""
    source = f"{method} {host}"
    begun = time.monotonic()
    try:
        with (
            trusting_session() as session,
            session.request(
                method,
                url,
                data=body or None,
                headers={"Accept-Encoding": "identity"},
                proxies=proxies_for(url),
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            content = first_bytes(response, limit, begun + timeout)
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
