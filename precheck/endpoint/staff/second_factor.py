"""The pages of the second factor, where the settings switch it on (else they do not exist): setting
it up, and the code that is asked for after the password."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import segno
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import SECOND_FACTOR_PASSED, grants_of
from precheck.endpoint.staff.password import note_starting_password
from precheck.endpoint.staff.words import StaffWords, load_staff_words
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action
from precheck.endpoint.store.second_factor import (
    accepts,
    address_of,
    begin,
    confirm,
    has_second_factor,
)
from precheck.endpoint.store.sign_ins import charge, forgive
from precheck.endpoint.store.writing import writing

P = ParamSpec("P")

_WAITING = "waits_for_second_factor"
_PATIENCE = 300
"""Seconds between the password and the code."""
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class CodeForm(forms.Form):
    """Six digits."""

    code = forms.CharField(max_length=16)

    def __init__(self, words: StaffWords, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field = self.fields["code"]
        field.label, field.help_text = words.code, words.code_hint
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


def _where_switched_on(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if settings.SECOND_FACTOR == "off":
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def is_asked_of(user: User) -> bool:
    """Whether a right password is not enough for `user`."""
    return settings.SECOND_FACTOR != "off" and has_second_factor(user)


def wait_for_code(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """The password was right: go on to the code."""
    request.session.cycle_key()
    request.session[_WAITING] = [user.pk, timezone.now().timestamp(), target]
    return redirect("staff-code")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_where_switched_on
def code(request: HttpRequest) -> HttpResponse:
    """The code after the password. Wrong ones are limited together with wrong passwords."""
    words, now = load_staff_words(current_language()), timezone.now()
    pk, since, target = request.session.get(_WAITING, (None, 0.0, ""))
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or now.timestamp() - since > _PATIENCE:
        return redirect("staff-login")
    form, refused, status = CodeForm(words), "", 200
    if request.method == "POST":
        name, address = user.get_username(), request.META.get("REMOTE_ADDR", "")
        if seconds := charge(name, address, now):
            refused, status = words.too_many_attempts.format(seconds=seconds), 429
        else:
            form, status = CodeForm(words, request.POST), 400
            if form.is_valid() and accepts(user, form.cleaned_data["code"], now):
                forgive(name, address, now)
                del request.session[_WAITING]
                with writing():
                    login(request, user, _BACKEND)
                    record(user, Action.SIGNED_IN, now)
                request.session[SECOND_FACTOR_PASSED] = True
                note_starting_password(request, user)
                return redirect(target or "staff-home")
            if form.is_valid():
                form.add_error("code", words.code_wrong)
    return render(request, "staff/code.html", {"form": form, "refused": refused}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_where_switched_on
def set_up(request: HttpRequest) -> HttpResponse:
    """Giving the secret to one's own telephone, until a code of it is right."""
    words, now, grants = load_staff_words(current_language()), timezone.now(), grants_of(request)
    if grants is None:
        raise Http404
    if has_second_factor(grants.user):
        return render(request, "staff/second_factor.html", {"standing": True})
    form, status = CodeForm(words), 200
    if request.method == "POST":
        form, status = CodeForm(words, request.POST), 400
        if form.is_valid() and confirm(grants.user, form.cleaned_data["code"], now):
            request.session[SECOND_FACTOR_PASSED] = True
            return redirect("staff-second-factor")
        if form.is_valid():
            form.add_error("code", words.code_wrong)
    secret = begin(grants.user)
    drawn = segno.make(address_of(grants.user, secret, words.service), micro=False)
    return render(
        request,
        "staff/second_factor.html",
        {
            "form": form,
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "drawn": SafeString(drawn.svg_inline(omitsize=True)),
        },
        status=status,
    )
