"""Installed copies of meeting apps and browsers on Windows: their versions and days of building.

As everywhere, the day of building stands for the day of release. The installer of Chromium's
kind of browser unpacks the program with the time of modification that its builder gave it, so that
time is the build's and not the installation's; Firefox writes its BuildID into `application.ini`
beside the program. The version is the program file's own, since what a browser writes into the
registry is the version that last ran.
"""

from collections.abc import Iterator

from precheck.contract.catalogues.software import Kind, Product
from probes.facts import Known, parsed
from probes.installed_programs import AppPath, Listed, Package, text_in
from probes.software.copies import build_day, parse_application_ini
from probes.software.facts import Copy
from probes.software.matching import base_name
from probes.software.windows_listed import (
    is_app_path,
    is_left_over,
    is_listed,
    is_package,
    program_of,
)
from probes.system import System
from probes.system.questions import ReadFile, StatFile
from probes.system.windows_questions import FileVersion, ReadFileVersion, ReadRegistry

LISTED = "installed programs"
STORE = "Store packages"


def copies(
    system: System,
    products: tuple[Product, ...],
    entries: tuple[Listed, ...],
    apps: tuple[AppPath, ...],
    packages: tuple[Package, ...],
) -> tuple[Copy, ...]:
    """Every copy of `products` at its usual place, or where Windows lists it.

    An entry whose program is known to be gone is a leftover.
    """
    found: list[Copy] = []
    for product in products:
        mine = [entry for entry in entries if is_listed(product, entry)]
        others = {path for entry in mine for path in _named(product, entry)}
        others |= {app.path for app in apps if app.path and is_app_path(product, app)}
        places = {path: system.ask(StatFile(path)) for path in (*product.windows.programs, *others)}
        placed = [
            _placed(system, product, path, status.value.modified)
            for path, status in places.items()
            if isinstance(status, Known) and status.value.kind == "file"
        ]
        found += placed
        if not placed:
            found += (
                Copy(product, entry.version, None, LISTED)
                for entry in mine
                if not is_left_over(system, product, entry)
            )
        found += (
            Copy(product, package.version, None, STORE)
            for package in packages
            if is_package(product, package)
        )
    return tuple(found)


def stated_version(resource: FileVersion) -> str | None:
    """The version in a version resource, unless it is the placeholder of one that states none."""
    return resource.version if resource.version.strip("0.") else None


def first_word(version: str) -> str | None:
    """The version in a text such as Firefox's "128.0 (x64 ja)"."""
    words = version.split()
    return words[0] if words and words[0][0].isdecimal() else None


def _placed(system: System, product: Product, path: str, modified: float) -> Copy:
    # A place from the catalogue names nobody; one that Windows lists may lie under the home folder.
    source = path if path in product.windows.programs else LISTED
    resource = parsed(system.ask(ReadFileVersion(path)), stated_version)
    version = resource.value if isinstance(resource, Known) else _from_registry(system, product)
    if product.kind is Kind.MEETING_APP:
        return Copy(product, version, None, source)
    folder = path[: len(path) - len(base_name(path))]
    ini = parsed(system.ask(ReadFile(f"{folder}application.ini")), parse_application_ini)
    if isinstance(ini, Known):
        return Copy(product, ini.value[0] or version, ini.value[1], source)
    return Copy(product, version, build_day(modified), source)


def _from_registry(system: System, product: Product) -> str | None:
    for place in product.windows.versions:
        hive, _, rest = place.partition("\\")
        key, _, name = rest.rpartition("\\")
        values = system.ask(ReadRegistry(hive, key))
        text = text_in(values.value, name) if isinstance(values, Known) else None
        version = first_word(text) if text is not None else None
        if version is not None:
            return version
    return None


def _named(product: Product, entry: Listed) -> Iterator[str]:
    """Where an entry has the program file, or may have it."""
    program = program_of(product, entry)
    if program is not None:
        yield program
    elif entry.folder is not None:
        folder = entry.folder.rstrip("\\")
        yield from (f"{folder}\\{name}" for name in product.windows.exe)
