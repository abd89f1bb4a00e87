"""The appointments of a day as the office's people see them, for the page and for the terminal."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import FilteredRelation, Q, QuerySet

from precheck.contract.checks import CheckId
from precheck.contract.policy import Terms
from precheck.endpoint.state import State, state_of
from precheck.endpoint.store.models import Appointment, Mode, Office
from precheck.endpoint.store.obstacles import read
from precheck.endpoint.store.terms import known_terms
from precheck.endpoint.tokyo import end_of, start_of

NAMED = 3
"""How many checks a list names: what is longer is not read."""


@dataclass(frozen=True)
class Row:
    """One appointment. Times are aware; `concerns` are the first checks that decide, where any
    do, `NAMED` at most, and `more_concerns` is the number of the others."""

    id: UUID
    office: str
    """The office's name."""
    office_id: str
    starts_at: datetime
    reference: str
    mode: Mode
    state: State
    concerns: tuple[CheckId, ...]
    more_concerns: int
    checked_at: datetime | None
    """Of a run that was read out over the phone only the day means something."""
    read_out: bool
    waived: int
    """How many findings of the latest run staff have accepted."""
    code_tail: str
    """The last four digits of the code; empty where they are not known."""
    late: bool
    """Whether the session should be going on, and the terms let somebody who has neither come nor
    said a word count as having cancelled by now."""


@dataclass(frozen=True)
class Listed:
    """The appointments of a day by time, and the names of the offices that were asked about, also
    of those that have none."""

    rows: list[Row]
    offices: tuple[str, ...]


def day_of_offices(day: date, offices: QuerySet[Office], now: datetime) -> Listed:
    """The appointments of `offices` on `day` (Tokyo). One query, whatever their number; another
    where a policy of theirs has not been seen in this process yet."""
    found = list(
        offices.annotate(
            held=FilteredRelation(
                "appointment",
                condition=Q(
                    appointment__starts_at__gte=start_of(day),
                    appointment__starts_at__lt=end_of(day),
                ),
            )
        )
        .order_by("held__starts_at", "held__id")
        .values_list("pk", "policy_id", *(f"held__{name}" for name in _KEPT))
    )
    in_force = {pk: version for pk, version, *_ in found}
    terms = known_terms().of(in_force.values())
    return Listed(
        [
            _row(pk, version, terms[version], now, *kept)
            for pk, version, *kept in found
            if kept[0] is not None
        ],
        tuple(terms[in_force[pk]].office for pk in sorted(in_force)),
    )


def row_of(appointment: Appointment, office: Office, now: datetime) -> Row:
    """What is shown of one appointment of `office`."""
    kept = [getattr(appointment, name) for name in _KEPT]
    return _row(office.pk, office.policy_id, office.policy.policy().terms, now, *kept)


_KEPT = (
    "id",
    "starts_at",
    "reference",
    "mode",
    "readiness",
    "concern",
    "more_concerns",
    "obstacles",
    "checked_at",
    "judged_by_id",
    "read_out",
    "waived",
    "code_tail",
)
"""What `_row` is told of an appointment."""


def _row(
    office_id: str,
    in_force: int,
    terms: Terms,
    now: datetime,
    pk: UUID,
    starts_at: datetime,
    reference: str,
    mode: str,
    readiness: str,
    concern: str,
    more_concerns: int,
    obstacles: str,
    checked_at: datetime | None,
    judged_by: int | None,
    read_out: bool,
    waived: int,
    code_tail: str,
) -> Row:
    by_video = mode == Mode.VIDEO
    concerns = tuple(each.check for each in read(obstacles)[:NAMED]) or _known(concern)
    return Row(
        id=pk,
        office=terms.office,
        office_id=office_id,
        starts_at=starts_at,
        reference=reference,
        mode=Mode(mode),
        state=state_of(
            readiness,
            checked_at,
            by_video=by_video,
            under_current_policy=judged_by == in_force,
            now=now,
        ),
        concerns=concerns,
        more_concerns=max(0, more_concerns + 1 - len(concerns)),
        checked_at=checked_at,
        read_out=read_out,
        waived=waived,
        code_tail=code_tail,
        late=by_video and counts_as_cancelled(starts_at, terms, now),
    )


def _known(concern: str) -> tuple[CheckId, ...]:
    """What decides, where all that does has been written down in words of another version."""
    return (CheckId(concern),) if concern else ()


def counts_as_cancelled(starts_at: datetime, terms: Terms, now: datetime) -> bool:
    """Whether at `now`, in the time of the session, somebody who is late without a word counts as
    having cancelled by `terms`; nobody does where they say nothing of it."""
    if terms.late is None:
        return False
    passed = now - starts_at
    return (
        timedelta(minutes=terms.late.minutes) <= passed < timedelta(minutes=terms.session_minutes)
    )
