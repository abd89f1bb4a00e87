"""The server: waitress on one socket, until it is told to stop."""

import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from wsgiref.types import WSGIApplication

import django.db
import msgspec
from django.utils import timezone
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from precheck.contract.api import MEASURE_LIMIT, Problem, ProblemType
from precheck.endpoint.cores import keeping_to_a_core
from precheck.endpoint.data_folder import SERVE_LOCK
from precheck.endpoint.errors import Unusable
from precheck.endpoint.locks import Taken, held
from precheck.endpoint.operations.checking import warnings, wrong_settings
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.file import LONG, erase_deleted
from precheck.endpoint.store.housekeeping import keep_house, until_next
from precheck.endpoint.store.retention import Purged
from precheck.endpoint.store.writing import STORE_FAILS

THREADS = 16
_BODY_LIMIT = 2 * MEASURE_LIMIT
"""What waitress takes in at all; the views refuse less than this in their own words."""
_CONNECTIONS = 400
"""At once; somebody who opens some and says nothing shall not keep the others out. Together with
the data's files these stay below what `select` can watch on any system."""
_SILENCE = 30
"""Seconds without a byte after which a connection is closed."""
SLOWEST = 120
"""Seconds after which a request that is still not complete is given up: whoever sends a byte now
and then would otherwise hold a connection for ever. A measurement gets through at 70 kbit/s."""
_TOGETHER = 20_000
"""Bytes up to which the head and the body of an answer leave together, sent by the thread that
waits for all connections: every turn less between threads counts, and this gives a tenth more
reports a second."""

_log = logging.getLogger("precheck.serve")


class _ProblemTask(ErrorTask):
    """waitress's own refusals (a request that is no HTTP, a body beyond all limits) as problems."""

    def execute(self) -> None:
        request: Any = self.request
        error = request.error
        kind = ProblemType.TOO_LARGE if error.code == 413 else ProblemType.BAD_REQUEST
        problem = Problem(type=kind, title=error.reason, status=error.code)
        body = msgspec.json.encode(problem)
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [("Content-Type", "application/problem+json")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    error_task_class = _ProblemTask
    _begun = 0.0

    def received(self, data: bytes) -> bool:
        now = time.monotonic()
        if self.request is None:
            self._begun = now
        elif now - self._begun > SLOWEST:
            self.will_close = True
        return bool(super().received(data))


def serve(
    application: WSGIApplication, folder: Path, host: str, port: int, *, all_cores: bool = False
) -> None:
    """Serve `application` on `host` and `port` (0: a free one) until SIGINT or SIGTERM.

    Says `listening on http://…/` on standard output once connections are taken. Keeps house at its
    start, hourly, and as a day begins in Tokyo, and erases at its end what was deleted. Raises
    `Unusable` where the address cannot be had, or another process serves the same data.

    It keeps to a core of its own, unless `all_cores`.
    """
    try:
        with _sole_server(folder), _bound(host, port) as listener, ExitStack() as stack:
            if not all_cores:
                stack.enter_context(keeping_to_a_core())
            _run(application, listener)
    except Taken as error:
        raise Unusable(f"another precheck-endpoint serves the data in {folder}") from error


@contextmanager
def _sole_server(folder: Path) -> Iterator[None]:
    """The data in a file are served by one process; PostgreSQL's by as many as are wanted."""
    if django.db.connection.vendor != "sqlite":
        yield
        return
    with held(folder / SERVE_LOCK, wait=False):
        yield


def _run(application: WSGIApplication, listener: socket.socket) -> None:
    server: Any = create_server(
        application,
        sockets=[listener],
        threads=THREADS,
        max_request_body_size=_BODY_LIMIT,
        connection_limit=_CONNECTIONS,
        channel_timeout=_SILENCE,
        ident="precheck",
        asyncore_use_poll=hasattr(select, "poll"),
        **_proxy(),
    )
    server.channel_class = _Channel
    server.adj.send_bytes = _TOGETHER
    address, port = listener.getsockname()[:2]
    # Now: this imports, and Python takes a signal in the midst of that for the end of the process.
    to_mend = (*wrong_settings(), *warnings())
    stop = threading.Event()
    housekeeper = threading.Thread(target=keep_house_until, args=(stop,), name="housekeeping")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        housekeeper.start()
        shown = f"[{address}]" if ":" in address else address
        sys.stdout.write(f"listening on http://{shown}:{port}/\n")
        sys.stdout.flush()
        _log.info("serving")
        for sentence in to_mend:
            _log.warning(sentence)
        with store().intake.writer():
            server.run()  # ends on the exception that `_end` raises
    except KeyboardInterrupt:
        pass  # it came before the loop was entered
    finally:
        stop.set()
        if housekeeper.ident is not None:  # else it was not started any more
            housekeeper.join()
        server.close()
    _log.info("stopped")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End the loop, and let nothing interrupt the ending."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def keep_house_until(
    stop: threading.Event, keep: Callable[[datetime], Purged] = keep_house
) -> None:
    """Keep house now and whenever it is time again, until `stop` is set. Whoever was read to is
    gone by then: what could not be erased meanwhile is erased at last."""
    while True:
        try:
            gone = keep(timezone.now())
        except Exception:  # noqa: BLE001 - retention must not wait for a restart
            _log.exception("housekeeping failed; it is tried again within the hour")
        else:
            if gone.appointments:
                _log.info("deleted", extra={"fields": {"appointments": gone.appointments}})
        if stop.wait(until_next(timezone.now()).total_seconds()):
            break
    try:
        erase_deleted(LONG)
    except STORE_FAILS:
        _log.exception("what was deleted could not be erased; it is tried again at the next start")
    django.db.connection.close()


def _proxy() -> dict[str, Any]:
    """The forwarding headers of the one trusted proxy are believed; all others are dropped."""
    proxy = os.environ.get("PRECHECK_TRUSTED_PROXY")
    if not proxy:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
    }


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket on the first address of `host`."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        raise Unusable(f"{host} port {port} cannot be listened on: {error}") from error
    with listener:
        yield listener
