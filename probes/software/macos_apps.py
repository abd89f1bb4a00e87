"""The apps on macOS: the bundles in the folders for apps, and what each says of itself.

Source: `Contents/Info.plist` of a bundle (Bundle Programming Guide), readable by everybody without
a prompt. The folders are those for apps alone, since macOS asks the person before a program first
looks into the desktop, the documents or the downloads.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from precheck.contract.catalogues.software import Product
from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.plists import dictionary, text
from probes.system import System
from probes.system.questions import ListFolder, ReadFile

FOLDERS = ("/Applications", "~/Applications")
"""The first is on every Mac."""
BESIDE = "/System/Cryptexes/App/System/Applications/Safari.app"
"""Safari's place since macOS 13, whence it is shown among the others."""

BUNDLE = ".app"


@dataclass(frozen=True, slots=True)
class App:
    """A bundle: its path, its identifier and its version as its makers give it, None where its
    Info.plist does not say."""

    path: str
    identifier: str | None = None
    version: str | None = None

    @property
    def name(self) -> str:
        """The bundle's own name, with its ending."""
        return self.path.rpartition("/")[2]


def apps(system: System) -> tuple[Fact[tuple[App, ...]], ...]:
    """What each folder for apps holds, and the folders in it hold, and an unknown for a folder
    that could not be read. A folder within one is read as far as it can be."""
    return tuple(_within(system, folder) for folder in FOLDERS)


def safari(system: System) -> tuple[App, ...]:
    """Safari in its own place, where it is there."""
    found = parsed(system.ask(ReadFile(f"{BESIDE}/Contents/Info.plist")), parse_info)
    return (App(BESIDE, *found.value),) if isinstance(found, Known) else ()


def parse_info(raw: bytes) -> tuple[str | None, str | None] | None:
    """Identifier and version in an Info.plist; None for anything else."""
    found = dictionary(raw)
    if found is None:
        return None
    return text(found, "CFBundleIdentifier"), text(found, "CFBundleShortVersionString")


def is_app(product: Product, app: App) -> bool:
    """Whether `app` is `product`: by its bundle's whole name, or by its identifier. Both are
    compared without case, as the file system and Launch Services do."""
    macos = product.macos
    if app.name.casefold() in _folded(macos.apps):
        return True
    identifier = (app.identifier or "").casefold()
    return identifier in _folded(macos.bundle_ids) or any(
        identifier.startswith(beginning) for beginning in _folded(macos.bundle_id_prefixes)
    )


def bundle_names(product: Product, known: tuple[App, ...]) -> frozenset[str]:
    """The names, in small letters, of the bundles that are `product`, whatever a person calls
    one that is among the `known` apps."""
    own = (app.name.lower() for app in known if is_app(product, app))
    return frozenset((*map(str.lower, product.macos.apps), *own))


def _within(system: System, folder: str) -> Fact[tuple[App, ...]]:
    names = system.ask(ListFolder(folder))
    if isinstance(names, Unknown):
        if is_missing(names) and folder != FOLDERS[0]:
            return Known((), names.source)
        return names
    if not names.value and folder == FOLDERS[0]:
        return Unknown(Unread.MISSING, names.source)
    found = []
    for path in _bundles(system, folder, names.value):
        info = parsed(system.ask(ReadFile(f"{path}/Contents/Info.plist")), parse_info)
        if isinstance(info, Unknown) and info.why in (Unread.DENIED, Unread.TIMED_OUT):
            return Unknown(info.why, names.source)
        found.append(App(path, *info.value) if isinstance(info, Known) else App(path))
    return Known(tuple(found), names.source)


def _bundles(
    system: System, folder: str, names: tuple[str, ...], inner: bool = True
) -> Iterator[str]:
    for name in names:
        path = f"{folder}/{name}"
        if name.lower().endswith(BUNDLE):
            yield path
        elif inner and not name.startswith("."):
            below = system.ask(ListFolder(path))
            if isinstance(below, Known):
                yield from _bundles(system, path, below.value, inner=False)


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(str.casefold, names))
