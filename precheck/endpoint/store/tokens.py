"""The keys of an office's other programs: `prefix.secret`, of which a keyed hash is kept.

A token follows from the endpoint's secret and from a key that only who asks for it has, so that
asking twice for the same gives one token; it is shown then and cannot be shown again.
"""

from base64 import b32encode, urlsafe_b64encode
from datetime import date, datetime

from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare, salted_hmac

from precheck.endpoint.attempts import Allowance
from precheck.endpoint.errors import Unusable
from precheck.endpoint.store import debts
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, ApiToken, Office, Scope
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of

NAME_LENGTH = 64
REQUESTS = Allowance(burst=120, seconds=0.5)
"""Of one token: as many at once, and then two a second."""

_PREFIX_LENGTH = 8
_OF_KEY = "precheck.endpoint API token of a request"
_HASH = "precheck.endpoint API token"
_RATE = "precheck.endpoint API token's requests"


def add_token(
    office: Office,
    name: str,
    expires_on: date | None,
    key: str,
    by: User,
    now: datetime,
    scope: Scope = Scope.CREATE_APPOINTMENTS,
) -> str:
    """Enter a token of `office` for what `name` says; the token itself, which is kept nowhere.
    The same `key` gives the same token, and enters it once. Raises `Unusable`."""
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise Unusable(f"a name is one line of 1 to {NAME_LENGTH} printable characters")
    if expires_on is not None and expires_on < day_of(now):
        raise Unusable("the last day of the token is over")
    digest = salted_hmac(_OF_KEY, f"{office.pk}\0{key}", algorithm="sha512").digest()
    prefix = b32encode(digest[:5]).decode().lower()[:_PREFIX_LENGTH]
    secret = urlsafe_b64encode(digest[32:62]).decode()
    with writing():
        _, added = ApiToken.objects.get_or_create(
            prefix=prefix,
            secret_hash=_hashed(prefix, secret),
            defaults={
                "office": office,
                "scope": scope.value,
                "name": name,
                "added_at": now,
                "expires_on": expires_on,
            },
        )
        if added:
            record(by, Action.TOKEN_ADDED, now, office=office, subject=prefix, detail=scope.value)
    return f"{prefix}.{secret}"


def revoke_token(token: ApiToken, by: User, now: datetime) -> None:
    """From now on `token` opens nothing."""
    with writing():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            record(by, Action.TOKEN_REVOKED, now, office=token.office_id, subject=token.prefix)


def token_of(typed: str, scope: Scope, now: datetime) -> ApiToken | None:
    """The token that somebody brings, with its office and policy; None for anything that is not
    good for `scope` today. That it was used today is written down once a day."""
    prefix, _, secret = typed.strip().partition(".")
    if not (prefix.isascii() and prefix.isalnum()):
        return None
    found = (
        ApiToken.objects.select_related("office__policy")
        .filter(prefix=prefix, scope=scope.value, revoked_at=None)
        .first()
    )
    if found is None or not constant_time_compare(found.secret_hash, _hashed(prefix, secret)):
        return None
    today = day_of(now)
    if found.expires_on is not None and found.expires_on < today:
        return None
    if found.used_on != today:
        with writing():
            ApiToken.objects.filter(pk=found.pk).update(used_on=today)
    return found


def charge_request(token: ApiToken, now: datetime) -> int:
    """Charge a request of `token`. Seconds (rounded up) until it may come again, and then nothing
    was charged; 0 where it may be answered now."""
    key = salted_hmac(_RATE, token.prefix, algorithm="sha256").hexdigest()
    with writing():
        row = debts.locked(key, now)
        wait = debts.wait(row, REQUESTS, now)
        if not wait:
            debts.charge(row, REQUESTS, now)
    return wait


def _hashed(prefix: str, secret: str) -> str:
    return salted_hmac(_HASH, f"{prefix}.{secret}", algorithm="sha256").hexdigest()
