"""Names of public Wi-Fi networks in Japan.

A name is a hint and no more: anybody can give a network any name. So a name on the list may add a
word of warning to an encrypted network, and never makes a network safe.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=3, max_length=32)]
"""An IEEE 802.11 network name has at most 32 bytes; a pattern of fewer than three characters would
match anything."""


class NetworkKind(StrEnum):
    """How a public network is protected, or was."""

    PUBLIC_OPEN = "public_open"
    """Free for all, in most places without encryption."""
    PUBLIC_SHARED_KEY = "public_shared_key"
    """Encrypted with a password that every customer or member knows."""
    PUBLIC_8021X = "public_8021x"
    """Each person has an own key (802.1X, Passpoint)."""
    ENDED = "ended"
    """The service has ended: who uses the name now is somebody else."""
    DISASTER = "disaster"
    """On the air only in a disaster or an outage; on any other day it is an imitation."""


class Match(StrEnum):
    """Which part of a network's name a pattern has to equal."""

    WHOLE = "whole"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    ANYWHERE = "anywhere"


class PublicNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One network's name, or one pattern of names, and who runs it.

    Patterns are plain text on purpose: a catalogue comes from outside, and a regular expression
    from outside can be made to run forever.
    """

    name: Text
    match: Match = Match.WHOLE
    kind: NetworkKind
    operator: str

    def fits(self, ssid: str) -> bool:
        """Whether `ssid` is this network's name, upper and lower case alike."""
        mine, other = self.name.casefold(), ssid.casefold()
        if self.match is Match.PREFIX:
            return other.startswith(mine)
        if self.match is Match.SUFFIX:
            return other.endswith(mine)
        if self.match is Match.ANYWHERE:
            return mine in other
        return other == mine


class Ssids(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The public networks known, as of a day."""

    as_of: date
    networks: Annotated[tuple[PublicNetwork, ...], msgspec.Meta(max_length=2000)]

    def kind_of(self, ssid: str) -> NetworkKind | None:
        """The kind of public network that goes by this name, None for a name that is not listed.

        A whole name counts before a pattern; among patterns the catalogue's order decides.
        """
        fitting = [network for network in self.networks if network.fits(ssid)]
        whole = (network.kind for network in fitting if network.match is Match.WHOLE)
        return next(whole, fitting[0].kind if fitting else None)
