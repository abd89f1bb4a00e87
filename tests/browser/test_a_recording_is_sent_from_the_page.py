"""Whoever is stuck sends the helpdesk a recording from the last page: seen by everybody, reached by
keyboard, and not without ticking the box."""

import json
import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Place
from tests.browser.seeker import Seeker
from tests.browser.test_a_job_seeker_gets_through_alone import to_the_review
from tests.endpoint.scene import new_code, query

ASKED = "困っているとき：調べた内容の記録を、ヘルプデスクに送る"


def recordings(office: Place) -> int:
    ((count,),) = query(office.folder, "SELECT count(*) FROM store_sentrecording")
    return int(count)


def to_the_end(seeker: Seeker, code: str) -> Locator:
    """Send the report; the place on the last page that is about the recording."""
    to_the_review(seeker, code)
    assert seeker.page.get_by_text(ASKED).count() == 0
    seeker.page.locator("#consent").check()
    seeker.press("送る")
    seeker.heading("チェックは、これでおわりです")
    return seeker.page.locator("main details", has_text=ASKED).first


def test_it_is_made_shown_and_sent_with_a_tick_alone(seeker: Seeker, office: Place) -> None:
    page, before = seeker.page, recordings(office)
    place = to_the_end(seeker, new_code(office.folder))
    assert place.get_attribute("open") is None
    place.locator("summary").first.click()
    seeker.looked_at("7-recording-offered")
    seeker.press("記録を作って見る")
    expect(page.locator("#recording-status")).to_be_focused()
    box = page.locator("#recording-consent")
    box.wait_for(timeout=60_000)
    assert not box.is_checked()
    seeker.looked_at("8-recording-shown")
    page.get_by_text("送る記録（").first.click()
    assert place.locator("pre").evaluate("(it) => it.clientHeight < it.scrollHeight")
    seeker.picture("page-8-recording-opened")
    seeker.press("記録を送る")
    expect(box).to_be_focused()
    expect(place.locator(".errorlist")).to_contain_text("しるしを付けてください")
    assert recordings(office) == before
    shown = json.loads(place.locator("pre").inner_text())
    assert shown["recording"]["answers"]
    box.check()
    seeker.press("記録を送る")
    expect(page.locator("#recording-status")).to_contain_text(
        re.compile("記録を送りました。この記録は、20..年.*日に消します")
    )
    seeker.looked_at("9-recording-sent")
    assert recordings(office) == before + 1


def test_who_does_not_ask_sends_none(seeker: Seeker, office: Place) -> None:
    before = recordings(office)
    place = to_the_end(seeker, new_code(office.folder))
    place.locator("summary").first.click()
    seeker.press("記録を作って見る")
    seeker.page.locator("#recording-consent").wait_for(timeout=60_000)
    seeker.page.reload()
    seeker.heading("チェックは、これでおわりです")
    assert recordings(office) == before
