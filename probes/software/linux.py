"""The software on Linux: processes, the system's lists of software, and a look through folders."""

from collections.abc import Callable

from precheck.contract.catalogues.software import Kind, OnLinux
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.check import Context
from probes.facts import Fact, Known, Unknown, parsed, text
from probes.foreign import is_foreign
from probes.software.copies import copies
from probes.software.facts import (
    BrowserFacts,
    Copy,
    FileSharingFacts,
    MeetingFacts,
    Products,
    RunningFacts,
)
from probes.software.inventory import (
    Packages,
    desktop_ids,
    flatpaks,
    own_programs,
    packages,
    snaps,
)
from probes.software.matching import Program, connected, possible, programs, running
from probes.software.sweep import sweep
from probes.system import System
from probes.system.questions import ListProcesses, ReadFile, StatFile

FIRST_PROCESS = "/proc/1/comm"
"""Unreadable where the system hides other people's processes (`hidepid`, proc(5))."""

MIMEAPPS = "~/.config/mimeapps.list"
_HTTPS = "x-scheme-handler/https"


def observe_file_sharing(system: System, context: Context) -> FileSharingFacts:
    """Running, installed, stored, and once used."""
    products = tuple(context.catalogues.software.of(Kind.FILE_SHARING))
    listed = packages(system)
    installed = _installed(system, products, listed)
    looks = sweep(system, products)
    return FileSharingFacts(
        family=OsFamily.LINUX,
        running=_running(system, products, listed, installed),
        installed=installed,
        swept=tuple(parsed(look, lambda found: found.copies) for look in looks),
        traces=(
            *(parsed(look, lambda found: found.pieces) for look in looks),
            parsed(listed, lambda known: _removed(products, known)),
            Known(_left_over(system, products), "~"),
        ),
    )


def observe_running(system: System, context: Context) -> RunningFacts:
    """Recorders and remote control among the processes; those of the OS itself show nothing."""
    kinds = (Kind.RECORDER, Kind.REMOTE_CONTROL)
    products = tuple(
        product for product in context.catalogues.software.of(*kinds) if not product.built_in
    )
    listed = packages(system)
    installed = _installed(system, products, listed)
    return RunningFacts(
        running=_running(system, products, listed, installed),
        sessions=parsed(_programs(system), lambda seen: connected(products, seen)),
    )


def observe_meeting_apps(system: System, context: Context) -> MeetingFacts:
    """The meeting apps and browsers that are installed, with their versions."""
    found, unread = _copies(system, context, Kind.MEETING_APP, Kind.BROWSER)
    return MeetingFacts(
        apps=tuple(copy for copy in found if copy.product.kind is Kind.MEETING_APP),
        browsers=tuple(copy for copy in found if copy.product.kind is Kind.BROWSER),
        unread=unread,
    )


def observe_browsers(system: System, context: Context) -> BrowserFacts:
    """The browsers that are installed, and the one that the person has chosen for links."""
    found, unread = _copies(system, context, Kind.BROWSER)
    products = tuple(context.catalogues.software.of(Kind.BROWSER))
    return BrowserFacts(
        copies=found,
        default=parsed(system.ask(ReadFile(MIMEAPPS)), lambda raw: default_browser(raw, products)),
        unread=unread,
    )


def default_browser(raw: bytes, products: Products) -> str | None:
    """The label of the browser in a mimeapps.list that opens https links; None where the file
    names none of `products` (Association between MIME types and applications, 1.0.1)."""
    section = ""
    for line in (text(raw) or "").splitlines():
        if line.startswith("["):
            section = line.strip()
        key, equals, value = line.partition("=")
        if section == "[Default Applications]" and equals and key.strip() == _HTTPS:
            chosen = [item.strip().removesuffix(".desktop") for item in value.split(";")]
            for item in chosen:
                for product in products:
                    if item in product.linux.desktops:
                        return product.label
    return None


def _installed(
    system: System, products: Products, listed: Fact[Packages]
) -> tuple[Fact[Products], ...]:
    """What each place that lists software shows of `products`."""

    def among(
        names: Fact[frozenset[str]], listed: Callable[[OnLinux], tuple[str, ...]]
    ) -> Fact[Products]:
        return parsed(
            names,
            lambda known: tuple(item for item in products if known & set(listed(item.linux))),
        )

    placed = tuple(
        product
        for product in products
        if any(isinstance(system.ask(StatFile(path)), Known) for path in product.linux.programs)
    )
    return (
        parsed(listed, lambda known: _present(products, known)),
        among(flatpaks(system), lambda on: on.flatpaks),
        among(snaps(system), lambda on: on.snaps),
        among(desktop_ids(system), lambda on: on.desktops),
        among(own_programs(system), lambda on: tuple(set(on.processes) - set(on.weak))),
        Known(placed, "files"),
    )


def _present(products: Products, known: Packages) -> Products:
    return tuple(
        product
        for product in products
        if any(name in known and not known[name].removed for name in product.linux.packages)
    )


def _removed(products: Products, known: Packages) -> Products:
    return tuple(
        product
        for product in products
        if any(name in known and known[name].removed for name in product.linux.packages)
    )


def _left_over(system: System, products: Products) -> Products:
    return tuple(
        product
        for product in products
        if any(isinstance(system.ask(StatFile(path)), Known) for path in product.linux.leftovers)
    )


def _running(
    system: System,
    products: Products,
    listed: Fact[Packages],
    installed: tuple[Fact[Products], ...],
) -> Fact[Products]:
    """What runs of `products`. Where nothing does, that must be certain: other people's processes
    can be seen, and no weak name is left open for want of a list."""
    seen = _programs(system)
    if isinstance(seen, Unknown):
        return seen
    elsewhere = [product for fact in installed if isinstance(fact, Known) for product in fact.value]
    found = running(products, seen.value, elsewhere)
    if found:
        return Known(found, seen.source)
    if isinstance(listed, Unknown) and possible(products, seen.value):
        return listed
    others = system.ask(ReadFile(FIRST_PROCESS, limit=64))
    return Known((), seen.source) if isinstance(others, Known) else Unknown(Unread.DENIED, "/proc")


def _programs(system: System) -> Fact[frozenset[Program]]:
    foreign = _foreign(system)
    if foreign is not None:
        return foreign
    return parsed(system.ask(ListProcesses()), lambda found: programs(found) or None)


def _foreign(system: System) -> Unknown | None:
    """Why this system cannot speak for the device, unless it is the device's own."""
    foreign = is_foreign(system)
    if isinstance(foreign, Unknown):
        return foreign
    return Unknown(Unread.UNSUPPORTED, foreign.source) if foreign.value else None


def _copies(system: System, context: Context, *kinds: Kind) -> tuple[tuple[Copy, ...], Fact[None]]:
    foreign = _foreign(system)
    if foreign is not None:
        return (), foreign
    lists = (packages(system), flatpaks(system), snaps(system))
    products = tuple(context.catalogues.software.of(*kinds))
    unread = [fact for fact in lists if isinstance(fact, Unknown)]
    return copies(system, products, *lists), unread[0] if unread else Known(None, "lists")
