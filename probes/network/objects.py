"""Following references between the objects of a D-Bus service."""

from typing import Any

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, parsed
from probes.system import System
from probes.system.questions import DBusCall, DBusGet

NOTHING = "/"
"""The path that stands for "no object" where the D-Bus type has no empty value."""


def returned(system: System, question: DBusCall) -> Fact[Any]:
    """The one value that a method gives back."""
    return parsed(system.ask(question), lambda values: values[0] if len(values) == 1 else None)


def reference(fact: Fact[Any]) -> Fact[str]:
    """An object's path; `missing` where it stands for none, `garbled` where it is no path."""
    path = parsed(
        fact, lambda value: value if isinstance(value, str) and value.startswith("/") else None
    )
    if isinstance(path, Known) and path.value == NOTHING:
        return Unknown(Unread.MISSING, path.source)
    return path


def referred(system: System, question: DBusGet) -> Fact[str]:
    """The object that a property leads to."""
    fact: Fact[Any] = system.ask(question)
    return reference(fact)
