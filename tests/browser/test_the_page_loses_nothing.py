"""Reload, second tab, second start, and whatever else can go away while somebody is on the page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psutil
import pytest
from playwright.sync_api import Browser, Route, expect

from precheck.agent.page.view import ProblemView
from precheck.contract.checks import MEASURED_CHECKS
from precheck.contract.code import check_digit
from precheck.contract.wording import Language
from tests.browser.composed import showing, state
from tests.browser.conftest import Place
from tests.browser.pictures import a_windows_pc
from tests.browser.seeker import Seeker, program
from tests.browser.test_a_job_seeker_gets_through_alone import (
    answer_all,
    to_the_checks,
    to_the_review,
)
from tests.endpoint.scene import OFFICE, done, new_code, report_ids, serving


@contextmanager
def opened(
    browser: Browser, home: Path, *arguments: str, **context: Any
) -> Iterator[tuple[Seeker, Any]]:
    with (
        program(home, *arguments) as (address, process),
        Seeker(browser, address, **context) as seeker,
    ):
        yield seeker, process


def test_a_reload_goes_on_where_it_was(seeker: Seeker, office: Place) -> None:
    page = seeker.page
    to_the_checks(seeker, new_code(office.folder))
    found = page.locator(".lines .found-so").all_inner_texts()
    page.reload()
    seeker.checked()
    assert page.locator(".lines .found-so").all_inner_texts() == found
    assert page.locator(".lines details[open]").count() == 1
    seeker.press("質問へ")
    answer_all(seeker)
    page.reload()
    seeker.heading("質問に答えて")
    assert page.locator("input:checked").count() == page.locator("fieldset.question").count()
    seeker.press("確認へ")
    page.locator("#consent").check()
    page.reload()
    page.locator("#consent").wait_for()
    assert not page.locator("#consent").is_checked(), "consent is given to what is looked at"


def test_a_second_start_opens_a_second_tab_of_the_same(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path, "--endpoint", office.address) as (seeker, _):
        to_the_checks(seeker, new_code(office.folder))
        with program(tmp_path, "--endpoint", office.address) as (again, second):
            assert second.wait(timeout=30) == 0
        other = seeker.tab(again)
        expect(other.locator(".overall .banner")).to_be_visible()
        seeker.press("質問へ")
        other.get_by_role("button", name="質問へ").click()
        other.locator("fieldset.question").first.get_by_label("はい", exact=True).check()
        expect(seeker.page.locator("input:checked")).to_have_count(1)
        other.get_by_role("button", name="English").click()
        seeker.heading("Please answer")


def test_an_address_that_was_used_before_lets_nobody_in(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    with program(tmp_path, "--endpoint", office.address) as (address, _):
        with Seeker(chromium, address) as first:
            first.heading("予約コードを入れてください")
        with Seeker(chromium, address) as later:
            expect(later.page.locator("#closed")).to_contain_text("もう一度開いてください")
            expect(later.page.locator("#closed")).to_contain_text("open precheck again")
            assert later.page.locator("main *").count() == 0


def test_a_code_that_the_office_does_not_know_can_be_typed_again(
    seeker: Seeker, office: Place
) -> None:
    page = seeker.page
    unknown = "000000001" + check_digit("000000001")
    page.locator("#code").fill(unknown)
    seeker.press("次へ")
    expect(page.locator("#alert .banner.error")).to_contain_text("見つかりません")
    assert page.locator("#code").input_value() == unknown
    seeker.looked_at("1-unknown-code")
    to_the_checks(seeker, new_code(office.folder))
    assert page.locator("#alert *").count() == 0


def test_when_the_office_is_away_the_report_is_kept_and_can_be_read_aloud(
    chromium: Browser, tmp_path: Path
) -> None:
    data, home = tmp_path / "office", tmp_path / "home"
    data.mkdir()
    home.mkdir()
    done(data, "office", "add", OFFICE)
    with (
        serving(data) as (address, server),
        opened(chromium, home, "--endpoint", address) as (seeker, _),
    ):
        to_the_review(seeker, new_code(data))
        server.kill()
        server.wait()
        seeker.page.locator("#consent").check()
        seeker.press("送る")
        seeker.heading("チェックは、これでおわりです")
        expect(seeker.page.locator(".banner.warning").first).to_contain_text("取ってあります")
        expect(seeker.page.locator("main .readout")).to_be_visible()
        seeker.looked_at("6-kept")
        assert report_ids(data) == []


def test_without_a_server_the_office_is_asked_for_and_the_checks_still_run(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    nobody = "http://127.0.0.1:9/"
    with opened(chromium, tmp_path, "--endpoint", nobody) as (seeker, _):
        page = seeker.page
        page.locator("#code").fill(new_code(office.folder))
        seeker.press("次へ")
        seeker.heading("ハローワークを選んでください")
        expect(page.locator("main")).to_contain_text("返事がありません")
        seeker.looked_at("1-office-away")
        assert page.locator("input[value=standard]").count() == 0, "nobody's terms"
        page.locator(f"input[value={OFFICE}]").check()
        seeker.press("このハローワークの規約を使う")
        seeker.heading("この相談のために")
        expect(page.locator("main")).to_contain_text("加古川公共職業安定所")
        page.reload()
        seeker.press("チェックを始める")
        seeker.checked()


def test_who_presses_twice_starts_and_sends_once_and_is_told_of_no_mistake(
    seeker: Seeker, office: Place
) -> None:
    page = seeker.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    def press_twice(name: str) -> None:
        button = page.get_by_role("button", name=name, exact=True)
        button.evaluate("(each) => { each.click(); each.click(); }")

    page.locator("#code").fill(new_code(office.folder))
    press_twice("次へ")
    seeker.heading("この相談のために")
    press_twice("チェックを始める")
    seeker.checked()
    seeker.press("質問へ")
    answer_all(seeker)
    seeker.press("確認へ")
    page.locator("#consent").check()
    press_twice("送る")
    seeker.heading("チェックは、これでおわりです")
    expect(page.locator(".banner.success").first).to_contain_text("に消します")
    pressed = ("/api/start", "/api/check", "/api/send")
    assert [path for path in asked if path in pressed] == [*pressed]
    assert page.locator("#alert .banner").count() == 0


def test_a_worker_that_is_killed_leaves_no_row_without_a_result(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path, "--endpoint", office.address) as (seeker, process):
        page = seeker.page
        page.locator("#code").fill(new_code(office.folder))
        seeker.press("次へ")
        seeker.press("チェックを始める")
        page.locator(".chip.open").first.wait_for()
        for child in psutil.Process(process.pid).children():
            child.kill()
        seeker.checked()
        assert page.locator(".chip.open").count() == 0
        assert page.locator(".lines > li").count() >= len(MEASURED_CHECKS) - 2


def test_when_the_program_is_gone_the_result_stays_and_it_is_said_what_to_do(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path, "--endpoint", office.address) as (seeker, process):
        to_the_checks(seeker, new_code(office.folder))
        page = seeker.page
        rows = page.locator(".lines > li").count()
        process.kill()
        expect(page.locator("#alert")).to_contain_text("もう一度開いてください", timeout=15_000)
        assert page.locator(".lines > li").count() == rows
        assert page.get_by_role("button", name="終了").count() == 0
        seeker.press("質問へ")
        seeker.heading("質問に答えて")
        page.emulate_media(media="print")
        expect(page.locator("#sheet table")).to_be_visible()


def test_a_browser_without_scripts_says_so(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path, java_script_enabled=False) as (seeker, _):
        said = seeker.page.locator("noscript p")
        expect(said.first).to_be_visible()
        expect(said.first).to_contain_text("JavaScriptをオン")
        expect(said.last).to_contain_text("turn on JavaScript")


@pytest.mark.parametrize(
    ("seconds", "said", "unsaid"),
    [
        (3, "チェック中", "このままお待ちください"),
        (12, "このままお待ちください", "もう少しかかります"),
        (31, "もう少しかかります", "このままお待ちください"),
    ],
)
def test_who_waits_long_is_told_so(
    seeker: Seeker, office: Place, seconds: int, said: str, unsaid: str
) -> None:
    """The state is the program's own, but for the seconds and one check that has not landed."""
    to_the_checks(seeker, new_code(office.folder))

    def still_checking(route: Route) -> None:
        answer = route.fetch()
        state = answer.json()
        late = {"verdict": None, "sentence": None, "remedy": None, "running": True}
        state["rows"][1] |= late
        state |= {"phase": "checking", "checking_seconds": seconds, "readiness": None}
        route.fulfill(response=answer, body=json.dumps(state))

    seeker.page.route("**/api/state", still_checking)
    seeker.page.reload()
    seeker.page.locator("#progress").wait_for()
    expect(seeker.page.locator(".progress")).to_contain_text(said)
    expect(seeker.page.locator(".progress")).not_to_contain_text(unsaid)
    expect(seeker.page.locator("#news")).to_contain_text("チェック中")


