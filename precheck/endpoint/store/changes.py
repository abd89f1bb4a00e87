"""What the office's people do: enter offices and staff, and change a session's mode.

Each raises `Unusable` with one sentence where the input cannot be taken.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from precheck.contract.policy import Policy
from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import (
    Action,
    Appointment,
    Membership,
    Mode,
    Office,
    Role,
    StateChange,
    Subject,
)
from precheck.endpoint.store.passwords import make_password, settle
from precheck.endpoint.store.policies import enter, version_of
from precheck.endpoint.store.retention_days import ensure_retention, keep_for
from precheck.endpoint.store.writing import Entering, writing

OF_SYSTEM = "system administrator"


def put_office(
    policy: Policy, retention_days: int | None, now: datetime, by: User | None = None
) -> bool:
    """Enter the office of `policy`, or bring an entered one to it; whether anything has changed.

    A changed policy is another version beside the one before (`policies.py`), and what was checked
    under that one is shown as out of date. `retention_days` None leaves it as it is, 30 for a new
    office. Raises `BadPolicy` for one that is too long to be handed on.
    """
    if retention_days is not None:
        ensure_retention(retention_days)
    with writing(Entering.POLICIES):
        version = version_of(policy, now)
        office = Office.objects.select_for_update(no_key=True).filter(pk=policy.id).first()
        before = (office.policy_id, office.retention_days) if office else None
        if office is None:
            office = Office(id=policy.id)
        if retention_days is not None:
            keep_for(office, retention_days)
        if before is None or before[0] != version.pk:
            enter(office, version, now, by)
        else:
            office.save()
        if changed := before != (office.policy_id, office.retention_days):
            record(by, Action.OFFICE_PUT, now, office=office, subject=office.policy_id)
        return changed


@dataclass(frozen=True)
class Staffed:
    """What became of somebody who was entered as a member of staff."""

    joined: bool
    """Whether they were no member before."""
    role: Role
    """The role that they have now."""
    made: str | None
    """The password that was made for a new user; kept nowhere else."""


def put_staff(
    name: str,
    office_id: str | None,
    password: str | None,
    now: datetime,
    role: Role | None = None,
    by: User | None = None,
) -> Staffed:
    """Make `name` a member of the office's staff, or, as helpdesk alone, of every office's (None).

    A new member is a counsellor unless `role` says more; a known one keeps theirs unless one is
    given. A new user gets `password`, or a random one that they have to change at once; a known
    user keeps theirs likewise.
    """
    office = office_named(office_id) if office_id is not None else None
    # The command's sentences are English.
    with writing(Entering.STAFF), translation.override("en"):
        user, made = _put_user(name, password, now, by)
        known = Membership.objects.filter(user=user, office=office).first()
        held = role or (Role(known.role) if known else Role.COUNSELLOR)
        if office is None and held is not Role.HELPDESK:
            raise Unusable("only the helpdesk serves every office; name the office with --office")
        Membership.objects.update_or_create(user=user, office=office, defaults={"role": held.value})
        record(
            by, Action.STAFF_PUT, now, office=office, subject=user.get_username(), detail=held.value
        )
        return Staffed(joined=known is None, role=held, made=made)


def put_system_administrator(
    name: str, password: str | None, now: datetime, by: User | None = None
) -> Staffed:
    """Make `name` an administrator of the whole system, who may do everything in every office."""
    with writing(Entering.STAFF), translation.override("en"):
        user, made = _put_user(name, password, now, by)
        joined, user.is_superuser = not user.is_superuser, True
        user.save(update_fields=["is_superuser"])
        record(by, Action.STAFF_PUT, now, subject=user.get_username(), detail=OF_SYSTEM)
        return Staffed(joined=joined, role=Role.ADMINISTRATOR, made=made)


def remove_staff(name: str, office_id: str | None, now: datetime, by: User | None = None) -> None:
    """Take `name` out of the office's staff (None: out of everything): from now on they see nothing
    of it. What they have changed stays written down under their name."""
    with writing():
        own = Membership.objects.filter(user__username=name)
        gone, _ = (own if office_id is None else own.filter(office_id=office_id)).delete()
        if office_id is None:
            gone += User.objects.filter(username=name, is_superuser=True).update(is_superuser=False)
        if not gone:
            place = "any office" if office_id is None else repr(office_id)
            raise Unusable(f"{name!r} is not a member of the staff of {place}")
        record(by, Action.STAFF_REMOVED, now, office=office_id, subject=name)


@dataclass(frozen=True)
class Member:
    """Somebody on the staff, with one of their roles."""

    name: str
    office: str | None
    """The office's id; None for all of them."""
    role: Role | None
    """None for the administrator of the system."""


def staff_of(office_id: str | None) -> list[Member]:
    """Who may see something of the office with this id, or all staff for None, by name."""
    memberships = Membership.objects.select_related("user").order_by("user__username", "office_id")
    if office_id is not None:
        memberships = memberships.filter(
            models.Q(office=office_named(office_id)) | models.Q(office=None)
        )
    administrators = User.objects.filter(is_superuser=True).order_by("username")
    return [
        *(Member(user.get_username(), None, None) for user in administrators),
        *(
            Member(item.user.get_username(), item.office_id, Role(item.role))
            for item in memberships
        ),
    ]


def change_mode_of(appointment: Appointment, mode: Mode, by: User, now: datetime) -> None:
    """Let the session of `appointment` take place by `mode`."""
    with writing():
        current = Appointment.objects.select_for_update().get(pk=appointment.pk)
        if current.mode == mode:
            return
        StateChange.objects.create(
            appointment=current,
            at=now,
            subject=Subject.MODE.value,
            before=current.mode,
            after=mode.value,
            by=by,
        )
        record(
            by,
            Action.MODE_CHANGED,
            now,
            office=current.office_id,
            subject=current.pk,
            detail=f"{current.mode}→{mode}",
        )
        current.mode = mode.value
        current.save(update_fields=["mode"])


def offices_named(office_id: str | None) -> list[Office]:
    """The office with this id, or all for None."""
    if office_id is not None:
        return [office_named(office_id)]
    return list(Office.objects.select_related("policy").order_by("id"))


def office_named(office_id: str) -> Office:
    """The office with this id, and its policy."""
    office = Office.objects.select_related("policy").filter(pk=office_id).first()
    if office is None:
        raise Unusable(f"there is no office {office_id!r} here; add it with: office add")
    return office


def _put_user(
    name: str, password: str | None, now: datetime, by: User | None
) -> tuple[User, str | None]:
    """The user `name`, who is made where there is none, and the password that was made for them.
    Called inside `writing(Entering.STAFF)`."""
    user = User.objects.filter(username=name).first()
    is_new = user is None
    if user is None:
        user = User(username=name)
        user.set_unusable_password()
    if password is not None:
        _set_password(user, password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise Unusable(_first(error)) from error
    user.save()
    if password is not None:
        settle(user)
    return user, make_password(user, now, by) if is_new and password is None else None


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Unusable(_first(error)) from error
    user.set_password(password)


def _first(error: ValidationError) -> str:
    return str(error.messages[0])
