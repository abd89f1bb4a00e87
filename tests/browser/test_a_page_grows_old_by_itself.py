"""What was found stands for half an hour, also where the program that found it is gone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from precheck.agent.page.visit import FRESH_SECONDS
from precheck.contract.wording import Language
from tests.browser.composed import showing, state
from tests.browser.pictures import a_windows_pc

TOO_OLD = "チェックから時間がたちました"
LATER = """(seconds) => {
  const then = %s.now.bind(%s);
  %s.now = () => then() + seconds * 1000;
}"""


def later(clock: str) -> str:
    """A script that sets one of the browser's clocks forward."""
    return LATER.replace("%s", clock)


@pytest.mark.parametrize("clock", ["Date", "performance"])
def test_a_page_whose_program_died_shows_no_readout_code_of_old_findings(
    chromium: Browser, tmp_path: Path, clock: str
) -> None:
    found = state(a_windows_pc(), Language.JA, answered=True, declined=True)
    with showing(chromium, tmp_path, found, gone=True) as seeker:
        page = seeker.page
        expect(page.locator("#alert")).to_contain_text("事前チェックが止まっています")
        expect(page.locator("main .readout")).to_be_visible()
        page.evaluate(later(clock), FRESH_SECONDS + 1)
        expect(page.locator("main")).to_contain_text(TOO_OLD)
        expect(page.locator(".readout")).to_have_count(0)
        expect(page.locator("#sheet")).to_contain_text(TOO_OLD)
        # Nobody is there who could check again.
        expect(page.get_by_role("button", name="もう一度チェック", exact=True)).to_have_count(0)


def test_what_is_still_fresh_is_shown_on(chromium: Browser, tmp_path: Path) -> None:
    found = state(a_windows_pc(), Language.JA, answered=True, declined=True)
    with showing(chromium, tmp_path, found, gone=True) as seeker:
        page = seeker.page
        expect(page.locator("#alert")).to_contain_text("事前チェックが止まっています")
        page.evaluate(later("Date"), FRESH_SECONDS - 60)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(page.locator("main .readout")).to_be_visible()
        page.evaluate(later("Date"), 61)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator(".readout").count() == 0, "what is printed is judged before"


def test_what_was_old_at_the_end_is_old_without_a_program(
    chromium: Browser, tmp_path: Path
) -> None:
    found = state(a_windows_pc(), Language.JA, declined=True, seconds_ago=FRESH_SECONDS + 1)
    with showing(chromium, tmp_path, found, gone=True) as seeker:
        expect(seeker.page.locator("main")).to_contain_text(TOO_OLD)
        expect(seeker.page.locator(".readout")).to_have_count(0)
