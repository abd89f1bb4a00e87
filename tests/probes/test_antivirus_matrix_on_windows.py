"""antivirus on Windows, as whoever wants an unguarded device let in would try it: nothing passes
without a product that is on and current, whatever the sources say beside it. All composed."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from precheck.contract.reasons import Unread
from precheck.contract.verdict import Verdict
from probes.antivirus import antivirus
from probes.antivirus.windows import HEALTH
from probes.system.questions import FileStatus, StatFile
from probes.system.windows_questions import ProviderHealth, ReadService
from tests.machines import context
from tests.probes.security_center import ESET_GUID, REPORTER, device, listed, row

Case = tuple[str, str]

STATES = {
    "on": (0, 0x1000),
    "off": (1, 0x0000),
    "snoozed": (2, 0x2000),
    "expired": (3, 0x3000),
    "unknown": (9, 0x9000),
}
SIGNATURES = {"current": (1, 0x00), "old": (0, 0x10)}
ACTIVE = ("on", "current")
NOT_AGAINST = (ACTIVE, ("unknown", "current"))
"""What WMI may say of an active product: its numbers are undocumented, and one without a known
meaning contradicts nothing."""
CASES: tuple[Case, ...] = tuple(itertools.product(STATES, SIGNATURES))

NAMES = ("ESET Security", "ウイルスバスター クラウド")
GUIDS = (ESET_GUID, "{00000000-0000-4000-8000-000000000002}")
THERE = {ReadService("ekrn"): 4, ReadService("Amsp"): 4}

DEVICES: tuple[tuple[Case, ...], ...] = (
    (),
    *((case,) for case in CASES),
    *itertools.product(CASES, CASES),
)
"""No product, one, and two, each in every condition."""


def in_list(place: int, case: Case) -> Any:
    state, signature = STATES[case[0]][0], SIGNATURES[case[1]][0]
    return listed(NAMES[place], state, signature, GUIDS[place])


def in_wmi(place: int, case: Case) -> Any:
    number = 0x040000 | STATES[case[0]][1] | SIGNATURES[case[1]][1]
    return row(NAMES[place], number, GUIDS[place])


def agreeing(cases: Sequence[Case]) -> Any:
    return tuple(in_wmi(place, case) for place, case in enumerate(cases))


def opposite_state(cases: Sequence[Case]) -> Any:
    return agreeing([("off" if state == "on" else "on", age) for state, age in cases])


def opposite_age(cases: Sequence[Case]) -> Any:
    return agreeing([(state, "old" if age == "current" else "current") for state, age in cases])


def another_product(cases: Sequence[Case]) -> Any:
    del cases
    return (row("Norton 360", guid="{00000000-0000-4000-8000-000000000003}"),)


def passes(cases: Sequence[Case], rows: Any, *answers: Any) -> bool:
    products = tuple(in_list(place, case) for place, case in enumerate(cases))
    machine = device(products, rows, THERE, *answers)
    return antivirus.run(machine, context()).verdict is Verdict.PASS


@pytest.mark.parametrize("cases", DEVICES, ids=str)
def test_where_wmi_agrees_or_is_absent_one_that_is_active_and_current_passes(cases) -> None:
    absent = (Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED, ())
    for rows in (agreeing(cases), *absent):
        assert passes(cases, rows) is (ACTIVE in cases), rows


@pytest.mark.parametrize("cases", DEVICES, ids=str)
def test_what_wmi_says_against_a_product_keeps_it_from_passing(cases) -> None:
    for told in (opposite_state, opposite_age, another_product):
        assert not passes(cases, told(cases)), told
    both_ways = (zip(cases, told, strict=True) for told in (cases[::-1], [ACTIVE] * len(cases)))
    for pairs in map(tuple, both_ways):
        undisputed = [case == ACTIVE and other in NOT_AGAINST for case, other in pairs]
        rows = agreeing([other for _, other in pairs])
        assert passes(cases, rows) is any(undisputed), rows


@pytest.mark.parametrize("cases", DEVICES, ids=str)
def test_what_security_center_as_a_whole_calls_unguarded_does_not_pass(cases) -> None:
    for health in (ProviderHealth(0, 2), ProviderHealth(0, 3), ProviderHealth(1, 0)):
        for rows in (agreeing(cases), Unread.DENIED):
            assert not passes(cases, rows, {HEALTH: health}), health
    silent = (ProviderHealth(0, 1), ProviderHealth(0, 9), Unread.DENIED, Unread.TIMED_OUT)
    for answer in silent:
        assert passes(cases, agreeing(cases), {HEALTH: answer}) is (ACTIVE in cases), answer


@pytest.mark.parametrize("cases", DEVICES[1:], ids=str)
def test_a_list_that_does_not_answer_leaves_it_to_wmi(cases) -> None:
    for why in (Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT):
        machine = device(why, agreeing(cases), THERE)
        passed = antivirus.run(machine, context()).verdict is Verdict.PASS
        assert passed is (ACTIVE in cases)
        assert antivirus.run(device(why, why, THERE), context()).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("update", [None, 0, 1, 2, 3])
def test_a_product_whose_protection_needs_an_update_is_not_current(update: int | None) -> None:
    product = listed(update=update)
    for rows in ((row(),), Unread.DENIED):
        verdict = antivirus.run(device((product,), rows, THERE), context()).verdict
        assert (verdict is Verdict.PASS) is (update != 3)


@pytest.mark.parametrize("kind", ["file", "folder", "other"])
def test_only_a_program_shows_that_an_entry_has_not_outlived_its_product(kind: str) -> None:
    there = {StatFile(REPORTER): FileStatus(kind, 1, 0.0)}
    verdict = antivirus.run(device((listed("X"),), (row("X"),), there), context()).verdict
    assert (verdict is Verdict.UNKNOWN) is (kind != "file")
