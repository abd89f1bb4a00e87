"""A finding whose verdict its reason does not carry cannot be built, decoded or sent."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import DECLARED_CHECKS, MEASURED_CHECKS, CheckId
from precheck.contract.finding import (
    NEVER_SENT,
    Finding,
    ReportedFinding,
    ensure_possible,
    finding,
    reported,
    unread,
)
from precheck.contract.reasons import (
    ANSWERABLE_CHECKS,
    OWN_REASONS,
    Antivirus,
    Declared,
    FileSharing,
    Firewall,
    Unread,
    reason_for,
    reasons_of,
)
from precheck.contract.verdict import Verdict

EVERY = [(check, reason) for check in CheckId for reason in reasons_of(check)]


def test_every_reason_carries_its_own_verdicts_and_no_other() -> None:
    for check, reason in EVERY:
        assert reason.verdicts
        for verdict in Verdict:
            if verdict in reason.verdicts:
                assert Finding(check=check, verdict=verdict, reason=reason).verdict is verdict
            else:
                with pytest.raises(ValueError, match=f"{reason.value} can be"):
                    Finding(check=check, verdict=verdict, reason=reason)


def test_a_reason_for_not_knowing_is_never_anything_but_unknown() -> None:
    for check in CheckId:
        for why in Unread:
            assert unread(check, why).verdict is Verdict.UNKNOWN
            assert why.verdicts == {Verdict.UNKNOWN}


def test_no_reason_is_both_unknown_and_something_else() -> None:
    for _, reason in EVERY:
        assert Verdict.UNKNOWN not in reason.verdicts or reason.verdicts == {Verdict.UNKNOWN}


def test_codes_are_told_apart_within_a_check() -> None:
    for check in CheckId:
        codes = [reason.value for reason in reasons_of(check)]
        assert len(set(codes)) == len(codes), check
        for reason in reasons_of(check):
            assert reason_for(check, reason.value) is reason


def test_a_check_gives_its_own_reasons_only() -> None:
    with pytest.raises(ValueError, match="webcam has no reason 'supported'"):
        ensure_possible(CheckId.WEBCAM, Verdict.PASS, "supported")
    with pytest.raises(ValueError, match="firewall has no reason ''"):
        reason_for(CheckId.FIREWALL, "")


def test_only_what_a_person_may_answer_has_answers() -> None:
    for check in CheckId:
        answers = [reason for reason in reasons_of(check) if isinstance(reason, Declared)]
        assert bool(answers) == (check in ANSWERABLE_CHECKS)
    assert DECLARED_CHECKS <= ANSWERABLE_CHECKS
    assert set(MEASURED_CHECKS) | DECLARED_CHECKS == set(CheckId)
    for check in DECLARED_CHECKS:
        assert not list(OWN_REASONS[check])


def test_a_measured_check_has_a_way_to_pass_and_a_way_not_to() -> None:
    for check in MEASURED_CHECKS:
        verdicts = {verdict for reason in OWN_REASONS[check] for verdict in reason.verdicts}
        assert Verdict.PASS in verdicts, check
        assert verdicts & {Verdict.WARN, Verdict.FAIL}, check


def test_a_verdict_may_be_left_out_where_there_is_only_one() -> None:
    assert finding(Firewall.OFF, CheckId.FIREWALL).verdict is Verdict.FAIL
    with pytest.raises(ValueError, match="too many values"):
        finding(Antivirus.DEFENDER, CheckId.ANTIVIRUS)
    given_verdict = finding(Antivirus.DEFENDER, CheckId.ANTIVIRUS, verdict=Verdict.WARN)
    assert given_verdict.verdict is Verdict.WARN


def test_evidence_and_sources_stay_on_the_device() -> None:
    found = finding(
        Firewall.THIRD_PARTY_ON, CheckId.FIREWALL, sources=("registry",), name="Example Firewall"
    )
    assert found.evidence == {"name": "Example Firewall"}
    sent = msgspec.json.encode(reported(found))
    assert sent == b'{"check":"firewall","verdict":"pass","reason":"third_party_on"}'


def test_findings_do_not_share_their_evidence() -> None:
    one, other = unread(CheckId.FIREWALL, Unread.DENIED), unread(CheckId.FIREWALL, Unread.DENIED)
    assert one.evidence is not other.evidence


def test_traces_are_shown_on_the_device_and_never_leave_it() -> None:
    traces = finding(FileSharing.TRACES, CheckId.FILE_SHARING, name="Winny")
    assert traces.verdict is Verdict.WARN
    sent = reported(traces)
    assert (sent.verdict, sent.reason) == (Verdict.PASS, FileSharing.NONE_FOUND)
    with pytest.raises(ValueError, match="never leaves the device"):
        ReportedFinding(check=traces.check, verdict=traces.verdict, reason=traces.reason)
    with pytest.raises(msgspec.ValidationError, match="never leaves the device"):
        msgspec.json.decode(
            b'{"check":"file_sharing","verdict":"warn","reason":"traces"}', type=ReportedFinding
        )


def test_what_is_said_instead_of_what_never_leaves_is_itself_possible_and_may_leave() -> None:
    for check, hidden in NEVER_SENT.items():
        for code, (verdict, instead) in hidden.items():
            assert reason_for(check, code)
            assert ReportedFinding(check=check, verdict=verdict, reason=instead)


@given(st.sampled_from(EVERY), st.data())
def test_outside_the_device_a_finding_says_the_same_unless_it_never_leaves(pair, data) -> None:
    check, reason = pair
    verdict = data.draw(st.sampled_from(sorted(reason.verdicts)))
    sent = reported(Finding(check=check, verdict=verdict, reason=reason.value))
    if reason.value not in NEVER_SENT.get(check, {}):
        assert (sent.check, sent.verdict, sent.reason) == (check, verdict, reason.value)


@given(st.sampled_from(EVERY), st.data())
def test_a_finding_survives_the_way_from_the_worker(pair, data) -> None:
    check, reason = pair
    found = Finding(
        check=check,
        verdict=data.draw(st.sampled_from(sorted(reason.verdicts))),
        reason=reason.value,
        sources=tuple(data.draw(st.lists(st.text(max_size=8), max_size=3))),
        evidence=data.draw(st.dictionaries(st.text(max_size=5), st.text() | st.integers(-99, 99))),
        duration_ms=data.draw(st.none() | st.integers(0, 10_000)),
    )
    assert msgspec.json.decode(msgspec.json.encode(found), type=Finding) == found
