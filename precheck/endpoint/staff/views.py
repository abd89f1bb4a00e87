"""Signing in and out, and where one arrives."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import grants_of, lacks_second_factor, must_change_password
from precheck.endpoint.staff.forms import SignInForm
from precheck.endpoint.staff.frame import visible
from precheck.endpoint.staff.password import note_starting_password
from precheck.endpoint.staff.second_factor import is_asked_of, wait_for_code
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action
from precheck.endpoint.store.sign_ins import charge, forgive
from precheck.endpoint.store.writing import writing


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody arrives: the first page of their menu, with what was asked of this one."""
    grants = grants_of(request)
    if must_change_password(request):
        return redirect("staff-password")
    if lacks_second_factor(request):
        return redirect("staff-second-factor")
    for entry in visible(grants) if grants else ():
        asked = request.GET.urlencode()
        return redirect(reverse(entry.page) + (f"?{asked}" if asked else ""))
    raise PermissionDenied


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form. Wrong passwords are limited: see `store/sign_ins.py`."""
    words = load_staff_words(current_language())
    target = request.POST.get("next", request.GET.get("next", ""))
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = ""
    form, refused, status = SignInForm(request, words), "", 200
    if request.method == "POST":
        name, address = request.POST.get("username", ""), request.META.get("REMOTE_ADDR", "")
        if seconds := charge(name, address, timezone.now()):
            refused, status = words.too_many_attempts.format(seconds=seconds), 429
        else:
            form, status = SignInForm(request, words, request.POST), 400
            if form.is_valid():
                now, user = timezone.now(), form.get_user()
                if is_asked_of(user):
                    return wait_for_code(request, user, target)
                forgive(name, address, now)
                with writing():
                    login(request, user)
                    record(user, Action.SIGNED_IN, now)
                note_starting_password(request, user)
                return redirect(target or "staff-home")
    return render(
        request,
        "staff/sign_in.html",
        {
            "form": form,
            "refused": refused,
            "next": target,
            "single_sign_on": bool(settings.OIDC_ISSUER),
        },
        status=status,
    )


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    grants = grants_of(request)
    if grants is not None:
        with writing():
            record(grants.user, Action.SIGNED_OUT, timezone.now())
            logout(request)
    return redirect("staff-login")
