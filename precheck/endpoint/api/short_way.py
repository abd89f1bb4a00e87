"""The API's requests past all that only pages need: sessions, forms, users, languages."""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

ROOT = "/api/"
_resolved = lru_cache(maxsize=64)(resolve)
"""Only what is found is remembered."""


def answer_api(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what is addressed to the API is answered here, and the middleware behind this one
    sees pages alone. What stands before it (the log, the headers) holds for both."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return get_response(request)
        request.get_host()  # raises for a name that is not this endpoint's
        request.resolver_match = match = _resolved(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware
