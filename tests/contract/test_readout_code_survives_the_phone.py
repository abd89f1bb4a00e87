"""Twelve or sixteen digits that one person reads aloud and another types in."""

from collections.abc import Mapping
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import DECLARED_CHECKS, CheckId
from precheck.contract.code import check_digit, parse_code
from precheck.contract.declaration import Declaration
from precheck.contract.errors import BadCode
from precheck.contract.finding import ReportedFinding
from precheck.contract.offices import load_office, office_ids
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings, readiness, readiness_from
from precheck.contract.readout import (
    FEWEST_TAGS,
    LENGTHS,
    BadReadout,
    ReadoutProblem,
    carried,
    decode,
    encode,
    format_readout,
    readout_key,
    readout_length,
    readout_tags,
)
from precheck.contract.reasons import ANSWERABLE_CHECKS, Declared, reasons_of
from precheck.contract.verdict import Level, Readiness, Verdict

CODE, OTHER_CODE = "1234567894", "9876543215"
KEY = readout_key(CODE)
DAY = date(2026, 11, 20)


def with_levels(levels: Mapping[CheckId, Level], office: str = "standard") -> Policy:
    policy = load_office(office)
    changed = {
        check.value: msgspec.structs.replace(policy.requirement(check), level=level)
        for check, level in levels.items()
    }
    return msgspec.structs.replace(policy, checks=msgspec.structs.replace(policy.checks, **changed))


ALL_REQUIRED = with_levels(
    {check: Level.REQUIRED for check in CheckId if check not in DECLARED_CHECKS}
)
NOTHING_REQUIRED = with_levels(dict.fromkeys(CheckId, Level.ADVISED))
POLICIES = [*map(load_office, office_ids()), ALL_REQUIRED, NOTHING_REQUIRED]

FINDINGS = st.tuples(
    *(
        st.none()
        | st.sampled_from(
            [
                ReportedFinding(check=check, verdict=verdict, reason=reason.value)
                for reason in reasons_of(check)
                if reason.value != "traces" and not isinstance(reason, Declared)
                for verdict in sorted(reason.verdicts)
            ]
        )
        for check in CheckId
        if check not in DECLARED_CHECKS
    )
).map(lambda items: tuple(item for item in items if item is not None))
ANSWERS = st.tuples(
    *(
        st.none()
        | st.booleans().map(lambda answer, check=check: Declaration(check=check, answer=answer))
        for check in sorted(ANSWERABLE_CHECKS)
    )
).map(lambda items: tuple(item for item in items if item is not None))
SPOKEN = st.builds(
    lambda policy, findings, answers: (policy, encode(policy, findings, answers, KEY)),
    st.sampled_from(POLICIES),
    FINDINGS,
    ANSWERS,
)


def refusal(typed: str, policy: Policy, key: bytes = KEY) -> ReadoutProblem:
    with pytest.raises(BadReadout) as caught:
        decode(typed, policy, key)
    assert len(str(caught.value)) > 10
    return caught.value.kind


def nothing_found(policy: Policy) -> str:
    return encode(policy, (), (), KEY)


@given(st.sampled_from(POLICIES), FINDINGS, ANSWERS)
def test_every_verdict_that_decides_arrives_as_it_was_found_or_answered(
    policy: Policy, findings: tuple[ReportedFinding, ...], answers: tuple[Declaration, ...]
) -> None:
    heard = decode(encode(policy, findings, answers, KEY), policy, KEY)
    said = {item.check: item.verdict for item in effective_findings(policy, findings, answers)}
    assert heard == {check: said[check] for check in carried(policy)}
    assert list(heard) == [check for check in CheckId if check in heard]


@given(st.sampled_from(POLICIES), FINDINGS, ANSWERS)
def test_the_readiness_is_the_reports_or_where_nothing_decisive_is_known_more_careful(
    policy: Policy, findings: tuple[ReportedFinding, ...], answers: tuple[Declaration, ...]
) -> None:
    heard = decode(encode(policy, findings, answers, KEY), policy, KEY)
    found = readiness_from(policy, heard, DAY)
    if all(verdict is Verdict.UNKNOWN for verdict in heard.values()):
        assert found is not Readiness.READY
    else:
        assert found is readiness(policy, findings, answers, DAY)


def test_a_check_that_is_phased_in_later_is_carried_already() -> None:
    policy = load_office("standard")
    later = msgspec.structs.replace(policy.checks.firewall, required_from=date(2027, 1, 1))
    checks = msgspec.structs.replace(policy.checks, firewall=later)
    assert CheckId.FIREWALL in carried(msgspec.structs.replace(policy, checks=checks))


@given(SPOKEN)
def test_one_wrong_digit_is_always_caught(spoken: tuple[Policy, str]) -> None:
    policy, digits = spoken
    for place, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            slipped = digits[:place] + wrong + digits[place + 1 :]
            assert refusal(slipped, policy) is ReadoutProblem.SLIP


@given(SPOKEN)
def test_two_swapped_neighbours_are_always_caught(spoken: tuple[Policy, str]) -> None:
    policy, digits = spoken
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if swapped != digits:
            assert refusal(swapped, policy) is ReadoutProblem.SLIP


