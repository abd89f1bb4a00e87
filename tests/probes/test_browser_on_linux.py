"""browser on Linux: the age of the build of the browser that the person uses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import Browser, Unread
from precheck.contract.verdict import Verdict
from probes.software import browser
from probes.software.copies import build_day, parse_application_ini, parse_metainfo
from probes.software.inventory import DPKG, RPM
from probes.software.linux import MIMEAPPS, default_browser
from probes.system.questions import ListFolder, ReadFile, StatFile
from tests.machines import NOON, composed, context, policy_with
from tests.probes.software_device import SOFTWARE, device, dpkg, file, said

CHROMIUM = "/usr/lib/chromium/chromium"
FIREFOX = "/usr/lib/firefox/firefox"
INI = "/usr/lib/firefox/application.ini"


def before(days: int) -> float:
    """Seconds since 1970 of a moment so many days before the test's noon."""
    return (NOON - timedelta(days=days)).timestamp()


def ini(days: int) -> bytes:
    built = (NOON - timedelta(days=days)).strftime("%Y%m%d%H%M%S")
    return f"[App]\nName=Firefox\nVersion=145.0.1\nBuildID={built}\n".encode()


def found(answers=None, now: datetime = NOON, policy=None) -> Finding:
    return browser.run(device(answers=answers), context(now, policy))


def chromium(days: int):
    package = dpkg("installed chromium 156.0.8078.79-1~deb12u1")
    return {**package, StatFile(CHROMIUM): file(before(days))}


def firefox(days: int):
    return {StatFile(FIREFOX): file(0.0), ReadFile(INI): ini(days)}


def test_a_browser_built_lately_is_current_and_an_older_one_is_old() -> None:
    assert (found(chromium(90)).verdict, found(chromium(90)).reason) == (
        Verdict.PASS,
        Browser.CURRENT,
    )
    assert (found(chromium(91)).verdict, found(chromium(91)).reason) == (
        Verdict.WARN,
        Browser.OLD,
    )


def test_the_office_decides_how_old_it_may_be() -> None:
    strict = policy_with("browser", fresh=10)
    assert found(chromium(11), policy=strict).reason == Browser.OLD
    assert found(chromium(10), policy=strict).reason == Browser.CURRENT


def test_the_finding_says_which_browser_which_version_and_how_old() -> None:
    assert found(chromium(18)).evidence == {
        "name": "Chromium",
        "version": "156.0.8078.79",
        "days": 18,
    }


def test_firefox_states_its_own_day_whatever_the_files_time_is() -> None:
    finding = found(firefox(5))
    assert finding.reason == Browser.CURRENT
    assert finding.evidence == {"name": "Firefox", "version": "145.0.1", "days": 5}
    assert found({**firefox(200), StatFile(FIREFOX): file(before(1))}).reason == Browser.OLD


def test_rpm_states_the_day_where_every_files_time_is_1970() -> None:
    built = int(before(20))
    silverblue = {
        DPKG: Unread.MISSING,
        RPM: said(f"rpm 4.20.1 1745000000\nchromium 142.0 {built}\n"),
        StatFile("/usr/lib64/chromium-browser/chromium-browser"): file(0.0),
    }
    assert found(silverblue).evidence == {"name": "Chromium", "version": "142.0", "days": 20}


def test_an_old_firefox_in_a_new_package_is_old() -> None:
    rebuilt = {
        DPKG: Unread.MISSING,
        RPM: said(f"rpm 4.20.1 1745000000\nfirefox 145.0.1 {int(before(5))}\n"),
        **firefox(200),
    }
    assert found(rebuilt).reason == Browser.OLD


def metainfo(days: int) -> bytes:
    day = (NOON - timedelta(days=days)).date()
    return f'<releases><release version="145.0" date="{day}"/></releases>'.encode()


def test_a_flatpak_states_the_day_in_its_metainfo() -> None:
    app = "/var/lib/flatpak/app/org.mozilla.firefox"
    stated = ReadFile(f"{app}/current/active/files/share/metainfo/org.mozilla.firefox.metainfo.xml")
    listed = {ListFolder("/var/lib/flatpak/app"): ("org.mozilla.firefox",)}
    assert found({**listed, stated: metainfo(30)}).evidence["days"] == 30
    assert found({**listed, stated: metainfo(300)}).reason == Browser.OLD
    assert found(listed).reason == Browser.AGE_UNKNOWN


def test_a_snap_has_its_program_where_snaps_are_mounted() -> None:
    program = "/snap/firefox/current/usr/lib/firefox/firefox"
    snap = {
        **dpkg("installed firefox 1:1snap1-0ubuntu7"),
        ListFolder("/snap"): ("bin", "firefox"),
        StatFile(program): file(before(9)),
        ReadFile("/snap/firefox/current/meta/snap.yaml"): b"name: firefox\nversion: 145.0-1\n",
    }
    assert found(snap).evidence == {"name": "Firefox", "version": "145.0-1", "days": 9}


@pytest.mark.parametrize("modified", [0.0, 1.0, -5e10, 1e30, float("nan"), before(-3)])
def test_a_time_that_is_no_time_of_building_is_unknown(modified: float) -> None:
    package = dpkg("installed chromium 156.0-1")
    finding = found({**package, StatFile(CHROMIUM): file(modified)})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Browser.AGE_UNKNOWN)


