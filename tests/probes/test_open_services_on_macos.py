"""open_services on macOS: what waits beyond loopback, what is shared, and what cannot be seen.

Which ports the services take is as in public listings of netstat(1) on Macs; the machines are
composed.
"""

import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import OpenServices as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.firewall import open_services
from probes.firewall.macos import REPORT, TOOL, Mode
from probes.firewall.macos_services import OVERRIDES, SWITCHES, parse_overrides, shows_all
from probes.system.questions import Listener, ListListeners
from tests.machines import composed, context
from tests.probes.test_firewall_on_macos import TOOL_SAYS, printed, report

ANY = "0.0.0.0"  # noqa: S104 - an address that was listened on

RESPONDER = Listener("udp", ANY, 5353)
SHIPPED = (
    RESPONDER,
    Listener("tcp", "127.0.0.1", 631),
    Listener("tcp", "::1", 631),
    Listener("tcp", ANY, 5000),
    Listener("tcp", ANY, 7000),
    Listener("tcp", "::", 49152),
    Listener("udp", ANY, 137),
    Listener("udp", ANY, 138),
)
OWN = (Listener("tcp", ANY, 49153), Listener("udp", ANY, 49154))
"""What a person sees where macOS shows them their own sockets alone."""


def overrides(**disabled: Any) -> bytes:
    return plistlib.dumps({name.replace("_", "."): value for name, value in disabled.items()})


def found(listeners: Any, mode: Any = Mode.ON, switches: Any = Unread.MISSING):
    tool = printed(TOOL_SAYS[mode]) if isinstance(mode, Mode) else mode
    told = printed(report(mode.value)) if isinstance(mode, Mode) else mode
    answers = {ListListeners(): listeners, TOOL: tool, REPORT: told, OVERRIDES: switches}
    return open_services.run(composed(answers, OsFamily.MACOS), context())


@pytest.mark.parametrize("mode", [*Mode, Unread.DENIED])
def test_a_mac_as_it_is_shipped_has_none(mode: Any) -> None:
    assert found(SHIPPED, mode).reason == Why.NONE_REACHABLE


@pytest.mark.parametrize(
    ("protocol", "port", "kind"),
    [
        ("tcp", 22, "SSH"),
        ("tcp", 139, "SMB"),
        ("tcp", 445, "SMB"),
        ("tcp", 548, "AFP"),
        ("tcp", 631, "IPP"),
        ("tcp", 3031, "Apple Events"),
        ("tcp", 3283, "ARD"),
        ("udp", 3283, "ARD"),
        ("tcp", 3689, "DAAP"),
        ("tcp", 5900, "VNC"),
    ],
)
def test_what_is_shared_is_reachable_while_the_firewall_is_on_or_off(
    protocol: str, port: int, kind: str
) -> None:
    shared = (*SHIPPED, Listener(protocol, ANY, port))
    for mode in (Mode.ON, Mode.OFF):
        finding = found(shared, mode)
        assert (finding.reason, finding.verdict) == (Why.REACHABLE, Verdict.WARN)
        assert finding.evidence["name"] == kind


def test_what_is_shared_is_behind_a_firewall_that_blocks_all() -> None:
    shared = (*SHIPPED, Listener("tcp", ANY, 22))
    assert found(shared, Mode.BLOCKS_ALL).reason == Why.BEHIND_FIREWALL


@pytest.mark.parametrize("mode", [Unread.DENIED, Unread.MISSING, printed(b"???")])
def test_what_is_shared_is_reachable_where_the_firewall_cannot_be_read(mode: Any) -> None:
    assert found((*SHIPPED, Listener("tcp", ANY, 22)), mode).reason == Why.REACHABLE


def test_that_it_blocks_all_counts_only_where_both_sources_say_so() -> None:
    shared = (*SHIPPED, Listener("tcp", ANY, 22))
    for other in (Mode.ON, Mode.OFF):
        answers = {
            ListListeners(): shared,
            TOOL: printed(TOOL_SAYS[Mode.BLOCKS_ALL]),
            REPORT: printed(report(other.value)),
        }
        finding = open_services.run(composed(answers, OsFamily.MACOS), context())
        assert finding.reason == Why.REACHABLE


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_what_waits_on_loopback_is_not_reachable(address: str) -> None:
    assert found((*SHIPPED, Listener("tcp", address, 5900))).reason == Why.NONE_REACHABLE


@pytest.mark.parametrize("listeners", [OWN, (), OWN[:1]])
@pytest.mark.parametrize(
    "switches", [Unread.MISSING, Unread.DENIED, b"", overrides(), overrides(com_apple_smbd=True)]
)
def test_a_part_of_the_sockets_is_never_taken_for_none(listeners: Any, switches: Any) -> None:
    finding = found(listeners, switches=switches)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.DENIED)


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.MISSING])
def test_sockets_that_cannot_be_listed_are_unknown(why: Unread) -> None:
    assert found(why).reason == why


@pytest.mark.parametrize("listeners", [OWN, (), Unread.DENIED, Unread.GARBLED])
@pytest.mark.parametrize(("label", "kind"), [(key, kind) for key, (kind, _) in SWITCHES.items()])
def test_what_is_switched_on_is_told_where_the_sockets_are_not_all_seen(
    listeners: Any, label: str, kind: str
) -> None:
    finding = found(listeners, switches=plistlib.dumps({label: False}))
    assert (finding.reason, finding.evidence["name"]) == (Why.REACHABLE, kind)


def test_what_is_switched_on_and_does_not_wait_is_not_reachable() -> None:
    switches = overrides(com_openssh_sshd=False)
    assert found(SHIPPED, switches=switches).reason == Why.NONE_REACHABLE


def test_a_service_of_the_persons_own_is_told_where_no_other_is_seen() -> None:
    assert found((*OWN, Listener("tcp", ANY, 5901))).reason == Why.REACHABLE


def test_only_the_systems_own_responder_shows_that_all_are_seen() -> None:
    assert shows_all((RESPONDER,))
    assert shows_all((Listener("udp", "::", 5353),))
    assert not shows_all((Listener("tcp", ANY, 5353),))
    assert not shows_all(())


@pytest.mark.parametrize("value", [True, 1, "false", None, 2, b""])
def test_a_label_counts_as_switched_on_only_where_it_is_not_disabled(value: Any) -> None:
    written = {} if value is None else {"com.openssh.sshd": value}
    assert parse_overrides(plistlib.dumps(written)) == frozenset()
    assert parse_overrides(plistlib.dumps({"com.openssh.sshd": False})) == {("SSH", 22)}


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_may_stand_for_the_switches(raw: bytes) -> None:
    assert parse_overrides(raw) is None


@given(
    st.lists(
        st.builds(
            Listener,
            protocol=st.sampled_from(["tcp", "udp"]),
            address=st.sampled_from([ANY, "::", "127.0.0.1", "192.0.2.7", "fe80::1%en0", "x"]),
            port=st.sampled_from([22, 445, 5353, 5900, 3283, 49152]) | st.integers(0, 65535),
            program=st.none() | st.sampled_from(["launchd", "画面共有"]),
        ),
        max_size=5,
    )
)
def test_without_the_responder_no_list_passes_unless_all_is_blocked(items: list[Any]) -> None:
    finding = found(tuple(items))
    if not shows_all(tuple(items)):
        assert finding.verdict is not Verdict.PASS
