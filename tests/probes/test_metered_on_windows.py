"""metered on Windows: the flags of NLM_CONNECTION_COST. All machines here are composed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Metered, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.network import metered
from probes.network.facts import Cost
from probes.network.windows import cost_of
from probes.system.windows_questions import Networks, ReadNetworks
from tests.machines import composed, context

OVER_LIMIT, CONGESTED, ROAMING, NEAR_LIMIT = 0x10000, 0x20000, 0x40000, 0x80000


def found(cost: int | None):
    machine = composed({ReadNetworks(): Networks(0x40, cost, ())}, OsFamily.WINDOWS)
    return metered.run(machine, context())


@pytest.mark.parametrize(
    ("cost", "reason", "verdict"),
    [
        (1, Metered.UNMETERED, Verdict.PASS),
        (1 | CONGESTED, Metered.UNMETERED, Verdict.PASS),
        (1 | ROAMING, Metered.PROBABLY_METERED, Verdict.WARN),
        (2, Metered.METERED, Verdict.WARN),
        (4, Metered.METERED, Verdict.WARN),
        (2 | OVER_LIMIT, Metered.METERED, Verdict.WARN),
        (2 | NEAR_LIMIT, Metered.METERED, Verdict.WARN),
        (4 | ROAMING, Metered.METERED, Verdict.WARN),
        (ROAMING, Metered.PROBABLY_METERED, Verdict.WARN),
        (0, Unread.MISSING, Verdict.UNKNOWN),
        (None, Unread.MISSING, Verdict.UNKNOWN),
        (CONGESTED, Unread.GARBLED, Verdict.UNKNOWN),
        (1 | 2, Unread.GARBLED, Verdict.UNKNOWN),
        (1 | 4, Unread.GARBLED, Verdict.UNKNOWN),
        (8, Unread.GARBLED, Verdict.UNKNOWN),
        (1 | 0x100000, Unread.GARBLED, Verdict.UNKNOWN),
        (-1, Unread.GARBLED, Verdict.UNKNOWN),
    ],
)
def test_each_cost_has_its_meaning(cost, reason, verdict) -> None:
    finding = found(cost)
    assert (finding.verdict, finding.reason) == (verdict, reason)


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_the_network_list_it_cannot_be_told(why: Unread) -> None:
    finding = metered.run(composed({}, OsFamily.WINDOWS, why), context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


@given(st.integers())
def test_only_the_word_for_unrestricted_is_unmetered(cost: int) -> None:
    if cost_of(cost) is Cost.UNMETERED:
        assert cost in (1, 1 | CONGESTED)