def test_a_code_that_came_with_the_program_stands_in_its_field_and_is_not_used(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    code = new_code(office.folder)
    with opened(chromium, tmp_path, "--endpoint", office.address, "--code", code) as (seeker, _):
        seeker.heading("予約コードを入れてください")
        assert seeker.page.locator("#code").input_value() == code
        seeker.press("次へ")
        seeker.heading("この相談のために")


def test_a_program_without_an_address_checks_and_says_why_it_cannot_send(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path) as (seeker, _):
        page = seeker.page
        page.get_by_text("サーバーのアドレスが届いているとき").click()
        page.locator("#code").fill(new_code(office.folder))
        seeker.looked_at("1-no-address")
        page.locator("#address").fill("http://check.example.jp")
        seeker.press("次へ")
        expect(page.locator("#alert")).to_contain_text("アドレスがちがいます")
        page.locator("#address").fill("")
        seeker.press("次へ")
        seeker.heading("ハローワークを選んでください")
        page.locator(f"input[value={OFFICE}]").check()
        seeker.press("このハローワークの規約を使う")
        seeker.press("チェックを始める")
        seeker.checked()
        seeker.press("質問へ")
        answer_all(seeker)
        seeker.press("確認へ")
        expect(page.locator("main")).to_contain_text("サーバーのアドレスがないため、送れません")
        seeker.press("送らないで進む")
        expect(page.locator("main .readout")).to_be_visible()


def test_settings_that_cannot_be_read_are_said_and_stop_nobody(
    chromium: Browser, tmp_path: Path
) -> None:
    ended = state(a_windows_pc(), Language.JA)
    problem = ProblemView(phrase="error_settings", text="precheck.toml")
    with showing(chromium, tmp_path, msgspec.structs.replace(ended, problem=problem)) as seeker:
        expect(seeker.page.locator("#alert")).to_contain_text("precheck.toml")
        seeker.press("質問へ")


def test_a_settings_screen_is_asked_for_by_its_id(chromium: Browser, tmp_path: Path) -> None:
    with showing(chromium, tmp_path, state(a_windows_pc(), Language.JA)) as seeker:
        button = seeker.row("更新").get_by_role("button", name="設定を開く")
        with seeker.page.expect_request("**/api/settings") as asked:
            button.click()
        assert asked.value.post_data_json == {"screen": "updates"}
