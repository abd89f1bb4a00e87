"""Which Windows this is, by the registry, and when the update that made it so was installed."""

import re
from collections.abc import Iterable

from probes.system.windows_questions import InstalledUpdate, ReadRegistry

CURRENT_VERSION = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")

INSTALLATION, SUCCEEDED = 1, 2
"""UpdateOperation and OperationResultCode (wuapi.h)."""

_VERSION_IN_TITLE = re.compile(r"\([0-9]{5}\.([0-9]{1,6})\)")


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