def test_a_package_whose_program_is_not_where_it_should_be_has_no_age() -> None:
    finding = found(dpkg("installed google-chrome-stable 142.0-1"))
    assert finding.reason == Browser.AGE_UNKNOWN
    assert finding.evidence == {"name": "Google Chrome", "version": "142.0"}


def test_without_a_choice_the_newest_browser_counts() -> None:
    both = {**chromium(300), **firefox(5)}
    assert found(both).evidence["name"] == "Firefox"
    assert found({**chromium(5), **firefox(300)}).evidence["name"] == "Chromium"


def test_the_browser_that_the_person_has_chosen_counts() -> None:
    both = {**chromium(300), **firefox(5)}
    chosen = b"[Default Applications]\nx-scheme-handler/https=chromium.desktop;\n"
    assert found({**both, ReadFile(MIMEAPPS): chosen}).reason == Browser.OLD
    unlisted = chosen.replace(b"chromium", b"org.gnome.Epiphany")
    assert found({**both, ReadFile(MIMEAPPS): unlisted}).reason == Browser.CURRENT


def test_the_age_of_another_browser_does_not_stand_for_the_chosen_one() -> None:
    chosen = b"[Default Applications]\nx-scheme-handler/https=google-chrome.desktop\n"
    answers = {
        **dpkg("installed google-chrome-stable 142.0-1"),
        **firefox(5),
        ReadFile(MIMEAPPS): chosen,
    }
    assert found(answers).reason == Browser.AGE_UNKNOWN


def test_a_chosen_browser_that_is_gone_leaves_the_newest() -> None:
    chosen = b"[Default Applications]\nx-scheme-handler/https=google-chrome.desktop\n"
    assert found({**firefox(5), ReadFile(MIMEAPPS): chosen}).evidence["name"] == "Firefox"


@pytest.mark.parametrize(
    "answers",
    [
        dpkg("installed chromium-common 1", "installed firefox-esr-l10n-ja 1"),
        {StatFile("/usr/bin/firefox"): file(before(1))},
        {StatFile(FIREFOX): file(before(1), kind="folder")},
    ],
)
def test_what_is_no_listed_browser_is_not_found(answers) -> None:
    finding = found(answers)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Browser.NONE_FOUND)


def test_a_clock_that_cannot_be_right_judges_no_date() -> None:
    assert found(chromium(5), datetime(2020, 1, 1, tzinfo=UTC)).reason == Unread.CLOCK


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.NOT_RECORDED])
def test_without_a_package_list_nothing_found_is_unknown(why: Unread) -> None:
    assert found({DPKG: why}).reason == why
    assert browser.run(composed({}, otherwise=why), context()).reason == why


FIREFOX_ESR = b"""; This file is not used.
[App]
Vendor=Mozilla
Name=Firefox
RemotingName=firefox-esr
Version=153.7.0
BuildID=20261103151912
ID={ec8030f7-c20a-464f-9b0e-13a3a9e97384}
"""
"""From the package firefox-esr 153.7.0esr-1~deb12u1, shortened."""


def test_a_real_application_ini_is_read() -> None:
    assert parse_application_ini(FIREFOX_ESR) == ("153.7.0", date(2026, 11, 3))


@pytest.mark.parametrize(
    "raw", [b"BuildID=20261399000000\n", b"BuildID=2026110315191\n", b"XBuildID=20261103151912\n"]
)
def test_a_build_id_that_is_no_time_is_none(raw: bytes) -> None:
    assert parse_application_ini(raw) is None


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_garbage_never_makes_a_browser_current(raw: bytes) -> None:
    assert parse_application_ini(raw) is None
    metadata = parse_metainfo(raw)
    assert metadata is None or metadata[1] is None or b"<release" in raw
    answers = {StatFile(FIREFOX): file(0.0), ReadFile(INI): raw}
    assert found(answers).reason == Browser.AGE_UNKNOWN


@given(st.integers(min_value=0, max_value=len(FIREFOX_ESR)))
def test_a_torn_application_ini_states_the_day_or_nothing(end: int) -> None:
    stated = parse_application_ini(FIREFOX_ESR[:end])
    assert stated is None or stated[1] == date(2026, 11, 3)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_garbage_for_the_choice_of_browser_is_no_choice(raw: bytes) -> None:
    assert default_browser(raw, SOFTWARE.products) is None


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (b"[Default Applications]\nx-scheme-handler/https=firefox_firefox.desktop\n", "Firefox"),
        (
            b"[Default Applications]\nx-scheme-handler/https=gone.desktop;brave-browser.desktop\n",
            "Brave",
        ),
        (b"[Added Associations]\nx-scheme-handler/https=firefox.desktop\n", None),
        (b"[Default Applications]\nx-scheme-handler/http=firefox.desktop\n", None),
        (b"[Default Applications]\nx-scheme-handler/https=userapp-Firefox-X.desktop\n", None),
    ],
)
def test_the_choice_of_browser_is_read_from_the_default_applications(raw: bytes, label) -> None:
    assert default_browser(raw, SOFTWARE.products) == label


@given(st.floats())
def test_any_time_of_a_file_is_a_day_or_none(seconds: float) -> None:
    day = build_day(seconds)
    assert day is None or day.year >= 2020
