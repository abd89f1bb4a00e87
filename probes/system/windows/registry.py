"""The registry, by its 64-bit or 32-bit view."""

import sys
import winreg
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.names import well_formed
from probes.system.windows.failures import Failure, answered
from probes.system.windows_questions import ListRegistry, ReadRegistry, RegistryValue

if sys.platform != "win32":
    raise ImportError("only Windows has these")

MOST_BYTES = 1 << 20

_HIVES = MappingProxyType({"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER})
_VIEWS = MappingProxyType({64: winreg.KEY_WOW64_64KEY, 32: winreg.KEY_WOW64_32KEY})


def read(question: ReadRegistry) -> Fact[dict[str, RegistryValue]]:
    """Every value of a key that is a text, texts, a number or bytes of at most `MOST_BYTES`."""

    def values() -> dict[str, RegistryValue]:
        found = {}
        with _opened(question) as key:
            for index in range(winreg.QueryInfoKey(key)[1]):
                try:
                    name, content, kind = winreg.EnumValue(key, index)
                except OSError as error:
                    if error.winerror == _NO_MORE_ITEMS:
                        break
                    raise
                value = _value(content)
                if value is not None:
                    found[well_formed(name)] = RegistryValue(kind, value)
        return found

    return answered(values, _source(question))


def names(question: ListRegistry) -> Fact[tuple[str, ...]]:
    """The names of a key's subkeys, sorted."""

    def subkeys() -> tuple[str, ...]:
        found = []
        with _opened(question) as key:
            for index in range(winreg.QueryInfoKey(key)[0]):
                try:
                    found.append(well_formed(winreg.EnumKey(key, index)))
                except OSError as error:
                    if error.winerror == _NO_MORE_ITEMS:
                        break
                    raise
        return tuple(sorted(found))

    return answered(subkeys, _source(question))


_NO_MORE_ITEMS = 259
"""Something was removed while it was being counted."""


@contextmanager
def _opened(question: ReadRegistry | ListRegistry) -> Iterator[Any]:
    if question.hive not in _HIVES or question.view not in _VIEWS:
        raise Failure(Unread.UNSUPPORTED)
    access = winreg.KEY_READ | _VIEWS[question.view]
    with winreg.OpenKey(_HIVES[question.hive], question.key, 0, access) as key:
        yield key


def _value(content: Any) -> str | int | bytes | tuple[str, ...] | None:
    if isinstance(content, list):
        return tuple(map(well_formed, content))
    if isinstance(content, str):
        return well_formed(content)
    if isinstance(content, int):
        return content
    if isinstance(content, bytes) and len(content) <= MOST_BYTES:
        return content
    # winreg gives None for a binary value that is empty.
    return b"" if content is None else None


def _source(question: ReadRegistry | ListRegistry) -> str:
    return f"{question.hive}\\{question.key}"
