"""How a page comes in: with a ticket that is good once, for the secret that every call needs."""

import secrets
import threading
from collections.abc import Callable
from math import inf

from precheck.agent.page.guard import same

TICKET_SECONDS = 600.0


class Entrance:
    """The secret of all pages of this program, and the tickets that were handed out for it.

    `control` is the secret of a second start of the program. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.secret = secrets.token_urlsafe(32)
        self.control = secrets.token_urlsafe(32)
        self._clock = clock
        self._lock = threading.Lock()
        self._tickets: dict[str, float] = {}

    def ticket(self) -> str:
        """A new ticket."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            self._tickets[ticket] = self._clock() + TICKET_SECONDS
        return ticket

    def is_good(self, ticket: str) -> bool:
        """Whether `ticket` still lets a page in."""
        with self._lock:
            return self._clock() < self._tickets.get(ticket, -inf)

    def enter(self, given: str) -> str | None:
        """The secret, for a ticket that was neither used before nor is too old."""
        with self._lock:
            now = self._clock()
            self._tickets = {ticket: end for ticket, end in self._tickets.items() if now < end}
            taken = [ticket for ticket in self._tickets if same(given, ticket)]
            for ticket in taken:
                del self._tickets[ticket]
            return self.secret if taken else None
