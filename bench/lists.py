"""The list of a day that 100 counsellors have open while 200 appointments stand in it.

One process serves. `whole` brings no tag: everybody's requests in the moment in which something has
changed, of which the first makes the lines and the others are given the same. `unchanged` brings
the tag of the lines at hand and is answered by 304, as nearly every request of an open list is.
`page` is the page itself.

Each is asked for in two ways: by 16 clients who ask again when they are answered, which says how
many a second there are at most; and as open lists do, each every 4 seconds. Of these stands how
long they waited, and what of a process they took by its own processor time: whatever else the
machine does at the moment makes that neither more nor less.
"""

import selectors
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.ingest import server

APPOINTMENTS = 200
CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 3
OPEN_LISTS = 100
EVERY = 4.0
"""Seconds between two requests of an open list."""

_FURNISH = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from precheck.contract.offices import load_office
from precheck.endpoint.opening import open_store
open_store(Path(sys.argv[1]))
from django.contrib.auth.models import User
from django.test import Client
from precheck.contract.reasons import Antivirus, Firewall
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import Membership, Office
from precheck.endpoint.tokyo import day_of, start_of
from tests.endpoint.people import as_report, booked, take
from tests.endpoint.scene import report
now = datetime.now(UTC)
put_office(load_office("kakogawa"), None, now)
user = User.objects.create(username="bench")
Membership.objects.create(user=user, office=Office.objects.get())
day = day_of(now) + timedelta(days=1)
for number in range(int(sys.argv[2])):
    start = start_of(day) + timedelta(hours=9, minutes=2 * number)
    one = booked(starts_at=start, reference=f"K-{number}")
    take(one, as_report(report(*((), (Antivirus.OFF,), (Firewall.NO_MANAGER,))[number % 3])), now)
client = Client()
client.force_login(user)
print(day, client.cookies["sessionid"].value)
"""


@dataclass(frozen=True)
class Load:
    """What a round came to: requests a second at most, and of open lists the milliseconds they
    waited and their share of a process."""

    per_second: float
    p50: float
    p99: float
    share: float


def main() -> None:
    with TemporaryDirectory(prefix="precheck-bench-") as temporary:
        folder = Path(temporary) / "data"
        made = subprocess.run(
            [sys.executable, "-c", _FURNISH, str(folder), str(APPOINTMENTS)],
            check=True,
            capture_output=True,
            text=True,
        )
        day, session = made.stdout.split()
        serve = (
            sys.executable, "-m", "precheck.endpoint", "serve", "--port", "0",
            "--data", str(folder),
        )  # fmt: skip
        loads: dict[str, list[Load]] = {"page": [], "whole": [], "unchanged": []}
        with server(serve, {}) as (port, process):
            for _ in range(ROUNDS):
                tag = _tag(port, _request(day, session))
                for way, request in (
                    ("page", _request(day, session, page="")),
                    ("whole", _request(day, session)),
                    ("unchanged", _request(day, session, f"If-None-Match: {tag}")),
                ):
                    loads[way].append(_loaded(port, psutil.Process(process), request))
    for way, all_loads in loads.items():
        per_second, p50, p99, share = (
            statistics.median(getattr(load, name) for load in all_loads)
            for name in ("per_second", "p50", "p99", "share")
        )
        print(
            f"{f'list of {APPOINTMENTS}, {way}':<32} {per_second:6.0f} /s at most;"
            f"   {OPEN_LISTS} open lists: p50 {p50:5.1f} ms   p99 {p99:5.1f} ms"
            f"   {share:5.1%} of a process",
            flush=True,
        )


def _request(day: str, session: str, *headers: str, page: str = "rows") -> bytes:
    return "\r\n".join(
        [
            f"GET /staff/appointments/{page}?date={day} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: sessionid={session}",
            *headers,
            "\r\n",
        ]
    ).encode()


def _tag(port: int, request: bytes) -> str:
    """The entity tag of the list at this moment. Today's changes by the minute; this is another
    day's."""
    with _asked(port, request) as connection:
        answer = b""
        while not _is_whole(answer):
            answer += connection.recv(65536)
    head = answer.partition(b"\r\n\r\n")[0].decode()
    return next(
        line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("etag: ")
    )


def _loaded(port: int, process: psutil.Process, request: bytes) -> Load:
    _ask_at_once(port, request, SECONDS / 10)
    begun = time.perf_counter()
    answered = _ask_at_once(port, request, SECONDS)
    per_second = answered / (time.perf_counter() - begun)
    worked, begun = _processor_time(process), time.perf_counter()
    took = sorted(_ask_as_open_lists(port, request, SECONDS))
    share = (_processor_time(process) - worked) / (time.perf_counter() - begun)
    return Load(per_second, 1000 * took[len(took) // 2], 1000 * took[len(took) * 99 // 100], share)


def _processor_time(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _ask_at_once(port: int, request: bytes, seconds: float) -> int:
    """How many requests are answered in `seconds`, each client's next one when the one before is.
    A connection is used again unless the server closes it, as it does after a 304."""
    answered = 0
    end = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            selector.register(_asked(port, request), selectors.EVENT_READ, _Waiting())
        while (now := time.perf_counter()) < end:
            for connection, waiting in _answered(selector, end - now):
                answered += 1
                if b"\r\nConnection: close" in waiting.answer:
                    connection.close()
                    connection = _asked(port, request)
                else:
                    connection.sendall(request)
                selector.register(connection, selectors.EVENT_READ, _Waiting())
        _close(selector)
    return answered


def _ask_as_open_lists(port: int, request: bytes, seconds: float) -> list[float]:
    """Seconds from request to answer, for requests that come one by one at the pace of all open
    lists together, whether the ones before are answered or not."""
    took: list[float] = []
    pause = EVERY / OPEN_LISTS
    due = time.perf_counter()
    end = due + seconds
    with selectors.DefaultSelector() as selector:
        while due < end or selector.get_map():
            now = time.perf_counter()
            if due <= now and due < end:
                selector.register(_asked(port, request), selectors.EVENT_READ, _Waiting(due))
                due += pause
            for connection, waiting in _answered(selector, max(0.0, due - now)):
                took.append(time.perf_counter() - waiting.since)
                connection.close()
    return took


def _answered(
    selector: selectors.BaseSelector, seconds: float
) -> "list[tuple[socket.socket, _Waiting]]":
    """The connections whose answer has come to its end within `seconds`, which are left out of
    `selector`."""
    whole = []
    for key, _events in selector.select(seconds):
        connection, waiting = key.fileobj, key.data
        assert isinstance(connection, socket.socket)
        waiting.answer += connection.recv(1 << 20)
        if _is_whole(waiting.answer):
            selector.unregister(connection)
            whole.append((connection, waiting))
    return whole


def _close(selector: selectors.BaseSelector) -> None:
    for key in selector.get_map().values():
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()


@dataclass
class _Waiting:
    """A request on its way: since when, and what has come of its answer."""

    since: float = field(default_factory=time.perf_counter)
    answer: bytes = b""


def _asked(port: int, request: bytes) -> socket.socket:
    """A new connection, on which `request` has been sent."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(request)
    return connection


def _is_whole(answer: bytes) -> bool:
    """Whether an answer has come to its end. Raises `SystemExit` for a refusal."""
    head, between, body = answer.partition(b"\r\n\r\n")
    if not between:
        return False
    if head.startswith(b"HTTP/1.1 304 "):
        return True
    if not head.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"a list was refused: {head!r}")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


if __name__ == "__main__":
    main()
