"""Counting every request that pages and the API answer."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from precheck.endpoint.operations.apps import operations
from precheck.endpoint.operations.metrics import UNKNOWN_ROUTE

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: count the answer by the address as the program knows it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        operations().metrics.count(
            match.route if match else UNKNOWN_ROUTE,
            request.method if request.method in _METHODS else "other",
            response.status_code,
            time.perf_counter() - began,
        )
        return response

    return middleware
