"""Files, folders, sweeps and drives of a Windows machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.questions import (
    FileStatus,
    ListFolder,
    Question,
    ReadFile,
    ReadLink,
    StatFile,
    SweepFiles,
)
from probes.system.windows.attributes import is_elsewhere, leads_elsewhere
from probes.system.windows_questions import Drive, ListDrives, ReadFileVersion
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, ask, known, notices

SYMBOLIC_LINK, JUNCTION, ONEDRIVE = 0xA000000C, 0xA0000003, 0x9000001A
ARCHIVE, DIRECTORY = 0x20, 0x10


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        folder = box.prefix / "drive_c" / "ProgramData" / "相談"
        (folder / "deep" / "deeper").mkdir(parents=True)
        (folder / "ソ.txt").write_bytes(b"0123456789")
        (folder / "Winny.EXE").touch()
        (folder / "deep" / "winny.exe").touch()
        (folder / "deep" / "deeper" / "winny.exe").touch()
        yield box


@pytest.fixture(scope="module")
def mapped(bed: Path) -> Iterator[Box]:
    """With a folder that has two letters: N, which stands for a share, and M for a disk."""
    with open_box(bed) as box:
        folder = box.folder / "shared"
        folder.mkdir()
        (folder / "Winny.exe").touch()
        for letter in ("m", "n"):
            (box.prefix / "dosdevices" / f"{letter}:").symlink_to(folder)
        box.reg('[HKEY_LOCAL_MACHINE\\Software\\Wine\\Drives]\n"n:"="network"\n')
        box.boot()
        yield box


def of_drive(letter: str) -> tuple[Question[Any], ...]:
    root, file = f"{letter}:\\", f"{letter}:\\Winny.exe"
    return (
        *(ReadFile(file), StatFile(file), ReadLink(file), ListFolder(root)),
        SweepFiles((root,), frozenset({"winny.exe"})),
    )


def test_a_letter_that_stands_for_a_share_is_as_little_asked_as_the_share(mapped: Box) -> None:
    assert Drive("N:\\", 4) in known(mapped, ListDrives())
    questions = (*of_drive("N"), ReadFileVersion("N:\\Winny.exe"))
    for answer in ask(mapped, *questions):
        assert answer == Unknown(Unread.UNSUPPORTED, answer.source)
    assert all(isinstance(answer, Known) for answer in ask(mapped, *of_drive("M")))


def test_a_slip_in_the_kinds_of_drives_is_noticed(mapped: Box) -> None:
    slip = Slip("probes.system.windows.paths", "ON_A_NETWORK = 4", "ON_A_NETWORK = 3")
    assert notices(mapped, slip, StatFile("N:\\Winny.exe"))


def test_a_file_is_read_up_to_the_limit(machine: Box) -> None:
    path = r"%ProgramData%\相談\ソ.txt"
    assert ask(machine, ReadFile(path), ReadFile(path, 4)) == [
        Known(b"0123456789", path),
        Known(b"0123", path),
    ]


def test_a_file_and_a_folder_are_told_apart(machine: Box) -> None:
    file = known(machine, StatFile(r"%ProgramData%\相談\ソ.txt"))
    folder = known(machine, StatFile(r"%programdata%/相談"))
    assert (file.kind, file.size, folder.kind) == ("file", 10, "folder")
    assert isinstance(file, FileStatus) and file.modified > 1_700_000_000


@pytest.mark.parametrize("profile", ["", "C:/windows"])
def test_the_persons_folder_is_the_one_that_windows_knows(machine: Box, profile: str) -> None:
    [user] = (machine.prefix / "drive_c" / "users").glob("[!P]*")
    (user / "mine.txt").write_bytes(b"mine")
    # Wine says itself where the profile is, so the environment is set within.
    program = (
        f"import os; os.environ['USERPROFILE'] = '{profile}'; os.environ.pop('HOMEPATH', None)\n"
        "from probes.system.live import live_system\n"
        "from probes.system.questions import ReadFile\n"
        "print(live_system().ask(ReadFile('~/mine.txt')).value.decode())"
    )
    assert machine.python("-c", program).out.strip() == b"mine"


def test_a_folder_lists_its_names(machine: Box) -> None:
    names = known(machine, ListFolder(r"C:\ProgramData\相談"))
    assert names == tuple(sorted(("deep", "Winny.EXE", "ソ.txt")))


def test_a_sweep_goes_as_deep_as_it_is_asked_and_knows_no_case(machine: Box) -> None:
    root, names = r"%ProgramData%\相談", frozenset({"winny.exe"})
    at_one, at_two = (known(machine, SweepFiles((root,), names, depth)) for depth in (1, 2))
    assert at_one == (rf"{root}\Winny.EXE",)
    assert at_two == (rf"{root}\Winny.EXE", rf"{root}\deep\winny.exe")


def test_a_sweep_that_may_take_no_time_is_timed_out(machine: Box) -> None:
    question = SweepFiles(("%ProgramData%",), frozenset({"winny.exe"}), seconds=-1.0)
    assert ask(machine, question) == [Unknown(Unread.TIMED_OUT, "%ProgramData%")]


def test_a_sweep_passes_over_a_root_that_is_not_there(machine: Box) -> None:
    names = frozenset({"winny.exe"})
    both = known(machine, SweepFiles((r"C:\none", r"C:\ProgramData\相談"), names, 1))
    assert both == (r"C:\ProgramData\相談\Winny.EXE",)
    assert ask(machine, SweepFiles((r"C:\none",), names)) == [Unknown(Unread.MISSING, r"C:\none")]


NOWHERE_HERE = (
    *(r"\\server\share\x", r"\\.\pipe\x", r"\\?\C:\windows", "C:\\a\0b"),
    *("windows", r"\windows", "C:windows", "", "~x", "%OneDrive%", "%TEMP%", "%SystemRoot%x"),
)


def test_what_is_on_no_drive_of_this_machine_is_not_asked(machine: Box) -> None:
    for kind in (StatFile, ReadFile, ListFolder, ReadLink):
        answers = ask(machine, *map(kind, NOWHERE_HERE))
        assert answers == [Unknown(Unread.UNSUPPORTED, path) for path in NOWHERE_HERE]


def test_drives_have_letters_and_kinds(machine: Box) -> None:
    assert Drive("C:\\", 3) in known(machine, ListDrives())


def test_a_placeholder_is_known_by_its_attributes() -> None:
    assert [is_elsewhere(at | ARCHIVE) for at in (0x1000, 0x40000, 0x400000)] == [True] * 3
    assert not is_elsewhere(ARCHIVE) and not is_elsewhere(DIRECTORY | 0x400)


def test_a_junction_leads_elsewhere_and_a_onedrive_folder_does_not() -> None:
    assert leads_elsewhere(SYMBOLIC_LINK) and leads_elsewhere(JUNCTION)
    assert not leads_elsewhere(ONEDRIVE) and not leads_elsewhere(0)


def test_a_slip_is_noticed(machine: Box) -> None:
    slip = Slip("probes.system.windows.files", "entry.name.lower() in", "entry.name in")
    assert notices(machine, slip, SweepFiles(("%ProgramData%",), frozenset({"winny.exe"}), 2))
