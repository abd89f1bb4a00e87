"""From the code to the receipt with the real program, a real endpoint and a real browser: for all
eyes, with a keyboard alone, and without sending."""

import json
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from precheck.contract.code import check_digit, parse_code
from precheck.contract.errors import BadCode
from precheck.contract.offices import load_office
from precheck.contract.readout import decode, readout_key
from precheck.contract.wording import Language
from tests.browser.composed import STARTS_AT, showing, state
from tests.browser.conftest import Place
from tests.browser.pictures import a_windows_pc
from tests.browser.seeker import WIDTHS, Seeker
from tests.endpoint.scene import OFFICE, new_code, report_ids


def full_width(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def to_the_checks(seeker: Seeker, code: str) -> None:
    seeker.page.locator("#code").fill(code)
    seeker.press("次へ")
    seeker.heading("この相談のために")
    seeker.press("チェックを始める")
    seeker.checked()


def answer_all(seeker: Seeker, answer: str = "はい") -> None:
    for question in seeker.page.locator("fieldset.question").all():
        question.get_by_label(answer, exact=True).check()


def to_the_review(seeker: Seeker, code: str) -> None:
    to_the_checks(seeker, code)
    seeker.press("質問へ")
    answer_all(seeker)
    seeker.press("確認へ")
    seeker.page.locator("#consent").wait_for()


def test_every_step_is_for_everybody(seeker: Seeker, office: Place) -> None:
    code = new_code(office.folder)
    page = seeker.page
    page.get_by_text("予約コードがないとき").click()
    seeker.looked_at("1-code")
    page.locator("#code").fill(full_width(f"{code[:3]} {code[3:6]}-{code[6:]}"))
    expect(page.locator("#code-said")).to_contain_text("合っています")
    seeker.press("次へ")
    seeker.heading("この相談のために")
    assert seeker.at_step() == "チェック"
    expect(page.locator("main .facts")).to_contain_text("ハローワーク加古川")
    expect(page.locator("main .facts")).to_contain_text("2022年12月27日")
    expect(page.locator("#help")).to_contain_text("079-421-8624")
    seeker.looked_at("2-before")
    seeker.press("チェックを始める")
    seeker.checked()
    for details in page.locator(".lines details").all():
        details.evaluate("(each) => { each.open = true; }")
    seeker.looked_at("3-checks")
    seeker.press("質問へ")
    seeker.looked_at("4-questions")
    answer_all(seeker)
    seeker.press("確認へ")
    page.locator("#consent").wait_for()
    page.get_by_text("送るデータ（このとおりに送ります）", exact=True).first.click()
    shown = page.locator("pre").inner_text()
    seeker.looked_at("5-review")
    assert page.locator("pre").inner_text() == shown, "the draft is the same in both languages"
    assert json.loads(shown)["report_id"] not in report_ids(office.folder)
    page.locator("#consent").check()
    seeker.press("送る")
    seeker.heading("チェックは、これでおわりです")
    expect(page.locator(".banner.success")).to_contain_text("に消します")
    assert page.locator(".readout:visible").count() == 0
    seeker.looked_at("6-end")
    assert json.loads(shown)["report_id"] in report_ids(office.folder)


def test_a_keyboard_is_enough(seeker: Seeker, office: Place) -> None:
    page = seeker.page
    seeker.reach("予約コード")
    page.keyboard.type(new_code(office.folder))
    page.keyboard.press("Enter")
    seeker.heading("この相談のために")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    seeker.reach("チェックを始める")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "4px"
    page.keyboard.press("Enter")
    seeker.checked()
    seeker.reach("くわしく見る")
    page.keyboard.press("Enter")
    seeker.reach("もう一度チェック")
    seeker.reach("質問へ")
    page.keyboard.press("Enter")
    seeker.heading("質問に答えて")
    seeker.reach("はい")
    page.keyboard.press("Space")
    seeker.reach("はい")
    page.keyboard.press("Space")
    seeker.reach("確認へ")
    page.keyboard.press("Enter")
    page.locator("#consent").wait_for()
    seeker.reach("送る", most=12)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="下の四角を押して")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "consent", "told, and brought there"
    page.keyboard.press("Space")
    seeker.reach("送る")
    page.keyboard.press("Enter")
    seeker.heading("チェックは、これでおわりです")


