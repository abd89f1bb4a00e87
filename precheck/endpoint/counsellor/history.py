"""What is different between two runs of an appointment."""

from collections.abc import Iterable
from dataclasses import dataclass

from precheck.endpoint.store.obstacles import Obstacle


@dataclass(frozen=True)
class Change:
    """A check that came out otherwise. Where the verdicts are the same, for another reason."""

    before: Obstacle
    after: Obstacle


def changes(before: Iterable[Obstacle], after: Iterable[Obstacle]) -> tuple[Change, ...]:
    """What of `after`, in its order, differs from `before`. A check that only one of them knows,
    and a reason that only one of them gives, tell no difference."""
    known = {each.check: each for each in before}
    return tuple(
        Change(then, now)
        for now in after
        if (then := known.get(now.check)) is not None
        and (
            then.verdict is not now.verdict
            or (then.reason and now.reason and then.reason != now.reason)
        )
    )
