"""Camera, microphone, speaker and a recording, with devices that Chromium makes up."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Place, launched
from tests.browser.seeker import Seeker, program
from tests.endpoint.scene import OFFICE

WIDE, HIGH = 64, 48


@contextmanager
def at_the_checks(browser: Browser, home: Path, office: Place) -> Iterator[Seeker]:
    with (
        program(home, "--endpoint", office.address) as (address, _),
        Seeker(browser, address) as seeker,
    ):
        seeker.page.get_by_text("予約コードがないとき").click()
        seeker.page.locator(f"input[value={OFFICE}]").check()
        seeker.press("このハローワークの規約を使う")
        seeker.press("チェックを始める")
        seeker.checked()
        yield seeker


def black_picture(folder: Path) -> Path:
    """A covered lens, as a YUV4MPEG2 file: the least brightness, and no colour."""
    file = folder / "black.y4m"
    frame = b"FRAME\n" + bytes([16]) * (WIDE * HIGH) + bytes([128]) * (WIDE * HIGH // 2)
    file.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F5:1 Ip C420jpeg\n".encode() + frame * 2)
    return file


def silence(folder: Path) -> Path:
    file = folder / "silence.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48000)
        sound.writeframes(bytes(2 * 48000))
    return file


def test_a_face_that_is_seen_and_a_voice_that_is_heard_count(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        page = seeker.page
        camera, webcam = page.locator(".trial.camera"), seeker.row("カメラ")
        expect(webcam).to_contain_text("カメラが見つかりませんでした")
        seeker.press("カメラをためす")
        expect(camera.locator("video")).to_be_visible()
        expect(webcam).to_contain_text("カメラが見つかりませんでした")
        seeker.looked_at("8-camera")
        assert camera.locator("video").evaluate("(each) => each.readyState") >= 2, "it goes on"
        seeker.press("映っています")
        expect(webcam).to_contain_text("カメラの映像が見えました")
        seeker.press("マイクをためす")
        expect(seeker.row("マイク")).to_contain_text("マイクに声が入りました")
        expect(page.locator("meter")).to_have_accessible_name("声の大きさ")
        camera.get_by_role("button", name="止める").click()
        expect(camera.get_by_role("button", name="カメラをためす")).to_be_visible()


def test_a_check_finds_no_camera_in_use_by_the_page_itself(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        seeker.press("カメラをためす")
        video = seeker.page.locator("video.preview")
        track = video.evaluate_handle("(each) => each.srcObject.getVideoTracks()[0]")
        assert track.evaluate("(each) => each.readyState") == "live"
        seeker.press("全部もう一度チェック")
        assert track.evaluate("(each) => each.readyState") == "ended"
        seeker.checked()


def test_who_sees_nobody_is_told_what_to_look_at_and_nothing_is_claimed(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        before = seeker.row("カメラ").locator(".found-so").inner_text()
        seeker.press("カメラをためす")
        seeker.press("映っていません")
        expect(seeker.page.locator(".trial.camera")).to_contain_text("向きとカバー")
        assert seeker.row("カメラ").locator(".found-so").inner_text() == before


def test_a_covered_lens_is_dark_whatever_the_person_says(
    chromium: Browser, office: Place, tmp_path: Path
) -> None:
    film = f"--use-file-for-fake-video-capture={black_picture(tmp_path)}"
    with (
        launched(chromium, "--use-fake-ui-for-media-stream", film) as browser,
        at_the_checks(browser, tmp_path, office) as seeker,
    ):
        seeker.press("カメラをためす")
        trial = seeker.page.locator(".trial.camera")
        expect(trial).to_contain_text("映像が、暗いままです", timeout=15_000)
        seeker.press("映っています")
        expect(trial.locator(".found")).not_to_contain_text("見えました")


def test_silence_is_no_voice(chromium: Browser, office: Place, tmp_path: Path) -> None:
    sound = f"--use-file-for-fake-audio-capture={silence(tmp_path)}"
    with (
        launched(chromium, "--use-fake-ui-for-media-stream", sound) as browser,
        at_the_checks(browser, tmp_path, office) as seeker,
    ):
        seeker.press("マイクをためす")
        trial = seeker.page.locator(".trial.microphone")
        expect(trial).to_contain_text("まだ音が入っていません", timeout=20_000)
        expect(trial.locator(".found")).not_to_contain_text("声が入りました")


CAN_BE_PLAYED = """video => video.readyState >= 1 || new Promise(done => {
    video.addEventListener("loadedmetadata", () => done(true));
    video.addEventListener("error", () => done(false));
})"""


def test_the_tone_is_asked_for_and_five_seconds_are_played_back(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        page = seeker.page
        seeker.press("音を鳴らす")
        speaker = page.locator(".trial.speaker")
        speaker.get_by_role("button", name="いいえ").click()
        expect(speaker).to_contain_text("音量を上げて")
        seeker.press("5秒録画する")
        played = page.locator("video.played")
        expect(played).to_be_visible(timeout=15_000)
        assert played.get_attribute("src", timeout=1000) is not None
        assert played.evaluate(CAN_BE_PLAYED) is True
        assert str(played.get_attribute("src")).startswith("blob:")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (None, "Chromeでは"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefoxでは"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edgeでは"),
        ("Mozilla/5.0 (Macintosh) Version/17.4 Safari/605.1.15", "Safariでは"),
    ],
)
def test_a_permission_that_was_denied_is_explained_for_this_browser(
    chromium: Browser, office: Place, tmp_path: Path, agent: str | None, words: str
) -> None:
    """Without its made-up permission dialog a headless Chromium denies."""
    with (
        launched(chromium, "--deny-permission-prompts") as browser,
        at_the_checks(browser, tmp_path, office) as seeker,
    ):
        if agent is not None:
            seeker.page.evaluate(
                "(agent) => Object.defineProperty(navigator, 'userAgent', { get: () => agent })",
                agent,
            )
        before = seeker.row("カメラ").locator(".found-so").inner_text()
        seeker.press("カメラをためす")
        trial = seeker.page.locator(".trial.camera")
        expect(trial.locator("ol li").first).to_contain_text(words)
        expect(trial.locator("ol li").last).to_contain_text("もう一度開きます")
        assert seeker.row("カメラ").locator(".found-so").inner_text() == before
        if agent is None:
            seeker.looked_at("8-denied")


def test_the_camera_is_off_once_its_view_is_left(
    with_a_camera: Browser, office: Place, tmp_path: Path
) -> None:
    with at_the_checks(with_a_camera, tmp_path, office) as seeker:
        seeker.press("カメラをためす")
        video = seeker.page.locator("video.preview")
        track = video.evaluate_handle("(each) => each.srcObject.getVideoTracks()[0]")
        seeker.press("質問へ")
        seeker.heading("質問に答えて")
        assert track.evaluate("(each) => each.readyState") == "ended"
