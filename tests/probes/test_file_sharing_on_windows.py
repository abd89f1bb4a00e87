"""file_sharing on Windows: running, installed, unpacked, or once used."""

import codecs
from pathlib import PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding, reported
from precheck.contract.reasons import FileSharing, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.installed_programs import UNINSTALL, parse_icon, parse_package
from probes.software import file_sharing
from probes.software.windows_sweep import SHELL_FOLDERS, personal_folders
from probes.software.windows_traces import (
    ASSISTANT,
    MUI_CACHE,
    USER_ASSIST,
    from_user_assist,
    once_started,
)
from probes.system.questions import ListProcesses, Process
from probes.system.windows_questions import ListDrives, ListRegistry, ReadRegistry, RegistryValue
from tests.machines import composed, context, policy_with
from tests.probes.windows_software import (
    SHARING,
    TITLES,
    app_path,
    at_the_top,
    device,
    file,
    in_personal,
    in_programs,
    listed,
    own,
    values,
    version,
)


def found(*processes: Process, answers: Any = None, policy: Any = None) -> Finding:
    return file_sharing.run(device(*processes, answers=answers), context(policy=policy))


def outcome(finding: Finding) -> tuple[Verdict, str, Any]:
    return finding.verdict, finding.reason, finding.evidence.get("name")


def test_an_ordinary_device_has_none() -> None:
    finding = found()
    assert (finding.verdict, finding.reason) == (Verdict.PASS, FileSharing.NONE_FOUND)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Winny.exe", "Winny"),
        ("WINNY2.EXE", "Winny"),
        ("perfect dark.exe", "Perfect Dark"),
        ("qbittorrent.exe", "qBittorrent"),
    ],
)
def test_what_runs_fails(name: str, label: str) -> None:
    assert outcome(found(own(name))) == (Verdict.FAIL, FileSharing.RUNNING, label)


@pytest.mark.parametrize(
    "name",
    [
        "Winny.exe.bak",
        "MyWinny.exe",
        "thunderbird.exe",
        "rufus.exe",
        "perfect_dark.exe",
        "ShareX.exe",
    ],
)
def test_what_only_resembles_a_listed_name_is_nothing(name: str) -> None:
    assert found(own(name)).reason == FileSharing.NONE_FOUND


# Weak names.


def test_a_weak_name_alone_is_nothing() -> None:
    assert found(own("Share.exe")).reason == FileSharing.NONE_FOUND
    assert found(own("Ares.exe")).reason == FileSharing.NONE_FOUND


def test_a_weak_name_in_a_folder_of_its_product_fails() -> None:
    share = own("share.exe", "D:\\tools\\Share(仮称)\\")
    assert outcome(found(share)) == (Verdict.FAIL, FileSharing.RUNNING, "Share")


def test_a_weak_name_fails_where_the_program_itself_says_what_it_is() -> None:
    thunder = own("Thunder.exe", "C:\\apps\\Thunder.exe")
    assert found(thunder).reason == FileSharing.NONE_FOUND
    says = version("C:\\apps\\Thunder.exe", product="迅雷")
    assert outcome(found(thunder, answers=says)) == (Verdict.FAIL, FileSharing.RUNNING, "Xunlei")
    other = version("C:\\apps\\Thunder.exe", product="Thunder Mail")
    assert found(thunder, answers=other).reason == FileSharing.NONE_FOUND


def test_a_weak_name_fails_beside_an_entry_among_the_installed_programs() -> None:
    ares = {"DisplayName": "Ares Galaxy 2.4.8"}
    finding = found(own("Ares.exe"), answers=listed(ares))
    assert outcome(finding) == (Verdict.FAIL, FileSharing.RUNNING, "Ares")


def test_a_weak_name_whose_file_may_not_be_seen_leaves_it_unknown() -> None:
    finding = found(own("Share.exe", None))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.DENIED)


def test_a_weak_name_beside_an_unread_list_leaves_it_unknown() -> None:
    unread = {ListRegistry("HKCU", UNINSTALL): Unread.DENIED}
    assert found(own("Share.exe"), answers=unread).verdict is Verdict.UNKNOWN


# Lists of installed programs.

QBITTORRENT = "C:\\Program Files\\qBittorrent\\qbittorrent.exe"


