"""Token buckets that all processes share: a row each, with what is owed and since when."""

from datetime import datetime

from precheck.endpoint.attempts import Allowance
from precheck.endpoint.store.models import SignInDebt


def locked(key: str, now: datetime) -> SignInDebt:
    """The row of `key`, made where there is none. Called in `writing()`."""
    fresh = {"debt": 0.0, "counted_at": now}
    return SignInDebt.objects.select_for_update().get_or_create(pk=key, defaults=fresh)[0]


def wait(row: SignInDebt, allowance: Allowance, now: datetime) -> int:
    """Seconds (rounded up) until one more is allowed; 0 where it is now."""
    return allowance.wait(_owed(row, allowance, now))


def charge(row: SignInDebt, allowance: Allowance, now: datetime, tries: int = 1) -> None:
    """Count `tries` more, or take back as many as are owed where that is below 0."""
    row.debt = max(0.0, _owed(row, allowance, now) + tries)
    row.counted_at = max(now, row.counted_at)
    row.save()


def _owed(row: SignInDebt, allowance: Allowance, now: datetime) -> float:
    return allowance.owed(row.debt, (now - row.counted_at).total_seconds())
