"""Refused, lost, kept and sent later, grown old: what the person is told, and where they go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect

from precheck.agent.page.visit import FRESH_SECONDS
from precheck.contract.report import decode_report
from tests.agent.page.served import served
from tests.agent.page.test_from_code_to_receipt import an_office, receipt_for
from tests.agent.page.test_what_is_old_is_checked_again import Hands
from tests.agent.reports import CODE, problem_json
from tests.agent.stand_in_endpoint import Answer, Asked, StandIn, running
from tests.browser.seeker import Seeker, program
from tests.browser.test_a_job_seeker_gets_through_alone import (
    answer_all,
    to_the_checks,
    to_the_review,
)

NO_ROOM = Answer(500)


@contextmanager
def before_consent(
    browser: Browser, home: Path, on_report: Callable[[Asked], Answer | None]
) -> Iterator[tuple[Seeker, StandIn]]:
    """At the review, with an office that answers to reports as `on_report` says."""
    with (
        running(an_office(on_report)) as office,
        program(home, "--endpoint", office.address) as (address, _),
        Seeker(browser, address) as seeker,
    ):
        to_the_review(seeker, CODE)
        yield seeker, office


@contextmanager
def under_a_clock(browser: Browser, home: Path, clock: Hands) -> Iterator[tuple[Seeker, StandIn]]:
    """At the start, with a program whose time passes as a test says."""
    with (
        running(an_office()) as office,
        served(home, endpoint=office.address, passed=clock, poll_seconds=0.5) as page,
        Seeker(browser, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker,
    ):
        yield seeker, office


def send(seeker: Seeker) -> None:
    seeker.page.locator("#consent").check()
    seeker.press("送る")
    seeker.heading("チェックは、これでおわりです")


def posted(office: StandIn) -> list[str]:
    """The ids of the reports that came, in order."""
    return [str(decode_report(each.body).report_id) for each in office.asked if each.body]


def test_who_is_refused_is_told_why_and_can_read_the_result_out(
    chromium: Browser, tmp_path: Path
) -> None:
    refusal = Answer(409, problem_json("other-policy", 409))
    with before_consent(chromium, tmp_path, lambda _: refusal) as (seeker, office):
        send(seeker)
        page = seeker.page
        expect(page.locator("main .banner.error").first).to_contain_text("受け取りませんでした")
        expect(page.locator("main .readout")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("取ってあります")
        seeker.looked_at("6-refused")
        page.emulate_media(media="print")
        expect(page.locator("#sheet")).to_contain_text("受け取りませんでした")
        page.emulate_media(media="screen")
        page.reload()
        seeker.heading("チェックは、これでおわりです")
        assert len(posted(office)) == 1, "nothing is sent again by itself"
        expect(page.locator(".steps li").nth(4)).to_contain_text("送っていません")
        seeker.press("予約コードを入れなおす")
        seeker.heading("予約コードを入れてください")
        seeker.press("次へ")
        seeker.heading("この相談のために")


def test_who_loses_a_report_is_told_to_tell_the_staff(chromium: Browser, tmp_path: Path) -> None:
    state = tmp_path / ".local" / "state" / "precheck"
    state.mkdir(parents=True)
    (state / "outbox").write_text("a file, where a folder should be")
    with before_consent(chromium, tmp_path, lambda _: NO_ROOM) as (seeker, _):
        send(seeker)
        page = seeker.page
        expect(page.locator("main .banner.error").first).to_contain_text(
            "取っておくこともできませんでした"
        )
        expect(page.locator("main .readout")).to_be_visible()
        seeker.looked_at("6-lost")
        seeker.press("確認にもどる")
        page.locator("#consent").wait_for()
        send(seeker)
        expect(page.locator("main .banner.error").first).to_be_visible()


def test_what_was_kept_goes_with_the_next_one_from_the_same_page(
    chromium: Browser, tmp_path: Path
) -> None:
    up: list[bool] = []
    with before_consent(
        chromium, tmp_path, lambda asked: receipt_for(asked) if up else NO_ROOM
    ) as (seeker, office):
        send(seeker)
        page = seeker.page
        expect(page.locator("main .banner.warning").first).to_contain_text("取ってあります")
        seeker.press("終了")
        group = page.get_by_role("group", name="終了")
        expect(group).to_contain_text("取ってあります")
        expect(group).not_to_contain_text("残りません")
        group.get_by_role("button", name="続ける").click()
        kept = set(posted(office))
        up.append(True)
        seeker.press("チェックにもどる")
        seeker.press("全部もう一度チェック")
        seeker.checked()
        seeker.press("質問へ")
        seeker.press("確認へ")
        send(seeker)
        expect(page.locator("main .banner.success").first).to_contain_text("に消します")
        expect(page.locator("main")).not_to_contain_text("取ってあります")
        assert len(kept) == 1
        assert posted(office)[-2] in kept, "the older one, before the new one"
        assert len(set(posted(office))) == 2


def test_what_was_kept_is_sent_again_by_the_keyboard_when_the_office_is_back(
    chromium: Browser, tmp_path: Path
) -> None:
    up: list[bool] = []
    with before_consent(
        chromium, tmp_path, lambda asked: receipt_for(asked) if up else NO_ROOM
    ) as (seeker, office):
        send(seeker)
        page = seeker.page
        expect(page.locator("main .banner.warning").first).to_contain_text("「もう一度送る」")
        seeker.looked_at("6-kept")
        tops = [step.bounding_box() for step in page.locator(".steps .number").all()]
        assert len({box["y"] for box in tops if box}) == 1, "the steps stand in one line"
        seeker.press("もう一度送る")
        expect(page.locator("main .banner.warning").first).to_contain_text("今も送れませんでした")
        expect(page.locator("main h1")).to_be_focused()
        seeker.looked_at("6-kept-again")
        up.append(True)
        kept = set(posted(office))
        office.asked.clear()
        seeker.reach("もう一度送る")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("main .banner.success").first).to_contain_text("に消します")
        expect(page.get_by_role("button", name="もう一度送る")).to_have_count(0)
        expect(page.locator(".steps li").nth(4)).to_contain_text("すみ")
        seeker.looked_at("6-sent-again")
        assert set(posted(office)) == kept
        assert len(posted(office)) == 1, "pressed twice, sent once"


def test_what_was_kept_is_named_at_the_next_start_and_goes_once(
    chromium: Browser, tmp_path: Path
) -> None:
    up: list[bool] = []
    office = an_office(lambda asked: receipt_for(asked) if up else NO_ROOM)
    with running(office):
        for _ in range(2):
            with (
                program(tmp_path, "--endpoint", office.address) as (address, process),
                Seeker(chromium, address) as seeker,
            ):
                seeker.heading("予約コードを入れてください")
                expect(
                    seeker.page.locator("main .note").filter(has_text="まだ送っていない")
                ).to_have_count(len(up))
                to_the_review(seeker, CODE)
                send(seeker)
                expect(seeker.page.locator("main .banner").first).to_contain_text(
                    "に消します" if up else "取ってあります"
                )
                seeker.press("終了")
                if not up:
                    seeker.page.locator(".ending").get_by_role("button", name="終了").click()
                assert process.wait(timeout=30) == 0
            up.append(True)
    assert len(set(posted(office))) == 2


def test_what_grew_old_is_checked_again_on_the_way_to_sending(
    chromium: Browser, tmp_path: Path
) -> None:
    clock = Hands()
    with under_a_clock(chromium, tmp_path, clock) as (seeker, office):
        page = seeker.page
        to_the_checks(seeker, CODE)
        assert "時間がたちました" not in page.locator("main").inner_text()
        clock.now += FRESH_SECONDS + 1
        expect(page.locator("main .banner.warning").first).to_contain_text("時間がたちました")
        seeker.looked_at("3-too-old")
        seeker.press("質問へ")
        answer_all(seeker)
        seeker.press("確認へ")
        page.locator("#consent").wait_for()
        expect(page.locator("main .banner.info")).to_contain_text("もう一度チェックします")
        seeker.looked_at("5-checked-anew")
        page.locator("#consent").check()
        clock.now += FRESH_SECONDS + 1
        expect(page.locator("#consent")).not_to_be_checked(timeout=30_000)
        assert posted(office) == []
        send(seeker)
        assert len(posted(office)) == 1


def test_a_readout_code_that_grew_old_goes_until_it_is_checked_again(
    chromium: Browser, tmp_path: Path
) -> None:
    clock = Hands()
    with under_a_clock(chromium, tmp_path, clock) as (seeker, _):
        page = seeker.page
        to_the_review(seeker, CODE)
        seeker.press("送らない")
        expect(page.locator("main .readout")).to_be_visible()
        clock.now += FRESH_SECONDS + 1
        expect(page.locator("main .readout")).to_have_count(0)
        expect(page.locator("main .banner.warning").first).to_contain_text("時間がたちました")
        seeker.looked_at("6-too-old")
        page.emulate_media(media="print")
        expect(page.locator("#sheet")).to_contain_text("時間がたちました")
        page.emulate_media(media="screen")
        seeker.press("もう一度チェック")
        expect(page.locator("main .readout")).to_be_visible(timeout=30_000)
        expect(page.locator("main")).not_to_contain_text("時間がたちました")
        seeker.heading("チェックは、これでおわりです")
