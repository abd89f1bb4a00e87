"""What an office's administrator does about somebody on the staff.

An account may reach further than the office: into others, or over the whole system. What concerns
the account itself (its password, its second factor, whether it opens anything) is only for who
administers every place that it reaches; else the administrator of one office could become somebody
in another.

Raises `Unusable` with one of `Obstacle`.
"""

from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User

from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, Membership, Role, SecondFactor
from precheck.endpoint.store.passwords import make_password
from precheck.endpoint.store.writing import writing


class Obstacle(StrEnum):
    """Why something cannot be done."""

    LAST_ADMINISTRATOR = "last_administrator"
    """Nobody would be left to administer the office."""
    LAST_OF_SYSTEM = "last_of_system"
    """Nobody would be left to administer the system."""
    NO_MEMBER = "no_member"
    """They are no longer on this staff."""
    SELF = "self"
    """One cannot do this to oneself."""


def administers(by: User, user: User) -> bool:
    """Whether everything that the account of `user` reaches is administered by `by`."""
    if by.is_superuser:
        return True
    if user.is_superuser:
        return False
    own = Membership.objects.filter(user=by, role=Role.ADMINISTRATOR.value, office__isnull=False)
    places = set(own.values_list("office_id", flat=True))
    reached = Membership.objects.filter(user=user).values_list("office_id", flat=True)
    return set(reached) <= places


def change_role(user: User, office_id: str, role: Role, now: datetime, by: User) -> None:
    """Let `user` be there for `role` in the office."""
    with writing():
        found = Membership.objects.select_for_update().filter(user=user, office_id=office_id)
        if not found.update(role=role.value):
            raise Unusable(Obstacle.NO_MEMBER)
        _ensure_administered(office_id, by)
        record(
            by,
            Action.STAFF_PUT,
            now,
            office=office_id,
            subject=user.get_username(),
            detail=role.value,
        )


def remove(user: User, office_id: str | None, now: datetime, by: User) -> None:
    """Take `user` out of the office's staff, or out of those who serve every office and the system
    (None)."""
    with writing():
        gone, _ = Membership.objects.filter(user=user, office_id=office_id).delete()
        if office_id is None and user.is_superuser:
            gone += User.objects.filter(pk=user.pk).update(is_superuser=False)
            _ensure_system_administered()
        if not gone:
            raise Unusable(Obstacle.NO_MEMBER)
        if office_id is not None:
            _ensure_administered(office_id, by)
        record(by, Action.STAFF_REMOVED, now, office=office_id, subject=user.get_username())


def give_password(user: User, office_id: str | None, now: datetime, by: User) -> None:
    """Make a new password for `user`, who has to change it; `by` is shown it (`passwords.py`)."""
    if user == by:
        raise Unusable(Obstacle.SELF)
    with writing():
        make_password(user, now, by)
        record(by, Action.PASSWORD_GIVEN, now, office=office_id, subject=user.get_username())


def forget_second_factor(user: User, office_id: str | None, now: datetime, by: User) -> None:
    """Ask `user` for no code any more, whose telephone is lost."""
    with writing():
        gone, _ = SecondFactor.objects.filter(user=user).delete()
        if gone:
            name = user.get_username()
            record(by, Action.SECOND_FACTOR_REMOVED, now, office=office_id, subject=name)


def shut_out(user: User, office_id: str | None, now: datetime, by: User) -> None:
    """Let the account of `user` open nothing, at once."""
    if user == by:
        raise Unusable(Obstacle.SELF)
    with writing():
        User.objects.filter(pk=user.pk).update(is_active=False)
        if office_id is not None:
            _ensure_administered(office_id, by)
        if user.is_superuser:
            _ensure_system_administered()
        record(by, Action.STAFF_SHUT_OUT, now, office=office_id, subject=user.get_username())


def let_in(user: User, office_id: str | None, now: datetime, by: User) -> None:
    """Let the account of `user` open again what it did."""
    with writing():
        User.objects.filter(pk=user.pk).update(is_active=True)
        record(by, Action.STAFF_LET_IN, now, office=office_id, subject=user.get_username())


def _ensure_administered(office_id: str, by: User) -> None:
    """The system's administrator can put somebody there again; nobody else could."""
    left = Membership.objects.filter(
        office_id=office_id, role=Role.ADMINISTRATOR.value, user__is_active=True
    )
    if not by.is_superuser and not left.exists():
        raise Unusable(Obstacle.LAST_ADMINISTRATOR)


def _ensure_system_administered() -> None:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise Unusable(Obstacle.LAST_OF_SYSTEM)
