"""The software on Windows: processes, the lists that Windows keeps, and a look through folders."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from precheck.contract.catalogues.names import same_name
from precheck.contract.catalogues.software import Kind, Product
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.installed_programs import (
    AppPath,
    Listed,
    app_paths,
    installed_programs,
    packages,
    text_in,
)
from probes.software.facts import (
    BrowserFacts,
    Copy,
    FileSharingFacts,
    MeetingFacts,
    Products,
    RunningFacts,
)
from probes.software.matching import (
    base_name,
    connected,
    possible,
    programs,
    running,
)
from probes.software.windows_copies import copies
from probes.software.windows_listed import is_app_path, is_left_over, is_listed, is_package
from probes.software.windows_sweep import sweep
from probes.software.windows_traces import traces
from probes.system import System
from probes.system.questions import ListProcesses, StatFile
from probes.system.windows_questions import (
    MatchWindowTitles,
    ReadFileVersion,
    ReadRegistry,
    ReadSystemMetric,
)

T = TypeVar("T")

REMOTE_SESSION = ReadSystemMetric(0x1000)
"""SM_REMOTESESSION: nonzero in a session of Remote Desktop."""

HTTPS_CHOICE = ReadRegistry(
    "HKCU", r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https\UserChoice"
)


def observe_file_sharing(system: System, context: Context) -> FileSharingFacts:
    """Running, installed, stored, and once used."""
    products = tuple(context.catalogues.software.of(Kind.FILE_SHARING))
    installed = _installed(system, products)
    looks = sweep(system, products)
    swept = tuple(parsed(look, lambda found: found.copies) for look in looks)
    titled = _titled(system, products)
    present = (*installed, *swept)
    return FileSharingFacts(
        family=OsFamily.WINDOWS,
        running=_running(system, products, present, titled),
        installed=installed,
        swept=swept,
        traces=(
            *(parsed(look, lambda found: found.pieces) for look in looks),
            titled,
            traces(system, products),
        ),
    )


def observe_running(system: System, context: Context) -> RunningFacts:
    """Recorders and remote control among the processes; those of Windows itself show nothing."""
    kinds = (Kind.RECORDER, Kind.REMOTE_CONTROL)
    products = tuple(
        product for product in context.catalogues.software.of(*kinds) if not product.built_in
    )
    return RunningFacts(
        running=_running(system, products, _installed(system, products)),
        sessions=_sessions(system, products),
    )


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
            if product.app is not None and product.windows.unconfirmed
        ),
    )


def observe_browsers(system: System, context: Context) -> BrowserFacts:
    """The browsers that are installed, and the one that the person has chosen for links."""
    found, unread = _copies(system, context, Kind.BROWSER)
    products = tuple(context.catalogues.software.of(Kind.BROWSER))
    choice = parsed(system.ask(HTTPS_CHOICE), lambda values: text_in(values, "ProgId"))
    return BrowserFacts(
        copies=found,
        default=parsed(choice, lambda prog_id: default_browser(prog_id, products)),
        unread=unread,
    )


def default_browser(prog_id: str, products: Products) -> str | None:
    """The label of the browser that handles links under `prog_id`; None for another program. What
    follows a "-" or "." in it tells one copy from another."""
    name = prog_id.replace(".", "-").partition("-")[0].casefold()
    for product in products:
        if name in map(str.casefold, product.windows.prog_ids):
            return product.label
    return None


def _installed(system: System, products: Products) -> tuple[Fact[Products], ...]:
    """What each list shows of `products`. An entry whose program is gone is passed over."""

    def among(fact: Fact[tuple[T, ...]], shows: Callable[[Product, T], bool]) -> Fact[Products]:
        return parsed(
            fact,
            lambda items: tuple(
                product for product in products if any(shows(product, item) for item in items)
            ),
        )

    def listed(product: Product, entry: Listed) -> bool:
        return is_listed(product, entry) and not is_left_over(system, product, entry)

    def starts(product: Product, app: AppPath) -> bool:
        return is_app_path(product, app) and not (
            app.path is not None and is_missing(system.ask(StatFile(app.path)))
        )

    return (
        *(among(fact, listed) for fact in installed_programs(system)),
        *(among(fact, starts) for fact in app_paths(system)),
        among(packages(system), is_package),
    )


def _running(
    system: System,
    products: Products,
    present: Iterable[Fact[Products]],
    titled: Fact[Products] | None = None,
) -> Fact[Products]:
    """What runs of `products`. A weak name needs a second sign: a folder of the product, its name
    in the program's version resource, or that it is `present`. So does a window's title, which any
    page about the product may have. Where nothing runs, no weak name may be left open: by a list
    that could not be read, or a program whose file could not."""
    processes = system.ask(ListProcesses())
    seen = parsed(processes, lambda found: programs(found) or None)
    if isinstance(seen, Unknown):
        return seen
    facts = tuple(present)
    known = [product for fact in facts if isinstance(fact, Known) for product in fact.value]
    unread = [
        fact for fact in facts if isinstance(fact, Unknown) and fact.why is not Unread.TIMED_OUT
    ]
    own = processes.value if isinstance(processes, Known) else ()
    described = _described(system, products, [one.executable for one in own if one.executable])
    found = set(running(products, seen.value, (*known, *described)))
    if isinstance(titled, Known):
        found |= set(titled.value) & set(known)
    if not found and unread and possible(products, seen.value):
        return unread[0]
    hidden = [program for program in seen.value if not program.folders]
    if not found and possible(products, hidden):
        return Unknown(Unread.DENIED, seen.source)
    return Known(tuple(product for product in products if product in found), seen.source)


def _described(system: System, products: Products, paths: list[str]) -> Products:
    """The products that a program with one of their weak names states itself to be."""
    return tuple(
        product
        for product in products
        if any(
            _states(system, path, product.windows.described)
            for path in paths
            if base_name(path).casefold() in map(str.casefold, product.windows.weak)
        )
    )


def _states(system: System, path: str, names: tuple[str, ...]) -> bool:
    resource = system.ask(ReadFileVersion(path)) if names else None
    if not isinstance(resource, Known):
        return False
    return same_name(resource.value.product) in map(same_name, names)


def _titled(system: System, products: Products) -> Fact[Products]:
    """The products whose windows' titles are on the screen."""
    prefixes = tuple(title for product in products for title in product.windows.titles)
    return parsed(
        system.ask(MatchWindowTitles(prefixes)),
        lambda seen: tuple(
            product for product in products if set(seen) & set(product.windows.titles)
        ),
    )


