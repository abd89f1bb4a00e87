"""infection on Windows: what Defender shows of its threats, and to whom."""

from typing import Any

import pytest

from precheck.contract.finding import Finding
from precheck.contract.reasons import Infection as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus import infection
from probes.antivirus.windows_defender import STATUS, THREATS, parse_threats
from tests.machines import composed, context
from tests.probes.security_center import (
    DEFENDER,
    DEFENDER_ROW,
    Answers,
    device,
    listed,
    row,
    status,
    threats,
)


def found(*answers: Answers, **changed: Any) -> Finding:
    machine = device((DEFENDER,), (DEFENDER_ROW,), status(**changed), *answers)
    return infection.run(machine, context())


def test_a_threat_that_is_still_there_fails() -> None:
    finding = found(threats(False, True, True))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Why.ACTIVE_THREAT)
    assert finding.evidence == {"name": "Microsoft Defender", "count": 2}
    assert found(threats(True), AMRunningMode="Passive Mode").reason == Why.ACTIVE_THREAT


def test_an_empty_list_may_be_a_hidden_one() -> None:
    for answer in (threats(), {THREATS: Unread.DENIED}):
        finding = found(answer)
        assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Why.HIDDEN)


def test_a_list_that_shows_only_what_was_dealt_with_is_clean() -> None:
    finding = found(threats(False, False))
    assert (finding.verdict, finding.reason) == (Verdict.PASS, Why.CLEAN)


@pytest.mark.parametrize(
    "changed", [{"AMRunningMode": "Passive Mode"}, {"RealTimeProtectionEnabled": False}]
)
def test_one_that_does_not_guard_calls_nothing_clean(changed: dict[str, Any]) -> None:
    assert found(threats(False), **changed).reason == Why.HIDDEN
    assert found(threats(False), {STATUS: Unread.TIMED_OUT}).reason == Why.HIDDEN


@pytest.mark.parametrize("active", [(None,), ("no", False), (False, 0, "x")])
def test_a_threat_that_does_not_say_is_no_good_news(active: tuple[Any, ...]) -> None:
    finding = found(threats(*active))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.GARBLED)
    assert parse_threats(({},)) is None


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.MISSING, Unread.GARBLED])
def test_a_list_that_could_not_be_read_says_so(why: Unread) -> None:
    finding = found({THREATS: why})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


def test_no_other_product_tells_and_a_defender_that_is_off_is_not_asked() -> None:
    off = listed("Windows Defender", 1, guid=DEFENDER.guid)
    for products in ((listed(),), (off,), (listed(), off)):
        machine = device(products, (row(),), threats(True), status())
        finding = infection.run(machine, context())
        assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Why.NOBODY_TO_ASK)


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.CLOCK])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    machine = composed({}, OsFamily.WINDOWS, why)
    assert infection.run(machine, context()).verdict is Verdict.UNKNOWN
