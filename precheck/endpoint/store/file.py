"""What only data in a file need: giving back to the disk what was deleted, and a copy of all."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from precheck.endpoint.errors import Unusable
from precheck.endpoint.store.writing import writing

_STEP = 500
"""Pages (of 4 kB) that are given back under one writer's turn: a few milliseconds."""


def is_in_use() -> bool:
    """Whether the data are in a file: PostgreSQL cleans up by itself, and has its own tools."""
    return connection.vendor == "sqlite"


def give_back() -> None:
    """Give the pages that were freed back to the disk, and empty the write-ahead log, in which what
    was deleted still stands. SQLite: `PRAGMA incremental_vacuum`, `PRAGMA wal_checkpoint`."""
    if not is_in_use():
        return
    free = _free_pages()
    while free:
        with writing(), connection.cursor() as cursor:
            cursor.execute(f"PRAGMA incremental_vacuum({_STEP})")
            cursor.fetchall()  # a page is given back per row
        left = _free_pages()
        if left >= free:
            break
        free = left
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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


def _free_pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA freelist_count")
        return int(cursor.fetchone()[0])