def _sessions(system: System, products: Products) -> Fact[Products]:
    """The products that show somebody connected, Windows' own by what it says of this session."""
    remote = system.ask(REMOTE_SESSION)
    seen = parsed(system.ask(ListProcesses()), lambda found: programs(found) or None)
    found: set[Product] = set()
    if isinstance(seen, Known):
        found |= set(connected(products, seen.value))
    if isinstance(remote, Known) and remote.value:
        found |= {product for product in products if product.windows.remote_session}
    if not found and isinstance(seen, Unknown):
        return seen
    if not found and isinstance(remote, Unknown):
        return remote
    return Known(tuple(product for product in products if product in found), remote.source)


def _copies(system: System, context: Context, *kinds: Kind) -> tuple[tuple[Copy, ...], Fact[None]]:
    listed, by_name, store = installed_programs(system), app_paths(system), packages(system)
    found = copies(
        system,
        tuple(context.catalogues.software.of(*kinds)),
        tuple(one for fact in listed if isinstance(fact, Known) for one in fact.value),
        tuple(one for fact in by_name if isinstance(fact, Known) for one in fact.value),
        store.value if isinstance(store, Known) else (),
    )
    unread = [fact for fact in (*listed, *by_name, store) if isinstance(fact, Unknown)]
    return found, unread[0] if unread else Known(None, "lists")
