"""Connections that have not yet said who they are.

Any process of this machine can open as many as it likes. So only so many may wait, the newest ones:
the oldest is cut off, and a page, which speaks at once, always finds room. Who has shown the secret
is no stranger any more and is never cut off.
"""

import socket
import threading
from contextlib import suppress

MOST_STRANGERS = 64


class Strangers:
    """The connections that wait, oldest first."""

    def __init__(self, most: int = MOST_STRANGERS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._waiting: dict[socket.socket, None] = {}

    def came(self, connection: socket.socket) -> None:
        """Let `connection` wait; too many others are cut off for it."""
        with self._lock:
            self._waiting[connection] = None
            while len(self._waiting) > self._most:
                oldest = next(iter(self._waiting))
                del self._waiting[oldest]
                cut_off(oldest)

    def known(self, connection: socket.socket) -> None:
        """`connection` has shown the secret, or is over."""
        with self._lock:
            self._waiting.pop(connection, None)


def cut_off(connection: socket.socket) -> None:
    """End what is read from and written to `connection`, which may be gone already."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
