"""What staff accept although a check found it: with a reason, for one appointment and one version
of the policy, until it is taken back or something else is found.

Staff accept what was found as measured by what the office asked for then. A run under another
version, for instance an answer to other terms, is not what they saw, so they are asked again; under
the version for which it was given a waiver goes on to hold.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from precheck.contract.checks import CheckId
from precheck.contract.verdict import Verdict
from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, Appointment, Waiver, WaiverReason
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.runs import StoredRun, runs_of
from precheck.endpoint.store.standing import SHOWN, in_the_way, show, standing_of
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of

NOTE_LENGTH = 200


class NotInTheWay(Unusable):
    """What somebody wants to accept is not, or no longer, what the latest run found."""


def give_waiver(
    appointment: Appointment,
    accepted: Obstacle,
    reason: WaiverReason,
    note: str,
    by: User,
    now: datetime,
) -> None:
    """Accept what the latest run of `appointment` found. One that stands for the same check is
    taken back by it; the same again changes nothing. Raises `NotInTheWay`."""
    with writing():
        current = _locked(appointment)
        if accepted not in open_obstacles(current):
            if accepted in _accepted(current, current.office.policy_id):
                return
            raise NotInTheWay("the latest run did not find this")
        _standing_waivers(current).filter(of_check=accepted.check.value).update(
            withdrawn_at=now, withdrawn_by=by
        )
        Waiver.objects.create(
            appointment=current,
            policy_id=current.office.policy_id,
            of_check=accepted.check.value,
            finding=accepted.reason,
            verdict=accepted.verdict.value,
            reason=reason.value,
            note=note,
            given_at=now,
            given_by=by,
        )
        _record(by, Action.WAIVER_GIVEN, now, current, f"{accepted.check.value} {reason.value}")
        _judge_again(current, by, now)


def withdraw_waiver(appointment: Appointment, waiver: int, by: User, now: datetime) -> None:
    """Take back the waiver of `appointment` with this key, where it stands."""
    with writing():
        current = _locked(appointment)
        found = _standing_waivers(current).filter(pk=waiver).first()
        if found is None:
            return
        found.withdrawn_at, found.withdrawn_by = now, by
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record(by, Action.WAIVER_WITHDRAWN, now, current, found.of_check)
        _judge_again(current, by, now)


def end_waivers_of_readouts(appointment: Appointment, by: User, now: datetime) -> None:
    """Take back what is accepted of codes that were read out so far, since `by` enters another: it
    says as little of a reason, which may be another one. Called in `writing()`; the row of
    `appointment` is locked, and not saved."""
    _standing_waivers(appointment).filter(finding="").update(withdrawn_at=now, withdrawn_by=by)
    appointment.waivers = _standing_waivers(appointment).count()


def open_obstacles(appointment: Appointment) -> tuple[Obstacle, ...]:
    """What the latest run found that keeps the device from being ready and nobody has accepted.
    Nothing where that run was judged by a policy that is no longer in force."""
    run = next(iter(runs_of(appointment)), None)
    if run is None or run.found is None or run.version.pk != appointment.office.policy_id:
        return ()
    accepted = _accepted(appointment, run.version.pk)
    wanting = in_the_way(run.policy, run.found, day_of(appointment.starts_at))
    return tuple(each for each in wanting if each not in accepted)


def accepted_for(
    appointments: Iterable[Appointment],
) -> dict[tuple[UUID, int], Collection[Obstacle]]:
    """What is accepted for each of `appointments` for which anything is, by its id and that of the
    version under which a run has to be. One query where there is something, else none."""
    wanted = [each.pk for each in appointments if each.waivers]
    if not wanted:
        return {}
    found: dict[tuple[UUID, int], set[Obstacle]] = {}
    for waiver in Waiver.objects.filter(appointment__in=wanted, withdrawn_at=None):
        if (accepted := accepted_in(waiver)) is not None:
            found.setdefault((waiver.appointment_id, waiver.policy_id), set()).add(accepted)
    return {key: frozenset(accepted) for key, accepted in found.items()}


def accepted_in(waiver: Waiver) -> Obstacle | None:
    """What `waiver` accepts; None where it is in words that this version no longer has."""
    try:
        return Obstacle(CheckId(waiver.of_check), waiver.finding, Verdict(waiver.verdict))
    except ValueError:
        return None


def covers(waiver: Waiver, run: StoredRun) -> bool:
    """Whether `waiver`, where it stands, accepts something that `run` found."""
    return waiver.policy_id == run.version.pk and accepted_in(waiver) in (run.found or ())


def _accepted(appointment: Appointment, version: int) -> Collection[Obstacle]:
    return accepted_for([appointment]).get((appointment.pk, version), ())


def _standing_waivers(appointment: Appointment) -> QuerySet[Waiver]:
    return Waiver.objects.filter(appointment=appointment, withdrawn_at=None)


def _locked(appointment: Appointment) -> Appointment:
    rows = Appointment.objects.select_related("office").select_for_update(of=("self",))
    return rows.get(pk=appointment.pk)


def _judge_again(appointment: Appointment, by: User, now: datetime) -> None:
    """Bring the row of `appointment` to the waivers that stand now."""
    appointment.waivers = _standing_waivers(appointment).count()
    run = next(iter(runs_of(appointment)), None)
    if run is not None and run.found is not None:
        accepted = _accepted(appointment, run.version.pk)
        standing = standing_of(run.policy, run.found, day_of(appointment.starts_at), accepted)
        if change := show(appointment, standing, now, by):
            change.save()
    appointment.save(update_fields=["waivers", *SHOWN])


def _record(by: User, action: Action, now: datetime, of: Appointment, detail: str) -> None:
    record(by, action, now, office=of.office_id, subject=of.pk, detail=detail)
