"""The page on which everybody changes their own password. Who was given one sees nothing else
before they have."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import MUST_CHANGE_PASSWORD, grants_of, must_change_password
from precheck.endpoint.staff.words import StaffWords, load_staff_words
from precheck.endpoint.store.passwords import change_password, has_to_change
from precheck.endpoint.store.sign_ins import charge, forgive

_CHANGED = "password_changed"


class PasswordForm(forms.Form):
    """The password of now, and the next one twice."""

    old = forms.CharField(max_length=4096, strip=False, widget=forms.PasswordInput)
    new = forms.CharField(max_length=4096, strip=False, widget=forms.PasswordInput)
    again = forms.CharField(max_length=4096, strip=False, widget=forms.PasswordInput)

    def __init__(self, words: StaffWords, data: Any = None) -> None:
        super().__init__(data)
        self._words = words
        texts = {
            "old": words.password_old,
            "new": words.password_new,
            "again": words.password_again,
        }
        for name, text in texts.items():
            self.fields[name].label = text
        self.fields["new"].help_text = words.password_hint
        self.fields["old"].widget.attrs["autocomplete"] = "current-password"
        for name in ("new", "again"):
            self.fields[name].widget.attrs["autocomplete"] = "new-password"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", self._words.password_differs)
        return given


def note_starting_password(request: HttpRequest, user: User) -> None:
    """At the sign-in with a password: write into the session whether it has to be changed."""
    if has_to_change(user):
        request.session[MUST_CHANGE_PASSWORD] = True


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """The form, and what becomes of it. Wrong passwords are limited like those at the sign-in."""
    words, grants, now = load_staff_words(current_language()), grants_of(request), timezone.now()
    if grants is None or not grants.user.has_usable_password():
        raise PermissionDenied  # their account is elsewhere
    user, address = grants.user, request.META.get("REMOTE_ADDR", "")
    form, refused, status = PasswordForm(words), "", 200
    if request.method == "POST":
        form, status = PasswordForm(words, request.POST), 400
        if seconds := charge(user.get_username(), address, now):
            refused, status = words.too_many_attempts.format(seconds=seconds), 429
        elif _is_right(form, user, address, words, now):
            try:
                change_password(user, form.cleaned_data["new"], now)
            except ValidationError as error:
                form.add_error("new", _in_words(error, words))
            else:
                update_session_auth_hash(request, user)
                request.session.pop(MUST_CHANGE_PASSWORD, None)
                request.session[_CHANGED] = True
                return redirect("staff-password")
    return render(
        request,
        "staff/password.html",
        {
            "form": form,
            "refused": refused,
            "must": must_change_password(request),
            "changed": request.method != "POST" and request.session.pop(_CHANGED, False),
        },
        status=status,
    )


def _is_right(
    form: PasswordForm, user: User, address: str, words: StaffWords, now: datetime
) -> bool:
    """Look at all that was typed, so that all that is wrong is said at once. Whether the next
    password is the one before is told only to who knows that (`change_password`)."""
    form.is_valid()
    old, new = form.cleaned_data.get("old"), form.cleaned_data.get("new")
    if old is not None:
        if user.check_password(old):
            forgive(user.get_username(), address, now)
        else:
            form.add_error("old", words.password_wrong)
    if new is not None:
        try:
            validate_password(new, user)
        except ValidationError as error:
            form.add_error("new", _in_words(error, words))
    return not form.errors


def _in_words(error: ValidationError, words: StaffWords) -> list[str]:
    """Django says its own rules in the page's language; ours has words of ours."""
    return [
        words.password_unchanged if item.code == "unchanged" else str(item.messages[0])
        for item in error.error_list
    ]
