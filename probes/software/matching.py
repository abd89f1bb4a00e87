"""Which listed products the processes of a machine show. Pure, and whole names only.

Under Wine the programs of Windows run on Linux too and keep their names, so a process is compared
with both systems' names: without case where Windows compares without it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from precheck.contract.catalogues.software import Product
from probes.software.facts import Products
from probes.system.questions import Process

COMM_BYTES = 15
"""Linux keeps at most this many bytes of a process's name (TASK_COMM_LEN, proc_pid_comm(5))."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a process shows of its program: all whole names, the beginning of a name where Linux
    may have cut it and nothing shows the rest, and the folders that its file lies in."""

    names: frozenset[str]
    cut: str | None
    folders: frozenset[str]


def programs(processes: Iterable[Process]) -> frozenset[Program]:
    """The programs behind `processes`, each once."""
    return frozenset(_program(process) for process in processes)


def program_at(path: str) -> Program:
    """The program in the file at `path`."""
    return Program(frozenset({base_name(path)}), None, folder_names(path))


def running(
    products: Iterable[Product], seen: Collection[Program], elsewhere: Collection[Product]
) -> Products:
    """The products among the `seen` programs.

    A weak name, or one that Linux has cut, counts beside a second sign: the product is also seen
    `elsewhere`, or the program lies in a folder of the product.
    """
    return tuple(
        product
        for product in products
        if any(certain or product in elsewhere for certain in _signs(product, seen))
    )


def possible(products: Iterable[Product], seen: Collection[Program]) -> Products:
    """The products that would be running if each had a second sign."""
    return tuple(product for product in products if any(True for _ in _signs(product, seen)))


def connected(products: Iterable[Product], seen: Collection[Program]) -> Products:
    """The products that show somebody connected."""
    return tuple(
        product
        for product in products
        if any(_has(program.names, *_session_names(product)) for program in seen)
    )


def base_name(path: str) -> str:
    """The last part of a path in either system's writing."""
    return re.split(r"[/\\]", path)[-1]


def folder_names(path: str) -> frozenset[str]:
    """The names of the folders on the way to `path`, in small letters."""
    return frozenset(part.lower() for part in re.split(r"[/\\]", path)[:-1] if part)


def _program(process: Process) -> Program:
    names = {process.name}
    if process.argv0 is not None:
        names.add(process.argv0)
    if process.executable is not None:
        names.add(base_name(process.executable))
    may_be_cut = len(process.name.encode("utf-8", "surrogatepass")) == COMM_BYTES and not any(
        name.startswith(process.name) and name != process.name for name in names
    )
    return Program(
        names=frozenset(names),
        cut=process.name if may_be_cut else None,
        folders=folder_names(process.executable or ""),
    )


def _signs(product: Product, seen: Collection[Program]) -> Iterator[bool]:
    """One item per program that may be `product`: whether it certainly is."""
    linux, windows = product.linux, product.windows
    strong = (
        frozenset(linux.processes) - frozenset(linux.weak),
        _folded(windows.exe) - _folded(windows.weak),
    )
    weak = (frozenset(linux.weak), _folded(windows.weak))
    beginnings = (_cut(linux.processes), _cut(_folded(windows.exe)))
    folders = _folded(product.folders)
    packages = _folded(windows.msix)
    for program in seen:
        if _has(program.names, *strong) or packages & _packages(program):
            yield True
        elif _has(program.names, *weak) or (
            program.cut is not None and _has({program.cut}, *beginnings)
        ):
            yield bool(folders & program.folders)


def _packages(program: Program) -> frozenset[str]:
    """The packages of the Store that the program may belong to: it lies in a folder with the
    package's full name ("Name_1.2.3.4_x64__publisher")."""
    return frozenset(name.partition("_")[0] for name in program.folders if "__" in name)


def _session_names(product: Product) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(product.linux.sessions), _folded(product.windows.sessions)


def _has(names: Iterable[str], exact: frozenset[str], folded: frozenset[str]) -> bool:
    return any(name in exact or name.lower() in folded for name in names)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _cut(names: Iterable[str]) -> frozenset[str]:
    """What Linux leaves of `names`."""
    return frozenset(name.encode()[:COMM_BYTES].decode("utf-8", "ignore") for name in names)
