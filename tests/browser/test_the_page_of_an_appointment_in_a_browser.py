"""The page of an appointment with all that staff do on it, in a real browser."""

from precheck.contract.reasons import Antivirus, Firewall
from tests.browser.conftest import Place
from tests.browser.visit import Visit
from tests.endpoint.scene import DAY, at, digits_read_out, new_code, report, send

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
    page.wait_for_function("document.querySelectorAll('#waivers summary').length == 2")
