"""firewall on Windows: every network in use, policies, the service, and other makers' firewalls.

All machines are composed; POLICY_WINS is the case that Microsoft's remark on
INetFwPolicy2::get_FirewallEnabled warns of.
"""

from itertools import chain, combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import Firewall, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.firewall import firewall
from probes.firewall.windows import LOCAL, parse_settings
from probes.system.windows_questions import (
    ConnectedNetwork,
    FirewallPolicy,
    FirewallProfile,
    ListFirewallProducts,
    ListSecurityProducts,
    Networks,
    ReadFirewallPolicy,
    ReadNetworks,
    ReadRegistry,
    ReadService,
    RegistryValue,
)
from tests.machines import composed, context
from tests.probes.firewall import windows as machine
from tests.probes.firewall.windows import (
    DOMAIN,
    ESET,
    ESET_OFF,
    ESET_ON,
    KEYS,
    MANAGEMENT,
    OWN_ROW,
    PRIVATE,
    PUBLIC,
    RUNNING,
    STOPPED,
    interface,
    key,
    local_key,
    policy_key,
    wall,
)


def found(answers: Any, otherwise: Unread = Unread.MISSING) -> Finding:
    return firewall.run(composed(answers, OsFamily.WINDOWS, otherwise), context())


def subsets(bits: Any) -> Any:
    return chain.from_iterable(combinations(bits, count) for count in range(len(bits) + 1))


@pytest.mark.parametrize("on", list(subsets(KEYS)))
@pytest.mark.parametrize("current", range(1, 8))
def test_it_has_to_be_on_for_every_network_in_use_and_for_no_other(current, on) -> None:
    for service, policy, (registered, listed) in product(
        (STOPPED, RUNNING), (None, 0, 1), (((), (OWN_ROW,)), (ESET, ESET_ON))
    ):
        answers = (
            {policy_key("PublicProfile"): key(EnableFirewall=policy)} if policy in (0, 1) else {}
        )
        finding = found(wall(current, on, (), (), service, registered, listed, answers=answers))
        effective = {bit: bit in on for bit in KEYS}
        if policy is not None:
            effective[PUBLIC] = bool(policy)
        guarded = [effective[bit] and service == RUNNING for bit in KEYS if current & bit]
        if registered:
            expected = Firewall.THIRD_PARTY_ON
        elif all(guarded):
            expected = Firewall.ON
        else:
            expected = Firewall.PARTLY_OFF if any(guarded) else Firewall.OFF
        assert finding.reason == expected, (service, policy, registered)


POLICY_WINS = wall(answers={policy_key("PublicProfile"): key(EnableFirewall=0)})


def test_a_policy_that_turns_it_off_wins_over_what_is_set_on_the_machine() -> None:
    assert found(wall()).reason == Firewall.ON
    assert found(POLICY_WINS).reason == Firewall.OFF


@pytest.mark.parametrize("name", ["PrivateProfile", "StandardProfile"])
@pytest.mark.parametrize("store", (machine.GROUP_POLICY, MANAGEMENT))
def test_the_private_profiles_policy_has_two_names_and_two_stores(name: str, store: str) -> None:
    off = {policy_key(name, store): key(EnableFirewall=0)}
    assert found(wall(PRIVATE, answers=off)).reason == Firewall.OFF
    assert found(wall(PUBLIC, answers=off)).reason == Firewall.ON


def test_of_two_policies_the_worse_counts() -> None:
    both = {
        policy_key("PublicProfile"): key(EnableFirewall=1),
        policy_key("PublicProfile", MANAGEMENT): key(EnableFirewall=0),
    }
    assert found(wall(answers=both)).reason == Firewall.OFF


def test_the_standard_profile_is_the_private_one() -> None:
    off = {
        ReadFirewallPolicy(): Unread.DENIED,
        ReadNetworks(): Networks(0, None, (ConnectedNetwork(1, 0, ()),)),
        local_key(PRIVATE): key(EnableFirewall=0),
    }
    assert found(wall(answers=off)).reason == Firewall.OFF


def test_what_the_registry_does_not_say_is_on_and_blocks() -> None:
    answers = {ReadFirewallPolicy(): Unread.TIMED_OUT, **{local_key(bit): {} for bit in KEYS}}
    assert found(wall(answers=answers)).reason == Firewall.ON


