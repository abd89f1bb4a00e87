"""One writer at a time in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

_TURN = threading.Lock()
"""SQLite has one writer. Threads that queue here are served in turn; left to SQLite they would
sleep and retry, and some would wait very long."""


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that has the writer's turn. When it ends without an exception, what was
    written is on the disk."""
    with _TURN, transaction.atomic():
        yield
