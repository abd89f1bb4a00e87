"""file_sharing without an installer: what a bounded look through folders makes of what it sees."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues.software import Kind
from probes.facts import Known
from probes.software.sweep import parse_user_dirs, stored, sweep
from probes.system.linux import LinuxSystem
from tests.probes.software_device import SOFTWARE

PRODUCTS = tuple(SOFTWARE.of(Kind.FILE_SHARING))


def seen(*paths: str) -> tuple[list[str], list[str]]:
    found = stored(paths, PRODUCTS)
    return [item.label for item in found.copies], [item.label for item in found.pieces]


WINNY = ("Noderef.txt", "Download.txt", "Ignore.txt", "Tab1.txt")


def test_three_of_winnys_files_in_one_folder_are_winny_whatever_its_program_is_called() -> None:
    assert seen(*(f"~/Downloads/tools/{name}" for name in WINNY[:3])) == (["Winny"], [])
    assert seen(*(f"~/Downloads/tools/{name.upper()}" for name in WINNY)) == (["Winny"], [])


def test_two_of_winnys_files_are_a_trace_and_one_is_nothing() -> None:
    assert seen(*(f"~/Downloads/{name}" for name in WINNY[:2])) == ([], ["Winny"])
    assert seen("~/Downloads/Download.txt") == ([], [])


def test_winnys_files_count_only_together() -> None:
    apart = [f"~/Downloads/{number}/{name}" for number, name in enumerate(WINNY)]
    assert seen(*apart) == ([], [])


def test_a_file_named_twice_is_one_sign() -> None:
    assert seen("~/a/Search.txt", "~/a/Search.txt", "~/a/search.txt") == ([], [])


def test_a_program_beside_one_of_its_files_is_a_copy() -> None:
    assert seen("~/Desktop/x/Winny.exe", "~/Desktop/x/Search.txt") == (["Winny"], [])


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("~/.wine/drive_c/Winny/winny2.exe", "Winny"),
        ("~/.wine/drive_c/users/a/Desktop/perfect dark.exe", "Perfect Dark"),
        ("~/Games/prefix/drive_c/Program Files/WinMX/WINMX.EXE", "WinMX"),
    ],
)
def test_a_program_in_a_drive_of_wine_is_a_copy(path: str, label: str) -> None:
    assert seen(path) == ([label], [])


def test_a_program_where_it_cannot_run_is_a_trace() -> None:
    assert seen("~/Downloads/LimeWire.exe") == ([], ["LimeWire"])


def test_a_weak_name_counts_only_in_a_folder_of_its_product() -> None:
    assert seen("~/.wine/drive_c/tools/Share.exe") == ([], [])
    assert seen("~/.wine/drive_c/ShareEX2/Share.exe") == (["Share"], [])
    assert seen("~/Downloads/share_ex2/share.exe") == ([], ["Share"])
    assert seen("~/.wine/drive_c/ShareEX2000/Share.exe") == ([], [])


MORE = st.text("abcあ._- ", min_size=1, max_size=8)


@given(MORE, st.sampled_from(["winny.exe", "limewire.exe", "perfect dark.exe", "winnyp.exe"]))
def test_a_name_that_only_contains_a_listed_one_is_nothing(more: str, name: str) -> None:
    folder = "~/.wine/drive_c/x"
    assert seen(f"{folder}/{more}{name}", f"{folder}/{name}{more}") == ([], [])


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_paths_at_all_make_no_error_and_no_copy(paths: list[str]) -> None:
    copies, _ = seen(*paths)
    assert copies == [] or any(".exe" in path.lower() or ".txt" in path.lower() for path in paths)


JAPANESE = """# This file is written by xdg-user-dirs-update
XDG_DESKTOP_DIR="$HOME/デスクトップ"
XDG_DOWNLOAD_DIR="$HOME/ダウンロード"
XDG_TEMPLATES_DIR="$HOME/テンプレート"
XDG_PUBLICSHARE_DIR="/srv/share/"
XDG_DOCUMENTS_DIR="$HOME/"
XDG_MUSIC_DIR="$HOME/音楽"
"""


def test_the_persons_own_names_for_the_folders_are_used() -> None:
    assert parse_user_dirs(JAPANESE.encode()) == (
        "~/デスクトップ",
        "~/ダウンロード",
        "/srv/share",
    )


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda value: value.encode()))
def test_garbage_for_user_dirs_names_no_folder(raw: bytes) -> None:
    assert all(path.startswith(("~/", "/")) for path in parse_user_dirs(raw))
    assert parse_user_dirs(JAPANESE.encode("cp932")) == ()


@given(st.text(max_size=30))
def test_a_value_that_is_no_whole_path_is_passed_over(value: str) -> None:
    raw = f'XDG_DOWNLOAD_DIR="{value}"\n'.encode()
    assert all(path.startswith(("~/", "/")) for path in parse_user_dirs(raw))


def test_on_a_real_disk_the_look_finds_what_lies_in_the_usual_places(tmp_path: Path) -> None:
    folder = tmp_path / "ダウンロード" / "新しいフォルダー"
    folder.mkdir(parents=True)
    for name in WINNY[:3]:
        (folder / name).touch()
    drive = tmp_path / ".wine" / "drive_c" / "users" / "a" / "AppData" / "Roaming" / "uTorrent"
    drive.mkdir(parents=True)
    (drive / "uTorrent.exe").touch()
    facts = sweep(LinuxSystem(home=tmp_path), PRODUCTS)
    copies = [item.label for fact in facts if isinstance(fact, Known) for item in fact.value.copies]
    assert sorted(copies) == ["Winny", "µTorrent"]


def test_on_a_real_disk_an_empty_home_holds_nothing(tmp_path: Path) -> None:
    facts = sweep(LinuxSystem(home=tmp_path), PRODUCTS)
    assert all(isinstance(fact, Known) and not fact.value.copies for fact in facts)
