"""Refusals as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping

import msgspec
from django.http import HttpResponse

from precheck.contract.api import Problem, ProblemType


class Refusal(Exception):
    """A request that is refused, and what the answer says."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.problem = Problem(type=kind, title=title, status=status, detail=detail)
        self.headers = dict(headers or {})

    def response(self) -> HttpResponse:
        """The answer to send."""
        return HttpResponse(
            msgspec.json.encode(self.problem),
            status=self.problem.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


def unknown_code() -> Refusal:
    """The same for a missing, a malformed, an unknown and an expired code."""
    return Refusal(
        401,
        ProblemType.UNKNOWN_CODE,
        "There is no appointment with this code",
        headers={"WWW-Authenticate": "Appointment"},
    )


def too_many_attempts(seconds: int) -> Refusal:
    return Refusal(
        429,
        ProblemType.TOO_MANY_ATTEMPTS,
        "Too many wrong codes",
        f"try again in {seconds} seconds",
        headers={"Retry-After": str(seconds)},
    )


def too_large(limit: int) -> Refusal:
    return Refusal(
        413, ProblemType.TOO_LARGE, "The body is too large", f"at most {limit} bytes are read"
    )


def bad_request(detail: str) -> Refusal:
    return Refusal(400, ProblemType.BAD_REQUEST, "The request cannot be understood", detail)


def forbidden() -> Refusal:
    return Refusal(403, ProblemType.BAD_REQUEST, "This is not allowed")


def not_found() -> Refusal:
    return Refusal(404, ProblemType.NOT_FOUND, "There is nothing at this address")


def method_not_allowed(allowed: str) -> Refusal:
    return Refusal(
        405,
        ProblemType.BAD_REQUEST,
        "This address does not know the method",
        f"it knows {allowed}",
        headers={"Allow": allowed},
    )


def unavailable() -> Refusal:
    return Refusal(
        503,
        ProblemType.UNAVAILABLE,
        "The endpoint's database is away",
        "nothing is known to be stored; sending the same again later is safe",
        headers={"Retry-After": "30"},
    )


def failed() -> Refusal:
    return Refusal(
        500, ProblemType.UNAVAILABLE, "The endpoint failed; nothing is known to be stored"
    )
