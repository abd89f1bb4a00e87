"""The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), as the usual
programs on telephones make them.

The secret that the telephone gets is derived from a random salt and the endpoint's own secret, so
that who has the database alone cannot make codes.
"""

import secrets
import unicodedata
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest

import pyotp
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, SecondFactor
from precheck.endpoint.store.writing import writing

STEP = 30
"""Seconds for which a code is shown."""
_DRIFT = 1
"""Steps by which a telephone's clock may be off, either way (RFC 6238, 5.2)."""
_PURPOSE = "precheck.endpoint second factor"


def has_second_factor(user: User) -> bool:
    """Whether `user` is asked for a code."""
    return SecondFactor.objects.filter(user=user, confirmed=True).exists()


def begin(user: User) -> str:
    """The secret (base32) for the telephone of `user`, who has none that is confirmed: the same
    until a code of it is. Raises `Unusable` where there is one already."""
    with writing():
        found, _ = SecondFactor.objects.get_or_create(
            user=user, defaults={"salt": secrets.token_hex(16)}
        )
    if found.confirmed:
        raise Unusable("there is a second factor already")
    return _secret(found)


def address_of(user: User, secret: str, issuer: str) -> str:
    """What the telephone reads from a QR code (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=issuer)


def confirm(user: User, typed: str, now: datetime) -> bool:
    """Whether `typed` is a right code of the secret begun; from then on one is asked for."""
    with writing():
        if not _accept(user, typed, now, confirmed=False):
            return False
        record(user, Action.SECOND_FACTOR_SET, now, subject=user.get_username())
        return True


def accepts(user: User, typed: str, now: datetime) -> bool:
    """Whether `typed` is a right code that was not used before; then it is used."""
    with writing():
        return _accept(user, typed, now, confirmed=True)


def forget(name: str, now: datetime, by: User | None = None) -> None:
    """Ask `name` for no code any more, whose telephone is lost. Raises `Unusable`."""
    with writing():
        gone, _ = SecondFactor.objects.filter(user__username=name).delete()
        if not gone:
            raise Unusable(f"{name!r} has no second factor")
        record(by, Action.SECOND_FACTOR_REMOVED, now, subject=name)


def _accept(user: User, typed: str, now: datetime, *, confirmed: bool) -> bool:
    found = SecondFactor.objects.select_for_update().filter(user=user, confirmed=confirmed).first()
    if found is None:
        return False
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    maker, current = pyotp.TOTP(_secret(found), interval=STEP), int(now.timestamp()) // STEP
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        right = compare_digest(maker.generate_otp(step).encode(), code.encode())
        if right and step > found.used_step:
            found.used_step, found.confirmed = step, True
            found.save()
            return True
    return False


def _secret(of: SecondFactor) -> str:
    key = salted_hmac(_PURPOSE, f"{of.pk}:{of.salt}", algorithm="sha256").digest()
    return b32encode(key[:20]).decode()
