"""A look through a Mac for programs outside the folders for apps.

Spotlight has looked everywhere already, and its answer makes macOS ask the person nothing
(mdfind(1)). It knows no hidden folders and nothing in the person's Library, so the drives of Wine
and CrossOver are looked into besides: neither lives in a container, which alone are guarded. Where
Spotlight is off, only folders are looked through that a program may enter unasked, and the desktop,
the documents and the downloads are not among them. What lies there is not found, and that there is
nothing cannot be said.
"""

from collections.abc import Iterable

from precheck.contract.catalogues.software import Product
from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.software.matching import base_name
from probes.software.sweep import (
    SOURCE,
    Stored,
    could_run_in_wine,
    look_at,
    names_of,
    stored,
)
from probes.system import System
from probes.system.questions import Completed, RunCommand, SweepFiles

INDEXING = RunCommand(("/usr/bin/mdutil", "-s", "/"), timeout=5.0)

WINE_FOLDERS = ("~/.wine", "~/Library/Application Support/CrossOver/Bottles")
OPEN_FOLDERS = ("/Applications", "~/Applications", "/Users/Shared")
"""Folders that no program needs a permission for."""

_ON = "Indexing enabled."
_OFF = ("Indexing disabled.", "Indexing and searching disabled.", "Spotlight server is disabled.")
_DATA = "/System/Volumes/Data/"
_OTHER_VOLUMES = "/Volumes/"


def sweep(
    system: System, products: tuple[Product, ...]
) -> tuple[tuple[Fact[Stored], ...], Fact[None]]:
    """What the device holds of `products`, one fact per part of the look, and whether Spotlight
    had a part in it."""
    wine = SweepFiles(WINE_FOLDERS, names_of(products), depth=8, seconds=2.0)
    found = _found(system, products)
    if isinstance(found, Known) or found.why is Unread.TIMED_OUT:
        everywhere = parsed(_at_source(found), lambda paths: stored_or_app(paths, products))
    else:
        everywhere = _in_open_folders(system, products)
    looks = (everywhere, look_at(system, wine, products, could_run_in_wine))
    return looks, Known(None, SOURCE) if isinstance(found, Known) else found


def search_for(products: tuple[Product, ...]) -> RunCommand:
    """The question to Spotlight for every file or app with a name that shows one of `products`:
    whole names, without case, the answer's paths ended by NUL."""
    wanted = " || ".join(f'kMDItemFSName == "{_quoted(name)}"c' for name in _names(products))
    return RunCommand(("/usr/bin/mdfind", "-0", wanted), timeout=6.0)


def parse_indexing(answer: Completed) -> bool | None:
    """Whether Spotlight has an index of the device, by mdutil(1) `-s`; None where it does not
    say so plainly."""
    said = {line.strip() for line in answer.stdout.decode("utf-8", "replace").split("\n")}
    on, off = _ON in said, not said.isdisjoint(_OFF)
    return None if answer.returncode != 0 or on == off else on


def parse_found(answer: Completed) -> tuple[str, ...] | None:
    """The paths on the device's own volume that Spotlight found; None for what is no such list.
    What lies on another volume is a disk image, a backup or somebody else's."""
    if answer.returncode != 0 or not (answer.stdout == b"" or answer.stdout.endswith(b"\0")):
        return None
    paths = answer.stdout.decode("utf-8", "replace").split("\0")[:-1]
    if not all(path.startswith("/") for path in paths):
        return None
    own = ("/" + path.removeprefix(_DATA).lstrip("/") for path in paths)
    return tuple(path for path in own if not path.startswith(_OTHER_VOLUMES))


def stored_or_app(paths: Iterable[str], products: tuple[Product, ...]) -> Stored:
    """What the found `paths` show of `products`: an app is a copy wherever it lies, for the rest
    it counts what stands around it."""
    found = tuple(paths)
    bundles = {base_name(path).casefold() for path in found}
    rest = stored(found, products)
    copies = {
        product.label
        for product in products
        if bundles & {name.casefold() for name in product.macos.apps}
    } | {product.label for product in rest.copies}
    pieces = {product.label for product in rest.pieces} - copies
    return Stored(
        copies=tuple(product for product in products if product.label in copies),
        pieces=tuple(product for product in products if product.label in pieces),
    )


def _found(system: System, products: tuple[Product, ...]) -> Fact[tuple[str, ...]]:
    """What Spotlight finds; `unsupported` where it is switched off."""
    indexed = parsed(system.ask(INDEXING), parse_indexing)
    if isinstance(indexed, Unknown):
        return indexed
    if not indexed.value:
        return Unknown(Unread.UNSUPPORTED, indexed.source)
    return parsed(system.ask(search_for(products)), parse_found)


def _in_open_folders(system: System, products: tuple[Product, ...]) -> Fact[Stored]:
    names = frozenset(name.lower() for name in _names(products))
    answer = system.ask(SweepFiles(OPEN_FOLDERS, names, depth=3, seconds=2.0))
    if is_missing(answer):
        answer = Known((), SOURCE)
    return parsed(_at_source(answer), lambda paths: stored_or_app(paths, products))


def _at_source(found: Fact[tuple[str, ...]]) -> Fact[tuple[str, ...]]:
    if isinstance(found, Unknown):
        return Unknown(found.why, SOURCE)
    return Known(found.value, SOURCE)


def _names(products: tuple[Product, ...]) -> tuple[str, ...]:
    """The names of files and apps that show one of `products`, each once, in a fixed order."""
    apps = (name.lower() for product in products for name in product.macos.apps)
    return tuple(sorted(names_of(products) | frozenset(apps)))


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
