"""What the office's people do: enter offices, staff and appointments, and change a session's mode.

Each raises `Unusable` with one sentence where the input cannot be taken.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from precheck.contract.policy import Policy, decode_policy
from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.codes import code_hash, fresh_code
from precheck.endpoint.store.models import (
    Appointment,
    Membership,
    Mode,
    Office,
    PolicyVersion,
    StateChange,
    Subject,
)
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of

_REFERENCE_LENGTH = 64
_WIDE_SPACE = "\u3000"


def put_office(policy: Policy, retention_days: int | None, now: datetime) -> bool:
    """Enter the office of `policy`, or bring an entered one to it; whether anything has changed.

    A changed policy is another version beside the one before, and what was checked under that one
    is shown as out of date. `retention_days` None leaves it as it is, 30 for a new office. Raises
    `BadPolicy` for one that is too long to be handed on.
    """
    if retention_days is not None and not 1 <= retention_days <= 3650:
        raise Unusable("the records are kept for 1 to 3650 days after the appointment")
    document = msgspec.json.encode(policy, order="sorted").decode()
    decode_policy(document.encode())  # a file may hold more than can be handed on
    with writing():
        office = Office.objects.select_related("policy").filter(pk=policy.id).first()
        before = (office.policy.document, office.retention_days) if office else None
        if office is None:
            office = Office(id=policy.id)
        if before is None or before[0] != document:
            office.policy = PolicyVersion.objects.create(
                policy_id=policy.id, revision=policy.revision, document=document, added_at=now
            )
        if retention_days is not None:
            office.retention_days = retention_days
        office.save()
        return before != (document, office.retention_days)


@dataclass(frozen=True)
class Staffed:
    """What became of somebody who was entered as a member of an office's staff."""

    joined: bool
    """Whether they were no member before."""
    made: str | None
    """The password that was made for a new user; kept nowhere else."""


def put_staff(name: str, office_id: str, password: str | None) -> Staffed:
    """Make `name` a member of the office's staff.

    A new user gets `password`, or a random one. A known user keeps theirs unless one is given.
    """
    office = _office(office_id)
    with writing(), translation.override("en"):  # the command's sentences are English
        user = User.objects.filter(username=name).first()
        made = None
        if user is None:
            user = User(username=name)
            made = None if password is not None else secrets.token_urlsafe(15)
        if password is not None:
            _set_password(user, password)
        elif made is not None:
            user.set_password(made)
        try:
            user.full_clean()
        except ValidationError as error:
            raise Unusable(_first(error)) from error
        user.save()
        _, joined = Membership.objects.get_or_create(user=user, office=office)
        return Staffed(joined=joined, made=made)


def remove_staff(name: str, office_id: str) -> None:
    """Take `name` out of the office's staff: from now on they see nothing of it. What they have
    changed stays written down under their name."""
    with writing():
        gone, _ = Membership.objects.filter(user__username=name, office_id=office_id).delete()
    if not gone:
        raise Unusable(f"{name!r} is not a member of the staff of {office_id!r}")


def add_appointment(office_id: str, starts_at: datetime, reference: str, now: datetime) -> str:
    """Enter an appointment; its code is returned and kept nowhere."""
    office = _office(office_id)
    if day_of(starts_at) < day_of(now):
        raise Unusable("the day of the appointment is over")
    if len(reference) > _REFERENCE_LENGTH:
        raise Unusable(f"a reference has at most {_REFERENCE_LENGTH} characters")
    if not reference.replace(_WIDE_SPACE, " ").isprintable():
        raise Unusable("a reference is one line of printable characters")
    with writing():
        code = fresh_code()
        while Appointment.objects.filter(code_hash=code_hash(code)).exists():
            code = fresh_code()
        Appointment.objects.create(
            office=office, starts_at=starts_at, reference=reference, code_hash=code_hash(code)
        )
    return code


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
        current.mode = mode.value
        current.save(update_fields=["mode"])


def offices_named(office_id: str | None) -> list[Office]:
    """The office with this id, or all for None."""
    if office_id is not None:
        return [_office(office_id)]
    return list(Office.objects.select_related("policy").order_by("id"))


def _office(office_id: str) -> Office:
    office = Office.objects.select_related("policy").filter(pk=office_id).first()
    if office is None:
        raise Unusable(f"there is no office {office_id!r} here; add it with: office add")
    return office


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Unusable(_first(error)) from error
    user.set_password(password)


def _first(error: ValidationError) -> str:
    return str(error.messages[0])
