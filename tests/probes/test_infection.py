"""infection: a known threat fails, a product's own word is called clean, silence is neither."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Infection as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import Verdict
from probes.antivirus import infection
from probes.antivirus.mdatp import LINUX, health_of, threats_of
from probes.antivirus.threats import Asked, Facts, Says, judge
from probes.facts import Known, Unknown
from probes.system.questions import Completed, ListProcesses, Process
from tests.machines import composed, context

GUARDING = {
    "licensed": True,
    "realTimeProtectionEnabled": True,
    "realTimeProtectionAvailable": True,
    "passiveModeEnabled": False,
}


def printed(answer: Any, returncode: int = 0) -> Completed:
    return Completed(returncode, json.dumps(answer).encode(), b"")


def listing(*statuses: str) -> Completed:
    threats = [{"history": [{"key": "1", "value": status}]} for status in statuses]
    return printed({"threats": {"scans": [{"threats": threats}]}})


def found(threats: Any, health: Any = None):
    answers = {threats_of(LINUX): threats, health_of(LINUX): printed(health or GUARDING)}
    return infection.run(composed(answers), context())


def test_a_threat_that_is_still_there_fails() -> None:
    finding = found(listing("quarantined", "active", "restored"))
    assert (finding.reason, finding.verdict) == (Why.ACTIVE_THREAT, Verdict.FAIL)
    assert finding.evidence["count"] == 2


def test_a_guarding_product_that_has_dealt_with_all_it_found_says_clean() -> None:
    finding = found(listing("quarantined", "removed"))
    assert (finding.reason, finding.verdict) == (Why.CLEAN, Verdict.PASS)


@pytest.mark.parametrize(
    "changed",
    [
        {"realTimeProtectionEnabled": False},
        {"passiveModeEnabled": True},
        {"licensed": False},
        {"licensed": None},
        {"realTimeProtectionEnabled": None},
    ],
)
def test_a_product_that_does_not_guard_is_no_witness(changed: dict[str, Any]) -> None:
    assert found(listing("removed"), {**GUARDING, **changed}).reason == Why.HIDDEN


@pytest.mark.parametrize("scans", [[], [{"threats": []}]])
def test_an_empty_list_may_be_hidden_as_well_as_empty(scans: list[Any]) -> None:
    finding = found(printed({"threats": {"scans": scans}}))
    assert (finding.reason, finding.verdict) == (Why.HIDDEN, Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Unread.DENIED, Why.HIDDEN),
        (Unread.TIMED_OUT, Unread.TIMED_OUT),
        (Completed(1, b"", b"Operation not permitted"), Unread.GARBLED),
        (Completed(0, b"No threats", b""), Unread.GARBLED),
        (listing("another word"), Unread.GARBLED),
    ],
)
def test_an_answer_that_could_not_be_read_is_not_clean(answer: Any, reason: Why) -> None:
    finding = found(answer)
    assert (finding.reason, finding.verdict) == (reason, Verdict.UNKNOWN)


def test_where_no_product_keeps_a_list_there_is_nobody_to_ask() -> None:
    clamav = composed({ListProcesses(): (Process("clamd"), Process("clamonacc"))})
    finding = infection.run(clamav, context())
    assert (finding.reason, finding.verdict) == (Why.NOBODY_TO_ASK, Verdict.UNKNOWN)


def test_by_the_standard_policy_silence_keeps_nobody_from_a_session() -> None:
    assert Verdict.UNKNOWN not in context().policy.requirement(infection.id).attention


answers = st.sampled_from(
    [*(Known(says, "source") for says in Says), *(Unknown(why, "source") for why in Unread)]
)


@given(st.lists(st.builds(Asked, st.just("製品"), answers, st.just(1)), max_size=4))
def test_a_threat_outweighs_a_clean_word_and_that_outweighs_silence(asked: list[Asked]) -> None:
    said = [item.answer for item in asked]
    verdict = judge(Facts(tuple(asked)), context()).verdict
    if Known(Says.ACTIVE, "source") in said:
        assert verdict is Verdict.FAIL
    elif Known(Says.CLEAN, "source") in said:
        assert verdict is Verdict.PASS
    else:
        assert verdict is Verdict.UNKNOWN
