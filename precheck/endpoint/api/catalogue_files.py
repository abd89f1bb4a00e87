"""The catalogues as this endpoint hands them on: the contract's own files, byte for byte."""

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from precheck.contract.catalogues import CATALOGUES
from precheck.contract.decoding import decoder


class _Dated(msgspec.Struct, frozen=True):
    as_of: date


@cache
def catalogue_files() -> dict[str, bytes]:
    """Each catalogue's JSON by its name."""
    folder = files("precheck.contract.catalogues")
    return {name: (folder / f"{name}.json").read_bytes() for name in CATALOGUES}


@cache
def catalogue_dates() -> dict[str, date]:
    """Each catalogue's `as_of` by its name."""
    return {name: decoder(_Dated).decode(raw).as_of for name, raw in catalogue_files().items()}
