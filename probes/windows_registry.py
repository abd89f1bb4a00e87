"""Reading numbers and texts out of a registry key's values; a name's letter case means nothing."""

from collections.abc import Mapping

from probes.system.windows_questions import RegistryValue

Values = Mapping[str, RegistryValue]

SZ, EXPAND_SZ, DWORD, QWORD = 1, 2, 4, 11
"""Kinds of values (winnt.h)."""


def number(values: Values, name: str) -> int | None:
    """A DWORD or QWORD; None where there is none, or something else by that name."""
    found = _named(values, name)
    if found is None or found.kind not in (DWORD, QWORD):
        return None
    return found.value if isinstance(found.value, int) else None


def text(values: Values, name: str) -> str | None:
    """A string; None where there is none, or something else by that name."""
    found = _named(values, name)
    if found is None or found.kind not in (SZ, EXPAND_SZ):
        return None
    return found.value if isinstance(found.value, str) else None


def is_set(values: Values, name: str) -> bool:
    """Whether there is a value by that name, of whatever kind."""
    return _named(values, name) is not None


def _named(values: Values, name: str) -> RegistryValue | None:
    return next((value for key, value in values.items() if key.lower() == name.lower()), None)
