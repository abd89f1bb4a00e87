"""The list of a day in a real browser: it follows what happens and leaves everything else alone,
and a counsellor gets from it to an appointment and through it by the keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from precheck.contract.reasons import Antivirus
from tests.browser.conftest import PASSWORD, Place
from tests.browser.visit import Visit
from tests.endpoint.scene import (
    DAY,
    OFFICE,
    at,
    done,
    new_code,
    query,
    report,
    send,
)

LIST = f"staff/appointments/?date={DAY}"
OFTEN = 5_000
"""Milliseconds after which what has happened is asked for, at the latest."""
WITHIN = 20_000
"""Milliseconds after which a busy machine, too, has shown it."""


@pytest.fixture
def codes(place: Place) -> Iterator[dict[str, str]]:
    """A day of its own with two appointments, K-1 and K-2: their codes."""
    found = {
        name: done(
            place.folder,
            *("appointment", "add", "--office", OFFICE, "--at", at(hour), "--reference", name),
        )
        for hour, name in ((10, "K-1"), (14, "K-2"))
    }
    yield found
    for table in ("statechange", "reportrecord", "appointment"):
        query(place.folder, f"DELETE FROM store_{table}")  # noqa: S608 - names from above


def line(page: Page, name: str) -> str:
    return page.locator("tbody tr", has_text=name).inner_text()


def test_a_report_stands_on_the_page_within_seconds_and_nothing_else_moves(
    visit: Visit, place: Place, codes: dict[str, str]
) -> None:
    for hour in range(20):
        new_code(place.folder, when=at(8 + hour // 2, 30 * (hour % 2)))
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.set_viewport_size({"width": 1280, "height": 500})
    link = page.locator("tbody tr", has_text="K-2").locator("a")
    link.focus()
    page.evaluate(
        """() => {
          const cells = [...document.querySelectorAll("tbody td")];
          getSelection().selectAllChildren(cells.find((each) => each.textContent === "K-1"));
          window.kept = document.activeElement;
          window.nodes = [...document.querySelectorAll("tbody tr")];
        }"""
    )
    before = page.evaluate("scrollY")
    assert before > 0

    assert send(place.address, codes["K-1"], report(Antivirus.OFF)).status_code == 201
    changed = page.locator("tbody tr", has_text="K-1").locator(".chip.not_ready")
    expect(changed).to_have_count(1, timeout=WITHIN)

    assert page.evaluate("document.activeElement === window.kept")
    assert page.evaluate("document.activeElement.closest('tr').textContent.includes('K-2')")
    assert page.evaluate("String(getSelection())") == "K-1"
    assert page.evaluate("scrollY") == before
    assert page.evaluate("window.nodes.every((each) => each.isConnected)")
    heard = page.locator("#heard").inner_text()
    assert "K-1" in heard
    assert "利用規約に合っていません" in heard
    assert "K-2" not in heard


def test_an_appointment_that_comes_stands_in_its_place_and_one_that_goes_takes_only_itself(
    visit: Visit, place: Place, codes: dict[str, str]
) -> None:
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.locator("tbody tr", has_text="K-2").locator("a").focus()
    done(
        place.folder,
        *("appointment", "add", "--office", OFFICE, "--at", at(11), "--reference", "K-3"),
    )
    expect(page.locator("tbody tr")).to_have_count(3, timeout=WITHIN)
    assert re.findall(r"K-\d", page.locator("tbody").inner_text()) == ["K-1", "K-3", "K-2"]
    query(place.folder, "DELETE FROM store_appointment WHERE reference = 'K-1'")
    expect(page.locator("tbody tr")).to_have_count(2, timeout=WITHIN)
    assert page.evaluate("document.activeElement.closest('tr').textContent.includes('K-2')")
    query(place.folder, "DELETE FROM store_appointment")
    expect(page.locator("#rows .empty")).to_have_count(1, timeout=WITHIN)
    assert page.evaluate("document.activeElement.id") == "rows", "focus is not lost"


def test_who_looks_for_an_appointment_sees_it_alone_and_tells_nobody(
    visit: Visit, place: Place, codes: dict[str, str]
) -> None:
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    shown = page.locator("tbody tr:visible")
    page.locator("#text").fill("k-2")
    expect(shown).to_have_count(1)
    assert "K-2" in shown.inner_text()
    assert page.locator("#found").inner_text() == "2件のうち1件を表示しています。"
    page.keyboard.press("Enter")
    visit.width(320)
    expect(shown).to_have_count(1)
    visit.width(1280)
    page.locator("#text").fill(codes["K-1"][-4:])
    expect(shown).to_have_count(1)
    assert "K-1" in shown.inner_text()
    page.locator("#text").fill("nobody")
    expect(shown).to_have_count(0)
    assert page.locator("#found").inner_text() == "当てはまる予約はありません。"
    page.locator("#text").fill("")
    expect(shown).to_have_count(2)
    assert page.locator("#found").inner_text() == ""

    page.locator("#state").select_option("ready")
    expect(shown).to_have_count(0)
    assert send(place.address, codes["K-2"], report()).status_code == 201
    expect(shown).to_have_count(1, timeout=WITHIN)
    assert all(re.fullmatch(r"GET .*/staff/appointments/rows\?date=[\d-]+", each) for each in asked)


def test_a_list_asks_every_few_seconds_and_one_that_nobody_looks_at_does_not(
    visit: Visit, codes: dict[str, str]
) -> None:
    visit.sign_in("counsellor")
    visit.page.clock.install()
    page = visit.open(LIST)
    for _ in range(2):
        with page.expect_response("**/rows?*") as answered:
            page.clock.run_for(OFTEN)
        assert answered.value.status == 304
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.clock.run_for(600_000)
    assert asked == []
    with page.expect_response("**/rows?*"):
        page.evaluate(hide, False)


def test_a_list_follows_when_the_language_is_changed_in_another_tab(
    visit: Visit, place: Place, codes: dict[str, str]
) -> None:
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    for language, heading in (("en", "Appointments"), ("ja", "予約")):
        page.locator("#text").fill("k-2")
        other = page.context.new_page()
        other.goto(f"{place.address}{LIST}&lang={language}")
        other.close()
        expect(page.locator("html")).to_have_attribute("lang", language, timeout=WITHIN)
        expect(page.locator("h1")).to_contain_text(heading)
        expect(page.locator("#text")).to_have_value("k-2")
        expect(page.locator("tbody tr:visible")).to_have_count(1)
        page.locator("#text").fill("")
    page.goto(f"{place.address}{LIST}&lang=en")
    other = page.context.new_page()
    other.goto(f"{place.address}{LIST}&lang=ja")
    expect(page.locator("html")).to_have_attribute("lang", "ja", timeout=WITHIN)
    expect(other.locator("html")).to_have_attribute("lang", "ja")
    other.close()


def test_while_the_endpoint_is_away_the_page_says_since_when_and_goes_on_when_it_is_back(
    visit: Visit, codes: dict[str, str]
) -> None:
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.route("**/rows?*", lambda route: route.abort())
    banner = page.locator("#trouble .banner")
    expect(banner).to_have_count(1, timeout=WITHIN)
    assert re.match(r"!\s*\d\d:\d\dから、新しい状態を受け取れていません", banner.inner_text())
    visit.looked_at_as_it_is("list-away")
    page.unroute("**/rows?*")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(banner).to_have_count(0, timeout=WITHIN)


def test_who_is_signed_out_meanwhile_is_told_and_shown_the_way_back(
    visit: Visit, place: Place, codes: dict[str, str]
) -> None:
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    query(place.folder, "DELETE FROM django_session")
    banner = page.locator("#trouble .banner")
    expect(banner).to_have_count(1, timeout=WITHIN)
    banner.locator("a").click()
    page.wait_for_selector("#id_username")
    page.locator("#id_username").fill("counsellor")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows")
    assert f"date={DAY}" in page.url


def test_the_list_is_for_everybody(visit: Visit, place: Place, codes: dict[str, str]) -> None:
    assert send(place.address, codes["K-1"], report(Antivirus.OFF)).status_code == 201
    visit.sign_in("counsellor")
    visit.open(LIST)
    visit.looked_at("live-list")
    visit.page.locator("#text").fill("K-2")
    visit.looked_at_as_it_is("live-list-found")


def tab_to(page: Page, selector: str) -> None:
    """Go on by the Tab key to an element."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached")


