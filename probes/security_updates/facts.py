"""What is observed about security updates."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown


class Automatic(StrEnum):
    """Whether the machine installs security updates by itself."""

    ON = "on"
    OFF = "off"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many updates wait, by the machine's own list.

    `security` counts those that its source marks as security updates; None where the source marks
    none at all. `updates` counts all of them; None where only the security updates were asked for.
    `held` counts the security updates that wait because the person put the software on hold; they
    are not in `security`.
    """

    security: int | None
    updates: int | None = None
    held: int = 0


_NOT_TOLD = Unknown(Unread.UNSUPPORTED, "")
_BY_NOBODY = Known(False, "")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the software that keeps this system up to date tells. Times are UTC.

    `manager` names that software; `missing` where there is none. `security_source` says whether
    security updates can be on its list at all, `chosen` whether an organisation decides what gets
    on it and when. `scanned` is a time to which the list is complete.

    The age of what waits lies between two bounds: at `waiting_since` the oldest waiting security
    update was out already; at `caught_up` everything known was installed, so nothing that waits
    is older. `last_installed` is a time since which no updates were installed. `behind` says
    whether the system's own version lacks what came out long enough ago to be on the list.
    `restart` says whether what is installed waits for a restart; `foreign` whether this system is
    not the device's own.
    """

    manager: Fact[str]
    waiting: Fact[Waiting] = _NOT_TOLD
    security_source: Fact[bool] = _NOT_TOLD
    chosen: Fact[bool] = _BY_NOBODY
    scanned: Fact[datetime] = _NOT_TOLD
    waiting_since: Fact[datetime] = _NOT_TOLD
    caught_up: Fact[datetime] = _NOT_TOLD
    last_installed: Fact[datetime] = _NOT_TOLD
    behind: Fact[bool] = _NOT_TOLD
    automatic: Fact[Automatic] = _NOT_TOLD
    restart: Fact[bool] = _NOT_TOLD
    foreign: Fact[bool] = _NOT_TOLD


def newest(*times: Fact[datetime]) -> Fact[datetime]:
    """The latest known of `times` (at least one); the first unknown where none is known."""
    known = [time for time in times if isinstance(time, Known)]
    return max(known, key=lambda time: time.value) if known else times[0]


def moment(seconds: float) -> datetime | None:
    """Seconds since 1970 as a time; None for a number that no clock shows."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None
