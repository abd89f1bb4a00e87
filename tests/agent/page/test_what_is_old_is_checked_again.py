"""Findings stand for the device for half an hour: neither a report nor a readout code comes from
older ones, whether the machine was awake meanwhile or not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from precheck.agent.page.elapsed import Elapsed
from precheck.agent.page.visit import FRESH_SECONDS
from precheck.agent.session import Session, plan
from precheck.contract.checks import CheckId
from precheck.contract.finding import unread
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from tests.agent.page.served import served
from tests.agent.page.test_from_code_to_receipt import (
    an_office,
    appointment,
    check_all,
    checked,
    planned,
    row,
    settled,
)
from tests.agent.reports import CODE
from tests.agent.stand_in_endpoint import StandIn, running

DAYS = 3 * 86400.0


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def reports(office: StandIn) -> int:
    return sum(asked.method == "POST" for asked in office.asked)


def test_time_passes_in_sleep_and_is_not_taken_back() -> None:
    awake, wall = Hands(), Hands()
    passed = Elapsed(awake, wall)
    awake.now, wall.now = awake.now + 10, wall.now + 10
    assert passed() == 10
    wall.now += DAYS  # asleep
    assert passed() == 10 + DAYS
    wall.now -= 2 * DAYS  # put right
    assert passed() == 10 + DAYS
    awake.now, wall.now = awake.now + 5, wall.now + 5
    assert passed() == 15 + DAYS


def test_what_is_fresh_is_sent_as_it_is(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        found = check_all(page, code=CODE)
        clock.now += FRESH_SECONDS
        state = page.do("draft").json
        assert state["phase"] == "checked"
        assert not state["too_old"]
        assert state["readout"] == found["readout"] is not None
        page.do("send", report_id=state["draft"]["report_id"])
        assert page.until(settled)["delivery"]["state"] == "sent"


def test_what_is_old_is_checked_again_before_it_is_shown_for_sending(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        check_all(page, code=CODE)
        page.do("answer", check="private_room", answer=True)
        clock.now += DAYS
        state = page.state()
        assert state["too_old"]
        assert (state["age_seconds"], state["fresh_seconds"]) == (DAYS, FRESH_SECONDS - DAYS)
        assert state["readiness"] is not None
        assert state["readout"] is None
        state = page.do("draft").json
        assert state["draft"] is None
        state = page.until(checked)
        assert not state["too_old"]
        assert state["readout"] is not None
        assert [item["answer"] for item in state["questions"]] == [True]
        assert page.do("draft").json["draft"] is not None


def test_one_row_that_was_checked_again_makes_the_others_no_younger(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        check_all(page, code=CODE)
        clock.now += DAYS
        page.do("check", only=["os_support"])
        assert page.until(checked)["too_old"]
        state = page.do("draft").json
        again = {item["check"] for item in state["rows"] if item["running"]}
        assert again <= {"webcam", "microphone"}, "what has landed by now is missing"
        assert not page.until(checked)["too_old"]


def test_a_draft_that_lay_too_long_is_not_sent(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        check_all(page, code=CODE)
        draft = page.do("draft").json["draft"]
        clock.now += FRESH_SECONDS + 1
        refused = page.do("send", report_id=draft["report_id"])
        assert (refused.status, refused.json["problem"]) == (409, "too_old")
        assert "もう一度チェック" in refused.json["text"]
        assert page.state()["draft"] is None
        assert reports(office) == 0
        page.do("draft")
        page.until(checked)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        assert page.until(settled)["delivery"]["state"] == "sent"
        assert reports(office) == 1


def test_a_report_that_has_arrived_does_not_grow_old(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        page.until(settled)
        clock.now += DAYS
        assert not page.state()["too_old"]
        assert page.state()["delivery"]["state"] == "sent"


def test_a_picture_that_was_seen_lately_makes_its_finding_young(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        check_all(page, code=CODE)
        clock.now += DAYS
        page.do("measured", check="webcam", outcome="seen")
        page.do("check", only=["os_support"])
        assert page.until(checked)["too_old"], "the microphone's is no younger"
        assert page.do("draft").status == 200
        state = page.until(checked)
        assert not state["too_old"]
        assert row(state, "webcam")["reason"] == "seen", "and is not checked again"


def test_what_was_found_before_the_machine_slept_is_old_when_it_lands_after(tmp_path: Path) -> None:
    clock = Hands()
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, passed=clock) as page,
    ):
        page.do("start", code=CODE)
        page.until(planned)
        page.do("check")
        clock.now += DAYS
        assert page.until(checked)["too_old"]


def test_what_was_said_of_a_network_is_asked_again_when_it_is_checked_again(tmp_path: Path) -> None:
    a_network = appointment(timedelta(), CheckId.NETWORK_TRUST)
    with (
        running(StandIn(a_network)) as office,
        served(tmp_path, endpoint=office.address) as page,
    ):
        page.do("start", code=CODE)
        page.until(planned)
        for check in ("network_trust", "private_room"):
            assert page.do("answer", check=check, answer=True).status == 200
        asked = page.do("check").json["questions"]
        answers = {item["check"]: item["answer"] for item in asked}
        assert answers == {"network_trust": None, "private_room": True}
        page.until(checked)


def test_what_the_person_said_of_something_that_may_have_changed_is_asked_again() -> None:
    now = datetime.now(UTC)
    session = Session(plan("kakogawa", None, None, now), OsFamily.LINUX, now)
    session.keep(unread(CheckId.NETWORK_TRUST, Unread.DENIED))
    for check in (CheckId.NETWORK_TRUST, CheckId.PRIVATE_ROOM):
        session.answer(check, True)
    session.forget_answers((CheckId.NETWORK_TRUST, CheckId.FIREWALL))
    assert CheckId.NETWORK_TRUST in session.open_questions()
    assert CheckId.PRIVATE_ROOM not in session.open_questions()
