"""Dated facts about the world: which releases are supported, which products are which.

Each is read on first use. A copy refreshed from the office's endpoint stands in for the one in the
package when it follows the same strict schema and is newer.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Protocol, TypeVar

import msgspec

from precheck.contract.catalogues.antivirus import AntivirusProducts
from precheck.contract.catalogues.lifecycle import Lifecycle
from precheck.contract.catalogues.software import Software
from precheck.contract.catalogues.ssids import Ssids
from precheck.contract.decoding import decoder
from precheck.contract.errors import BadCatalogue


class Dated(Protocol):
    """What every catalogue says: the day its facts are of."""

    @property
    def as_of(self) -> date: ...


C = TypeVar("C", bound=Dated)

CATALOGUES = ("lifecycle", "antivirus", "ssids", "software")
"""The names of all catalogues."""


class Catalogues:
    """The catalogues, each decoded when it is first wanted.

    `refreshed` maps a catalogue's name to JSON from an endpoint; an older copy than the package's
    own is passed over. Raises `BadCatalogue` on first use of one that breaks its schema.
    """

    def __init__(self, refreshed: Mapping[str, bytes] | None = None) -> None:
        self._refreshed = dict(refreshed or {})

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """The releases of each OS and when they end."""
        return self._newest("lifecycle", Lifecycle)

    @cached_property
    def antivirus(self) -> AntivirusProducts:
        """The antivirus products and their signs on each OS."""
        return self._newest("antivirus", AntivirusProducts)

    @cached_property
    def ssids(self) -> Ssids:
        """The names of public Wi-Fi networks."""
        return self._newest("ssids", Ssids)

    @cached_property
    def software(self) -> Software:
        """File sharing, recording, remote control, meeting and browsing software."""
        return self._newest("software", Software)

    def _newest(self, name: str, kind: type[C]) -> C:
        own = _decoded((files(__package__) / f"{name}.json").read_bytes(), kind, name)
        raw = self._refreshed.get(name)
        if raw is None:
            return own
        other = _decoded(raw, kind, name)
        return other if other.as_of > own.as_of else own


def _decoded(raw: bytes, kind: type[C], name: str) -> C:
    try:
        return decoder(kind).decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadCatalogue(f"catalogue {name}: {error}") from error
