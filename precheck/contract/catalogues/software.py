"""Software that the terms speak of: file sharing, recording, remote control, meetings, browsers.

Names are whole names, never parts of names. Those that other programs use too are listed again
under `weak`, and count only beside a second sign of the same product.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from precheck.contract.policy import App
from precheck.contract.verdict import OsFamily


class Kind(StrEnum):
    """Why a product is listed."""

    FILE_SHARING = "file_sharing"
    RECORDER = "recorder"
    REMOTE_CONTROL = "remote_control"
    MEETING_APP = "meeting_app"
    BROWSER = "browser"


def _ensure_names(*groups: Iterable[str]) -> None:
    for names in groups:
        for name in names:
            if not name.strip() or name != name.strip() or set(name) & set("/\\*?"):
                raise ValueError(f"{name!r} is not a whole name")


def _ensure_within(field: str, part: Iterable[str], whole: Iterable[str]) -> None:
    strays = set(part) - set(whole)
    if strays:
        raise ValueError(f"{field} names {sorted(strays)}, which the product does not have")


class OnWindows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a product shows on Windows, in names that Windows compares without case.

    `exe` are program files; those in `sessions` run only while somebody is connected. `titles` are
    beginnings of window titles. `markers` are the files that lie beside a program which comes
    without an installer: `markers_needed` of them in one folder are the program's own folder.
    `portable` is True where the program file alone is the whole program. `msix` are package names
    of the Store.

    `listed` are names in the list of installed programs beside the label, without version;
    `listed_prefixes` are whole words that such a name begins with. `described` are product names
    in a program's version resource, as a second sign for a weak name. `programs` are whole paths,
    `versions` whole registry values that hold the version, `prog_ids` what the product calls
    itself as a handler of links, up to the first "-" or ".".

    `remote_session` says that it is how Windows itself is used from afar. `unconfirmed` says that
    no installed copy has confirmed the names: what is not found by them may be there all the same.
    """

    exe: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    portable: bool = False
    listed: tuple[str, ...] = ()
    listed_prefixes: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    prog_ids: tuple[str, ...] = ()
    remote_session: bool = False
    unconfirmed: bool = False
    titles: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    markers_needed: int = 3
    msix: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = (self.exe, self.sessions, self.markers, self.msix)
        _ensure_names(*names, self.listed, self.listed_prefixes, self.described, self.prog_ids)
        _ensure_within("weak", self.weak, self.exe)
        if not all(path.startswith(("%", "~\\")) for path in self.programs):
            raise ValueError("programs are whole paths")
        if not all(value.startswith(("HKLM\\", "HKCU\\")) for value in self.versions):
            raise ValueError("versions are whole registry values")
        if self.markers and not 2 <= self.markers_needed <= len(self.markers):
            raise ValueError("markers_needed is not a number of the markers")


class OnMacos(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a product shows on macOS: names of app bundles, bundle ids or their beginnings (where
    the id carries a version), and names of processes without a bundle. `unconfirmed` as on
    Windows."""

    apps: tuple[str, ...] = ()
    bundle_ids: tuple[str, ...] = ()
    bundle_id_prefixes: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    unconfirmed: bool = False

    def __post_init__(self) -> None:
        _ensure_names(self.apps, self.bundle_ids, self.bundle_id_prefixes, self.processes)


class OnLinux(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a product shows on Linux, in names that Linux compares with case.

    `packages` are names in dpkg, rpm or pacman; `desktops` ids of desktop entries (the file's name
    without its ending). `programs` are whole paths of the real program, not of a link or a script
    before it; `leftovers` are paths that its use leaves behind in the home folder ("~/…").
    """

    processes: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    flatpaks: tuple[str, ...] = ()
    snaps: tuple[str, ...] = ()
    desktops: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = (self.processes, self.sessions, self.packages, self.flatpaks, self.snaps)
        _ensure_names(*names, self.desktops)
        _ensure_within("weak", self.weak, self.processes)
        if not all(path.startswith(("/", "~/")) for path in (*self.programs, *self.leftovers)):
            raise ValueError("programs and leftovers are whole paths")


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One product.

    `label` is what a person calls it. `folders` are names of folders it lives in, as a second sign
    for a weak name, on any OS, without case.
    """

    label: str
    kind: Kind
    app: App | None = None
    """For a meeting app: which of the apps that a policy names."""
    bittorrent: bool = False
    """A BitTorrent client, which has lawful uses; the office decides."""
    incidental: bool = False
    """A download tool or network that can also share: worth a word while it runs, no more."""
    bundled_on: tuple[OsFamily, ...] = ()
    """Comes with these systems' usual desktops, so being there shows nothing of the person."""
    built_in: bool = False
    """Part of the OS and started by it, so its process shows nothing of the person."""
    folders: tuple[str, ...] = ()
    windows: OnWindows = OnWindows()
    macos: OnMacos = OnMacos()
    linux: OnLinux = OnLinux()

    def __post_init__(self) -> None:
        if (self.app is not None) != (self.kind is Kind.MEETING_APP):
            raise ValueError(f"{self.label}: a meeting app, and nothing else, names an app")
        if (self.bittorrent or self.incidental) and self.kind is not Kind.FILE_SHARING:
            raise ValueError(f"{self.label}: only file sharing can be bittorrent or incidental")
        if (self.windows, self.macos, self.linux) == (OnWindows(), OnMacos(), OnLinux()):
            raise ValueError(f"{self.label}: nothing to know it by")


class Software(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All listed products, as of a day."""

    as_of: date
    products: tuple[Product, ...]

    def __post_init__(self) -> None:
        labels = [product.label for product in self.products]
        if len(set(labels)) != len(labels):
            raise ValueError("products holds a label twice")

    def of(self, *kinds: Kind) -> Iterator[Product]:
        """The products of these kinds, in the catalogue's order."""
        return (product for product in self.products if product.kind in kinds)
