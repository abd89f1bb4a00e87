"""The port of the page: it is there before anything that answers on it is loaded, so that a browser
can start, and wait for its answer, meanwhile."""

import socket

HOST = "127.0.0.1"
QUEUE = 32
"""Connections that wait to be taken."""


def listen() -> socket.socket:
    """A socket on a free port of this machine alone, which nobody else can take over. Raises
    `OSError`."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            # Without it, Windows lets another program listen on the same port.
            listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        listener.bind((HOST, 0))
        listener.listen(QUEUE)
    except OSError:
        listener.close()
        raise
    return listener


def port_of(listener: socket.socket) -> int:
    """The port on which `listener` listens."""
    return int(listener.getsockname()[1])
