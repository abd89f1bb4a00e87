"""antivirus: what protects passes, what is known not to fails, and what was unread is neither."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import product as every
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues.antivirus import Edition, Kind
from precheck.contract.reasons import Antivirus as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus.facts import Definitions, Facts, Observed, State, Tier, tier_of
from probes.antivirus.judge import judge
from probes.facts import Known, Unknown
from tests.machines import NOON, context, policy_with

STANDARD = context()
UNREAD = Unknown(Unread.DENIED, "source")


def known(value: Any) -> Known[Any]:
    return Known(value, "source")


def made(days: float, current: bool | None = None) -> Known[Definitions]:
    return known(Definitions(NOON - timedelta(days=days), current))


ON, YES, NO = known(State.ON), known(True), known(False)
STATES = [*(known(state) for state in State), UNREAD]
FLAGS = [YES, NO, UNREAD]
FRESH = [None, made(0), made(3), made(1, True), known(Definitions(current=True))]
AGING = [made(3.01), made(7), made(5, True)]
OLD = [made(7.01), made(400, True), made(0, False), known(Definitions(current=False))]
UNTOLD = [UNREAD, known(Definitions()), made(-2)]
"""The last is dated in the future, so that the clock or the definitions are wrong."""
DEFINITIONS = [*FRESH, *AGING, *OLD, *UNTOLD]
GOOD_TIERS = (Tier.COMMERCIAL, Tier.DEFENDER)


def observed(
    tier: Tier = Tier.COMMERCIAL,
    state: Any = ON,
    real_time: Any = YES,
    definitions: Any = FRESH[1],
    stale: Any = NO,
    name: str = "製品",
) -> Observed:
    return Observed(None, name, tier, state, real_time, definitions, stale)


def verdict_of(
    *products: Observed, unread: bool = False, family: OsFamily = OsFamily.WINDOWS, policy=None
) -> Verdict:
    return found(*products, unread=unread, family=family, policy=policy).verdict


def found(
    *products: Observed, unread: bool = False, family: OsFamily = OsFamily.WINDOWS, policy=None
):
    facts = Facts(family, products, (UNREAD,) if unread else ())
    return judge(facts, STANDARD if policy is None else context(policy=policy))


def is_in_its_time(item: Observed) -> bool:
    """XProtect's data, which Apple renews less often than others theirs."""
    return item.tier is Tier.XPROTECT and item.definitions in [*AGING, OLD[0]]


def the_rule(products: Iterable[Observed], unread: bool) -> Verdict:
    """The standard policy's rule, said again without looking at how it is computed."""
    products = tuple(products)
    guarding = {
        item for item in products if item.state == ON and item.real_time == YES and item.stale == NO
    }
    if any(item.definitions in FRESH and item.tier in GOOD_TIERS for item in guarding):
        return Verdict.PASS
    if any(item.definitions in [*FRESH, *AGING] or is_in_its_time(item) for item in guarding):
        return Verdict.WARN
    off = [known(State.OFF), known(State.SNOOZED), known(State.EXPIRED)]
    beaten = [
        item
        for item in products
        if item.state in off
        or item.real_time == NO
        or (item.definitions in OLD and not is_in_its_time(item))
    ]
    if unread or len(beaten) < len(products):
        return Verdict.UNKNOWN
    return Verdict.FAIL


def test_every_single_product_is_judged_by_the_rule() -> None:
    seen = set()
    for tier, state, real_time, definitions, stale, unread in every(
        Tier, STATES, FLAGS, DEFINITIONS, FLAGS, (False, True)
    ):
        item = observed(tier, state, real_time, definitions, stale)
        verdict = verdict_of(item, unread=unread)
        assert verdict is the_rule([item], unread), (item, unread)
        seen.add(verdict)
    assert seen == {Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN}


def test_the_data_of_xprotect_has_a_limit_of_its_own_which_the_office_sets() -> None:
    for days, reason in ((45, Why.XPROTECT), (45.01, Why.DEFINITIONS_OLD)):
        assert found(observed(Tier.XPROTECT, definitions=made(days))).reason == reason
        assert found(observed(definitions=made(days))).reason == Why.DEFINITIONS_OLD
    shorter = policy_with("antivirus", xprotect_limit=5)
    aged = observed(Tier.XPROTECT, definitions=made(6))
    assert found(aged, policy=shorter).reason == Why.DEFINITIONS_OLD
    assert found(aged).reason == Why.XPROTECT


