"""Asking the office's endpoint, and telling it from a network's sign-in page."""

from urllib.parse import urljoin, urlsplit

from precheck.contract.api import HEALTH_PATH, BadMessage, Health, decode_message
from probes.facts import Fact, parsed
from probes.network.facts import Answerer
from probes.system import System
from probes.system.questions import HttpAnswer, HttpGet

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SIGN_IN_REQUIRED = 511
"""Network Authentication Required: by RFC 6585 no origin server ever sends it."""

TIMEOUT = 3.0


def health_question(endpoint: str, attempt: int = 0) -> HttpGet:
    """The question whether the endpoint is there."""
    return HttpGet(endpoint.rstrip("/") + HEALTH_PATH, timeout=TIMEOUT, attempt=attempt)


def answerer(system: System, endpoint: str) -> Fact[Answerer]:
    """Who answers at the endpoint's address. Over HTTPS a sign-in page cannot answer, as it has no
    certificate for the endpoint's name: then nobody does."""
    question = health_question(endpoint)
    return parsed(system.ask(question), lambda found: who_answered(found, question.url))


def who_answered(answer: HttpAnswer, url: str) -> Answerer:
    """Who gave this answer to a request for `url`.

    A sign-in page is recognised by what only such a page does: status 511, or, over plain HTTP, a
    redirect to another host or a web page where the endpoint promises JSON. Over HTTPS the answer
    comes from a holder of the endpoint's certificate, so a redirect there is the server's own.
    """
    if is_health(answer):
        return Answerer.ENDPOINT
    if answer.status == SIGN_IN_REQUIRED:
        return Answerer.PORTAL
    if urlsplit(url).scheme == "http" and (
        _is_diverted(answer, url) or (answer.status == 200 and _is_page(answer))
    ):
        return Answerer.PORTAL
    return Answerer.SOMEBODY_ELSE


def is_health(answer: HttpAnswer) -> bool:
    """Whether this is the endpoint's own word that it is there."""
    if answer.status != 200:
        return False
    try:
        decode_message(answer.body, Health)
    except BadMessage:
        return False
    return True


def _is_diverted(answer: HttpAnswer, url: str) -> bool:
    location = _header(answer, "location")
    if answer.status not in REDIRECTS or location is None:
        return False
    try:
        here, there = urlsplit(url).hostname, urlsplit(urljoin(url, location)).hostname
    except ValueError:
        return False
    if not here or not there:
        return False
    return not (there == here or there.endswith(f".{here}") or here.endswith(f".{there}"))


def _is_page(answer: HttpAnswer) -> bool:
    kind = _header(answer, "content-type") or ""
    return kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def _header(answer: HttpAnswer, name: str) -> str | None:
    return next((value for key, value in answer.headers.items() if key.lower() == name), None)