@pytest.mark.parametrize("only", ["registry", "interface"])
@pytest.mark.parametrize(
    ("on", "allows", "reason"),
    [
        ((PUBLIC,), (), Firewall.ON),
        ((), (), Firewall.OFF),
        ((PUBLIC,), (PUBLIC,), Firewall.INBOUND_ALLOWED),
    ],
)
def test_either_source_alone_tells(only: str, on, allows, reason) -> None:
    answers: dict[Any, Any] = {
        ReadNetworks(): Networks(0, None, (ConnectedNetwork(0, 0, ()),)),
    }
    if only == "registry":
        answers[ReadFirewallPolicy()] = Unread.TIMED_OUT
    else:
        answers.update({local_key(bit): Unread.DENIED for bit in KEYS})
    assert found(wall(PUBLIC, on, allows, answers=answers)).reason == reason


@pytest.mark.parametrize("on", [(), (PUBLIC,)])
def test_two_sources_that_differ_disagree(on: tuple[int, ...]) -> None:
    told = {ReadFirewallPolicy(): interface(PUBLIC, on)}
    opposite = (PUBLIC,) if not on else ()
    assert found(wall(PUBLIC, opposite, answers=told)).reason == Firewall.DISAGREE


def test_two_sources_that_differ_on_what_comes_in_disagree() -> None:
    told = {ReadFirewallPolicy(): interface(PUBLIC, (PUBLIC,), allows=(PUBLIC,))}
    assert found(wall(answers=told)).reason == Firewall.DISAGREE
    told = {local_key(PUBLIC): key(DefaultInboundAction=0)}
    assert found(wall(answers=told)).reason == Firewall.DISAGREE


def test_the_registrys_number_for_allow_is_the_interfaces_number_for_block() -> None:
    registry = parse_settings(key(DefaultInboundAction=0))
    assert registry is not None
    assert registry.blocks is False
    assert found(wall(allows=(PUBLIC,))).reason == Firewall.INBOUND_ALLOWED
    assert found(wall(allows=(PRIVATE,))).reason == Firewall.ON


def test_blocking_everything_blocks_whatever_the_default() -> None:
    assert found(wall(allows=(PUBLIC,), all_=(PUBLIC,))).reason == Firewall.ON


@pytest.mark.parametrize(
    ("current", "on", "reason"),
    [
        (PUBLIC, tuple(KEYS), Firewall.RULES_UNREADABLE),
        (PUBLIC | PRIVATE, tuple(KEYS), Firewall.RULES_UNREADABLE),
        (PRIVATE, tuple(KEYS), Firewall.ON),
        (PUBLIC, (PRIVATE,), Firewall.OFF),
    ],
)
def test_a_profile_that_leaves_interfaces_alone_may_not_guard_those_in_use(
    current: int, on: tuple[int, ...], reason: Firewall
) -> None:
    excluding = {ReadFirewallPolicy(): interface(current, on, excludes=(PUBLIC,))}
    assert found(wall(current, on, answers=excluding)).reason == reason


def test_a_policy_may_let_everything_in() -> None:
    lets = {policy_key("PublicProfile"): key(DefaultInboundAction=0)}
    assert found(wall(answers=lets)).reason == Firewall.INBOUND_ALLOWED


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        (RUNNING, Firewall.ON),
        (STOPPED, Firewall.OFF),
        (2, Unread.GARBLED),
        (3, Unread.GARBLED),
        (Unread.MISSING, Firewall.NO_MANAGER),
        (Unread.DENIED, Unread.DENIED),
    ],
)
def test_without_its_service_it_filters_nothing(service, reason) -> None:
    assert found(wall(service=service)).reason == reason


def test_off_is_off_even_if_nobody_knows_of_the_service() -> None:
    assert found(wall(PUBLIC, (), service=Unread.DENIED)).reason == Firewall.OFF


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ((DOMAIN, PRIVATE, PUBLIC), Firewall.ON),
        ((), Firewall.OFF),
        ((PRIVATE, PUBLIC), Unread.DENIED),
    ],
)
def test_where_the_networks_in_use_are_unknown_all_profiles_have_to_agree(on, reason) -> None:
    unknown = {ReadFirewallPolicy(): Unread.TIMED_OUT, ReadNetworks(): Unread.DENIED}
    assert found(wall(0, on, answers=unknown)).reason == reason


