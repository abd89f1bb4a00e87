"""How long the pages of staff take the server: each asked for in this process, through everything
that a request passes but the socket."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.test import Client

from bench.stored import GrowingStore
from precheck.endpoint.counsellor.views import known_lines
from precheck.endpoint.store.file import is_in_use as is_file
from precheck.endpoint.store.models import Appointment, Role
from precheck.endpoint.tokyo import day_of, end_of, start_of
from tests.endpoint.people import member
from tests.endpoint.scene import OFFICE

ROUNDS = 15

Ask = Callable[[], None]


@dataclass(frozen=True)
class Took:
    """Medians in milliseconds: on the clock on the wall, and on the processor in this process."""

    wall: float
    processor: float


def grow_and_say(sizes: Sequence[int]) -> None:
    """Let this process's store grow to these numbers of reports, and print what each page took at
    each of them."""
    now = datetime.now(UTC)
    store = GrowingStore(now)
    times: dict[str, list[float]] = {}
    for size in sizes:
        begun = time.perf_counter()
        store.grow_to(size)
        spent = time.perf_counter() - begun
        print(
            f"{store.reports} reports, {store.offices} offices: made in {spent:.0f} s", flush=True
        )
        for name, ask in pages(now).items():
            median = took(ask)
            times.setdefault(name, []).append(median.processor if is_file() else median.wall)
    kind = "SQLite, processor" if is_file() else "PostgreSQL, wall"
    print(f"{f'ms ({kind}) at reports:':<36}" + "".join(f"{size:>10,}" for size in sizes))
    for name, each in times.items():
        columns = "".join(f"{one:>10.1f}" for one in each)
        print(f"{name:<36}{columns}   x {each[-1] / each[0]:.1f}", flush=True)


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
        "trend, all offices": page(helpdesk, "/staff/helpdesk/trend/"),
    }


def took(ask: Ask) -> Took:
    """Of `ROUNDS` answers after one that is thrown away."""
    ask()
    walls, processors = [], []
    for _ in range(ROUNDS):
        wall, processor = time.perf_counter(), time.process_time()
        ask()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return Took(1000 * statistics.median(walls), 1000 * statistics.median(processors))
