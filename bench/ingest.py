"""How many reports a second the endpoint takes in, each on the disk before it is answered.

One process serves, 16 connections are kept alive, each sends its next report when the one before is
answered. The client is this process: raw sockets and one selector, so that it takes little of what
is measured. Beside it, in turn and on the same machine, the control: a bare Django under the same
server that stores the body in one row (`bare.py`); and the endpoint on all cores, where its threads
wake each other across them.

Both stores are measured: the file, and a PostgreSQL of the measurement's own with its settings as
they come, over a socket of the machine. All share the machine's cores. The endpoint keeps to one of
them by itself (`cores.py`), unless it is told to run on all. Where the others run is left to the
system: the client, the control and PostgreSQL.

Flushing is measured as the disk does it, and with 2 ms more per flush: a library that is loaded
before the C library's own `fsync` and `fdatasync` sleeps first, by whoever flushes: the endpoint,
or PostgreSQL (needs `cc`; Linux).
"""

import json
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from uuid import uuid4

import psutil

from precheck.endpoint.database import URL
from tests.endpoint.postgresql_server import is_installed, running

CONNECTIONS = 16
APPOINTMENTS = 400
SECONDS = 4.0
ROUNDS = 3
FLUSH_MS = 2
REPORTS, BARE = "reports", "bare Django"

_SLOW_FLUSH = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slowly(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep(FLUSH_US);
    return real(fd);
}
int fsync(int fd) { return slowly("fsync", fd); }
int fdatasync(int fd) { return slowly("fdatasync", fd); }
"""

_FURNISH = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from precheck.contract.offices import load_office
from precheck.endpoint.opening import open_store
open_store(Path(sys.argv[1]))
from precheck.endpoint.store.appointments import add_appointment
from precheck.endpoint.store.changes import office_named, put_office
now = datetime.now(UTC)
put_office(load_office("kakogawa"), None, now)
for number in range(int(sys.argv[2])):
    print(add_appointment(office_named("kakogawa"), now + timedelta(days=1), "", now))
"""


