"""What Django shows when it refuses or fails by itself: a problem for the API, else a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from precheck.endpoint.api import problems
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import grants_of
from precheck.endpoint.staff.words import load_staff_words


def _answer(request: HttpRequest, refusal: problems.Refusal) -> HttpResponse:
    if request.path.startswith("/api/"):
        return refusal.response()
    status = refusal.problem.status
    return _page(request, load_staff_words(current_language()).errors[status], status)


def _page(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return render(request, "staff/error.html", {"text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.bad_request("the Host header or an address is not accepted"))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    grants = grants_of(request)
    if grants is not None and not grants.roles and not grants.system:
        return _page(request, load_staff_words(current_language()).no_office, 403)
    return _answer(request, problems.forbidden())


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from these pages, or from one whose session has ended."""
    return _answer(request, problems.forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.not_found())


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, problems.failed())
