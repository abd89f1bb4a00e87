"""The firewall check told by the truth: first a neighbour knocks, then the check must say so."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.probes.firewall.machine import AS_NOBODY, Machine, machine
from tests.requires import require

OPEN = {"ip": True, "ip6": True}
SHUT = {"ip": False, "ip6": False}


@pytest.fixture
def host() -> Iterator[Machine]:
    with machine() as made:
        yield made


def test_without_rules_everything_comes_in_and_the_firewall_is_off(host: Machine) -> None:
    assert host.lets_in() == OPEN
    assert host.found()["firewall"][:2] == ("fail", "off")


def input_chain(rules: str, policy: str = "accept", family: str = "inet", more: str = "") -> str:
    """A table with one base chain that filters what arrives."""
    kind = f"type filter hook input priority filter; policy {policy};"
    return f"table {family} filter {{\n{more}\nchain input {{\n{kind}\n{rules}\n}}\n}}\n"


SHUT_FOR_BOTH = """
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iifname "lo" accept
    meta l4proto ipv6-icmp accept
    tcp dport 22 accept
  }
}
"""


def test_a_drop_policy_for_both_protocols_is_on(host: Machine) -> None:
    host.load(SHUT_FOR_BOTH)
    assert host.lets_in() == SHUT
    assert host.lets_in(22) == OPEN
    assert host.found()["firewall"][:2] == ("pass", "on")


def test_a_service_that_the_rules_let_in_is_reachable(host: Machine) -> None:
    host.load(SHUT_FOR_BOTH)
    assert host.lets_in(22) == OPEN
    assert host.found()["open_services"][1] == "reachable"


def test_a_service_that_the_rules_keep_out_is_behind_the_firewall(host: Machine) -> None:
    host.load(SHUT_FOR_BOTH.replace("tcp dport 22 accept", ""))
    assert host.lets_in(22) == SHUT
    assert host.found()["open_services"][:2] == ("pass", "behind_firewall")


def test_a_service_that_one_neighbour_may_reach_is_reachable(host: Machine) -> None:
    neighbour = "ip saddr 10.77.0.2 tcp dport 22 accept"
    host.load(SHUT_FOR_BOTH.replace("tcp dport 22 accept", neighbour))
    assert host.lets_in(22) == {"ip": True, "ip6": False}
    assert host.firewall() == "on"
    assert host.found()["open_services"][1] == "reachable"


@pytest.mark.parametrize(
    "before",
    ["accept", 'iifname "eth0" accept', "ct state new accept", "tcp dport 1-65535 accept"],
)
def test_a_rule_that_lets_all_in_before_the_drop_is_no_firewall(host: Machine, before: str) -> None:
    host.load(SHUT_FOR_BOTH.replace("tcp dport 22 accept", before))
    assert host.lets_in() == OPEN
    assert host.found()["firewall"][:2] == ("fail", "inbound_allowed")


def test_rules_for_another_interface_do_not_open_this_one(host: Machine) -> None:
    host.load(SHUT_FOR_BOTH.replace("tcp dport 22", 'iifname "tailscale0"'))
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"


@pytest.mark.parametrize("family", ["ip", "ip6"])
def test_a_drop_for_one_protocol_leaves_the_other_open(host: Machine, family: str) -> None:
    neighbours = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"
    host.load(
        input_chain(
            f"ct state established accept\n{neighbours if family == 'ip6' else ''}", "drop", family
        )
    )
    assert host.lets_in() == {**OPEN, family: False}
    assert host.found()["firewall"][:2] == ("fail", "inbound_allowed")


def test_a_final_reject_under_an_accept_policy_is_on(host: Machine) -> None:
    host.load(
        input_chain(
            'ct state established,related accept; iif "lo" accept; meta l4proto ipv6-icmp accept;'
            "counter log reject with icmpx type admin-prohibited"
        )
    )
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"


def test_a_jump_into_a_chain_that_drops_at_its_end_is_on(host: Machine) -> None:
    host.load(
        input_chain(
            "ct state established accept; jump services; jump closing",
            more="chain closing { meta l4proto ipv6-icmp return; drop; }\n"
            "chain services { tcp dport 443 accept; }",
        )
    )
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"


def test_a_nat_table_listed_first_hides_nothing(host: Machine) -> None:
    nat = (
        "table ip nat {\nchain prerouting { type nat hook prerouting priority -100; }\n"
        "chain input { type nat hook input priority 100; policy accept; }\n}\n"
    )
    host.load(nat + SHUT_FOR_BOTH)
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"
    host.load("flush ruleset\n" + nat)
    assert host.lets_in() == OPEN
    assert host.firewall() == "off"


def test_one_blocked_host_is_no_firewall(host: Machine) -> None:
    host.load(input_chain("ip saddr 203.0.113.7 drop"))
    assert host.lets_in() == OPEN
    assert host.firewall() == "off"


def test_a_dormant_table_does_nothing(host: Machine) -> None:
    host.load(SHUT_FOR_BOTH.replace("chain input", "flags dormant; chain input"))
    assert host.lets_in() == OPEN
    # nft 1.0.6 garbles the flag in its listing, later ones print it.
    assert host.found()["firewall"][0] in ("fail", "unknown")


DOCKER = """
iptables -N DOCKER
iptables -N DOCKER-USER
iptables -N DOCKER-ISOLATION-STAGE-1
iptables -P FORWARD DROP
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A DOCKER-ISOLATION-STAGE-1 -j RETURN
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
"""
TAILSCALE = """
iptables -N ts-input
iptables -I INPUT -j ts-input
iptables -A ts-input -s 100.100.1.1/32 -i lo -j ACCEPT
iptables -A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN
iptables -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP
iptables -A ts-input -i tailscale0 -j ACCEPT
iptables -A ts-input -p udp --dport 41641 -j ACCEPT
"""
FAIL2BAN = """
iptables -N f2b-sshd
iptables -A f2b-sshd -s 203.0.113.7 -j REJECT --reject-with icmp-port-unreachable
iptables -A f2b-sshd -j RETURN
iptables -I INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
"""
LIBVIRT = """
iptables -N LIBVIRT_INP
iptables -I INPUT -j LIBVIRT_INP
iptables -A LIBVIRT_INP -i virbr0 -p udp -m udp --dport 53 -j ACCEPT
iptables -A LIBVIRT_INP -i virbr0 -p tcp -m tcp --dport 67 -j ACCEPT
"""
GUESTS = {"Docker": DOCKER, "Tailscale": TAILSCALE, "fail2ban": FAIL2BAN, "libvirt": LIBVIRT}
"""The chains that these programs make, composed after what they are known to add."""


def script(host: Machine, commands: str, variant: str) -> None:
    require(which(f"iptables-{variant}"), f"iptables-{variant}")
    lines = re.sub("^ip(6?)tables", rf"ip\1tables-{variant}", commands, flags=re.MULTILINE)
    host.run("sh", "-e", "-c", lines)


@pytest.mark.parametrize("variant", ["nft", "legacy"])
@pytest.mark.parametrize("program", GUESTS)
def test_chains_of_other_programs_are_no_firewall(
    host: Machine, program: str, variant: str
) -> None:
    script(host, GUESTS[program], variant)
    assert host.lets_in() == OPEN
    assert host.found()["firewall"][:2] == ("fail", "off")


CLOSED = """
iptables -P INPUT DROP
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -p icmp -j ACCEPT
ip6tables -P INPUT DROP
ip6tables -A INPUT -i lo -j ACCEPT
ip6tables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
"""


@pytest.mark.parametrize("variant", ["nft", "legacy"])
def test_iptables_rules_for_both_protocols_are_on(host: Machine, variant: str) -> None:
    script(host, CLOSED + TAILSCALE + DOCKER, variant)
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"


@pytest.mark.parametrize("variant", ["nft", "legacy"])
def test_iptables_rules_for_one_protocol_leave_the_other_open(host: Machine, variant: str) -> None:
    script(host, "\n".join(CLOSED.splitlines()[:5]) + "\n", variant)
    assert host.lets_in() == {"ip": False, "ip6": True}
    assert host.firewall() == "inbound_allowed"


def test_rules_in_both_the_old_and_the_new_tables_count_together(host: Machine) -> None:
    old, new = "\n".join(CLOSED.splitlines()[:5]) + "\n", "\n".join(CLOSED.splitlines()[5:]) + "\n"
    script(host, old, "legacy")
    script(host, new, "nft")
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"


def test_without_ipv6_the_rules_for_ipv4_are_enough(host: Machine) -> None:
    host.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
    script(host, "\n".join(CLOSED.splitlines()[:5]) + "\n", "nft")
    assert host.lets_in() == SHUT
    assert host.firewall() == "on"


def test_an_ordinary_user_cannot_read_the_rules_and_is_told_no_manager(host: Machine) -> None:
    host.load(SHUT_FOR_BOTH)
    host.cover("/etc")
    host.run("rm", "-rf", "/etc/ufw")
    found = host.found(*AS_NOBODY)
    assert found["firewall"][:2] == ("unknown", "no_manager")
    assert found["open_services"][1] == "reachable"


# nftables.service


@pytest.mark.parametrize(
    ("rules", "truth", "reason"),
    [
        (SHUT_FOR_BOTH, SHUT, "on"),
        (input_chain(""), OPEN, "inbound_allowed"),
        (SHUT_FOR_BOTH.replace("inet", "ip").replace("ipv6-icmp", "icmp"), None, "inbound_allowed"),
    ],
)
def test_an_ordinary_user_is_told_what_the_nftables_unit_has_loaded(
    host: Machine, rules: str, truth: dict[str, bool] | None, reason: str
) -> None:
    host.with_bus({"nftables.service": "active"})
    host.cover("/etc")
    host.run("rm", "-rf", "/etc/ufw")
    host.run("tee", "/etc/nftables.conf", text=f"#!/usr/sbin/nft -f\nflush ruleset\n{rules}")
    host.run("nft", "-f", "/etc/nftables.conf")
    assert host.lets_in() == (truth or {"ip": False, "ip6": True})
    assert host.firewall() == reason
    assert host.firewall(*AS_NOBODY) == reason


# ufw


def ufw(host: Machine, *commands: str) -> None:
    require(which("ufw"), "ufw")
    host.cover("/etc", "/usr/lib/ufw" if Path("/usr/lib/ufw").is_dir() else "/lib/ufw", "/run")
    for command in commands:
        host.run("ufw", *command.split())


UFW_UNIT = {"ufw.service": "active"}


def test_ufw_enabled_is_on_for_root_and_for_an_ordinary_user(host: Machine) -> None:
    host.with_bus(UFW_UNIT)
    ufw(host, "--force enable", "allow 22/tcp")
    assert host.lets_in() == SHUT
    assert host.lets_in(22) == OPEN
    for account in ((), AS_NOBODY):
        verdict, reason, evidence = host.found(*account)["firewall"]
        assert (verdict, reason, evidence) == ("pass", "on", {"name": "ufw"})
        assert host.found(*account)["open_services"][1] == "reachable"


def test_ufw_not_enabled_is_off_although_its_unit_is_active(host: Machine) -> None:
    host.with_bus(UFW_UNIT)
    ufw(host, "--force enable", "disable")
    assert host.lets_in() == OPEN
    for account in ((), AS_NOBODY):
        assert host.found(*account)["firewall"][:2] == ("fail", "off")


def test_ufw_with_an_allow_policy_lets_everything_in(host: Machine) -> None:
    host.with_bus(UFW_UNIT)
    ufw(host, "default allow incoming", "--force enable")
    assert host.lets_in() == OPEN
    for account in ((), AS_NOBODY):
        assert host.found(*account)["firewall"][:2] == ("fail", "inbound_allowed")


def test_ufw_enabled_on_disk_and_not_loaded_disagrees(host: Machine) -> None:
    host.with_bus({"ufw.service": "inactive"})
    ufw(host)
    host.run("sed", "-i", "s/^ENABLED=.*/ENABLED=yes/", "/etc/ufw/ufw.conf")
    assert host.lets_in() == OPEN
    assert host.found(*AS_NOBODY)["firewall"][:2] == ("unknown", "disagree")
    assert host.found()["firewall"][:2] == ("fail", "off")


def test_ufw_that_says_on_over_flushed_rules_disagrees_with_them(host: Machine) -> None:
    host.with_bus(UFW_UNIT)
    ufw(host, "--force enable")
    host.run("nft", "flush", "ruleset")
    assert host.lets_in() == OPEN
    assert host.found()["firewall"][:2] == ("unknown", "disagree")


def test_ufw_without_ipv6_drops_all_of_it(host: Machine) -> None:
    host.with_bus(UFW_UNIT)
    ufw(host)
    host.run("sed", "-i", "s/^IPV6=.*/IPV6=no/", "/etc/default/ufw")
    host.run("ufw", "--force", "enable")
    assert host.lets_in() == SHUT
    for account in ((), AS_NOBODY):
        assert host.firewall(*account) == "on"


# firewalld

FIREWALLD_UNIT = {"firewalld.service": "active"}


def firewalld(host: Machine, zone: str = "public") -> None:
    require(Path("/usr/sbin/firewalld").exists(), "firewalld")
    host.with_bus(FIREWALLD_UNIT)
    host.cover("/etc", "/run", "/var/log")
    host.run("rm", "-rf", "/etc/ufw")
    host.run("sed", "-i", f"s/^DefaultZone=.*/DefaultZone={zone}/", "/etc/firewalld/firewalld.conf")
    host.with_firewalld()


def test_firewalld_with_its_public_zone_is_on(host: Machine) -> None:
    firewalld(host)
    assert host.lets_in() == SHUT
    assert host.lets_in(22) == OPEN
    assert host.found()["firewall"][:2] == ("pass", "on")
    assert host.found()["open_services"][1] == "reachable"


def test_firewalld_with_its_trusted_zone_lets_everything_in(host: Machine) -> None:
    firewalld(host, "trusted")
    assert host.lets_in() == OPEN
    assert host.found()["firewall"][:2] == ("fail", "inbound_allowed")


def test_firewalld_with_its_drop_zone_hides_the_services(host: Machine) -> None:
    firewalld(host, "drop")
    assert host.lets_in(22) == SHUT
    assert host.firewall() == "on"
    assert host.found()["open_services"][1] == "behind_firewall"
