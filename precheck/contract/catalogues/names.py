"""When two names of software are the same one."""

import re
import unicodedata
from collections.abc import Iterable

_TAIL = re.compile(
    r"\s+v?\d+(?:\.\d+)+(?:[-+ ]?(?:alpha|beta|rc)\s?\d*)?|\s*\((?:x64|x86|64|32|arm64)[^()]*\)"
)


def same_name(name: str) -> str:
    """What is equal for names that differ only in case, width or space around them."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def without_version(name: str) -> str:
    """`name` without a version of at least two numbers and a processor in brackets at its end, as
    in "ESET NOD32 Antivirus 9.0.386.0" and "Mozilla Firefox (x64 ja)". A single number, as in
    "Norton 360", is a part of the name."""
    name = name.strip()
    while (tail := _last_tail(name)) is not None:
        name = name[:tail].rstrip()
    return name


def ensure_distinct(what: str, names: Iterable[str]) -> None:
    """Raise `ValueError` where two of `names` are the same."""
    seen: set[str] = set()
    for name in names:
        if same_name(name) in seen:
            raise ValueError(f"{what} {name!r} is there twice")
        seen.add(same_name(name))


def _last_tail(name: str) -> int | None:
    """Where a tail begins that ends `name` and leaves something of it."""
    for found in _TAIL.finditer(name):
        if found.end() == len(name) and found.start() > 0:
            return found.start()
    return None
