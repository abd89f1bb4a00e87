"""browser on Windows: the age of the build of the browser that the person uses."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import Browser, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.installed_programs import APP_PATHS
from probes.software import browser
from probes.software.windows import HTTPS_CHOICE, default_browser
from probes.software.windows_copies import first_word, stated_version
from probes.system.questions import ReadFile
from probes.system.windows_questions import FileVersion, ListRegistry, ReadRegistry
from tests.machines import NOON, composed, context, policy_with
from tests.probes.windows_software import (
    EDGE,
    SOFTWARE,
    app_path,
    chosen,
    device,
    file,
    packages,
    values,
    version,
)

CHROME = "%ProgramFiles%\\Google\\Chrome\\Application\\chrome.exe"
FIREFOX = "%ProgramFiles%\\Mozilla Firefox\\firefox.exe"
INI = "%ProgramFiles%\\Mozilla Firefox\\application.ini"


def before(days: float) -> float:
    """Seconds since 1970 of a moment so many days before the test's noon."""
    return (NOON - timedelta(days=days)).timestamp()


def built(path: str, days: float, number: str = "144.0.3719.82") -> Any:
    return {**file(path, before(days)), **version(path, number)}


def found(answers: Any = None, now: datetime = NOON, policy: Any = None) -> Finding:
    return browser.run(device(answers=answers), context(now, policy))


def outcome(finding: Finding) -> tuple[Verdict, str, Any]:
    return finding.verdict, finding.reason, finding.evidence.get("name")


@pytest.mark.parametrize(
    ("days", "verdict", "reason"),
    [
        (0, Verdict.PASS, Browser.CURRENT),
        (90, Verdict.PASS, Browser.CURRENT),
        (91, Verdict.WARN, Browser.OLD),
        (2000, Verdict.WARN, Browser.OLD),
        (-2, Verdict.UNKNOWN, Browser.AGE_UNKNOWN),
        (9000, Verdict.UNKNOWN, Browser.AGE_UNKNOWN),
    ],
)
def test_a_browser_is_as_old_as_its_program_file(days: int, verdict: Verdict, reason: str) -> None:
    assert outcome(found(built(EDGE, days))) == (verdict, reason, "Microsoft Edge")


def test_the_office_says_how_old_it_may_be() -> None:
    policy = policy_with("browser", fresh=30)
    assert found(built(EDGE, 40), policy=policy).reason == Browser.OLD


def test_firefox_writes_the_day_of_its_build_beside_itself() -> None:
    day = NOON - timedelta(days=100)
    ini = f"[App]\nVersion=128.0\nBuildID={day:%Y%m%d%H%M%S}\n".encode()
    finding = found({**built(FIREFOX, 1, "128.0.0.1"), ReadFile(INI): ini})
    assert outcome(finding) == (Verdict.WARN, Browser.OLD, "Firefox")
    assert finding.evidence["version"] == "128.0"
    assert finding.evidence["days"] == 100


@pytest.mark.parametrize(
    ("prog_id", "label"),
    [
        ("MSEdgeHTM", "Microsoft Edge"),
        ("ChromeHTML", "Google Chrome"),
        ("ChromeHTML.AB3CDEFGHIJKL", "Google Chrome"),
        ("FirefoxURL-308046B0AF4A39CB", "Firefox"),
        ("VivaldiHTM.X", "Vivaldi"),
        ("chromehtml", "Google Chrome"),
        ("ChromeHTMLX", None),
        ("IE.HTTPS", None),
        ("", None),
    ],
)
def test_a_handler_of_links_is_known_by_its_name(prog_id: str, label: str | None) -> None:
    assert default_browser(prog_id, SOFTWARE.products) == label


def test_the_browser_that_opens_the_office_s_link_is_the_one_that_counts() -> None:
    both = {**built(EDGE, 1), **built(CHROME, 300)}
    assert outcome(found(both)) == (Verdict.PASS, Browser.CURRENT, "Microsoft Edge")
    chrome = found({**both, **chosen("ChromeHTML")})
    assert outcome(chrome) == (Verdict.WARN, Browser.OLD, "Google Chrome")
    other = found({**both, **chosen("Somebody")})
    assert outcome(other) == (Verdict.PASS, Browser.CURRENT, "Microsoft Edge")
    unread = found({**both, HTTPS_CHOICE: Unread.DENIED})
    assert unread.reason == Browser.CURRENT


