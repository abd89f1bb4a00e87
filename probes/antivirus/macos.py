"""Antivirus on macOS: what is installed, what of it runs, and what the products themselves say.

A product guards where its system extension is enabled and runs; that it is installed shows nothing.
What its definitions are is told by Microsoft Defender and XProtect alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from precheck.contract.catalogues.antivirus import Kind, Macos, Product
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.antivirus import macos_xprotect, mdatp
from probes.antivirus.facts import Definitions, Facts, Observed, State, tier_of
from probes.antivirus.macos_extensions import (
    DATABASE,
    ENABLED,
    NOT_ENABLED,
    Extension,
    parse_extensions,
)
from probes.antivirus.running import all_of, seen
from probes.antivirus.threats import Facts as ThreatFacts
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.system import System
from probes.system.questions import ListFolder, ListProcesses, Process, StatFile

APPLICATIONS = "/Applications"
DAEMONS = ListFolder("/Library/LaunchDaemons")
"""What launchd(8) starts for all users, each in a file named after its label."""

SHORTENED = 15
"""From this many letters on, a process whose file is not told may have more (MAXCOMLEN)."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """What is read once for all products."""

    processes: Fact[tuple[Process, ...]]
    extensions: Fact[tuple[Extension, ...]]
    daemons: Fact[tuple[str, ...]]


def observe(system: System, context: Context) -> Facts:
    """Look for every product of the catalogue. Nothing is executed but what belongs to macOS, and
    `mdatp health` where Microsoft Defender runs."""
    machine = _Machine(
        processes=system.ask(ListProcesses()),
        extensions=parsed(system.ask(DATABASE), parse_extensions),
        daemons=system.ask(DAEMONS),
    )
    found = [
        macos_xprotect.observed(system, product, signs)
        if product.kind is Kind.XPROTECT
        else _observed(system, product, signs, machine)
        for product, signs in context.catalogues.antivirus.for_macos()
    ]
    asked: list[Any] = [all_of(machine.processes), machine.extensions, machine.daemons, *found]
    return Facts(
        family=OsFamily.MACOS,
        products=tuple(item for item in found if isinstance(item, Observed)),
        unread=tuple(item for item in asked if isinstance(item, Unknown)),
    )


def observe_threats(system: System, context: Context) -> ThreatFacts:
    """Ask Microsoft Defender, the only one of the catalogue that tells an ordinary user."""
    labels = (
        product.label
        for product, _ in context.catalogues.antivirus.for_macos()
        if product.kind is Kind.DEFENDER
    )
    asked = (mdatp.asked_for_threats(system, mdatp.MACOS, label) for label in labels)
    return ThreatFacts(tuple(item for item in asked if item is not None))


def _observed(
    system: System, product: Product, signs: Macos, machine: _Machine
) -> Observed | Unknown | None:
    own = _own_extensions(signs, machine.extensions)
    labels = _own_labels(signs, machine.daemons)
    present = _present(system, signs, own, labels, machine.processes)
    if isinstance(present, Unknown) or not present.value:
        return present if isinstance(present, Unknown) else None
    names = (*signs.processes, *(item.identifier for item in own), *labels)
    running = _running(machine.processes, names, signs, bool(signs.processes or own))
    state = parsed(running, lambda runs: State.ON if runs else State.OFF)
    unsupported = Unknown(Unread.UNSUPPORTED, product.id)
    # What a response tool does with what it sees is not told.
    guards = unsupported if product.kind is Kind.EDR else _guards(own, machine, unsupported)
    definitions: Fact[Definitions] | None = unsupported if product.definitions else None
    if product.kind is Kind.DEFENDER and isinstance(state, Known) and state.value is State.ON:
        health = mdatp.health(system, mdatp.MACOS)
        state = parsed(health, mdatp.licensed)
        if isinstance(guards, Unknown) or guards.value:
            guards = parsed(health, lambda said: said.real_time)
        definitions = parsed(health, lambda said: said.definitions)
    return Observed(
        product=product.id,
        name=product.label,
        tier=tier_of(product.kind, product.edition),
        state=state,
        real_time=guards,
        definitions=definitions,
        stale=Known(False, running.source),
    )


def _own_extensions(signs: Macos, known: Fact[tuple[Extension, ...]]) -> tuple[Extension, ...]:
    """Those with one of the product's ids, by its maker where the catalogue knows that one's."""
    return tuple(
        item
        for item in (known.value if isinstance(known, Known) else ())
        if item.identifier in signs.system_extensions
        and (not signs.team_ids or item.team in signs.team_ids)
    )


def _own_labels(signs: Macos, daemons: Fact[tuple[str, ...]]) -> tuple[str, ...]:
    names = daemons.value if isinstance(daemons, Known) else ()
    labels = (name.removesuffix(".plist") for name in names if name.endswith(".plist"))
    return tuple(
        label
        for label in labels
        if label in signs.launchd or label.startswith(tuple(signs.launchd_prefixes))
    )


def _present(
    system: System,
    signs: Macos,
    own: tuple[Extension, ...],
    labels: tuple[str, ...],
    processes: Fact[tuple[Process, ...]],
) -> Fact[bool]:
    """Whether the product is installed or at least runs."""
    if own:
        return Known(True, DATABASE.path)
    if labels:
        return Known(True, DAEMONS.path)
    if seen(processes, signs.processes):
        return Known(True, processes.source)
    places = [system.ask(StatFile(path)) for path in _places(signs)]
    for place in places:
        if isinstance(place, Known):
            return Known(True, place.source)
    for place in places:
        if isinstance(place, Unknown) and not is_missing(place):
            return place
    return Known(False, APPLICATIONS)


def _places(signs: Macos) -> tuple[str, ...]:
    return (*(f"{APPLICATIONS}/{app}" for app in signs.apps), *signs.paths)


def _running(
    processes: Fact[tuple[Process, ...]], names: tuple[str, ...], signs: Macos, known: bool
) -> Fact[bool]:
    """Whether one of the programs runs. That none does is said only where it is `known` which
    would, and nothing runs that may be one of them: under a name cut short, one that begins as its
    daemons' do, or from the product's own folders."""
    if seen(processes, names) or _from_bundle(processes, names):
        return Known(True, processes.source)
    whole = all_of(processes)
    if isinstance(whole, Unknown):
        return whole
    folders = tuple(f"{place}/" for place in _places(signs))
    beginnings = tuple(signs.launchd_prefixes)
    if not known or any(_may_be(item, names, folders, beginnings) for item in whole.value):
        return Unknown(Unread.UNSUPPORTED, whole.source)
    return Known(False, whole.source)


def _from_bundle(processes: Fact[tuple[Process, ...]], names: Iterable[str]) -> bool:
    """Whether a program from a system extension's bundle runs, which is named after its id."""
    bundles = tuple(f"/{name}.systemextension/" for name in names)
    return isinstance(processes, Known) and any(
        bundle in (item.executable or "") for item in processes.value for bundle in bundles
    )


def _may_be(
    process: Process, names: Iterable[str], folders: tuple[str, ...], beginnings: tuple[str, ...]
) -> bool:
    if process.name.startswith(beginnings):
        return True
    if process.executable is not None:
        return process.executable.startswith(folders)
    return len(process.name) >= SHORTENED and any(name.startswith(process.name) for name in names)


def _guards(own: tuple[Extension, ...], machine: _Machine, unsupported: Unknown) -> Fact[bool]:
    """Whether an extension of the product watches: enabled, and running. macOS may keep one from
    running that its database has as enabled."""
    if isinstance(machine.extensions, Unknown):
        return machine.extensions
    source = machine.extensions.source
    enabled = tuple(item.identifier for item in own if item.state == ENABLED)
    if enabled:
        return _running(machine.processes, enabled, Macos(), known=True)
    if not own:
        return unsupported
    if all(item.state in NOT_ENABLED for item in own):
        return Known(False, source)
    return Unknown(Unread.GARBLED, source)
