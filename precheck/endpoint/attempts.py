"""How often somebody may be wrong: token buckets, per client address and for all together.

Only failures cost a token, so people with a right code or password are never slowed by each other;
an address without tokens is refused whatever it brings, or the refusals would tell right from
wrong. Kept in memory: after a restart everybody starts afresh.
"""

import math
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache, partial
from ipaddress import IPv6Address, ip_address

_EVERYBODY = ""


@dataclass(frozen=True)
class Allowance:
    """At most `burst` failures at once, and one more every `seconds`."""

    burst: int
    seconds: float

    def owed(self, debt: float, passed: float) -> float:
        """What is not yet forgiven of `debt` failures, `passed` seconds after they were counted.
        Where the clock went back, nothing is."""
        return max(0.0, debt - max(0.0, passed) / self.seconds)

    def wait(self, owed: float) -> int:
        """Seconds (rounded up) until who has `owed` failures may try again; 0 where they may."""
        return max(0, math.ceil((owed - (self.burst - 1)) * self.seconds))


EACH = Allowance(burst=10, seconds=30)
TOGETHER = Allowance(burst=300, seconds=0.2)


class Attempts:
    """The failures so far. `clock` gives seconds that never go back; safe across threads."""

    def __init__(
        self,
        clock: Callable[[], float],
        each: Allowance = EACH,
        together: Allowance = TOGETHER,
        remembered: int = 10_000,
    ) -> None:
        self._clock = clock
        self._each = each
        self._together = together
        self._remembered = remembered
        self._debts: dict[str, tuple[float, float]] = {}
        """Per address: how many failures were not yet forgiven, and when that was counted."""
        self._lock = threading.Lock()

    def wait(self, address: str) -> int:
        """Seconds (rounded up) until `address` may try again; 0 where it may now."""
        return self.waits([address])[address]

    def waits(self, addresses: Collection[str]) -> dict[str, int]:
        """The same for each of `addresses`."""
        with self._lock:
            together = self._together.wait(self._owed(_EVERYBODY, self._together))
            return {
                address: max(self._each.wait(self._owed(network_of(address), self._each)), together)
                for address in addresses
            }

    def ask(self, addresses: Collection[str]) -> Callable[[], dict[str, int]]:
        """`waits`, when what is given is called."""
        return partial(self.waits, addresses)

    def failed(self, address: str) -> None:
        """Count a failure of `address`."""
        with self._lock:
            self._add(network_of(address), self._each)
            self._add(_EVERYBODY, self._together)
            if len(self._debts) > self._remembered:
                self._forget()

    def _owed(self, key: str, allowance: Allowance) -> float:
        debt, counted_at = self._debts.get(key, (0.0, 0.0))
        return allowance.owed(debt, self._clock() - counted_at)

    def _add(self, key: str, allowance: Allowance) -> None:
        self._debts[key] = (self._owed(key, allowance) + 1, self._clock())

    def _forget(self) -> None:
        """Keep only who still owes something; where that is too many, the half that owes most."""
        owing = {
            key: self._debts[key]
            for key in self._debts
            if key == _EVERYBODY or self._owed(key, self._each) > 0
        }
        if len(owing) > self._remembered:
            ranked = sorted(owing, key=lambda key: self._owed(key, self._each), reverse=True)
            owing = {key: owing[key] for key in (_EVERYBODY, *ranked[: self._remembered // 2])}
        self._debts = owing


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """What counts as one address: of an IPv6 customer, who has them all, the whole /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address or "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