def test_nothing_is_ticked_beforehand_and_no_button_is_dead(seeker: Seeker, office: Place) -> None:
    to_the_checks(seeker, new_code(office.folder))
    seeker.press("質問へ")
    page = seeker.page
    assert page.locator("input:checked").count() == 0
    seeker.press("確認へ")
    expect(page.get_by_role("alert").filter(has_text="まだ答えていない")).to_be_visible()
    seeker.press("答えないで進む")
    page.locator("#consent").wait_for()
    assert not page.locator("#consent").is_checked()
    assert page.locator("button:disabled").count() == 0


def test_who_does_not_send_reads_digits_that_the_office_understands(
    seeker: Seeker, office: Place
) -> None:
    code = new_code(office.folder)
    before = report_ids(office.folder)
    to_the_review(seeker, code)
    seeker.press("送らない")
    seeker.heading("チェックは、これでおわりです")
    groups = seeker.page.locator(".screen .readout span").all_inner_texts()
    assert decode(" ".join(groups), load_office(OFFICE), readout_key(code))
    expect(seeker.page.locator("main")).to_contain_text("送っていません")
    seeker.looked_at("7-not-sent")
    assert report_ids(office.folder) == before
    seeker.press("確認にもどる")
    seeker.page.locator("#consent").check()
    seeker.press("送る")
    expect(seeker.page.locator(".banner.success")).to_contain_text("に消します")
    assert len(report_ids(office.folder)) == len(before) + 1


def test_without_a_code_an_office_is_chosen(seeker: Seeker) -> None:
    page = seeker.page
    page.get_by_text("予約コードがないとき").click()
    page.locator("details button").click()
    expect(page.get_by_role("alert").filter(has_text="一つ選んで")).to_be_visible()
    page.get_by_label("ハローワーク加古川").check()
    page.locator("details button").click()
    seeker.heading("この相談のために")
    expect(page.locator("main .facts")).to_contain_text("加古川公共職業安定所")
    seeker.press("チェックを始める")
    seeker.checked()
    seeker.press("質問へ")
    answer_all(seeker)
    seeker.press("確認へ")
    expect(page.locator("main")).to_contain_text("予約コードがないため、送りません")
    assert page.locator("#consent").count() == 0
    seeker.press("送らないで進む")
    seeker.heading("チェックは、これでおわりです")
    assert page.locator(".readout").count() == 0


def test_one_check_is_done_again_alone_and_the_row_stays_open(
    seeker: Seeker, office: Place
) -> None:
    to_the_checks(seeker, new_code(office.folder))
    row = seeker.row("パソコンの基本ソフト")
    row.locator("summary").click()
    row.get_by_role("button", name="もう一度チェック").click()
    expect(row.locator(".chip")).to_contain_text("だいじょうぶです")
    assert row.locator("details").evaluate("(each) => each.open")
    expect(row).to_contain_text("第5条(3)")


def test_what_one_check_says_when_done_again_is_heard_where_the_person_is(
    seeker: Seeker, office: Place
) -> None:
    to_the_checks(seeker, new_code(office.folder))
    page = seeker.page
    row = seeker.row("パソコンの基本ソフト")
    row.locator("summary").click()
    again = row.get_by_role("button", name="もう一度チェック")
    again.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#news")).to_contain_text("パソコンの基本ソフト（OS）：だいじょうぶです。")
    assert row.evaluate("(each) => each.contains(document.activeElement)")
    page.keyboard.press("Tab")
    expect(again).to_be_focused()


