"""open_services on Windows: what listens beyond loopback, and whether the rules let anybody to it.

RDP_IN is as Microsoft's page on a guest firewall that blocks remote desktop quotes it; RDP_SHADOW,
REMOTE_TASK, STORE_APP's form, BLOCK_TCP and BLOCK_ALL are from public dumps of FirewallRules keys,
with Active, Dir and Profile changed where a test needs it. SMB_IN and all else is composed.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import OpenServices, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.firewall import open_services
from probes.firewall.windows import LOCAL
from probes.firewall.windows_rules import Knock, blocks, parse_rules
from probes.system.questions import Listener, ListListeners
from probes.system.windows_questions import ReadFirewallPolicy, ReadRegistry, RegistryValue
from tests.machines import composed, context
from tests.probes.firewall.windows import (
    DOMAIN,
    ESET,
    ESET_ON,
    GROUP_POLICY,
    MANAGEMENT,
    PRIVATE,
    PUBLIC,
    STOPPED,
    interface,
    local_key,
    wall,
)

SMB_IN = (
    "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|LPort=445|RA4=LocalSubnet"
    "|RA6=LocalSubnet|App=System|Name=@FirewallAPI.dll,-28511|EmbedCtxt=@FirewallAPI.dll,-28502|"
)
SMB_INACTIVE = SMB_IN.replace("TRUE", "FALSE")
RDP_IN = (
    r"v2.22|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Private"
    r"|Profile=Public|LPort=3389|App=%SystemRoot%\system32\svchost.exe|Svc=termservice"
    r"|Name=@FirewallAPI.dll,-28775|Desc=@FirewallAPI.dll,-28756|EmbedCtxt=@FirewallAPI.dll,-28752|"
)
RDP_SHADOW = (
    r"v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=%SystemRoot%\system32\RdpSa.exe"
    r"|Name=@FirewallAPI.dll,-28778|EmbedCtxt=@FirewallAPI.dll,-28752|Edge=TRUE|Defer=App|"
)
REMOTE_TASK = (
    r"v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=RPC"
    r"|App=%SystemRoot%\system32\svchost.exe|Svc=schedule|Name=@FirewallAPI.dll,-33253|"
)
STORE_APP = (
    "v2.33|Action=Allow|Active=TRUE|Dir=In|Profile=Private|Name=App|LUOwn=S-1-5-21-1-1-1-1001"
    "|AppPkgId=S-1-15-2-1861897761-1695161497-2927542615-642690995|"
)
OUTGOING = "v2.33|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|Name=@FirewallAPI.dll,-1|"
BLOCK_TCP = (
    "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort2_10=1-66|LPort2_10=69-55554"
    "|LPort2_10=55556-65535|Name=TCP|EmbedCtxt=GSecurity|"
)
BLOCK_ALL = "v2.32|Action=Block|Active=TRUE|Dir=In|Name=1|LUAuth=O:LSD:(D;;CC;;;S-1-2-1)|"
SHIPPED = (SMB_INACTIVE, RDP_SHADOW, REMOTE_TASK, STORE_APP, OUTGOING)

ANY = "0.0.0.0"  # noqa: S104 - an address that was listened on

SMB = (
    Listener("tcp", ANY, 445, "System"),
    Listener("tcp", "::", 445, "System"),
    Listener("tcp", "192.168.1.5", 139, "System"),
)
RDP = (Listener("tcp", ANY, 3389, "svchost.exe"),)
OTHERS = (
    Listener("tcp", ANY, 135, "svchost.exe"),
    Listener("tcp", ANY, 5040, "svchost.exe"),
    Listener("tcp", ANY, 5357, "System"),
    Listener("tcp", ANY, 49664, "lsass.exe"),
    Listener("udp", ANY, 5353, "chrome.exe"),
    Listener("tcp", "127.0.0.1", 5900, "winvnc.exe"),
)


def rules(*written: str) -> dict[str, RegistryValue]:
    return {f"{{{number}}}": RegistryValue(1, rule) for number, rule in enumerate(written)}


def rules_key(store: str = LOCAL) -> ReadRegistry:
    return ReadRegistry("HKLM", rf"{store}\FirewallRules")


def found(listeners: Any, known: Any = None, current: int = PUBLIC, **more: Any) -> Finding:
    answers = {
        ListListeners(): listeners,
        rules_key(): rules(*SHIPPED) if known is None else known,
        **more.pop("answers", {}),
    }
    machine = wall(current, answers=answers, **more)
    return open_services.run(composed(machine, OsFamily.WINDOWS), context())


@pytest.mark.parametrize("current", [PUBLIC, PRIVATE, DOMAIN, PRIVATE | PUBLIC])
def test_a_windows_as_it_is_shipped_is_behind_its_firewall(current: int) -> None:
    finding = found((*SMB, *OTHERS), current=current)
    assert finding.reason == OpenServices.BEHIND_FIREWALL
    assert finding.evidence["name"] == "SMB"


def test_file_sharing_that_is_let_in_on_private_networks_is_reachable_there_alone() -> None:
    sharing = rules(*SHIPPED, SMB_IN)
    assert found(SMB, sharing, PRIVATE).reason == OpenServices.REACHABLE
    assert found(SMB, sharing, PRIVATE | PUBLIC).reason == OpenServices.REACHABLE
    assert found(SMB, sharing, PUBLIC).reason == OpenServices.BEHIND_FIREWALL


def test_remote_desktop_that_is_let_in_is_reachable() -> None:
    assert found(RDP, rules(*SHIPPED)).reason == OpenServices.BEHIND_FIREWALL
    finding = found((*SMB, *RDP), rules(*SHIPPED, RDP_IN))
    assert finding.reason == OpenServices.REACHABLE
    assert finding.evidence["name"] == "RDP"


@pytest.mark.parametrize(
    ("listener", "kind"),
    [
        (Listener("tcp", ANY, 22, "sshd.exe"), "SSH"),
        (Listener("tcp", "::", 2222, "sshd.exe"), "SSH"),
        (Listener("tcp", ANY, 23, "tlntsvr.exe"), "Telnet"),
        (Listener("tcp", ANY, 21, "svchost.exe"), "FTP"),
        (Listener("tcp", ANY, 2121, "FileZilla Server.exe"), "FTP"),
        (Listener("tcp", ANY, 5900, "WinVNC.exe"), "VNC"),
        (Listener("tcp", ANY, 5901, None), "VNC"),
        (Listener("tcp", ANY, 5985, "System"), "WinRM"),
        (Listener("tcp", "::", 5986, "System"), "WinRM"),
        (Listener("udp", ANY, 3389, "svchost.exe"), "RDP"),
    ],
)
def test_every_service_that_lets_others_in_is_known(listener: Listener, kind: str) -> None:
    finding = found((listener,), service=STOPPED)
    assert finding.reason == OpenServices.REACHABLE
    assert finding.evidence["name"] == kind


@pytest.mark.parametrize(
    "listener",
    [
        *OTHERS,
        Listener("tcp", ANY, 5900, "game.exe"),
        Listener("tcp", ANY, 3389, "game.exe"),
        Listener("tcp", ANY, 5985, "svchost.exe"),
        Listener("tcp", "::1", 22, "sshd.exe"),
    ],
)
def test_other_programs_at_such_ports_and_on_loopback_do_not_count(listener: Listener) -> None:
    assert found((listener,), service=STOPPED).reason == OpenServices.NONE_REACHABLE


@pytest.mark.parametrize(
    "more",
    [
        {"on": ()},
        {"on": (DOMAIN, PRIVATE)},
        {"service": STOPPED},
        {"allows": (PUBLIC,)},
    ],
)
def test_without_a_firewall_in_the_way_they_are_reachable(more: dict[str, Any]) -> None:
    assert found(SMB, **more).reason == OpenServices.REACHABLE


def test_over_an_interface_that_the_firewall_leaves_alone_a_service_may_be_reached() -> None:
    every = (DOMAIN, PRIVATE, PUBLIC)
    excluding = {ReadFirewallPolicy(): interface(PUBLIC, every, all_=every, excludes=(PUBLIC,))}
    assert found(RDP, all_=every, answers=excluding).reason == OpenServices.REACHABLE
    assert found(SMB, all_=every, answers=excluding).verdict is Verdict.UNKNOWN


def test_blocking_everything_keeps_out_what_a_rule_lets_in() -> None:
    assert found(RDP, rules(RDP_IN), all_=(PUBLIC,)).reason == OpenServices.BEHIND_FIREWALL


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (BLOCK_TCP, OpenServices.BEHIND_FIREWALL),
        (BLOCK_ALL, OpenServices.REACHABLE),
        (BLOCK_TCP.replace("TRUE", "FALSE"), OpenServices.REACHABLE),
        (BLOCK_TCP.replace("1-66", "1-66|Profile=Private"), OpenServices.REACHABLE),
        (BLOCK_TCP.replace("69-55554", "4000-5000"), OpenServices.REACHABLE),
        (BLOCK_TCP.replace("Protocol=6", "Protocol=17"), OpenServices.REACHABLE),
        (RDP_IN.replace("Allow", "Block"), OpenServices.REACHABLE),
    ],
)
def test_a_rule_that_blocks_counts_where_it_is_for_everybody(rule, reason) -> None:
    assert found(RDP, rules(RDP_IN, rule)).reason == reason


@pytest.mark.parametrize("store", [GROUP_POLICY, MANAGEMENT])
def test_policies_have_rules_too(store: str) -> None:
    answers = {rules_key(store): rules(RDP_IN)}
    assert found(RDP, answers=answers).reason == OpenServices.REACHABLE
    assert found(SMB, answers={rules_key(store): Unread.DENIED}).verdict is Verdict.UNKNOWN


UNREAD_RULES: list[dict[str, Any]] = [
    {"known": Unread.DENIED},
    {"known": Unread.MISSING},
    {"known": rules("nonsense")},
    {"known": {}},
    {"registered": ESET, "listed": ESET_ON},
    {"registered": Unread.TIMED_OUT},
    {"service": Unread.DENIED},
    {"answers": {local_key(PUBLIC): {"EnableFirewall": RegistryValue(4, 7)}}},
    {"answers": {ReadFirewallPolicy(): Unread.DENIED}, "known": rules(SMB_IN)},
]


@pytest.mark.parametrize("more", UNREAD_RULES)
def test_without_the_rules_file_sharing_that_every_windows_has_says_nothing(
    more: dict[str, Any],
) -> None:
    assert found(SMB, **more).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("more", UNREAD_RULES[:-1])
def test_without_the_rules_a_service_that_somebody_turned_on_may_be_reached(
    more: dict[str, Any],
) -> None:
    finding = found((*SMB, *RDP), **more)
    assert finding.reason == OpenServices.REACHABLE
    assert finding.evidence["name"] == "RDP"


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_the_sockets_nothing_can_be_said(why: Unread) -> None:
    assert found(why).reason == why


def test_what_listens_unnamed_may_be_any_program_that_a_rule_lets_in() -> None:
    anonymous = (Listener("tcp", ANY, 5900, None),)
    app = r"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=C:\VNC\winvnc.exe|Name=VNC|"
    assert found(anonymous, rules(app)).reason == OpenServices.REACHABLE
    assert found(SMB, rules(app)).reason == OpenServices.BEHIND_FIREWALL


FIELDS = st.sampled_from(
    [
        *("Action=Allow", "Action=Block", "Active=TRUE", "Active=FALSE", "Dir=In", "Dir=Out"),
        *("Protocol=6", "Protocol=x", "LPort=", "LPort=445", "LPort=99999999", "LPort2_10=9-1"),
        *(
            "Profile=Private",
            "App=",
            "App=System",
            "RA4=LocalSubnet",
            "AppPkgId=",
            "Name=共有",
            "|",
        ),
    ]
)
WRITTEN = st.text(max_size=40) | st.lists(FIELDS).map(lambda fields: "v2.31|" + "|".join(fields))


@given(st.lists(WRITTEN))
def test_garbage_among_the_rules_never_raises(written: list[str]) -> None:
    known = parse_rules(rules(*written))
    knock = Knock("tcp", 445, "system", "private")
    assert known is None or blocks(known, knock) in (True, False)


@given(st.lists(WRITTEN))
def test_a_rule_for_everybody_is_never_drowned_by_garbage_that_allows(written) -> None:
    allowing = [rule for rule in written if "Block" not in rule]
    everybody = "v2.31|Action=Allow|Active=TRUE|Dir=In|Name=all|"
    known = parse_rules(rules(*allowing, everybody))
    assert known is None or not blocks(known, Knock("tcp", 445, "system", "public"))


@given(
    st.dictionaries(st.text(max_size=5), st.builds(RegistryValue, st.integers(2, 12), st.text()))
)
def test_a_value_that_is_no_string_is_no_rule(values) -> None:
    assert parse_rules(values) == (() if not values else None)
