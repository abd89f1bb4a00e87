"""A bounded look through the person's folders, for programs that come without an installer.

Winny and its like are unpacked anywhere, and on Linux they run from the folders of Wine. The look
goes where people unpack things (user-dirs.dirs(5) names those folders) and where Wine keeps its
drives; it has a depth and a time, and what lies elsewhere is not found.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from precheck.contract.catalogues.software import Product
from probes.facts import Fact, Known, Unknown, is_missing, text
from probes.software.facts import Products
from probes.software.matching import base_name, folder_names
from probes.system import System
from probes.system.questions import ReadFile, SweepFiles

USER_DIRS = "~/.config/user-dirs.dirs"
USUAL_FOLDERS = (
    "~/Desktop",
    "~/Documents",
    "~/Downloads",
    "~/ダウンロード",
    "~/デスクトップ",
    "~/ドキュメント",
)
WINE_FOLDERS = (
    "~/.wine",
    "~/.local/share/wineprefixes",
    "~/.PlayOnLinux/wineprefix",
    "~/.local/share/bottles/bottles",
    "~/.var/app/com.usebottles.bottles/data/bottles/bottles",
    "~/Games",
)
"""Where Wine, winetricks, PlayOnLinux, Bottles and Lutris keep their prefixes."""

SOURCE = "folders"
"""A look's source without the folders' names, which a person may have chosen."""

WINE_DRIVE = "drive_c"
TRACE_MARKERS = 2
"""Marker files in one folder from which they are taken for a trace: one alone is any Download.txt.
"""

_USER_DIR = re.compile(r'^\s*XDG_(?:DESKTOP|DOWNLOAD|DOCUMENTS|PUBLICSHARE)_DIR="([^"]*)"\s*$')


Complete = Callable[[Product, frozenset[str]], bool]
"""Whether a program file in folders of these names, in small letters, is a copy that could run."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies in folders: complete copies, and single pieces of one."""

    copies: Products
    pieces: Products


def sweep(system: System, products: tuple[Product, ...]) -> tuple[Fact[Stored], ...]:
    """What the person's folders hold of `products`: one fact per part of the look, so that one
    that runs out of time does not hide what another has found."""
    names = names_of(products)
    places = system.ask(ReadFile(USER_DIRS))
    named = parse_user_dirs(places.value) if isinstance(places, Known) else ()
    looks = (
        SweepFiles(tuple(dict.fromkeys((*named, *USUAL_FOLDERS))), names, depth=4, seconds=2.0),
        SweepFiles(WINE_FOLDERS, names, depth=8, seconds=2.0),
        SweepFiles(("~",), names, depth=2, seconds=1.0),
    )
    return tuple(look_at(system, look, products, could_run_in_wine) for look in looks)


def names_of(products: Products) -> frozenset[str]:
    """The lower-case names of files that show one of `products`."""
    return frozenset(
        name.lower()
        for product in products
        for name in (*product.windows.exe, *product.windows.markers)
    )


def could_run_in_wine(product: Product, folders: frozenset[str]) -> bool:
    """Whether a program in `folders` (their names on the way to it) lies in a drive of Wine."""
    del product
    return WINE_DRIVE in folders


def parse_user_dirs(raw: bytes) -> tuple[str, ...]:
    """The folders for desktop, downloads, documents and sharing in a user-dirs.dirs file.

    A value is "$HOME/…" or an absolute path; any other is passed over, and so is the home folder
    itself, which means that there is no such folder.
    """
    found = (_USER_DIR.match(line) for line in (text(raw) or "").splitlines())
    values = (match[1] for match in found if match)
    paths = (re.sub(r"^\$HOME(?=/|$)", "~", value).rstrip("/") for value in values)
    return tuple(path for path in paths if path.startswith(("~/", "/")))


def stored(
    paths: Iterable[str],
    products: tuple[Product, ...],
    complete: Complete = could_run_in_wine,
) -> Stored:
    """What the found `paths` show of `products`.

    A program file shows a copy where it is `complete` or lies beside one of the product's marker
    files, and a piece elsewhere; one with a weak name counts in a folder of the product only.
    Enough marker files in one folder are a copy too, whatever its program is called.
    """
    together: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        name = base_name(path)
        together[path[: len(path) - len(name)]].add(name.lower())
    copies: set[str] = set()
    pieces: set[str] = set()
    for product in products:
        for whole in _found(product, together, complete):
            (copies if whole else pieces).add(product.label)
    return Stored(
        copies=tuple(product for product in products if product.label in copies),
        pieces=tuple(product for product in products if product.label in pieces - copies),
    )


def _found(product: Product, together: dict[str, set[str]], complete: Complete) -> Iterator[bool]:
    """One item per folder that holds something of `product`: whether it is a complete copy."""
    windows = product.windows
    weak = {name.lower() for name in windows.weak}
    strong = {name.lower() for name in windows.exe} - weak
    markers = {name.lower() for name in windows.markers}
    own_folders = {name.lower() for name in product.folders}
    for folder, names in together.items():
        around = folder_names(folder)
        program = bool(names & strong) or bool(names & weak and own_folders & around)
        marked = len(names & markers)
        if program:
            yield marked > 0 or complete(product, around)
        elif marked >= TRACE_MARKERS:
            yield marked >= windows.markers_needed


def look_at(
    system: System, look: SweepFiles, products: tuple[Product, ...], complete: Complete
) -> Fact[Stored]:
    """What one look shows of `products`."""
    answer = system.ask(look)
    if isinstance(answer, Known):
        return Known(stored(answer.value, products, complete), SOURCE)
    return Known(Stored((), ()), SOURCE) if is_missing(answer) else Unknown(answer.why, SOURCE)
