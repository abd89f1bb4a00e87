"""A Windows device for the software checks, composed."""

from collections.abc import Mapping
from typing import Any

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.software import Kind
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.installed_programs import APP_PATHS, PACKAGES, UNINSTALL
from probes.software.sweep import names_of
from probes.software.windows import HTTPS_CHOICE, REMOTE_SESSION
from probes.software.windows_sweep import PROGRAM_FOLDERS, USUAL_FOLDERS
from probes.system.questions import (
    FileStatus,
    ListProcesses,
    Process,
    Question,
    StatFile,
    SweepFiles,
)
from probes.system.recording import RecordedSystem
from probes.system.windows_questions import (
    Drive,
    FileVersion,
    ListDrives,
    ListRegistry,
    MatchWindowTitles,
    ReadFileVersion,
    ReadRegistry,
    RegistryValue,
)
from tests.machines import composed

Answers = Mapping[Question[Any], Any]

SOFTWARE = Catalogues().software
SHARING = tuple(SOFTWARE.of(Kind.FILE_SHARING))
ORDINARY = (
    Process("System"),
    Process("svchost.exe"),
    Process("explorer.exe", "C:\\Windows\\explorer.exe", own=True),
)
TITLES = MatchWindowTitles(tuple(title for item in SHARING for title in item.windows.titles))
EDGE = "%ProgramFiles(x86)%\\Microsoft\\Edge\\Application\\msedge.exe"


def own(name: str, executable: str | None = "C:\\Tools\\") -> Process:
    """A process of this person's; a folder gets the name at its end."""
    at = executable + name if executable is not None and executable.endswith("\\") else executable
    return Process(name, at, own=True)


def values(**texts: str) -> dict[str, RegistryValue]:
    return {name: RegistryValue(1, text) for name, text in texts.items()}


def listed(*entries: Mapping[str, str], hive: str = "HKLM", view: int = 64) -> Answers:
    """A list of installed programs. The machine's own has an ordinary one too."""
    usual = {"DisplayName": "7-Zip 24.08 (x64)", "DisplayVersion": "24.08"}
    every = (usual, *entries) if (hive, view) == ("HKLM", 64) else entries
    keys = tuple(f"entry{number}" for number, _ in enumerate(every))
    return {
        ListRegistry(hive, UNINSTALL, view): keys,
        **{
            ReadRegistry(hive, f"{UNINSTALL}\\{key}", view): values(**entry)
            for key, entry in zip(keys, every, strict=True)
        },
    }


def app_path(name: str, path: str, hive: str = "HKLM", view: int = 64) -> Answers:
    names = ("cmmgr32.exe", name) if (hive, view) == ("HKLM", 64) else (name,)
    return {
        ListRegistry(hive, APP_PATHS, view): names,
        ReadRegistry(hive, f"{APP_PATHS}\\{name}", view): {"": RegistryValue(1, path)},
    }


def packages(*full_names: str) -> Answers:
    return {ListRegistry("HKCU", PACKAGES): full_names}


def file(path: str, modified: float = 0.0, kind: str = "file") -> Answers:
    return {StatFile(path): FileStatus(kind, 1, modified)}


def version(path: str, number: str = "1.0.0.0", product: str = "") -> Answers:
    return {ReadFileVersion(path): FileVersion(number, product)}


def in_personal(answer: Any, moved: tuple[str, ...] = ()) -> Answers:
    roots = tuple(dict.fromkeys((*moved, *USUAL_FOLDERS)))
    return {SweepFiles(roots, names_of(SHARING), 4, 2.0): answer}


def in_programs(answer: Any) -> Answers:
    return {SweepFiles(PROGRAM_FOLDERS, names_of(SHARING), 3, 2.0): answer}


def at_the_top(answer: Any) -> Answers:
    return {SweepFiles(("C:\\", "~"), names_of(SHARING), 2, 1.5): answer}


def chosen(prog_id: str) -> Answers:
    return {HTTPS_CHOICE: values(ProgId=prog_id, Hash="x")}


def device(
    *processes: Process,
    answers: Answers | None = None,
    otherwise: Unread = Unread.MISSING,
) -> RecordedSystem:
    """A Windows 11 with nothing but the ordinary, on which `processes` run too."""
    everything: dict[Question[Any], Any] = {
        ListProcesses(): (*ORDINARY, *processes),
        REMOTE_SESSION: 0,
        TITLES: (),
        ListDrives(): (Drive("C:\\", 3), Drive("D:\\", 5), Drive("E:\\", 2), Drive("Z:\\", 4)),
        **listed(),
        **app_path("IEXPLORE.EXE", "C:\\Program Files\\Internet Explorer\\IEXPLORE.EXE"),
        **(answers or {}),
    }
    return composed(everything, OsFamily.WINDOWS, otherwise)
