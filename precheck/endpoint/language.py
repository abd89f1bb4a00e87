"""The language of the staff pages: Japanese, or what `?lang=` last asked for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from precheck.contract.wording import Language


def choose_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: activate the language for the request, say it in the answer (a page that is open
    still may be in the other one), and remember a choice in a cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = _known(request.GET.get("lang"))
        kept = _known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
        with translation.override((asked or kept or Language.JA).value):
            response = get_response(request)
            if response.get("Content-Type", "").startswith("text/html"):
                response["Content-Language"] = current_language().value
        if asked:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked.value,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware


def current_language() -> Language:
    """The language of the request at hand."""
    return _known(translation.get_language()) or Language.JA


def _known(code: str | None) -> Language | None:
    return Language(code) if code in tuple(Language) else None
