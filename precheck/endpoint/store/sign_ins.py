"""How often somebody may try to sign in: token buckets, kept in the database, so that they hold for
all processes and across a restart.

A try is charged before the password is looked at, and given back when it was right: many tries at
the same time gain nothing. Nothing is charged to an address alone: everybody in an office may come
from the one address of its proxy, and whoever is wrong there shuts out only the account that they
are wrong about.
"""

import unicodedata
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from precheck.endpoint.attempts import Allowance, network_of
from precheck.endpoint.store import debts
from precheck.endpoint.store.models import SignInDebt
from precheck.endpoint.store.writing import writing

FROM_ONE_ADDRESS = Allowance(burst=10, seconds=30)
"""For one account from one address."""
FROM_ANYWHERE = Allowance(burst=100, seconds=6)
"""For one account: guesses that are spread over many addresses."""
KEPT = timedelta(
    seconds=max(each.burst * each.seconds for each in (FROM_ONE_ADDRESS, FROM_ANYWHERE))
)
"""After this everything is forgiven, and the row says nothing any more."""

_NAME_LENGTH = 150
"""Of Django's user names; all longer ones are nobody, and count as one."""
_PURPOSE = "precheck.endpoint sign-in"


def charge(name: str, address: str, now: datetime) -> int:
    """Charge a try to sign in as `name` from `address`. Seconds (rounded up) until it may be tried
    again, and then nothing was charged; 0 where it may be tried now."""
    with writing():
        found = [(debts.locked(key, now), allowance) for key, allowance in _buckets(name, address)]
        wait = max(debts.wait(row, allowance, now) for row, allowance in found)
        if not wait:
            for row, allowance in found:
                debts.charge(row, allowance, now)
        return wait


def forgive(name: str, address: str, now: datetime) -> None:
    """The try was right: take back its charge, and all that this address owed for this account."""
    with writing():
        (own, _), (anywhere, allowance) = _buckets(name, address)
        SignInDebt.objects.filter(pk=own).delete()
        debts.charge(debts.locked(anywhere, now), allowance, now, -1)


def _buckets(name: str, address: str) -> tuple[tuple[str, Allowance], tuple[str, Allowance]]:
    name = unicodedata.normalize("NFKC", name.strip())  # as Django looks for it
    name = name if len(name) <= _NAME_LENGTH else ""
    return (
        (_key("address", network_of(address), name), FROM_ONE_ADDRESS),
        (_key("anywhere", name), FROM_ANYWHERE),
    )


def _key(*parts: str) -> str:
    return salted_hmac(_PURPOSE, "\0".join(parts), algorithm="sha256").hexdigest()
