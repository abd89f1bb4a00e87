"""What a page, or its reader's browser, carries of a request on its way: signed, for half an hour,
and nowhere else."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect

SECONDS = 30 * 60


def signed(purpose: str, content: Any) -> str:
    """`content` (JSON data) as a field of a form. It can be read by who has the page, and changed
    by nobody."""
    return signing.dumps(content, salt=_salt(purpose), compress=True)


def unsigned(purpose: str, text: str) -> Any:
    """What was signed, not longer than `SECONDS` ago; None for anything else."""
    try:
        return signing.loads(text, salt=_salt(purpose), max_age=SECONDS)
    except signing.BadSignature:
        return None


def led_to(address: str, name: str, content: Any) -> HttpResponseRedirect:
    """To `address`, with `content` (JSON data) in the cookie `name` for it and what is below it."""
    response = HttpResponseRedirect(address)
    response.set_cookie(
        name,
        signed(name, content),
        max_age=SECONDS,
        path=address,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def brought(request: HttpRequest, name: str) -> Any:
    """What somebody was `led_to` this address with; None for anything else."""
    return unsigned(name, request.COOKIES.get(name, ""))


def _salt(purpose: str) -> str:
    return f"precheck.endpoint.booking {purpose}"
