"""What the pages of staff cost the server: each asked for in this process, through everything that
a request passes but the socket.

The cost is processor time, whatever else the machine does meanwhile: this process's, which on
SQLite does all the work, and on PostgreSQL also that of the server's process for this connection
(Linux: `/proc/PID/schedstat`, in nanoseconds). The first answer, which finds out what a process
finds out once, is thrown away.

Triage looks at who waits until tomorrow, or within a week. Of the sessions of today those count
that have not begun yet: it costs most early in the morning, and least in the evening.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.test import Client

from bench.stored import GrowingStore
from precheck.endpoint.counsellor.views import known_lines
from precheck.endpoint.helpdesk.stuck import Within, stuck_among, total
from precheck.endpoint.store.file import is_in_use as is_file
from precheck.endpoint.store.models import Appointment, Office, Role
from precheck.endpoint.tokyo import day_of, end_of, start_of
from tests.endpoint.people import member
from tests.endpoint.scene import OFFICE

ROUNDS = 15
PROMISED = 50.0
"""Milliseconds, at `PROMISED_AT` reports."""
PROMISED_AT = 1_000_000
PROMISED_FOR = (
    "list of a day",
    "its lines",
    "triage",
    "trend",
    "triage, all offices",
    "trend, all offices",
)
"""What opens by itself and stays open. A week of all offices is somebody's choice: it grows with
those who wait."""

Ask = Callable[[], None]


def grow_and_say(sizes: Sequence[int]) -> None:
    """Let this process's store grow to these numbers of reports, and print what each page costs
    at each of them."""
    now = datetime.now(UTC)
    store = GrowingStore(now)
    costs: dict[str, list[float]] = {}
    for size in sizes:
        begun = time.perf_counter()
        store.grow_to(size)
        spent = time.perf_counter() - begun
        stuck = total(stuck_among(Office.objects.all(), Within.NEXT_DAY, now).groups)
        print(
            f"{store.reports} reports, {store.offices} offices, {stuck} stuck until tomorrow:"
            f" made in {spent:.0f} s",
            flush=True,
        )
        for name, ask in pages(now).items():
            costs.setdefault(name, []).append(cost(ask))
    kind = "SQLite" if is_file() else "PostgreSQL"
    heading = f"ms of processor ({kind}) at reports:"
    print(f"{heading:<40}" + "".join(f"{size:>10,}" for size in sizes))
    for name, each in costs.items():
        columns = "".join(f"{one:>10.1f}" for one in each)
        growth = f"x {each[-1] / each[0]:.1f}"
        print(f"{name:<40}{columns}   {growth:<7}{_promise(name, sizes[-1], each[-1])}".rstrip())
    print(flush=True)


def _promise(name: str, reports: int, median: float) -> str:
    if reports < PROMISED_AT or name not in PROMISED_FOR:
        return ""
    return f"promised: at most {PROMISED:.0f}" + ("" if median <= PROMISED else ", NOT KEPT")


def pages(now: datetime) -> dict[str, Ask]:
    """Each page by its name, for whom it is for. There is an office with appointments tomorrow."""
    counsellor = member("counsellor")
    administrator = member("administrator", role=Role.ADMINISTRATOR)
    helpdesk = member("helpdesk", None, Role.HELPDESK)
    day = day_of(now) + timedelta(days=1)
    rows = f"/staff/appointments/rows?date={day}"
    tag = counsellor.get(rows).headers["ETag"]
    checked = Appointment.objects.filter(
        office=OFFICE, starts_at__gte=start_of(day), starts_at__lt=end_of(day), runs__gt=0
    ).first()
    assert checked is not None

    def page(client: Client, address: str, status: int = 200, **headers: str) -> Ask:
        def ask() -> None:
            answer = client.get(address, headers=headers)
            assert answer.status_code == status, answer.status_code

        return ask

    list_of_day = page(counsellor, f"/staff/appointments/?date={day}")

    def list_made_anew() -> None:
        known_lines.cache_clear()
        list_of_day()

    return {
        "list of a day, changed since": list_made_anew,
        "list of a day": list_of_day,
        "its lines": page(counsellor, rows),
        "its lines, unchanged": page(counsellor, rows, 304, **{"If-None-Match": tag}),
        "an appointment": page(counsellor, f"/staff/appointments/{checked.pk}/"),
        "triage": page(administrator, "/staff/helpdesk/"),
        "triage of a week": page(administrator, "/staff/helpdesk/?within=week"),
        "trend": page(administrator, "/staff/helpdesk/trend/"),
        "triage, all offices": page(helpdesk, "/staff/helpdesk/"),
        "triage of a week, all offices": page(helpdesk, "/staff/helpdesk/?within=week"),
        "trend, all offices": page(helpdesk, "/staff/helpdesk/trend/"),
        "find an appointment, all offices": page(helpdesk, "/staff/helpdesk/readout/"),
    }


def cost(ask: Ask) -> float:
    """The median of `ROUNDS` answers, in milliseconds, after one that is thrown away."""
    ask()
    costs = []
    for _ in range(ROUNDS):
        before = _processor()
        ask()
        costs.append(_processor() - before)
    return 1000 * statistics.median(costs)


def _processor() -> float:
    """Seconds that this process has worked, and the one that works for it in PostgreSQL."""
    own = time.process_time()
    if is_file():
        return own
    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return own + int(server.read_text(encoding="ascii").split()[0]) / 1e9
