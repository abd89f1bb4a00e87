"""Taking in readout codes that staff hear over the phone.

A code does not say when the device was checked, so staff ask for the day. What was read out stands
until a report of that day or of a later one arrives, which says more; one that ended before the
code was entered takes its place only where that makes nothing better (`ingest.py`). Where a report
of that day is there already, whoever enters the code has to have seen it, and to say that the code
is of later.

Nor is a code bound to a day: a device that is found the same on another day has the same code. So a
code that was entered for one day is taken for a later one as well, but only when whoever enters it
has been asked whether it is not the earlier one that is read out.

Wrong codes are limited per appointment. What is counted is what the audit has of them, so the limit
holds for all processes and everybody who tries.
"""

import math
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.contrib.auth.models import User

from precheck.contract.policy import Policy
from precheck.contract.readout import BadReadout, ReadoutProblem, decode
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, Appointment, AuditEntry, Readout
from precheck.endpoint.store.readout_keys import opened_key
from precheck.endpoint.store.runs import StoredRun, heard, runs_of
from precheck.endpoint.store.standing import SHOWN, show, standing_of
from precheck.endpoint.store.waivers import end_waivers_of_readouts
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import day_of, start_of

WRONG_AT_MOST = 10
WITHIN = timedelta(minutes=10)
REACH = timedelta(days=30)
"""How long ago a device may have been checked."""


class Refusal(StrEnum):
    """Why a readout code is not taken: what the contract finds wrong with it, and more."""

    NOT_DIGITS = ReadoutProblem.NOT_DIGITS.value
    LENGTH = ReadoutProblem.LENGTH.value
    APPOINTMENT_CODE = ReadoutProblem.APPOINTMENT_CODE.value
    SLIP = ReadoutProblem.SLIP.value
    OTHER = ReadoutProblem.OTHER.value
    NO_KEY = "no_key"
    """The appointment is from before readout codes were taken."""
    NEWER_RUN = "newer_run"
    """There is a result of a later day already."""
    TOO_MANY = "too_many"
    """Too many wrong codes for this appointment; `seconds` says until when."""


class NotTaken(Exception):
    """The readout code is not taken; the appointment has not changed."""

    def __init__(self, why: Refusal, seconds: int = 0) -> None:
        super().__init__(why.value)
        self.why = why
        self.seconds = seconds


class MaybeNotLater(Exception):
    """Nobody has said that the code is of a later check than `run`: the report of the same day that
    counts so far, or what the same code said for an earlier day; the appointment has not changed.
    """

    def __init__(self, run: StoredRun) -> None:
        super().__init__("there is a run that the code may not be later than")
        self.run = run


def enter_readout(
    appointment: Appointment,
    typed: str,
    day: date,
    by: User,
    now: datetime,
    later_than: str | None = None,
) -> Readout:
    """Take in the readout code `typed`, of a device that was checked on `day` (Tokyo, today or
    within `REACH` before). `later_than` is the key of the run than which the code is known to be
    later, where that is in question. The same code twice is taken once. Raises `NotTaken`, or
    `MaybeNotLater` for a run that `later_than` does not name; which digits were typed is written
    down nowhere."""
    if not day_of(now) - REACH <= day <= day_of(now):
        # One of a day to come would stand against every report until then.
        raise ValueError("a device is checked today, or was not long ago")
    with writing():
        rows = Appointment.objects.select_related("office__policy").select_for_update(of=("self",))
        current = rows.get(pk=appointment.pk)
        policy = current.office.policy.policy()
        verdicts = _refused(current, now) or _decoded(current, typed, policy)
        outcome: NotTaken | MaybeNotLater | Readout
        if isinstance(verdicts, NotTaken):
            outcome = verdicts
            if verdicts.why is Refusal.OTHER:
                _record(by, Action.READOUT_REFUSED, now, current, verdicts.why.value)
        else:
            outcome = _stored(current, policy, verdicts, day, by, now, later_than)
    if not isinstance(
        outcome, Readout
    ):  # raised out here, or what was written down would be undone
        raise outcome
    return outcome


def _refused(appointment: Appointment, now: datetime) -> NotTaken | None:
    tries = list(
        AuditEntry.objects.filter(
            office=appointment.office_id,
            at__gt=now - WITHIN,
            action=Action.READOUT_REFUSED.value,
            subject=str(appointment.pk),
        )
        .order_by("-at")
        .values_list("at", flat=True)[:WRONG_AT_MOST]
    )
    if len(tries) < WRONG_AT_MOST:
        return None
    return NotTaken(Refusal.TOO_MANY, math.ceil((tries[-1] + WITHIN - now).total_seconds()))


def _decoded(appointment: Appointment, typed: str, policy: Policy) -> NotTaken | dict[str, str]:
    key = opened_key(bytes(appointment.sealed_readout_key))
    if key is None:
        return NotTaken(Refusal.NO_KEY)
    try:
        found = decode(typed, policy, key)
    except BadReadout as error:
        return NotTaken(Refusal(error.kind.value))
    return {check.value: verdict.value for check, verdict in found.items()}


def _stored(
    appointment: Appointment,
    policy: Policy,
    verdicts: dict[str, str],
    day: date,
    by: User,
    now: datetime,
    later_than: str | None,
) -> NotTaken | MaybeNotLater | Readout:
    runs = runs_of(appointment)
    latest = next(iter(runs), None)
    if latest is not None and day_of(latest.checked_at) > day:
        return NotTaken(Refusal.NEWER_RUN)
    checked_at = max(start_of(day), latest.checked_at) if latest else start_of(day)
    version = appointment.office.policy
    same = [
        run.record
        for run in runs
        if isinstance(run.record, Readout)
        and (run.record.verdicts, run.version) == (verdicts, version)
    ]
    if latest and same and same[0] is latest.record and day_of(same[0].checked_at) == day:
        return same[0]
    over = latest if latest and not latest.read_out and day_of(latest.checked_at) == day else None
    asked = over
    if asked is None and same and day_of(same[0].checked_at) != day:
        asked = StoredRun(same[0])
    if asked is not None and asked.key != later_than:
        return MaybeNotLater(asked)
    found = heard(verdicts) or ()
    session = day_of(appointment.starts_at)
    added = Readout.objects.create(
        appointment=appointment,
        policy=appointment.office.policy,
        verdicts=verdicts,
        checked_at=checked_at,
        entered_at=now,
        by=by,
        readiness=standing_of(policy, found, session).readiness.value,
    )
    end_waivers_of_readouts(appointment, by, now)
    if change := show(appointment, standing_of(policy, found, session), now, by):
        change.save()
    appointment.checked_at, appointment.judged_by = checked_at, appointment.office.policy
    appointment.os_family, appointment.read_out = "", True
    appointment.save(
        update_fields=[*SHOWN, "waivers", "checked_at", "judged_by", "os_family", "read_out"]
    )
    detail = f"{over.readiness.value}→{added.readiness}" if over else added.readiness
    _record(by, Action.READOUT_ENTERED, now, appointment, detail)
    return added


def _record(by: User, action: Action, now: datetime, of: Appointment, detail: str) -> None:
    record(by, action, now, office=of.office_id, subject=of.pk, detail=detail)
