"""The firewall on Linux as an ordinary user sees it: the managers, their units, the bus.

The machines are composed; `test_firewall_truth.py` holds real ones against what comes in.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Firewall, Unread
from precheck.contract.verdict import Verdict
from probes.firewall import firewall
from probes.firewall.linux import parse_ufw_blocks, parse_ufw_enabled, zones_outside
from probes.firewall.zones import parse_zone_blocks
from probes.system.questions import (
    Completed,
    DBusCall,
    DBusGet,
    FileStatus,
    Interface,
    ListInterfaces,
    ReadFile,
    RunCommand,
    StatFile,
)
from tests.machines import composed, context
from tests.probes.firewall.listing import ACCEPT, INPUT, listing, match

CAPTURED = Path(__file__).parent / "firewall"

REFUSED = Completed(1, b"", b"Operation not permitted (you must be root)\n")
AS_USER = {
    RunCommand(("nft", "-j", "list", "ruleset")): REFUSED,
    ReadFile("/proc/net/ip_tables_names"): Unread.DENIED,
    ReadFile("/proc/net/ip6_tables_names"): Unread.DENIED,
    ReadFile("/proc/net/if_inet6"): b"fe800000000000000000000000000001 02 40 20 80 wlan0\n",
    ListInterfaces(): (Interface("lo", True, True), Interface("wlan0", True, False)),
}
"""What every Linux answers somebody who is not root, as seen in `test_firewall_truth.py`."""


def systemd(**active: str) -> dict[Any, Any]:
    """systemd's answers for units such as `ufw="active"`; every other unit is unknown to it."""
    name, path = "org.freedesktop.systemd1", "/org/freedesktop/systemd1"
    units = {
        DBusGet(name, f"{path}/unit/{unit}_2eservice", f"{name}.Unit", "ActiveState"): state
        for unit, state in active.items()
    }
    return {DBusGet(name, path, f"{name}.Manager", "Version"): "255.4", **units}


def found(*answers: Mapping[Any, Any]):
    merged: dict[Any, Any] = dict(AS_USER)
    for more in answers:
        merged.update(more)
    return firewall.run(composed(merged), context())


def ufw(enabled: str = "yes", policy: str = "DROP") -> dict[Any, Any]:
    return {
        ReadFile("/etc/ufw/ufw.conf"): f"# ufw.conf\nENABLED={enabled}\nLOGLEVEL=low\n".encode(),
        ReadFile("/etc/default/ufw"): f'IPV6=yes\nDEFAULT_INPUT_POLICY="{policy}"\n'.encode(),
    }


# ufw


def test_ufw_enabled_and_loaded_is_on() -> None:
    finding = found(ufw(), systemd(ufw="active"))
    assert (finding.verdict, finding.reason) == (Verdict.PASS, Firewall.ON)
    assert finding.evidence == {"name": "ufw"}


@pytest.mark.parametrize("unit", ["active", "inactive"])
def test_ufw_not_enabled_is_off_whatever_its_unit_says(unit: str) -> None:
    assert found(ufw("no"), systemd(ufw=unit)).reason == Firewall.OFF


@pytest.mark.parametrize("unit", ["inactive", "failed"])
def test_ufw_enabled_and_not_loaded_disagrees(unit: str) -> None:
    assert found(ufw(), systemd(ufw=unit)).reason == Firewall.DISAGREE


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("DROP", Firewall.ON),
        ("REJECT", Firewall.ON),
        ("ACCEPT", Firewall.INBOUND_ALLOWED),
        ("拒否", Firewall.RULES_UNREADABLE),
    ],
)
def test_ufws_default_for_what_comes_in_decides(policy: str, reason: Firewall) -> None:
    assert found(ufw(policy=policy), systemd(ufw="active")).reason == reason


def test_ufw_without_its_defaults_cannot_be_told() -> None:
    answers = {**ufw(), ReadFile("/etc/default/ufw"): Unread.MISSING}
    assert found(answers, systemd(ufw="active")).reason == Firewall.RULES_UNREADABLE


def test_ufw_with_a_garbled_configuration_is_unknown() -> None:
    finding = found(ufw("maybe"), systemd(ufw="active"))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.GARBLED)


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
@pytest.mark.parametrize("enabled", ["yes", "no"])
def test_ufw_without_an_answer_of_systemd_is_unknown(enabled: str, why: Unread) -> None:
    finding = firewall.run(composed({**AS_USER, **ufw(enabled)}, otherwise=why), context())
    assert finding.verdict is Verdict.UNKNOWN


def test_ufw_off_beside_a_unit_that_loads_rules_of_its_own_is_not_called_off() -> None:
    finding = found(ufw("no"), systemd(ufw="active", netfilter_2dpersistent="active"))
    assert finding.reason == Firewall.RULES_UNREADABLE


