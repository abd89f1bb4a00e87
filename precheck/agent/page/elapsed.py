"""Seconds that pass while the machine sleeps, too, on every system."""

import threading
import time
from collections.abc import Callable


class Elapsed:
    """A clock that only grows: call it for the seconds since it was made.

    `time.monotonic` stands still in sleep on Linux and macOS; the wall clock does not, but is put
    right now and then. Between two looks, the longer of both counts: what is too old is checked
    again, which harms nobody, and what is too old for sure is never taken for new.
    """

    def __init__(
        self,
        awake: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._clocks = (awake, wall)
        self._lock = threading.Lock()
        self._last = (awake(), wall())
        self._passed = 0.0

    def __call__(self) -> float:
        with self._lock:
            awake, wall = (clock() for clock in self._clocks)
            self._passed += max(0.0, awake - self._last[0], wall - self._last[1])
            self._last = (awake, wall)
            return self._passed
