"""meeting_app on Windows: Zoom and TeleOffice, or the browser where the office allows it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues.software import Product
from precheck.contract.finding import Finding
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.reasons import MeetingApp, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.installed_programs import UNINSTALL, Listed
from probes.software import meeting_app
from probes.software.windows_listed import is_listed
from probes.system.windows_questions import ListRegistry
from tests.machines import composed, context, policy_with
from tests.probes.windows_software import EDGE, SOFTWARE, app_path, device, file, listed, version

ZOOM_HERE = "%APPDATA%\\Zoom\\bin\\Zoom.exe"
ZOOM_LISTED = "C:\\Users\\redacted\\AppData\\Roaming\\Zoom\\bin\\Zoom.exe"
ENTRY = {
    "DisplayName": "Zoom Workplace",
    "DisplayVersion": "6.2.11 (50939)",
    "DisplayIcon": ZOOM_LISTED,
    "Publisher": "Zoom Communications, Inc.",
}


def found(answers: Any = None, policy: Policy | None = None) -> Finding:
    machine = device(answers=answers)
    return meeting_app.run(machine, context(policy=policy or load_office("honjo")))


def outcome(finding: Finding) -> tuple[Verdict, str]:
    return finding.verdict, finding.reason


def product(label: str) -> Product:
    return next(item for item in SOFTWARE.products if item.label == label)


@pytest.mark.parametrize(
    "path",
    [
        ZOOM_HERE,
        "%ProgramFiles%\\Zoom\\bin\\Zoom.exe",
        "%ProgramFiles(x86)%\\Zoom\\bin\\Zoom.exe",
    ],
)
def test_zoom_is_ready_where_its_program_is(path: str) -> None:
    finding = found({**file(path), **version(path, "6.2.11.50939")})
    assert outcome(finding) == (Verdict.PASS, MeetingApp.READY)
    assert finding.evidence == {"name": "Zoom", "version": "6.2.11.50939"}
    assert found(file(path, kind="folder")).reason == MeetingApp.NONE


@pytest.mark.parametrize(("hive", "view"), [("HKLM", 64), ("HKLM", 32), ("HKCU", 64)])
def test_zoom_is_ready_where_windows_lists_it(hive: str, view: int) -> None:
    there = {**listed(ENTRY, hive=hive, view=view), **file(ZOOM_LISTED)}
    finding = found(there)
    assert outcome(finding) == (Verdict.PASS, MeetingApp.READY)
    assert "redacted" not in "".join(finding.sources)


def test_an_entry_without_a_file_to_look_for_counts_with_the_version_it_states() -> None:
    entry = {"DisplayName": "Zoom (64-bit)", "DisplayVersion": "6.2.11 (50939)"}
    finding = found(listed(entry))
    assert outcome(finding) == (Verdict.PASS, MeetingApp.READY)
    assert finding.evidence["version"] == "6.2.11 (50939)"
    in_a_folder = listed({**entry, "InstallLocation": "D:\\Zoom"})
    there = {**in_a_folder, **file("D:\\Zoom", kind="folder")}
    assert found(there).reason == MeetingApp.READY


def test_an_entry_whose_program_is_gone_is_a_leftover() -> None:
    assert found(listed(ENTRY)).reason == MeetingApp.NONE
    gone = {"DisplayName": "Zoom Workplace", "InstallLocation": "D:\\Zoom"}
    assert found(listed(gone)).reason == MeetingApp.NONE


@pytest.mark.parametrize(
    "name",
    [
        "Zoom Outlook Plugin",
        "Zoom Rooms",
        "ZoomText 2024",
        "MyZoom",
        "ズーム",
        "Zoom Workplace VDI",
    ],
)
def test_what_only_resembles_zoom_is_not_zoom(name: str) -> None:
    assert found(listed({"DisplayName": name})).reason == MeetingApp.NONE


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("6.2.0.1000", MeetingApp.READY),
        ("6.10.0.1", MeetingApp.READY),
        ("6.1.99.9", MeetingApp.BELOW_MINIMUM),
        ("5.17.11.34827", MeetingApp.BELOW_MINIMUM),
        (".".join("0000"), MeetingApp.VERSION_UNKNOWN),
    ],
)
def test_a_version_matters_where_the_office_states_a_minimum(number: str, reason: str) -> None:
    policy = policy_with("meeting_app", minimum_zoom="6.2.0")
    assert found({**file(ZOOM_HERE), **version(ZOOM_HERE, number)}, policy).reason == reason


def test_a_version_that_could_not_be_read_is_unknown_where_one_is_wanted() -> None:
    policy = policy_with("meeting_app", minimum_zoom="6.2.0")
    assert found(file(ZOOM_HERE), policy).reason == MeetingApp.VERSION_UNKNOWN
    assert found(file(ZOOM_HERE)).reason == MeetingApp.READY


# TeleOffice.


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("TeleOffice", True),
        ("TeleOffice 3.11.002", True),
        ("ＴｅｌｅＯｆｆｉｃｅ", True),
        ("TeleOffice クライアント", True),
        ("TeleOfficeX", False),
        ("My TeleOffice", False),
        ("Tele Office", False),
        ("", False),
    ],
)
def test_teleoffice_is_known_by_the_word_that_its_name_begins_with(name: str, is_it: bool) -> None:
    assert is_listed(product("TeleOffice"), Listed(name)) is is_it


def test_teleoffice_is_ready_where_windows_lists_it() -> None:
    answers = listed({"DisplayName": "TeleOffice 3.11.002", "DisplayVersion": "3.11.002"})
    finding = found(answers, load_office("nagasaki"))
    assert outcome(finding) == (Verdict.PASS, MeetingApp.READY)
    assert found(answers).reason == MeetingApp.NONE


@pytest.mark.parametrize("office", ["nagasaki", "okinawa", "kakogawa", "standard"])
def test_a_teleoffice_that_was_not_found_may_be_there(office: str) -> None:
    finding = found(policy=load_office(office))
    assert outcome(finding) == (Verdict.UNKNOWN, Unread.UNSUPPORTED)


def test_a_zoom_that_was_not_found_is_not_there() -> None:
    assert outcome(found()) == (Verdict.FAIL, MeetingApp.NONE)


# The browser, and what cannot be told.


def test_the_browser_will_do_where_the_office_says_so() -> None:
    policy = policy_with("meeting_app", browser_join=["zoom"])
    assert outcome(found(file(EDGE), policy)) == (Verdict.PASS, MeetingApp.BROWSER_JOIN)
    chrome = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"
    by_name = {**app_path("chrome.exe", chrome), **file(chrome)}
    assert found(by_name, policy).reason == MeetingApp.BROWSER_JOIN


@pytest.mark.parametrize(("hive", "view"), [("HKLM", 64), ("HKLM", 32), ("HKCU", 64)])
def test_without_a_list_of_programs_nothing_is_called_missing(hive: str, view: int) -> None:
    unread = {ListRegistry(hive, UNINSTALL, view): Unread.DENIED}
    assert outcome(found(unread)) == (Verdict.UNKNOWN, Unread.DENIED)
    assert found({**unread, **file(ZOOM_HERE)}).reason == MeetingApp.READY


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.CLOCK])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    finding = meeting_app.run(composed({}, OsFamily.WINDOWS, why), context())
    assert finding.verdict is Verdict.UNKNOWN


@given(st.dictionaries(st.sampled_from(list(ENTRY)), st.text(max_size=20)))
def test_any_entry_at_all_makes_no_error(entry: dict[str, str]) -> None:
    finding = found(listed(entry))
    zoom = entry.get("DisplayName", "").strip("\0 ").casefold().startswith("zoom")
    assert zoom or finding.verdict is not Verdict.PASS