# firewalld

BUS, FIREWALLD = "org.freedesktop.DBus", "org.fedoraproject.FirewallD1"
OBJECT = "/org/fedoraproject/FirewallD1"
OWNED = DBusCall(BUS, "/org/freedesktop/DBus", BUS, "NameHasOwner", "s", (FIREWALLD,))
ZONES = "/usr/lib/firewalld/zones"
INSTALLED = {StatFile(ZONES): FileStatus("folder", 4096, 0.0)}


def zone(target: str | None = None) -> bytes:
    attribute = f' target="{target}"' if target else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<zone{attribute}><short>x</short></zone>'.encode()
    )


def firewalld(
    owned: bool = True, default: Any = "public", active: Mapping[str, Any] | None = None
) -> dict[Any, Any]:
    """A firewalld whose own folder is closed, as it is by default."""
    return {
        **INSTALLED,
        OWNED: (owned,),
        DBusCall(FIREWALLD, OBJECT, FIREWALLD, "getDefaultZone"): (default,),
        DBusCall(FIREWALLD, OBJECT, f"{FIREWALLD}.zone", "getActiveZones"): (active or {},),
        **{
            ReadFile(f"/etc/firewalld/zones/{name}.xml"): Unread.DENIED
            for name in ("public", "trusted", "home", "libvirt")
        },
        ReadFile(f"{ZONES}/public.xml"): zone(),
        ReadFile(f"{ZONES}/home.xml"): zone("default"),
        ReadFile(f"{ZONES}/trusted.xml"): zone("ACCEPT"),
        ReadFile(f"{ZONES}/libvirt.xml"): zone("ACCEPT"),
    }


def test_firewalld_running_with_a_zone_that_rejects_is_on() -> None:
    finding = found(firewalld(), systemd(firewalld="active"))
    assert (finding.verdict, finding.reason) == (Verdict.PASS, Firewall.ON)


def test_firewalld_with_the_trusted_zone_lets_everything_in() -> None:
    answers = firewalld(default="trusted")
    assert found(answers, systemd(firewalld="active")).reason == Firewall.INBOUND_ALLOWED


def test_firewalld_with_the_network_in_the_trusted_zone_lets_everything_in() -> None:
    active = {"public": {"interfaces": ["eth0"]}, "trusted": {"interfaces": ["wlan0"]}}
    answers = firewalld(active=active)
    assert found(answers, systemd(firewalld="active")).reason == Firewall.INBOUND_ALLOWED


@pytest.mark.parametrize(
    "inner", [{"interfaces": ["virbr0"]}, {"sources": ["192.0.2.0/24"]}, {"interfaces": []}]
)
def test_a_zone_of_guests_or_of_named_senders_opens_nothing_outside(inner: Any) -> None:
    answers = firewalld(active={"public": {"interfaces": ["wlan0"]}, "libvirt": inner})
    assert found(answers, systemd(firewalld="active")).reason == Firewall.ON


def test_a_changed_zone_counts_where_it_can_be_read() -> None:
    changed = {ReadFile("/etc/firewalld/zones/public.xml"): zone("ACCEPT")}
    finding = found(firewalld(), changed, systemd(firewalld="active"))
    assert finding.reason == Firewall.INBOUND_ALLOWED


@pytest.mark.parametrize("default", ["../../tmp/x", "nowhere", "", 3])
def test_a_zone_that_cannot_be_read_is_not_taken_for_one_that_rejects(default: Any) -> None:
    finding = found(firewalld(default=default), systemd(firewalld="active"))
    assert finding.reason == Firewall.RULES_UNREADABLE


def test_firewalld_that_does_not_tell_its_zones_is_unknown() -> None:
    refused = {DBusCall(FIREWALLD, OBJECT, FIREWALLD, "getDefaultZone"): Unread.DENIED}
    finding = found(firewalld(), refused, systemd(firewalld="active"))
    assert finding.reason == Firewall.RULES_UNREADABLE


@pytest.mark.parametrize(("owned", "unit"), [(True, "inactive"), (False, "active")])
def test_firewalld_and_systemd_that_differ_disagree(owned: bool, unit: str) -> None:
    assert found(firewalld(owned), systemd(firewalld=unit)).reason == Firewall.DISAGREE


def test_firewalld_installed_and_not_running_is_off() -> None:
    assert found(firewalld(False), systemd(firewalld="inactive")).reason == Firewall.OFF


def test_firewalld_on_counts_beside_a_ufw_that_is_off() -> None:
    finding = found(firewalld(), ufw("no"), systemd(firewalld="active", ufw="active"))
    assert (finding.reason, finding.evidence) == (Firewall.ON, {"name": "firewalld"})


# nftables.service, and no manager at all

