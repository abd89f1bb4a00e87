"""What the agent and its worker say to each other: a job in, a line of JSON per event out."""

from datetime import datetime

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding
from precheck.contract.policy import Policy


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker is to do.

    `catalogues` are refreshed ones by name, as JSON text. `replay` is the path of a recording to
    judge instead of this machine. `serial` runs one check at a time, so that one that brings the
    worker down can be told by having been started. `now` is UTC.
    """

    policy: Policy
    checks: tuple[CheckId, ...]
    now: datetime
    endpoint: str | None = None
    clock_off: bool = False
    catalogues: dict[str, str] = {}
    replay: str | None = None
    record: bool = False
    serial: bool = False


class Started(msgspec.Struct, frozen=True, tag="started"):
    """A check has begun."""

    check: CheckId


class Found(msgspec.Struct, frozen=True, tag="found"):
    """A check has ended, or its deadline has."""

    finding: Finding


class Recorded(msgspec.Struct, frozen=True, tag="recorded"):
    """Everything that was asked and answered: a recording's JSON, redacted. `asked` has the places
    of the answers that each check asked for, as they are left."""

    recording: msgspec.Raw
    asked: dict[CheckId, tuple[int, ...]] = {}


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """The worker itself is well, while a check takes its time."""


Event = Started | Found | Recorded | Alive
