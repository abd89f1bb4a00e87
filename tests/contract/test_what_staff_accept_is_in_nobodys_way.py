"""Readiness where staff have accepted what some checks found."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.readiness import is_required, readiness_from
from precheck.contract.verdict import Readiness, Verdict

DAY = date(2026, 11, 24)
POLICY = load_office("standard")
FINE = {check: Verdict.PASS for check, _ in POLICY.asked()}
ORDER = (Readiness.READY, Readiness.ATTENTION, Readiness.NOT_READY)
CHECKS = st.sets(st.sampled_from(sorted(FINE)))
FOUND = st.fixed_dictionaries(
    dict.fromkeys(FINE, st.sampled_from([Verdict.PASS, Verdict.WARN, Verdict.FAIL]))
)


def test_a_check_that_is_accepted_is_in_the_way_no_more_and_another_is() -> None:
    found = {**FINE, CheckId.FIREWALL: Verdict.FAIL, CheckId.WEBCAM: Verdict.FAIL}
    assert readiness_from(POLICY, found, DAY) is Readiness.NOT_READY
    assert readiness_from(POLICY, found, DAY, {CheckId.FIREWALL}) is Readiness.NOT_READY
    both = {CheckId.FIREWALL, CheckId.WEBCAM}
    assert readiness_from(POLICY, found, DAY, both) is Readiness.READY


def test_what_could_not_be_told_is_accepted_alike() -> None:
    found = {**FINE, CheckId.FIREWALL: Verdict.UNKNOWN}
    assert readiness_from(POLICY, found, DAY) is Readiness.ATTENTION
    assert readiness_from(POLICY, found, DAY, {CheckId.FIREWALL}) is Readiness.READY


def test_a_device_of_which_nothing_is_known_is_not_ready_however_much_is_accepted() -> None:
    nothing = dict.fromkeys(FINE, Verdict.UNKNOWN)
    assert readiness_from(POLICY, nothing, DAY, set(FINE)) is Readiness.ATTENTION


@given(FOUND, CHECKS)
def test_what_is_accepted_never_makes_it_worse_and_leaves_all_else_as_it_is(
    found: dict[CheckId, Verdict], accepted: set[CheckId]
) -> None:
    before, after = (readiness_from(POLICY, found, DAY, waived) for waived in ((), accepted))
    assert ORDER.index(after) <= ORDER.index(before)
    fails = {check for check in found if found[check] is Verdict.FAIL}
    required = {check for check in fails if is_required(POLICY, check, DAY)}
    assert (after is Readiness.NOT_READY) == bool(required - accepted)
