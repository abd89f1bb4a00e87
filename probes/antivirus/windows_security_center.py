"""What Windows Security Center says of the antivirus products that have registered there.

It speaks twice, and numbers the same words differently: IWscProduct (iwscapi.h), which is
documented, and the WMI class AntiVirusProduct, whose `productState` is not. The former decides;
the latter can contradict it, and stands in for it where it does not answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from precheck.contract.catalogues.names import same_name
from probes.antivirus.facts import State
from probes.system.questions import Plain
from probes.system.windows_questions import ListSecurityProducts, ReadWmi, SecurityProduct

T = TypeVar("T")

PRODUCTS = ListSecurityProducts(4)
ROWS = ReadWmi(
    "root\\SecurityCenter2",
    "AntiVirusProduct",
    ("displayName", "instanceGuid", "productState", "pathToSignedReportingExe"),
    timeout=4.0,
)

_STATES = MappingProxyType({0: State.ON, 1: State.OFF, 2: State.SNOOZED, 3: State.EXPIRED})
"""WSC_SECURITY_PRODUCT_STATE."""
_SIGNATURES = MappingProxyType({0: False, 1: True})
"""WSC_SECURITY_SIGNATURE_STATUS."""
_UPDATE_NEEDED = 3
"""WSC_SECURITY_PRODUCT_SUBSTATUS_ACTION_NEEDED."""

_WMI_STATES = MappingProxyType({0: State.OFF, 1: State.ON, 2: State.SNOOZED, 3: State.EXPIRED})
"""Bits 12 to 15 of `productState`: 0 and 1 the other way round."""
_WMI_SIGNATURES = MappingProxyType({0x00: True, 0x10: False})
"""Its low byte. The bits above 15 say whose product it is, not how it does."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A product as one source, or both together, show it. `state` is None for a number without a
    meaning, and `current`, whether its definitions are, too. `reporter` is the file of the program
    that registered it, where that is told."""

    name: str
    guid: str
    state: State | None
    current: bool | None
    reporter: str | None = None


def from_list(product: SecurityProduct) -> Registered:
    """A product of IWSCProductList. One whose definitions are current, and whose protection needs
    an update all the same, does not say which."""
    current = _SIGNATURES.get(product.signature)
    return Registered(
        name=product.name,
        guid=_guid(product.guid),
        state=_STATES.get(product.state),
        current=None if current and product.update == _UPDATE_NEEDED else current,
    )


def from_wmi(row: Mapping[str, Plain]) -> Registered:
    """An AntiVirusProduct object."""
    name, reporter = row.get("displayName"), row.get("pathToSignedReportingExe")
    state, current = decode_product_state(row.get("productState"))
    return Registered(
        name=name if isinstance(name, str) else "",
        guid=_guid(row.get("instanceGuid")),
        state=state,
        current=current,
        reporter=(reporter.strip().strip('"') or None) if isinstance(reporter, str) else None,
    )


def decode_product_state(number: Plain) -> tuple[State | None, bool | None]:
    """State and whether definitions are current in a `productState`, each None where its bits have
    no known meaning."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1 << 24:
        return None, None
    return _WMI_STATES.get(number >> 12 & 0xF), _WMI_SIGNATURES.get(number & 0xFF)


def joined(
    listed: Sequence[Registered] | None, rows: Sequence[Registered] | None
) -> tuple[Registered, ...]:
    """Every product that a source shows, by what both say; None stands for a source that did not
    answer.

    Rows belong together by their GUID, else by a name that each source has once. Where one source
    says on (or current) and the other not, or lacks a product that the first has on, the state is
    DISPUTED. A WMI that lists nothing at all is one that did not answer.
    """
    if listed is None:
        return tuple(rows or ())
    if not rows:
        return tuple(listed)
    left = list(rows)
    found: list[Registered] = []
    for product in listed:
        twin = _twin(product, listed, rows)
        if twin in left:
            left.remove(twin)
        found.append(doubted(product) if twin is None else _both(product, twin))
    return (*found, *map(doubted, left))


def doubted(product: Registered) -> Registered:
    """A product that something which ought to know of it does not know to be on."""
    return replace(product, state=State.DISPUTED) if product.state is State.ON else product


def _twin(
    product: Registered, listed: Sequence[Registered], rows: Sequence[Registered]
) -> Registered | None:
    for row in rows:
        if row.guid == product.guid and row.guid:
            return row
    known = {item.guid for item in listed}
    named = [
        row
        for row in rows
        if same_name(row.name) == same_name(product.name) and row.guid not in known
    ]
    alike = [item for item in listed if same_name(item.name) == same_name(product.name)]
    return named[0] if len(named) == len(alike) == 1 else None


def _both(documented: Registered, other: Registered) -> Registered:
    state, disputed = _together(documented.state, other.state, State.ON)
    current, stale = _together(documented.current, other.current, True)
    if disputed or (stale and state is State.ON):
        state = State.DISPUTED
    return replace(
        documented,
        state=state,
        current=None if stale else current,
        reporter=other.reporter,
    )


def _together(documented: T | None, other: T | None, good: T) -> tuple[T | None, bool]:
    """What two sources say together, and whether only one of them says `good`.

    A number without a meaning contradicts nothing; but where the documented source gives one, the
    other's good word alone does not count.
    """
    if documented is None:
        return (None if other == good else other), False
    if other is None or documented == other:
        return documented, False
    return documented, good in (documented, other)


def _guid(text: Plain) -> str:
    return text.strip("{} ").upper() if isinstance(text, str) else ""
