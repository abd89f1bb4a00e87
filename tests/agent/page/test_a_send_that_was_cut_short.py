"""The program is killed in the middle of sending: what the person consented to still goes, and as
the same report, however much of it had arrived."""

import http.client
import subprocess
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from precheck.agent.outbox import Outbox
from precheck.contract.report import decode_report
from tests.agent.page.served import Page
from tests.agent.page.test_from_code_to_receipt import (
    CODE,
    an_office,
    check_all,
    receipt_for,
    settled,
)
from tests.agent.page.test_the_page_as_a_program import (
    QUIETLY,
    enter,
    folder_in,
    printed,
    started,
)
from tests.agent.stand_in_endpoint import Answer, Asked, running


def page_of(process: "subprocess.Popen[str]", home: Path) -> Page:
    port, ticket = printed(process)
    server = SimpleNamespace(port=port, entrance=SimpleNamespace(secret=enter(port, ticket)))
    return Page(cast(Any, server), Outbox(folder_in(home).parent / "outbox"))


def test_a_program_that_dies_while_it_sends_sends_the_same_report_later(tmp_path: Path) -> None:
    sending: list[subprocess.Popen[str]] = []

    def on_report(asked: Asked) -> Answer:
        while sending:
            dying = sending.pop()
            dying.kill()
            dying.wait()
        return receipt_for(asked)

    with running(an_office(on_report)) as office:
        given = (*QUIETLY, "--endpoint", office.address)
        with started(tmp_path, *given) as process:
            page = page_of(process, tmp_path)
            check_all(page, code=CODE)
            shown = page.do("draft").json["draft"]
            sending.append(process)
            # It may die before it answers its page.
            with suppress(OSError, http.client.HTTPException):
                page.do("send", report_id=shown["report_id"])
            assert process.wait(timeout=30) != 0
        with started(tmp_path, *given) as process:
            page = page_of(process, tmp_path)
            assert page.state()["waiting"] == 1
            check_all(page, code=CODE)
            again = page.do("draft").json["draft"]["report_id"]
            page.do("send", report_id=again)
            page.until(lambda state: settled(state) and state["waiting"] == 0)
        posted = [asked.body for asked in office.asked if asked.method == "POST"]
    cut_short, later, new = posted
    assert cut_short == later == shown["json"].encode()
    assert str(decode_report(new).report_id) == again
    assert list(page.outbox.waiting()) == []
