"""A recording comes after its report, by the person's choice, and goes when the report goes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from precheck.contract.api import ProblemType, RecordingReceipt, decode_message
from precheck.contract.recording import MAX_RECORDING_BYTES, compressed, decode_recording
from precheck.endpoint.store.appointments import forget_reports
from precheck.endpoint.store.models import ReportRecord, SentRecording
from precheck.endpoint.store.recordings import RECORDINGS_LIMIT
from precheck.endpoint.store.retention import purge
from tests.endpoint.people import Booked, booked, browser, post_report
from tests.endpoint.scene import OTHER_OFFICE, report

RECORDING = json.loads(
    (Path(__file__).parents[1] / "recordings" / "windows-11-unguarded.json").read_bytes()
)


def reported(mine: Booked) -> str:
    body = report()
    post_report(mine, body)
    return str(body["report_id"])


def message(report_id: str, **changes: Any) -> bytes:
    return json.dumps({"report_id": report_id, "recording": RECORDING} | changes).encode()


def post(mine: Booked | None, body: bytes) -> HttpResponse:
    headers = {"Authorization": f"Appointment {mine.code}"} if mine else {}
    kind = "application/octet-stream"
    return browser().post("/api/v1/recordings", body, content_type=kind, headers=headers)


def refusal(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["type"]


def test_it_is_stored_once_and_the_receipt_says_until_when() -> None:
    mine = booked()
    report_id = reported(mine)
    first = post(mine, message(report_id))
    again = post(mine, compressed(message(report_id)))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    receipt = decode_message(first.content, RecordingReceipt)
    assert str(receipt.report_id) == report_id
    kept = SentRecording.objects.get()
    assert decode_recording(bytes(kept.document)) == decode_recording(message(report_id))
    assert len(kept.document) < 8000


def test_it_belongs_to_a_report_of_this_appointment() -> None:
    mine, theirs = booked(), booked(OTHER_OFFICE)
    elsewhere = reported(mine)
    assert refusal(post(theirs, message(elsewhere))) == (409, ProblemType.UNKNOWN_REPORT)
    invented = "00000000-0000-4000-8000-000000000000"
    assert refusal(post(mine, message(invented))) == (409, ProblemType.UNKNOWN_REPORT)
    assert not SentRecording.objects.exists()


def test_a_report_has_one() -> None:
    mine = booked()
    report_id = reported(mine)
    post(mine, message(report_id))
    other = message(report_id, recording={**RECORDING, "agent_version": "0.2.0"})
    assert refusal(post(mine, other)) == (409, ProblemType.RECORDING_CONFLICT)


def test_an_appointment_has_a_bounded_number() -> None:
    mine = booked()
    for _ in range(RECORDINGS_LIMIT):
        assert post(mine, message(reported(mine))).status_code == 201
    assert refusal(post(mine, message(reported(mine)))) == (429, ProblemType.TOO_MANY_ATTEMPTS)


def test_nobody_without_a_code_learns_anything() -> None:
    body = message(reported(booked()))
    assert refusal(post(None, body)) == (401, ProblemType.UNKNOWN_CODE)
    assert refusal(post(None, b"x")) == (401, ProblemType.UNKNOWN_CODE)


@pytest.mark.parametrize("field", ["user", "host", "ssid"])
def test_a_field_more_is_refused(field: str) -> None:
    mine = booked()
    body = message(reported(mine), **{field: "hanako"})
    answer = post(mine, body)
    assert refusal(answer) == (400, ProblemType.BAD_RECORDING)
    assert field in json.loads(answer.content)["detail"]
    assert not SentRecording.objects.exists()


def test_one_that_is_too_large_is_refused_unread() -> None:
    mine = booked()
    large = post(mine, b" " * (MAX_RECORDING_BYTES + 1))
    assert refusal(large) == (413, ProblemType.TOO_LARGE)


def test_it_goes_with_retention() -> None:
    mine = booked()
    post(mine, message(reported(mine)))
    purge(datetime.now(UTC) + timedelta(days=60))
    assert not (ReportRecord.objects.exists() or SentRecording.objects.exists())


def test_it_goes_when_the_person_deletes_their_reports_and_nothing_stays_on_the_row() -> None:
    mine = booked()
    post(mine, message(reported(mine)))
    assert mine.row.os_family == "windows"
    assert forget_reports(mine.row, datetime.now(UTC))
    assert not (ReportRecord.objects.exists() or SentRecording.objects.exists())
    assert (mine.row.os_family, mine.row.obstacles) == ("", "")
