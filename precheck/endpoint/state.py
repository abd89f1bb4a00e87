"""What the office's people see of an appointment: a report's readiness, or why there is none."""

from datetime import datetime, timedelta
from enum import StrEnum

STALE_AFTER = timedelta(days=7)
"""A week: the run of "a week before" still counts, an older one says nothing about today."""


class State(StrEnum):
    """The contract's readiness, and those that only the endpoint can tell."""

    READY = "ready"
    ATTENTION = "attention"
    NOT_READY = "not_ready"
    NOT_CHECKED = "not_checked"
    STALE = "stale"
    """Checked too long ago, or under a policy that is no longer in force."""
    NOT_NEEDED = "not_needed"
    """The session takes place without the device, whatever a check of it has said."""


def state_of(
    readiness: str,
    checked_at: datetime | None,
    *,
    by_video: bool,
    under_current_policy: bool,
    now: datetime,
) -> State:
    """The state of an appointment whose latest run said `readiness` at `checked_at`."""
    if not by_video:
        return State.NOT_NEEDED
    if checked_at is None:
        return State.NOT_CHECKED
    if not under_current_policy or now - checked_at > STALE_AFTER:
        return State.STALE
    return State(readiness)
