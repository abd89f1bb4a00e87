"""Reading values of a type, in any thread.

The library learns a type when it is first asked for one of it. A second thread that asks meanwhile
takes what is half learnt for the whole, and the process crashes (msgspec 0.22.0). So types are
learnt one at a time here, and each once.
"""

import threading
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_LEARNING = threading.Lock()


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of JSON for `kind`."""
    of: Any = kind  # which mypy does not take for hashable
    with _LEARNING:
        found: msgspec.json.Decoder[T] = _decoder(of)
        return found


def converted(value: Any, kind: type[T], *, strict: bool = True) -> T:
    """`value`, of plain types, as a `kind`. Raises `msgspec.ValidationError` where it is none."""
    decoder(kind)
    return msgspec.convert(value, kind, strict=strict)


@cache
def _decoder(kind: Any) -> Any:
    return msgspec.json.Decoder(kind)
