"""Who is on the staff: of one office, or (without one) those who serve every office and the system.
The latter pages are the system administrator's alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.endpoint.administration.notices import Notice
from precheck.endpoint.administration.page import drawn, words_of_room
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.errors import Unusable
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.notices import leave
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.store import staffing
from precheck.endpoint.store.changes import put_staff, put_system_administrator
from precheck.endpoint.store.models import Membership, Office, Role, SecondFactor
from precheck.endpoint.store.passwords import GOOD_FOR, has_to_change, shown_to

SYSTEM = "system"
"""Chosen as a role: the administrator of the system."""


class AddForm(forms.Form):
    """Somebody new on the staff, or somebody known who joins it."""

    name = forms.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    role = forms.ChoiceField()

    def __init__(
        self, words: AdministrationWords, roles: list[tuple[str, str]], data: Any = None
    ) -> None:
        super().__init__(data)
        self.fields["name"].label, self.fields["name"].help_text = words.name, words.name_hint
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none"}
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is written above
        field.label, field.choices = words.role, roles

    def clean_name(self) -> str:
        """As Django keeps it: of letters that look alike, the plain ones."""
        return User.normalize_username(str(self.cleaned_data["name"]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_OFFICE)
def staff(request: HttpRequest, access: Access, office: str | None = None) -> HttpResponse:
    """Who is on the staff, and putting somebody on it. The page of a new user then shows the
    password that was made."""
    place, words, now = _place(access, office), words_of_room(), timezone.now()
    if request.method != "POST":
        return _list(request, access, place, AddForm(words, _roles(place)))
    form = AddForm(words, _roles(place), request.POST)
    if not form.is_valid():
        return _list(request, access, place, form, status=400)
    name, role = form.cleaned_data["name"], form.cleaned_data["role"]
    if _members(place).filter(username=name).exists():
        form.add_error("name", words.known_member)
        return _list(request, access, place, form, status=400)
    try:
        if role == SYSTEM:
            put_system_administrator(name, None, now, access.user)
        else:
            put_staff(name, office, None, now, Role(role), access.user)
    except Unusable:  # plain letters may be more, or others, than a name can have
        form.add_error("name", words.name_hint)
        return _list(request, access, place, form, status=400)
    leave(request, Notice.ADDED)
    return _to_member(User.objects.get(username=name), place)


@never_cache
@require_safe
@needs(Permission.MANAGE_OFFICE)
def member(
    request: HttpRequest, access: Access, user: int, office: str | None = None
) -> HttpResponse:
    """One of the staff, and what can be done about them here."""
    place, speech, words, now = (
        _place(access, office),
        current_speech(),
        words_of_room(),
        timezone.now(),
    )
    found = _member(place, user)
    own = staffing.administers(access.user, found)
    return drawn(
        request,
        access,
        "member",
        {
            "member": found,
            "place": place,
            "role": _role_of(found, place),
            "role_word": words.roles[_role_of(found, place)],
            "roles": _roles(place) if place else [],
            "is_self": found == access.user,
            "administers": own,
            "password": shown_to(access.user, found, now) if own else None,
            "password_days": words.password_days.format(days=GOOD_FOR.days),
            "has_to_change": has_to_change(found),
            "has_second_factor": SecondFactor.objects.filter(user=found, confirmed=True).exists(),
            "last_sign_in": speech.when(found.last_login, now),
            "act": _addresses(found, place),
        },
        office=place,
        tab="staff",
    )


@require_POST
@needs(Permission.MANAGE_OFFICE)
def change_role(request: HttpRequest, access: Access, user: int, office: str) -> HttpResponse:
    place = access.office(office)
    found = _member(place, user)
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError as error:
        raise Http404 from error

    def act(now: datetime) -> None:
        staffing.change_role(found, place.pk, role, now, access.user)

    return _done(request, act, Notice.ROLE_CHANGED, found, place)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_OFFICE)
def remove(
    request: HttpRequest, access: Access, user: int, office: str | None = None
) -> HttpResponse:
    place = _place(access, office)
    found = _member(place, user)
    if request.method != "POST":
        return _asked(request, access, found, place, "remove")
    try:
        staffing.remove(found, office, timezone.now(), access.user)
    except Unusable as obstacle:
        leave(request, Notice(str(obstacle)))
        return _to_member(found, place)
    leave(request, Notice.REMOVED)
    if found == access.user:
        return redirect("staff-home")
    return _to_list(place)


@require_POST
@needs(Permission.MANAGE_OFFICE)
def give_password(
    request: HttpRequest, access: Access, user: int, office: str | None = None
) -> HttpResponse:
    place = _place(access, office)
    found = _own_member(access, place, user)

    def act(now: datetime) -> None:
        staffing.give_password(found, office, now, access.user)

    return _done(request, act, Notice.PASSWORD_GIVEN, found, place)


@require_POST
@needs(Permission.MANAGE_OFFICE)
def forget_second_factor(
    request: HttpRequest, access: Access, user: int, office: str | None = None
) -> HttpResponse:
    place = _place(access, office)
    found = _own_member(access, place, user)

    def act(now: datetime) -> None:
        staffing.forget_second_factor(found, office, now, access.user)

    return _done(request, act, Notice.SECOND_FACTOR_FORGOTTEN, found, place)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_OFFICE)
def shut_out(
    request: HttpRequest, access: Access, user: int, office: str | None = None
) -> HttpResponse:
    place = _place(access, office)
    found = _own_member(access, place, user)
    if request.method != "POST":
        return _asked(request, access, found, place, "shut_out")

    def act(now: datetime) -> None:
        staffing.shut_out(found, office, now, access.user)

    return _done(request, act, Notice.SHUT_OUT, found, place)


@require_POST
@needs(Permission.MANAGE_OFFICE)
def let_in(
    request: HttpRequest, access: Access, user: int, office: str | None = None
) -> HttpResponse:
    place = _place(access, office)
    found = _own_member(access, place, user)

    def act(now: datetime) -> None:
        staffing.let_in(found, office, now, access.user)

    return _done(request, act, Notice.LET_IN, found, place)


def _place(access: Access, office: str | None) -> Office | None:
    """The office, or None for the system, where its administrator asks."""
    if office is not None:
        return access.office(office)
    if not access.grants.system:
        raise PermissionDenied
    return None


def _members(place: Office | None) -> Any:
    if place is not None:
        return User.objects.filter(membership__office=place)
    return User.objects.filter(is_superuser=True) | User.objects.filter(
        pk__in=Membership.objects.filter(office=None).values("user")
    )


def _member(place: Office | None, user: int) -> User:
    found: User | None = _members(place).filter(pk=user).first()
    if found is None:
        raise Http404
    return found


def _own_member(access: Access, place: Office | None, user: int) -> User:
    """A member of whose account the person who asks disposes. Raises `Http404` for any other."""
    found = _member(place, user)
    if not staffing.administers(access.user, found):
        raise Http404
    return found


def _role_of(user: User, place: Office | None) -> str:
    if place is None:
        return SYSTEM if user.is_superuser else Role.HELPDESK.value
    return Membership.objects.get(user=user, office=place).role


def _roles(place: Office | None) -> list[tuple[str, str]]:
    words = words_of_room().roles
    if place is None:
        return [(Role.HELPDESK.value, words[Role.HELPDESK.value]), (SYSTEM, words[SYSTEM])]
    return [(role.value, words[role.value]) for role in Role]


def _list(
    request: HttpRequest,
    access: Access,
    place: Office | None,
    form: AddForm,
    status: int = 200,
) -> HttpResponse:
    words, speech, now = words_of_room(), current_speech(), timezone.now()
    with_second = set(SecondFactor.objects.filter(confirmed=True).values_list("user_id", flat=True))
    roles = (
        dict(Membership.objects.filter(office=place).values_list("user_id", "role"))
        if place
        else {}
    )
    everywhere = [] if place is None else list(_members(None).order_by("username"))
    return drawn(
        request,
        access,
        "staff",
        {
            "place": place,
            "form": form,
            "members": [
                {
                    "name": user.get_username(),
                    "address": _addresses(user, place)["member"],
                    "role": words.roles[
                        roles.get(user.pk) or (SYSTEM if user.is_superuser else Role.HELPDESK.value)
                    ],
                    "last_sign_in": speech.when(user.last_login, now),
                    "second_factor": user.pk in with_second,
                    "is_active": user.is_active,
                }
                for user in _members(place).order_by("username")
            ],
            "everywhere": [
                (user.get_username(), words.roles[SYSTEM if user.is_superuser else "helpdesk"])
                for user in everywhere
            ],
        },
        office=place,
        tab="staff",
        status=status,
    )


def _asked(
    request: HttpRequest, access: Access, user: User, place: Office | None, act: str
) -> HttpResponse:
    """The page that asks once more before `act`, by the name that its words have."""
    words = words_of_room()
    return drawn(
        request,
        access,
        "sure",
        {
            "member": user,
            "back": _addresses(user, place)["member"],
            "heading": getattr(words, act),
            "about": getattr(words, f"{act}_about"),
            "is_self": user == access.user,
        },
        office=place,
        tab="staff",
    )


def _done(
    request: HttpRequest,
    act: Callable[[datetime], None],
    notice: Notice,
    user: User,
    place: Office | None,
) -> HttpResponse:
    try:
        act(timezone.now())
    except Unusable as obstacle:
        notice = Notice(str(obstacle))
    leave(request, notice)
    return _to_member(user, place)


def _to_member(user: User, place: Office | None) -> HttpResponse:
    return redirect(_addresses(user, place)["member"])


def _to_list(place: Office | None) -> HttpResponse:
    return redirect(_address("staff", place))


_ACTS = ("member", "role", "remove", "password", "second-factor", "shut-out", "let-in")


def _addresses(user: User, place: Office | None) -> dict[str, str]:
    return {
        act.replace("-", "_"): _address(act, place, user.pk)
        for act in _ACTS
        if place is not None or act != "role"
    }


def _address(page: str, place: Office | None, user: int | None = None) -> str:
    arguments: list[Any] = [] if place is None else [place.pk]
    if user is not None:
        arguments.append(user)
    room = "administration" if place is not None else "administration-system"
    return reverse(f"{room}-{page}", args=arguments)
