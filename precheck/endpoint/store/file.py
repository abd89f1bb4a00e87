"""What only data in a file need: erasing what was deleted, and a copy of all."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.writing import writers_turn, writing

_STEP = 500
"""Pages (of 4 kB) that are given back under one writer's turn: a few milliseconds."""
_MOMENT = 20
"""Milliseconds: longer than a page reads."""
LONG = 1000
"""Milliseconds that nobody minds once an hour."""


def is_in_use() -> bool:
    """Whether the data are in a file: PostgreSQL cleans up by itself, and has its own tools."""
    return connection.vendor == "sqlite"


def erase_deleted(patience: int = _MOMENT) -> bool:
    """Let what was deleted stand in no file any more: give the pages that were freed back to the
    disk, and empty the write-ahead log (SQLite: `incremental_vacuum` and `wal_checkpoint`).

    False where the log is left as it is, since somebody reads it: they are waited for as many
    milliseconds as `patience`, in which nobody can write. The next call then erases this, too.
    """
    if not is_in_use():
        return True
    free = _free_pages()
    while free:
        with writing(), connection.cursor() as cursor:
            cursor.execute(f"PRAGMA incremental_vacuum({_STEP})")
            cursor.fetchall()  # a page is given back per row
        left = _free_pages()
        if left >= free:
            break
        free = left
    return connection.in_atomic_block or _log_is_emptied(patience)


def back_up(target: Path) -> None:
    """Copy the whole database, as it is at one moment, to the new file `target`, for its owner
    alone. The server may go on serving. When this returns, the copy is on the disk. Raises
    `Unusable` where there is a file already, or none can be written; what was begun is removed.
    """
    if not is_in_use():
        raise Unusable("PostgreSQL is backed up by its own tools: pg_dump, see docs/operating.md")
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise Unusable(f"{target} is there already, and is not overwritten") from error
    except OSError as error:
        raise Unusable(f"{target} cannot be written: {error.strerror}") from error
    try:
        _copy(target)
    except (sqlite3.Error, OSError) as error:
        target.unlink()
        raise Unusable(f"{target} cannot be written: {error}") from error


def _copy(target: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        # All at once: a copy in steps begins anew whenever another process writes in between, and
        # with a write-ahead log a reader holds up no writer.
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _log_is_emptied(patience: int) -> bool:
    # In turn: a writer in another thread would keep the log from being emptied.
    with writers_turn(), connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        try:
            cursor.execute(f"PRAGMA busy_timeout={patience}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_ = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={usual}")
    return not is_busy


def _free_pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA freelist_count")
        return int(cursor.fetchone()[0])
