"""Signing in with the account that the office has already (OpenID Connect), where the settings name
a provider; else these pages do not exist.

Who comes back is the member of staff whose user name the provider says; nobody is made by it. The
provider answers for a second factor.
"""

import logging

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import SECOND_FACTOR_PASSED
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action
from precheck.endpoint.store.writing import writing

_TARGET = "single_sign_on_target"
_BACKEND = "django.contrib.auth.backends.ModelBackend"

_log = logging.getLogger("precheck.single_sign_on")


@login_not_required
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the provider."""
    if not settings.OIDC_ISSUER:
        raise Http404
    from precheck.endpoint.staff import oidc

    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        request.session[_TARGET] = target
    try:
        return oidc.start(request, request.build_absolute_uri(reverse("staff-single-sign-on-done")))
    except oidc.Refused as error:
        return _failed(request, error)


@login_not_required
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Somebody comes back from the provider."""
    if not settings.OIDC_ISSUER:
        raise Http404
    from precheck.endpoint.staff import oidc

    try:
        name = oidc.finish(request)
    except oidc.Refused as error:
        return _failed(request, error)
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        return _page(request, load_staff_words(current_language()).single_sign_on_unknown)
    target = request.session.pop(_TARGET, "")
    with writing():
        login(request, user, _BACKEND)
        record(user, Action.SIGNED_IN, timezone.now())
    request.session[SECOND_FACTOR_PASSED] = True
    return redirect(target or "staff-home")


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the library says may quote what the provider sent, so only its kind is logged."""
    why = type(error.__cause__ or error).__name__
    _log.warning("single sign-on failed", extra={"fields": {"why": why}})
    return _page(request, load_staff_words(current_language()).single_sign_on_failed)


def _page(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "staff/error.html", {"text": text}, status=403)
