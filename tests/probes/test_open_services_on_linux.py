"""open_services on Linux: what waits beyond loopback, and whether the loaded rules keep all out.

The machines are composed; `test_firewall_truth.py` holds real ones against what comes in.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import OpenServices, Unread
from precheck.contract.verdict import Verdict
from probes.firewall import open_services
from probes.firewall.services import SERVICES, is_beyond_loopback, kind_of
from probes.system.questions import (
    Completed,
    Interface,
    Listener,
    ListInterfaces,
    ListListeners,
    ReadFile,
    RunCommand,
)
from tests.machines import composed, context
from tests.probes.firewall.listing import ACCEPT, DPORT, INPUT, TABLE, listing, match, rule

ANY = "0.0.0.0"  # noqa: S104 - the address that a listener reports

INTERFACES = (
    Interface("lo", True, True, ("127.0.0.1", "::1")),
    Interface("eth0", True, False, ("192.0.2.7", "2001:db8::7", "fe80::7%eth0")),
    Interface("virbr0", True, False, ("192.168.122.1",)),
)


def found(*listeners: Listener, **more: Any):
    answers = {ListListeners(): listeners, ListInterfaces(): INTERFACES, **more.get("answers", {})}
    return open_services.run(composed(answers), context())


def rules(*parts: Any) -> dict[Any, Any]:
    """Rules that drop what comes in, but for `parts`; root may read them."""
    return {
        RunCommand(("nft", "-j", "list", "ruleset")): Completed(
            0, listing(TABLE, INPUT, *([rule(*parts)] if parts else [])), b""
        ),
        ReadFile("/proc/net/if_inet6"): b"fe800000000000000000000000000001 02 40 20 80 eth0\n",
    }


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        (21, "FTP"),
        (22, "SSH"),
        (23, "Telnet"),
        (111, "NFS"),
        (139, "SMB"),
        (445, "SMB"),
        (2049, "NFS"),
        (3389, "RDP"),
        (5900, "VNC"),
        (5909, "VNC"),
        (6000, "X11"),
        (6010, "X11"),
    ],
)
def test_a_sensitive_service_beyond_loopback_is_reachable(port: int, kind: str) -> None:
    finding = found(Listener("tcp", ANY, port))
    assert (finding.verdict, finding.reason) == (Verdict.WARN, OpenServices.REACHABLE)
    assert finding.evidence == {"name": kind, "count": 1}


@pytest.mark.parametrize("port", [20, 24, 53, 80, 443, 631, 5353, 5899, 5910, 5999, 6011, 8080])
def test_other_services_are_not_counted(port: int) -> None:
    assert found(Listener("tcp", ANY, port)).reason == OpenServices.NONE_REACHABLE


def test_nothing_listening_is_a_pass() -> None:
    finding = found()
    assert (finding.verdict, finding.reason) == (Verdict.PASS, OpenServices.NONE_REACHABLE)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1"])
def test_what_listens_on_loopback_only_is_not_reachable(address: str) -> None:
    assert found(Listener("tcp", address, 22)).reason == OpenServices.NONE_REACHABLE


@pytest.mark.parametrize(
    "address",
    [ANY, "::", "192.0.2.7", "::ffff:192.0.2.7", "fe80::7%eth0", "2001:db8::7", "*", ""],
)
def test_any_other_address_is_reachable(address: str) -> None:
    assert found(Listener("tcp", address, 22)).reason == OpenServices.REACHABLE


def test_an_address_that_only_this_machines_guests_see_is_not_counted() -> None:
    guests = Listener("tcp", "192.168.122.1", 445)
    assert found(guests).reason == OpenServices.NONE_REACHABLE
    assert found(guests, answers={ListInterfaces(): Unread.DENIED}).reason == OpenServices.REACHABLE


def test_a_service_is_known_by_its_program_at_another_port() -> None:
    finding = found(Listener("tcp", ANY, 2222, "sshd"))
    assert finding.evidence == {"name": "SSH", "count": 1}
    assert found(Listener("tcp", ANY, 2222, "sshd2")).verdict is Verdict.PASS


def test_a_free_port_says_nothing_where_another_program_is_behind_it() -> None:
    assert found(Listener("tcp", ANY, 6000, "node")).verdict is Verdict.PASS
    assert found(Listener("tcp", ANY, 6000, "Xorg")).verdict is Verdict.WARN
    assert found(Listener("tcp", ANY, 22, "systemd")).verdict is Verdict.WARN


def test_udp_counts_only_where_the_service_speaks_it() -> None:
    assert found(Listener("udp", ANY, 111)).verdict is Verdict.WARN
    assert found(Listener("udp", ANY, 22)).verdict is Verdict.PASS
    assert found(Listener("udp", ANY, 68, "sshd")).verdict is Verdict.PASS


def test_several_services_are_named_once_each() -> None:
    finding = found(
        Listener("tcp", ANY, 22),
        Listener("tcp", "::", 22),
        Listener("tcp", ANY, 139),
        Listener("tcp", ANY, 445),
    )
    assert finding.evidence == {"name": "SMB, SSH", "count": 2}


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.NOT_RECORDED])
def test_without_the_list_of_sockets_it_cannot_be_told(why: Unread) -> None:
    finding = open_services.run(composed({ListListeners(): why}), context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


# Behind a firewall


def test_rules_that_keep_everybody_out_put_a_service_behind_the_firewall() -> None:
    finding = found(Listener("tcp", "::", 22), answers=rules())
    assert (finding.verdict, finding.reason) == (Verdict.PASS, OpenServices.BEHIND_FIREWALL)
    assert finding.evidence == {"name": "SSH", "count": 1}


@pytest.mark.parametrize(
    "parts",
    [
        [match(DPORT, 22), ACCEPT],
        [match(DPORT, "@unknown"), ACCEPT],
        [
            match({"payload": {"protocol": "ip", "field": "saddr"}}, "192.0.2.9"),
            match(DPORT, 22),
            ACCEPT,
        ],
    ],
)
def test_rules_that_let_somebody_in_leave_it_reachable(parts: list[Any]) -> None:
    finding = found(Listener("tcp", ANY, 22), answers=rules(*parts))
    assert finding.reason == OpenServices.REACHABLE


def test_rules_for_one_protocol_do_not_keep_the_other_out() -> None:
    only_ip6 = [match({"meta": {"key": "nfproto"}}, "ipv6"), ACCEPT]
    answers = rules(*only_ip6)
    assert found(Listener("tcp", "::", 22), answers=answers).reason == OpenServices.REACHABLE
    ipv4 = found(Listener("tcp", ANY, 22), answers=answers)
    assert ipv4.reason == OpenServices.BEHIND_FIREWALL


def test_only_the_services_that_are_not_kept_are_named() -> None:
    answers = rules(match(DPORT, 22), ACCEPT)
    finding = found(Listener("tcp", ANY, 22), Listener("tcp", ANY, 445), answers=answers)
    assert finding.evidence == {"name": "SSH", "count": 1}


def test_rules_that_cannot_be_read_keep_nobody_out() -> None:
    refused = {RunCommand(("nft", "-j", "list", "ruleset")): Completed(1, b"", b"not permitted")}
    finding = found(Listener("tcp", ANY, 22), answers=refused)
    assert finding.reason == OpenServices.REACHABLE


def test_what_goes_on_to_a_container_passes_the_rules_by() -> None:
    finding = found(Listener("tcp", ANY, 22, "docker-proxy"), answers=rules())
    assert finding.reason == OpenServices.REACHABLE


# Any listener


@given(
    st.builds(
        Listener,
        st.sampled_from(["tcp", "udp", "sctp", ""]),
        st.text(max_size=8) | st.ip_addresses().map(str),
        st.integers(-1, 70000),
        st.none() | st.text(max_size=6) | st.sampled_from(["sshd", "日本"]),
    )
)
def test_a_listener_of_any_shape_is_judged(listener: Listener) -> None:
    finding = found(listener)
    counts = kind_of(listener) is not None and is_beyond_loopback(listener, INTERFACES[2:])
    assert finding.verdict is (Verdict.WARN if counts else Verdict.PASS)


def test_no_port_and_no_program_belongs_to_two_services() -> None:
    ports = [port for service in SERVICES for numbers in service.tcp for port in numbers]
    programs = [name for service in SERVICES for name in service.programs]
    assert len(ports) == len(set(ports))
    assert len(programs) == len(set(programs))
