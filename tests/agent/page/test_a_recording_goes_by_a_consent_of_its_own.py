"""The page's recording for the helpdesk: nothing is made unasked, and nothing sent but what was
shown and consented to, to a report that has arrived."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from precheck.contract.api import RECORDINGS_PATH, RecordingReceipt
from precheck.contract.recording import decode_recording, unpacked
from tests.agent.page.served import Page, served
from tests.agent.page.test_from_code_to_receipt import (
    appointment,
    check_all,
    receipt_for,
    settled,
)
from tests.agent.reports import CODE, problem_json
from tests.agent.stand_in_endpoint import Answer, Asked, StandIn, running


def taken(asked: Asked) -> Answer:
    now = datetime.now(UTC)
    receipt = RecordingReceipt(
        report_id=decode_recording(asked.body).report_id,
        received_at=now,
        delete_on=now.date() + timedelta(days=30),
    )
    return Answer(201, msgspec.json.encode(receipt))


def an_office(on_recording: Callable[[Asked], Answer | None] = taken) -> StandIn:
    def answer(asked: Asked) -> Any:
        if asked.path == RECORDINGS_PATH:
            return on_recording(asked)
        return receipt_for(asked) if asked.method == "POST" else appointment()

    return StandIn(answer)


def recordings(office: StandIn) -> list[Asked]:
    return [asked for asked in office.asked if asked.path == RECORDINGS_PATH]


def report_sent(page: Page) -> Any:
    check_all(page, code=CODE)
    page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
    return page.until(settled)


def at(stage: str) -> Callable[[Any], bool]:
    return lambda state: state["recording"] is not None and state["recording"]["stage"] == stage


def made(page: Page) -> Any:
    report_sent(page)
    assert page.do("recording").json["recording"]["stage"] == "making"
    return page.until(at("shown"))["recording"]


def test_what_is_sent_is_what_was_shown_byte_for_byte(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        shown = made(page)
        assert recordings(office) == []
        page.do("recording/send", recording_id=shown["id"])
        state = page.until(at("sent"))
        (posted,) = recordings(office)
        assert unpacked(posted.body) == shown["json"].encode()
        assert posted.headers["Content-Type"] == "application/gzip"
        assert posted.headers["Authorization"] == f"Appointment {CODE}"
        assert json.loads(shown["json"])["report_id"] == (state["delivery"]["receipt"]["report_id"])
        assert state["recording"]["delete_on"]
        assert state["recording"]["json"] is None


def test_before_a_report_has_arrived_there_is_none(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        assert page.do("recording").json["problem"] == "nothing_started"
        assert check_all(page, code=CODE)["recording"] is None
        assert page.do("recording").json["problem"] == "cannot_record"
        page.do("draft")
        assert page.do("recording").json["problem"] == "cannot_record"
        page.do("decline")
        assert page.do("recording").json["problem"] == "cannot_record"


@pytest.mark.parametrize("named", ["", "0" * 64, "the report's own"])
def test_without_the_consent_to_what_was_shown_nothing_is_sent(tmp_path: Path, named: str) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        state = report_sent(page)
        report_id = state["delivery"]["receipt"]["report_id"]
        wrong = report_id if named.startswith("the") else named
        for stage in ("offered", "shown"):
            state = page.until(at(stage))
            refused = page.do("recording/send", recording_id=wrong)
            assert (refused.status, refused.json["problem"]) == (409, "recording_not_shown")
            page.do("recording")
        assert page.do("recording/send").status == 400
        assert page.do("send", report_id=state["recording"]["id"]).status == 409
        assert page.state()["recording"]["stage"] == "shown"
        assert recordings(office) == []


def test_one_that_was_shown_is_not_sent_once_something_was_done_anew(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        shown = made(page)
        page.do("answer", check="private_room", answer=False)
        assert page.state()["recording"] is None
        refused = page.do("recording/send", recording_id=shown["id"])
        assert refused.json["problem"] == "recording_not_shown"
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        assert page.until(settled)["recording"]["stage"] == "offered"
        refused = page.do("recording/send", recording_id=shown["id"])
        assert refused.json["problem"] == "recording_not_shown"
        assert recordings(office) == []


def test_the_report_stays_as_it_was_sent(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        before = report_sent(page)
        page.do("recording")
        after = page.until(at("shown"))
        for part in ("rows", "delivery", "readiness", "phase"):
            assert after[part] == before[part]


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        (None, "error_recording_not_sent"),
        (Answer(500), "error_recording_not_sent"),
        (Answer(200, b"<html>log in to the Wi-Fi</html>"), "error_recording_not_sent"),
        (Answer(404, b"<h1>Not Found</h1>"), "error_recordings_unknown"),
        (Answer(404, problem_json("not-found", 404)), "error_recordings_unknown"),
        (Answer(401, problem_json("unknown-code", 401)), "error_recording_refused"),
        (Answer(400, problem_json("bad-recording", 400)), "error_recording_refused"),
        (Answer(409, problem_json("unknown-report", 409)), "error_recording_refused"),
        (Answer(409, problem_json("recording-conflict", 409)), "error_recording_refused"),
        (Answer(413, problem_json("too-large", 413)), "error_recording_refused"),
        (Answer(429, problem_json("too-many-attempts", 429)), "error_recording_refused"),
    ],
)
def test_one_that_does_not_arrive_is_said_so_not_kept_and_can_be_sent_again(
    tmp_path: Path, answer: Answer | None, phrase: str
) -> None:
    up: list[bool] = []
    office = an_office(lambda asked: taken(asked) if up else answer)
    with running(office), served(tmp_path, endpoint=office.address) as page:
        shown = made(page)
        page.do("recording/send", recording_id=shown["id"])
        state = page.until(lambda state: state["recording"]["problem"] is not None)
        assert state["recording"]["problem"]["phrase"] == phrase
        assert state["recording"]["id"] == shown["id"]
        assert not list(page.outbox.waiting())
        assert not any(path.is_file() for path in tmp_path.rglob("*"))
        up.append(True)
        page.do("recording/send", recording_id=shown["id"])
        assert page.until(at("sent"))["recording"]["problem"] is None
