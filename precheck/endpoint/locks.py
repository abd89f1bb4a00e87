"""Locks between processes, as locked files: they end with the process, however it ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another process holds the lock."""


@contextmanager
def held(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock at `path` (the file is made and stays). Without `wait`, raises `Taken` when
    another process holds it."""
    with path.open("ab") as file:
        _lock(file, wait)
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], wait: bool) -> None:
        file.seek(0)
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError as error:
                if wait:  # LK_LOCK itself gives up after ten seconds
                    continue
                raise Taken from error
            return

else:
    import fcntl

    def _lock(file: IO[bytes], wait: bool) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Taken from error
