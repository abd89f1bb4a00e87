"""Installed copies of meeting apps and browsers on Linux: their versions and days of building.

A browser comes out within days of being built, so the day of building stands for the day of its
release, and no list of versions goes stale. Where that day is read:
- `application.ini` beside Firefox: BuildID, the time of building in UTC;
- rpm: BUILDTIME of the package;
- dpkg, pacman, snap and archives: the program file's time of modification, which all of them keep
  as the builder made it (Debian and Chrome clamp it to SOURCE_DATE_EPOCH);
- Flatpak sets every such time to 1970: there, the newest release in the app's own MetaInfo file
  (AppStream specification), which its packagers add with every update.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from precheck.contract.catalogues.software import Kind, Product
from probes.facts import Fact, Known, first_known, parsed, text
from probes.software.facts import Copy
from probes.software.inventory import Package, Packages
from probes.system import System
from probes.system.questions import ReadFile, StatFile

OLDEST = date(2020, 1, 1)
"""No file of a browser that can still be used is older; a time before it is a placeholder."""

METAINFO = (
    "{app}/current/active/files/share/metainfo/{id}.metainfo.xml",
    "{app}/current/active/files/share/metainfo/{id}.appdata.xml",
    "{app}/current/active/files/share/appdata/{id}.appdata.xml",
)
FLATPAK_APPS = ("/var/lib/flatpak/app", "~/.local/share/flatpak/app")


def copies(
    system: System,
    products: Iterable[Product],
    packages: Fact[Packages],
    flatpaks: Fact[frozenset[str]],
    snaps: Fact[frozenset[str]],
) -> tuple[Copy, ...]:
    """Every copy of `products` that these lists or a program's own place show."""
    known = packages.value if isinstance(packages, Known) else {}
    apps = flatpaks.value if isinstance(flatpaks, Known) else frozenset()
    names = snaps.value if isinstance(snaps, Known) else frozenset()
    found: list[Copy] = []
    for product in products:
        package = _package(product, known)
        placed = [
            copy
            for path in product.linux.programs
            if (copy := _placed(system, product, path, package)) is not None
        ]
        found += placed
        if package is not None and not any(_from_packages(copy.source) for copy in placed):
            found.append(Copy(product, package.version, package.built, packages.source))
        if not any(copy.source.startswith("/snap/") for copy in placed):
            found += (
                Copy(product, _snap_version(system, name), None, f"snap {name}")
                for name in product.linux.snaps
                if name in names
            )
        found += (_flatpak(system, product, app) for app in product.linux.flatpaks if app in apps)
    return tuple(found)


def parse_application_ini(raw: bytes) -> tuple[str | None, date] | None:
    """Version and day of building in Firefox's application.ini; None without a BuildID.

    BuildID is YYYYMMDDhhmmss in UTC.
    """
    content = text(raw) or ""
    built = re.search(r"^BuildID=([0-9]{8})[0-9]{6}$", content, re.MULTILINE)
    version = re.search(r"^Version=([0-9][^\s]{0,30})$", content, re.MULTILINE)
    try:
        day = datetime.strptime(built[1], "%Y%m%d").replace(tzinfo=UTC).date() if built else None
    except ValueError:
        return None
    return None if day is None else (version[1] if version else None, day)


def parse_metainfo(raw: bytes) -> tuple[str | None, date | None] | None:
    """Version and day of the newest release in a MetaInfo file; None where it lists none.

    The specification has the newest first; a release may give its day as `date` (ISO 8601) or as
    `timestamp` (seconds since 1970).
    """
    tag = re.search(r"<release\s([^<>]*)>", text(raw) or "")
    if tag is None:
        return None
    values = dict(re.findall(r"""([a-z_]+)\s*=\s*["']([^"'<>]*)["']""", tag[1]))
    return values.get("version") or None, _stated_day(values)


def parse_snap_version(raw: bytes) -> str | None:
    """The version in a snap's meta/snap.yaml."""
    found = re.search(r"^version:\s*['\"]?([^'\"\s#]+)", text(raw) or "", re.MULTILINE)
    return found[1] if found else None


def parse_version_file(raw: bytes) -> str | None:
    """The version in Zoom's version.txt, which holds nothing else."""
    words = (text(raw) or "").split()
    return words[0] if len(words) == 1 and re.match(r"[0-9]+\.[0-9]", words[0]) else None


def build_day(seconds: float) -> date | None:
    """The day (UTC) of a file's time of modification, None for what is no time of building."""
    try:
        day = datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, ValueError, OSError):
        return None
    return day if day >= OLDEST else None


def _placed(system: System, product: Product, path: str, package: Package | None) -> Copy | None:
    status = system.ask(StatFile(path))
    if not isinstance(status, Known) or status.value.kind != "file":
        return None
    of_package = package if _from_packages(path) else None
    version = of_package.version if of_package is not None else None
    built = of_package.built if of_package is not None else None
    folder = path.rpartition("/")[0]
    if product.kind is Kind.MEETING_APP:
        stated = parsed(system.ask(ReadFile(f"{folder}/version.txt")), parse_version_file)
        version = stated.value if isinstance(stated, Known) else version
    else:
        ini = parsed(system.ask(ReadFile(f"{folder}/application.ini")), parse_application_ini)
        if isinstance(ini, Known):
            version, built = ini.value[0] or version, ini.value[1]
    if path.startswith("/snap/"):
        version = version or _snap_version(system, path.split("/")[2])
    return Copy(product, version, built or build_day(status.value.modified), path)


def _flatpak(system: System, product: Product, app: str) -> Copy:
    answers = [
        system.ask(ReadFile(place.format(app=f"{folder}/{app}", id=app)))
        for folder in FLATPAK_APPS
        for place in METAINFO
    ]
    release = parsed(first_known(*answers), parse_metainfo)
    version, built = release.value if isinstance(release, Known) else (None, None)
    return Copy(product, version, built, f"flatpak {app}")


def _snap_version(system: System, name: str) -> str | None:
    folders = (f"/snap/{name}", f"/var/lib/snapd/snap/{name}")
    answers = (system.ask(ReadFile(f"{folder}/current/meta/snap.yaml")) for folder in folders)
    version = parsed(first_known(*answers), parse_snap_version)
    return version.value if isinstance(version, Known) else None


def _package(product: Product, packages: Packages) -> Package | None:
    found = (packages[name] for name in product.linux.packages if name in packages)
    return next((package for package in found if not package.removed), None)


def _from_packages(path: str) -> bool:
    return path.startswith(("/usr/", "/opt/"))


def _stated_day(values: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(values.get("date", "")[:10])
    except ValueError:
        pass
    seconds = values.get("timestamp", "")
    if not (seconds.isascii() and seconds.isdigit()):
        return None
    return build_day(float(seconds))
