"""Signing in, the list and an appointment with a real browser: by keyboard, and for all eyes."""

from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser

from precheck.contract.reasons import Antivirus, Firewall, NetworkTrust
from tests.browser.conftest import PASSWORD, Place
from tests.browser.visit import Visit
from tests.endpoint.scene import DAY, OFFICE, at, done, new_code, report, send, serving

LIST = f"staff/appointments/?date={DAY}"


@pytest.fixture(scope="module")
def day(place: Place) -> None:
    """A day with appointments of every state."""
    for hour, changes in (
        (9, ()),
        (10, (Antivirus.OFF, NetworkTrust.OWE)),
        (11, (Firewall.NO_MANAGER,)),
    ):
        code = new_code(place.folder, when=at(hour))
        assert send(place.address, code, report(*changes)).status_code == 201
    done(
        place.folder, "appointment", "add", "--office", OFFICE, "--at", at(13), "--reference", "K-7"
    )


def test_the_page_to_sign_in_is_for_everybody(visit: Visit) -> None:
    visit.open("staff/login/")
    visit.looked_at("sign-in")
    visit.page.locator("#id_username").fill("nobody")
    visit.page.locator("#id_password").fill("wrong")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".banner.error")
    visit.looked_at("sign-in-again")


def test_the_list_is_for_everybody(visit: Visit, day: None) -> None:
    visit.sign_in("counsellor")
    visit.open(LIST)
    assert visit.page.locator("tbody tr").count() == 4
    visit.looked_at("list")
    assert f"date={DAY}" in visit.page.url, "the switch keeps the page"


def test_an_appointment_is_for_everybody(visit: Visit, day: None) -> None:
    visit.sign_in("counsellor")
    visit.open(LIST)
    visit.page.locator("td.way a").nth(1).click()
    visit.page.wait_for_selector(".lines")
    visit.looked_at("detail")


def test_a_page_that_is_not_there_is_for_everybody(visit: Visit) -> None:
    visit.sign_in("helpdesk")
    visit.open("staff/appointments/00000000-0000-4000-8000-000000000000/")
    visit.looked_at("not-there")


def test_somebody_with_a_keyboard_alone_changes_how_a_session_takes_place(
    visit: Visit, day: None
) -> None:
    visit.sign_in("counsellor")
    page = visit.open(LIST)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the menu, to the content
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('td.way a')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "4px"
    page.keyboard.press("Enter")
    page.wait_for_selector(".mode")
    page.locator("input[name=mode]:checked").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[value=phone]:checked")


def test_letters_twice_as_large_fit_and_colours_that_are_forced_leave_the_words(
    visit: Visit, day: None
) -> None:
    visit.sign_in("counsellor")
    visit.page.emulate_media(forced_colors="active")
    visit.open(LIST)
    visit.looked_at("list-forced-colours")
    visit.page.emulate_media(forced_colors="none")
    visit.width(640)  # what 200 % of 1280 leaves
    sticking_out = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert sticking_out <= 0


def test_setting_up_a_second_factor_is_for_everybody(chromium: Browser, tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    add = ("staff", "add", "counsellor", "--office", OFFICE, "--password-stdin")
    done(tmp_path, *add, stdin=PASSWORD)
    with (
        serving(tmp_path, PRECHECK_SECOND_FACTOR="required") as (address, _),
        Visit(chromium, address, PASSWORD) as visit,
    ):
        page = visit.sign_in("counsellor")
        visit.looked_at("second-factor")
        made = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
        page.locator("#id_code").fill(made.now())
        page.keyboard.press("Enter")
        page.wait_for_selector(".banner.success")
        visit.looked_at("second-factor-stands")
        page.locator("form button.quiet").click()
        page.locator("#id_username").fill("counsellor")
        page.locator("#id_password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#id_code")
        visit.looked_at("second-factor-code")
