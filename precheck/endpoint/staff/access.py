"""Who may do what: one table of permissions, one decorator, and what of the store a person reaches.

A view names its permission and is handed an `Access`, through which alone it takes offices and
appointments from the store: whatever is in an office where the person does not hold that permission
does not exist for them (404). Somebody who holds it nowhere is refused the page (403).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from precheck.endpoint.store.models import Appointment, Membership, Office, Role

P = ParamSpec("P")


class Permission(StrEnum):
    """What somebody may do in an office. A new page takes one of these or adds one."""

    SEE_APPOINTMENTS = "see_appointments"
    CHANGE_APPOINTMENTS = "change_appointments"
    ENTER_READOUTS = "enter_readouts"
    """Taking in what somebody reads out over the phone."""
    WRITE_NOTES = "write_notes"
    SEE_TRIAGE = "see_triage"
    """Who is stuck on what, and how many were."""
    SEE_RECORDINGS = "see_recordings"
    """What devices answered, where somebody chose to send it."""
    BOOK_APPOINTMENTS = "book_appointments"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_OFFICE = "manage_office"
    """Its staff, its policies, for how long it keeps what, and what was done there."""
    MANAGE_SYSTEM = "manage_system"


_HOLDERS: dict[Permission, frozenset[Role]] = {
    Permission.SEE_APPOINTMENTS: frozenset(Role),
    Permission.CHANGE_APPOINTMENTS: frozenset({Role.COUNSELLOR, Role.ADMINISTRATOR}),
    Permission.ENTER_READOUTS: frozenset(Role),
    Permission.WRITE_NOTES: frozenset(Role),
    Permission.SEE_TRIAGE: frozenset({Role.HELPDESK, Role.ADMINISTRATOR}),
    Permission.SEE_RECORDINGS: frozenset({Role.HELPDESK}),
    Permission.BOOK_APPOINTMENTS: frozenset({Role.COUNSELLOR, Role.ADMINISTRATOR}),
    Permission.MANAGE_TOKENS: frozenset({Role.ADMINISTRATOR}),
    Permission.MANAGE_OFFICE: frozenset({Role.ADMINISTRATOR}),
    Permission.MANAGE_SYSTEM: frozenset(),
}
"""The system's administrator holds every permission in every office."""


@dataclass(frozen=True)
class Grants:
    """The roles of a signed-in person."""

    user: User
    roles: frozenset[tuple[Role, str | None]]
    """Each with the office's id; None for all offices."""
    system: bool
    """Whether they are the system's administrator."""

    def may(self, permission: Permission, office_id: str | None = None) -> bool:
        """Whether they hold `permission` in that office, or for None in any at all."""
        return self.system or any(
            role in _HOLDERS[permission] and (office_id is None or place in (None, office_id))
            for role, place in self.roles
        )

    def places(self, permission: Permission) -> frozenset[str] | None:
        """The ids of the offices where they hold `permission`; None for every office."""
        places = {place for role, place in self.roles if role in _HOLDERS[permission]}
        if self.system or None in places:
            return None
        return frozenset(place for place in places if place is not None)

    def offices(self, permission: Permission) -> QuerySet[Office]:
        """Where they hold `permission`, by id, with the policies in force."""
        known, places = Office.objects.select_related("policy"), self.places(permission)
        return (known if places is None else known.filter(pk__in=places)).order_by("id")


@dataclass(frozen=True)
class Access:
    """What a view with one permission reaches for the person who asks."""

    grants: Grants
    permission: Permission

    @property
    def user(self) -> User:
        return self.grants.user

    def offices(self) -> QuerySet[Office]:
        """The offices in which the view may act."""
        return self.grants.offices(self.permission)

    def office(self, office_id: str) -> Office:
        """One of them. Raises `Http404` for any other."""
        found = self.offices().filter(pk=office_id).first()
        if found is None:
            raise Http404
        return found

    def appointments(self) -> QuerySet[Appointment]:
        """The appointments of these offices, each with its office and policy."""
        known = Appointment.objects.select_related("office__policy")
        places = self.grants.places(self.permission)
        return known if places is None else known.filter(office__in=places)

    def appointment(self, appointment_id: UUID) -> Appointment:
        """One of them. Raises `Http404` for any other."""
        found = self.appointments().filter(pk=appointment_id).first()
        if found is None:
            raise Http404
        return found


def needs(
    permission: Permission,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Access, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Decorate a view that takes the request and an `Access`: it is for those who hold `permission`
    somewhere. Everybody else who is signed in is refused; who is not, is led to the sign-in, and
    who has to change their password, or lacks a second factor that is required, to that."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Access, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            grants = grants_of(request)
            if grants is None or not grants.may(permission):
                raise PermissionDenied
            if must_change_password(request):
                return redirect("staff-password")
            if lacks_second_factor(request):
                return redirect("staff-second-factor")
            try:
                return view(request, Access(grants, permission), *args, **kwargs)
            except Appointment.DoesNotExist as error:
                raise Http404 from error  # somebody has deleted it since it was looked up

        return guarded

    return decorate


SECOND_FACTOR_PASSED = "second_factor_passed"
"""In the session of somebody who has shown that they hold one."""


MUST_CHANGE_PASSWORD = "must_change_password"  # noqa: S105 - the name of an entry
"""In the session of somebody who came with a password that was made for them."""


def must_change_password(request: HttpRequest) -> bool:
    """Whether who is signed in sees nothing before they have a password of their own."""
    return bool(request.session.get(MUST_CHANGE_PASSWORD, False))


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether who is signed in sees nothing before they have set one up."""
    required = settings.SECOND_FACTOR == "required"
    return required and not request.session.get(SECOND_FACTOR_PASSED, False)


_KEPT = "precheck.grants"


def grants_of(request: HttpRequest) -> Grants | None:
    """The roles of who asks, looked up once per request; None for somebody not signed in."""
    user = getattr(request, "user", None)  # a request may be refused before anybody is known
    if not isinstance(user, User):
        return None
    if _KEPT not in request.META:
        held = Membership.objects.filter(user=user).values_list("role", "office_id")
        request.META[_KEPT] = Grants(
            user=user,
            roles=frozenset((Role(role), office) for role, office in held),
            system=user.is_superuser,
        )
    kept: Grants = request.META[_KEPT]
    return kept
