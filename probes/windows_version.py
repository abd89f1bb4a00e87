"""Which Windows this is, by the registry, and when the update that made it so was installed."""

import re
from collections.abc import Iterable

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system import System
from probes.system.windows_questions import (
    InstalledUpdate,
    ListRegistry,
    ReadRegistry,
    ReadUpdateHistory,
)
from probes.windows_registry import Values, number

CURRENT_VERSION = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")

SERVICED = ListRegistry(
    "HKLM", r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages"
)
"""The packages that Windows is made of."""

INSTALLATION, SUCCEEDED = 1, 2
"""UpdateOperation and OperationResultCode (wuapi.h)."""
INSTALLED = 112
"""CurrentState of a package; one that another has superseded has 80."""

_VERSION_IN_TITLE = re.compile(r"\([0-9]{5}\.([0-9]{1,6})\)")
_CUMULATIVE = re.compile(
    r"Package_for_RollupFix~31bf3856ad364e35~[a-z0-9]+~~[0-9]{5}\.([0-9]{1,6})\.[0-9.]+", re.ASCII
)
_FILETIME_OF_1970 = 11_644_473_600


def version_installed(system: System, revision: int) -> Fact[float]:
    """When the present version, with `revision` (UBR), was installed, in seconds since 1970.

    By the update history; where that does not tell, because it was wiped or its titles bear no
    version, by the package of the cumulative update in the servicing store. `missing` where neither
    knows of this revision.
    """
    history = system.ask(ReadUpdateHistory())
    if isinstance(history, Known):
        told = installed_at(history.value, revision)
        if told is not None:
            return Known(told, history.source)
    names = system.ask(SERVICED)
    if isinstance(names, Unknown):
        return history if isinstance(history, Unknown) else names
    times = [
        time
        for name in names.value
        if revision_of(name) == revision
        and isinstance(values := system.ask(_package(name)), Known)
        and (time := serviced_at(values.value)) is not None
    ]
    return Known(min(times), names.source) if times else Unknown(Unread.MISSING, names.source)


def installed_at(history: Iterable[InstalledUpdate], revision: int) -> float | None:
    """When the update to `revision` (UBR) was installed, in seconds since 1970, where an entry's
    title bears that number behind a build: "(19045.6575)", the same in every language. Newer
    titles have it; None where none does."""
    for entry in history:
        found = _VERSION_IN_TITLE.search(entry.title)
        if is_done(entry) and found is not None and int(found[1]) == revision:
            return entry.date
    return None


def is_done(entry: InstalledUpdate) -> bool:
    """Whether an entry of the update history tells of an update that is installed."""
    return entry.operation == INSTALLATION and entry.result == SUCCEEDED


def revision_of(package: str) -> int | None:
    """The revision that a package of a cumulative update makes; None for any other package. The
    build in its name is that of the family, 19041 for 19045."""
    found = _CUMULATIVE.fullmatch(package)
    return None if found is None else int(found[1])


def serviced_at(values: Values) -> float | None:
    """When a package was installed, in seconds since 1970, by the two halves of a FILETIME; None
    for one that is not installed, or that does not say when."""
    high, low = number(values, "InstallTimeHigh"), number(values, "InstallTimeLow")
    if number(values, "CurrentState") != INSTALLED or high is None or low is None:
        return None
    seconds = ((high << 32) + low) / 10_000_000 - _FILETIME_OF_1970
    return seconds if seconds > 0 else None


def _package(name: str) -> ReadRegistry:
    return ReadRegistry(SERVICED.hive, rf"{SERVICED.key}\{name}")
