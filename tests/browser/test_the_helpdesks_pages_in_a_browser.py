"""The helpdesk's pages with a real browser: who is stuck, how it went, what a device answered."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from precheck.contract.reasons import (
    Antivirus,
    Firewall,
    NetworkTrust,
    Reason,
    SecurityUpdates,
    Webcam,
)
from tests.browser.conftest import Place
from tests.browser.visit import Visit
from tests.endpoint.scene import (
    DAY,
    OFFICE,
    RECORDING,
    at,
    done,
    new_code,
    query,
    report,
    send,
    today,
)

WITHIN = 15_000
"""Milliseconds in which what is new stands on the page."""
_RUNS = ((1, 4), (2, 7), (3, 1), (5, 12), (6, 9), (9, 3), (13, 6))
"""Days ago, and how many runs there were."""


@pytest.fixture(scope="module")
def stuck(place: Place) -> str:
    """A day with people who are stuck on several things, two weeks of numbers, and one recording;
    the code of its appointment."""
    checked: tuple[tuple[int, tuple[Reason, ...], dict[str, Any]], ...] = (
        (9, (Antivirus.OFF, Firewall.OFF), {}),
        (10, (Antivirus.OFF,), {"os_family": "macos"}),
        (11, (SecurityUpdates.PENDING_OLD, Webcam.NONE, NetworkTrust.OPEN), {}),
        (12, (Firewall.NO_MANAGER,), {"os_family": "linux"}),
        (14, (), {}),
    )
    for hour, changes, fields in checked:
        code = new_code(place.folder, when=at(hour))
        assert send(place.address, code, report(*changes, **fields)).status_code == 201
    new_code(place.folder, when=at(13))
    for back, runs in _RUNS:
        day = today() - timedelta(days=back)
        for subject, name, share in (
            ("readiness", "ready", runs),
            ("readiness", "attention", runs // 3),
            ("readiness", "not_ready", runs // 2),
            ("check", "antivirus", runs // 2),
            ("check", "security_updates", runs // 3),
        ):
            if share:
                query(
                    place.folder,
                    "INSERT INTO store_dailycount (day, office_id, subject, name, runs)"  # noqa: S608
                    f" VALUES ('{day}', '{OFFICE}', '{subject}', '{name}', {share})",
                )
    code = new_code(place.folder, when=at(15))
    body = report(Antivirus.OFF)
    assert send(place.address, code, body).status_code == 201
    recording = json.loads(RECORDING.read_bytes())
    message = {
        "report_id": body["report_id"],
        "recording": recording,
        "asked": {"os_support": [0, 1], "security_updates": [1, 2, 3, 4], "antivirus": [5, 6]},
    }
    sent = requests.post(
        f"{place.address}api/v1/recordings",
        json=message,
        headers={"Authorization": f"Appointment {code}"},
        timeout=30,
    )
    assert sent.status_code == 201, sent.text
    return code


def test_who_is_stuck_is_for_everybody(visit: Visit, stuck: str) -> None:
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/")
    assert page.locator("#people tbody tr").count() == 6
    page.locator(".blocks summary").first.click()
    visit.looked_at("helpdesk-triage")


def test_from_a_reason_by_keyboard_to_the_appointment(visit: Visit, stuck: str) -> None:
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/")
    page.locator(".blocks td.way a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".only")
    assert page.locator("#people tbody tr").count() == 3
    visit.looked_at("helpdesk-triage-antivirus")
    page.locator("#system").select_option("macos")
    page.locator(".filters button").click()
    expect(page.locator("#people tbody tr")).to_have_count(1)
    page.locator("#people td.way a").click()
    page.wait_for_selector(".lines")
    page.go_back()
    expect(page.locator("#people tbody tr")).to_have_count(1)


def test_nobody_who_is_stuck_is_for_everybody(visit: Visit, stuck: str) -> None:
    visit.sign_in("helpdesk")
    visit.open("staff/helpdesk/?within=hour&system=linux")
    visit.looked_at("helpdesk-triage-nobody")


CHARTS_BY_ROW = """
() => {
  const rows = {};
  const items = Array.from(document.querySelectorAll(".small-charts > li"));
  items[0].querySelector("h3").prepend("長い名前のチェック".repeat(6));
  for (const item of items) {
    const top = item.getBoundingClientRect().top;
    (rows[top] ??= []).push(item.querySelector("svg").getBoundingClientRect().top);
  }
  items[0].querySelector("h3").firstChild.remove();
  return rows;
}
"""
"""Where the charts of each row begin, one of them under a name of several lines."""


def test_the_last_two_weeks_are_for_everybody(visit: Visit, stuck: str) -> None:
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/trend/")
    assert page.locator("svg.chart[role=img]").count() == 6
    rows = page.evaluate(CHARTS_BY_ROW)
    assert max(len(tops) for tops in rows.values()) > 1, "some stand beside each other"
    assert all(max(tops) - min(tops) < 1 for tops in rows.values())
    for summary in page.locator("summary").all():
        summary.click()
    visit.looked_at("helpdesk-trend")
    page.emulate_media(forced_colors="active")
    visit.looked_at("helpdesk-trend-forced-colours")
    page.emulate_media(forced_colors="none", media="print")
    assert page.locator("svg.chart").first.is_visible()
    assert not page.locator("nav.menu").is_visible()


def test_a_recording_is_for_everybody_and_is_searched_by_keyboard(visit: Visit, stuck: str) -> None:
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/recordings/")
    visit.looked_at("helpdesk-recordings")
    page.locator("td.way a").first.click()
    page.wait_for_selector(".recorded", state="attached")
    page.locator("details.answers summary").first.click()
    visit.looked_at("helpdesk-recording")
    page.locator("#wanted").fill("CurrentVersion")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert "CurrentVersion" not in page.url
    visit.looked_at("helpdesk-recording-search")


def test_a_recording_is_saved_as_the_file_that_the_checker_takes(visit: Visit, stuck: str) -> None:
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/recordings/")
    page.locator("td.way a").first.click()
    page.wait_for_selector(".recorded", state="attached")
    with page.expect_download() as download:
        page.locator("form[action$=file] button").click()
    saved = json.loads(download.value.path().read_bytes())
    assert saved == json.loads(RECORDING.read_bytes())


def test_finding_somebody_on_the_phone_is_for_everybody(
    visit: Visit, stuck: str, place: Place
) -> None:
    done(place.folder, "appointment", "add", "--office", OFFICE, "--at", at(15))
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/readout/")
    page.locator("#id_tail").fill("12")
    page.locator("main form button").click()
    page.wait_for_selector(".banner.error")
    visit.looked_at("helpdesk-readout-again")
    page = visit.open("staff/helpdesk/readout/")
    visit.looked_at("helpdesk-readout")
    page.locator("#id_day").fill(str(DAY))
    page.locator("#id_time").fill("15:00")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr")
    assert page.locator("tbody tr").count() == 2
    visit.looked_at("helpdesk-readout-found")
    page.locator("#id_day").fill(str(DAY))
    page.locator("#id_time").fill("15:00")
    page.locator("#id_tail").fill(stuck[-4:])
    page.locator("main form button").click()
    page.wait_for_selector(".verdict")
    assert stuck[-4:] not in page.url


def test_who_is_stuck_is_kept_up_to_date_and_what_was_opened_stays(
    visit: Visit, stuck: str, place: Place
) -> None:
    visit.sign_in("helpdesk")
    page = visit.open("staff/helpdesk/")
    expect(page.locator("#as-of")).to_contain_text("自動")
    more = page.locator("#people tbody tr").count() + 1
    page.locator("#people td.way a").first.focus()
    page.locator(".blocks summary").first.click()
    page.locator("#people td.way a").first.focus()
    page.locator("#system").select_option("macos")  # chosen and not yet asked for
    page.evaluate(
        "document.activeElement.closest('tr').kept = document.querySelector('details').kept = true"
    )
    code = new_code(place.folder, when=at(16))
    assert send(place.address, code, report(Firewall.OFF)).status_code == 201
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#people tbody tr")).to_have_count(more, timeout=WITHIN)
    assert page.evaluate("document.activeElement.closest('tr').kept")
    assert page.evaluate("document.querySelector('details').kept")
    assert page.evaluate("document.querySelector('details').open")
    assert page.locator("#system").input_value() == "macos"
    expect(page.locator("#heard")).to_have_text(f"準備がまだの予約 {more}件")
    answer = page.request.get(
        page.url + "now", headers={"If-None-Match": page.evaluate("rows.dataset.tag") or ""}
    )
    again = page.request.get(page.url + "now", headers={"If-None-Match": answer.headers["etag"]})
    assert (answer.status, again.status) == (200, 304)
