"""Printed from any step, also when the program is gone: one A4 page."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.finding import Finding
from precheck.contract.reasons import reasons_of
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, load_wording
from probes.check import TOKYO
from tests.browser.composed import showing, state
from tests.browser.pictures import a_windows_pc

PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def longest(check: CheckId, language: Language) -> Finding:
    """Of all that can be found, what takes the most room, with names as long as they come."""
    words = load_wording(language)
    evidence = {"name": "Microsoft Defender Antivirus", "version": "26.0.1", "minimum": "26.0.2"}

    def room(reason: str) -> int:
        remedy = words.remedy(check, reason, OsFamily.WINDOWS, evidence)
        return len(words.sentence(check, reason, evidence) + (remedy or ""))

    worst = max(reasons_of(check), key=lambda reason: room(reason.value))
    verdict = sorted(worst.verdicts, key=lambda each: each.value)[0]
    return Finding(
        check=check, verdict=verdict, reason=worst.value, sources=(), evidence=dict(evidence)
    )


@pytest.mark.parametrize("language", Language)
def test_even_the_longest_result_is_one_page(
    chromium: Browser, tmp_path: Path, language: Language
) -> None:
    found = [longest(check, language) for check in MEASURED_CHECKS]
    with showing(chromium, tmp_path, state(found, language, declined=True)) as seeker:
        seeker.page.locator("main .readout").wait_for()
        printed = seeker.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(PAGE.findall(printed)) == 1


def test_the_sheet_says_who_when_what_and_how_to_reach_the_office(
    chromium: Browser, tmp_path: Path
) -> None:
    ended = state(a_windows_pc(), Language.JA, answered=True, declined=True)
    assert ended.readout is not None
    with showing(chromium, tmp_path, ended) as seeker:
        seeker.page.locator("main .readout").wait_for()
        seeker.page.emulate_media(media="print")
        sheet = seeker.page.locator("#sheet")
        for text in (
            "ハローワーク加古川",
            "2027年1月19日（火）午前10:00",
            "2022年12月27日",
            "123 456 7894",
            " ".join(ended.readout.groups),
            "079-421-8624",
            "自己点検",
        ):
            expect(sheet).to_contain_text(text)
        assert sheet.locator("tr").count() == len(ended.rows)
        expect(seeker.page.locator("main")).to_be_hidden()


def test_the_sheet_says_when_the_checks_were_made_and_not_only_when_it_was_printed(
    chromium: Browser, tmp_path: Path
) -> None:
    checked = state(a_windows_pc(), Language.EN, seconds_ago=2 * 86400.0)
    with showing(chromium, tmp_path, checked) as seeker:
        seeker.checked()
        now = seeker.page.evaluate("Date.now()") / 1000
        sheet = seeker.page.locator("#sheet")
        for word, seconds in (("Time of the checks", 2 * 86400.0), ("Printed: ", 0.0)):
            day = datetime.fromtimestamp(now - seconds, TOKYO)
            expect(sheet).to_contain_text(
                re.compile(rf"{word}{day:%a},? {day.day} {day:%B} {day.year}")
            )


def test_on_the_screen_the_sheet_is_neither_seen_nor_heard(
    chromium: Browser, tmp_path: Path
) -> None:
    with showing(chromium, tmp_path, state(a_windows_pc(), Language.EN)) as seeker:
        seeker.checked()
        expect(seeker.page.locator("#sheet")).to_be_hidden()
