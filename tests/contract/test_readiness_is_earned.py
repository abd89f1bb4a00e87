"""From findings to one answer: silence is not a pass, and no fail is outvoted."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.declaration import Declaration
from precheck.contract.finding import ReportedFinding
from precheck.contract.offices import load_office, office_ids
from precheck.contract.policy import Acceptance, Checks, Policy
from precheck.contract.readiness import effective_findings, is_required, readiness
from precheck.contract.reasons import (
    ANSWERABLE_CHECKS,
    Antivirus,
    FileSharing,
    Firewall,
    Infection,
    OpenServices,
    OsSupport,
    Unread,
)
from precheck.contract.verdict import Level, Readiness, Verdict
from tests.contract.reports import POSSIBLE, declarations, findings
from tests.machines import policy_with

TODAY = date(2026, 11, 20)
STANDARD = load_office("standard")
AGREED = (
    Declaration(check=CheckId.PRIVATE_ROOM, answer=True),
    Declaration(check=CheckId.TERMS_CONSENT, answer=True),
)
ORDER = (Readiness.READY, Readiness.ATTENTION, Readiness.NOT_READY)


def one(check: CheckId, verdict: Verdict) -> ReportedFinding | None:
    return next((item for item in POSSIBLE[check] if item.verdict is verdict), None)


GOOD = {check: one(check, Verdict.PASS) for check in MEASURED_CHECKS}
"""A device on which everything is as the terms want it."""


def ready(
    policy: Policy = STANDARD,
    *,
    answers: tuple[Declaration, ...] = AGREED,
    today: date = TODAY,
    **changed: ReportedFinding | None,
) -> Readiness:
    """The readiness of the good device with some findings changed; None takes one away."""
    found = {**GOOD, **{CheckId(check): item for check, item in changed.items()}}
    return readiness(policy, [item for item in found.values() if item], answers, today)


def test_a_device_on_which_everything_is_right_is_ready_everywhere() -> None:
    for office in office_ids():
        assert ready(load_office(office)) is Readiness.READY


NO, LOOK, YES = Readiness.NOT_READY, Readiness.ATTENTION, Readiness.READY


@pytest.mark.parametrize(
    ("attention", "passed", "warned", "failed", "unknown"),
    [
        ((), YES, YES, NO, YES),
        (("unknown",), YES, YES, NO, LOOK),
        (("warn",), YES, LOOK, NO, YES),
        (("unknown", "warn"), YES, LOOK, NO, LOOK),
    ],
)
def test_a_required_check_decides_by_its_verdict_and_by_what_the_office_wants_to_see(
    attention, passed, warned, failed, unknown
) -> None:
    policy = policy_with("antivirus", level="required", attention=attention)
    check = CheckId.ANTIVIRUS
    assert ready(policy, antivirus=one(check, Verdict.PASS)) is passed
    assert ready(policy, antivirus=one(check, Verdict.WARN)) is warned
    assert ready(policy, antivirus=one(check, Verdict.FAIL)) is failed
    assert ready(policy, antivirus=one(check, Verdict.UNKNOWN)) is unknown
    assert ready(policy, antivirus=None) is unknown


@pytest.mark.parametrize("level", ["advised", "off"])
@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN])
def test_an_advised_check_and_one_that_is_off_decide_nothing(level, verdict) -> None:
    policy = policy_with("antivirus", level=level, attention=["unknown", "warn"])
    assert ready(policy, antivirus=one(CheckId.ANTIVIRUS, verdict)) is Readiness.READY
    assert ready(policy, antivirus=None) is Readiness.READY


@pytest.mark.parametrize(
    ("attention", "said_yes", "said_no", "said_nothing"),
    [(("unknown",), YES, YES, LOOK), (("unknown", "warn"), YES, LOOK, LOOK)],
)
def test_a_declared_check_decides_by_its_answer(attention, said_yes, said_no, said_nothing) -> None:
    policy = policy_with("private_room", attention=attention)

    def answered(*answers: bool) -> Readiness:
        room = tuple(Declaration(check=CheckId.PRIVATE_ROOM, answer=said) for said in answers)
        return ready(policy, answers=(*room, AGREED[1]))

    assert (answered(True), answered(False), answered()) == (said_yes, said_no, said_nothing)


@pytest.mark.parametrize("office", office_ids())
def test_silence_is_not_a_pass(office: str) -> None:
    policy = load_office(office)
    assert readiness(policy, [], [], TODAY) is Readiness.ATTENTION
    assert readiness(policy, [], AGREED, TODAY) is Readiness.ATTENTION
    assert ready(policy, answers=()) is Readiness.ATTENTION
    for item in effective_findings(policy, [], []):
        assert item.verdict is Verdict.UNKNOWN


def test_a_device_of_which_nothing_is_known_is_not_ready_even_where_nothing_is_asked() -> None:
    off = {
        field: msgspec.structs.replace(getattr(STANDARD.checks, field), level=Level.OFF)
        for field in Checks.__struct_fields__
    }
    nothing = msgspec.structs.replace(STANDARD, checks=Checks(**off))
    assert readiness(nothing, [], [], TODAY) is Readiness.ATTENTION
    advised = {
        field: msgspec.structs.replace(requirement, level=Level.ADVISED)
        for field, requirement in off.items()
    }
    lenient = msgspec.structs.replace(STANDARD, checks=Checks(**advised))
    unread = [one(check, Verdict.UNKNOWN) for check in MEASURED_CHECKS]
    assert readiness(lenient, unread, [], TODAY) is Readiness.ATTENTION
    assert readiness(lenient, GOOD.values(), [], TODAY) is Readiness.READY


@pytest.mark.parametrize("office", office_ids())
@pytest.mark.parametrize("check", [check for check in GOOD if one(check, Verdict.FAIL)])
def test_one_fail_of_a_required_check_is_enough(office: str, check: CheckId) -> None:
    policy, failed = load_office(office), one(check, Verdict.FAIL)
    expected = Readiness.NOT_READY if is_required(policy, check, TODAY) else Readiness.READY
    assert ready(policy, **{check: failed}) is expected


@pytest.mark.parametrize("office", office_ids())
@pytest.mark.parametrize("check", MEASURED_CHECKS)
def test_an_unknown_or_missing_required_check_needs_a_look(office: str, check: CheckId) -> None:
    policy = load_office(office)
    looked_at = is_required(policy, check, TODAY) and (
        Verdict.UNKNOWN in policy.requirement(check).attention
    )
    expected = Readiness.ATTENTION if looked_at else Readiness.READY
    assert ready(policy, **{check: one(check, Verdict.UNKNOWN)}) is expected
    assert ready(policy, **{check: None}) is expected


def test_where_nobody_could_say_whether_there_is_an_infection_nobody_is_held_up() -> None:
    for why in (Infection.HIDDEN, Infection.NOBODY_TO_ASK, Unread.DENIED):
        unknown = ReportedFinding(
            check=CheckId.INFECTION, verdict=Verdict.UNKNOWN, reason=why.value
        )
        assert ready(infection=unknown) is Readiness.READY
    assert ready(infection=one(CheckId.INFECTION, Verdict.FAIL)) is Readiness.NOT_READY


def test_no_quiet_room_yet_needs_a_look_and_no_consent_is_a_stop() -> None:
    no_room = (Declaration(check=CheckId.PRIVATE_ROOM, answer=False), AGREED[1])
    no_consent = (AGREED[0], Declaration(check=CheckId.TERMS_CONSENT, answer=False))
    assert ready(answers=no_room) is Readiness.ATTENTION
    assert ready(answers=no_consent) is Readiness.NOT_READY


def test_a_rule_is_phased_in_by_the_day() -> None:
    nudge, required = date(2026, 10, 1), date(2027, 1, 1)
    policy = policy_with("firewall", nudge_from=nudge, required_from=required)
    off = one(CheckId.FIREWALL, Verdict.FAIL)
    day = timedelta(days=1)
    firewall = policy.checks.firewall
    assert firewall.level_on(nudge - day) is Level.OFF
    assert firewall.level_on(nudge) is Level.ADVISED
    assert firewall.level_on(required - day) is Level.ADVISED
    assert firewall.level_on(required) is Level.REQUIRED
    assert ready(policy, firewall=off, today=required - day) is Readiness.READY
    assert ready(policy, firewall=off, today=required) is Readiness.NOT_READY
    assert ready(policy, firewall=None, today=required) is Readiness.ATTENTION
    assert not is_required(policy, CheckId.FIREWALL, required - day)
    assert is_required(policy, CheckId.FIREWALL, required)


def test_a_check_that_is_off_stays_off_and_has_no_finding() -> None:
    policy = policy_with("firewall", level="off", nudge_from="2026-01-01")
    assert policy.checks.firewall.level_on(date(2030, 1, 1)) is Level.OFF
    assert ready(policy, firewall=one(CheckId.FIREWALL, Verdict.FAIL)) is Readiness.READY
    checked = [item.check for item in effective_findings(policy, GOOD.values(), AGREED)]
    assert checked == [check for check in CheckId if check is not CheckId.FIREWALL]


ANTIVIRUS_READ = ("defender", "free_edition", "clamav", "xprotect", "unknown_product")
READ = [
    *(("antivirus", option, option) for option in ANTIVIRUS_READ),
    ("os_support", "extended_support", OsSupport.EXTENDED),
    ("file_sharing", "bittorrent", FileSharing.RUNNING),
    ("file_sharing", "bittorrent", FileSharing.INSTALLED),
]


@pytest.mark.parametrize("reading", Acceptance)
@pytest.mark.parametrize("reported", [Verdict.PASS, Verdict.WARN, Verdict.FAIL])
@pytest.mark.parametrize(("check", "option", "reason"), READ)
def test_no_finding_is_better_than_the_office_reads_it_today(
    check: str, option: str, reason: str, reported: Verdict, reading: Acceptance
) -> None:
    """The office may have become stricter after the device was checked."""
    policy = policy_with(check, **{option: reading})
    item = ReportedFinding(check=CheckId(check), verdict=reported, reason=reason)
    effective = {item.check: item for item in effective_findings(policy, [item], [])}
    order = (Verdict.PASS, Verdict.WARN, Verdict.FAIL)
    worse = max(reported, reading.verdict, key=order.index)
    assert effective[CheckId(check)].verdict is worse
    assert effective[CheckId(check)].reason == reason


def test_needing_no_antivirus_counts_only_where_the_office_says_so() -> None:
    not_needed = ReportedFinding(
        check=CheckId.ANTIVIRUS, verdict=Verdict.NOT_APPLICABLE, reason=Antivirus.NOT_NEEDED
    )
    accepts, warns = (policy_with("antivirus", linux_without=word) for word in ("accept", "warn"))
    assert ready(accepts, antivirus=not_needed) is Readiness.READY
    assert ready(STANDARD, antivirus=not_needed) is Readiness.NOT_READY
    found = {item.check: item for item in effective_findings(warns, [not_needed], [])}
    assert found[CheckId.ANTIVIRUS].verdict is Verdict.WARN
    assert found[CheckId.ANTIVIRUS].reason == Antivirus.NONE


def test_of_two_findings_for_a_check_the_later_counts_as_after_a_fix() -> None:
    off = ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.FAIL, reason=Firewall.OFF)
    on = ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.PASS, reason=Firewall.ON)
    fixed = effective_findings(STANDARD, [off, on], [])
    broken = effective_findings(STANDARD, [on, off], [])
    assert {item.reason for item in fixed if item.check is CheckId.FIREWALL} == {Firewall.ON}
    assert {item.reason for item in broken if item.check is CheckId.FIREWALL} == {Firewall.OFF}


def test_the_order_of_what_was_found_does_not_matter() -> None:
    forwards = effective_findings(STANDARD, list(GOOD.values()), AGREED)
    backwards = effective_findings(STANDARD, list(GOOD.values())[::-1], AGREED[::-1])
    assert forwards == backwards
    assert [item.check for item in forwards] == list(CheckId)


OFFICES = st.sampled_from([load_office(office) for office in office_ids()])


@given(OFFICES, findings(), declarations(), st.data())
def test_whatever_else_is_found_a_required_fail_is_never_outvoted(
    policy, found, answers, data
) -> None:
    can_fail = [
        item
        for check in MEASURED_CHECKS
        for item in POSSIBLE[check]
        if item.verdict is Verdict.FAIL and is_required(policy, check, TODAY)
    ]
    failed = data.draw(st.sampled_from(can_fail))
    rest = [item for item in found if item.check is not failed.check]
    assert readiness(policy, [*rest, failed], answers, TODAY) is Readiness.NOT_READY


@given(OFFICES, findings(), declarations(), st.data())
def test_whatever_else_is_found_a_required_unknown_is_never_ready(
    policy, found, answers, data
) -> None:
    check = data.draw(
        st.sampled_from(
            [
                check
                for check in MEASURED_CHECKS
                if is_required(policy, check, TODAY)
                and Verdict.UNKNOWN in policy.requirement(check).attention
                and check not in ANSWERABLE_CHECKS
            ]
        )
    )
    why = data.draw(
        st.sampled_from([item for item in POSSIBLE[check] if item.verdict is Verdict.UNKNOWN])
    )
    rest = [item for item in found if item.check is not check]
    for unknown in ([why], []):
        assert readiness(policy, [*rest, *unknown], answers, TODAY) is not Readiness.READY


@given(OFFICES, findings(), declarations())
def test_ready_means_that_each_required_check_gave_a_reason_to_say_so(
    policy, found, answers
) -> None:
    if readiness(policy, found, answers, TODAY) is not Readiness.READY:
        return
    for item in effective_findings(policy, found, answers):
        if is_required(policy, item.check, TODAY):
            allowed = {Verdict.PASS, Verdict.WARN, Verdict.DECLARED, Verdict.NOT_APPLICABLE}
            lenient = Verdict.UNKNOWN not in policy.requirement(item.check).attention
            assert item.verdict in allowed or (lenient and item.verdict is Verdict.UNKNOWN)


def test_what_is_advised_never_decides() -> None:
    reachable = ReportedFinding(
        check=CheckId.OPEN_SERVICES, verdict=Verdict.WARN, reason=OpenServices.REACHABLE
    )
    assert ready(open_services=reachable, microphone=None, browser=None) is Readiness.READY
