"""Offices, staff and appointments in this process's own store, and clients that talk to it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from precheck.contract.offices import load_office
from precheck.contract.reasons import Antivirus, Reason
from precheck.contract.report import Report, decode_report
from precheck.endpoint.store.appointments import add_appointment
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.changes import office_named, put_office
from precheck.endpoint.store.codes import appointment_for
from precheck.endpoint.store.ingest import Taken
from precheck.endpoint.store.models import (
    Appointment,
    Membership,
    ReportRecord,
    Role,
    SentRecording,
)
from precheck.endpoint.tokyo import start_of
from tests.endpoint.scene import DAY, OFFICE, RECORDING, digits_read_out, report

LIST = f"/staff/appointments/?date={DAY}"
"""The list in which stands what is `booked` without a time."""


@dataclass(frozen=True)
class Booked:
    """An appointment and its code, which only a test keeps."""

    code: str
    id: UUID

    @property
    def row(self) -> Appointment:
        """The row as it is now."""
        return Appointment.objects.select_related("office__policy").get(pk=self.id)


def browser(address: str = "127.0.0.1") -> Client:
    """A client on this machine that comes from `address`."""
    return Client(SERVER_NAME="localhost", REMOTE_ADDR=address)


def office(office_id: str = OFFICE) -> str:
    put_office(load_office(office_id), None, datetime.now(UTC))
    return office_id


def booked(
    office_id: str = OFFICE, starts_at: datetime | None = None, reference: str = ""
) -> Booked:
    """An appointment at `starts_at` (default 10:00 on `DAY`), in an office that is added."""
    office(office_id)
    start = starts_at or start_of(DAY) + timedelta(hours=10)
    code = add_appointment(office_named(office_id), start, reference, min(start, datetime.now(UTC)))
    found = appointment_for(code, start)
    assert found is not None
    return Booked(code, found.pk)


def member(name: str, office_id: str | None = OFFICE, role: Role = Role.COUNSELLOR) -> Client:
    """The browser of a signed-in member of an office's staff, or of every office's (None)."""
    if office_id is not None:
        office(office_id)
    user, _ = User.objects.get_or_create(username=name)  # without a password: hashing one is slow
    Membership.objects.update_or_create(
        user=user, office_id=office_id, defaults={"role": role.value}
    )
    return signed_in(user)


def system_administrator(name: str) -> Client:
    """The browser of a signed-in administrator of the system."""
    return signed_in(User.objects.get_or_create(username=name, is_superuser=True)[0])


def signed_in(user: User) -> Client:
    client = browser()
    client.force_login(user)
    return client


def post_report(booked: Booked, body: Any, **headers: str) -> HttpResponse:
    """Send `body` (JSON data) with the code of `booked`."""
    return browser().post(
        "/api/v1/reports",
        body,
        content_type="application/json",
        headers={"Authorization": f"Appointment {booked.code}", **headers},
    )


def recorded_run(booked: Booked, **changes: Any) -> int:
    """The key of a report of `booked` with which a recording was sent, with what `changes` say of
    the message; it is sent where there is none."""
    kept = SentRecording.objects.filter(report__appointment=booked.id).first()
    if kept is not None and not changes:
        return kept.report_id
    body = report(Antivirus.OFF)
    post_report(booked, body)
    message = {"report_id": body["report_id"], "recording": json.loads(RECORDING.read_bytes())}
    answer = browser().post(
        "/api/v1/recordings",
        message | changes,
        content_type="application/json",
        headers={"Authorization": f"Appointment {booked.code}"},
    )
    assert answer.status_code == 201, answer.content
    return ReportRecord.objects.get(report_id=body["report_id"]).pk


def read_out(of: Booked, *changes: Reason, by_code_of: Booked | None = None) -> str:
    """The digits for a device, read out under the policy that is in force."""
    return digits_read_out((by_code_of or of).code, *changes, policy=of.row.office.policy.policy())


def take(booked: Booked, report: Report, now: datetime) -> Taken:
    """Store `report` for `booked` as if it arrived at `now`."""
    return store().intake.take(booked.row.code_hash, report, now, "127.0.0.1")


def as_report(body: dict[str, Any]) -> Report:
    """The contract's report of JSON data."""
    return decode_report(json.dumps(body).encode())
