"""What is not exactly a report is refused, by field, and nothing of it is stored."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precheck.contract.report import MAX_REPORT_BYTES
from precheck.endpoint.store.models import ReportRecord
from tests.endpoint.people import booked, post_report
from tests.endpoint.scene import report


def finding(**of: str) -> dict[str, Any]:
    return {"findings": [of]}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"host_name": "PC-1"}, "host_name"),
        (finding(check="webcam", verdict="pass", reason="present", name="C920"), "findings[0]"),
        (finding(check="file_sharing", verdict="warn", reason="traces"), "findings[0]"),
        (finding(check="firewall", verdict="pass", reason="off"), "findings[0]"),
        (finding(check="firewall", verdict="pass", reason="no_such_reason"), "findings[0]"),
        (finding(check="no_such_check", verdict="pass", reason="on"), "findings[0].check"),
        ({"declarations": [{"check": "firewall", "answer": True}]}, "declarations[0]"),
        ({"schema": 2}, "schema"),
        ({"report_id": "1"}, "report_id"),
        ({"finished_at": "2026-11-20T10:00:00"}, "finished_at"),
        ({"agent_version": "a b"}, "agent_version"),
        ({"os_family": "beos"}, "os_family"),
        ({"findings": None}, "findings"),
    ],
)
def test_anything_more_less_or_else_is_refused_by_field(change: dict[str, Any], where: str) -> None:
    refused = post_report(booked(), {**report(), **change})
    assert (refused.status_code, refused.json()["type"]) == (400, "bad-report")
    assert where in refused.json()["detail"]
    assert not ReportRecord.objects.exists()


def test_traces_are_refused_and_what_is_said_instead_is_taken() -> None:
    mine, body = booked(), report()
    said = {"check": "file_sharing", "verdict": "pass", "reason": "none_found"}
    traces = {"check": "file_sharing", "verdict": "warn", "reason": "traces"}
    assert said in body["findings"]
    body["findings"][body["findings"].index(said)] = traces
    assert post_report(mine, body).status_code == 400
    body["findings"][body["findings"].index(traces)] = said
    assert post_report(mine, body).status_code == 201


@pytest.mark.parametrize("field", sorted({*report()} - {"declarations"}))
def test_a_report_without_one_of_its_fields_is_refused(field: str) -> None:
    body = report()
    del body[field]
    refused = post_report(booked(), body)
    assert refused.status_code == 400
    assert field in refused.json()["detail"]


def test_a_report_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    mine = booked()
    text = json.dumps(report())
    assert post_report(mine, text.ljust(MAX_REPORT_BYTES)).status_code == 201
    refused = post_report(mine, text.ljust(MAX_REPORT_BYTES + 1))
    assert (refused.status_code, refused.json()["type"]) == (413, "too-large")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_garbage_is_a_problem_and_never_a_failure(garbage: bytes) -> None:
    refused = post_report(booked(), garbage.decode("latin-1"))
    assert (refused.status_code, refused.headers["Content-Type"]) == (
        400,
        "application/problem+json",
    )


def test_a_refusal_does_not_use_up_the_report_id() -> None:
    mine, body = booked(), report()
    assert post_report(mine, {**body, "more": 1}).status_code == 400
    assert post_report(mine, body).status_code == 201
