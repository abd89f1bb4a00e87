"""Installed copies of meeting apps and browsers on macOS: their versions and days of building.

As everywhere, the day of building stands for the day of release:
- Firefox writes its BuildID into `application.ini`;
- what other makers build keeps the times of its files when it is copied from a disk image, and gets
  those of its update when it updates itself, which it does within days of the release;
- Safari comes with macOS, whose files have no time of their own. The day on which Apple's software
  update, which offers the newest alone, installed this Safari or this macOS stands for it; without
  such a day it is not known (`/Library/Receipts/InstallHistory.plist`).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from precheck.contract.catalogues.software import Kind, Product
from probes.facts import Known, parsed
from probes.macos_version import HISTORY, numbers_of, read_version
from probes.plists import array, moment, text
from probes.software.copies import build_day, parse_application_ini
from probes.software.facts import Copy
from probes.software.macos_apps import App, is_app
from probes.system import System
from probes.system.questions import ReadFile, StatFile

UPDATER = "softwareupdated"
SAFARI = "com.apple.Safari"

SOURCE = "apps"
"""Without the paths, which a person may have chosen."""


def copies(system: System, products: tuple[Product, ...], known: Iterable[App]) -> tuple[Copy, ...]:
    """Every copy of `products` among the `known` apps."""
    return tuple(
        Copy(product, *_version_and_day(system, product, app), SOURCE)
        for app in known
        for product in products
        if is_app(product, app)
    )


def installed_day(raw: bytes, safari: str | None, macos: tuple[int, ...] | None) -> date | None:
    """The last day (UTC) on which Apple's software update installed this version of Safari or of
    macOS, by the history of installations; None where it did neither."""
    days = [
        when.date()
        for entry in array(raw) or ()
        if isinstance(entry, dict)
        and text(entry, "processName") == UPDATER
        and _is_of(entry, safari, macos)
        and (when := moment(entry, "date")) is not None
    ]
    return max(days, default=None)


def _is_of(entry: dict[str, Any], safari: str | None, macos: tuple[int, ...] | None) -> bool:
    # Of "macOS 15.6.1" the first word is the same in every language; the blank may be unbreakable.
    name = " ".join((text(entry, "displayName") or "").split()[:1])
    version = text(entry, "displayVersion")
    if version is None:
        return False
    if name == "macOS":
        return macos is not None and numbers_of(version) == macos
    return name == "Safari" and version == safari


def _version_and_day(system: System, product: Product, app: App) -> tuple[str | None, date | None]:
    if product.kind is Kind.MEETING_APP:
        return app.version, None
    if SAFARI in product.macos.bundle_ids:
        version = read_version(system)
        macos = version.value.numbers if isinstance(version, Known) else None
        day = parsed(system.ask(HISTORY), lambda raw: installed_day(raw, app.version, macos))
        return app.version, day.value if isinstance(day, Known) else None
    ini = parsed(
        system.ask(ReadFile(f"{app.path}/Contents/Resources/application.ini")),
        parse_application_ini,
    )
    if isinstance(ini, Known):
        return ini.value[0] or app.version, ini.value[1]
    made = parsed(
        system.ask(StatFile(f"{app.path}/Contents/Info.plist")),
        lambda status: build_day(status.modified),
    )
    return app.version, made.value if isinstance(made, Known) else None
