"""The policies of an office over time: which is in force, which is planned, and what was.

A report names its policy by id and revision alone. So no two versions of an office have the same
revision: one that reads the same revision of the terms in another way becomes its next edition, and
a device that was checked under another one is told to be checked again.

What is in force is what counts when a report arrives; a planned version comes into force as its day
begins in Tokyo (`bring_into_force`).
"""

from datetime import date, datetime, timedelta

import msgspec
from django.contrib.auth.models import User

from precheck.contract.policy import Policy, decode_policy
from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.models import Action, Office, PolicyEntry, PolicyVersion
from precheck.endpoint.store.writing import Entering, writing
from precheck.endpoint.tokyo import day_of

FURTHEST = timedelta(days=366)
"""How far ahead a version can be planned."""


def version_of(policy: Policy, now: datetime) -> PolicyVersion:
    """The version of the office that says what `policy` says, whatever its edition, else a new one,
    with the edition that is free. Called inside `writing(Entering.POLICIES)`. Raises `BadPolicy`
    for one that is too long to be handed on."""
    known = list(PolicyVersion.objects.filter(policy_id=policy.id).order_by("-id"))
    for version in known:
        if msgspec.structs.replace(policy, edition=version.policy().edition) == version.policy():
            return version
    taken = {version.revision for version in known}
    while policy.revision in taken:
        policy = msgspec.structs.replace(policy, edition=policy.edition + 1)
    document = msgspec.json.encode(policy, order="sorted")
    decode_policy(document)  # a file may hold more than can be handed on
    return PolicyVersion.objects.create(
        policy_id=policy.id, revision=policy.revision, document=document.decode(), added_at=now
    )


def enter(office: Office, version: PolicyVersion, now: datetime, by: User | None) -> None:
    """Put `version` into force in `office`, which is saved. Called inside `writing()`."""
    office.policy = version
    office.save()
    PolicyEntry.objects.create(
        office=office, version=version, starts_on=day_of(now), entered_at=now, by=by
    )


def put_in_force(
    office_id: str, policy: Policy, starts_on: date, now: datetime, by: User | None
) -> PolicyVersion:
    """Let `policy` be in force in the office from `starts_on` (Tokyo): from now where that is
    today. Raises `Unusable` where it is in force already, another one is planned, or the day is
    over or too far away; and `BadPolicy`."""
    if policy.id != office_id:
        raise Unusable("the policy is another office's")
    today = day_of(now)
    if starts_on < today:
        raise Unusable("the day is over")
    if starts_on > today + FURTHEST:
        raise Unusable(f"the day is more than {FURTHEST.days} days away")
    with writing(Entering.POLICIES):
        office = Office.objects.select_for_update(no_key=True).get(pk=office_id)
        if planned_of(office) is not None:
            raise Unusable("another version is planned")
        version = version_of(policy, now)
        if version.pk == office.policy_id:
            raise Unusable("this version is in force already")
        if starts_on == today:
            enter(office, version, now, by)
            record(by, Action.OFFICE_PUT, now, office=office, subject=version.pk)
        else:
            PolicyEntry.objects.create(office=office, version=version, starts_on=starts_on, by=by)
            record(
                by,
                Action.POLICY_PLANNED,
                now,
                office=office,
                subject=version.pk,
                detail=starts_on.isoformat(),
            )
    return version


def cancel_planned(office_id: str, now: datetime, by: User | None) -> None:
    """Let the planned version not come into force. Raises `Unusable` where none is planned."""
    with writing():
        entry = (
            PolicyEntry.objects.select_for_update()
            .filter(office_id=office_id, entered_at=None)
            .first()
        )
        if entry is None:
            raise Unusable("no version is planned")
        record(by, Action.POLICY_CANCELLED, now, office=office_id, subject=entry.version_id)
        entry.delete()


def bring_into_force(now: datetime) -> int:
    """Put into force what was planned for a day that has begun; how many."""
    due = PolicyEntry.objects.filter(entered_at=None, starts_on__lte=day_of(now))
    entered = 0
    for key in list(due.values_list("pk", flat=True)):
        with writing():
            entry = (
                PolicyEntry.objects.select_for_update(of=("self",))
                .select_related("office", "version", "by")
                .filter(pk=key, entered_at=None)
                .first()
            )
            if entry is None:
                continue  # another process did it, or it was cancelled
            entry.office.policy = entry.version
            entry.office.save(update_fields=["policy"])
            entry.entered_at = now
            entry.save(update_fields=["entered_at"])
            record(entry.by, Action.OFFICE_PUT, now, office=entry.office, subject=entry.version_id)
            entered += 1
    return entered


def planned_of(office: Office) -> PolicyEntry | None:
    """What is planned for `office`."""
    return (
        PolicyEntry.objects.filter(office=office, entered_at=None).select_related("version").first()
    )


def history_of(office: Office) -> list[PolicyEntry]:
    """What came into force in `office`, the latest first."""
    return list(
        PolicyEntry.objects.filter(office=office, entered_at__isnull=False)
        .select_related("version", "by")
        .order_by("-entered_at", "-id")
    )
