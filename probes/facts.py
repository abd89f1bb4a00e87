"""What was observed: a value with its source, or why there is none.

The door answers in these, facts are made of these, and a judge reads them: one shape from the
machine to the verdict.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from precheck.contract.reasons import Unread

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value, and where it was read."""

    value: T
    source: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value: why, and where it was looked for."""

    why: Unread
    source: str


Fact = Known[T] | Unknown


def parsed(fact: Fact[T], parse: Callable[[T], U | None]) -> Fact[U]:
    """`fact` read by `parse`, a pure function that gives None for what makes no sense."""
    if isinstance(fact, Unknown):
        return fact
    value = parse(fact.value)
    return Unknown(Unread.GARBLED, fact.source) if value is None else Known(value, fact.source)


def first_known(*facts: Fact[T]) -> Fact[T]:
    """The first fact with a value; else the most telling unknown (any other before `missing`)."""
    for fact in facts:
        if isinstance(fact, Known):
            return fact
    unknowns = [fact for fact in facts if isinstance(fact, Unknown)]
    return next((fact for fact in unknowns if fact.why is not Unread.MISSING), unknowns[0])


def text(raw: bytes) -> str | None:
    """`raw` as UTF-8 text; None where it is not."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_missing(fact: Fact[T]) -> bool:
    """Whether what was asked for is known not to be there."""
    return isinstance(fact, Unknown) and fact.why is Unread.MISSING
