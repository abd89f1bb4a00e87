"""What keeps a device from being ready, as it stands on the appointment's own row.

It is one text, " antivirus.expired.fail firewall.off.fail ", and not a table: a report costs no row
more, nothing is left behind when the appointment goes, and who is stuck on what is one count over
the rows of the days that are asked about.
"""

from collections.abc import Iterable

import msgspec
from django.db.models import Q

from precheck.contract.checks import CheckId
from precheck.contract.verdict import Verdict


class Obstacle(msgspec.Struct, frozen=True, order=True):
    """A check, and what counts for it. `reason` is empty where only the verdict is known, as after
    a code that was read out."""

    check: CheckId
    reason: str
    verdict: Verdict


def written(obstacles: Iterable[Obstacle]) -> str:
    """`obstacles` as they are kept; empty for none."""
    items = [f" {item.check.value}.{item.reason}.{item.verdict.value}" for item in obstacles]
    return "".join([*items, " "]) if items else ""


def read(kept: str) -> tuple[Obstacle, ...]:
    """The obstacles in a text that `written` made. What an earlier version wrote and this one no
    longer knows is left out."""
    found = []
    for item in kept.split():
        parts = item.split(".")
        try:
            check, reason, verdict = parts
            found.append(Obstacle(CheckId(check), reason, Verdict(verdict)))
        except ValueError:
            continue
    return tuple(found)


def stuck_on(check: str, reason: str | None = None) -> Q:
    """The appointments whose device `check` keeps from being ready, for `reason` where one is
    given (empty: none is known)."""
    return Q(obstacles__contains=f" {check}." if reason is None else f" {check}.{reason}.")
