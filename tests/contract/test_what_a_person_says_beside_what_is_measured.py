"""An answer fills what nobody can measure; it never makes a measurement better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.declaration import Declaration, is_answer, needs_answer, with_answer
from precheck.contract.finding import ReportedFinding
from precheck.contract.reasons import (
    ANSWERABLE_CHECKS,
    Declared,
    NetworkTrust,
    Reason,
    Unread,
)
from precheck.contract.verdict import Verdict
from tests.contract.reports import POSSIBLE

NETWORK = CheckId.NETWORK_TRUST
FROM_GOOD_TO_BAD = (Verdict.PASS, Verdict.DECLARED, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL)


def measured(reason: Reason, check: CheckId = NETWORK) -> ReportedFinding:
    (verdict,) = reason.verdicts
    return ReportedFinding(check=check, verdict=verdict, reason=reason.value)


def said(answer: bool | None, check: CheckId = NETWORK) -> Declaration | None:
    return None if answer is None else Declaration(check=check, answer=answer)


def counts(reason: Reason | None, answer: bool | None, check: CheckId = NETWORK) -> tuple:
    found = with_answer(check, measured(reason, check) if reason else None, said(answer, check))
    assert found.check is check
    return found.verdict, found.reason


@pytest.mark.parametrize("check", [check for check in CheckId if check not in ANSWERABLE_CHECKS])
def test_nobody_can_answer_for_what_is_measured(check: CheckId) -> None:
    with pytest.raises(ValueError, match="nobody can answer for it"):
        Declaration(check=check, answer=True)
    assert not needs_answer(check, None)
    assert not needs_answer(check, measured(Unread.DENIED, check))


YES, NO, OPEN = True, False, None


@pytest.mark.parametrize(
    ("check", "answer", "verdict", "reason"),
    [
        (CheckId.PRIVATE_ROOM, YES, Verdict.DECLARED, Declared.YES),
        (CheckId.PRIVATE_ROOM, NO, Verdict.WARN, Declared.NO),
        (CheckId.PRIVATE_ROOM, OPEN, Verdict.UNKNOWN, Unread.NOT_ANSWERED),
        (CheckId.TERMS_CONSENT, YES, Verdict.DECLARED, Declared.YES),
        (CheckId.TERMS_CONSENT, NO, Verdict.FAIL, Declared.NO),
        (CheckId.TERMS_CONSENT, OPEN, Verdict.UNKNOWN, Unread.NOT_ANSWERED),
        (NETWORK, YES, Verdict.DECLARED, Declared.YES),
        (NETWORK, NO, Verdict.FAIL, Declared.NO),
        (NETWORK, OPEN, Verdict.UNKNOWN, Unread.NOT_ANSWERED),
    ],
)
def test_where_nothing_was_measured_the_answer_counts(check, answer, verdict, reason) -> None:
    assert counts(None, answer, check) == (verdict, reason)


@pytest.mark.parametrize(
    ("reason", "yes", "no"),
    [
        # A measured pass or fail stands, whatever anybody says.
        (NetworkTrust.WPA_PERSONAL, Verdict.PASS, Verdict.PASS),
        (NetworkTrust.WIRED, Verdict.PASS, Verdict.PASS),
        (NetworkTrust.OPEN, Verdict.FAIL, Verdict.FAIL),
        (NetworkTrust.WEP, Verdict.FAIL, Verdict.FAIL),
        # What looked like a public network is a warning, until the person says that it is one.
        (NetworkTrust.PUBLIC_NAME, Verdict.WARN, Verdict.FAIL),
        (NetworkTrust.SHARED_KEY, Verdict.WARN, Verdict.FAIL),
        (NetworkTrust.ENDED_NAME, Verdict.WARN, Verdict.FAIL),
        (NetworkTrust.OWE, Verdict.WARN, Verdict.FAIL),
        # The way it is encrypted is nothing that a person is asked about.
        (NetworkTrust.WEAK_WPA, Verdict.WARN, Verdict.WARN),
        # What could not be read is for the person to say.
        (NetworkTrust.MEDIUM_UNKNOWN, Verdict.DECLARED, Verdict.FAIL),
        (Unread.DENIED, Verdict.DECLARED, Verdict.FAIL),
        (Unread.TIMED_OUT, Verdict.DECLARED, Verdict.FAIL),
        # A network that is not there is nobody's own.
        (NetworkTrust.NOT_CONNECTED, Verdict.UNKNOWN, Verdict.UNKNOWN),
        (Unread.CLOCK, Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_the_answer_about_the_network_beside_what_was_measured(reason, yes, no) -> None:
    assert counts(reason, YES)[0] is yes
    assert counts(reason, NO)[0] is no
    assert counts(reason, OPEN) == (measured(reason).verdict, reason.value)


def test_an_answer_counts_exactly_where_it_is_asked_for() -> None:
    for check in ANSWERABLE_CHECKS:
        for item in POSSIBLE[check]:
            changes = any(
                with_answer(check, item, said(answer, check)) != item for answer in (YES, NO)
            )
            assert changes == needs_answer(check, item), item


@given(st.sampled_from(sorted(ANSWERABLE_CHECKS)), st.data())
def test_an_answer_never_improves_a_fail_and_a_no_improves_nothing(check, data) -> None:
    item = data.draw(st.sampled_from(POSSIBLE[check]))
    rank = FROM_GOOD_TO_BAD.index
    no = with_answer(check, item, said(NO, check))
    yes = with_answer(check, item, said(YES, check))
    assert rank(yes.verdict) <= rank(no.verdict) or no.verdict is Verdict.WARN
    if item.verdict in (Verdict.PASS, Verdict.FAIL):
        assert yes == no == item
    if item.verdict is Verdict.WARN:
        assert rank(yes.verdict) >= rank(item.verdict)
        assert rank(no.verdict) >= rank(item.verdict)
    assert no.verdict not in (Verdict.PASS, Verdict.DECLARED) or item.verdict is Verdict.PASS


def test_knowing_more_never_makes_the_same_no_better() -> None:
    unreadable, known_by_name = counts(Unread.DENIED, NO), counts(NetworkTrust.PUBLIC_NAME, NO)
    assert unreadable == known_by_name == (Verdict.FAIL, Declared.NO)


@pytest.mark.parametrize("check", sorted(ANSWERABLE_CHECKS))
def test_an_answer_that_poses_as_a_measurement_counts_for_nothing(check: CheckId) -> None:
    posing = ReportedFinding(check=check, verdict=Verdict.DECLARED, reason=Declared.YES)
    assert is_answer(posing)
    assert with_answer(check, posing, None).reason == Unread.NOT_ANSWERED
    assert with_answer(check, posing, said(NO, check)).reason == Declared.NO


def test_a_check_that_nobody_ran_says_so() -> None:
    assert with_answer(CheckId.FIREWALL, None, None).reason == Unread.NOT_RUN
    assert with_answer(CheckId.FIREWALL, None, None).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        (None, True),
        (NetworkTrust.MEDIUM_UNKNOWN, True),
        (NetworkTrust.PUBLIC_NAME, True),
        (Unread.UNSUPPORTED, True),
        (NetworkTrust.NOT_CONNECTED, False),
        (NetworkTrust.WEAK_WPA, False),
        (NetworkTrust.MOBILE, False),
        (NetworkTrust.OPEN, False),
    ],
)
def test_the_person_is_asked_only_what_the_measurement_leaves_open(reason, asked) -> None:
    assert needs_answer(NETWORK, measured(reason) if reason else None) is asked