@pytest.mark.parametrize(
    "entry",
    [
        {"DisplayName": "qBittorrent"},
        {"DisplayName": "qBittorrent 5.0.3"},
        {"DisplayName": "qBittorrent 5.0.3 (x64)"},
        {"DisplayName": "ＱＢＩＴＴＯＲＲＥＮＴ"},
        {"DisplayName": "ダウンロードソフト", "DisplayIcon": f'"{QBITTORRENT}",0'},
        {"DisplayName": "X", "DisplayIcon": f"{QBITTORRENT.upper()},-101"},
    ],
)
@pytest.mark.parametrize(("hive", "view"), [("HKLM", 64), ("HKLM", 32), ("HKCU", 64)])
def test_what_windows_lists_is_installed(entry: dict[str, str], hive: str, view: int) -> None:
    there = {
        **listed(entry, hive=hive, view=view),
        **file(QBITTORRENT),
        **file(QBITTORRENT.upper()),
    }
    assert outcome(found(answers=there)) == (Verdict.FAIL, FileSharing.INSTALLED, "qBittorrent")


@pytest.mark.parametrize(
    "entry",
    [
        {"DisplayName": "qBittorrent Search Plugins"},
        {"DisplayName": "my qBittorrent"},
        {"DisplayName": "Share"},
        {"DisplayName": "Ares"},
        {"DisplayName": ""},
        {"DisplayName": "X", "DisplayIcon": "C:\\Program Files\\X\\qbittorrent-helper.exe"},
        {"DisplayName": "X", "DisplayIcon": "C:\\Program Files\\X\\Share.exe"},
        {"DisplayIcon": QBITTORRENT},
    ],
)
def test_an_entry_that_only_resembles_one_is_nothing(entry: dict[str, str]) -> None:
    there = {**listed(entry), **file(QBITTORRENT)}
    assert found(answers=there).reason == FileSharing.NONE_FOUND


def test_an_entry_whose_program_is_gone_is_a_leftover() -> None:
    gone = listed({"DisplayName": "qBittorrent", "DisplayIcon": QBITTORRENT})
    assert found(answers=gone).reason == FileSharing.NONE_FOUND
    folder = "C:\\Program Files\\qBittorrent"
    moved = listed({"DisplayName": "qBittorrent", "InstallLocation": folder})
    assert found(answers=moved).reason == FileSharing.NONE_FOUND
    there = {**moved, **file(folder, kind="folder")}
    assert found(answers=there).reason == FileSharing.INSTALLED


def test_the_folder_of_an_entry_may_stand_in_quotes() -> None:
    folder = "C:\\Program Files\\qBittorrent"
    quoted = listed({"DisplayName": "qBittorrent", "InstallLocation": f'"{folder}\\"'})
    there = {**quoted, **file(f"{folder}\\", kind="folder")}
    assert found(answers=there).reason == FileSharing.INSTALLED
    assert found(answers=quoted).reason == FileSharing.NONE_FOUND


def test_app_paths_and_store_packages_show_what_is_installed() -> None:
    bitcomet = "C:\\Program Files\\BitComet\\BitComet.exe"
    by_name = app_path("BitComet.exe", bitcomet)
    assert found(answers={**by_name, **file(bitcomet)}).reason == FileSharing.INSTALLED
    assert found(answers=by_name).reason == FileSharing.NONE_FOUND


def test_every_product_found_in_the_same_way_is_named() -> None:
    both = listed({"DisplayName": "BitComet 2.05"}, {"DisplayName": "Vuze"})
    assert found(answers=both).evidence == {"name": "BitComet, Vuze", "count": 2}


@pytest.mark.parametrize(
    ("reading", "verdict"),
    [("accept", Verdict.PASS), ("warn", Verdict.WARN), ("reject", Verdict.FAIL)],
)
def test_the_office_decides_about_bittorrent(reading: str, verdict: Verdict) -> None:
    policy = policy_with("file_sharing", bittorrent=reading)
    answers = listed({"DisplayName": "qBittorrent"})
    assert found(answers=answers, policy=policy).verdict is verdict
    assert found(answers=listed({"DisplayName": "eMule"}), policy=policy).verdict is Verdict.FAIL


# Looking through folders.

FILES = ("Noderef.txt", "Download.txt", "Tab1.txt")


