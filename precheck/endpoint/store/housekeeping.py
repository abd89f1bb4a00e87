"""What has to be done by itself as time passes."""

from datetime import datetime, timedelta

from precheck.endpoint.store.policies import bring_into_force
from precheck.endpoint.store.retention import Purged, purge
from precheck.endpoint.tokyo import day_of, end_of

_HOUR = timedelta(hours=1)


def keep_house(now: datetime) -> Purged:
    """Put into force what was planned for a day that has begun, and delete what has to go by now.
    Doing it again, or in several processes at once, does no harm."""
    bring_into_force(now)
    return purge(now)


def until_next(now: datetime) -> timedelta:
    """How long it can wait until it is done again: an hour, and never beyond midnight in Tokyo."""
    return min(_HOUR, end_of(day_of(now)) - now)
