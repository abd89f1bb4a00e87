"""Antivirus on Linux: what runs, and what the products themselves say."""

import string
from collections.abc import Iterable
from typing import Any

from precheck.contract.catalogues.antivirus import Kind, Linux, Product
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.antivirus import mdatp
from probes.antivirus.clamav import HEADER_SIZE, parse_build_time
from probes.antivirus.facts import Definitions, Facts, Observed, State, tier_of
from probes.antivirus.running import all_of, seen
from probes.antivirus.threats import Facts as ThreatFacts
from probes.check import Context
from probes.facts import Fact, Known, Unknown, first_known, is_missing, parsed
from probes.foreign import is_foreign
from probes.system import System
from probes.system.questions import (
    DBusGet,
    ListProcesses,
    Process,
    ReadFile,
    StatFile,
)

ON_ACCESS_PROCESS = "clamonacc"
ON_ACCESS_UNITS = ("clamav-clamonacc.service", "clamonacc.service")
"""As Debian and Fedora name clamonacc(8)'s service."""

DAILY_DATABASES = ("/var/lib/clamav/daily.cld", "/var/lib/clamav/daily.cvd")
"""clamd(8) loads the newer of both. `main` is rebuilt every few years only and tells no age."""


def observe(system: System, context: Context) -> Facts:
    """Look for every product of the catalogue. Nothing is executed but `mdatp health`, and only
    where that product is. A guest system is not looked at: what guards the device is outside."""
    foreign = is_foreign(system)
    if isinstance(foreign, Known) and foreign.value:
        return Facts(None, (), (Unknown(Unread.UNSUPPORTED, foreign.source),))
    processes = system.ask(ListProcesses())
    products: list[Observed] = []
    asked: list[Fact[Any]] = [all_of(processes)]
    for product, signs in context.catalogues.antivirus.for_linux():
        present = _present(system, signs, processes)
        asked.append(present)
        if isinstance(present, Known) and present.value:
            products.append(_observed(system, product, signs, processes))
    return Facts(
        family=OsFamily.LINUX,
        products=tuple(products),
        unread=tuple(item for item in asked if isinstance(item, Unknown)),
    )


def observe_threats(system: System, context: Context) -> ThreatFacts:
    """Ask Microsoft Defender, the only one of the catalogue that tells an ordinary user on Linux.
    ClamAV keeps no list."""
    labels = (
        product.label
        for product, _ in context.catalogues.antivirus.for_linux()
        if product.kind is Kind.DEFENDER
    )
    asked = (mdatp.asked_for_threats(system, mdatp.LINUX, label) for label in labels)
    return ThreatFacts(tuple(item for item in asked if item is not None))


def unit_path(unit: str) -> str:
    """The D-Bus object of a systemd unit (org.freedesktop.systemd1(5): letters and digits as they
    are, everything else as `_` and two hexadecimal digits)."""
    plain = string.ascii_letters + string.digits
    escaped = "".join(char if char in plain else f"_{ord(char):02x}" for char in unit)
    return f"/org/freedesktop/systemd1/unit/{escaped}"


def _present(system: System, signs: Linux, processes: Fact[tuple[Process, ...]]) -> Fact[bool]:
    """Whether the product is installed or at least runs."""
    if seen(processes, signs.processes):
        return Known(True, processes.source)
    places = [system.ask(StatFile(path)) for path in signs.paths]
    for place in places:
        if isinstance(place, Known):
            return Known(True, place.source)
    for place in places:
        if isinstance(place, Unknown) and not is_missing(place):
            return place
    return Known(False, "paths")


def _observed(
    system: System, product: Product, signs: Linux, processes: Fact[tuple[Process, ...]]
) -> Observed:
    running = _running(system, processes, (*signs.processes, *signs.weak_processes), signs.units)
    state = parsed(running, lambda runs: State.ON if runs else State.OFF)
    real_time: Fact[bool] = (
        running if signs.service_protects else Unknown(Unread.UNSUPPORTED, product.id)
    )
    definitions: Fact[Definitions] | None = (
        Unknown(Unread.UNSUPPORTED, product.id) if product.definitions else None
    )
    match product.kind:
        case Kind.CLAMAV:
            real_time = _running(system, processes, (ON_ACCESS_PROCESS,), ON_ACCESS_UNITS)
            definitions = _daily_definitions(system)
        case Kind.DEFENDER if isinstance(state, Known) and state.value is State.ON:
            health = mdatp.health(system, mdatp.LINUX)
            state = parsed(health, mdatp.licensed)
            real_time = parsed(health, lambda said: said.real_time)
            definitions = parsed(health, lambda said: said.definitions)
    return Observed(
        product=product.id,
        name=product.label,
        tier=tier_of(product.kind, signs.edition or product.edition),
        state=state,
        real_time=real_time,
        definitions=definitions,
        stale=Known(False, running.source),
    )


def _running(
    system: System,
    processes: Fact[tuple[Process, ...]],
    names: Iterable[str],
    units: Iterable[str],
) -> Fact[bool]:
    """Whether one of the processes or services runs: processes first, then systemd."""
    names = tuple(names)
    if seen(processes, names):
        return Known(True, processes.source)
    states = [
        system.ask(
            DBusGet(
                "org.freedesktop.systemd1",
                unit_path(unit),
                "org.freedesktop.systemd1.Unit",
                "ActiveState",
            )
        )
        for unit in units
    ]
    for state in states:
        if isinstance(state, Known) and state.value in ("active", "reloading"):
            return Known(True, state.source)
    everything = all_of(processes)
    if names and isinstance(everything, Known):
        return Known(False, everything.source)
    for state in states:
        if isinstance(state, Unknown):
            return state
    return Known(False, states[0].source) if states else Unknown(Unread.UNSUPPORTED, "systemd")


def _daily_definitions(system: System) -> Fact[Definitions]:
    built = [
        parsed(system.ask(ReadFile(path, HEADER_SIZE)), parse_build_time)
        for path in DAILY_DATABASES
    ]
    known = [fact for fact in built if isinstance(fact, Known)]
    newest = max(known, key=lambda fact: fact.value) if known else first_known(*built)
    return parsed(newest, lambda moment: Definitions(updated=moment))
