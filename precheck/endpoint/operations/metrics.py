"""What this process has counted since it began, in the text format of Prometheus.

Every process serves its own counts at its own port and adds up nobody else's: whoever collects them
asks each one. Labels are addresses as the program knows them (`staff/appointments/<uuid:…>/`),
methods and statuses, and never what somebody typed.
"""

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

UPPER_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Of the classes of durations, in seconds; what takes longer is in the last class."""
BATCH_BOUNDS = (1, 2, 4, 8, 16, 32, 64)
"""Of the classes of batches, in reports."""
UNKNOWN_ROUTE = "none"
"""For an address that the program does not have."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counts of requests; safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.time()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._durations: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        place = bisect_left(UPPER_BOUNDS, seconds)
        with self._lock:
            self._requests[route, method, status] += 1
            classes = self._durations.setdefault(route, [0] * (len(UPPER_BOUNDS) + 1))
            classes[place] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def text(self, waiting: int, stored: int, batches: Mapping[int, int]) -> str:
        """All counts, together with those of the way in for reports: how many wait, how many were
        stored, and how many batches there were by their size."""
        with self._lock:
            lines = [*self._of_requests()]
        lines += _single("precheck_reports_waiting", "gauge", "Reports not committed yet.", waiting)
        lines += _single("precheck_reports_stored_total", "counter", "Reports stored.", stored)
        lines += _of_batches(batches)
        lines += _single(
            "precheck_process_start_time_seconds", "gauge", "When this process began.", self._began
        )
        return "\n".join(lines) + "\n"

    def _of_requests(self) -> Iterator[str]:
        name = "precheck_requests_total"
        yield from _head(name, "counter", "Requests answered, by address, method and status.")
        for (route, method, status), count in sorted(self._requests.items()):
            yield f'{name}{{route="{_quoted(route)}",method="{method}",status="{status}"}} {count}'
        name = "precheck_request_seconds"
        yield from _head(name, "histogram", "How long requests took, by address.")
        for route, classes in sorted(self._durations.items()):
            label = f'route="{_quoted(route)}"'
            yield from _histogram(name, label, UPPER_BOUNDS, classes, self._seconds[route])


def _of_batches(batches: Mapping[int, int]) -> Iterator[str]:
    name = "precheck_report_batch_size"
    classes = [0] * (len(BATCH_BOUNDS) + 1)
    for size, count in batches.items():
        classes[bisect_left(BATCH_BOUNDS, size)] += count
    yield from _head(name, "histogram", "Reports committed together.")
    total = sum(size * count for size, count in batches.items())
    yield from _histogram(name, "", BATCH_BOUNDS, classes, total)


def _histogram(
    name: str, label: str, bounds: tuple[float, ...], classes: list[int], total: float
) -> Iterator[str]:
    """Prometheus wants each class to hold all below it, too."""
    so_far, comma = 0, "," if label else ""
    for bound, count in zip((*map(str, bounds), "+Inf"), classes, strict=True):
        so_far += count
        yield f'{name}_bucket{{{label}{comma}le="{bound}"}} {so_far}'
    braces = f"{{{label}}}" if label else ""
    yield f"{name}_sum{braces} {total}"
    yield f"{name}_count{braces} {so_far}"


def _single(name: str, kind: str, about: str, value: float) -> list[str]:
    return [*_head(name, kind, about), f"{name} {value}"]


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about} Of this process."
    yield f"# TYPE {name} {kind}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
