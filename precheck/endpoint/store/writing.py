"""One writer at a time in this process; among several, where there is no row yet to be locked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import IntEnum

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

from precheck.endpoint.store.rows import in_one_go, send

STORE_FAILS = (OperationalError, InterfaceError, InternalError)
"""What is raised where the store is at fault and not what was asked of it. PostgreSQL that only
reads, as its standby does, is the third (psycopg's `ReadOnlySqlTransaction`)."""

_TURN = threading.Lock()
"""SQLite has one writer. Threads that queue here, the reports' and those of pages, are served in
turn; left to SQLite they would sleep and retry, and some would wait very long."""


_LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's SQLSTATE for who has waited too long."""
_WAIT = "SELECT set_config('lock_timeout', '3s', true)"
"""For each transaction: a pooler takes no settings for a connection."""
_END_WHO_STAND_STILL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND backend_xid IS NOT NULL
    AND wait_event = 'ClientRead' AND now() - state_change > interval '10 seconds'
"""
"""Those that have written, and whose client has said nothing since. Not by PostgreSQL's own
idle_in_transaction_session_timeout: it does not run between statements that are sent in one go."""


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
def writing(entering: Entering | None = None, *, together: bool = False) -> Iterator[None]:
    """A transaction that has the writer's turn. When it ends without an exception, what was
    written is on the disk. No other process is `entering` the same meanwhile: on SQLite, where a
    writing transaction is alone from its beginning, nor anything else. What is written `together`
    is sent `in_one_go`.

    Another process that stands still in the midst of writing does not stop this one: what waits for
    it fails after seconds with one of `STORE_FAILS`, and its transaction is ended.
    """
    with _TURN:
        try:
            with transaction.atomic(), in_one_go() if together else nullcontext():
                if connection.vendor == "postgresql":
                    _begin(entering)
                yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                with connection.cursor() as cursor:
                    cursor.execute(_END_WHO_STAND_STILL)
            raise


def _begin(entering: Entering | None) -> None:
    send(_WAIT)
    if entering is not None:
        send("SELECT pg_advisory_xact_lock(%s)", [entering.value])
