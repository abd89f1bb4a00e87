"""Of several checks that failed, the top of the page leads to each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding
from precheck.contract.reasons import Firewall
from precheck.contract.wording import Language
from tests.browser.composed import showing, state
from tests.browser.pictures import a_windows_pc


def with_the_firewall_off() -> Iterator[Finding]:
    """Updates that wait are the other thing to put right."""
    for each in a_windows_pc():
        off = each.check is CheckId.FIREWALL
        yield finding(Firewall.OFF, CheckId.FIREWALL) if off else each


@pytest.mark.parametrize(
    ("language", "name"), [(Language.JA, "直すところ"), (Language.EN, "To put right")]
)
def test_each_failed_check_is_led_to_and_opened(
    chromium: Browser, tmp_path: Path, language: Language, name: str
) -> None:
    with showing(chromium, tmp_path, state(with_the_firewall_off(), language)) as seeker:
        seeker.checked()
        links = seeker.page.get_by_role("list", name=name).get_by_role("link")
        failed = seeker.page.locator(".lines > .fail")
        labels = failed.get_by_role("heading").all_inner_texts()
        assert len(labels) == 2
        assert links.all_inner_texts() == labels
        last = failed.last.locator("details")
        assert last.get_attribute("open") is None
        seeker.reach(labels[-1])
        seeker.page.keyboard.press("Enter")
        assert last.get_attribute("open") is not None
        expect(last.locator("summary")).to_be_focused()
        expect(failed.last).to_be_in_viewport()
        seeker.looked_at_as_it_is(f"3-several-to-put-right-{language}")


def test_a_single_one_needs_no_list(chromium: Browser, tmp_path: Path) -> None:
    with showing(chromium, tmp_path, state(a_windows_pc(), Language.JA)) as seeker:
        seeker.checked()
        expect(seeker.page.locator(".lines > .fail")).to_have_count(1)
        expect(seeker.page.locator(".to-rows")).to_have_count(0)
