"""One writer at a time in this process; among several, where there is no row yet to be locked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

STORE_FAILS = (OperationalError, InterfaceError, InternalError)
"""What is raised where the store is at fault and not what was asked of it. PostgreSQL that only
reads, as its standby does, is the third (psycopg's `ReadOnlySqlTransaction`)."""

_TURN = threading.Lock()
"""SQLite has one writer. Threads that queue here, the reports' and those of pages, are served in
turn; left to SQLite they would sleep and retry, and some would wait very long."""


class Entering(IntEnum):
    """What is looked for and then entered. The numbers are PostgreSQL's advisory locks (its
    documentation, 13.3.5), which nothing else here takes."""

    POLICIES = 1
    STAFF = 2


@contextmanager
def writers_turn() -> Iterator[None]:
    """The writer's turn without a transaction: nothing else in this process writes meanwhile."""
    with _TURN:
        yield


@contextmanager
def writing(entering: Entering | None = None) -> Iterator[None]:
    """A transaction that has the writer's turn. When it ends without an exception, what was
    written is on the disk. No other process is `entering` the same meanwhile: on SQLite, where a
    writing transaction is alone from its beginning, nor anything else."""
    with _TURN, transaction.atomic():
        if entering is not None and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [entering.value])
        yield
