"""ListSecurityProducts and ReadProviderHealth, of a Security Center that states composed rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Unknown
from probes.system.windows_questions import (
    ListSecurityProducts,
    ProviderHealth,
    ReadProviderHealth,
    SecurityProduct,
)
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, ask, known, notices

FIREWALL, ANTIVIRUS = 1, 4
DEFENDER = "{D68DDC3A-831F-4fae-9E44-DA132C1ACF46}"
PRODUCTS = (
    ("product", ANTIVIRUS, "Microsoft Defender Antivirus", 0, 1, DEFENDER, 2, 2),
    ("product", ANTIVIRUS, "ウイルスバスター クラウド", 3, 0, "{B}", 3, 2),
    ("product", ANTIVIRUS, "古い製品", 2, 1, "{C}", 3, 1),
    ("product", FIREWALL, "ファイアウォール", 1, 1, "{D}", 0, 2),
)


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.dll("wscapi")
        box.com("{17072F7B-9ABE-4A74-A261-1EB76B55107A}", "wscapi")
        yield box


def test_each_product_tells_what_its_interface_offers(machine: Box) -> None:
    machine.answers(*PRODUCTS)
    assert known(machine, ListSecurityProducts(ANTIVIRUS)) == (
        SecurityProduct("Microsoft Defender Antivirus", 0, 1, DEFENDER, 2),
        SecurityProduct("ウイルスバスター クラウド", 3, 0, "{B}", 3),
        SecurityProduct("古い製品", 2, 1, "{C}"),
    )
    assert machine.refused == []


def test_each_kind_of_product_has_its_own_list(machine: Box) -> None:
    machine.answers(*PRODUCTS)
    assert known(machine, ListSecurityProducts(FIREWALL)) == (
        SecurityProduct("ファイアウォール", 1, 1, "{D}", 0),
    )


def test_no_product_is_an_empty_list(machine: Box) -> None:
    machine.answers()
    assert known(machine, ListSecurityProducts(ANTIVIRUS)) == ()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("0x80070005", Unread.DENIED),
        ("0x80070422", Unread.MISSING),  # the service is disabled
        ("0x80004001", Unread.UNSUPPORTED),
        ("0x800705B4", Unread.TIMED_OUT),
        ("0x8000FFFF", Unread.GARBLED),
    ],
)
def test_a_failure_is_never_an_empty_list(machine: Box, code: str, why: Unread) -> None:
    machine.answers(*PRODUCTS, ("fails", "IWSCProductList", code))
    [answer] = ask(machine, ListSecurityProducts(ANTIVIRUS))
    assert answer == Unknown(why, "IWSCProductList")


def test_health_comes_with_what_it_is_worth(machine: Box) -> None:
    machine.answers(("health", ANTIVIRUS, 0, 0), ("health", FIREWALL, 1, 2))
    asked = (ReadProviderHealth(ANTIVIRUS), ReadProviderHealth(FIREWALL))
    good, worthless = (known(machine, question) for question in asked)
    assert (good, worthless) == (ProviderHealth(0, 0), ProviderHealth(1, 2))


def test_health_that_fails_is_unknown(machine: Box) -> None:
    machine.answers(("fails", "WscGetSecurityProviderHealth", "0x80070005"))
    [answer] = ask(machine, ReadProviderHealth(ANTIVIRUS))
    assert answer == Unknown(Unread.DENIED, "WscGetSecurityProviderHealth")


MODULE = "probes.system.windows.security_center"


@pytest.mark.parametrize(
    "slip",
    [
        Slip(MODULE, "INITIALIZE, COUNT, ITEM = 7, 8, 9", "INITIALIZE, COUNT, ITEM = 8, 7, 9"),
        Slip(MODULE, "GUID = 7, 8, 9, 12", "GUID = 7, 8, 9, 11"),
        Slip(MODULE, "GUID = 7, 8, 9, 12", "GUID = 7, 9, 8, 12"),
        Slip(MODULE, "UPDATE = 16", "UPDATE = 15"),
        Slip(MODULE, "f896ca54-fe09-4403", "f896ca54-fe09-4404"),
        Slip(MODULE, "wintypes.ULONG(provider)", "wintypes.ULONG(1)"),
        Slip(MODULE, "wintypes.ULONG(at)", "wintypes.ULONG(0)"),
    ],
    ids=str,
)
def test_a_slip_in_the_order_of_functions_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*PRODUCTS)
    assert notices(machine, slip, ListSecurityProducts(ANTIVIRUS))
