"""System extensions, by the database that macOS keeps of them (systemextensionsctl(8))."""

from dataclasses import dataclass
from typing import Any

from probes import plists
from probes.system.questions import ReadFile

DATABASE = ReadFile("/Library/SystemExtensions/db.plist", limit=8 << 20)

ENABLED = "activated_enabled"
NOT_ENABLED = frozenset({"activated_disabled", "activated_waiting_for_user"})
GONE = "terminated"
"""What the state begins with of one that has been replaced or taken away."""

_WATCHES = frozenset(
    f"com.apple.system_extension.{kind}"
    for kind in ("endpoint_security", "endpoint_security_extension")
)
"""The category of those that see what programs and files do. It alone makes no antivirus: response
tools, data loss prevention and lists of allowed programs are in it too."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One that watches programs and files: its bundle id, Apple's id of its maker, and its state
    as it is written."""

    identifier: str
    team: str
    state: str


def parse_extensions(raw: bytes) -> tuple[Extension, ...] | None:
    """The extensions in db.plist that watch programs and files, those that are gone left out; None
    where it is no such database."""
    listed = (plists.dictionary(raw) or {}).get("extensions")
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        return None
    found = [_extension(item) for item in listed if _watches(item)]
    if None in found:
        return None
    return tuple(item for item in found if item and not item.state.startswith(GONE))


def _watches(item: dict[str, Any]) -> bool:
    categories = item.get("categories")
    return isinstance(categories, list) and any(
        isinstance(category, str) and category in _WATCHES for category in categories
    )


def _extension(item: dict[str, Any]) -> Extension | None:
    identifier, state = plists.text(item, "identifier"), plists.text(item, "state")
    if identifier is None or state is None:
        return None
    return Extension(identifier, plists.text(item, "teamID") or "", state)