@pytest.mark.parametrize(
    ("answers", "label"),
    [
        (in_personal(tuple(f"~\\Downloads\\game\\{name}" for name in FILES)), "Winny"),
        (in_personal(("~\\Downloads\\x\\Winny.exe", "~\\Downloads\\x\\Tab1.txt")), "Winny"),
        (in_personal(("~\\Documents\\pd\\perfect dark.exe",)), "Perfect Dark"),
        (in_personal(("~\\Desktop\\ShareEX2\\Share.exe",)), "Share"),
        (in_programs(("%ProgramFiles%\\WinMX\\WinMX.exe",)), "WinMX"),
        (in_programs(("%APPDATA%\\uTorrent\\uTorrent.exe",)), "µTorrent"),
        (at_the_top(("C:\\Winny\\Winny.exe",)), "Winny"),
    ],
)
def test_what_lies_unpacked_is_installed(answers: Any, label: str) -> None:
    assert outcome(found(answers=answers)) == (Verdict.FAIL, FileSharing.INSTALLED, label)


@pytest.mark.parametrize(
    "answers",
    [
        in_personal(("~\\Downloads\\uTorrent.exe",)),
        in_personal(("~\\Downloads\\Winny.exe",)),
        in_programs(("%LOCALAPPDATA%\\Temp\\BitTorrent.exe",)),
        at_the_top(("C:\\work\\qbittorrent.exe",)),
    ],
)
def test_what_may_be_no_more_than_an_installer_is_shown_and_never_sent(answers: Any) -> None:
    finding = found(answers=answers)
    assert (finding.verdict, finding.reason) == (Verdict.WARN, FileSharing.TRACES)
    assert reported(finding).reason == FileSharing.NONE_FOUND


@pytest.mark.parametrize("paths", [("~\\Desktop\\Share.exe",), ("~\\Downloads\\Download.txt",), ()])
def test_a_weak_name_or_a_single_file_is_nothing(paths: tuple[str, ...]) -> None:
    assert found(answers=in_personal(paths)).reason == FileSharing.NONE_FOUND


def test_the_look_follows_the_folders_to_where_onedrive_keeps_them() -> None:
    home = "C:\\Users\\redacted\\OneDrive"
    folders = {
        "Desktop": RegistryValue(1, f"{home}\\デスクトップ"),
        "Personal": RegistryValue(1, f"{home}\\ドキュメント\\"),
        "{374DE290-123F-4565-9164-39C4925E467B}": RegistryValue(1, "D:\\保存"),
        "Fonts": RegistryValue(1, "C:\\Windows\\Fonts"),
    }
    moved = (f"{home}\\デスクトップ", f"{home}\\ドキュメント", "D:\\保存")
    assert personal_folders(folders) == moved
    there = in_personal((f"{home}\\デスクトップ\\Winny\\Winny.exe",), moved)
    finding = found(answers={SHELL_FOLDERS: folders, **there})
    assert outcome(finding) == (Verdict.FAIL, FileSharing.INSTALLED, "Winny")
    assert "redacted" not in "".join(finding.sources)


def test_a_look_that_its_own_bound_ends_hides_nothing_and_any_other_failure_does() -> None:
    assert found(answers=in_personal(Unread.TIMED_OUT)).reason == FileSharing.NONE_FOUND
    for why in (Unread.DENIED, Unread.GARBLED):
        assert found(answers=in_personal(why)).reason == why
    without_drives = {ListDrives(): Unread.DENIED}
    assert found(answers=without_drives).reason == FileSharing.NONE_FOUND


# Titles of windows.


def test_a_title_alone_may_be_a_page_about_the_product() -> None:
    seen = {TITLES: ("Winny v2.0b",)}
    finding = found(answers=seen)
    assert outcome(finding) == (Verdict.WARN, FileSharing.TRACES, "Winny")
    copy = in_personal(tuple(f"~\\Downloads\\game\\{name}" for name in FILES))
    both = found(answers={**seen, **copy})
    assert outcome(both) == (Verdict.FAIL, FileSharing.RUNNING, "Winny")


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.UNSUPPORTED])
def test_titles_that_could_not_be_read_are_no_more_than_that(why: Unread) -> None:
    assert found(answers={TITLES: why}).reason == FileSharing.NONE_FOUND


# What Windows remembers.

ONCE = "C:\\Users\\redacted\\Desktop\\転職\\Winny.exe"


def remembered(path: str) -> list[Any]:
    group = "{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}"
    counts = ReadRegistry("HKCU", f"{USER_ASSIST}\\{group}\\Count")
    return [
        {
            ListRegistry("HKCU", USER_ASSIST): (group,),
            counts: {codecs.encode(path, "rot13"): RegistryValue(3, b"\x00" * 72)},
        },
        {
            MUI_CACHE: {
                f"{path}.FriendlyAppName": RegistryValue(1, "x"),
                "LangID": RegistryValue(3, b"\x11\x04"),
            }
        },
        {MUI_CACHE: {f"{path}.ApplicationCompany": RegistryValue(1, "x")}},
        {ASSISTANT: {path: RegistryValue(3, b"SACP")}},
    ]


