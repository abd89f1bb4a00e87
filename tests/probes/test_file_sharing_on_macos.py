"""file_sharing on macOS: apps, processes, Spotlight, and the drives of Wine; no folder is entered
for which macOS would ask the person."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import FileSharing, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.software import file_sharing
from probes.software.macos_apps import App, is_app, parse_info
from probes.software.macos_sweep import INDEXING, parse_found, parse_indexing, stored_or_app
from probes.system.questions import (
    Completed,
    ListFolder,
    ListProcesses,
    Process,
    ReadFile,
    SweepFiles,
)
from probes.system.recording import Recorder
from tests.machines import composed, context, policy_with
from tests.probes.macos_software import (
    SEARCH,
    SHARING,
    SOFTWARE,
    WALK,
    WINE,
    info,
    mac,
    running,
)
from tests.probes.software_device import said

BY_LABEL = {product.label: product for product in SOFTWARE.products}


def checked(*processes: Process, **machine: Any) -> Finding:
    return file_sharing.run(mac(*processes, **machine), context())


def test_a_mac_with_nothing_of_it_passes() -> None:
    found = checked()
    assert (found.reason, found.verdict) == (FileSharing.NONE_FOUND, Verdict.PASS)


@pytest.mark.parametrize(
    ("path", "plist"),
    [
        ("/Applications/qBittorrent.app", info("org.qbittorrent.qBittorrent")),
        ("/Applications/QBITTORRENT.APP", info(None)),
        ("/Applications/Torrents.app", info("org.qbittorrent.qBittorrent")),
        ("/Applications/Torrents.app", info("ORG.QBITTORRENT.QBITTORRENT")),
        ("/Applications/Net/qBittorrent.app", info("org.qbittorrent.qBittorrent")),
        ("/Applications/Utilities/qBittorrent.app", info("org.qbittorrent.qBittorrent")),
        ("~/Applications/qBittorrent.app", info("org.qbittorrent.qBittorrent")),
        ("~/Applications/Net/qBittorrent.app", info(None)),
        ("/Applications/qBittorrent.app", Unread.MISSING),
        ("/Applications/qBittorrent.app", b"garbage"),
    ],
)
def test_an_app_is_known_by_its_whole_name_or_its_identifier(path: str, plist: Any) -> None:
    found = checked(bundles={path: plist})
    assert (found.reason, found.verdict) == (FileSharing.INSTALLED, Verdict.FAIL)
    assert found.evidence["name"] == "qBittorrent"


@pytest.mark.parametrize(
    ("path", "identifier"),
    [
        ("/Applications/Thunderbird.app", "org.mozilla.thunderbird"),
        ("/Applications/qBittorrent Helper.app", "org.qbittorrent.qBittorrent.helper"),
        ("/Applications/Share.app", "com.example.share"),
        ("/Applications/Transmission.app.zip", "org.m0k.transmission"),
    ],
)
def test_a_part_of_a_name_is_none(path: str, identifier: str) -> None:
    assert checked(bundles={path: info(identifier)}).reason == FileSharing.NONE_FOUND


@pytest.mark.parametrize(
    "process",
    [
        running("/Applications/Transmission.app"),
        running("/Users/taro/Downloads/Transmission.app"),
        running("/private/var/folders/x/T/AppTranslocation/0A/d/Transmission.app"),
        running("/Applications/Transmission.app", "a-helper"),
        Process("transmission-daemon", "/opt/homebrew/bin/transmission-daemon", own=True),
        Process("wine64-preloader", "/opt/wine/wine64-preloader", "Winny.exe", own=True),
        Process("WINNY.EXE"),
    ],
)
def test_what_runs_fails_wherever_it_runs_from(process: Process) -> None:
    found = checked(process)
    assert (found.reason, found.verdict) == (FileSharing.RUNNING, Verdict.FAIL)


def test_a_renamed_app_is_known_while_it_runs_from_a_folder_for_apps() -> None:
    bundle = "/Applications/Torrents.app"
    found = checked(running(bundle, "main"), bundles={bundle: info("org.qbittorrent.qBittorrent")})
    assert found.reason == FileSharing.RUNNING


def test_a_weak_name_alone_is_not_enough() -> None:
    assert checked(Process("Share.exe", argv0="Share.exe")).reason == FileSharing.NONE_FOUND
    beside = Process("wine", "/Users/taro/ShareEX2/Share.exe", "Share.exe", own=True)
    assert checked(beside).reason == FileSharing.RUNNING


def test_a_program_from_homebrew_is_installed() -> None:
    folder = {ListFolder("/opt/homebrew/bin"): ("git", "transmission-daemon")}
    assert checked(answers=folder).reason == FileSharing.INSTALLED


@pytest.mark.parametrize(
    "path",
    [
        "/Users/taro/Downloads/qBittorrent.app",
        "/System/Volumes/Data/Users/taro/Desktop/qBittorrent.app",
        "/Users/taro/Desktop/古い/qbittorrent.app",
    ],
)
def test_an_app_that_spotlight_finds_is_installed(path: str) -> None:
    found = checked(found=(path,))
    assert (found.reason, found.verdict) == (FileSharing.INSTALLED, Verdict.FAIL)
    assert found.sources == ("folders",)


@pytest.mark.parametrize(
    "path", ["/Volumes/qBittorrent/qBittorrent.app", "/Volumes/Backup/Winny.exe"]
)
def test_what_lies_on_another_volume_is_not_on_the_device(path: str) -> None:
    assert checked(found=(path,)).reason == FileSharing.NONE_FOUND


def test_a_windows_program_that_only_lies_there_is_a_trace() -> None:
    found = checked(found=("/Users/taro/Downloads/Winny.exe",))
    assert (found.reason, found.verdict) == (FileSharing.TRACES, Verdict.WARN)


def test_one_with_its_own_files_beside_it_is_a_copy() -> None:
    folder = "/Users/taro/Downloads/winny"
    found = checked(found=(f"{folder}/Winny.exe", f"{folder}/Noderef.txt"))
    assert found.reason == FileSharing.INSTALLED


@pytest.mark.parametrize(
    "path",
    [
        "~/.wine/drive_c/winny/Winny.exe",
        "~/Library/Application Support/CrossOver/Bottles/win/drive_c/winny/Winny.exe",
    ],
)
def test_one_in_a_drive_of_wine_can_run(path: str) -> None:
    assert checked(answers={WINE: (path,)}).reason == FileSharing.INSTALLED


OFF = [
    "/:\n\tIndexing disabled.\n",
    "/:\n\tIndexing and searching disabled.\n",
    "Spotlight server is disabled.\n",
    "/:\n\tError: unknown indexing state.\n",
    "/:\n\tインデックスは有効です。\n",
    "",
]


@pytest.mark.parametrize("state", OFF)
def test_without_spotlight_the_open_folders_are_looked_through(state: str) -> None:
    answers = {INDEXING: said(state), WALK: ("/Users/Shared/qBittorrent.app",), SEARCH: said("")}
    assert checked(answers=answers).reason == FileSharing.INSTALLED


@pytest.mark.parametrize("state", OFF)
def test_without_spotlight_nobody_knows_what_lies_where_people_unpack_things(state: str) -> None:
    answers = {INDEXING: said(state), WALK: (), SEARCH: said("/Users/a/Winny.exe\0")}
    assert checked(answers=answers).verdict is Verdict.UNKNOWN
    assert checked(answers={WALK: ()}).reason == FileSharing.NONE_FOUND


@pytest.mark.parametrize("answer", [Unread.DENIED, Unread.MISSING, said("", 1), said("no list")])
def test_a_search_that_failed_makes_way_for_the_look(answer: Any) -> None:
    answers = {SEARCH: answer, WALK: ("/Users/Shared/qBittorrent.app",)}
    assert checked(answers=answers).reason == FileSharing.INSTALLED
    assert checked(answers={SEARCH: answer, WALK: ()}).verdict is Verdict.UNKNOWN


def test_a_look_that_its_own_bound_has_ended_hides_nothing() -> None:
    assert checked(answers={WINE: Unread.TIMED_OUT}).reason == FileSharing.NONE_FOUND


def test_a_search_that_never_answered_does() -> None:
    assert checked(answers={SEARCH: Unread.TIMED_OUT}).reason == Unread.TIMED_OUT


@pytest.mark.parametrize(
    "question", [ListFolder("/Applications"), ListFolder("~/Applications"), ListProcesses()]
)
@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.NOT_RECORDED])
def test_nothing_found_is_only_said_where_everything_was_read(question: Any, why: Unread) -> None:
    assert checked(answers={question: why}).reason == why


def test_an_empty_answer_is_none() -> None:
    assert checked(answers={ListFolder("/Applications"): ()}).reason == Unread.MISSING
    assert checked(answers={ListProcesses(): ()}).reason == Unread.GARBLED


def test_an_app_that_may_not_be_read_leaves_it_open() -> None:
    closed = {"/Applications/Private.app": Unread.DENIED}
    assert checked(bundles=closed).reason == Unread.DENIED


def test_where_everything_is_denied_nothing_is_said() -> None:
    denied = composed({}, family=OsFamily.MACOS, otherwise=Unread.DENIED)
    assert file_sharing.run(denied, context()).reason == Unread.DENIED


def test_what_fails_is_said_even_if_something_else_could_not_be_read() -> None:
    found = checked(
        running("/Applications/aMule.app"), answers={ListFolder("~/Applications"): Unread.DENIED}
    )
    assert found.reason == FileSharing.RUNNING


def test_the_office_decides_about_bittorrent() -> None:
    machine = mac(bundles={"/Applications/Transmission.app": info("org.m0k.transmission")})
    accepting = policy_with("file_sharing", bittorrent="accept")
    assert file_sharing.run(machine, context(policy=accepting)).verdict is Verdict.PASS


GUARDED = ("/Desktop", "/Documents", "/Downloads", "/Volumes", "Containers", "Mobile Documents")


@pytest.mark.parametrize("state", ["/:\n\tIndexing enabled.\n", *OFF])
def test_no_folder_is_asked_for_that_macos_asks_the_person_about(state: str) -> None:
    recorder = Recorder(mac(answers={INDEXING: said(state)}))
    file_sharing.run(recorder, context())
    asked = [answer.question for answer in recorder.answers()]
    paths = [
        path
        for question in asked
        if isinstance(question, ListFolder | ReadFile | SweepFiles)
        for path in (question.roots if isinstance(question, SweepFiles) else (question.path,))
    ]
    assert len(paths) > 8
    assert [path for path in paths if any(guarded in path for guarded in GUARDED)] == []
    assert {"~", "/", "/Users", "~/Library"}.isdisjoint(paths)


def test_spotlight_is_asked_for_whole_names_only() -> None:
    query = SEARCH.argv[-1]
    assert 'kMDItemFSName == "winny.exe"c' in query
    assert 'kMDItemFSName == "qbittorrent.app"c' in query
    assert "*" not in query


@given(st.binary(max_size=200))
def test_garbage_is_no_answer_of_spotlights(raw: bytes) -> None:
    answer = Completed(0, raw, b"")
    assert parse_indexing(answer) is None
    found = parse_found(answer)
    assert found is None or all(path.startswith("/") for path in found)
    assert parse_found(Completed(1, raw, b"")) is None


@given(st.text(max_size=60).filter(lambda name: "\0" not in name and "/" not in name))
def test_no_other_name_is_taken_for_a_listed_one(name: str) -> None:
    listed = {
        one.casefold()
        for product in SHARING
        for one in (*product.macos.apps, *product.windows.exe, *product.windows.markers)
    }
    found = stored_or_app((f"/Users/taro/{name}",), SHARING)
    assert (
        name.casefold() in listed
        or name.lower() in listed
        or ((found.copies, found.pieces) == ((), ()))
    )


@given(st.binary(max_size=200))
def test_garbage_is_no_info(raw: bytes) -> None:
    assert parse_info(raw) is None


@pytest.mark.parametrize(
    ("label", "app", "expected"),
    [
        ("Camtasia", App("/Applications/Camtasia 2026.app", "com.techsmith.camtasia2026"), True),
        ("Camtasia", App("/Applications/Camtasia 2026.app", "com.techsmith.snagit"), False),
        ("Camtasia", App("/Applications/Camtasia 2026.app"), False),
        ("Zoom", App("/Applications/zoom.us.app", "us.zoom.xos"), True),
        ("Zoom", App("/Applications/Zoom Outlook Plugin.app", "us.zoom.xos.plugin"), False),
    ],
)
def test_the_beginning_of_an_identifier_counts_where_the_rest_is_a_version(
    label: str, app: App, expected: bool
) -> None:
    assert is_app(BY_LABEL[label], app) is expected
