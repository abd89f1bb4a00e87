"""The words of a room's pages: one TOML file per language in the room's `words` folder, loaded into
a struct that names every sentence, so that a missing translation does not load."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from precheck.contract.decoding import converted
from precheck.contract.wording import Language

Words = TypeVar("Words", bound=msgspec.Struct)


def load_words(kind: type[Words], room: str, language: Language) -> Words:
    """The words of `language` of the endpoint's `room` (the name of its folder), as shipped.
    Raises `msgspec.ValidationError` where they are not exactly what `kind` asks for."""
    found: Words = _loaded(kind, room, language)
    return found


@cache
def _loaded(kind: type[Words], room: str, language: Language) -> Words:
    raw = (files("precheck.endpoint") / room / "words" / f"{language.value}.toml").read_text(
        "utf-8"
    )
    return converted(tomllib.loads(raw), kind, strict=False)
