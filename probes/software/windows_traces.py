"""What Windows remembers of programs that were once started: their paths, in the person's own
part of the registry.

Sources: UserAssist, whose value names are in ROT13; the MuiCache, whose value names end in what
they remember; the store of the compatibility assistant. Each keeps a path after the program is
gone, so it shows use and no presence.
"""

import codecs
from collections.abc import Iterable, Iterator

from precheck.contract.catalogues.software import Product
from probes.facts import Fact, Known
from probes.software.facts import Products
from probes.software.matching import program_at, running
from probes.system import System
from probes.system.windows_questions import ListRegistry, ReadRegistry

USER_ASSIST = r"Software\Microsoft\Windows\CurrentVersion\Explorer\UserAssist"
MUI_CACHE = ReadRegistry(
    "HKCU", r"Software\Classes\Local Settings\Software\Microsoft\Windows\Shell\MuiCache"
)
ASSISTANT = ReadRegistry(
    "HKCU",
    r"Software\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\Compatibility Assistant\Store",
)
SOURCE = "registry"
"""Without the paths, which a person may have chosen."""

_MUI_ENDINGS = (".FriendlyAppName", ".ApplicationCompany")


def traces(system: System, products: tuple[Product, ...]) -> Fact[Products]:
    """The products that were started at some time. What could not be read shows nothing."""
    return Known(once_started(_paths(system), products), SOURCE)


def once_started(paths: Iterable[str], products: tuple[Product, ...]) -> Products:
    """The products whose programs are at `paths`; a weak name counts in a folder of its product."""
    return running(products, frozenset(map(program_at, paths)), ())


def from_user_assist(name: str) -> str:
    """The path in a value name of UserAssist. ROT13 turns the letters A to Z, so a Japanese name
    stays as it is."""
    return codecs.encode(name, "rot13")


def from_mui_cache(name: str) -> str:
    """The path in a value name of the MuiCache."""
    for ending in _MUI_ENDINGS:
        name = name.removesuffix(ending)
    return name


def _paths(system: System) -> Iterator[str]:
    groups = system.ask(ListRegistry("HKCU", USER_ASSIST))
    for group in groups.value if isinstance(groups, Known) else ():
        counts = ReadRegistry("HKCU", f"{USER_ASSIST}\\{group}\\Count")
        yield from map(from_user_assist, _value_names(system, counts))
    yield from map(from_mui_cache, _value_names(system, MUI_CACHE))
    yield from _value_names(system, ASSISTANT)


def _value_names(system: System, question: ReadRegistry) -> Iterable[str]:
    answer = system.ask(question)
    return answer.value if isinstance(answer, Known) else ()
