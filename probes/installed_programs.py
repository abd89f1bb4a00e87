"""The programs that Windows itself lists: what "Apps" in its settings shows, and what it starts by
name alone.

Sources: the Uninstall keys of the machine in both registry views and of the person, the App Paths
keys beside them, and the person's repository of Store packages. All are readable by everybody.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing
from probes.system import System
from probes.system.windows_questions import ListRegistry, ReadRegistry, RegistryValue

T = TypeVar("T")

UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
PACKAGES = (
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel"
    r"\Repository\Packages"
)
PLACES = (("HKLM", 64), ("HKLM", 32), ("HKCU", 64))
"""The machine's own place first, which no Windows is without."""

_ICON = re.compile(r'"?([^"]+?)"?(?:,\s*-?\d+)?')
_PACKAGE = re.compile(r"([^_]+)_(\d+(?:\.\d+){1,3})_.*")


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry among the installed programs, texts as its installer wrote them. `icon` is a file
    of the program, mostly the program itself; `folder` is where it says it lies."""

    name: str
    version: str | None = None
    icon: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class AppPath:
    """A program that starts by its `name` ("chrome.exe") alone, and its whole path."""

    name: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the Store, by its name without publisher, and its version."""

    name: str
    version: str


def installed_programs(system: System) -> tuple[Fact[tuple[Listed, ...]], ...]:
    """What each of the lists of installed programs holds, and an unknown for a list, or a part of
    one, that could not be read. The machine's own list is never empty: `missing` where it is."""
    return tuple(_listed(system, UNINSTALL, _entry))


def app_paths(system: System) -> tuple[Fact[tuple[AppPath, ...]], ...]:
    """What each of the lists of App Paths holds, and an unknown for what could not be read."""
    return tuple(_listed(system, APP_PATHS, _app_path))


def packages(system: System) -> Fact[tuple[Package, ...]]:
    """The person's packages of the Store, none where Windows has no Store."""
    names = system.ask(ListRegistry("HKCU", PACKAGES))
    if isinstance(names, Unknown):
        return Known((), names.source) if is_missing(names) else names
    found = (parse_package(name) for name in names.value)
    return Known(tuple(package for package in found if package is not None), names.source)


def parse_package(full_name: str) -> Package | None:
    """The package with this full name ("Name_1.2.3.4_x64__publisher"), None for anything else."""
    found = _PACKAGE.fullmatch(full_name)
    return None if found is None else Package(found[1], found[2])


def parse_icon(icon: str) -> str | None:
    """The file in a DisplayIcon: its path, in quotes or not, with the number of an icon or not."""
    found = _ICON.fullmatch(icon.strip())
    return None if found is None else found[1].strip() or None


def text_in(values: dict[str, RegistryValue], name: str) -> str | None:
    """The text of the value `name`, whatever its case; None where it is none or empty."""
    for known, value in values.items():
        if known.casefold() == name.casefold() and isinstance(value.value, str):
            return value.value.strip("\0 ") or None
    return None


def _listed(
    system: System, key: str, made: Callable[[str, dict[str, RegistryValue]], T | None]
) -> Iterator[Fact[tuple[T, ...]]]:
    for hive, view in PLACES:
        names = system.ask(ListRegistry(hive, key, view))
        if isinstance(names, Unknown):
            own = (hive, view) == PLACES[0]
            yield Known((), names.source) if is_missing(names) and not own else names
            continue
        if not names.value and (hive, view) == PLACES[0]:
            yield Unknown(Unread.MISSING, names.source)
            continue
        found: list[T] = []
        unread: list[Unknown] = []
        for name in names.value:
            values = system.ask(ReadRegistry(hive, f"{key}\\{name}", view))
            if isinstance(values, Known):
                item = made(name, values.value)
                found += [] if item is None else [item]
            elif not is_missing(values):
                unread.append(Unknown(values.why, names.source))
        yield from unread[:1]
        yield Known(tuple(found), names.source)


def _entry(key: str, values: dict[str, RegistryValue]) -> Listed | None:
    del key
    name = text_in(values, "DisplayName")
    icon = text_in(values, "DisplayIcon")
    folder = text_in(values, "InstallLocation")
    return (
        None
        if name is None
        else Listed(
            name=name,
            version=text_in(values, "DisplayVersion"),
            icon=None if icon is None else parse_icon(icon),
            folder=None if folder is None else folder.strip('"') or None,
        )
    )


def _app_path(key: str, values: dict[str, RegistryValue]) -> AppPath | None:
    path = text_in(values, "")
    return AppPath(key, None if path is None else path.strip('"'))