@dataclass(frozen=True)
class Load:
    """What a round of requests came to. Times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    """Of the process that serves, per request."""
    memory_mb: float


def main() -> None:
    stores = ["SQLite"]
    if is_installed():
        stores.append("PostgreSQL")
    else:
        print("no PostgreSQL (Debian: apt install postgresql): only SQLite is measured")
    with TemporaryDirectory(prefix="precheck-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o711)  # PostgreSQL is another user's and loads the library from it
        for store in stores:
            _measure(store, "the disk as it is", folder / store, {})
        library = slow_flush(folder)
        if library is None:
            print("no C compiler (Debian: apt install gcc): no slower flush is measured")
            return
        for store in stores:
            slow = f"{FLUSH_MS} ms more per flush"
            _measure(store, slow, folder / f"{store}-slow", {"LD_PRELOAD": str(library)})


def _measure(store: str, disk: str, folder: Path, flushing: dict[str, str]) -> None:
    """`flushing` is the environment of what flushes."""
    with ExitStack() as stack:
        ours, bare = flushing, flushing
        if store == "PostgreSQL":
            database = stack.enter_context(running({}, flushing))
            for name in ("ours", "bare"):
                database.make_database(name)
            ours, bare = ({URL: database.address(name)} for name in ("ours", "bare"))
            folder.mkdir()
            (folder / "secret").write_text(token_urlsafe(48), encoding="ascii")
        codes = furnished(folder, ours)
        data = ("--data", str(folder))
        serve = (sys.executable, "-m", "precheck.endpoint", "serve", "--port", "0", *data)
        ways: dict[str, tuple[Sequence[str], dict[str, str]]] = {
            REPORTS: (serve, ours),
            BARE: ((sys.executable, "-m", "bench.bare", str(folder)), bare),
        }
        if sys.platform == "linux":
            ways["reports, on all cores"] = (*serve, "--all-cores"), ours
        _compare(f"{store}, {disk}", bool(flushing), ways, codes)


def _compare(
    where: str,
    is_slow: bool,
    ways: Mapping[str, tuple[Sequence[str], dict[str, str]]],
    codes: Sequence[str],
) -> None:
    promised = "at least 1000/s" if is_slow else "at least 1200/s, p99 at most 30 ms, 80 MiB"
    loads: dict[str, list[Load]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, (command, environment) in ways.items():
            with server(command, environment) as (port, process):
                loads[way].append(loaded(port, process, codes))
    for way, all_loads in loads.items():
        each = [
            statistics.median(getattr(load, field.name) for load in all_loads)
            for field in fields(Load)
        ]
        kept = f"   (promised: {promised})" if way == REPORTS else ""
        print(
            f"{f'{way}, {where}':<56} {each[0]:7.0f} /s   p50 {each[1]:6.1f} ms"
            f"   p99 {each[2]:6.1f} ms   {each[3]:5.2f} ms CPU   {each[4]:5.0f} MiB{kept}",
            flush=True,
        )
    ours, bare = (
        statistics.median(load.per_second for load in loads[way]) for way in (REPORTS, BARE)
    )
    print(f"{f'{REPORTS} / {BARE}, {where}':<56} {ours / bare:7.2f}", flush=True)


def furnished(folder: Path, environment: Mapping[str, str]) -> list[str]:
    """An endpoint's data with an office, and the codes of `APPOINTMENTS` appointments of it."""
    made = subprocess.run(
        [sys.executable, "-c", _FURNISH, str(folder), str(APPOINTMENTS)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return made.stdout.split()


def slow_flush(folder: Path) -> Path | None:
    """A library to load first, with which every flush takes `FLUSH_MS` longer."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = folder / "slow_flush.c", folder / "slow_flush.so"
    source.write_text(_SLOW_FLUSH.replace("FLUSH_US", str(FLUSH_MS * 1000)), encoding="ascii")
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"], check=True
    )
    return library


@contextmanager
def server(command: Sequence[str], environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The port and process of a server that says where it listens."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("listening on "))
        yield int(line.rstrip().rstrip("/").rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.wait()


def loaded(port: int, process: int, codes: Sequence[str]) -> Load:
    """Send reports for `SECONDS` after a warm-up of a tenth of that."""
    _send(port, codes, SECONDS / 10)
    served = psutil.Process(process)
    begun, worked = time.perf_counter(), sum(served.cpu_times()[:2])
    took = sorted(_send(port, codes, SECONDS))
    return Load(
        per_second=len(took) / (time.perf_counter() - begun),
        p50=1000 * took[len(took) // 2],
        p99=1000 * took[len(took) * 99 // 100],
        cpu=1000 * (sum(served.cpu_times()[:2]) - worked) / len(took),
        memory_mb=served.memory_info().rss / 2**20,
    )


def _send(port: int, codes: Sequence[str], seconds: float) -> list[float]:
    """Seconds from request to answer, of every report that was answered in `seconds`."""
    requests = _requests(codes)
    took: list[float] = []
    end = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(next(requests))
            selector.register(connection, selectors.EVENT_READ, _Asked(time.perf_counter()))
        while (now := time.perf_counter()) < end:
            for key, _events in selector.select(end - now):
                answering, asked = key.fileobj, key.data
                assert isinstance(answering, socket.socket)
                asked.answer += answering.recv(65536)
                if not _is_whole(asked.answer):
                    continue
                finished = time.perf_counter()
                took.append(finished - asked.at)
                asked.at, asked.answer = finished, b""
                answering.sendall(next(requests))
        for key in list(selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return took


@dataclass
class _Asked:
    """A request on its way: when it was sent, and what has come of its answer."""

    at: float
    answer: bytes = b""


def _is_whole(answer: bytes) -> bool:
    """Whether a receipt has come to its end. Raises `SystemExit` for a refusal."""
    head, between, body = answer.partition(b"\r\n\r\n")
    if not between:
        return False
    if not head.startswith(b"HTTP/1.1 201 "):
        raise SystemExit(f"a report was refused: {answer!r}")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def _requests(codes: Sequence[str]) -> Iterator[bytes]:
    """Reports without end, in turn for each code, every one with its own id and time."""
    from tests.endpoint.scene import report

    ended = datetime.now(UTC) - timedelta(hours=1)
    mark = "00000000-0000-4000-8000-000000000000"
    body = json.dumps(report(finished_at=ended, report_id=None) | {"report_id": mark})
    before, after = body.encode().split(mark.encode())
    head = (
        "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nAuthorization: Appointment "
    ).encode()
    while True:
        for code in codes:
            yield b"%b%b\r\n\r\n%b%b%b" % (
                head, code.encode(), before, str(uuid4()).encode(), after,
            )  # fmt: skip


if __name__ == "__main__":
    main()
