"""Makes the pictures of the README anew, from composed data and with the real page:

    python -m tests.browser.pictures docs/pictures

Needs Chromium and Japanese letters, as the tests beside it do.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import (
    Antivirus,
    ConnectionQuality,
    FileSharing,
    Firewall,
    Infection,
    Internet,
    MeetingApp,
    Microphone,
    NetworkTrust,
    OpenServices,
    OsSupport,
    RunningSoftware,
    SecurityUpdates,
    Unread,
    Webcam,
)
from precheck.contract.reasons import (
    Browser as BrowserReason,
)
from precheck.contract.verdict import Verdict
from precheck.contract.wording import Language
from tests.browser.composed import showing, state
from tests.browser.conftest import CHROMIUM, PASSWORD
from tests.browser.visit import Visit
from tests.endpoint.scene import DAY, OFFICE, at, done, new_code, report, send, serving

SCREEN = {"width": 900, "height": 1000}
PAPER = {"width": 794, "height": 600}
"""As wide as A4 at 96 points per inch, and as long as it is."""
LIST = {"width": 1100, "height": 760}


def a_windows_pc() -> Iterator[Finding]:
    """Everything fine, but for updates that wait, a recorder, and what could not be read."""
    yield finding(OsSupport.SUPPORTED, CheckId.OS_SUPPORT, name="Windows 11 25H2")
    yield finding(SecurityUpdates.PENDING_OLD, CheckId.SECURITY_UPDATES, days=21)
    yield finding(Firewall.ON, CheckId.FIREWALL)
    yield finding(OpenServices.NONE_REACHABLE, CheckId.OPEN_SERVICES)
    yield finding(Antivirus.DEFENDER, CheckId.ANTIVIRUS, verdict=Verdict.PASS)
    yield finding(Infection.CLEAN, CheckId.INFECTION)
    yield finding(FileSharing.NONE_FOUND, CheckId.FILE_SHARING)
    yield finding(RunningSoftware.RECORDER, CheckId.RUNNING_SOFTWARE, name="OBS Studio")
    yield finding(Internet.REACHED, CheckId.INTERNET)
    yield finding(NetworkTrust.WPA_PERSONAL, CheckId.NETWORK_TRUST)
    yield finding(Webcam.SEEN, CheckId.WEBCAM)
    yield finding(Microphone.HEARD, CheckId.MICROPHONE)
    yield finding(MeetingApp.READY, CheckId.MEETING_APP, name="Zoom Workplace")
    yield finding(BrowserReason.CURRENT, CheckId.BROWSER, name="Microsoft Edge", version="140")
    yield finding(ConnectionQuality.GOOD, CheckId.CONNECTION_QUALITY, down=48.2, up=21.7)
    yield unread(CheckId.METERED, Unread.MISSING)


def make(browser: Browser, folder: Path) -> None:
    """Write every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    found = tuple(a_windows_pc())
    with tempfile.TemporaryDirectory() as home:
        for language in Language:
            with showing(browser, Path(home), state(found, language)) as seeker:
                page = seeker.page
                page.set_viewport_size(SCREEN)
                page.locator(".overall .banner").wait_for()
                page.screenshot(path=folder / f"checks.{language.value}.png")
        ended = state(found, Language.JA, answered=True, declined=True)
        with showing(browser, Path(home), ended) as seeker:
            page = seeker.page
            page.set_viewport_size(SCREEN)
            page.locator("main .readout").wait_for()
            page.screenshot(path=folder / "end.ja.png")
            page.emulate_media(media="print")
            page.set_viewport_size(PAPER)
            page.evaluate("document.body.style.padding = '2rem'")
            page.screenshot(path=folder / "paper.ja.png", full_page=True)


def make_the_list(browser: Browser, folder: Path) -> None:
    """Write the pictures of a counsellor's list, of a made-up Wednesday, into `folder`."""
    wednesday = DAY + timedelta(days=(2 - DAY.weekday()) % 7)
    with tempfile.TemporaryDirectory() as home:
        data = Path(home)
        done(data, "office", "add", OFFICE)
        done(
            data,
            *("staff", "add", "hanako", "--office", OFFICE, "--password-stdin"),
            stdin=PASSWORD,
        )
        codes = [new_code(data, when=at(hour, 30, wednesday)) for hour in (9, 10, 11, 14)]
        with serving(data) as (address, _):
            send(address, codes[0], report())
            send(address, codes[1], report(SecurityUpdates.PENDING_OLD, Firewall.OFF))
            send(address, codes[2], report(Antivirus.DISAGREE))
            with Visit(browser, address, PASSWORD) as visit:
                visit.sign_in("hanako")
                for language in Language:
                    page = visit.open(f"staff/appointments/?date={wednesday}")
                    visit.speak(language.value)
                    page.set_viewport_size(LIST)
                    page.locator("tbody tr").nth(3).wait_for()
                    page.screenshot(path=folder / f"list.{language.value}.png")


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu"],
        )
        make(browser, Path(sys.argv[1]))
        make_the_list(browser, Path(sys.argv[1]))
        browser.close()


if __name__ == "__main__":
    main()
