"""Property lists, Apple's own format, as XML and as binary (plist(5))."""

import plistlib
from datetime import UTC, datetime
from typing import Any
from xml.parsers.expat import ExpatError

MOST_VALUES = 200_000
"""A binary list may hold one value in many places, so that few bytes unfold without end."""

_BROKEN = (
    *(ValueError, ExpatError, LookupError, TypeError, AttributeError),
    *(OverflowError, RecursionError, MemoryError),
)
"""What plistlib raises for a file that is not what it says; only ValueError is documented."""


def dictionary(raw: bytes) -> dict[str, Any] | None:
    """A list whose root is a dictionary, as nearly all are; None for anything else.

    Values are str, int, float, bool, bytes, datetime, list, dict and, in binary ones, UID. One
    with entities of its own is refused.
    """
    value = _loaded(raw)
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None


def array(raw: bytes) -> list[Any] | None:
    """A list whose root is an array; None for anything else."""
    value = _loaded(raw)
    return value if isinstance(value, list) else None


def text(values: dict[str, Any], key: str) -> str | None:
    """The text at `key` without blanks around it; None for none, an empty one, or another type."""
    value = values.get(key)
    return value.strip() or None if isinstance(value, str) else None


def flag(values: dict[str, Any], key: str) -> bool | None:
    """The truth at `key`, which defaults(1) also writes as 0 and 1 and as a text (CFBoolean and
    CFPreferences take these alike); None for none, or another value."""
    value = values.get(key)
    if isinstance(value, str):
        return _WRITTEN.get(value.strip().lower())
    return bool(value) if isinstance(value, bool | int) and value in (0, 1) else None


_WRITTEN = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def moment(values: dict[str, Any], key: str) -> datetime | None:
    """The date at `key`, which property lists hold in UTC; None for none, or another type."""
    value = values.get(key)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def _loaded(raw: bytes) -> Any:
    try:
        value = plistlib.loads(raw)
    except _BROKEN:
        return None
    return value if _is_finite(value) else None


def _is_finite(value: Any) -> bool:
    waiting, left = [value], MOST_VALUES
    while waiting:
        item = waiting.pop()
        left -= 1
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        if left < len(waiting):
            return False
    return True