CONF = ReadFile("/etc/nftables.conf")
CLOSED = b"""flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state { established, related } accept
    iif lo accept
    tcp dport ssh accept comment "shell"
  }
}
"""


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (CLOSED, Firewall.ON),
        (CLOSED.replace(b"policy drop", b"policy accept"), Firewall.INBOUND_ALLOWED),
        (CLOSED.replace(b"inet", b"ip"), Firewall.INBOUND_ALLOWED),
        (CLOSED.replace(b"tcp dport ssh", b""), Firewall.INBOUND_ALLOWED),
        (CLOSED.replace(b"tcp dport ssh", b'iifname "eth0"'), Firewall.RULES_UNREADABLE),
        (CLOSED + b'include "/etc/nftables.d/*.nft"\n', Firewall.RULES_UNREADABLE),
        (b"", Firewall.INBOUND_ALLOWED),
        (b"\xff\xfe", Firewall.RULES_UNREADABLE),
        (Unread.DENIED, Firewall.RULES_UNREADABLE),
        (Unread.MISSING, Firewall.RULES_UNREADABLE),
    ],
)
def test_an_active_nftables_unit_is_judged_by_its_file(rules: Any, reason: Firewall) -> None:
    assert found({CONF: rules}, systemd(nftables="active")).reason == reason


def test_a_file_that_no_unit_has_loaded_says_nothing() -> None:
    assert found({CONF: CLOSED}, systemd(nftables="inactive")).reason == Firewall.NO_MANAGER


@pytest.mark.parametrize("unit", ["netfilter_2dpersistent", "iptables", "shorewall"])
def test_a_unit_whose_rules_are_hidden_is_unreadable(unit: str) -> None:
    finding = found(systemd(**{unit: "active"}))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Firewall.RULES_UNREADABLE)


def test_without_any_manager_it_cannot_be_told_and_is_not_called_off() -> None:
    for answers in ({}, systemd()):
        finding = found(answers)
        assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Firewall.NO_MANAGER)


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.NOT_RECORDED])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    finding = firewall.run(composed({}, otherwise=why), context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


# The loaded rules, where they may be read


def loaded(json: bytes, **saved: bytes) -> dict[Any, Any]:
    return {
        RunCommand(("nft", "-j", "list", "ruleset")): Completed(0, json, b""),
        ReadFile("/proc/net/ip_tables_names"): b"",
        ReadFile("/proc/net/ip6_tables_names"): b"",
        **{
            RunCommand((f"{tool}-nft-save",)): Completed(0, printed, b"")
            for tool, printed in saved.items()
        },
    }


UFW_RULES = loaded(
    (CAPTURED / "ufw.nft.json").read_bytes(),
    iptables=(CAPTURED / "ufw.iptables-save").read_bytes(),
    ip6tables=(CAPTURED / "ufw.ip6tables-save").read_bytes(),
)
EMPTY = b'{"nftables": [{"metainfo": {"version": "1.0.9", "json_schema_version": 1}}]}'


@pytest.mark.parametrize(
    "manager", [{}, {**ufw(), **systemd(ufw="active")}, {**ufw("no"), **systemd(ufw="active")}]
)
def test_rules_that_block_decide_whatever_the_manager_says(manager: Any) -> None:
    assert found(UFW_RULES, manager).reason == Firewall.ON


def test_no_rules_at_all_are_off() -> None:
    assert found(loaded(EMPTY)).reason == Firewall.OFF


def test_no_rules_under_a_manager_that_says_on_disagree_with_it() -> None:
    finding = found(loaded(EMPTY), ufw(), systemd(ufw="active"))
    assert finding.reason == Firewall.DISAGREE


def test_what_only_iptables_can_spell_out_is_not_guessed_without_it() -> None:
    alone = loaded((CAPTURED / "ufw.nft.json").read_bytes())
    assert found(alone).reason == Firewall.RULES_UNREADABLE


def test_firewallds_own_rules_are_followed() -> None:
    public = loaded((CAPTURED / "firewalld-public.nft.json").read_bytes())
    trusted = loaded((CAPTURED / "firewalld-trusted.nft.json").read_bytes())
    assert found(public).reason == Firewall.ON
    assert found(trusted).reason == Firewall.INBOUND_ALLOWED


def test_a_listing_that_ended_with_an_error_is_not_read() -> None:
    failed = {RunCommand(("nft", "-j", "list", "ruleset")): Completed(1, EMPTY, b"refused")}
    assert found(loaded(EMPTY), failed).reason == Firewall.NO_MANAGER


def opened(before: str, family: str = "inet") -> bytes:
    """A listing whose policy drops, after an accept for one interface."""
    where = {"family": family, "table": "x"}
    arriving = {"chain": {**INPUT["chain"], "family": family}}
    left = {"meta": {"key": "iifname"}}
    accept = {"rule": {**where, "chain": "c", "expr": [match(left, before), ACCEPT]}}
    return listing({"table": {"family": family, "name": "x"}}, arriving, accept)


@pytest.mark.parametrize(
    ("interface", "reason"),
    [("docker0", Firewall.ON), ("tun0", Firewall.ON), ("wlan0", Firewall.INBOUND_ALLOWED)],
)
def test_only_an_interface_that_leads_outside_opens_the_machine(
    interface: str, reason: Firewall
) -> None:
    names = ("wlan0", "docker0", "tun0")
    there = {ListInterfaces(): tuple(Interface(name, True, False) for name in names)}
    assert found(loaded(opened(interface)), there).reason == reason


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (b"fe80 02 40 20 80 wlan0\n", Firewall.INBOUND_ALLOWED),
        (Unread.DENIED, Firewall.INBOUND_ALLOWED),
        (b"", Firewall.ON),
        (Unread.MISSING, Firewall.ON),
    ],
)
def test_rules_for_ipv4_are_enough_only_where_ipv6_is_off(addresses: Any, reason: Firewall) -> None:
    spoken = {ReadFile("/proc/net/if_inet6"): addresses}
    assert found(loaded(opened("lo", "ip")), spoken).reason == reason