def test_all_profiles_at_once_are_the_three_that_there_are() -> None:
    assert found(wall(0x7FFFFFFF)).reason == Firewall.ON
    assert found(wall(0x7FFFFFFF, (PUBLIC,))).reason == Firewall.PARTLY_OFF
    assert found(wall(0, (PUBLIC,))).verdict is Verdict.UNKNOWN


def test_a_network_without_a_firewall_is_named() -> None:
    finding = found(wall(PRIVATE | PUBLIC, (PUBLIC,)))
    assert finding.evidence["name"] == "Windows Firewall (private)"


REGISTERED = [
    pytest.param(ESET, ESET_ON, (), Firewall.THIRD_PARTY_ON, id="on, Windows' own off"),
    pytest.param(ESET, ESET_ON, (PUBLIC,), Firewall.THIRD_PARTY_ON, id="on, Windows' own on too"),
    pytest.param(ESET, Unread.TIMED_OUT, (), Firewall.THIRD_PARTY_ON, id="nobody else to ask"),
    pytest.param(ESET, ESET_OFF, (), Firewall.OFF, id="off"),
    pytest.param(
        ESET, ESET_OFF, (PUBLIC,), Firewall.DISAGREE, id="off, and Windows' own stands by"
    ),
    pytest.param(
        ESET,
        (*ESET_OFF, machine.product("McAfee Firewall", 0)),
        (),
        Firewall.OFF,
        id="off, beside a row left behind by another",
    ),
    pytest.param(ESET, (machine.product("E", 2),), (), Firewall.OFF, id="snoozed"),
    pytest.param(ESET, (machine.product("E", 3),), (), Firewall.OFF, id="expired"),
    pytest.param(ESET, (machine.product("E", 9),), (), Unread.GARBLED, id="a state unheard of"),
    pytest.param(ESET, (OWN_ROW,), (), Firewall.DISAGREE, id="not with the Security Center"),
    pytest.param((), ESET_ON, (), Firewall.DISAGREE, id="with the Security Center alone"),
    pytest.param((), ESET_ON, (PUBLIC,), Firewall.ON, id="a row left behind, Windows' own on"),
    pytest.param((), ESET_OFF, (), Firewall.OFF, id="a row left behind, Windows' own off"),
    pytest.param((), (OWN_ROW,), (), Firewall.OFF, id="Windows' own row is no other maker's"),
    pytest.param((), Unread.DENIED, (), Firewall.OFF, id="nobody registered"),
    pytest.param(machine.NOT_A_FIREWALL, ESET_ON, (), Firewall.DISAGREE, id="another category"),
    pytest.param(Unread.DENIED, ESET_ON, (), Unread.DENIED, id="registrations unreadable"),
    pytest.param(Unread.DENIED, ESET_ON, (PUBLIC,), Firewall.ON, id="unreadable, own on"),
    pytest.param(Unread.DENIED, ESET_OFF, (), Firewall.OFF, id="unreadable, and no other is on"),
    pytest.param(Unread.DENIED, Unread.DENIED, (), Unread.DENIED, id="both unreadable"),
    pytest.param(
        Unread.DENIED, Unread.DENIED, (PUBLIC,), Firewall.ON, id="both unreadable, own on"
    ),
]


@pytest.mark.parametrize(("registered", "listed", "on", "reason"), REGISTERED)
def test_another_makers_firewall_counts_by_its_registration_and_its_state(
    registered, listed, on, reason
) -> None:
    finding = found(wall(PUBLIC, on, registered=registered, listed=listed))
    assert finding.reason == reason


def test_another_makers_firewall_is_named() -> None:
    assert found(wall(PUBLIC, (), registered=ESET, listed=ESET_ON)).evidence["name"] == (
        "ESET Firewall"
    )


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.NOT_RUN])
def test_where_nothing_can_be_read_nothing_is_said(why: Unread) -> None:
    assert found({}, otherwise=why).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "unread",
    [
        (policy_key("PublicProfile"),),
        (policy_key("PublicProfile", MANAGEMENT),),
        (ReadService("MpsSvc"),),
        (ReadFirewallPolicy(), *map(local_key, KEYS)),
    ],
)
@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED])
def test_what_may_not_be_read_is_neither_on_nor_off(unread, why: Unread) -> None:
    finding = found(wall(answers=dict.fromkeys(unread, why)))
    assert finding.verdict is Verdict.UNKNOWN


