"""Following rules: what becomes of a knock, in each of the three ways of writing rules."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.firewall.facts import Inbound
from probes.firewall.iptables_save import parse_iptables_save
from probes.firewall.nft_json import parse_nft_json
from probes.firewall.nft_text import parse_nft_text
from probes.firewall.rules import FAMILIES, Fate, Knock, Ruleset, fate, inbound, knocks
from tests.probes.firewall.listing import ACCEPT, DPORT, INPUT, TABLE, listing, match, rule

CAPTURED = Path(__file__).parent / "firewall"

BLOCKED, LET_IN = frozenset({Fate.BLOCKED}), frozenset({Fate.LET_IN})
EITHER = BLOCKED | LET_IN


def becomes(ruleset: Ruleset | None, *doors: str, families: tuple[str, ...] = FAMILIES) -> Inbound:
    assert ruleset is not None
    return inbound(ruleset, knocks(doors, families))


def chain(rules: str, policy: str = "drop") -> Ruleset:
    """A table for both protocols with these rules for what comes in."""
    kind = f"type filter hook input priority filter; policy {policy}"
    read = parse_nft_text(f"table inet filter {{ chain input {{ {kind}\n{rules}\n}} }}".encode())
    assert read is not None
    return read


def iptables(rules: str, policy: str = "DROP", chains: str = "") -> Ruleset:
    printed = f"*filter\n:INPUT {policy} [0:0]\n{chains}{rules}\nCOMMIT\n".encode()
    read = parse_iptables_save(printed, "ip")
    assert read is not None
    return read


# What is let in before a policy that drops


@pytest.mark.parametrize(
    "rule",
    [
        "ct state established,related accept",
        "ct state != new accept",
        "ct status dnat accept",
        "iif lo accept",
        "iifname != eth0 accept",
        'iifname { "virbr0", "docker0" } accept',
        "icmp type echo-request accept",
        "meta l4proto { icmp, ipv6-icmp } accept",
        "ip protocol icmp accept",
        "tcp dport 22 accept",
        "tcp dport { ssh, 80, 8000-8999 } ct state new accept",
        "tcp dport { 900-1100, 1025-65535 } accept",
        "udp dport mdns accept",
        "ip daddr 224.0.0.251 accept",
        "ip6 daddr ff02::fb accept",
        "pkttype { broadcast, multicast } accept",
        "ip saddr 192.168.0.0/16 accept",
        "ip6 saddr fe80::/10 accept",
        "ether saddr 02:00:00:00:00:01 accept",
        "counter",
        'log prefix "accept " level info',
        "return",
        "ct state invalid accept # accept",
    ],
)
def test_what_a_stranger_does_not_meet_does_not_open_the_policy(rule: str) -> None:
    assert becomes(chain(rule), "eth0") is Inbound.BLOCKED


@pytest.mark.parametrize(
    "rule",
    [
        "accept",
        "counter packets 3 bytes 9 accept",
        "ct state new accept",
        "ct state { new, established } accept",
        "ct state != invalid accept",
        "iifname eth0 accept",
        'iifname "eth*" accept',
        "iif != lo accept",
        "meta l4proto tcp accept",
        "meta nfproto ipv6 accept",
        "ip saddr 0.0.0.0/0 accept",
        "tcp dport 0-65535 accept",
        "tcp dport != 22 accept",
        "udp dport 1-65535 accept",
        'accept comment "all of it"',
        "iifname vmap { lo : drop, eth0 : accept }",
        "ct state vmap { new: accept, invalid: drop }",
    ],
)
def test_what_every_stranger_meets_opens_the_policy(rule: str) -> None:
    assert becomes(chain(rule), "eth0") is Inbound.LET_IN


@pytest.mark.parametrize(
    "rule",
    [
        "limit rate 5/second accept",
        "meta mark 1 accept",
        "fib daddr type anycast accept",
        "ip saddr != 192.168.0.0/16 accept",
        "udp sport 53 accept",
        "tcp flags & (fin | syn) == syn accept",
        "ip daddr 10.0.0.9 accept",
        "jump nowhere",
        "queue num 1",
        "tcp dport vmap @services",
        "something new accept",
    ],
)
def test_what_cannot_be_told_is_unclear_and_neither_on_nor_open(rule: str) -> None:
    assert becomes(chain(rule), "eth0") is Inbound.UNCLEAR


def test_a_rule_for_an_interface_is_unclear_where_the_interfaces_are_not_known() -> None:
    assert becomes(chain("iifname eth0 accept")) is Inbound.UNCLEAR
    assert becomes(chain("iifname lo accept")) is Inbound.BLOCKED


def test_every_interface_has_to_be_kept() -> None:
    rules = chain("iifname wlan0 accept")
    assert becomes(rules, "eth0") is Inbound.BLOCKED
    assert becomes(rules, "eth0", "wlan0") is Inbound.LET_IN


# What is blocked under a policy that accepts


@pytest.mark.parametrize(
    "rule", ["drop", "counter reject", "ct state new drop", "iifname != lo drop"]
)
def test_a_final_block_is_as_good_as_a_policy(rule: str) -> None:
    assert becomes(chain(f"tcp dport 22 accept\n{rule}", "accept"), "eth0") is Inbound.BLOCKED


@pytest.mark.parametrize(
    "rule",
    [
        "ip saddr 203.0.113.7 drop",
        "ip saddr { 203.0.113.7, 203.0.113.8 } drop",
        "ct state invalid drop",
        "tcp dport 445 drop",
        "iifname tailscale0 drop",
        "udp dport 1-65535 drop",
        "",
    ],
)
def test_a_block_of_something_is_no_firewall(rule: str) -> None:
    assert becomes(chain(rule, "accept"), "eth0") is Inbound.UNFILTERED


def test_a_block_that_is_never_reached_lets_in() -> None:
    assert becomes(chain("accept\ndrop", "accept"), "eth0") is Inbound.LET_IN


# Chains, tables, hooks


def nft(*tables: str) -> Ruleset:
    read = parse_nft_text("\n".join(tables).encode())
    assert read is not None
    return read


BASE = "chain input { type filter hook input priority 0; %s; %s }"


def test_a_jump_comes_back_and_a_goto_does_not() -> None:
    inner = "chain inner { tcp dport 22 accept }"
    base = BASE % ("policy accept", "jump inner; drop")
    assert becomes(nft(f"table inet x {{ {inner}\n{base}\n}}")) is Inbound.BLOCKED
    base = BASE % ("policy accept", "goto inner; drop")
    assert becomes(nft(f"table inet x {{ {inner}\n{base}\n}}")) is Inbound.LET_IN


def test_chains_in_a_ring_are_unclear_and_end() -> None:
    ring = "chain a { jump b }\nchain b { jump a }"
    assert becomes(nft(f"table inet x {{ {ring}\n{BASE % ('policy drop', 'jump a')}\n}}")) in (
        Inbound.UNCLEAR,
        Inbound.BLOCKED,
    )


def test_many_jumps_into_the_same_chains_are_walked_once() -> None:
    links = "\n".join(f"chain c{n} {{ jump c{n + 1}; jump c{n + 1} }}" for n in range(40))
    base = BASE % ("policy drop", "jump c0")
    assert becomes(nft(f"table inet x {{ {links}\nchain c40 {{ return }}\n{base}\n}}"))


@pytest.mark.parametrize("hook", ["forward", "output", "postrouting"])
def test_what_goes_on_or_out_is_not_looked_at(hook: str) -> None:
    rules = nft(
        f"table inet x {{ chain c {{ type filter hook {hook} priority 0; policy drop; }} }}"
    )
    assert becomes(rules) is Inbound.UNFILTERED


def test_what_is_dropped_before_routing_is_blocked() -> None:
    rules = nft("table inet x { chain c { type filter hook prerouting priority 0; policy drop; } }")
    assert becomes(rules) is Inbound.BLOCKED


def test_an_accept_in_one_table_does_not_undo_the_drop_in_another() -> None:
    first = f"table inet a {{ {BASE % ('policy accept', 'accept')}\n}}"
    second = f"table inet b {{ {BASE % ('policy drop', '')}\n}}"
    assert becomes(nft(first, second)) is Inbound.BLOCKED


@pytest.mark.parametrize("family", FAMILIES)
def test_one_protocol_left_open_is_open_unless_the_machine_does_not_speak_it(family: str) -> None:
    rules = nft(f"table {family} x {{ {BASE % ('policy drop', '')}\n}}")
    assert becomes(rules) is Inbound.LET_IN
    assert becomes(rules, families=(family,)) is Inbound.BLOCKED


# A knock at one port


@pytest.mark.parametrize(
    ("rule", "port", "expected"),
    [
        ("tcp dport 22 accept", 22, LET_IN),
        ("tcp dport 22 accept", 23, BLOCKED),
        ("tcp dport { 20-25 } accept", 22, LET_IN),
        ("tcp dport > 1023 accept", 3389, LET_IN),
        ("tcp dport > 1023 accept", 445, BLOCKED),
        ("tcp dport <= 445 accept", 445, LET_IN),
        ("tcp dport < 445 accept", 445, BLOCKED),
        ("tcp dport ssh accept", 22, EITHER),
        ("udp dport 22 accept", 22, BLOCKED),
        ("ip saddr 10.0.0.1 tcp dport 22 accept", 22, EITHER),
        ("ip saddr 10.0.0.1 tcp dport 22 accept", 23, BLOCKED),
    ],
)
def test_a_knock_from_anyone_at_one_port(rule: str, port: int, expected: frozenset[Fate]) -> None:
    knock = Knock("ip", "tcp", "eth0", port, from_anyone=True)
    assert fate(chain(rule), knock) == expected


# iptables-save


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("-A INPUT -i lo -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -i docker+ -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -p tcp -m multiport --dports 22,80:90 -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -s 10.0.0.0/8 -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -m set --match-set friends src -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -d 224.0.0.0/4 -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -m addrtype --dst-type MULTICAST -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT -p tcp ! --syn -j ACCEPT", Inbound.BLOCKED),
        ('-A INPUT -m comment --comment "-j ACCEPT" -j LOG --log-prefix "x "', Inbound.BLOCKED),
        ("-A INPUT -m comment --comment ! -i lo -j ACCEPT", Inbound.BLOCKED),
        ("-A INPUT", Inbound.BLOCKED),
        ("-A INPUT -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -m comment --comment -j -j ACCEPT", Inbound.LET_IN),
        ("[3:180] -A INPUT -i eth0 -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -i eth+ -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT ! -i lo -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -s 0.0.0.0/0 -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -p tcp -m tcp --dport 1:65535 -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -p tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -m state --state NEW -j ACCEPT", Inbound.LET_IN),
        ("-A INPUT -m limit --limit 5/sec -j ACCEPT", Inbound.UNCLEAR),
        ("-A INPUT -m mark --mark 0x1 -j ACCEPT", Inbound.UNCLEAR),
        ("-A INPUT -j NFQUEUE --queue-num 0", Inbound.UNCLEAR),
        ("-A INPUT -j SOMETHING", Inbound.UNCLEAR),
    ],
)
def test_iptables_rules_before_a_policy_that_drops(rule: str, expected: Inbound) -> None:
    assert becomes(iptables(rule), "eth0", families=("ip",)) is expected


def test_iptables_chains_are_followed() -> None:
    rules = "-A INPUT -j inner\n-A inner -p tcp --dport 22 -j RETURN\n-A inner -j DROP"
    read = iptables(rules, "ACCEPT", ":inner - [0:0]\n")
    assert fate(read, Knock("ip", "tcp", "eth0", 22)) == LET_IN
    assert fate(read, Knock("ip", "tcp", "eth0", 23)) == BLOCKED


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "*filter\n:INPUT DROP [0:0]\n",
        "*filter\n-A INPUT -j DROP\nCOMMIT\n",
        "*filter\n:INPUT DROP [0:0]\n-D INPUT -j DROP\nCOMMIT\n",
        ":INPUT DROP [0:0]\nCOMMIT\n",
        '*filter\n:INPUT DROP [0:0]\n-A INPUT -m comment --comment "x -j DROP\nCOMMIT\n',
        "*filter\n:INPUT DROP [0:0]\nCOMMIT\n*raw\n",
        "*nat\n:INPUT ACCEPT [0:0]\nCOMMIT\n",
    ],
)
def test_what_iptables_did_not_print_to_the_end_is_no_ruleset(printed: str) -> None:
    assert parse_iptables_save(printed.encode(), "ip") is None


def test_ufws_rules_are_followed_as_it_prints_them() -> None:
    four = parse_iptables_save((CAPTURED / "ufw.iptables-save").read_bytes(), "ip")
    six = parse_iptables_save((CAPTURED / "ufw.ip6tables-save").read_bytes(), "ip6")
    assert four and six
    assert becomes((*four, *six), "eth0") is Inbound.BLOCKED
    for family in FAMILIES:
        for port, expected in ((22, LET_IN), (445, BLOCKED)):
            knock = Knock(family, "tcp", "eth0", port, from_anyone=True)
            assert fate((*four, *six), knock) == expected


# nft's JSON listing


FLAGS = {"&": [{"payload": {"protocol": "tcp", "field": "flags"}}, ["fin", "syn", "rst", "ack"]]}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([ACCEPT], Inbound.LET_IN),
        ([{"counter": {"packets": 0, "bytes": 0}}, ACCEPT], Inbound.LET_IN),
        ([match(DPORT, {"set": [22, {"range": [80, 90]}]}), ACCEPT], Inbound.BLOCKED),
        ([match(DPORT, {"range": [1, 65535]}), ACCEPT], Inbound.LET_IN),
        ([match(DPORT, "@known"), ACCEPT], Inbound.BLOCKED),
        ([match(DPORT, "@all"), ACCEPT], Inbound.LET_IN),
        ([match(DPORT, "@other"), ACCEPT], Inbound.UNCLEAR),
        ([match({"meta": {"key": "l4proto"}}, {"set": ["tcp", 17]}), ACCEPT], Inbound.LET_IN),
        ([match(FLAGS, "syn"), ACCEPT], Inbound.LET_IN),
        ([match(FLAGS, "ack"), ACCEPT], Inbound.BLOCKED),
        ([match(FLAGS, "syn", "!="), ACCEPT], Inbound.BLOCKED),
        ([match(FLAGS, "ack", "!="), ACCEPT], Inbound.LET_IN),
        (
            [match({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False), ACCEPT],
            Inbound.BLOCKED,
        ),
        ([match({"fib": {"result": "type", "flags": "daddr"}}, "local"), ACCEPT], Inbound.LET_IN),
        ([{"xt": {"type": "match", "name": "conntrack"}}, ACCEPT], Inbound.UNCLEAR),
        (
            [{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": {"set": [["lo", ACCEPT]]}}}],
            Inbound.BLOCKED,
        ),
        ([{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": "@doors"}}], Inbound.LET_IN),
        ([{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": "@none"}}], Inbound.UNCLEAR),
    ],
)
def test_a_rule_of_the_listing_before_a_policy_that_drops(parts: Any, expected: Inbound) -> None:
    where = {"family": "inet", "table": "x"}
    sets = (
        {"set": {**where, "name": "known", "type": "inet_service", "elem": [22, 80]}},
        {"set": {**where, "name": "all", "elem": [{"elem": {"val": {"range": [0, 65535]}}}]}},
        {"map": {**where, "name": "doors", "map": "verdict", "elem": [["eth0", ACCEPT]]}},
    )
    assert becomes(parse_nft_json(listing(TABLE, *sets, INPUT, rule(*parts))), "eth0") is expected


def test_a_chain_that_rewrites_addresses_is_no_filter() -> None:
    rewriting = {"chain": {**INPUT["chain"], "type": "nat"}}
    assert becomes(parse_nft_json(listing(TABLE, rewriting))) is Inbound.UNFILTERED


def test_a_dormant_table_is_left_out_and_an_unknown_flag_leaves_all_unread() -> None:
    def flagged(*flags: str) -> Ruleset | None:
        return parse_nft_json(listing({"table": {**TABLE["table"], "flags": [*flags]}}, INPUT))

    assert becomes(flagged("owner", "persist")) is Inbound.BLOCKED
    assert becomes(flagged("dormant")) is Inbound.UNFILTERED
    assert flagged("x") is None


def test_a_listing_without_its_head_or_of_another_schema_is_not_read() -> None:
    assert parse_nft_json(b'{"nftables": []}') is None
    assert parse_nft_json(b'{"nftables": [{"metainfo": {"json_schema_version": 2}}]}') is None
    assert parse_nft_json(b"") is None


# nft's configuration file


@pytest.mark.parametrize(
    "written",
    [
        'include "/etc/nftables.d/*.nft"',
        "add rule inet filter input drop",
        "table inet x { chain c { type filter hook input priority 0; policy drop; ",
        'table inet x { chain c { include "more"\n } }',
        "table inet x { chain c { iifname vmap { lo } } }",
        "delete chain inet x c",
        "}",
        "\x00",
        "テーブル",
    ],
)
def test_a_file_that_is_not_a_whole_ruleset_is_not_read(written: str) -> None:
    assert parse_nft_text(written.encode()) is None


WHOLE = """#!/usr/sbin/nft -f
flush ruleset
define lan = 192.168.1.0/24
add table inet other
table inet filter {
  comment "家の規則"
  set known { type inet_service; elements = { 22, 80 } }
  chain input {
    type filter hook input priority filter - 5; policy drop;
    ip saddr $lan \\
      tcp dport 445 accept
    ct state vmap {
      established : accept,
      related : accept
    }
    tcp dport @known accept
    pkttype host limit rate 5/second counter reject with icmpx type admin-prohibited
  }
  chain forward { type filter hook forward priority filter; policy drop; }
}
"""


def test_a_file_as_people_write_it_is_read_whole() -> None:
    read = parse_nft_text(WHOLE.encode())
    assert read is not None
    knock = Knock("ip", "tcp", "eth0", 3389, from_anyone=True)
    assert [table.family for table in read] == ["inet"]
    assert fate(read, Knock("ip", "tcp", "eth0", 445, from_anyone=True)) == EITHER
    assert fate(read, knock) >= BLOCKED


@given(st.integers(0, len(WHOLE.encode()) - 3))
def test_a_file_that_breaks_off_never_blocks(length: int) -> None:
    read = parse_nft_text(WHOLE.encode()[:length])
    assert read is None or becomes(read) is not Inbound.BLOCKED


# Garbage

WRITTEN = """{ } ; , : # " @ $ \\ table inet chain type filter hook input policy drop accept jump
vmap tcp dport ct state meta 日本 1-9 *filter :INPUT -A INPUT -j DROP COMMIT ! -p --dport --syn
--tcp-flags --match-set [0:0] iif log comment set flags ip"""
KEYS = """match op left right meta key payload protocol field ct fib set range prefix len addr elem
val vmap data & jump target result flags xt counter"""
WORDS = st.sampled_from([*WRITTEN.split(), "\n"])
SCRIBBLE = st.binary(max_size=200) | st.lists(WORDS, max_size=40).map(
    lambda words: " ".join(words).encode()
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["@s", "new", "tcp", "lo", "日本"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
LEFT = st.sampled_from(
    [DPORT, FLAGS, {"meta": {"key": "iifname"}}, {"meta": {"key": "l4proto"}}]
    + [{"ct": {"key": "state"}}, {"fib": {"result": "oif", "flags": ["saddr"]}}]
    + [{"payload": {"protocol": "ip", "field": field}} for field in ("saddr", "daddr", "protocol")]
)
OPERATORS = st.sampled_from(["==", "!=", "in", "<", ">", "<=", ">=", "~", None])


@given(SCRIBBLE)
def test_scribbled_text_never_becomes_a_firewall_without_the_word(raw: bytes) -> None:
    for read in (parse_nft_text(raw), parse_iptables_save(raw, "ip")):
        if read is not None and becomes(read, "eth0", families=("ip",)) is Inbound.BLOCKED:
            assert b"drop" in raw.lower()


@given(st.lists(VALUES, max_size=4))
def test_rules_of_any_shape_are_walked_and_open_nothing_for_sure(parts: list[Any]) -> None:
    read = parse_nft_json(listing(TABLE, INPUT, rule(*parts)))
    assert read is None or becomes(read, "eth0") in (Inbound.BLOCKED, Inbound.UNCLEAR)


@given(LEFT, VALUES, OPERATORS)
def test_conditions_of_any_shape_are_walked(left: Any, right: Any, operator: Any) -> None:
    read = parse_nft_json(listing(TABLE, INPUT, rule(match(left, right, operator), ACCEPT)))
    assert read is not None
    assert fate(read, Knock("ip", "tcp", "eth0", 22)) <= EITHER


@given(VALUES, st.binary(max_size=60))
def test_garbage_for_the_listing_is_not_read(value: Any, raw: bytes) -> None:
    assert parse_nft_json(json.dumps({"nftables": value}).encode()) is None
    assert parse_nft_json(raw) is None
