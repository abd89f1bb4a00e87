"""What a result makes of an appointment: its readiness, with what staff have accepted laid over it.

A waiver accepts one check with what was found for it, under one version of the policy, and nothing
else: where a later result finds something else for that check, or is of another version, the waiver
does not cover it, and staff are asked again. What is read out over the phone tells no reason, so
there each code asks anew.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User

from precheck.contract.finding import ReportedFinding
from precheck.contract.policy import Policy
from precheck.contract.readiness import is_required, readiness_from
from precheck.contract.verdict import Readiness, Verdict
from precheck.endpoint.store.models import Appointment, StateChange, Subject
from precheck.endpoint.store.obstacles import Obstacle, written


@dataclass(frozen=True)
class Standing:
    """What decides is `deciding`, in the policy's order; `waived` is what would decide as well, or
    alone, had it not been accepted."""

    readiness: Readiness
    deciding: tuple[Obstacle, ...]
    waived: tuple[Obstacle, ...] = ()


def standing_of(
    policy: Policy, found: Sequence[Obstacle], day: date, accepted: Collection[Obstacle] = ()
) -> Standing:
    """What `found`, one entry per check that counts, means for a session on `day` (Tokyo), where
    staff have `accepted` some of it."""
    waived: tuple[Obstacle, ...] = ()
    if accepted:
        waived = tuple(each for each in in_the_way(policy, found, day) if each in accepted)
    covered = {each.check for each in waived}
    readiness = readiness_from(policy, {each.check: each.verdict for each in found}, day, covered)
    open_still = [each for each in found if each.check not in covered] or found
    return Standing(readiness, _deciding(policy, open_still, readiness, day), waived)


def in_the_way(policy: Policy, found: Iterable[Obstacle], day: date) -> tuple[Obstacle, ...]:
    """What of `found` would keep the device from being ready on `day`, each by itself."""
    return tuple(
        each
        for each in found
        if is_required(policy, each.check, day)
        and (
            each.verdict is Verdict.FAIL or each.verdict in policy.requirement(each.check).attention
        )
    )


def is_no_better(
    of: Sequence[Obstacle],
    standing: Standing,
    shown: Readiness,
    heard: Iterable[Obstacle],
) -> bool:
    """Whether a run that found `of`, with what comes of it, makes nothing better than it is `shown`
    by what was `heard` to be in the way: it is worse, or finds all of that as well."""
    if standing.readiness is not shown:
        return _FROM_GOOD_TO_BAD.index(standing.readiness) > _FROM_GOOD_TO_BAD.index(shown)
    verdicts = {each.check: each.verdict for each in of}
    return all(verdicts.get(each.check) in (each.verdict, Verdict.FAIL) for each in heard)


_FROM_GOOD_TO_BAD = (Readiness.READY, Readiness.ATTENTION, Readiness.NOT_READY)


def what_counts(effective: Iterable[ReportedFinding]) -> tuple[Obstacle, ...]:
    """The findings that count (`effective_findings`), as far as they decide."""
    return tuple(Obstacle(item.check, item.reason, item.verdict) for item in effective)


def show(
    appointment: Appointment, standing: Standing, at: datetime, by: User | None = None
) -> StateChange | None:
    """Put `standing` on the row of `appointment`, which is not saved; the change of its readiness
    at `at`, by a member of staff or (None) by a report, where there is one."""
    change = None
    if appointment.readiness != standing.readiness:
        change = StateChange(
            appointment=appointment,
            at=at,
            subject=Subject.READINESS.value,
            before=appointment.readiness,
            after=standing.readiness.value,
            by=by,
        )
    deciding = standing.deciding
    appointment.readiness = standing.readiness.value
    appointment.concern = deciding[0].check.value if deciding else ""
    appointment.more_concerns = max(0, len(deciding) - 1)
    appointment.obstacles = written(deciding)
    appointment.waived = len(standing.waived)
    return change


SHOWN = ("readiness", "concern", "more_concerns", "obstacles", "waived")
"""The fields that `show` sets."""


def _deciding(
    policy: Policy, found: Sequence[Obstacle], outcome: Readiness, day: date
) -> tuple[Obstacle, ...]:
    """Of what counts, what makes the readiness `outcome`: the required checks that fail, else those
    that want attention. Nothing for a device that is ready; all for one of which nothing is known.
    """
    if outcome is Readiness.READY:
        return ()
    wanting = in_the_way(policy, found, day)
    if outcome is Readiness.NOT_READY:
        return tuple(each for each in wanting if each.verdict is Verdict.FAIL)
    return wanting or tuple(found)