def test_nothing_is_said_to_go_on_that_is_over(seeker: Seeker) -> None:
    page = seeker.page
    page.locator("#code").fill("123 456 7894")
    seeker.press("次へ")
    expect(page.locator("#alert")).to_contain_text("見つかりません")
    expect(page.locator("#news")).to_have_text("")


def test_the_first_thing_to_put_right_lies_open(seeker: Seeker, office: Place) -> None:
    to_the_checks(seeker, new_code(office.folder))
    opened = seeker.page.locator(".lines > li", has=seeker.page.locator("details[open]"))
    failing = seeker.page.locator(".lines > li.fail")
    assert failing.count() > 0, "a machine without a camera fails"
    assert opened.count() == 1
    assert opened.locator("h3").inner_text() == failing.first.locator("h3").inner_text()


def test_what_is_typed_and_opened_stays_when_the_language_and_the_letters_change(
    seeker: Seeker,
) -> None:
    page = seeker.page
    page.get_by_text("予約コードがないとき").click()
    page.get_by_label("ハローワーク加古川").check()
    page.locator("#code").fill("１２３ 4")
    seeker.speak("English")
    seeker.press("Large letters")
    assert page.locator("#code").input_value() == "１２３ 4"
    assert page.locator("input[value=kakogawa]").is_checked()
    assert page.locator("details[open]").count() == 1
    assert page.evaluate("document.activeElement.innerText") == "Large letters"
    large = page.evaluate("getComputedStyle(document.body).fontSize")
    page.reload()
    seeker.heading("Enter your appointment code")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == large != "18px"


def test_everything_fits_when_letters_are_large_the_page_is_zoomed_or_colours_are_forced(
    seeker: Seeker, office: Place
) -> None:
    to_the_checks(seeker, new_code(office.folder))
    page = seeker.page
    seeker.press("文字を大きくする")
    screen = page.locator(".screen")
    assert screen.evaluate("(each) => each.getBoundingClientRect().width") == WIDTHS[0]
    for width in (640, 320):  # what 200 % and 400 % leave of 1280
        page.set_viewport_size({"width": width, "height": 512})
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, width
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    seeker.picture("page-forced-colours")


def test_the_end_fits_when_letters_are_large(seeker: Seeker, office: Place) -> None:
    to_the_review(seeker, new_code(office.folder))
    seeker.press("送らない")
    seeker.heading("チェックは、これでおわりです")
    seeker.press("文字を大きくする")
    for width in (640, 320):
        seeker.page.set_viewport_size({"width": width, "height": 640})
        sticking_out = "document.documentElement.scrollWidth - window.innerWidth"
        assert seeker.page.evaluate(sticking_out) <= 0, width


def test_who_types_nothing_is_told_both_ways_on(seeker: Seeker) -> None:
    seeker.press("次へ")
    said = seeker.page.locator("#code-said")
    expect(said).to_contain_text("予約コードを入れてください")
    expect(said).to_contain_text("「予約コードがないとき」を押して")


def test_an_open_question_is_marked_where_it_stands(seeker: Seeker, office: Place) -> None:
    to_the_checks(seeker, new_code(office.folder))
    seeker.press("質問へ")
    page = seeker.page
    first, second = page.locator("fieldset.question").all()[:2]
    first.get_by_label("はい", exact=True).check()
    seeker.press("確認へ")
    expect(second).to_contain_text("まだ答えていません")
    assert "まだ答えていません" not in first.inner_text()
    second.get_by_label("はい", exact=True).check()
    expect(second).not_to_contain_text("まだ答えていません")