@given(SPOKEN)
def test_a_digit_left_out_or_said_twice_is_another_length(spoken: tuple[Policy, str]) -> None:
    policy, digits = spoken
    for place in range(len(digits)):
        assert refusal(digits[:place] + digits[place + 1 :], policy) is ReadoutProblem.LENGTH
        assert refusal(digits[:place] + digits[place : place + 1] + digits[place:], policy) is (
            ReadoutProblem.LENGTH
        )


def accepted(spoken: list[str], policy: Policy, key: bytes) -> int:
    taken = 0
    for digits in spoken:
        try:
            decode(digits, policy, key)
        except BadReadout as error:
            assert error.kind is ReadoutProblem.OTHER
        else:
            taken += 1
    return taken


def keys(count: int) -> list[bytes]:
    bodies = [f"{number:09d}" for number in range(count)]
    return [readout_key(body + check_digit(body)) for body in bodies]


def test_a_code_of_another_appointment_is_refused_but_for_the_stated_chance() -> None:
    policy = load_office("standard")
    assert readout_tags(policy) == 9_042
    spoken = [encode(policy, (), (), key) for key in keys(4_000)]
    # 0.4 are expected; the numbers are fixed, so this never differs from run to run.
    assert accepted(spoken, policy, KEY) <= 3
    assert accepted([encode(policy, (), (), KEY)], policy, KEY) == 1


def test_each_key_gives_another_tag() -> None:
    policy = load_office("standard")
    assert len({encode(policy, (), (), key) for key in keys(2_000)}) > 1_700


@pytest.mark.parametrize(
    "other",
    [
        load_office("kakogawa"),
        msgspec.structs.replace(
            load_office("standard"),
            terms=msgspec.structs.replace(load_office("standard").terms, revision=date(2027, 1, 1)),
        ),
        with_levels({CheckId.MICROPHONE: Level.REQUIRED, CheckId.WEBCAM: Level.ADVISED}),
    ],
    ids=["another policy", "another revision", "other checks under the same revision"],
)
def test_a_code_under_other_terms_is_refused(other: Policy) -> None:
    policy = load_office("standard")
    assert readout_length(other) == readout_length(policy)
    assert refusal(nothing_found(policy), other) is ReadoutProblem.OTHER
    assert refusal(nothing_found(other), policy) is ReadoutProblem.OTHER


@given(SPOKEN)
def test_it_is_never_taken_for_an_appointment_code_nor_the_other_way(
    spoken: tuple[Policy, str],
) -> None:
    policy, digits = spoken
    with pytest.raises(BadCode, match="an appointment code has 10 digits"):
        parse_code(digits)
    assert refusal(CODE, policy) is ReadoutProblem.APPOINTMENT_CODE


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_gets_one_length_and_tags_enough(policy: Policy) -> None:
    assert readout_length(policy) in LENGTHS
    assert readout_tags(policy) >= FEWEST_TAGS
    assert len(nothing_found(policy)) == readout_length(policy)


def test_the_lengths_are_those_that_are_documented() -> None:
    assert readout_length(load_office("standard")) == 12
    assert readout_length(ALL_REQUIRED) == 16
    assert len(carried(ALL_REQUIRED)) == len(CheckId)
    assert readout_tags(ALL_REQUIRED) >= 2**16


@given(SPOKEN, st.data())
def test_it_is_understood_as_people_type_it(
    spoken: tuple[Policy, str], data: st.DataObject
) -> None:
    policy, digits = spoken
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    gaps = st.sampled_from(["", " ", "-", "　", "ー", "－"])
    typed = "".join(
        data.draw(gaps) + (digit.translate(wide) if data.draw(st.booleans()) else digit)
        for digit in digits
    )
    assert decode(typed, policy, KEY) == decode(digits, policy, KEY)


@given(SPOKEN)
def test_it_is_read_aloud_in_fours(spoken: tuple[Policy, str]) -> None:
    policy, digits = spoken
    groups = format_readout(digits).split(" ")
    assert {len(group) for group in groups} == {4}
    assert decode(format_readout(digits), policy, KEY) == decode(digits, policy, KEY)


@given(st.text(max_size=30) | st.text("0123456789 -", max_size=30))
def test_whatever_is_typed_is_verdicts_or_one_sentence_that_does_not_repeat_it(typed: str) -> None:
    policy = load_office("standard")
    try:
        heard = decode(typed, policy, KEY)
    except BadReadout as error:
        assert str(error)
        assert error.__cause__ is None
    else:
        assert tuple(heard) == carried(policy)


@pytest.mark.parametrize("typed", ["12345678901O", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫", "1234567890.12"])
def test_other_characters_are_refused(typed: str) -> None:
    assert refusal(typed, load_office("standard")) is ReadoutProblem.NOT_DIGITS


def test_nothing_is_another_length() -> None:
    assert refusal("　", load_office("standard")) is ReadoutProblem.LENGTH


def test_the_key_is_the_codes_own_and_needs_a_code() -> None:
    assert len(KEY) == 32
    assert readout_key("１２３ 456-7894") == KEY
    assert readout_key(OTHER_CODE) != KEY
    with pytest.raises(BadCode):
        readout_key("1234567890")


def test_the_digits_of_a_known_result_stay_what_they_are() -> None:
    """Agents that are installed already say them so, and endpoints understand no other."""
    policy = load_office("kakogawa")
    fine = (ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.PASS, reason="on"),)
    assert encode(policy, fine, (), KEY) == "403766320588"