def test_a_counsellor_goes_all_the_way_by_the_keyboard(
    visit: Visit, place: Place, codes: dict[str, str]
) -> None:
    """From the list to what was found for K-1, which is accepted, noted, and done by telephone."""
    assert send(place.address, codes["K-1"], report(Antivirus.OFF)).status_code == 201
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    tab_to(page, "#text")
    page.keyboard.type("k-1")
    tab_to(page, "td.way a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#waivers")

    tab_to(page, "#waivers summary")
    page.keyboard.press("Enter")
    tab_to(page, "#waivers details input[type=radio]")
    page.keyboard.press("Space")
    tab_to(page, "#waivers details button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.success")
    expect(page.locator(".verdict .chip.ready")).to_have_count(1)
    assert "職員が認めた項目：1件" in page.locator("main").inner_text()

    tab_to(page, "#notes textarea")
    page.keyboard.type("15時に電話")
    tab_to(page, "#notes form.narrow button")
    page.keyboard.press("Enter")
    expect(page.locator("#notes .lines")).to_contain_text("15時に電話")

    page.goto(page.url.split("#")[0])
    tab_to(page, "input[name=mode]")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".mode button")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[value=phone]:checked")
    tab_to(page, ".back a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows")
    expect(page.locator("tbody tr", has_text="K-1").locator(".chip.not_needed")).to_have_count(1)
    assert "電話" in line(page, "K-1")
    visit.looked_at("live-list-accepted")
