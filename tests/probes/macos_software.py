"""A Mac for the software checks: composed, unless a test gives it something captured."""

import plistlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.software import Kind
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.macos_version import VERSION
from probes.software.macos import HANDLERS
from probes.software.macos_copies import HISTORY
from probes.software.macos_sweep import INDEXING, OPEN_FOLDERS, WINE_FOLDERS, search_for
from probes.software.sweep import names_of
from probes.system.questions import (
    ListFolder,
    ListProcesses,
    Process,
    Question,
    ReadFile,
    StatFile,
    SweepFiles,
)
from probes.system.recording import RecordedSystem
from tests.machines import composed
from tests.probes.software_device import file, said

SOFTWARE = Catalogues().software
SHARING = tuple(SOFTWARE.of(Kind.FILE_SHARING))
SEARCH = search_for(SHARING)
WINE = SweepFiles(WINE_FOLDERS, names_of(SHARING), depth=8, seconds=2.0)
WALK = SweepFiles(
    OPEN_FOLDERS,
    names_of(SHARING) | {name.lower() for product in SHARING for name in product.macos.apps},
    depth=3,
    seconds=2.0,
)
ORDINARY = (
    Process("launchd"),
    Process("WindowServer"),
    Process(
        "Finder",
        "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder",
        "Finder",
        own=True,
    ),
    Process("Safari", "/Applications/Safari.app/Contents/MacOS/Safari", "Safari", own=True),
)
INDEXED = "/:\n\tIndexing enabled. \n"


def info(identifier: str | None, version: str | None = "1.0") -> bytes:
    """An Info.plist."""
    values = {"CFBundleIdentifier": identifier, "CFBundleShortVersionString": version}
    return plistlib.dumps({key: value for key, value in values.items() if value is not None})


SAFARI = {"/Applications/Safari.app": info("com.apple.Safari", "26.1")}


def holding(bundles: Mapping[str, Any]) -> dict[Question[Any], Any]:
    """Folders for apps with these bundles in them, each with its Info.plist."""
    folders: dict[str, set[str]] = {"/Applications": {".localized", "Utilities"}}
    folders["/Applications/Utilities"] = {"Terminal.app"}
    for path in bundles:
        parts = path.split("/")
        for depth in range(2, len(parts)):
            folders.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    folders = {path: names for path, names in folders.items() if "Applications" in path}
    answers: dict[Question[Any], Any] = {
        ListFolder(path): tuple(sorted(names)) for path, names in folders.items()
    }
    for path, plist in bundles.items():
        answers[ReadFile(f"{path}/Contents/Info.plist")] = plist
    return answers


def mac(
    *processes: Process,
    bundles: Mapping[str, Any] | None = None,
    answers: Mapping[Question[Any], Any] | None = None,
    found: tuple[str, ...] = (),
    otherwise: Unread = Unread.MISSING,
) -> RecordedSystem:
    """A Mac with Safari and nothing but the ordinary, on which `processes` run too, `bundles` lie
    and Spotlight finds the paths `found`."""
    return composed(
        {
            ListProcesses(): (*ORDINARY, *processes),
            INDEXING: said(INDEXED),
            SEARCH: said("".join(f"{path}\0" for path in found)),
            VERSION: plistlib.dumps(
                {
                    "ProductName": "macOS",
                    "ProductVersion": "26.1",
                    "ProductBuildVersion": "25B78",
                }
            ),
            **holding({**SAFARI, **(bundles or {})}),
            **(answers or {}),
        },
        family=OsFamily.MACOS,
        otherwise=otherwise,
    )


def running(bundle: str, program: str | None = None, own: bool = True) -> Process:
    """A process of a bundle's main program."""
    name = program or bundle.rpartition("/")[2].removesuffix(".app")
    return Process(name[:16], f"{bundle}/Contents/MacOS/{name}", name, own=own)


def history(*entries: tuple[str, str, str, datetime]) -> dict[Question[Any], Any]:
    """A history of installations: name, version, what installed it, and when (UTC)."""
    keys = ("displayName", "displayVersion", "processName", "date")
    return {
        HISTORY: plistlib.dumps(
            [
                dict(zip(keys, (*entry[:3], entry[3].replace(tzinfo=None)), strict=True))
                for entry in entries
            ]
        )
    }


def handlers(**schemes: str) -> dict[Question[Any], Any]:
    """What the person has chosen to open links with, by scheme."""
    chosen = [
        {"LSHandlerURLScheme": scheme, "LSHandlerRoleAll": identifier}
        for scheme, identifier in schemes.items()
    ]
    return {HANDLERS: plistlib.dumps({"LSHandlers": chosen})}


def built(bundle: str, when: datetime) -> dict[Question[Any], Any]:
    """The time that a bundle's Info.plist has kept."""
    return {StatFile(f"{bundle}/Contents/Info.plist"): file(when.timestamp())}
