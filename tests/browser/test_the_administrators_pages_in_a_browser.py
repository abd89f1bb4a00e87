"""An office's administrator and the system's with a real browser: their main paths, and for all
eyes."""

import re

import pytest
from playwright.sync_api import Page

from precheck.contract.reasons import Antivirus, Firewall
from tests.browser.conftest import Place
from tests.browser.visit import Visit
from tests.endpoint.scene import OFFICE, at, new_code, report, send

OWN = f"staff/offices/{OFFICE}/"


@pytest.fixture(scope="module")
def checked(place: Place) -> None:
    """Some were checked; three of them have no firewall, one could not be read."""
    for hour, changes in enumerate(
        ((), (Firewall.OFF,), (Firewall.OFF,), (Firewall.OFF,), (Antivirus.OFF,), ()), 9
    ):
        code = new_code(place.folder, when=at(hour))
        assert send(place.address, code, report(*changes)).status_code == 201


def test_somebody_is_added_gets_a_password_and_has_to_change_it(visit: Visit, place: Place) -> None:
    page = visit.sign_in("administrator")
    page.get_by_role("link", name="管理").click()
    visit.looked_at("administration-office")
    page.locator(".tabs").get_by_role("link", name="職員").click()
    page.locator("#id_name").fill("administrator")
    page.keyboard.press("Enter")
    page.wait_for_selector(".errorlist")
    visit.looked_at_as_it_is("administration-staff-wrong")
    page.locator("#id_name").fill("midori")
    page.keyboard.press("Enter")
    page.wait_for_selector("code.secret")
    visit.looked_at("administration-member")
    password = page.locator("code.secret").inner_text()
    page.get_by_role("link", name="職員の一覧へ").click()
    visit.looked_at("administration-staff")
    page.locator(".tools form button").click()
    _sign_in(page, "midori", password)
    page.wait_for_selector("#id_old")
    visit.looked_at("password-must-change")
    page.locator("#id_old").fill(password)
    page.locator("#id_new").fill("a password of my own")
    page.locator("#id_again").fill("a password of my own!")
    page.keyboard.press("Enter")
    page.wait_for_selector(".errorlist")
    visit.looked_at_as_it_is("password-wrong")
    page.locator("#id_old").fill(password)
    page.locator("#id_new").fill("a password of my own")
    page.locator("#id_again").fill("a password of my own")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.success")
    visit.looked_at_as_it_is("password-changed")
    page.locator("main a").click()
    page.wait_for_selector("h1:has-text('相談の予約')")


def test_the_last_administrator_stays(visit: Visit) -> None:
    page = visit.sign_in("administrator")
    visit.open(f"{OWN}staff/")
    page.locator("tbody").get_by_role("link", name="administrator").click()
    page.get_by_role("link", name="職員から外す").click()
    visit.looked_at("administration-sure")
    page.get_by_role("button", name="職員から外す").click()
    page.wait_for_selector(".banner.error")
    visit.looked_at("administration-last")


def test_another_policy_is_looked_at_before_it_counts(visit: Visit, checked: None) -> None:
    page = visit.sign_in("administrator")
    visit.open(f"{OWN}policy/")
    visit.looked_at("policy")
    page.get_by_role("link", name="新しい版を作る").click()
    visit.looked_at("policy-new")
    text = page.locator("#id_text").input_value()
    page.locator("#id_text").fill(text.replace('defender = "accept"', 'defendr = "accept"'))
    page.get_by_role("button", name="何が変わるかを見る").click()
    page.wait_for_selector("#wrong")
    assert "defendr" in page.locator("#wrong").inner_text()
    visit.looked_at_as_it_is("policy-wrong")
    other = re.sub(r"(?s)(\[checks.firewall\]\nlevel = )\"required\"", r'\1"advised"', text)
    other = other.replace("definitions_limit = 7", "definitions_limit = 5")
    page.locator("#id_text").fill(other)
    page.get_by_role("button", name="何が変わるかを見る").click()
    page.wait_for_selector("#starts_on")
    page.locator("summary").click()
    visit.looked_at_as_it_is("policy-preview")
    page.get_by_role("button", name="直す").click()
    assert "definitions_limit = 5" in page.locator("#id_text").input_value()
    page.get_by_role("button", name="何が変わるかを見る").click()
    page.wait_for_selector("#starts_on")
    cells = page.locator("table:not(.cards) tbody tr").nth(2).inner_text().split()
    assert cells[-3:] == ["3", "0", "1"], "three would be ready that are not"
    page.get_by_role("button", name="この版にする").click()
    page.wait_for_selector(".banner.success")
    visit.looked_at("policy-in-force")
    assert page.locator("tbody tr").count() == 2
    page.locator("tbody a").nth(1).click()
    page.get_by_role("button", name="この版に戻す").click()
    page.wait_for_selector("#starts_on")
    visit.looked_at_as_it_is("policy-back")
    page.locator("#starts_on").evaluate("each => { each.value = each.max }")
    page.get_by_role("button", name="この版にする").click()
    page.wait_for_selector("button.danger")
    visit.looked_at("policy-planned")
    page.locator("tbody a").nth(1).click()
    visit.looked_at("policy-version")
    visit.open(f"{OWN}policy/")
    page.locator("button.danger").click()
    page.wait_for_selector(".banner.success")


def test_consent_figures_and_the_audit_log_are_for_everybody(visit: Visit, checked: None) -> None:
    page = visit.sign_in("administrator")
    visit.open(f"{OWN}terms/")
    visit.looked_at("terms")
    page.locator("tbody a").click()
    visit.looked_at("consents")
    assert page.locator("tbody tr").count() == 6
    visit.open(f"{OWN}figures/")
    visit.looked_at("figures")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSVで保存する").click()
    assert ",3,firewall off" in saved.value.path().read_text("utf-8-sig")
    visit.open("staff/audit/")
    visit.looked_at("audit")
    page.locator("#action").select_option("signed_in")
    page.get_by_role("button", name="しぼりこむ").click()
    assert set(page.locator("tbody td:nth-child(3)").all_inner_texts()) == {"ログイン"}


def test_an_office_keeps_its_records_for_another_number_of_days(
    visit: Visit, checked: None
) -> None:
    page = visit.sign_in("administrator")
    visit.open(OWN)
    page.locator("#id_days").fill("45")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.success")
    assert page.locator("#id_days").input_value() == "45"


def test_the_administrator_of_the_system_adds_an_office_and_sees_how_requests_arrive(
    visit: Visit,
) -> None:
    page = visit.sign_in("system")
    visit.open("staff/system/staff/")
    visit.looked_at("system-staff")
    visit.open("staff/offices/")
    visit.looked_at("administration-offices")
    visit.open("staff/system/offices/new")
    visit.looked_at("office-new")
    page.locator("#id_shipped").select_option("nagasaki")
    page.get_by_role("button", name="追加する").click()
    page.wait_for_selector(".banner.success")
    visit.open("staff/system/doctor")
    visit.looked_at("doctor")
    page.get_by_role("button", name="フォームの送信も試す").click()
    assert visit.address.rstrip("/") in page.locator("dl").inner_text()


def _sign_in(page: Page, name: str, password: str) -> None:
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(password)
    page.keyboard.press("Enter")
