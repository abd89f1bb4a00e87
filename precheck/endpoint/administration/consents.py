"""Who agreed to which revision of the terms, from what they sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.decoding import decoder
from precheck.endpoint.store.models import Appointment, Office, PolicyVersion, ReportRecord

MOST = 20_000
"""Reports that are looked at: the latest."""


@dataclass(frozen=True)
class Consent:
    """The last answer of an appointment to one revision of the terms."""

    appointment: UUID
    title: str
    revision: date
    agreed: bool
    at: datetime


@dataclass(frozen=True)
class Asked:
    """One revision of the terms, and how many appointments answered what to it."""

    title: str
    revision: date
    agreed: int
    refused: int


class _Answer(msgspec.Struct, frozen=True):
    check: str
    answer: bool


class _Answers(msgspec.Struct, frozen=True):
    """Of a report the one part that counts here: reading the whole takes ten times as long."""

    declarations: tuple[_Answer, ...] = ()


def consents_of(office: Office) -> list[Consent]:
    """The answers of the office's appointments, the latest first: each to each revision once."""
    terms = {
        version.pk: version.policy().terms
        for version in PolicyVersion.objects.filter(policy_id=office.pk)
    }
    records = (
        ReportRecord.objects.filter(appointment__office=office)
        .order_by("-checked_at", "-id")
        .values_list("appointment_id", "policy_id", "checked_at", "document")[:MOST]
    )
    found: dict[tuple[UUID, str, date], Consent] = {}
    for appointment, version, at, document in records.iterator():
        agreed, asked = _answer_in(bytes(document)), terms.get(version)
        if agreed is None or asked is None:
            continue
        key = (appointment, asked.title, asked.revision)
        found.setdefault(key, Consent(appointment, asked.title, asked.revision, agreed, at))
    return list(found.values())


def asked_of(consents: Sequence[Consent]) -> list[Asked]:
    """The revisions that were asked about, the latest first."""
    revisions = sorted({(item.revision, item.title) for item in consents}, reverse=True)
    return [
        Asked(
            title,
            revision,
            sum(item.agreed for item in consents if _is_of(item, revision, title)),
            sum(not item.agreed for item in consents if _is_of(item, revision, title)),
        )
        for revision, title in revisions
    ]


def of_revision(consents: Sequence[Consent], revision: date) -> list[Consent]:
    return [item for item in consents if item.revision == revision]


def appointments_among(consents: Sequence[Consent]) -> dict[UUID, Appointment]:
    return Appointment.objects.in_bulk([item.appointment for item in consents])


def _is_of(item: Consent, revision: date, title: str) -> bool:
    return item.revision == revision and item.title == title


def _answer_in(document: bytes) -> bool | None:
    try:
        answers = decoder(_Answers).decode(document)
    except msgspec.MsgspecError:
        return None  # of another version of this program
    return next(
        (item.answer for item in answers.declarations if item.check == CheckId.TERMS_CONSENT),
        None,
    )
