"""Which listed products the programs are that Windows itself lists, by whole names only."""

from precheck.contract.catalogues.names import same_name, without_version
from precheck.contract.catalogues.software import Product
from probes.facts import is_missing
from probes.installed_programs import AppPath, Listed, Package
from probes.software.matching import base_name, program_at, running
from probes.system import System
from probes.system.questions import StatFile


def is_listed(product: Product, entry: Listed) -> bool:
    """Whether an entry among the installed programs is `product`: by its whole name without a
    version, by a whole word that the name begins with, or by its icon, which mostly is the program
    itself. The label of a product with a weak name is weak too."""
    windows = product.windows
    names = {*windows.listed} if windows.weak else {product.label, *windows.listed}
    name = same_name(without_version(entry.name))
    if name in map(same_name, names):
        return True
    words = (same_name(prefix) for prefix in windows.listed_prefixes)
    if any(name == word or name.startswith(f"{word} ") for word in words):
        return True
    return entry.icon is not None and _is_program(product, entry.icon)


def is_left_over(system: System, product: Product, entry: Listed) -> bool:
    """Whether an entry among the installed programs has outlived `product`: the program file that
    it names is gone, or else its folder."""
    place = program_of(product, entry) or entry.folder
    return place is not None and is_missing(system.ask(StatFile(place)))


def program_of(product: Product, entry: Listed) -> str | None:
    """The program file of `product` that an entry has as its icon."""
    programs = map(str.casefold, product.windows.exe)
    if entry.icon is not None and base_name(entry.icon).casefold() in programs:
        return entry.icon
    return None


def is_app_path(product: Product, app: AppPath) -> bool:
    """Whether an entry among the App Paths is `product`."""
    return _is_program(product, app.path or app.name)


def is_package(product: Product, package: Package) -> bool:
    """Whether a package of the Store is `product`."""
    return package.name.casefold() in map(str.casefold, product.windows.msix)


def _is_program(product: Product, path: str) -> bool:
    return bool(running((product,), {program_at(path)}, ()))
