"""The page's own files: a fixed table, so that no address leads anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

DOCUMENT = "/"

_TABLE = {
    DOCUMENT: ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is answered."""

    content: bytes
    kind: str


def load_assets() -> Mapping[str, Asset]:
    """Every file by its address, out of the package, packed or not."""
    folder = files("precheck.agent.page") / "static"
    return {
        path: Asset((folder / name).read_bytes(), kind) for path, (name, kind) in _TABLE.items()
    }
