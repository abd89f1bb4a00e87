"""What is observed about the antivirus products of a device."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from precheck.contract.catalogues.antivirus import Edition, Kind
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Unknown


class Tier(Enum):
    """What the office's policy decides by."""

    COMMERCIAL = "commercial"
    DEFENDER = "defender"
    FREE = "free"
    CLAMAV = "clamav"
    XPROTECT = "xprotect"
    UNKNOWN = "unknown"


class State(Enum):
    """Whether the product works, as it or the OS says."""

    ON = "on"
    OFF = "off"
    SNOOZED = "snoozed"
    EXPIRED = "expired"
    DISPUTED = "disputed"
    """One source says on, or on with current definitions, and another not."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """`updated` is when the definitions in use were made or fetched (UTC); `current` what the
    product says of them. None where it does not say. `or_newer` says that there may be newer ones,
    so that they are not shown to be old."""

    updated: datetime | None = None
    current: bool | None = None
    or_newer: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """One product on this device.

    `product` is its id in the catalogue, None for one that is not there; `name` is what a person
    knows it as. `definitions` is None for a product that works without any. `stale` is True where
    only the entry is left of a product that is gone.
    """

    product: str | None
    name: str
    tier: Tier
    state: Fact[State]
    real_time: Fact[bool]
    definitions: Fact[Definitions] | None
    stale: Fact[bool]


@dataclass(frozen=True, slots=True)
class Facts:
    """Every product that was found. `family` is the device's, None where a guest system hides it.
    `unread` holds what would have shown another and could not be
    read: where it is not empty, the list may lack the one that protects."""

    family: OsFamily | None
    products: tuple[Observed, ...]
    unread: tuple[Unknown, ...] = ()


def tier_of(kind: Kind, edition: Edition) -> Tier:
    """The tier of a product of this kind and edition. One whose name does not tell its paid edition
    from the free one counts as free."""
    own = {
        Kind.DEFENDER: Tier.DEFENDER,
        Kind.CLAMAV: Tier.CLAMAV,
        Kind.XPROTECT: Tier.XPROTECT,
    }.get(kind)
    if own is not None:
        return own
    return Tier.COMMERCIAL if edition in (Edition.PAID, Edition.BUNDLED) else Tier.FREE
