"""The software on macOS: processes, the folders for apps, and what Spotlight knows."""

from itertools import chain

from precheck.contract.catalogues.software import Kind, Product
from precheck.contract.verdict import OsFamily
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.plists import dictionary, text
from probes.software.facts import (
    BrowserFacts,
    Copy,
    FileSharingFacts,
    MeetingFacts,
    Products,
    RunningFacts,
)
from probes.software.macos_apps import App, apps, bundle_names, is_app, safari
from probes.software.macos_copies import copies
from probes.software.macos_sweep import sweep
from probes.software.matching import Program, programs, running
from probes.system import System
from probes.system.questions import ListFolder, ListProcesses, ReadFile

HOMEBREW = ("/opt/homebrew/bin", "/usr/local/bin")
"""Where Homebrew puts programs without a window, on Apple silicon and on Intel."""

HANDLERS = ReadFile(
    "~/Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist"
)
"""What the person has chosen to open things with; nothing in it leaves Safari the browser."""
SAFARI = "com.apple.safari"


def observe_file_sharing(system: System, context: Context) -> FileSharingFacts:
    """Running, installed, and stored."""
    products = tuple(context.catalogues.software.of(Kind.FILE_SHARING))
    known = apps(system)
    installed = (
        *(parsed(fact, lambda found: _among(products, found)) for fact in known),
        _of_homebrew(system, products),
    )
    looks, searched = sweep(system, products)
    return FileSharingFacts(
        family=OsFamily.MACOS,
        running=_running(system, products, known, installed),
        installed=installed,
        swept=tuple(parsed(look, lambda found: found.copies) for look in looks),
        traces=tuple(parsed(look, lambda found: found.pieces) for look in looks),
        searched=searched,
    )


def observe_running(system: System, context: Context) -> RunningFacts:
    """Recorders and remote control among the processes; those of macOS itself show nothing. None
    of them shows by a process whether somebody is connected."""
    kinds = (Kind.RECORDER, Kind.REMOTE_CONTROL)
    products = tuple(
        product for product in context.catalogues.software.of(*kinds) if not product.built_in
    )
    known = apps(system)
    installed = tuple(parsed(fact, lambda found: _among(products, found)) for fact in known)
    seen = _running(system, products, known, installed)
    sessions: Fact[Products] = Known((), seen.source) if isinstance(seen, Known) else seen
    return RunningFacts(running=seen, sessions=sessions)


def observe_meeting_apps(system: System, context: Context) -> MeetingFacts:
    """The meeting apps and browsers that are installed, with their versions."""
    found, unread = _copies(system, context, Kind.MEETING_APP, Kind.BROWSER)
    return MeetingFacts(
        apps=tuple(copy for copy in found if copy.product.kind is Kind.MEETING_APP),
        browsers=tuple(copy for copy in found if copy.product.kind is Kind.BROWSER),
        unread=unread,
        unsure=frozenset(
            product.app
            for product in context.catalogues.software.of(Kind.MEETING_APP)
            if product.app is not None and product.macos.unconfirmed
        ),
    )


def observe_browsers(system: System, context: Context) -> BrowserFacts:
    """The browsers that are installed, and the one that opens links."""
    found, unread = _copies(system, context, Kind.BROWSER)
    products = tuple(context.catalogues.software.of(Kind.BROWSER))
    chosen = parsed(system.ask(HANDLERS), https_handler)
    if is_missing(chosen):
        chosen = Known(SAFARI, HANDLERS.path)
    return BrowserFacts(
        copies=found,
        default=parsed(chosen, lambda identifier: browser_called(identifier, products)),
        unread=unread,
    )


def https_handler(raw: bytes) -> str | None:
    """The identifier of the app that opens https links, by the person's list of handlers
    (LSHandlers of Launch Services); None for what is no such list."""
    found = dictionary(raw)
    handlers = None if found is None else found.get("LSHandlers", [])
    if not isinstance(handlers, list):
        return None
    for handler in handlers:
        if isinstance(handler, dict) and text(handler, "LSHandlerURLScheme") == "https":
            return text(handler, "LSHandlerRoleAll")
    return SAFARI


def browser_called(identifier: str, products: Products) -> str | None:
    """The label of the browser with this identifier; None for another program."""
    for product in products:
        if identifier.casefold() in map(str.casefold, product.macos.bundle_ids):
            return product.label
    return None


def shown_by(product: Product, seen: frozenset[Program], known: tuple[App, ...]) -> bool:
    """Whether a program runs from within one of the product's bundles, or has the name of one of
    its processes."""
    bundles, processes = bundle_names(product, known), set(product.macos.processes)
    return any(bundles & program.folders or processes & program.names for program in seen)


def _running(
    system: System,
    products: Products,
    known: tuple[Fact[tuple[App, ...]], ...],
    installed: tuple[Fact[Products], ...],
) -> Fact[Products]:
    """What runs of `products`: also under Wine, or from Homebrew, under the names of the other
    systems."""
    seen = _programs(system)
    if isinstance(seen, Unknown):
        return seen
    everything = _known(known)
    elsewhere = [product for fact in installed if isinstance(fact, Known) for product in fact.value]
    named = running(products, seen.value, elsewhere)
    return Known(
        tuple(
            product
            for product in products
            if product in named or shown_by(product, seen.value, everything)
        ),
        seen.source,
    )


def _programs(system: System) -> Fact[frozenset[Program]]:
    return parsed(system.ask(ListProcesses()), lambda found: programs(found) or None)


def _among(products: Products, found: tuple[App, ...]) -> Products:
    return tuple(product for product in products if any(is_app(product, app) for app in found))


def _of_homebrew(system: System, products: Products) -> Fact[Products]:
    answers = [system.ask(ListFolder(folder)) for folder in HOMEBREW]
    for answer in answers:
        if isinstance(answer, Unknown) and not is_missing(answer):
            return answer
    names = {name for answer in answers if isinstance(answer, Known) for name in answer.value}
    return Known(
        tuple(
            product
            for product in products
            if names & (set(product.linux.processes) - set(product.linux.weak))
        ),
        ", ".join(HOMEBREW),
    )


def _known(facts: tuple[Fact[tuple[App, ...]], ...]) -> tuple[App, ...]:
    return tuple(chain.from_iterable(fact.value for fact in facts if isinstance(fact, Known)))


def _copies(system: System, context: Context, *kinds: Kind) -> tuple[tuple[Copy, ...], Fact[None]]:
    places = apps(system)
    known = _known(places)
    if not any(app.identifier == "com.apple.Safari" for app in known):
        known = (*known, *safari(system))
    products = tuple(context.catalogues.software.of(*kinds))
    unread = [fact for fact in places if isinstance(fact, Unknown)]
    return copies(system, products, known), unread[0] if unread else Known(None, "apps")
