"""Wrong codes of all processes, counted in the database as `attempts.py` counts those of one.

Neither addresses nor codes are kept, only a keyed hash of the address; what is forgiven is deleted
with what has to go (`retention.py`).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.crypto import salted_hmac

from precheck.endpoint.attempts import EACH, TOGETHER, Allowance, network_of
from precheck.endpoint.store import debts
from precheck.endpoint.store.models import SignInDebt
from precheck.endpoint.store.rows import among, ask, columns_of
from precheck.endpoint.store.writing import writing

_PURPOSE = "precheck.endpoint wrong code"


class SharedAttempts:
    """The failures so far, of all processes."""

    def wait(self, address: str) -> int:
        """Seconds (rounded up) until `address` may try again; 0 where it may now."""
        return self.waits([address])[address]

    def waits(self, addresses: Collection[str]) -> dict[str, int]:
        """The same for each of `addresses`."""
        return self.ask(addresses)()

    def ask(self, addresses: Collection[str]) -> Callable[[], dict[str, int]]:
        """`waits`, asked for now, by one query, and answered when what is given is called."""
        now, buckets = timezone.now(), {address: _buckets(address) for address in addresses}
        condition, keys = among(sorted({key for each in buckets.values() for key in each}))
        # Written out: to compose it takes the ORM longer than the database to answer it.
        asked = ask(
            SignInDebt,
            f"SELECT {columns_of(SignInDebt)} FROM store_signindebt WHERE key {condition}",  # noqa: S608
            keys,
        )

        def answer() -> dict[str, int]:
            return _waits(buckets, {row.key: row for row in asked()}, now)

        return answer

    def failed(self, address: str) -> None:
        """Count a failure of `address`."""
        now = timezone.now()
        with writing():
            for key, allowance in sorted(_buckets(address).items()):
                debts.charge(debts.locked(key, now), allowance, now)


def _waits(
    buckets: Mapping[str, Mapping[str, Allowance]], rows: Mapping[str, SignInDebt], now: datetime
) -> dict[str, int]:
    return {
        address: max(
            (
                debts.wait(rows[key], allowance, now)
                for key, allowance in each.items()
                if key in rows
            ),
            default=0,
        )
        for address, each in buckets.items()
    }


def _buckets(address: str) -> dict[str, Allowance]:
    return {_key("one", network_of(address)): EACH, _key("together"): TOGETHER}


def _key(*parts: str) -> str:
    return salted_hmac(_PURPOSE, "\0".join(parts), algorithm="sha256").hexdigest()
