"""What is installed on Linux, by the lists that the system itself keeps.

Sources: dpkg-query(1) `-W` with `db:Status-Status`, rpm(8) `-qa --qf`, pacman(8) `-Q`; the folders
in which Flatpak and snapd keep one folder per app; desktop entries, whose file names are their ids
(Desktop Entry Specification). Nothing is asked of a network.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.system import System
from probes.system.questions import Completed, ListFolder, RunCommand

DPKG = RunCommand(("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\\n"))
RPM = RunCommand(("rpm", "-qa", "--qf", "%{NAME} %{VERSION} %{BUILDTIME}\\n"))
PACMAN = RunCommand(("pacman", "-Q"))

FLATPAK_FOLDERS = ("/var/lib/flatpak/app", "~/.local/share/flatpak/app")
SNAP_FOLDERS = ("/snap", "/var/lib/snapd/snap")
DESKTOP_FOLDERS = (
    "/usr/share/applications",
    "/usr/local/share/applications",
    "~/.local/share/applications",
)
PROGRAM_FOLDERS = ("/usr/local/bin", "~/.local/bin")
"""Where programs go that no package manager knows."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package's version as its makers give it; `built` is the day (UTC) where the manager keeps
    it; `removed` says that only its settings are left."""

    version: str
    built: date | None = None
    removed: bool = False


Packages = dict[str, Package]


def packages(system: System) -> Fact[Packages]:
    """The packages of every manager that manages this system, by name.

    A manager counts when its list holds the manager itself: a dpkg brought along on Fedora knows
    nothing of the system. `missing` where there is none.
    """
    answers = [
        parsed(system.ask(DPKG), parse_dpkg),
        parsed(system.ask(RPM), parse_rpm),
        parsed(system.ask(PACMAN), parse_pacman),
    ]
    own = [
        answer
        for answer, manager in zip(answers, ("dpkg", "rpm", "pacman"), strict=True)
        if isinstance(answer, Unknown) or _installed(answer.value, manager)
    ]
    known = [answer for answer in own if isinstance(answer, Known)]
    if known:
        merged = {name: item for answer in known for name, item in answer.value.items()}
        return Known(merged, ", ".join(answer.source for answer in known))
    failed = (item for item in own if isinstance(item, Unknown) and item.why is not Unread.MISSING)
    return next(failed, Unknown(Unread.MISSING, "dpkg, rpm, pacman"))


def parse_dpkg(answer: Completed) -> Packages | None:
    """The packages in the answer to `DPKG`; None where the command failed or names none.

    Every state but `not-installed` and `config-files` (dpkg(1)) has the package's files on disk.
    """
    found: Packages = {}
    for state, name, version in _lines(answer, 3):
        # The same package of another architecture may be gone while this one is there.
        if state != "not-installed" and not _installed(found, name):
            found[name] = Package(_upstream(version), removed=state == "config-files")
    return found or None


def parse_rpm(answer: Completed) -> Packages | None:
    """The packages in the answer to `RPM`; None where the command failed or names none."""
    found: Packages = {}
    for name, version, built in _lines(answer, 3):
        found[name] = Package(version, _day(built))
    return found or None


def parse_pacman(answer: Completed) -> Packages | None:
    """The packages in the answer to `PACMAN`; None where the command failed or names none."""
    return {name: Package(_upstream(version)) for name, version in _lines(answer, 2)} or None


def flatpaks(system: System) -> Fact[frozenset[str]]:
    """The ids of the apps that Flatpak has installed, for all and for this person."""
    return _listed(system, FLATPAK_FOLDERS)


def snaps(system: System) -> Fact[frozenset[str]]:
    """The names of the snaps."""
    return _listed(system, SNAP_FOLDERS)


def desktop_ids(system: System) -> Fact[frozenset[str]]:
    """The ids of the desktop entries (without ".desktop") of the system and of this person."""
    return parsed(
        _listed(system, DESKTOP_FOLDERS),
        lambda names: frozenset(
            name.removesuffix(".desktop") for name in names if name.endswith(".desktop")
        ),
    )


def own_programs(system: System) -> Fact[frozenset[str]]:
    """The names of programs that were put beside the package managers."""
    return _listed(system, PROGRAM_FOLDERS)


def _listed(system: System, folders: tuple[str, ...]) -> Fact[frozenset[str]]:
    """The names in all of `folders`; a folder that is not there holds none."""
    answers = [system.ask(ListFolder(folder)) for folder in folders]
    for answer in answers:
        if isinstance(answer, Unknown) and not is_missing(answer):
            return answer
    names = frozenset(name for item in answers if isinstance(item, Known) for name in item.value)
    return Known(names, ", ".join(folders))


def _installed(found: Packages, name: str) -> bool:
    return name in found and not found[name].removed


def _upstream(version: str) -> str:
    """`version` without the epoch before it and the packagers' revision behind it
    (deb-version(7); pacman writes the same)."""
    without_epoch = re.sub(r"^[0-9]+:", "", version)
    return without_epoch.rpartition("-")[0] or without_epoch


def _lines(answer: Completed, words: int) -> list[list[str]]:
    """The lines of exactly `words` words; none of a command that failed.

    What a manager cannot have written (a warning among the lines, a torn line) is passed over.
    """
    if answer.returncode != 0:
        return []
    lines = answer.stdout.decode("utf-8", "replace").split("\n")
    return [parts for line in lines if len(parts := line.split(" ")) == words and all(parts)]


def _day(seconds: str) -> date | None:
    if not (seconds.isascii() and seconds.isdigit()):
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date()
    except (OverflowError, ValueError, OSError):
        return None
