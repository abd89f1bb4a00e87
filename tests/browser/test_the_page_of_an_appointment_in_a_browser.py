"""The page of an appointment with all that staff do on it, in a real browser."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from precheck.contract.reasons import Antivirus, Firewall
from precheck.endpoint.tokyo import day_of
from tests.browser.conftest import Place
from tests.browser.visit import Visit
from tests.endpoint.scene import DAY, at, digits_read_out, new_code, query, report, send

LIST = f"staff/appointments/?date={DAY}"


def test_a_result_is_heard_accepted_and_noted(visit: Visit, place: Place) -> None:
    code = new_code(place.folder, when=at(10))
    sent = report(Antivirus.OFF)
    assert send(place.address, code, sent).status_code == 201
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.locator("td.way a").click()
    page.wait_for_selector("#readout")

    page.locator("#readout_digits").fill("1234")
    page.locator("#readout button").click()
    page.wait_for_selector("#readout_digits_error")
    visit.looked_at_as_it_is("appointment-readout-refused")
    digits = digits_read_out(code, Antivirus.OFF, Firewall.OFF)
    page.locator("#readout_digits").fill(digits)
    page.keyboard.press("Enter")
    page.wait_for_selector("#readout .banner.warning")
    visit.looked_at_as_it_is("appointment-readout-asked")
    page.locator("#readout_digits").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#readout .banner.warning")
    page.locator("#readout_later_0").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.success")
    assert digits not in page.url

    page.locator("#waivers summary").first.click()
    page.locator("#waivers details[open] input[value=told]").check()
    page.locator("#waivers details[open] button").click()
    page.wait_for_selector("#waivers .lines")
    page.locator("#note_text").fill("15時に\n折り返し電話する")
    page.locator("#notes form.narrow button").click()
    page.wait_for_selector("#notes .lines")
    page.locator("#waivers summary").first.click()
    visit.looked_at("appointment-with-all")
    page.locator("#notes .lines button").click()
    page.wait_for_selector("#notes .empty")
    page.locator("#waivers .lines button").click()
    expect(page.locator("#waivers summary")).to_have_count(2)
    visit.looked_at("appointment-withdrawn")


def test_what_leaves_nothing_to_do_is_opened_by_the_keyboard_and_by_the_printer(
    visit: Visit, place: Place
) -> None:
    code = new_code(place.folder, when=at(16))
    assert send(place.address, code, report(Antivirus.OFF)).status_code == 201
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.locator("tr", has_text="16:00").locator("td.way a").click()
    page.wait_for_selector("#run")
    folded = page.locator("#run .passed .lines li").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible(), "on paper there is nothing to open"
    assert not page.locator("#waivers").is_visible(), "nothing is accepted, and nothing can be here"
    page.emulate_media(media="screen")
    assert not folded.is_visible()
    tabbed_to(page, "#run .passed summary")
    page.keyboard.press("Enter")
    assert folded.is_visible()
    visit.looked_at_as_it_is("appointment-passed-open")


def test_the_page_is_right_in_each_state(visit: Visit, place: Place) -> None:
    """Nothing checked, in order, not in order with much that could not be read, and late."""
    visit.sign_in("counsellor")
    now = datetime.now(UTC)
    for hour, name, body in (
        (9, "unchecked", None),
        (11, "ready", report()),
        (13, "unknowns", report(Firewall.NO_MANAGER, Antivirus.OFF, room=False)),
        (14, "stale", report(finished_at=now - timedelta(days=9))),
    ):
        code = new_code(place.folder, when=at(hour))
        if body is not None:
            assert send(place.address, code, body).status_code == 201
        page = visit.open(LIST)
        page.locator("tr", has_text=f"{hour}:00").locator("td.way a").click()
        page.wait_for_selector("#readout")
        visit.looked_at(f"appointment-{name}")
    # Entered for later, and then begun: a quarter of an hour ago may have been another day.
    new_code(place.folder, when=at(17))
    begun = now - timedelta(minutes=15)
    query(
        place.folder,
        f"UPDATE store_appointment SET starts_at = '{begun}'"  # noqa: S608 - a moment of our own
        " WHERE starts_at = (SELECT max(starts_at) FROM store_appointment)",
    )
    visit.open(f"staff/appointments/?date={day_of(begun)}")
    page.locator("td.way a").click()
    page.wait_for_selector(".banner.warning")
    page.locator("input[value=phone]").check()
    page.locator("form.mode button").click()
    expect(page.locator(".banner.warning")).to_have_count(0)
    visit.looked_at("appointment-phone")


def test_a_counsellor_gets_through_the_page_by_the_keyboard(visit: Visit, place: Place) -> None:
    code = new_code(place.folder, when=at(15))
    assert send(place.address, code, report(Antivirus.OFF)).status_code == 201
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.locator("tr", has_text="15:00").locator("td.way a").press("Enter")
    page.wait_for_selector("#readout")
    tabbed_to(page, "#waivers summary")
    page.keyboard.press("Enter")
    tabbed_to(page, "#waivers input[type=radio]")
    page.keyboard.press("Space")
    tabbed_to(page, "#waivers button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.success")
    tabbed_to(page, "nav a[href='#notes']")
    page.keyboard.press("Enter")
    tabbed_to(page, "#note_text")
    page.keyboard.type("15時に折り返す")
    tabbed_to(page, "#notes form.narrow button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notes .lines")


def tabbed_to(page: Page, selector: str) -> None:
    """Press Tab until what `selector` names has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"no way by the keyboard to {selector}")
