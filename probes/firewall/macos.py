"""The firewall on macOS: the application firewall, by its own tool and by the system report.

It guards every network alike. Filters of what goes out, and network extensions that filter
content, keep nobody out and are not looked at; pf's rules are root's to read (pfctl(8)).
"""

import re
from enum import Enum

import msgspec

from precheck.contract.decoding import decoder
from precheck.contract.reasons import Unread
from probes import plists
from probes.check import Context
from probes.facts import Fact, Known, Unknown, first_known, parsed
from probes.firewall.facts import Facts, Manager
from probes.macos_version import read_version
from probes.system import System
from probes.system.questions import Completed, ReadFile, RunCommand

TOOL = RunCommand(
    ("/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate"), timeout=3.0
)
REPORT = RunCommand(("/usr/sbin/system_profiler", "-json", "SPFirewallDataType"), timeout=5.0)
SETTINGS = ReadFile("/Library/Preferences/com.apple.alf.plist")

NO_MORE_SETTINGS = (15,)
"""From this macOS on the settings are in no property list (its release notes, 124405935), so that
one left over from before says what once was."""


class Mode(Enum):
    """What becomes of connections that nobody asked for."""

    OFF = "spfirewall_globalstate_allow_all"
    ON = "spfirewall_globalstate_limit_connections"
    """Each program's own setting decides; signed programs may be let in without asking."""
    BLOCKS_ALL = "spfirewall_globalstate_block_all"
    """Let in are the essential services of the network alone, DHCP for one."""


_MODES = (Mode.OFF, Mode.ON, Mode.BLOCKS_ALL)
"""As the tool and the property list number them."""

_STATE = re.compile(rb"\(State = ([0-9]+)\)")


def observe(system: System, context: Context) -> Facts:
    """What both sources say, each on its own: where they differ, they disagree."""
    del context
    told = [parsed(fact, lambda mode: mode is not Mode.OFF) for fact in modes(system)]
    known = [fact for fact in told if isinstance(fact, Known)]
    enabled = first_known(*told)
    contrary = [fact for fact in known if fact.value is not known[0].value]
    manager = Manager(
        "Application Firewall",
        enabled=enabled,
        running=[enabled, *known, *contrary[:1]][-1],
        # While it is on, nobody is let in to a program that has no leave.
        blocks=Known(True, enabled.source),
    )
    return Facts((manager,), inbound=Unknown(Unread.UNSUPPORTED, "pf"))


def modes(system: System) -> tuple[Fact[Mode], ...]:
    """The mode by each source. Where one of the two does not answer, the property list is asked
    too, on a macOS that still keeps it."""
    told = (
        parsed(system.ask(TOOL), parse_global_state),
        parsed(system.ask(REPORT), parse_report),
    )
    if all(isinstance(fact, Known) for fact in told):
        return told
    version = read_version(system)
    if isinstance(version, Known) and version.value.numbers < NO_MORE_SETTINGS:
        return (*told, parsed(system.ask(SETTINGS), parse_settings))
    return told


def agreed(told: tuple[Fact[Mode], ...]) -> Fact[Mode]:
    """The mode in which all agree that can be read. That it blocks all counts where all say so."""
    known = [fact for fact in told if isinstance(fact, Known)]
    if not known:
        return first_known(*told)
    said = {fact.value for fact in known}
    if len(said) == 1:
        return known[0]
    source = ", ".join(dict.fromkeys(fact.source for fact in known))
    return Unknown(Unread.GARBLED, source) if Mode.OFF in said else Known(Mode.ON, source)


def parse_global_state(completed: Completed) -> Mode | None:
    """What `socketfilterfw --getglobalstate` says, by its number alone: the words around it differ,
    and those of the third mode lack "enabled"."""
    numbers = set(_STATE.findall(completed.stdout))
    if completed.returncode != 0 or len(numbers) != 1:
        return None
    return dict(zip((b"0", b"1", b"2"), _MODES, strict=True)).get(numbers.pop())


def parse_report(completed: Completed) -> Mode | None:
    """What `system_profiler -json SPFirewallDataType` says; None for a word that is none of its
    three."""
    if completed.returncode != 0:
        return None
    try:
        report = decoder(_Report).decode(completed.stdout)
        states = {item.spfirewall_globalstate for item in report.SPFirewallDataType} - {None}
        return Mode(states.pop()) if len(states) == 1 else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return None


def parse_settings(raw: bytes) -> Mode | None:
    """`globalstate` in com.apple.alf.plist."""
    values = plists.dictionary(raw) or {}
    number = values.get("globalstate")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(_MODES):
        return None
    return _MODES[number]


class _Item(msgspec.Struct, frozen=True):
    spfirewall_globalstate: str | None = None


class _Report(msgspec.Struct, frozen=True):
    SPFirewallDataType: tuple[_Item, ...]
