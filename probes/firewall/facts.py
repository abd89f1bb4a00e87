"""What is observed about the firewall, and about the services that wait for others."""

from dataclasses import dataclass
from enum import Enum, auto

from probes.facts import Fact


class Inbound(Enum):
    """What becomes of a connection from outside that nobody asked for and no rule names."""

    BLOCKED = auto()
    LET_IN = auto()
    """There is something that blocks, and it does not get that far, or not for IPv6."""
    UNFILTERED = auto()
    """Nothing on its way blocks connections as such."""
    UNCLEAR = auto()
    """The rules turn on something that cannot be told."""


@dataclass(frozen=True, slots=True)
class Manager:
    """A firewall program on this machine, or one of its profiles, by its own account.

    `enabled` is what its configuration says, `running` what the system says of it, and `blocks`
    whether it keeps out, by default, what nobody asked for; `disputed` says that its sources
    differ about that. `network` is the kind of network in use that it guards, "" for all of them.
    """

    name: str
    enabled: Fact[bool]
    running: Fact[bool]
    blocks: Fact[bool]
    disputed: bool = False
    network: str = ""
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """`managers` are those that are there; `inbound` is what the loaded rules do, where the
    account that asks may read them."""

    managers: tuple[Manager, ...]
    inbound: Fact[Inbound]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A sensitive service that listens beyond loopback. `kind` is a word such as "SSH"; `blocked`
    whether the loaded rules keep everybody out of it; `by_default` says that it listens on every
    machine of this OS, whether it serves anything or not."""

    kind: str
    protocol: str
    port: int
    blocked: Fact[bool]
    by_default: bool = False


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """Every sensitive service that listens beyond loopback."""

    exposed: Fact[tuple[Exposed, ...]]
