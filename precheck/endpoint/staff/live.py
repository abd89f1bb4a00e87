"""A part of a page that a browser asks for again and again (`assets/live.js`)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response


def if_changed(request: HttpRequest, tag: str, part: Callable[[], str]) -> HttpResponse:
    """`part`, whose entity tag (RFC 9110, 8.8.3) is `tag`; or 304, without asking for it, where the
    tag is still that of `If-None-Match`."""
    unchanged = get_conditional_response(request, etag=tag)
    response = HttpResponse(part()) if unchanged is None else unchanged
    response.headers["ETag"] = tag
    return response