def test_who_has_sent_the_result_ends_without_being_asked(seeker: Seeker, office: Place) -> None:
    to_the_review(seeker, new_code(office.folder))
    seeker.page.locator("#consent").check()
    seeker.press("送る")
    seeker.heading("チェックは、これでおわりです")
    seeker.press("終了")
    seeker.heading("終了しました")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(days=7), "2027年1月17日"),
        (timedelta(days=1), "相談の日に"),
        (timedelta(hours=1), None),
    ],
)
def test_a_further_check_is_asked_for_until_the_day_of_the_session(
    chromium: Browser, tmp_path: Path, before: timedelta, said: str | None
) -> None:
    ended = state(a_windows_pc(), Language.JA, answered=True, declined=True)
    with showing(chromium, tmp_path, ended) as seeker:
        page = seeker.page
        page.clock.set_fixed_time(STARTS_AT - before)
        seeker.press("文字を大きくする")
        again = page.locator(".next > li").filter(has_text="同じパソコンと同じ場所で")
        if said is None:
            expect(again).to_have_count(0)
        else:
            expect(again).to_contain_text(said)


def test_the_end_is_asked_for_twice_once_there_is_something_to_lose(
    seeker: Seeker, office: Place
) -> None:
    to_the_checks(seeker, new_code(office.folder))
    page = seeker.page
    seeker.press("終了")
    group = page.get_by_role("group", name="終了")
    group.get_by_role("button", name="続ける").click()
    assert group.count() == 0
    seeker.press("終了")
    group.get_by_role("button", name="終了").click()
    seeker.heading("終了しました")
    assert group.count() == 0, "nothing is asked any more"
    assert page.get_by_role("button", name="English").count() == 0


CODES = [
    "", "1234567894", "123 456 7894", "１２３　４５６－７８９４", "1234567895", "123456789",
    "12345678944", "2134567894", "123-456-7894", "123ー456ー7894", "①234567894", "123456789a",
    "\ufeff1234567894\u200b", "123\x1c4567894", "٣234567894", " 1 2 3 4 5 6 7 8 9 4 ",
    *(f"98765432{n}" + check_digit(f"98765432{n}") for n in range(10)),
    *(f"98765432{n}{n}" for n in range(10)),
]  # fmt: skip


def test_the_page_takes_and_refuses_the_same_codes_as_the_program(seeker: Seeker) -> None:
    seeker.heading("予約コードを入れてください")
    module = (files("precheck.agent.page") / "static" / "code.js").read_text("utf-8")
    seeker.page.route(
        "**/code.js", lambda route: route.fulfill(body=module, content_type="text/javascript")
    )
    for typed in CODES:
        try:
            wanted: str | None = parse_code(typed)
        except BadCode:
            wanted = None
        read = seeker.page.evaluate(
            "async (typed) => (await import('/code.js')).readCode(typed)", typed
        )
        assert (read["digits"] if read["problem"] is None else None) == wanted, repr(typed)


ASKED_FOR = """
() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
"""


def test_six_requests_make_the_page_usable(seeker: Seeker) -> None:
    """Each further one is milliseconds during which a person looks at nothing."""
    seeker.page.locator("#code").wait_for()
    asked = seeker.page.evaluate(ASKED_FOR)
    first = ["/api/enter", "/api/state", "/api/words", "/page.css", "/page.js", "/style.css"]
    # What follows is the wait for news, which has no answer yet or has had one.
    assert sorted(asked[: len(first)]) == first
    assert set(asked[len(first) :]) <= {"/api/state"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1234567895", "数字がちがいます"),
        ("12345678944", "今は、11けたです"),
        ("1234a", "数字だけ"),
    ],
)
def test_a_slip_is_said_at_once_and_nobody_is_told_off_early(
    seeker: Seeker, typed: str, said: str
) -> None:
    field, hint = seeker.page.locator("#code"), seeker.page.locator("#code-said")
    field.fill("123")
    assert hint.inner_text() == ""
    field.fill(typed)
    expect(hint).to_contain_text(said)
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("1234567894")
    expect(hint).to_contain_text("合っています")
    assert field.get_attribute("aria-invalid") is None
