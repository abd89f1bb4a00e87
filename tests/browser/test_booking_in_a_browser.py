"""Entering appointments, and the job seeker's page, with a real browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from precheck.contract.code import parse_code
from precheck.contract.offices import load_office
from precheck.endpoint.slots import next_day
from tests.browser.conftest import PASSWORD, Place
from tests.browser.visit import Visit
from tests.endpoint.scene import DAY, OFFICE, at, done, new_code, report, send, serving, today

WORKDAY = next_day(load_office(OFFICE).terms, today())
NEW = "staff/appointments/new"


def filled(visit: Visit, at: str = "10:00") -> None:
    page = visit.open(NEW)
    page.locator("#id_date").fill(str(WORKDAY))
    page.locator("#id_time").select_option(at)
    page.locator("#id_reference").fill("K-7")


def test_an_appointment_is_booked_and_its_code_is_for_everybody(visit: Visit) -> None:
    visit.sign_in("counsellor")
    visit.open(NEW)
    visit.looked_at("booking-new")
    filled(visit)
    page = visit.page
    page.locator("main form button").last.click()
    page.wait_for_selector("#code")
    visit.looked_at("booking-code")
    link = page.locator("#link").inner_text()
    assert link.endswith("/a/#" + parse_code(page.locator("#code").inner_text()))
    page.locator("[data-copies=letter]").click()
    assert page.locator("[data-prints]").is_visible()


def test_the_slip_is_one_page_on_a4_and_on_a6(visit: Visit) -> None:
    visit.sign_in("counsellor")
    filled(visit, "13:30")
    visit.page.locator("main form button").last.click()
    visit.page.wait_for_selector("#code")
    for paper in ("A4", "A6"):
        printed = visit.page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, paper
    visit.page.emulate_media(media="print")
    assert not visit.page.locator("#letter").is_visible()
    assert visit.page.locator(".slip .digits").is_visible()


def test_a_wrong_form_says_why_and_is_for_everybody(visit: Visit) -> None:
    visit.sign_in("counsellor")
    page = visit.open(NEW)
    page.locator("#id_date").fill(str(today() - timedelta(days=2)))
    page.locator("#id_time").select_option("10:00")
    page.locator("main form button").last.click()
    page.wait_for_selector(".field.wrong")
    visit._look("booking-new-wrong")


def test_a_table_is_imported_and_every_page_of_it_is_for_everybody(visit: Visit) -> None:
    visit.sign_in("counsellor")
    visit.open("staff/appointments/import")
    visit.looked_at("import")
    page = visit.page

    def choose(rows: str) -> None:
        page.locator("#id_file").set_input_files(
            {"name": "t.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        )
        page.locator("main form button").last.click()
        page.wait_for_selector("table")

    choose(f"{WORKDAY},10:30,K-8,\n{WORKDAY},99:00,K-9,オンライン\n")
    visit.looked_at("import-wrong")
    page.locator("main a.button").click()
    page.wait_for_selector("#id_file")
    choose(f"日付,時刻,番号,方法\n{WORKDAY},10:30,K-8,\n{WORKDAY},10:45,K-9,電話\n")
    visit.looked_at("import-preview")
    page.locator("main form button").click()
    page.wait_for_selector("a[download]")
    entered = page.url
    visit.looked_at("import-entered")
    with page.expect_download() as saved:
        page.locator("a[download]").click()
    content = Path(saved.value.path()).read_text("utf-8-sig")
    assert content.count("/a/#") == 2
    page.locator("a[href$='/slips']").click()
    page.wait_for_selector(".slip")
    visit.looked_at("import-slips")
    page.emulate_media(media="print")
    assert page.locator(".slip").count() == 2
    assert not page.locator("main h1").is_visible()
    page.emulate_media(media="screen")
    page.goto(entered)
    page.reload()
    page.wait_for_selector("a[download]")
    visit.open("staff/appointments/")
    page.go_back()
    page.wait_for_selector("a[download]")


def test_tokens_are_for_everybody(visit: Visit) -> None:
    visit.sign_in("administrator")
    page = visit.open("staff/tokens/")
    page.locator("#id_name").fill("e-TUMO")
    page.locator("main form button").last.click()
    page.wait_for_selector("#token")
    visit._look("token-made")
    visit.width(320)
    visit._look("token-made-320")
    visit.open("staff/tokens/")
    visit.looked_at("tokens")


def test_another_code_and_cancelling_are_for_everybody(visit: Visit, place: Place) -> None:
    new_code(place.folder, when=at(15))
    visit.sign_in("counsellor")
    page = visit.open(f"staff/appointments/?date={DAY}")
    detail = page.locator("tbody a").first.get_attribute("href")
    assert detail
    visit.open(detail[1:] + "code")
    visit.looked_at("booking-renew")
    page.locator("main form button").click()
    page.wait_for_selector("#code")
    visit.open(detail[1:] + "cancel")
    visit.looked_at("booking-cancel")
    page.locator("main form button").click()
    page.wait_for_selector(".banner.success")
    visit.looked_at("booking-cancelled")


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "precheck-0.1.0-setup.msi").write_bytes(b"w" * 34_567_890)
    (folder / "precheck-0.1.0-x86_64.AppImage").write_bytes(b"l" * 41_000_000)
    (folder / "precheck-0.1.0.dmg").write_bytes(b"m" * 28_000_000)
    return folder


def test_the_job_seekers_page_is_for_everybody_and_keeps_the_code_to_itself(
    chromium: Browser, tmp_path: Path, downloads: Path
) -> None:
    done(tmp_path, "office", "add", OFFICE)
    code = parse_code(new_code(tmp_path))
    with (
        serving(tmp_path, PRECHECK_DOWNLOADS=str(downloads)) as (address, _),
        Visit(chromium, address, PASSWORD) as visit,
    ):
        assert send(address, code, report()).status_code == 201
        asked: list[str] = []
        visit.page.on("request", lambda request: asked.append(request.url))
        visit.open("a/")
        visit.looked_at("seeker-code")
        visit.open(f"a/?lang=ja#{code}")
        page = visit.page
        page.wait_for_selector(".given")
        assert page.evaluate("document.activeElement.tagName") == "H1"
        for language in ("ja", "en"):
            visit.speak(language)
            page.wait_for_selector(".given")
            assert code in page.url, "the switch of the language keeps the code"
            for pixels in (1280, 320):
                visit.width(pixels)
                visit._look(f"seeker-page-{language}-{pixels}")
        assert not any(code in url.partition("#")[0] for url in asked)
        visit.speak("ja")
        page.wait_for_selector(".given")
        with page.expect_download() as saved:
            page.locator("a[download]").first.click()
        assert Path(saved.value.path()).stat().st_size > 0
        page.locator("summary", has_text="結果を消す").click()
        page.locator("input[name=sure]").check()
        page.locator("button.danger").click()
        page.wait_for_selector(".banner.success")
        visit._look("seeker-deleted")
        assert code not in page.url
        visit.open("a/?again=1#1234567890")
        page.wait_for_selector(".banner.error")
        visit._look("seeker-unknown")
    log = (tmp_path / "serve.log").read_text()
    assert code not in log


def test_without_a_script_the_code_is_typed_in(chromium: Browser, place: Place) -> None:
    code = new_code(place.folder)
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    page.goto(f"{place.address}a/")
    page.locator("#code").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_selector(".given")
    assert page.url == f"{place.address}a/"
    context.close()


def test_a_telephone_is_told_to_use_a_computer(chromium: Browser, place: Place) -> None:
    code = parse_code(new_code(place.folder))
    context = chromium.new_context(
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Mobile/15E148",
        viewport={"width": 320, "height": 700},
    )
    page = context.new_page()
    page.goto(f"{place.address}a/#{code}")
    page.wait_for_selector(".given")
    assert "スマートフォンやタブレットは、チェックできません" in page.inner_text("main")
    context.close()