NONSENSE: dict[str, Any] = {
    "the registry": {local_key(PUBLIC): {"EnableFirewall": RegistryValue(4, 7)}},
    "the registry's text": {local_key(PUBLIC): {"EnableFirewall": RegistryValue(1, "1")}},
    "the registry's inbound": {local_key(PUBLIC): key(EnableFirewall=1, DefaultInboundAction=9)},
    "an unreadable registry": {local_key(PUBLIC): Unread.GARBLED},
    "an interface without that profile": {
        ReadFirewallPolicy(): FirewallPolicy(PUBLIC, (FirewallProfile(1, True, False, 0),))
    },
    "the interface's inbound": {
        ReadFirewallPolicy(): FirewallPolicy(PUBLIC, (FirewallProfile(4, True, False, 7),))
    },
}


@pytest.mark.parametrize("answers", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_from_one_source_may_hide_an_off_that_the_other_does_not_know(answers) -> None:
    finding = found(wall(answers=answers))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.GARBLED)
    assert found(wall(PUBLIC, (), answers=answers)).reason == Firewall.OFF
    replaced = wall(PUBLIC, registered=ESET, listed=ESET_ON, answers=answers)
    assert found(replaced).reason == Firewall.THIRD_PARTY_ON
    assert found(wall(service=STOPPED, answers=answers)).reason == Firewall.OFF


def test_nonsense_about_a_network_that_is_not_in_use_hides_nothing() -> None:
    assert found(wall(answers={local_key(PRIVATE): key(EnableFirewall=7)})).reason == Firewall.ON


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (key(EnableFirewall=1, DefaultInboundAction=1), Firewall.ON),
        (key(EnableFirewall=0), Firewall.OFF),
        (key(EnableFirewall=1), Unread.GARBLED),
        (key(EnableFirewall=1, DefaultInboundAction=0), Unread.GARBLED),
        (key(DefaultInboundAction=1), Unread.GARBLED),
    ],
)
@pytest.mark.parametrize("answers", NONSENSE.values(), ids=NONSENSE)
def test_under_a_policy_that_says_all_of_it_nonsense_hides_nothing(answers, policy, reason) -> None:
    ruled = {**answers, policy_key("PublicProfile"): policy}
    assert found(wall(answers=ruled)).reason == reason


GARBAGE = st.dictionaries(
    st.sampled_from(["EnableFirewall", "DefaultInboundAction", "DoNotAllowExceptions", "Other"]),
    st.builds(
        RegistryValue,
        st.integers(0, 12),
        st.text(max_size=5) | st.integers(2, 2**32 - 1) | st.binary(max_size=4),
    ),
    min_size=1,
)


@given(GARBAGE)
def test_garbage_in_a_profiles_key_is_no_setting(values) -> None:
    settings = parse_settings(values)
    told = {"Other"}.issuperset(values)
    assert (settings is not None) is told
    policies = {policy_key("PublicProfile"): values}
    expected = Firewall.ON if told else Unread.GARBLED
    assert found(wall(answers=policies)).reason == expected


@given(
    st.builds(
        FirewallPolicy,
        st.integers(-(2**31), 2**31 - 1),
        st.lists(
            st.builds(
                FirewallProfile, st.integers(0, 9), st.booleans(), st.booleans(), st.integers(2, 9)
            )
        ).map(tuple),
    )
)
def test_garbage_from_the_interface_is_never_a_pass_by_itself(policy) -> None:
    answers = {
        ReadFirewallPolicy(): policy,
        ReadService("MpsSvc"): RUNNING,
        ListFirewallProducts(): (),
        ListSecurityProducts(1): (),
        ReadRegistry("HKLM", rf"{LOCAL}\DomainProfile"): Unread.DENIED,
    }
    assert found(answers, Unread.DENIED).verdict is Verdict.UNKNOWN
