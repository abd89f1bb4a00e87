"""The answers of Microsoft Defender for Endpoint's command `mdatp`, on Linux and macOS.

Settings come bare or wrapped as `{"value": …, "isManaged": …}`, and times as milliseconds since
1970, mostly in a string. `healthy` says nothing about protection: it is true in passive mode.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from probes.antivirus.facts import Definitions, State
from probes.antivirus.threats import Asked, Says
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.system import System
from probes.system.questions import Completed, RunCommand

LINUX = "/usr/bin/mdatp"
MACOS = "/usr/local/bin/mdatp"

_FIRST_RELEASE = datetime(2019, 1, 1, tzinfo=UTC)
"""Definitions dated earlier are a "never" in disguise."""

_RESOLVED = frozenset({"quarantined", "removed"})
_UNRESOLVED = frozenset({"active", "detected", "restored"})


@dataclass(frozen=True, slots=True)
class Health:
    """`licensed` and `real_time` are None where the answer does not say."""

    licensed: bool | None
    real_time: bool | None
    definitions: Definitions


@dataclass(frozen=True, slots=True)
class Threats:
    """How many threats the product lists that are still there, and that it has dealt with."""

    active: int
    resolved: int


def health_of(program: str) -> RunCommand:
    """The question for the state of protection."""
    return RunCommand((program, "health", "--output", "json"), timeout=8.0)


def threats_of(program: str) -> RunCommand:
    """The question for what was found."""
    return RunCommand((program, "threat", "list", "--output", "json"), timeout=8.0)


def health(system: System, program: str) -> Fact[Health]:
    """The state of protection, as the product says."""
    return parsed(parsed(system.ask(health_of(program)), _printed), parse_health)


def licensed(said: Health) -> State | None:
    """Whether it is on or its licence has run out."""
    if said.licensed is None:
        return None
    return State.ON if said.licensed else State.EXPIRED


def asked_for_threats(system: System, program: str, name: str) -> Asked | None:
    """What the product called `name` says of threats; None where it is not there. That it lists
    none is its word for a clean device only where it guards it and has dealt with some."""
    threats = parsed(parsed(system.ask(threats_of(program)), _printed), parse_threats)
    if is_missing(threats):
        return None
    if isinstance(threats, Unknown):
        return Asked(name, threats)
    if threats.value.active:
        return Asked(name, Known(Says.ACTIVE, threats.source), threats.value.active)
    state = health(system, program)
    guards = (
        isinstance(state, Known) and state.value.licensed is True and state.value.real_time is True
    )
    says = Says.CLEAN if guards and threats.value.resolved else Says.NOTHING_SHOWN
    return Asked(name, Known(says, threats.source))


def parse_health(raw: bytes) -> Health | None:
    """What `mdatp health --output json` says; None where it is no such answer.

    Real time needs all three: enabled, not passive, and available on this kernel.
    """
    answer = _object(raw)
    if answer is None or "realTimeProtectionEnabled" not in answer:
        return None
    enabled = _flag(answer.get("realTimeProtectionEnabled"))
    passive = _flag(answer.get("passiveModeEnabled"))
    available = _flag(answer.get("realTimeProtectionAvailable"))
    needed = (enabled, None if passive is None else not passive, available)
    real_time = False if False in needed else (None if None in needed else True)
    status = answer.get("definitionsStatus")
    up_to_date = isinstance(status, dict) and status.get("$type") == "upToDate"
    return Health(
        licensed=_flag(answer.get("licensed")),
        real_time=real_time,
        definitions=Definitions(
            updated=_time(answer.get("definitionsUpdated")),
            current=True if up_to_date else None,
        ),
    )


def parse_threats(raw: bytes) -> Threats | None:
    """What `mdatp threat list --output json` says; None where it is no such answer, or where a
    threat's last status is a word that says neither that it is there nor that it is gone."""
    answer = _object(raw)
    try:
        scans = answer["threats"]["scans"]  # type: ignore[index]
        statuses = [
            max(threat["history"], key=lambda event: int(event["key"]))["value"]
            for scan in scans
            for threat in scan["threats"]
        ]
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not isinstance(scans, list) or not all(isinstance(status, str) for status in statuses):
        return None
    active = sum(status in _UNRESOLVED for status in statuses)
    resolved = sum(status in _RESOLVED for status in statuses)
    if not active and resolved < len(statuses):
        return None
    return Threats(active, resolved)


def _printed(completed: Completed) -> bytes | None:
    """What the command printed, where it ended well."""
    return completed.stdout if completed.returncode == 0 else None


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        answer = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _flag(setting: object) -> bool | None:
    value = setting.get("value") if isinstance(setting, dict) else setting
    return value if isinstance(value, bool) else None


def _time(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, str) and milliseconds.isascii() and milliseconds.isdigit():
        milliseconds = int(milliseconds[:20])
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return None
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment >= _FIRST_RELEASE else None