def test_half_a_listing_is_no_ruleset() -> None:
    whole = (CAPTURED / "firewalld-public.nft.json").read_bytes()
    assert found(loaded(whole[: len(whole) // 2])).reason == Firewall.NO_MANAGER


def test_a_legacy_table_that_prints_nothing_is_not_taken_for_empty() -> None:
    silent = {
        ReadFile("/proc/net/ip_tables_names"): b"filter\n",
        RunCommand(("iptables-legacy-save",)): Completed(0, b"", b""),
    }
    assert found(loaded(EMPTY), silent).verdict is Verdict.UNKNOWN


# Garbage

SHELL = st.binary(max_size=200) | st.text(max_size=100).map(
    lambda value: f"ENABLED={value}\nDEFAULT_INPUT_POLICY={value}\n".encode()
)


@given(SHELL)
def test_garbage_for_ufw_is_never_a_pass(raw: bytes) -> None:
    parse_ufw_enabled(raw)
    answers = {ReadFile("/etc/ufw/ufw.conf"): raw, ReadFile("/etc/default/ufw"): raw}
    policies = (b"drop", b"reject", b"yes")
    if not any(word in raw.lower() for word in policies):
        assert parse_ufw_blocks(raw) is not True
        assert found(answers, systemd(ufw="active")).verdict is not Verdict.PASS


@pytest.mark.parametrize(
    ("raw", "enabled"),
    [
        (b"ENABLED=yes", True),
        (b"ENABLED='YES' # since spring", True),
        (b"#ENABLED=yes\nENABLED=no\n", False),
        (b"ENABLED=yes\nENABLED=no\n", False),
        (b"ENABLED=", None),
        (b"ENABLED=yes no", None),
        (b'ENABLED="yes', None),
        (b"DISABLED=yes", None),
        ("ENABLED=はい".encode(), None),
        ("ENABLED=yes".encode("utf-16"), None),
        (b"", None),
    ],
)
def test_ufws_configuration_is_read_as_the_shell_reads_it(raw: bytes, enabled: bool | None) -> None:
    assert parse_ufw_enabled(raw) is enabled


EXPANDING = (
    b'<?xml version="1.0"?><!DOCTYPE zone [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    b'<zone target="DROP"><short>&b;</short></zone>'
)
HIDDEN = b'<?x <!-- ?><!DOCTYPE zone [<!ENTITY a "a">]><zone target="DROP"/><!-- -->'


@pytest.mark.parametrize("raw", [EXPANDING, HIDDEN, b"<service/>", b"", b"<zone>", b"zone"])
def test_what_is_not_a_plain_zone_file_is_not_read(raw: bytes) -> None:
    assert parse_zone_blocks(raw) is None


@given(st.binary(max_size=200) | st.text(max_size=60).map(lambda name: zone(name)))
def test_garbage_for_a_zone_is_never_one_that_rejects(raw: bytes) -> None:
    known = (b"<zone>", b'"default"', b'"DROP"', b'"REJECT"', b'"%%REJECT%%"', b'"{chain}"')
    assert parse_zone_blocks(raw) is not True or any(word in raw for word in known)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3).map(tuple)
            | st.dictionaries(st.sampled_from(["interfaces", "public"]), inner, max_size=2)
        ),
        max_leaves=8,
    )
)
def test_garbage_for_the_active_zones_is_never_an_exception(answer: Any) -> None:
    zones = zones_outside(answer)
    assert zones is None or all(isinstance(item, str) for item in zones)
