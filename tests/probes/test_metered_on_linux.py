"""metered on Linux: NetworkManager's own word, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Metered, Unread
from precheck.contract.verdict import Verdict
from probes.network import metered
from probes.system.questions import DBusGet
from tests.machines import composed, context

NM = "org.freedesktop.NetworkManager"
METERED = DBusGet(NM, "/org/freedesktop/NetworkManager", NM, "Metered")


def found(value: object):
    return metered.run(composed({METERED: value}), context())


@pytest.mark.parametrize(
    ("number", "reason", "verdict"),
    [
        (1, Metered.METERED, Verdict.WARN),
        (2, Metered.UNMETERED, Verdict.PASS),
        (3, Metered.PROBABLY_METERED, Verdict.WARN),
        (4, Metered.UNMETERED, Verdict.PASS),
        (0, Unread.MISSING, Verdict.UNKNOWN),
        (5, Unread.MISSING, Verdict.UNKNOWN),
    ],
)
def test_each_answer_of_networkmanager_has_its_meaning(number, reason, verdict) -> None:
    finding = found(number)
    assert (finding.verdict, finding.reason) == (verdict, reason)


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_networkmanager_it_cannot_be_told(why: Unread) -> None:
    finding = found(why)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


@given(st.none() | st.booleans() | st.text() | st.lists(st.integers()) | st.integers(max_value=-1))
def test_garbage_for_the_number_is_unknown(value: object) -> None:
    assert found(value).reason == Unread.GARBLED
