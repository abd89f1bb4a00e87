"""Camera and microphone are off where nobody looks; a tab that closes says so; another code that
came with a second start is asked about; an answer that was not stored is not shown."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, JSHandle, Response, Route, expect

from precheck.agent.page.presence import Presence
from tests.agent.page.served import served
from tests.agent.page.test_from_code_to_receipt import an_office
from tests.agent.reports import CODE
from tests.agent.stand_in_endpoint import running
from tests.browser.conftest import Place
from tests.browser.seeker import Seeker
from tests.browser.test_a_job_seeker_gets_through_alone import answer_all, to_the_checks
from tests.browser.test_camera_and_sound_stay_on_the_page import at_the_checks
from tests.endpoint.scene import new_code

OTHER = "1111111110"

SEEN = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => %s });"
UNTIL = """() => new Promise((done) => {
  const look = () => (%s) ? done() : requestAnimationFrame(look);
  look();
})"""
CHANGED = "document.dispatchEvent(new Event('visibilitychange'))"


def is_on(track: JSHandle) -> bool:
    return bool(track.evaluate("(each) => each.readyState") == "live")


def camera_on(seeker: Seeker) -> JSHandle:
    seeker.press("カメラをためす")
    video = seeker.page.locator("video.preview")
    return video.evaluate_handle("(each) => each.srcObject.getVideoTracks()[0]")


def test_a_page_that_is_left_leaves_no_camera_on(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        track = camera_on(seeker)
        assert is_on(track)
        seeker.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
        assert not is_on(track)


def test_a_page_that_nobody_sees_for_long_switches_the_camera_off(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        page = seeker.page
        page.clock.install()
        track = camera_on(seeker)
        page.evaluate(SEEN % "true" + CHANGED)
        page.clock.run_for(50_000)
        page.evaluate(SEEN % "false" + CHANGED)
        page.clock.run_for(50_000)
        assert is_on(track), "it was looked at again in time"
        page.evaluate(SEEN % "true" + CHANGED)
        page.clock.run_for(61_000)
        assert not is_on(track)


def test_a_camera_that_comes_on_after_its_view_was_left_goes_off_at_once(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        page = seeker.page
        page.evaluate("""() => {
            const media = navigator.mediaDevices, given = media.getUserMedia.bind(media);
            window.tracks = [];
            media.getUserMedia = async (wanted) => {
              const stream = await given(wanted);
              window.tracks.push(...stream.getTracks());
              await new Promise((resolve) => { window.allow = resolve; });
              return stream;
            };
        }""")
        for begin in ("カメラをためす", "マイクをためす", "5秒録画する"):
            seeker.press(begin)
            page.evaluate(UNTIL % "window.allow !== undefined")
            seeker.press("質問へ")
            seeker.heading("質問に答えて")
            page.evaluate("window.allow(); window.allow = undefined;")
            page.evaluate(UNTIL % "window.tracks.every((each) => each.readyState === 'ended')")
            seeker.press("チェックにもどる")
            seeker.checked()
        assert page.evaluate("window.tracks.length") == 4


class ToldOf(Presence):
    """Says when a page has said good-bye."""

    def __init__(self) -> None:
        super().__init__(time.monotonic)
        self.left = threading.Event()

    def good_bye(self) -> None:
        super().good_bye()
        self.left.set()


def test_a_tab_that_is_closed_says_good_bye_and_one_that_is_open_does_not(
    chromium: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as page:
        page.server.presence = told = ToldOf()
        with Seeker(chromium, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker:
            seeker.heading("予約コードを入れてください")
            assert not told.left.is_set()
            seeker.page.close()
            assert told.left.wait(timeout=20)


@pytest.mark.parametrize("accepted", [True, False])
def test_another_code_is_asked_about_while_something_is_under_way(
    chromium: Browser, tmp_path: Path, accepted: bool
) -> None:
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address) as page,
        Seeker(chromium, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker,
    ):
        to_the_checks(seeker, CODE)
        seeker.press("質問へ")
        answer_all(seeker)
        page.started_again(code=OTHER)
        expect(seeker.page.locator("#alert")).to_contain_text("111 111 1110")
        if accepted:
            seeker.looked_at("4-another-code")
            seeker.press("このコードで始める")
            seeker.heading("予約コードを入れてください")
            assert seeker.page.locator("#code").input_value() == "111 111 1110"
            seeker.press("次へ")
            seeker.heading("この相談のために")
        else:
            seeker.press("今の予約を続ける")
            seeker.heading("質問に答えて")
            assert seeker.page.locator("input:checked").count() == 1
        expect(seeker.page.locator("#alert *")).to_have_count(0)


def test_another_code_takes_the_place_of_what_stood_in_the_field(
    chromium: Browser, tmp_path: Path
) -> None:
    with (
        served(tmp_path) as page,
        Seeker(chromium, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker,
    ):
        seeker.page.locator("#code").fill("123")
        page.started_again(code=OTHER)
        expect(seeker.page.locator("#code")).to_have_value("111 111 1110")


def test_an_answer_that_was_not_stored_is_not_shown_as_given(seeker: Seeker, office: Place) -> None:
    page = seeker.page
    to_the_checks(seeker, new_code(office.folder))
    seeker.press("質問へ")

    def broken(route: Route) -> None:
        route.fulfill(status=500, body="")

    question = page.locator("fieldset.question").first
    page.route("**/api/answer", broken)
    question.get_by_label("はい", exact=True).click()
    expect(page.locator("#alert .banner.error")).to_be_visible()
    expect(question.locator("input:checked")).to_have_count(0)
    page.unroute("**/api/answer")
    question.get_by_label("はい", exact=True).click()
    expect(question.get_by_label("はい", exact=True)).to_be_checked()
    page.route("**/api/answer", broken)
    question.get_by_label("いいえ", exact=True).click()
    expect(page.locator("#alert .banner.error")).to_be_visible()
    expect(question.get_by_label("はい", exact=True)).to_be_checked()


def answered(*, no: bool) -> Callable[[Response], bool]:
    """Whether a response is the one to this answer."""
    return lambda response: (
        response.url.endswith("/api/answer") and response.request.post_data_json["answer"] is not no
    )


def test_the_answer_that_was_given_last_counts(seeker: Seeker, office: Place) -> None:
    page = seeker.page
    to_the_checks(seeker, new_code(office.folder))
    seeker.press("質問へ")
    question = page.locator("fieldset.question").first
    page.evaluate("""() => {
        const given = window.fetch;
        let first = true;
        window.fetch = async (path, options) => {
          if (path === "/api/answer" && first) {
            first = false;
            await new Promise((resolve) => setTimeout(resolve, 500));
          }
          return given(path, options);
        };
    }""")
    with page.expect_response(answered(no=True)), page.expect_response(answered(no=False)):
        question.get_by_label("いいえ", exact=True).click()
        question.get_by_label("はい", exact=True).click()
    expect(question.get_by_label("はい", exact=True)).to_be_checked()
    page.reload()
    seeker.heading("質問に答えて")
    expect(question.get_by_label("はい", exact=True)).to_be_checked()


def test_what_came_meanwhile_stays_when_another_language_arrives_late(
    chromium: Browser, tmp_path: Path
) -> None:
    words: list[Route] = []
    news: list[Route] = []

    def hold(held: list[Route], most: int) -> Callable[[Route], None]:
        def handle(route: Route) -> None:
            if len(held) < most:
                held.append(route)
            else:
                route.continue_()

        return handle

    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address) as page,
        Seeker(chromium, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker,
    ):
        to_the_checks(seeker, CODE)
        seeker.press("質問へ")
        question = seeker.page.locator("fieldset.question").first
        # The answer to the switch, and the news of it, both wait for their words.
        seeker.page.route("**/api/words", hold(words, 2))
        with seeker.page.expect_request("**/api/words"):
            seeker.press("English")
        while len(words) < 2:
            seeker.page.wait_for_timeout(10)
        seeker.page.route("**/api/state?since=*", hold(news, 1))
        question.get_by_label("はい", exact=True).click()
        seeker.heading("Please answer")
        expect(question.locator("input:checked")).to_have_count(1)
        for route in words:
            route.continue_()
        while not news:
            seeker.page.wait_for_timeout(10)
        expect(question.locator("input:checked")).to_have_count(1)
        news[0].continue_()


def test_another_tab_begins_anew_with_a_code_that_it_did_not_start(
    chromium: Browser, tmp_path: Path
) -> None:
    with (
        running(an_office()) as office,
        served(tmp_path, endpoint=office.address) as page,
        Seeker(chromium, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker,
    ):
        to_the_checks(seeker, CODE)
        seeker.press("質問へ")
        answer_all(seeker)
        seeker.press("確認へ")
        seeker.page.locator("#consent").wait_for()
        with seeker.page.expect_response("**/api/state?since=*"):
            page.do("start", code=CODE)
        seeker.heading("この相談のために")
        page.do("check")
        seeker.heading("パソコンのチェック")
        seeker.page.reload()
        seeker.heading("パソコンのチェック")


def test_another_tab_does_not_skip_the_choice_of_the_office(
    chromium: Browser, tmp_path: Path
) -> None:
    with (
        served(tmp_path) as page,
        Seeker(chromium, f"{page.origin}/#{page.server.entrance.ticket()}") as seeker,
    ):
        page.do("start", code=CODE)
        seeker.press("選ばないでチェックする")
        seeker.heading("この相談のために")
        page.do("start", code=OTHER)
        seeker.page.locator("[name=guessed]").first.wait_for()
