"""Passwords that are made for somebody, who has to change them when they first sign in.

Such a password is derived from a random salt and the endpoint's own secret. So it can be shown for
a while to who made it, however often they load the page, and is kept nowhere in readable form.
"""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, StartingPassword
from precheck.endpoint.store.writing import writing

SHOWN_FOR = timedelta(minutes=10)
"""How long who made a password is shown it."""
GOOD_FOR = timedelta(days=14)
"""After this a password that was not changed is good for nothing: it may lie about on paper."""

_PURPOSE = "precheck.endpoint starting password"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike on paper."""
_GROUPS, _GROUP = 4, 4


def make_password(user: User, now: datetime, by: User | None) -> str:
    """Give `user` (saved) a new password that they have to change. Called inside `writing()`.
    Whoever is signed in with the one before has to sign in again."""
    row, _ = StartingPassword.objects.update_or_create(
        user=user, defaults={"salt": secrets.token_hex(16), "made_at": now, "by": by}
    )
    made = _derived(row)
    user.set_password(made)
    user.save(update_fields=["password"])
    return made


def settle(user: User) -> None:
    """`user` has a password of their own. Called inside `writing()`."""
    StartingPassword.objects.filter(user=user).delete()


def has_to_change(user: User) -> bool:
    """Whether the password of `user` was made for them."""
    return StartingPassword.objects.filter(user=user).exists()


def shown_to(by: User, user: User, now: datetime) -> str | None:
    """The password that `by` has just made for `user`; None for anybody else, and later."""
    row = StartingPassword.objects.filter(user=user, by=by, made_at__gt=now - SHOWN_FOR).first()
    return _derived(row) if row is not None and row.by_id != row.user_id else None


def change_password(user: User, password: str, now: datetime) -> None:
    """Set the password that `user` has chosen. Raises Django's `ValidationError`."""
    validate_password(password, user)
    if user.check_password(password):
        raise ValidationError("the password is the one before", code="unchanged")
    with writing():
        user.set_password(password)
        user.save(update_fields=["password"])
        settle(user)
        record(user, Action.PASSWORD_CHANGED, now, subject=user.get_username())


def expire_passwords(now: datetime) -> int:
    """Make passwords that were made more than `GOOD_FOR` ago good for nothing; how many."""
    old = StartingPassword.objects.filter(made_at__lt=now - GOOD_FOR).select_related("user")
    expired = list(old)
    for row in expired:
        with writing():
            row.user.set_unusable_password()
            row.user.save(update_fields=["password"])
            row.delete()
    return len(expired)


def _derived(row: StartingPassword) -> str:
    message = f"{row.pk}:{row.salt}"
    number = int.from_bytes(salted_hmac(_PURPOSE, message, algorithm="sha256").digest())
    letters = []
    for _ in range(_GROUPS * _GROUP):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    groups = ("".join(letters[start : start + _GROUP]) for start in range(0, len(letters), _GROUP))
    return "-".join(groups)
