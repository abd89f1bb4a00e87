"""What there is to do stands first, and of several checks that failed, the top leads to each."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Route, expect

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding
from precheck.contract.reasons import Firewall
from precheck.contract.wording import Language
from tests.browser.composed import showing, state
from tests.browser.pictures import a_windows_pc
from tests.browser.seeker import Seeker


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


def kinds(seeker: Seeker) -> list[str]:
    """The verdicts of the rows, from the top of the page."""
    rows = seeker.page.locator("main .lines > li").all()
    return [str(row.get_attribute("class")) for row in rows]


def test_what_there_is_to_do_stands_first_and_what_is_fine_last(
    chromium: Browser, tmp_path: Path
) -> None:
    shown = state(with_the_firewall_off(), Language.JA)
    with showing(chromium, tmp_path, shown) as seeker:
        seeker.checked()
        order = ["fail", "warn", "unknown", "pass"]
        found = kinds(seeker)
        assert set(found) == set(order)
        assert found == sorted(found, key=order.index)
        headings = seeker.page.locator("main h2").all_inner_texts()
        assert headings.index("調べられなかったこと") < headings.index("問題のなかったこと")
        assert "答え" not in seeker.page.locator("main .asked").first.inner_text()


def test_what_is_put_right_stays_where_the_person_is_at_work_on_it(
    chromium: Browser, tmp_path: Path
) -> None:
    before = state(with_the_firewall_off(), Language.JA)
    with showing(chromium, tmp_path, before) as seeker:
        seeker.checked()
        page = seeker.page
        seq = page.evaluate("fetch('/api/state').then((answer) => answer.json())")["seq"]
        after = msgspec.structs.replace(state(a_windows_pc(), Language.JA), seq=seq)

        def answer(route: Route) -> None:
            route.fulfill(body=msgspec.json.encode(after), content_type="application/json")

        page.route("**/api/check", answer)
        row = page.locator("#row-firewall")
        place = [each.get_attribute("id") for each in page.locator("main .lines > li").all()]
        row.locator("summary").click()
        row.get_by_role("button", name="もう一度チェック").click()
        expect(row).to_have_class("pass")
        assert place == [
            each.get_attribute("id") for each in page.locator("main .lines > li").all()
        ]
        expect(row.get_by_role("button", name="もう一度チェック")).to_be_focused()