def test_every_pair_of_products_is_judged_by_the_best() -> None:
    few = [
        observed(tier, state, real_time, definitions)
        for tier, state, real_time, definitions in every(
            (Tier.COMMERCIAL, Tier.FREE),
            (ON, known(State.OFF), UNREAD),
            FLAGS,
            (None, FRESH[1], AGING[0], OLD[0], UNREAD),
        )
    ]
    for pair in every(few, few):
        assert verdict_of(*pair) is the_rule(pair, False), pair


any_product = st.builds(
    observed,
    st.sampled_from(Tier),
    st.sampled_from(STATES),
    st.sampled_from(FLAGS),
    st.sampled_from(DEFINITIONS),
    st.sampled_from(FLAGS),
)


@given(st.lists(any_product, max_size=4), st.booleans())
def test_any_number_of_products_is_judged_by_the_best(
    products: list[Observed], unread: bool
) -> None:
    assert verdict_of(*products, unread=unread) is the_rule(products, unread)


@given(st.lists(any_product, max_size=3), st.booleans(), st.sampled_from(OsFamily))
def test_under_no_policy_does_anything_pass_without_an_active_current_product(
    products: list[Observed], unread: bool, family: OsFamily
) -> None:
    lenient = policy_with(
        "antivirus",
        defender="accept",
        free_edition="accept",
        clamav="accept",
        xprotect="accept",
        unknown_product="accept",
        linux_without="accept",
    )
    passed = verdict_of(*products, unread=unread, family=family, policy=lenient) is Verdict.PASS
    assert passed == any(
        item.state == ON
        and item.real_time == YES
        and item.stale == NO
        and (item.definitions in FRESH or is_in_its_time(item))
        for item in products
    )


@pytest.mark.parametrize(
    ("tier", "option", "reason"),
    [
        (Tier.DEFENDER, "defender", Why.DEFENDER),
        (Tier.FREE, "free_edition", Why.FREE_EDITION),
        (Tier.CLAMAV, "clamav", Why.CLAMAV),
        (Tier.XPROTECT, "xprotect", Why.XPROTECT),
        (Tier.UNKNOWN, "unknown_product", Why.UNKNOWN_PRODUCT),
    ],
)
@pytest.mark.parametrize(
    ("reading", "verdict"),
    [("accept", Verdict.PASS), ("warn", Verdict.WARN), ("reject", Verdict.FAIL)],
)
def test_the_office_decides_what_equals_a_paid_product(
    tier: Tier, option: str, reason: Why, reading: str, verdict: Verdict
) -> None:
    finding = found(observed(tier), policy=policy_with("antivirus", **{option: reading}))
    assert (finding.reason, finding.verdict) == (reason, verdict)


def test_a_refused_product_is_named_as_such_before_anything_is_mended() -> None:
    refusing = policy_with("antivirus", free_edition="reject")
    finding = found(observed(Tier.FREE, state=known(State.OFF)), policy=refusing)
    assert (finding.reason, finding.verdict) == (Why.FREE_EDITION, Verdict.FAIL)


@pytest.mark.parametrize(
    ("kind", "edition", "tier"),
    [
        (Kind.ANTIVIRUS, Edition.PAID, Tier.COMMERCIAL),
        (Kind.EDR, Edition.PAID, Tier.COMMERCIAL),
        (Kind.REBRAND, Edition.BUNDLED, Tier.COMMERCIAL),
        (Kind.ANTIVIRUS, Edition.FREE, Tier.FREE),
        (Kind.ANTIVIRUS, Edition.MIXED, Tier.FREE),
        (Kind.DEFENDER, Edition.BUNDLED, Tier.DEFENDER),
        (Kind.DEFENDER, Edition.PAID, Tier.DEFENDER),
        (Kind.CLAMAV, Edition.FREE, Tier.CLAMAV),
        (Kind.XPROTECT, Edition.BUNDLED, Tier.XPROTECT),
    ],
)
def test_an_edition_that_the_name_does_not_tell_counts_as_free(
    kind: Kind, edition: Edition, tier: Tier
) -> None:
    assert tier_of(kind, edition) is tier


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (observed(), Why.ON_CURRENT),
        (observed(state=known(State.OFF)), Why.OFF),
        (observed(state=known(State.SNOOZED)), Why.SNOOZED),
        (observed(state=known(State.EXPIRED)), Why.EXPIRED),
        (observed(state=known(State.DISPUTED)), Why.DISAGREE),
        (observed(state=UNREAD), Why.STATE_UNKNOWN),
        (observed(real_time=UNREAD), Why.STATE_UNKNOWN),
        (observed(stale=UNREAD), Why.STATE_UNKNOWN),
        (observed(real_time=known(False)), Why.NO_REAL_TIME),
        (observed(stale=known(True)), Why.STALE_ENTRY),
        (observed(definitions=made(5)), Why.DEFINITIONS_AGING),
        (observed(definitions=made(30)), Why.DEFINITIONS_OLD),
        (observed(definitions=UNREAD), Why.DEFINITIONS_UNKNOWN),
        (observed(definitions=known(Definitions())), Why.DEFINITIONS_UNKNOWN),
        (observed(definitions=made(-2)), Unread.CLOCK),
    ],
)
def test_the_reason_says_what_is_the_matter(item: Observed, reason: Why) -> None:
    assert found(item).reason == reason


