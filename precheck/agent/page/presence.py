"""Whether the page is still there.

A tab that is closed says good-bye. One that says nothing any more may be frozen or put away by the
browser, to be woken hours later: while it would lose something, the program waits for it.
"""

import threading
from collections.abc import Callable
from types import TracebackType

FIRST_WAIT = 600.0
"""Seconds in which the first page has to come: an address may have to be typed by hand."""

PATIENCE = 60.0
"""Seconds without a page after which the program ends."""

LONG_PATIENCE = 12 * 3600.0
"""The same while something found has been neither sent nor kept, and the page has not said
good-bye. A second start shows it again, too."""

ASLEEP = 10.0
"""Seconds between two looks after which the machine, which looks every second, has been asleep."""


class Presence:
    """Entered for the time of each request of the page; `over` says when it has been gone too long.

    `clock` gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._inside = 0
        self._limit = FIRST_WAIT
        self._gone = False
        self._last = self._looked = clock()

    @property
    def came(self) -> bool:
        """Whether there ever was a page."""
        return self._limit == PATIENCE

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            self._limit = PATIENCE
            self._gone = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            self._last = self._clock()

    def good_bye(self) -> None:
        """A page is being closed, or left, or loaded anew; in that case it comes again."""
        with self._lock:
            self._gone = True

    def over(self, *, unsent: bool = False) -> bool:
        """Whether the page has been gone for too long; `unsent` says that something would be lost
        with the program. To be asked every second: after a longer pause machine and page have
        slept, and the page gets its time again."""
        with self._lock:
            now = self._clock()
            if now - self._looked > ASLEEP:
                self._last = now
            self._looked = now
            limit = LONG_PATIENCE if unsent and not self._gone else self._limit
            return not self._inside and now - self._last > limit
