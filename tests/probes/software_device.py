"""A Linux device for the software checks: composed, unless a test gives it something captured."""

from collections.abc import Mapping
from typing import Any

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.software import Kind
from precheck.contract.reasons import Unread
from probes.software.inventory import DPKG
from probes.software.sweep import USUAL_FOLDERS, WINE_FOLDERS
from probes.system.questions import (
    FileStatus,
    ListProcesses,
    Process,
    Question,
    ReadFile,
    StatFile,
    SweepFiles,
)
from probes.system.recording import RecordedSystem
from tests.machines import composed

SOFTWARE = Catalogues().software
ORDINARY = (
    Process("systemd"),
    Process("kworker/u8:3-ev"),
    Process("gnome-shell", "/usr/bin/gnome-shell", "gnome-shell", own=True),
    Process("firefox", "/usr/lib/firefox/firefox", "firefox", own=True),
)
DEBIAN = "installed dpkg 1.21.22\n"


def said(stdout: str | bytes, returncode: int = 0) -> dict[str, Any]:
    """A command that ended by itself."""
    raw = stdout.encode() if isinstance(stdout, str) else stdout
    return {"returncode": returncode, "stdout": raw, "stderr": b""}


def own(name: str, executable: str | None = None, argv0: str | None = None) -> Process:
    """A process of this person's."""
    return Process(name, executable, argv0, own=True)


def file(modified: float = 0.0, kind: str = "file") -> FileStatus:
    return FileStatus(kind, 1, modified)


def dpkg(*lines: str) -> dict[Question[Any], Any]:
    """A Debian on which dpkg lists `lines` ("state name version") too."""
    return {DPKG: said(DEBIAN + "".join(f"{line}\n" for line in lines))}


def looked_for() -> frozenset[str]:
    """The names that the look through folders is for."""
    return frozenset(
        name.lower()
        for product in SOFTWARE.of(Kind.FILE_SHARING)
        for name in (*product.windows.exe, *product.windows.markers)
    )


def in_folders(answer: Any) -> dict[Question[Any], Any]:
    return {SweepFiles(USUAL_FOLDERS, looked_for(), depth=4, seconds=2.0): answer}


def in_wine(answer: Any) -> dict[Question[Any], Any]:
    return {SweepFiles(WINE_FOLDERS, looked_for(), depth=8, seconds=2.0): answer}


def traces(*paths: str) -> dict[Question[Any], Any]:
    """Folders at `paths`."""
    return {StatFile(path): file(kind="folder") for path in paths}


def device(
    *processes: Process,
    answers: Mapping[Question[Any], Any] | None = None,
    otherwise: Unread = Unread.MISSING,
) -> RecordedSystem:
    """A Debian desktop with nothing but the ordinary, on which `processes` run too."""
    return composed(
        {
            ListProcesses(): (*ORDINARY, *processes),
            ReadFile("/proc/1/comm", limit=64): b"systemd\n",
            ReadFile("/proc/version"): b"Linux version 6.1.0-13-amd64",
            **dpkg(),
            **(answers or {}),
        },
        otherwise=otherwise,
    )
