"""What a subject exports: a check that observes the machine and a judge that decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Generic, TypeVar

from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, unread
from precheck.contract.policy import Policy, Requirement
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.system import System

F = TypeVar("F")

FAR_AHEAD = timedelta(days=5 * 365)

TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")
"""Japan has no summer time, and Windows has no time zone data."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a check needs to know beside the machine: the terms, the dated facts, the time.

    `now` is UTC. `endpoint` is the base address of the office's status endpoint, None where there
    is none; the agent asks nobody else. `clock_off` says that the endpoint's clock disagrees with
    the device's by more than a day; `recorded` that `now` is a recording's own time, which a newer
    catalogue does not put in doubt.
    """

    policy: Policy
    now: datetime
    catalogues: Catalogues = field(default_factory=Catalogues)
    endpoint: str | None = None
    clock_off: bool = False
    recorded: bool = False

    @property
    def today(self) -> date:
        """The date in Asia/Tokyo, by which end dates and deadlines are judged."""
        return self.now.astimezone(TOKYO).date()

    @property
    def dates_hold(self) -> bool:
        """Whether the device's clock can be right, so that dates can be judged at all: neither
        before the catalogue's own date, nor so long after it that nobody would still use it."""
        as_of = self.catalogues.lifecycle.as_of
        after_as_of = self.recorded or as_of <= self.today
        return not self.clock_off and after_as_of and self.today <= as_of + FAR_AHEAD


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """One check: how to observe on each OS, and how to decide from what was observed.

    `observe` only asks the door and reads the answers; `judge` is pure. `deadline` is in seconds
    of wall time, after which the check alone counts as timed out.
    """

    id: CheckId
    observe: Mapping[OsFamily, Callable[[System, Context], F]]
    judge: Callable[[F, Context], Finding]
    deadline: float = 10.0

    def run(self, system: System, context: Context) -> Finding:
        """Observe and judge once. A system for which nothing is written is `unsupported`."""
        observe = self.observe.get(system.family)
        if observe is None:
            return unread(self.id, Unread.UNSUPPORTED)
        return self.judge(observe(system, context), context)

    def requirement(self, context: Context) -> Requirement:
        """What the context's policy asks of this check."""
        return context.policy.requirement(self.id)
