"""An appointment is deleted by somebody else after it was looked up, and before anything is written
about it: whoever was about to do something is told that it is not there."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Verdict
from precheck.endpoint.store.appointments import cancel
from precheck.endpoint.store.models import Action, Appointment, AuditEntry, WaiverReason
from precheck.endpoint.store.obstacles import Obstacle, written
from tests.endpoint.counselled import a_waiver, something_found
from tests.endpoint.people import Booked, booked, browser, member, post_report, read_out
from tests.endpoint.scene import RECORDING, report, today


@contextmanager
def deleted_at_the_first_write(of: Booked) -> Iterator[None]:
    """What looked `of` up before it takes its turn to write finds it gone then."""

    def run(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("SAVEPOINT"):
            Appointment.objects.filter(pk=of.id).delete()
        return execute(sql, *rest)

    with connection.execute_wrapper(run):
        yield
    assert not Appointment.objects.filter(pk=of.id).exists()


def _sent_by_staff(of: Booked, page: str, **fields: Any) -> HttpResponse:
    client, address = member("hanako"), reverse(page, args=[of.id])
    with deleted_at_the_first_write(of):
        return client.post(address, fields)


def _mode(of: Booked) -> HttpResponse:
    return _sent_by_staff(of, "counsellor-mode", mode="phone")


def _note(of: Booked) -> HttpResponse:
    return _sent_by_staff(of, "counsellor-note", text="calls back")


def _readout(of: Booked) -> HttpResponse:
    return _sent_by_staff(of, "counsellor-readout", digits=read_out(of), day=today())


def _waiver(of: Booked) -> HttpResponse:
    something_found(of)
    accepted = written([Obstacle(CheckId.ANTIVIRUS, Antivirus.OFF.value, Verdict.FAIL)]).strip()
    reason = WaiverReason.SEEN.value
    return _sent_by_staff(of, "counsellor-waive", accepted=accepted, reason=reason)


def _withdrawal(of: Booked) -> HttpResponse:
    client, waiver = member("hanako"), a_waiver(of)["waiver"]
    address = reverse("counsellor-withdraw", args=[of.id, waiver])
    with deleted_at_the_first_write(of):
        return client.post(address)


def _new_code(of: Booked) -> HttpResponse:
    form = member("hanako").get(reverse("booking-renew", args=[of.id])).content.decode()
    found = re.search(r'name="key" value="([^"]+)"', form)
    assert found
    return _sent_by_staff(of, "booking-renew", key=found[1])


@pytest.mark.parametrize("act", [_mode, _note, _readout, _waiver, _withdrawal, _new_code])
def test_staff_are_told_that_it_is_not_there(act: Callable[[Booked], HttpResponse]) -> None:
    assert act(booked()).status_code == 404


def test_the_api_knows_its_code_no_more() -> None:
    for method, address, body in (
        ("delete", "reports", None),
        ("post", "recordings", json.loads(RECORDING.read_bytes())),
    ):
        of, sent = booked(), report()
        post_report(of, sent)
        message = {"report_id": sent["report_id"], "recording": body} if body else None
        with deleted_at_the_first_write(of):
            answer = getattr(browser(), method)(
                f"/api/v1/{address}",
                message,
                content_type="application/json",
                headers={"Authorization": f"Appointment {of.code}"},
            )
        assert (answer.status_code, answer.json()["type"]) == (401, "unknown-code")


def test_the_job_seekers_page_knows_its_code_no_more() -> None:
    of = booked()
    post_report(of, report())
    with deleted_at_the_first_write(of):
        answer = browser().post("/a/", {"code": of.code, "delete": "1", "sure": "1"})
    assert answer.status_code == 401


def test_what_two_take_back_at_once_is_taken_back_once() -> None:
    of = booked()
    seen_by_both, now = of.row, datetime.now(UTC)
    cancel(seen_by_both, None, now)
    cancel(seen_by_both, None, now)
    entries = AuditEntry.objects.filter(action=Action.APPOINTMENT_CANCELLED.value)
    assert entries.count() == 1