def test_a_browser_is_found_where_app_paths_say() -> None:
    path = "D:\\Apps\\Google\\Chrome\\Application\\chrome.exe"
    finding = found({**app_path("chrome.exe", f'"{path}"'), **built(path, 5)})
    assert outcome(finding) == (Verdict.PASS, Browser.CURRENT, "Google Chrome")
    assert "D:" not in "".join(finding.sources)
    gone = app_path("chrome.exe", path)
    assert found(gone).reason == Browser.NONE_FOUND


def test_a_browser_from_the_store_states_its_version_and_no_age() -> None:
    finding = found(packages("Mozilla.Firefox_128.0.1.0_x64__n80bbvh6b1yt2"))
    assert outcome(finding) == (Verdict.UNKNOWN, Browser.AGE_UNKNOWN, "Firefox")
    assert finding.evidence["version"] == "128.0.1.0"
    assert found(packages("Mozilla.FirefoxX_1.0.0.0_x64__x")).reason == Browser.NONE_FOUND


# Versions.

PV = ReadRegistry(
    "HKLM",
    "SOFTWARE\\WOW6432Node\\Microsoft\\EdgeUpdate\\Clients\\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}",
)


def test_the_program_s_own_version_comes_before_the_registry_s() -> None:
    registry = {PV: values(pv="143.0.1.1")}
    assert found({**built(EDGE, 1), **registry}).evidence["version"] == "144.0.3719.82"
    assert found({**file(EDGE, before(1)), **registry}).evidence["version"] == "143.0.1.1"
    assert "version" not in found(file(EDGE, before(1))).evidence


@pytest.mark.parametrize(
    ("key", "path", "text", "number"),
    [
        (
            "HKCU\\Software\\Google\\Chrome\\BLBeacon\\version",
            CHROME,
            "143.0.7499.40",
            "143.0.7499.40",
        ),
        (
            "HKLM\\SOFTWARE\\Mozilla\\Mozilla Firefox\\CurrentVersion",
            FIREFOX,
            "128.0 (x64 ja)",
            "128.0",
        ),
        (
            "HKLM\\SOFTWARE\\Mozilla\\Mozilla Firefox\\CurrentVersion",
            FIREFOX,
            "140.5.0 ESR (x64 ja)",
            "140.5.0",
        ),
        ("HKLM\\SOFTWARE\\Mozilla\\Mozilla Firefox\\CurrentVersion", FIREFOX, "最新 (x64)", None),
        ("HKLM\\SOFTWARE\\Mozilla\\Mozilla Firefox\\CurrentVersion", FIREFOX, "", None),
    ],
)
def test_the_registry_s_version_stands_in(
    key: str, path: str, text: str, number: str | None
) -> None:
    hive, _, rest = key.partition("\\")
    folder, _, name = rest.rpartition("\\")
    finding = found({**file(path, before(1)), ReadRegistry(hive, folder): values(**{name: text})})
    assert finding.evidence.get("version") == number


@given(st.text(max_size=30))
def test_any_text_for_a_version_is_one_or_none(text: str) -> None:
    word = first_word(text)
    assert word is None or word in text
    resource = stated_version(FileVersion(text))
    assert resource is None or resource == text
    assert stated_version(FileVersion(".".join("0000"))) is None


@given(st.text(max_size=30))
def test_any_handler_of_links_at_all_is_a_browser_or_none(prog_id: str) -> None:
    assert default_browser(prog_id, SOFTWARE.products) in {
        None,
        *(item.label for item in SOFTWARE.products),
    }


# What cannot be told.


def test_without_the_lists_none_found_is_unknown_and_what_is_found_counts() -> None:
    unread = {ListRegistry("HKLM", APP_PATHS, 64): Unread.DENIED}
    assert found(unread).reason == Unread.DENIED
    assert found({**unread, **built(EDGE, 1)}).reason == Browser.CURRENT
    assert found().reason == Browser.NONE_FOUND


def test_without_a_clock_no_age_is_told() -> None:
    early = datetime.combine(date(2024, 1, 1), datetime.min.time(), UTC)
    assert found(built(EDGE, 1), now=early).reason == Unread.CLOCK


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.CLOCK])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    finding = browser.run(composed({}, OsFamily.WINDOWS, why), context())
    assert finding.verdict is Verdict.UNKNOWN
