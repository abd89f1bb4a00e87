"""Who is stuck now: sessions by video that are about to come, and whose device is not ready.

Everything is counted from the appointments' own rows. One query counts them by all that one can
filter by, another one brings a page of them; no report is opened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, FilteredRelation, Q, QuerySet, Value, When

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from precheck.endpoint.slots import next_open_day
from precheck.endpoint.state import STALE_AFTER, State
from precheck.endpoint.store.models import Appointment, Mode, Office
from precheck.endpoint.store.obstacles import Obstacle, read, stuck_on
from precheck.endpoint.tokyo import day_of, end_of

LATE = timedelta(minutes=10)
"""Somebody who is not there by then is not waited for (the terms), and so not stuck any more."""

PAGE = 50

STUCK = (State.NOT_READY, State.ATTENTION, State.STALE, State.NOT_CHECKED)
_STATES = [state.value for state in STUCK]
_SAYS_WHY = (State.NOT_READY, State.ATTENTION)
"""What an old result was stuck on may be long put right."""
_SYSTEMS = {system.value: system for system in OsFamily}


class Within(StrEnum):
    """How soon the session begins; each holds what those before it hold."""

    HOUR = "hour"
    TODAY = "today"
    NEXT_DAY = "next_day"
    """Until the next day on which offices are open is over."""
    WEEK = "week"


@dataclass(frozen=True)
class Filters:
    """What is asked for; None for all. `reason` counts with `check` alone."""

    within: Within = Within.NEXT_DAY
    office: str | None = None
    system: OsFamily | None = None
    state: State | None = None
    check: CheckId | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Group:
    """Appointments that are alike, and how many there are in each office."""

    state: State
    system: OsFamily | None
    obstacles: tuple[Obstacle, ...]
    offices: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.offices.values())


@dataclass(frozen=True)
class Stuck:
    """All who are stuck, as groups, and the policy version in force in each of their offices."""

    groups: tuple[Group, ...]
    versions: Mapping[str, int]


@dataclass(frozen=True)
class Person:
    """One appointment of somebody who is stuck. Times are UTC; who they are is not known here."""

    id: UUID
    version: int
    starts_at: datetime
    reference: str
    state: State
    system: OsFamily | None
    obstacles: tuple[Obstacle, ...]
    checked_at: datetime | None


def stuck_among(offices: QuerySet[Office], within: Within, now: datetime) -> Stuck:
    """All who are stuck in `offices` and whose session begins `within` that time. One query.

    It goes from office to office, whose policy in force it then looks up once. There is a row for
    every office, and a group for all offices together: people are stuck on the same few things
    wherever they are."""
    waiting = _waiting(within, now)
    rows = (
        offices.order_by()
        .annotate(
            held=FilteredRelation(
                "appointment",
                condition=Q(**{f"appointment__{name}": value for name, value in waiting.items()}),
            ),
            state=state_in_the_store(now, "held__", policy="policy"),
        )
        .filter(state__in=_STATES)
        .values_list("pk", "policy_id", "state", "held__os_family", "held__obstacles")
        .annotate(count=Count("held"))
        .filter(count__gt=0)
    )
    versions: dict[str, int] = {}
    alike: dict[tuple[str, str, str], dict[str, int]] = {}
    for office, version, state, system, obstacles, count in rows:
        versions[office] = version
        alike.setdefault((state, system, obstacles), {})[office] = count
    groups = (
        Group(State(state), _system(system), _obstacles(state, obstacles), offices)
        for (state, system, obstacles), offices in alike.items()
    )
    return Stuck(tuple(groups), versions)


def people_of(
    appointments: QuerySet[Appointment], filters: Filters, now: datetime, page: int
) -> list[Person]:
    """Those whom `filters` leave, by the time of their session, `PAGE` of them from `page` (from 1)
    on. One query."""
    rows: Iterable[Any] = (
        appointments.filter(**_waiting(filters.within, now))
        .annotate(state=state_in_the_store(now))
        .filter(_asked(filters), state__in=_STATES)
        .order_by("starts_at", "pk")
        .values_list(
            "pk",
            "office__policy_id",
            "starts_at",
            "reference",
            "state",
            "os_family",
            "obstacles",
            "checked_at",
        )[(page - 1) * PAGE : page * PAGE]
    )
    return [
        Person(
            id=pk,
            version=version,
            starts_at=starts_at,
            reference=reference,
            state=State(state),
            system=_system(system),
            obstacles=_obstacles(state, obstacles),
            checked_at=checked_at,
        )
        for pk, version, starts_at, reference, state, system, obstacles, checked_at in rows
    ]


def left_by(groups: Iterable[Group], filters: Filters, *, but: str = "") -> list[Group]:
    """The groups that `filters` leave, where the filter named `but` does not count. How soon it
    begins was asked for with the groups."""
    left = [
        group
        for group in groups
        if (but == "system" or filters.system in (None, group.system))
        and (but == "state" or filters.state in (None, group.state))
        and (but == "check" or filters.check is None or _is_on(group.obstacles, filters))
    ]
    office = filters.office
    if but == "office" or office is None:
        return left
    return [
        replace(group, offices={office: group.offices[office]})
        for group in left
        if office in group.offices
    ]


def total(groups: Iterable[Group]) -> int:
    """How many appointments are in `groups`."""
    return sum(group.count for group in groups)


@dataclass(frozen=True)
class Stumbling:
    """One thing that people are stuck on, and how many by their kind of system."""

    obstacle: Obstacle
    systems: dict[OsFamily | None, int]

    @property
    def count(self) -> int:
        return sum(self.systems.values())


def stumbling_blocks(groups: Iterable[Group]) -> list[Stumbling]:
    """What those in `groups` are stuck on, the most frequent first. Somebody may be stuck on
    several things."""
    found: dict[Obstacle, dict[OsFamily | None, int]] = {}
    for group in groups:
        count = group.count
        for obstacle in group.obstacles:
            systems = found.setdefault(obstacle, {})
            systems[group.system] = systems.get(group.system, 0) + count
    order = tuple(CheckId)
    blocks = [Stumbling(obstacle, systems) for obstacle, systems in found.items()]
    return sorted(
        blocks, key=lambda one: (-one.count, order.index(one.obstacle.check), one.obstacle)
    )


def _is_on(obstacles: Sequence[Obstacle], filters: Filters) -> bool:
    return any(
        one.check == filters.check and filters.reason in (None, one.reason) for one in obstacles
    )


def _waiting(within: Within, now: datetime) -> dict[str, Any]:
    """The appointments for which a device has to be ready, as Django filters them."""
    return {
        "mode": Mode.VIDEO.value,
        "starts_at__gt": now - LATE,
        "starts_at__lt": _end(within, now),
    }


def state_in_the_store(now: datetime, of: str = "", *, policy: str = "office__policy") -> Case:
    """What `state_of` says of one by video, told by the database. `of`: where a query finds the
    appointment; `policy`: where it finds the policy in force."""
    judged_by_it = Q(**{f"{of}judged_by": F(policy)})
    is_old = Q(**{f"{of}checked_at__lt": now - STALE_AFTER})
    return Case(
        When(Q(**{f"{of}checked_at": None}), then=Value(State.NOT_CHECKED.value)),
        When(~judged_by_it | is_old, then=Value(State.STALE.value)),
        default=F(f"{of}readiness"),
        output_field=CharField(),
    )


def _asked(filters: Filters) -> Q:
    asked = Q()
    if filters.office is not None:
        asked &= Q(office=filters.office)
    if filters.system is not None:
        asked &= Q(os_family=filters.system.value)
    if filters.state is not None:
        asked &= Q(state=filters.state.value)
    if filters.check is not None:
        asked &= stuck_on(filters.check.value, filters.reason)
        asked &= Q(state__in=[state.value for state in _SAYS_WHY])
    return asked


def _end(within: Within, now: datetime) -> datetime:
    match within:
        case Within.HOUR:
            return now + timedelta(hours=1)
        case Within.TODAY:
            return max(end_of(day_of(now)), _end(Within.HOUR, now))
        case Within.NEXT_DAY:
            return end_of(next_open_day(day_of(now)))
        case Within.WEEK:  # offices may be closed for longer
            return max(now + timedelta(days=7), _end(Within.NEXT_DAY, now))


def _system(kept: str) -> OsFamily | None:
    return _SYSTEMS.get(kept)


@lru_cache(maxsize=1024)
def _obstacles(state: str, kept: str) -> tuple[Obstacle, ...]:
    # People are stuck on the same few things.
    return read(kept) if state in _SAYS_WHY else ()
