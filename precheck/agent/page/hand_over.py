"""How a browser gets to the page without anybody else learning how.

The arguments of a program can be read by every user of a machine on Linux and macOS, so no ticket
may stand in them. There, a browser is started with the path of a small file that only the person
can read, which leads on to the page. On Windows the arguments of a person's programs are their own,
and browsers there are more often kept from opening files, so it gets the address itself.

Ubuntu's browsers come as snaps, which see no hidden folder; for them the file lies in the folder of
the snap's own.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path

from precheck.agent.page.entrance import Entrance
from precheck.agent.page.only_one import write_privately
from precheck.contract.verdict import OsFamily

FILE_PREFIX = "start-"
SOON = 3.0
"""Seconds in which a browser that cannot start says so."""

_LINUX_APPS = (
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "chromium",
    "chromium-browser",
    "brave-browser",
    "vivaldi-stable",
)
_WINDOWS_APPS = ("msedge.exe", "chrome.exe", "brave.exe", "vivaldi.exe")
_MACOS_APPS = ("Google Chrome", "Microsoft Edge", "Brave Browser", "Chromium", "Vivaldi")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to open an address: `command` with the address behind it, right behind `glued`. An
    empty command is the system's own (Windows). `folder` says where the browser can read a file,
    where that is a place of its own; it may take a while, and is asked when the way is tried."""

    command: tuple[str, ...]
    glued: str = ""
    folder: Callable[[], Path | None] = lambda: None


@dataclass
class HandOver:
    """Opens the page of `port` by the first of `ways` that works."""

    folder: Path
    port: int
    entrance: Entrance
    ways: Sequence[Way]
    by_file: bool = sys.platform != "win32"
    _files: dict[Path, str] = field(default_factory=dict)
    """Each file with the ticket in it."""
    _started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def open(self) -> str | None:
        """Open the page. Where no browser takes it: the address to be opened by hand."""
        for way in self.ways:
            if self._try(way):
                return None
        return self.address()

    def address(self) -> str:
        """An address that lets one page in, once."""
        return self._address(self.entrance.ticket())

    def clear(self, *, used_only: bool = False) -> None:
        """Remove the files that led here; with `used_only`, those that lead nowhere any more."""
        for file, ticket in list(self._files.items()):
            if used_only and self.entrance.is_good(ticket):
                continue
            with suppress(OSError):
                file.unlink(missing_ok=True)
            self._files.pop(file, None)

    def _address(self, ticket: str) -> str:
        return f"http://127.0.0.1:{self.port}/#{ticket}"

    def _try(self, way: Way) -> bool:
        try:
            address = self._file(way.folder() or self.folder) if self.by_file else self.address()
            return self._launch(way, address)
        except OSError:
            return False

    def _file(self, folder: Path) -> str:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{FILE_PREFIX}{secrets.token_hex(8)}.html"
        ticket = self.entrance.ticket()
        write_privately(file, _leading_to(self._address(ticket)))
        self._files[file] = ticket
        return file.as_uri()

    def _launch(self, way: Way, address: str) -> bool:
        if not way.command:
            if sys.platform == "win32":
                os.startfile(address)  # noqa: S606 - our own address
                return True
            return False
        started = subprocess.Popen(
            (*way.command, way.glued + address),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started.append(started)
        try:
            return started.wait(timeout=SOON) == 0
        except subprocess.TimeoutExpired:
            return True


def ways_to_open(family: OsFamily, environment: Mapping[str, str]) -> tuple[Way, ...]:
    """The ways on this system, which is of `family`: a window of its own first, then the browser
    that the person has chosen. None without a screen."""
    if family is OsFamily.WINDOWS:
        return (*(_window(path) for path in _registered_browsers()), Way(()))
    if family is OsFamily.MACOS:
        folders = (Path("/Applications"), Path.home() / "Applications")
        paths = [
            folder / f"{name}.app" / "Contents" / "MacOS" / name
            for name in _MACOS_APPS
            for folder in folders
        ]
        return (*(_window(str(path)) for path in paths if path.exists()), Way(("open",)))
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return ()
    path = environment.get("PATH")
    found = [program for name in _LINUX_APPS if (program := shutil.which(name, path=path))]
    windows = [_window(program, partial(_snap_folder, Path(program))) for program in found]
    opener = shutil.which("xdg-open", path=path)
    if opener is None:
        return tuple(windows)
    return (*windows, Way((opener,), folder=partial(_default_browsers_folder, path)))


def _window(program: str, folder: Callable[[], Path | None] = lambda: None) -> Way:
    return Way((program,), "--app=", folder)


def _snap_folder(program: Path) -> Path | None:
    """Where the browser `program` can read a file, if it is a snap. Ubuntu's `chromium-browser` is
    a script that starts the snap."""
    snap = program.name.removesuffix("-browser") if program.name.startswith("chromium") else None
    if program.parent == Path("/snap/bin"):
        snap = program.name
    if snap is None or not Path("/snap/bin", snap).exists():
        return None
    return Path.home() / "snap" / snap / "common"


def _default_browsers_folder(path: str | None) -> Path | None:
    """The same for the person's own browser, whose desktop file is `<snap>_<program>.desktop`."""
    asker = shutil.which("xdg-settings", path=path)
    if asker is None:
        return None
    try:
        said = subprocess.run(
            (asker, "get", "default-web-browser"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SOON,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired):
        return None
    snap, underscore, _ = said.strip().partition("_")
    if not underscore or not snap.isascii() or not Path("/snap/bin", snap).exists():
        return None
    return Path.home() / "snap" / snap / "common"


def _registered_browsers() -> list[str]:
    """The programs registered under App Paths, for this person or for everybody."""
    found: list[str] = []
    if sys.platform == "win32":
        import winreg

        for name in _WINDOWS_APPS:
            for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
                key = rf"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{name}"
                try:
                    path = winreg.QueryValue(root, key)
                except OSError:
                    continue
                if path and Path(path.strip('"')).exists():
                    found.append(path.strip('"'))
                    break
    return found


def _leading_to(address: str) -> bytes:
    shown = escape(address, quote=True)
    return (
        '<!doctype html><html lang="ja"><meta charset="utf-8"><title>precheck</title>'
        f'<meta http-equiv="refresh" content="0;url={shown}"><a href="{shown}">precheck</a></html>'
    ).encode()
