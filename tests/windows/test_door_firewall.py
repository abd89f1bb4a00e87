"""ReadFirewallPolicy and ListFirewallProducts, of a firewall that states composed rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Unknown
from probes.system.windows_questions import (
    FirewallPolicy,
    FirewallProduct,
    FirewallProfile,
    ListFirewallProducts,
    ReadFirewallPolicy,
)
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, ask, known, notices

ROWS = (
    ("firewall", 6),
    ("fwprofile", 1, 1, 0, 0),
    ("fwprofile", 2, 0, 0, 1, ","),
    ("fwprofile", 4, 1, 1, 0, "イーサネット"),
    ("fwproduct", "ESET ファイアウォール", "2,3"),
    ("fwproduct", "接続の検査だけ", "3"),
)


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.com("{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}", "firewall")
        box.com("{CC19079B-8272-4D73-BB70-CDB533527B61}", "firewall")
        yield box


def test_every_profile_is_asked_by_itself_and_nothing_is_set(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ReadFirewallPolicy()) == FirewallPolicy(
        current=6,
        profiles=(
            FirewallProfile(1, True, False, 0, excludes=False),
            FirewallProfile(2, False, False, 1, excludes=False),
            FirewallProfile(4, True, True, 0, excludes=True),
        ),
    )
    assert machine.refused == []


def test_without_a_list_of_excluded_interfaces_the_rest_is_told(machine: Box) -> None:
    machine.answers(*ROWS, ("fails", "get_ExcludedInterfaces", "0x80004001"))
    assert {profile.excludes for profile in known(machine, ReadFirewallPolicy()).profiles} == {None}


def test_products_tell_what_they_have_taken_over(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ListFirewallProducts()) == (
        FirewallProduct("ESET ファイアウォール", (2, 3)),
        FirewallProduct("接続の検査だけ", (3,)),
    )
    assert machine.refused == []


def test_no_product_is_an_empty_list(machine: Box) -> None:
    machine.answers()
    assert known(machine, ListFirewallProducts()) == ()


@pytest.mark.parametrize(
    ("code", "why"), [("0x80070422", Unread.MISSING), ("0x80070005", Unread.DENIED)]
)
def test_a_failure_is_no_policy(machine: Box, code: str, why: Unread) -> None:
    machine.answers(*ROWS, ("fails", "INetFwPolicy2", code))
    assert ask(machine, ReadFirewallPolicy()) == [Unknown(why, "INetFwPolicy2")]


MODULE = "probes.system.windows.firewall"


@pytest.mark.parametrize(
    "slip",
    [
        Slip(MODULE, "INBOUND = 7, 8, 12, 23", "INBOUND = 7, 8, 12, 25"),
        Slip(MODULE, "INBOUND = 7, 8, 12, 23", "INBOUND = 7, 8, 14, 23"),
        Slip(MODULE, "INBOUND = 7, 8, 12, 23", "INBOUND = 8, 8, 12, 23"),
        Slip(MODULE, "INBOUND = 7, 8, 12, 23", "INBOUND = 7, 9, 12, 23"),
        Slip(MODULE, "PROFILES = (1, 2, 4)", "PROFILES = (1, 2, 3)"),
        Slip(MODULE, "EXCLUDED_INTERFACES = 10", "EXCLUDED_INTERFACES = 12"),
    ],
    ids=str,
)
def test_a_slip_in_the_policy_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*ROWS)
    assert notices(machine, slip, ReadFirewallPolicy())


@pytest.mark.parametrize(
    "slip",
    [
        Slip(MODULE, "COUNT, ITEM = 7, 9", "COUNT, ITEM = 7, 8"),
        Slip(MODULE, "CATEGORIES, DISPLAY_NAME = 7, 9", "CATEGORIES, DISPLAY_NAME = 8, 10"),
        Slip("probes.system.windows.safe_arrays", "range(first, last + 1)", "range(first, last)"),
        Slip("probes.system.windows.com", "wintypes.WORD * 3", "wintypes.WORD * 7"),
    ],
    ids=str,
)
def test_a_slip_in_the_products_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*ROWS)
    assert notices(machine, slip, ListFirewallProducts())
