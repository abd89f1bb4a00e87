"""Sending a report again is harmless, and what has been answered is stored."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from precheck.contract.api import Receipt, decode_message
from precheck.contract.reasons import Firewall
from precheck.contract.report import encode_report
from precheck.endpoint.attempts import EACH
from precheck.endpoint.store.ingest import RUNS_LIMIT
from precheck.endpoint.store.models import ReportRecord
from precheck.endpoint.store.shared_attempts import SharedAttempts
from tests.endpoint.people import as_report, booked, browser, post_report
from tests.endpoint.scene import report


def test_a_report_sent_twice_is_stored_once_and_answered_the_same() -> None:
    mine, body = booked(), report()
    first, again = post_report(mine, body), post_report(mine, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert str(decode_message(first.content, Receipt).report_id) == body["report_id"]
    assert ReportRecord.objects.count() == 1


def test_the_same_report_in_another_spelling_is_the_same_report() -> None:
    mine, body = booked(), report()
    post_report(mine, body)
    spaced = json.dumps(dict(reversed(body.items())), indent=3)
    assert post_report(mine, spaced).status_code == 200


def test_what_is_stored_is_the_report_and_no_byte_else() -> None:
    body = report()
    post_report(booked(), json.dumps(body, indent=7))
    stored = bytes(ReportRecord.objects.get().document)
    assert stored == encode_report(as_report(body))


def test_another_report_with_the_same_id_is_a_conflict_and_changes_nothing() -> None:
    mine, body = booked(), report()
    post_report(mine, body)
    other = post_report(mine, {**body, "agent_version": "0.2.0"})
    assert (other.status_code, other.json()["type"]) == (409, "report-conflict")
    assert b"0.1.0" in bytes(ReportRecord.objects.get().document)


def test_an_id_of_another_appointment_is_a_conflict_that_tells_no_more() -> None:
    mine, theirs, body = booked(), booked(), report()
    post_report(theirs, body)
    same_there = post_report(mine, body)
    post_report(mine, report(report_id=(own := uuid4())))
    other_here = post_report(mine, report(report_id=own, agent_version="9"))
    assert same_there.status_code == other_here.status_code == 409
    assert same_there.content == other_here.content


def test_a_report_under_another_revision_of_the_terms_is_refused_by_name() -> None:
    old = post_report(booked(), report(policy={"id": "kakogawa", "revision": "2020-01-01"}))
    assert (old.status_code, old.json()["type"]) == (409, "other-policy")
    assert "2022-12-27" in old.json()["detail"]
    elsewhere = post_report(booked(), report(policy={"id": "okinawa", "revision": "2022-12-27"}))
    assert elsewhere.json()["type"] == "other-policy"
    assert not ReportRecord.objects.exists()


def test_an_appointment_takes_a_bounded_number_of_reports_and_still_repeats() -> None:
    mine, body = booked(), report()
    post_report(mine, body)
    type(mine.row).objects.filter(pk=mine.id).update(runs=RUNS_LIMIT)
    assert post_report(mine, report()).status_code == 429
    assert post_report(mine, body).status_code == 200


def test_a_report_costs_few_queries() -> None:
    mine = booked()
    post_report(mine, report())  # a policy is read once per process
    with CaptureQueriesContext(connection) as queries:
        assert post_report(mine, report(Firewall.OFF)).json()["readiness"] == "not_ready"
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in (query["sql"] or "")]
    # PostgreSQL is told in one more, not waited for, how long to wait for locks.
    assert len(asked) <= (7 if connection.vendor == "postgresql" else 6), asked


def sent_from(address: str, code: str) -> HttpResponse:
    return browser().post(
        "/api/v1/reports",
        report(),
        content_type="application/json",
        headers={"Authorization": f"Appointment {code}"},
        REMOTE_ADDR=address,
    )


def test_who_tried_too_many_codes_has_to_wait_with_a_report_too_and_nobody_else() -> None:
    mine, theirs = booked(), "192.0.2.7"
    wrong = [sent_from(theirs, "0000000000").status_code for _ in range(EACH.burst)]
    assert wrong == [401] * EACH.burst
    waiting = sent_from(theirs, mine.code)
    assert (waiting.status_code, waiting.json()["type"]) == (429, "too-many-attempts")
    assert int(waiting.headers["Retry-After"]) > 0
    assert not ReportRecord.objects.exists()
    assert sent_from("192.0.2.8", mine.code).status_code == 201


def test_of_a_whole_batch_it_is_asked_once_who_has_to_wait() -> None:
    shared = SharedAttempts()
    for _ in range(EACH.burst):
        shared.failed("192.0.2.7")
    with CaptureQueriesContext(connection) as queries:
        waits = shared.waits(["192.0.2.7", "192.0.2.8", "2001:db8::1"])
    assert len(queries) == 1
    assert waits.pop("192.0.2.7") > 0
    assert waits == {"192.0.2.8": 0, "2001:db8::1": 0}


@pytest.mark.parametrize("method", ["get", "put", "patch", "options"])
def test_reports_are_posted_or_deleted_and_nothing_else(method: str) -> None:
    answer = getattr(browser(), method)("/api/v1/reports")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE, POST")
    assert answer.headers["Content-Type"] == "application/problem+json"
