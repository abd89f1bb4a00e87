"""A second start with another code: taken over at once where nothing would be lost, else asked."""

from pathlib import Path
from typing import Any

import pytest

from tests.agent.page.served import Page, served
from tests.agent.page.test_from_code_to_receipt import an_office, check_all, planned, settled
from tests.agent.page.test_the_page_as_a_program import QUIETLY, enter, get, printed, started
from tests.agent.reports import CODE
from tests.agent.stand_in_endpoint import running

OTHER = "1111111110"
ELSEWHERE = "https://elsewhere.example.jp"


def as_it_began(page: Page, given: str | None = None) -> bool:
    state = page.state()
    assert state["phase"] == "code"
    assert state["offered"] is None
    return bool(state["given_code"] == given)


def test_before_anything_is_under_way_it_stands_in_the_field_at_once(tmp_path: Path) -> None:
    with served(tmp_path, endpoint="https://check.example.jp") as page:
        assert as_it_began(page)
        assert page.started_again(code="111 111 1110").status == 200
        assert as_it_began(page, OTHER)
        assert page.state()["endpoint"] == "https://check.example.jp"
        page.started_again(code=OTHER, endpoint=ELSEWHERE)
        assert page.state()["endpoint"] == ELSEWHERE


def test_a_plan_alone_is_nothing_that_could_be_lost(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        page.do("start", code=CODE)
        page.until(planned)
        page.started_again(code=OTHER)
        assert as_it_began(page, OTHER)


@pytest.mark.parametrize("became", ["found", "declined"])
def test_while_something_is_under_way_the_person_is_asked(tmp_path: Path, became: str) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        if became == "declined":
            page.do("decline")
        page.started_again(code=OTHER)
        state = page.state()
        assert state["offered"] == OTHER
        assert (state["phase"], state["plan"]["code"]) == ("checked", CODE)
        state = page.do("stay").json
        assert state["offered"] is None
        assert state["readiness"] is not None
        assert page.do("take_over").json["problem"] == "nothing_offered"
        page.started_again(code=OTHER)
        assert page.do("take_over").status == 200
        assert as_it_began(page, OTHER)


def test_once_a_report_has_arrived_nothing_is_asked(tmp_path: Path) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        check_all(page, code=CODE)
        page.do("send", report_id=page.do("draft").json["draft"]["report_id"])
        assert page.until(settled)["delivery"]["state"] == "sent"
        page.started_again(code=OTHER)
        assert as_it_began(page, OTHER)


@pytest.mark.parametrize(
    "came_with",
    [{}, {"code": CODE}, {"code": "111 111 1111"}, {"code": OTHER, "endpoint": "http://evil.test"}],
)
def test_the_same_code_none_and_rubbish_change_nothing(
    tmp_path: Path, came_with: dict[str, Any]
) -> None:
    with running(an_office()) as office, served(tmp_path, endpoint=office.address) as page:
        found = check_all(page, code=CODE)
        assert page.started_again(**came_with).status == 200
        state = page.state()
        assert state["offered"] is None
        assert state["rows"] == found["rows"]


def test_nobody_else_can_bring_a_code(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        answer = page.ask("POST", "/api/open", b'{"code": "1111111110"}')
        assert answer.status == 401
        assert page.started_again(code=OTHER, more=1).status == 400
        assert as_it_began(page)


def test_so_it_is_between_two_programs(tmp_path: Path) -> None:
    with started(tmp_path, *QUIETLY) as first:
        port, ticket = printed(first)
        secret = enter(port, ticket)
        with started(tmp_path, *QUIETLY, "--code", "111 111 1110") as second:
            assert printed(second)[0] == port
            assert second.wait(timeout=30) == 0
        assert get(port, "/api/state", X_Precheck_Session=secret)["given_code"] == OTHER
