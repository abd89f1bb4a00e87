"""What is observed about the software on the device."""

from dataclasses import dataclass
from datetime import date

from precheck.contract.catalogues.software import Product
from precheck.contract.policy import App
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Known

Products = tuple[Product, ...]
"""Listed products that one source shows, in the catalogue's order."""


_BY_THE_LOOK: Fact[None] = Known(None, "")


@dataclass(frozen=True, slots=True)
class FileSharingFacts:
    """File-sharing products, by how they show.

    `running` and each of `installed` (one fact per place that lists software) must be read before
    it can be said that nothing was found. `swept` is what a look through folders found, complete
    copies only; the look is bounded, so running out of time is no failure to read. `traces` are
    signs of earlier use. `searched` says whether what knows of the folders in which people unpack
    things was asked at all. `family` tells which products come with the system.
    """

    family: OsFamily
    running: Fact[Products]
    installed: tuple[Fact[Products], ...]
    swept: tuple[Fact[Products], ...] = ()
    traces: tuple[Fact[Products], ...] = ()
    searched: Fact[None] = _BY_THE_LOOK


@dataclass(frozen=True, slots=True)
class RunningFacts:
    """Recording and remote-control products that run, and those among the latter that show
    somebody connected (`sessions`)."""

    running: Fact[Products]
    sessions: Fact[Products]


@dataclass(frozen=True, slots=True)
class Copy:
    """One installed copy of a product: its version as it states it, the day (UTC) on which it was
    built, each None where it could not be read, and where it was found."""

    product: Product
    version: str | None
    built: date | None
    source: str


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """`apps` and `browsers` hold what was found, also where some place could not be read: then
    `unread` says which, and what was not found may still be there. So may the apps in `unsure`,
    whose signs on this system no installed copy has confirmed."""

    apps: tuple[Copy, ...]
    browsers: tuple[Copy, ...]
    unread: Fact[None]
    unsure: frozenset[App] = frozenset()


@dataclass(frozen=True, slots=True)
class BrowserFacts:
    """`default` is the label of the browser that the person has chosen for links, where they
    have."""

    copies: tuple[Copy, ...]
    default: Fact[str]
    unread: Fact[None]
