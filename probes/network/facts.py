"""What is observed about the network."""

from dataclasses import dataclass
from enum import Enum, auto

from precheck.contract.catalogues.ssids import NetworkKind
from probes.facts import Fact


class Answerer(Enum):
    """Who answered at the address of the office's endpoint."""

    ENDPOINT = auto()
    PORTAL = auto()
    """The sign-in page of a network, on plain evidence."""
    SOMEBODY_ELSE = auto()


@dataclass(frozen=True, slots=True)
class InternetFacts:
    """`portal` is the OS's own word on whether a sign-in page stands between; `online` whether
    there is an address and a default route at all."""

    answerer: Fact[Answerer]
    portal: Fact[bool]
    online: Fact[bool]


class Carrier(Enum):
    """What carries the data on its first stretch, and how that stretch is protected."""

    WIRED = auto()
    MOBILE = auto()
    """A mobile network, or a phone that shares one over Bluetooth."""
    OPEN = auto()
    WEP = auto()
    OWE = auto()
    """Encrypted for each, without anybody having to know a password."""
    WEAK_WPA = auto()
    """The first WPA, or TKIP as the only cipher."""
    WPA_PERSONAL = auto()
    """WPA2 or WPA3 with a password."""
    WPA_ENTERPRISE = auto()
    """WPA2 or WPA3 with 802.1X: a key for each."""
    HIDDEN = auto()
    """A tunnel, with nothing to be seen beneath."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link that carries the data. `named` is the kind of public network that goes by the
    network's name, None where the name is not listed or not known; the name itself is not kept."""

    carrier: Fact[Carrier]
    named: NetworkKind | None = None


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """`links` are those that the data takes now; empty where the device is not connected."""

    links: Fact[tuple[Link, ...]]


class Cost(Enum):
    """Whether data is paid by amount, by the OS's word."""

    UNMETERED = auto()
    PROBABLY_METERED = auto()
    METERED = auto()


@dataclass(frozen=True, slots=True)
class MeteredFacts:
    cost: Fact[Cost]


@dataclass(frozen=True, slots=True)
class Latency:
    """`round_trip_ms` is the median time there and back; `jitter_ms` the median difference between
    one such time and the next. Milliseconds."""

    round_trip_ms: float
    jitter_ms: float


@dataclass(frozen=True, slots=True)
class Throughput:
    """What came through in one second, in kbit/s (1000 bits)."""

    down_kbps: float
    up_kbps: float


@dataclass(frozen=True, slots=True)
class QualityFacts:
    latency: Fact[Latency]
    throughput: Fact[Throughput]