@pytest.mark.parametrize("place", range(4))
def test_what_was_once_started_is_shown_and_never_sent(place: int) -> None:
    finding = found(answers=remembered(ONCE)[place])
    assert outcome(finding) == (Verdict.WARN, FileSharing.TRACES, "Winny")
    assert reported(finding).verdict is Verdict.PASS
    assert "redacted" not in "".join(finding.sources)
    for other in ("C:\\x\\notWinny.exe", "C:\\x\\Share.exe", "C:\\Winny.exe\\readme.txt"):
        assert found(answers=remembered(other)[place]).reason == FileSharing.NONE_FOUND


@given(st.text(max_size=40))
def test_rot13_turns_back_into_what_it_was(name: str) -> None:
    assert from_user_assist(codecs.encode(name, "rot13")) == name


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_remembered_texts_make_no_error_and_show_whole_names_only(paths: list[str]) -> None:
    for product in once_started(paths, SHARING):
        names = {name.lower() for name in product.windows.exe}
        assert any(PureWindowsPath(path).name.lower() in names for path in paths)


# What cannot be told.


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED, Unread.MISSING])
def test_without_the_process_list_nothing_found_is_unknown(why: Unread) -> None:
    finding = found(answers={ListProcesses(): why})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)
    installed = {ListProcesses(): why, **listed({"DisplayName": "qBittorrent"})}
    assert found(answers=installed).reason == FileSharing.INSTALLED
    assert found(answers={ListProcesses(): ()}).reason == Unread.GARBLED


@pytest.mark.parametrize(
    "answers",
    [
        {ListRegistry("HKLM", UNINSTALL, 64): Unread.DENIED},
        {ListRegistry("HKLM", UNINSTALL, 64): Unread.MISSING},
        {ListRegistry("HKLM", UNINSTALL, 64): ()},
        {ListRegistry("HKLM", UNINSTALL, 32): Unread.DENIED},
        {ListRegistry("HKCU", UNINSTALL): Unread.DENIED},
        {ReadRegistry("HKLM", f"{UNINSTALL}\\entry0", 64): Unread.DENIED},
    ],
)
def test_without_a_whole_list_of_installed_programs_nothing_found_is_unknown(answers: Any) -> None:
    assert found(answers=answers).verdict is Verdict.UNKNOWN
    running = found(own("Winny.exe"), answers=answers)
    assert running.reason == FileSharing.RUNNING


def test_an_entry_that_goes_while_it_is_read_is_no_longer_there() -> None:
    gone = {ReadRegistry("HKLM", f"{UNINSTALL}\\entry0", 64): Unread.MISSING}
    assert found(answers=gone).reason == FileSharing.NONE_FOUND


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.CLOCK])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    finding = file_sharing.run(composed({}, OsFamily.WINDOWS, why), context())
    assert finding.verdict is Verdict.UNKNOWN


# Parsers.


@pytest.mark.parametrize(
    ("icon", "path"),
    [
        ("C:\\a\\b.exe", "C:\\a\\b.exe"),
        ('"C:\\a b\\c.exe"', "C:\\a b\\c.exe"),
        ('"C:\\a b\\c.exe",0', "C:\\a b\\c.exe"),
        ("C:\\a, b\\c.exe,-101", "C:\\a, b\\c.exe"),
        ("C:\\表\\ソ.exe, 1", "C:\\表\\ソ.exe"),
        ("", None),
        ('""', None),
    ],
)
def test_an_icon_names_a_file(icon: str, path: str | None) -> None:
    assert parse_icon(icon) == path


@given(st.text(max_size=40))
def test_any_text_for_an_icon_or_a_package_makes_no_error(text: str) -> None:
    assert parse_icon(text) != ""
    package = parse_package(text)
    assert package is None or text.startswith(f"{package.name}_{package.version}")


@given(st.dictionaries(st.sampled_from(["Desktop", "Personal", "X"]), st.text(max_size=20)))
def test_any_shell_folders_are_whole_paths_or_nothing(texts: dict[str, str]) -> None:
    assert all(path[1:3] == ":\\" for path in personal_folders(values(**texts)))