def test_the_person_is_told_the_product_and_the_age_of_its_definitions() -> None:
    finding = found(observed(name="ESET", definitions=made(9.5)))
    assert finding.evidence == {"name": "ESET", "days": 9}


def test_the_office_sets_how_old_definitions_may_be() -> None:
    patient = policy_with("antivirus", definitions_fresh=10, definitions_limit=30)
    assert verdict_of(observed(definitions=made(10)), policy=patient) is Verdict.PASS
    assert verdict_of(observed(definitions=made(30)), policy=patient) is Verdict.WARN
    assert verdict_of(observed(definitions=made(30.01)), policy=patient) is Verdict.FAIL


def test_a_clock_before_the_catalogues_judges_no_age_but_believes_a_switch() -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    definitions = known(Definitions(early))
    facts = Facts(OsFamily.WINDOWS, (observed(definitions=definitions),))
    assert judge(facts, context(early)).reason == Unread.CLOCK
    off = Facts(OsFamily.WINDOWS, (observed(state=known(State.OFF), definitions=definitions),))
    assert judge(off, context(early)).reason == Why.OFF


def test_defender_off_beside_another_that_protects_is_no_finding() -> None:
    defender = observed(Tier.DEFENDER, state=known(State.OFF), name="Defender")
    other = observed(name="ウイルスバスター")
    for pair in ((defender, other), (other, defender)):
        finding = found(*pair)
        assert (finding.reason, finding.evidence["name"]) == (Why.ON_CURRENT, "ウイルスバスター")


def test_of_products_that_fail_the_nearest_to_protecting_is_named() -> None:
    trial = observed(state=known(State.EXPIRED), name="試用版")
    defender = observed(Tier.DEFENDER, state=known(State.OFF))
    assert found(defender, trial).reason == Why.EXPIRED
    outdated = observed(definitions=made(30), name="古い")
    assert found(trial, outdated).evidence["name"] == "古い"


@pytest.mark.parametrize("family", [OsFamily.WINDOWS, OsFamily.MACOS])
def test_without_any_product_it_fails_whatever_an_office_says_of_linux(family: OsFamily) -> None:
    lenient = policy_with("antivirus", linux_without="accept")
    assert found(family=family, policy=lenient).reason == Why.NONE
    assert verdict_of(family=family, policy=lenient) is Verdict.FAIL


@pytest.mark.parametrize(
    ("reading", "reason", "verdict"),
    [
        ("reject", Why.NONE, Verdict.FAIL),
        ("warn", Why.NONE, Verdict.WARN),
        ("accept", Why.NOT_NEEDED, Verdict.NOT_APPLICABLE),
    ],
)
def test_on_linux_the_office_says_what_being_without_means(
    reading: str, reason: Why, verdict: Verdict
) -> None:
    policy = policy_with("antivirus", linux_without=reading)
    finding = found(family=OsFamily.LINUX, policy=policy)
    assert (finding.reason, finding.verdict) == (reason, verdict)


def test_where_linux_may_do_without_a_product_that_does_not_protect_is_no_worse_than_none() -> None:
    idle = observed(Tier.CLAMAV, real_time=known(False))
    for reading, verdict in (
        ("reject", Verdict.FAIL),
        ("warn", Verdict.WARN),
        ("accept", Verdict.NOT_APPLICABLE),
    ):
        policy = policy_with("antivirus", linux_without=reading)
        assert verdict_of(idle, family=OsFamily.LINUX, policy=policy) is verdict


def test_a_list_that_could_not_be_read_is_not_an_empty_one() -> None:
    finding = found(unread=True, family=OsFamily.LINUX)
    assert (finding.reason, finding.verdict) == (Unread.DENIED, Verdict.UNKNOWN)
    warning = policy_with("antivirus", linux_without="warn")
    assert verdict_of(unread=True, family=OsFamily.LINUX, policy=warning) is Verdict.UNKNOWN
