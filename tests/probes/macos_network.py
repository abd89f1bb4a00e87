"""A Mac's network for tests: what scutil, ipconfig and the system report print.

The shapes are those of real answers; the numbers and names in them are composed, unless a test
gives it something captured.
"""

import json
from typing import Any

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.ipconfig import summary_of
from probes.network.macos import NWI, WIFI_REPORT
from probes.system.questions import Question
from probes.system.recording import RecordedSystem
from probes.system_report import report_on
from tests.machines import composed
from tests.probes.software_device import said

ADDRESS = "192.168.11.5"
HOTSPOT_ADDRESS = "172.20.10.3"


def nwi(*ipv4: str, ipv6: tuple[str, ...] = (), address: str = ADDRESS) -> str:
    """What `scutil --nwi` prints when these interfaces are in use, best first."""

    def states(family: str, names: tuple[str, ...], address: str) -> list[str]:
        lines = [f"{family} network interface information"]
        for name in names:
            lines += [
                f"{name:>7} : flags      : 0x7 (IPv4,IPv6,DNS)",
                f"           address    : {address}",
                "           reach      : 0x00000002 (Reachable)",
            ]
        lines += [] if names else [f"   No {family} states found"]
        return [*lines, "", "   REACH : flags 0x00000002 (Reachable)", ""]

    return "\n".join(
        [
            *("Network information", ""),
            *states("IPv4", ipv4, address),
            *states("IPv6", ipv6, "2001:db8::5"),
            f"Network interfaces: {' '.join((*ipv4, *ipv6))}",
            "",
        ]
    )


def summary(*lines: str, dhcp: str = "domain_name (string): example.jp") -> str:
    """What `ipconfig getsummary` prints with these lines of the interface's own."""
    before = [line for line in lines if line < "IPv4"]
    after = [line for line in lines if line >= "IPv4"]
    return "\n".join(
        [
            "<dictionary> {",
            *(f"  {line}" for line in before),
            "  IPv4 : <array> {",
            "    0 : <dictionary> {",
            "      DHCP : <dictionary> {",
            "        Packet : op = BOOTREPLY",
            "htype = 1",
            "options:",
            dhcp,
            "        State : BOUND",
            "      }",
            "      Router : 192.168.11.1",
            "    }",
            "  }",
            *(f"  {line}" for line in after),
            "}",
            "",
        ]
    )


def wifi(security: str, ssid: str = "<redacted>") -> str:
    return summary(
        "BSSID : <redacted>",
        "ConnectionID : 49",
        "InterfaceType : WiFi",
        "LinkStatusActive : TRUE",
        "NetworkID : <redacted>",
        f"SSID : {ssid}",
        f"Security : {security}",
    )


ETHERNET = summary("InterfaceType : Ethernet", "LinkStatusActive : TRUE")


def airport(security: str | None, interface: str = "en0", name: str = "<redacted>") -> str:
    """The system report on Wi-Fi, in which `interface` is in a network of this class; None for
    one that is in no network."""
    current = {"_name": name, "spairport_network_country_code": "JP"}
    card: dict[str, Any] = {"_name": interface}
    if security is not None:
        card["spairport_current_network_information"] = {
            **current,
            "spairport_security_mode": security,
        }
    cards = [card, {"_name": "awdl0", "spairport_current_network_information": {}}]
    return json.dumps({WIFI_REPORT: [{"spairport_airport_interfaces": cards}]})


def printed(answer: Any) -> Any:
    """What a command printed, or why it did not."""
    return answer if isinstance(answer, Unread) else said(answer)


def mac(
    *in_use: str,
    ipv6: tuple[str, ...] = (),
    address: str = ADDRESS,
    report: Any = Unread.TIMED_OUT,
    **summaries: Any,
) -> RecordedSystem:
    """A Mac whose data these interfaces carry; the rest is what commands print."""
    answers: dict[Question[Any], Any] = {
        NWI: said(nwi(*in_use, ipv6=ipv6, address=address)),
        report_on(WIFI_REPORT): printed(report),
    }
    for name, lines in summaries.items():
        answers[summary_of(name)] = printed(lines)
    return composed(answers, family=OsFamily.MACOS)
