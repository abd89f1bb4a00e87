"""What stays of an answer when it is recorded: the two kinds of rule that the tables hold."""

from dataclasses import dataclass
from enum import Enum, auto

from probes.system.software_lists import Cut, Names


def whole(text: bytes, names: Names) -> bytes:
    """All of it: what the system itself wrote, which has no place for a person's own words."""
    del names
    return text


@dataclass(frozen=True, slots=True)
class Rule:
    """What stays of a text. Without `addresses`, what looks like an address in it is a version.
    Of an `entire` one nothing stays where it was not read to its end: cut down, it would look as
    if it had been."""

    cut: Cut = whole
    addresses: bool = True
    entire: bool = False


class Listing(Enum):
    """What the names in a folder are."""

    SYSTEM = auto()
    """The system's own names, which stay."""
    SOFTWARE = auto()
    """Programs and packages, of which the listed ones stay."""
    SOURCES = auto()
    """apt's lists, named after the servers that they come from."""
    REPOSITORIES = auto()
    """Folders named after dnf's or zypper's repositories."""
