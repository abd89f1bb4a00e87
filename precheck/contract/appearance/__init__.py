"""How pages look: one stylesheet for the endpoint's pages and for the page that the agent shows on
the device itself. It asks for nothing from elsewhere, not even a font."""

from functools import cache
from importlib.resources import files


@cache
def stylesheet() -> bytes:
    """The stylesheet, in UTF-8."""
    return (files(__package__) / "style.css").read_bytes()
