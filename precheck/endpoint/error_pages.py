"""What Django shows when it refuses or fails by itself: a problem for the API, else a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from precheck.endpoint.api import problems
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import grants_of
from precheck.endpoint.staff.words import load_staff_words


def _is_of_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _answer(request: HttpRequest, refusal: problems.Refusal) -> HttpResponse:
    if _is_of_api(request):
        return refusal.response()
    status = refusal.problem.status
    return _page(request, load_staff_words(current_language()).errors[status], status)


def _page(
    request: HttpRequest, text: str, status: int, template: str = "staff/error.html"
) -> HttpResponse:
    return render(request, template, {"text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.bad_request("the Host header or an address is not accepted"))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What nobody of this person's roles may do, with the menu of what they may."""
    grants = grants_of(request)
    if grants is None or _is_of_api(request):
        return _answer(request, problems.forbidden())
    words = load_staff_words(current_language())
    holds_none = not grants.roles and not grants.system
    text = words.no_office if holds_none else words.not_in_role
    return _page(request, text, 403, "staff/refused.html")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from these pages, or from one whose session has ended."""
    return _answer(request, problems.forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, problems.not_found())


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, problems.failed())
