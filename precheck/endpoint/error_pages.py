"""What Django shows when it refuses or fails by itself: a problem for the API, else a page."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from precheck.endpoint.api import problems
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.words import load_staff_words


def _answer(request: HttpRequest, refusal: problems.Refusal) -> HttpResponse:
    if request.path.startswith("/api/"):
        return refusal.response()
    status = refusal.problem.status
    words = load_staff_words(current_language())
    return render(
        request, "staff/error.html", {"words": words, "text": words.errors[status]}, status=status
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.bad_request("the Host header or an address is not accepted"))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.forbidden())


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from these pages, or from one whose session has ended."""
    return permission_denied(request, PermissionDenied(reason))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.not_found())


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, problems.failed())
