"""One page per person: a lock for as long as the program runs, and beside it how to reach it.

The lock belongs to the process, so the file of a program that died means nothing. Only the person
can read the folder.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from precheck.agent.errors import CannotKeep
from precheck.contract.decoding import decoder

_LOCK, _STATE = "lock", "running.json"


class Running(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to reach the program that runs: its port, and what lets one order it to show itself."""

    port: int
    control: str


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a second start of the program has for the first: a code and its endpoint, where it came
    with them. Without `opened` it only wants the page's address."""

    code: str | None = None
    endpoint: str | None = None
    opened: bool = True


class TheOnlyOne:
    """The lock, once it is held."""

    def __init__(self, folder: Path, held: IO[bytes]) -> None:
        self._folder = folder
        self._held = held

    def announce(self, running: Running) -> None:
        """Write down how to reach this program. Raises `CannotKeep`."""
        try:
            write_privately(self._folder / _STATE, msgspec.json.encode(running))
        except OSError as error:
            raise CannotKeep("the page's folder cannot be written") from error

    def release(self) -> None:
        """Let another be the only one."""
        with suppress(OSError):
            (self._folder / _STATE).unlink(missing_ok=True)
        self._held.close()


def become_the_only_one(folder: Path) -> TheOnlyOne | None:
    """Take the lock in `folder`; None where another program has it. Raises `CannotKeep` where there
    can be none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.fdopen(os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError as error:
        raise CannotKeep("the page's folder cannot be written") from error
    if not _locked(held):
        held.close()
        return None
    with suppress(OSError):
        (folder / _STATE).unlink(missing_ok=True)
    return TheOnlyOne(folder, held)


def who_runs(folder: Path) -> Running | None:
    """What the program that has the lock has written down; None where nothing can be read."""
    try:
        return decoder(Running).decode((folder / _STATE).read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def write_privately(path: Path, content: bytes) -> None:
    """Write a new file that nobody else can read, in place of an old one. Raises `OSError`."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _locked(held: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
