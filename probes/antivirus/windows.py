"""Antivirus on Windows: what has registered with Security Center, and what Defender itself says."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from precheck.contract.catalogues.antivirus import AntivirusProducts, Edition, Kind, Product
from precheck.contract.catalogues.names import same_name, without_version
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.antivirus import windows_defender as defender
from probes.antivirus.facts import Definitions, Facts, Observed, State, Tier, tier_of
from probes.antivirus.threats import Asked, Says
from probes.antivirus.threats import Facts as ThreatFacts
from probes.antivirus.windows_security_center import (
    PRODUCTS,
    ROWS,
    Registered,
    doubted,
    from_list,
    from_wmi,
    joined,
)
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.installed_programs import installed_programs, text_in
from probes.system import System
from probes.system.questions import ListProcesses, StatFile
from probes.system.windows_questions import (
    ProviderHealth,
    ReadProviderHealth,
    ReadRegistry,
    ReadService,
)

HEALTH = ReadProviderHealth(PRODUCTS.provider)
WINDOWS = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")

DEFENDER_SERVICE = "WinDefend"
RUNNING = 4
"""SERVICE_RUNNING."""
SERVICE_ANSWERS, SERVICE_DOWN = 0, 1
"""S_OK and S_FALSE of WscGetSecurityProviderHealth."""
UNGUARDED = frozenset({2, 3})
"""WSC_SECURITY_PROVIDER_HEALTH: poor, the device may be at risk; snooze, nothing guards it now."""


@dataclass(frozen=True, slots=True)
class _Center:
    """What Security Center shows: its products, each with what the catalogue knows of it, where
    that was read, and what kept it from being read."""

    products: tuple[tuple[Registered, Product | None], ...]
    source: str
    unread: tuple[Unknown, ...] = ()


def observe(system: System, context: Context) -> Facts:
    """Every registered product, and every service of an EDR that has not registered.

    Windows Server has no Security Center: there, only that can be said.
    """
    catalogue = context.catalogues.antivirus
    center = _center(system, catalogue)
    registered = tuple(_observed(system, center, row, product) for row, product in center.products)
    known = {item.product for item in registered}
    others = [
        _service(system, product, name)
        for product, signs in catalogue.for_windows()
        if product.kind is Kind.EDR and product.id not in known
        for name in signs.services
    ]
    return Facts(
        family=OsFamily.WINDOWS,
        products=(*registered, *(item for item in others if isinstance(item, Observed))),
        unread=(*center.unread, *(item for item in others if isinstance(item, Unknown))),
    )


def observe_threats(system: System, context: Context) -> ThreatFacts:
    """Ask Microsoft Defender, where it is on. Beside another product it may take minutes to
    answer, and no other product tells."""
    center = _center(system, context.catalogues.antivirus)
    asked: list[Asked] = []
    for row, product in center.products:
        if product is None or product.kind is not Kind.DEFENDER or not _claims(row):
            continue
        threats = parsed(system.ask(defender.THREATS), defender.parse_threats)
        if isinstance(threats, Unknown):
            asked.append(Asked(product.label, threats))
            continue
        says, count = threats.value
        status = parsed(system.ask(defender.STATUS), defender.parse_status)
        guards = isinstance(status, Known) and status.value.real_time is True
        if says is Says.CLEAN and not guards:
            says = Says.NOTHING_SHOWN
        asked.append(Asked(product.label, Known(says, threats.source), count))
    return ThreatFacts(tuple(asked))


def _center(system: System, catalogue: AntivirusProducts) -> _Center:
    client = parsed(system.ask(WINDOWS), lambda values: text_in(values, "InstallationType"))
    if isinstance(client, Known) and client.value.casefold() != "client":
        return _Center((), client.source, (Unknown(Unread.UNSUPPORTED, client.source),))
    health = system.ask(HEALTH)
    answers = parsed(health, _answers)
    if isinstance(answers, Known) and not answers.value:
        return _Center((), health.source, (Unknown(Unread.MISSING, health.source),))
    listed, rows = system.ask(PRODUCTS), system.ask(ROWS)
    found = joined(
        tuple(map(from_list, listed.value)) if isinstance(listed, Known) else None,
        tuple(map(from_wmi, rows.value)) if isinstance(rows, Known) else None,
    )
    source = ", ".join(fact.source for fact in (listed, rows) if isinstance(fact, Known))
    if isinstance(health, Known) and health.value.health in UNGUARDED:
        found = tuple(map(doubted, found))
    if not found:
        # That there is none is said only where all that would show one could be read.
        needed: tuple[Fact[Any], ...] = (listed, answers, client)
        return _Center((), source, tuple(item for item in needed if isinstance(item, Unknown)))
    return _Center(tuple((row, _product(row, catalogue)) for row in found), source)


def _answers(health: ProviderHealth) -> bool | None:
    return {SERVICE_ANSWERS: True, SERVICE_DOWN: False}.get(health.hresult)


def _product(row: Registered, catalogue: AntivirusProducts) -> Product | None:
    if row.guid == defender.GUID:
        return next(item for item in catalogue.products if item.kind is Kind.DEFENDER)
    return catalogue.by_windows_name(row.name)


def _claims(row: Registered) -> bool:
    """Whether some source says that it is on."""
    return row.state in (State.ON, State.DISPUTED)


def _observed(
    system: System, center: _Center, row: Registered, product: Product | None
) -> Observed:
    source = center.source
    unclear = Unknown(Unread.GARBLED, source)
    observed = Observed(
        product=None if product is None else product.id,
        name=row.name or "?" if product is None else product.label,
        tier=_tier(system, row, product),
        state=unclear if row.state is None else Known(row.state, source),
        real_time=Known(True, source) if row.state is State.ON else unclear,
        definitions=unclear
        if row.current is None
        else Known(Definitions(current=row.current), source),
        stale=Known(False, source),
    )
    if not _claims(row):
        return observed
    contradicted = any(
        other is product and not _claims(its_row)
        for its_row, other in center.products
        if other is not None
    )
    stale = _stale(system, row, product, source, contradicted)
    observed = replace(observed, stale=stale)
    if product is not None and product.kind is Kind.DEFENDER:
        return _by_its_own_word(system, observed, row)
    return observed


def _by_its_own_word(system: System, observed: Observed, row: Registered) -> Observed:
    """Defender as `observed` through Security Center, and by what it says itself.

    Where it says that it does not run, one of both is wrong. Where it does not answer, Security
    Center's word holds as long as its service runs; where it answers and says nothing of its mode,
    it may be a passive one.
    """
    told = system.ask(defender.STATUS)
    status = parsed(told, defender.parse_status)
    if isinstance(status, Unknown):
        service = system.ask(ReadService(DEFENDER_SERVICE))
        runs = isinstance(service, Known) and service.value == RUNNING
        silent = isinstance(told, Unknown)
        return replace(
            observed,
            real_time=observed.real_time if runs and silent else status,
            definitions=_definitions_from_registry(system, observed.definitions),
        )
    said, source = status.value, status.source
    unclear = Unknown(Unread.GARBLED, source)
    if said.runs is False or row.state is State.DISPUTED:
        return replace(observed, state=Known(State.DISPUTED, source), real_time=unclear)
    current = False if said.out_of_date else row.current
    dated = said.updated is not None or current is False
    return replace(
        observed,
        real_time=unclear if said.real_time is None else Known(said.real_time, source),
        definitions=Known(Definitions(said.updated, current), source)
        if dated and current is not None
        else unclear,
    )


def _definitions_from_registry(
    system: System, told: Fact[Definitions] | None
) -> Fact[Definitions] | None:
    updated = parsed(system.ask(defender.UPDATES), defender.parse_update_time)
    if isinstance(told, Known) and isinstance(updated, Known):
        return Known(replace(told.value, updated=updated.value), updated.source)
    return told


def _tier(system: System, row: Registered, product: Product | None) -> Tier:
    """By the edition, which for some products only the list of installed programs tells."""
    if product is None or product.windows is None:
        return Tier.UNKNOWN
    edition = product.windows.edition or product.edition
    if edition is Edition.MIXED:
        lists = installed_programs(system)
        names = [one.name for fact in lists if isinstance(fact, Known) for one in fact.value]
        plain = {_plain(name) for name in (row.name, *names)}
        free = plain & {*map(same_name, product.windows.free_names)}
        paid = plain & {*map(same_name, product.windows.paid_names)}
        if not free and not paid and any(isinstance(fact, Unknown) for fact in lists):
            return Tier.UNKNOWN
        edition = Edition.PAID if paid and not free else Edition.FREE
    return tier_of(product.kind, edition)


def _plain(name: str) -> str:
    return same_name(without_version(name))


def _stale(
    system: System, row: Registered, product: Product | None, source: str, contradicted: bool
) -> Fact[bool]:
    """Whether the entry has outlived its product: the program that made it is gone, and so are the
    product's services and processes. Without that program's path it is never said to have.

    What is no file made no entry. Where another entry of the product says that it is not on
    (`contradicted`), services and processes may be that one's and show nothing of this. A service
    that is stopped shows neither that the product is there nor that it is gone.
    """
    reporter: Fact[Any] = Unknown(Unread.MISSING, source)
    if row.reporter is not None:
        reporter = system.ask(StatFile(row.reporter))
    if isinstance(reporter, Known):
        is_file = reporter.value.kind == "file"
        return Known(False, source) if is_file else Unknown(Unread.GARBLED, source)
    if contradicted:
        gone = row.reporter is not None and is_missing(reporter)
        return Known(True, source) if gone else Unknown(reporter.why, source)
    signs = product.windows if product is not None else None
    services = [system.ask(ReadService(name)) for name in (signs.services if signs else ())]
    if any(isinstance(service, Known) and service.value == RUNNING for service in services):
        return Known(False, source)
    processes = system.ask(ListProcesses())
    if isinstance(processes, Known) and signs is not None:
        running = {process.name.casefold() for process in processes.value}
        if running & {name.casefold() for name in signs.executables}:
            return Known(False, source)
    gone = row.reporter is not None and _all_missing((reporter, *services))
    return Known(True, source) if gone else Unknown(reporter.why, source)


def _all_missing(facts: Iterable[Fact[Any]]) -> bool:
    return all(is_missing(fact) for fact in facts)


def _service(system: System, product: Product, name: str) -> Observed | Unknown | None:
    """An EDR that shows by its service alone. That it guards, and not only watches, its service
    does not show."""
    service = system.ask(ReadService(name))
    if isinstance(service, Unknown):
        return None if is_missing(service) else service
    if service.value != RUNNING:
        return None
    return Observed(
        product=product.id,
        name=product.label,
        tier=tier_of(product.kind, product.edition),
        state=Known(State.ON, service.source),
        real_time=Unknown(Unread.UNSUPPORTED, service.source),
        definitions=None,
        stale=Known(False, service.source),
    )
