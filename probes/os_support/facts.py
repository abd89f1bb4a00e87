"""What is observed about the OS and its support."""

from dataclasses import dataclass
from datetime import date

from probes.facts import Fact


@dataclass(frozen=True, slots=True)
class Identity:
    """Which OS this is: a product of the lifecycle catalogue, and its version or build.

    `version` is the version as the OS names it; None for a system that has none (a rolling or an
    unreleased one). `build` and `editions` tell Windows releases apart; without `editions` the
    edition is not known. `server` says that it is a server's system, whatever its build.
    """

    product: str
    name: str
    version: str | None = None
    build: int | None = None
    editions: str | None = None
    server: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """`support_end` is what the OS says of itself; `extended` whether the machine shows that it
    receives extended support; `foreign` whether this system is not the device's own."""

    identity: Fact[Identity]
    support_end: Fact[date]
    extended: Fact[bool]
    foreign: Fact[bool]
