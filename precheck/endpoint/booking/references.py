"""The office's own number for an appointment, as people write it and spreadsheets do."""

import re
import unicodedata

_NUMBER = re.compile(r"[A-Za-z0-9_/. -]*")


def folded_reference(text: str) -> str:
    """`text` with the letters and digits of half width that a keyboard types for it."""
    return unicodedata.normalize("NFKC", text).strip()


def could_be_a_name(reference: str) -> bool:
    """Whether there is more in `reference` than numbers are made of: a person's name is never kept,
    and in Japan it is written in other letters."""
    return _NUMBER.fullmatch(reference) is None
