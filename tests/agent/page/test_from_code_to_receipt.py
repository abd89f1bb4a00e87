"""The page's way from a code to a receipt, whatever the endpoint, the worker or the clock does."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from precheck.contract.api import Appointment, Receipt
from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.readout import decode, readout_key
from precheck.contract.report import decode_report
from precheck.contract.verdict import Level, Readiness
from precheck.contract.wording import Language, load_wording
from tests.agent.page.served import Page, served
from tests.agent.reports import CODE, problem_json
from tests.agent.stand_in_endpoint import Answer, Asked, StandIn, running

FEW = {
    CheckId.OS_SUPPORT: Level.REQUIRED,
    CheckId.WEBCAM: Level.REQUIRED,
    CheckId.MICROPHONE: Level.ADVISED,
    CheckId.PRIVATE_ROOM: Level.DECLARED,
}


def few_checks(*more: CheckId) -> Policy:
    whole = load_office("kakogawa")
    few = {**FEW, **dict.fromkeys(more, Level.REQUIRED)}
    changed = {
        check.value: msgspec.structs.replace(
            whole.requirement(check), level=few.get(check, Level.OFF), required_from=None
        )
        for check in CheckId
    }
    return msgspec.structs.replace(whole, checks=msgspec.structs.replace(whole.checks, **changed))


def appointment(clock_off: timedelta = timedelta(), *more: CheckId) -> Answer:
    now = datetime.now(UTC)
    return Answer(
        body=msgspec.json.encode(
            Appointment(
                starts_at=now + timedelta(days=2),
                policy=few_checks(*more),
                catalogues={},
                server_time=now + clock_off,
            )
        )
    )


def receipt_for(asked: Asked) -> Answer:
    report = decode_report(asked.body)
    now = datetime.now(UTC)
    receipt = Receipt(
        report_id=report.report_id,
        readiness=Readiness.ATTENTION,
        received_at=now,
        delete_on=now.date() + timedelta(days=30),
    )
    return Answer(201, msgspec.json.encode(receipt))


def an_office(on_report: Callable[[Asked], Answer | None] = receipt_for) -> StandIn:
    def answer(asked: Asked) -> Any:
        return on_report(asked) if asked.method == "POST" else appointment()

    return StandIn(answer)


def planned(state: Any) -> bool:
    return state["phase"] == "planned"


def checked(state: Any) -> bool:
    return state["phase"] == "checked"


def settled(state: Any) -> bool:
    return state["delivery"] is not None and state["delivery"]["state"] != "sending"


def check_all(page: Page, **start: str) -> Any:
    assert page.do("start", **start).status == 200
    page.until(planned)
    assert page.do("check").status == 200
    return page.until(checked)


def row(state: Any, check: str) -> Any:
    return next(item for item in state["rows"] if item["check"] == check)


def test_what_is_sent_is_what_was_shown_byte_for_byte(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        state = check_all(page, code="１２３ 456-7894")
        assert state["done"] == state["total"] == 3
        assert [item["check"] for item in state["questions"]] == ["private_room"]
        assert page.do("answer", check="private_room", answer=True).status == 200
        draft = page.do("draft").json["draft"]
        assert not [asked for asked in office.asked if asked.method == "POST"]
        page.do("send", report_id=draft["report_id"])
        state = page.until(settled)
        (posted,) = (asked for asked in office.asked if asked.method == "POST")
        assert posted.body == draft["json"].encode()
        assert state["delivery"]["state"] == "sent"
        assert state["delivery"]["receipt"]["report_id"] == draft["report_id"]
        assert state["readout"] is None
        assert not list(page.outbox.waiting())


def test_nothing_is_sent_but_the_draft_that_was_shown_last(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        assert page.do("send", report_id="").json["problem"] == "draft_changed"
        shown = page.do("draft").json["draft"]["report_id"]
        page.do("answer", check="private_room", answer=False)
        assert page.state()["draft"] is None
        assert page.do("send", report_id=shown).json["problem"] == "draft_changed"
        again = page.do("draft").json["draft"]["report_id"]
        assert page.do("send", report_id=shown).json["problem"] == "draft_changed"
        page.do("decline")
        assert page.do("send", report_id=again).json["problem"] == "draft_changed"
        assert not [asked for asked in office.asked if asked.method == "POST"]


def test_who_does_not_send_gets_a_readout_code_that_the_office_understands(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("answer", check="private_room", answer=False)
        state = page.do("decline").json
        assert state["declined"]
        heard = decode(" ".join(state["readout"]["groups"]), few_checks(), readout_key(CODE))
        assert {check: verdict.value for check, verdict in heard.items()} == {
            check: row(state, check)["verdict"]
            for check in ("os_support", "webcam", "private_room")
        }


@pytest.mark.parametrize(
    ("answer", "became"),
    [
        (None, "kept"),
        (Answer(500), "kept"),
        (Answer(200, b"<html>log in to the Wi-Fi</html>"), "kept"),
        (Answer(302, headers={"Location": "http://evil.example/"}), "kept"),
        (Answer(200, b"x" * 300_000), "kept"),
        (Answer(409, problem_json("other-policy", 409)), "refused"),
        (Answer(409, problem_json("report-deleted", 409)), "refused"),
    ],
)
def test_a_report_that_does_not_arrive_is_kept_or_said_to_be_refused(
    tmp_path: Path, answer: Answer | None, became: str
) -> None:
    office = an_office(lambda _: answer)
    with running(office), served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        state = page.until(settled)
        assert state["delivery"]["state"] == became
        assert state["delivery"]["text"]
        assert state["waiting"] == len(list(page.outbox.waiting())) == (became == "kept")
        assert state["readout"]["digits"]


def test_of_a_report_that_was_deleted_before_the_page_says_just_that(tmp_path: Path) -> None:
    office = an_office(lambda _: Answer(409, problem_json("report-deleted", 409)))
    with running(office), served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        said = page.until(settled)["delivery"]["text"]
        assert said in [load_wording(each).phrases["error_deleted"] for each in Language]


def test_what_was_kept_goes_with_the_next_report_once(tmp_path: Path) -> None:
    up: list[bool] = []
    office = an_office(lambda asked: receipt_for(asked) if up else Answer(500))
    with running(office), served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        assert page.until(settled)["waiting"] == 1
        up.append(True)
        office.asked.clear()
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        page.until(lambda state: settled(state) and state["waiting"] == 0)
        sent = [decode_report(asked.body).report_id for asked in office.asked]
        assert len(sent) == len(set(sent)) == 2
        assert str(sent[-1]) == page.state()["delivery"]["receipt"]["report_id"], "the newest last"


def test_what_was_kept_goes_at_once_when_the_person_says_so_and_once(tmp_path: Path) -> None:
    up: list[bool] = []
    office = an_office(lambda asked: receipt_for(asked) if up else Answer(500))
    with running(office), served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        assert page.do("send_again").status == 409, "nothing was kept"
        shown = page.do("draft").json["draft"]
        page.do("send", report_id=shown["report_id"])
        assert page.until(settled)["delivery"]["tries"] == 1
        assert page.do("send_again").status == 200
        still = page.until(lambda state: settled(state) and state["delivery"]["tries"] == 2)
        assert (still["delivery"]["state"], still["waiting"]) == ("kept", 1)
        up.append(True)
        office.asked.clear()
        assert [page.do("send_again").status for _ in range(3)] == [200] * 3
        sent = page.until(settled)
        assert (sent["delivery"]["state"], sent["waiting"]) == ("sent", 0)
        assert sent["delivery"]["receipt"]["report_id"] == shown["report_id"]
        assert page.do("send_again").status == 200
        assert [asked.body for asked in office.asked] == [shown["json"].encode()]


def test_what_was_kept_and_is_refused_at_the_second_try_is_said_to_be(tmp_path: Path) -> None:
    answers = [Answer(409, problem_json("other-policy", 409)), Answer(500)]
    office = an_office(lambda _: answers.pop())
    with running(office), served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        assert page.until(settled)["delivery"]["state"] == "kept"
        page.do("send_again")
        state = page.until(settled)
        assert (state["delivery"]["state"], state["waiting"]) == ("refused", 0)
        assert page.do("send_again").status == 409, "it will never be taken"


def test_what_was_changed_after_it_was_kept_is_not_sent_as_it_was(tmp_path: Path) -> None:
    with (
        running(an_office(lambda _: Answer(500))) as office,
        served(tmp_path, endpoint=office.address) as page,
    ):
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        page.until(settled)
        assert page.do("answer", check="private_room", answer=False).status == 200
        assert page.do("send_again").status == 409


def test_a_mistyped_code_is_caught_before_anybody_is_asked(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        refused = page.do("start", code="1234567895")
        assert (refused.status, refused.json["problem"]) == (422, "code_mistyped")
        assert refused.json["text"]
        assert not office.asked


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        (Answer(404, problem_json("unknown-code", 404)), "error_code_unknown"),
        (Answer(429, problem_json("too-many-attempts", 429)), "error_endpoint_busy"),
    ],
)
def test_a_code_that_the_endpoint_refuses_is_said_and_can_be_typed_again(
    tmp_path: Path, answer: Answer, phrase: str
) -> None:
    office = StandIn(answer, appointment())
    with running(office), served(tmp_path, endpoint=office.address) as page:
        page.do("start", code=CODE)
        state = page.until(lambda state: state["problem"] is not None)
        assert (state["phase"], state["problem"]["phrase"]) == ("code", phrase)
        page.do("start", code=CODE)
        assert page.until(planned)["problem"] is None


@pytest.mark.parametrize("answer", [None, Answer(500), Answer(200, b"\xff<html>"), Answer(200)])
def test_without_a_usable_endpoint_the_office_is_asked_for_and_the_checks_still_run(
    tmp_path: Path, answer: Answer | None
) -> None:
    with running(StandIn(answer)) as office, served(tmp_path, endpoint=office.address) as page:
        page.do("start", code=CODE)
        plan = page.until(planned)["plan"]
        assert plan["away"] and plan["guessed_terms"]
        assert page.do("draft").json["problem"] == "cannot_send"
        page.do("start", code=CODE, office="kakogawa")
        plan = page.until(planned)["plan"]
        assert plan["away"] and not plan["guessed_terms"]
        assert plan["policy"] == "kakogawa"


def test_a_clock_that_is_off_is_known(tmp_path: Path) -> None:
    with (
        running(StandIn(appointment(timedelta(days=3)))) as office,
        served(tmp_path, endpoint=office.address) as page,
    ):
        state = check_all(page, code=CODE)
        assert state["plan"]["clock_off"]
        assert row(state, "os_support")["reason"] == "clock"


def test_a_clock_that_was_set_right_is_believed_without_typing_the_code_again(
    tmp_path: Path,
) -> None:
    off = appointment(timedelta(days=3))
    with (
        running(StandIn(off, off, appointment())) as office,
        served(tmp_path, endpoint=office.address) as page,
    ):
        assert row(check_all(page, code=CODE), "os_support")["reason"] == "clock"
        page.do("check", only=["os_support"])
        state = page.until(checked)
        assert not state["plan"]["clock_off"]
        assert row(state, "os_support")["reason"] != "clock"


def test_a_clock_that_nobody_can_be_asked_about_stays_off(tmp_path: Path) -> None:
    with (
        running(StandIn(appointment(timedelta(days=3)), None)) as office,
        served(tmp_path, endpoint=office.address) as page,
    ):
        state = check_all(page, code=CODE)
        assert state["plan"]["clock_off"]
        assert row(state, "os_support")["reason"] == "clock"


def test_when_the_worker_is_killed_every_check_still_lands(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        page.do("start", code=CODE)
        page.until(planned)
        others = set(psutil.Process().children())
        page.do("check")
        while not (workers := set(psutil.Process().children()) - others):
            assert not checked(page.state())
        for worker in workers:
            worker.kill()
        state = page.until(checked)
        assert state["done"] == state["total"] == 3
        assert state["problem"] is None


def test_one_check_is_done_again_alone(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        state = page.do("check", only=["webcam"]).json
        assert {item["check"] for item in state["rows"] if item["running"]} <= {"webcam"}
        assert page.until(checked)["readiness"]["text"]
        assert page.do("check", only=["firewall"]).json["problem"] == "not_in_plan"


def timeless(state: Any) -> Any:
    """A state without what grows from one look to the next."""
    return {**state, "age_seconds": None, "fresh_seconds": None}


def test_a_reload_and_a_second_tab_see_the_same(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("answer", check="private_room", answer=True)
        one, other = page.state(), page.state()
        assert timeless(one) == timeless(other)
        assert one["questions"][0]["answer"] is True


def test_news_are_waited_for_and_the_language_changes_without_losing_anything(
    tmp_path: Path,
) -> None:
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address, poll_seconds=0.05) as page,
    ):
        before = check_all(page, code=CODE)
        same = page.ask("GET", f"/api/state?since={before['seq']}").json
        assert timeless(same) == timeless(before)
        after = page.do("language", language="en").json
        assert after["seq"] > before["seq"]
        assert row(after, "os_support")["label"].startswith("Operating system")
        assert [item["verdict"] for item in after["rows"]] == [
            item["verdict"] for item in before["rows"]
        ]
        assert page.ask("GET", "/api/words").json["phrases"]["yes"] == "yes"


def test_only_what_is_asked_can_be_answered(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        assert page.do("answer", check="private_room", answer=True).json["problem"] == (
            "nothing_started"
        )
        check_all(page, code=CODE)
        for check in ("webcam", "terms_consent", "network_trust"):
            assert page.do("answer", check=check, answer=True).json["problem"] == "not_asked"


def test_what_the_page_measured_counts_until_the_check_is_done_again(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        probed = row(check_all(page, code=CODE), "webcam")
        state = page.do("measured", check="webcam", outcome="seen").json
        assert row(state, "webcam")["reason"] == "seen"
        assert row(state, "webcam")["verdict"] == "pass"
        draft = json.loads(page.do("draft").json["draft"]["json"])
        assert {"check": "webcam", "verdict": "pass", "reason": "seen"} in draft["findings"]
        page.do("check", only=["webcam"])
        assert row(page.until(checked), "webcam")["reason"] == probed["reason"]


def test_a_trial_that_changes_nothing_leaves_what_was_sent_as_it_is(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("measured", check="webcam", outcome="seen")
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        sent = page.until(settled)["delivery"]
        assert page.do("measured", check="webcam", outcome="browser_denied").status == 200
        assert page.state()["delivery"] == sent


@pytest.mark.parametrize(
    ("check", "outcome"),
    [
        ("webcam", "present"),
        ("webcam", "heard"),
        ("microphone", "seen"),
        ("firewall", "on"),
        ("os_support", "seen"),
        ("webcam", ""),
    ],
)
def test_the_page_can_report_no_more_than_it_can_measure(
    tmp_path: Path, check: str, outcome: str
) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        page.do("start", code=CODE)
        page.until(planned)
        refused = page.do("measured", check=check, outcome=outcome)
        assert (refused.status, refused.json["problem"]) == (422, "not_measured_here")


def test_the_end_is_told_to_every_page(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        assert page.do("quit").json["phase"] == "ended"
        assert page.server.flow.ended.is_set()
        assert page.state()["phase"] == "ended"


def test_an_earlier_report_that_is_refused_for_good_is_said_to_be(tmp_path: Path) -> None:
    first: list[str] = []

    def on_report(asked: Asked) -> Answer:
        report_id = str(decode_report(asked.body).report_id)
        if not first:
            first.append(report_id)
            return Answer(500)
        if report_id == first[0]:
            return Answer(409, problem_json("other-policy", 409))
        return receipt_for(asked)

    with running(an_office(on_report)) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        assert page.until(settled)["refused_earlier"] == 0
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        state = page.until(lambda state: settled(state) and state["waiting"] == 0)
        assert (state["delivery"]["state"], state["refused_earlier"]) == ("sent", 1)
