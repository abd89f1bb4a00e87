"""dnf 4 and 5: Fedora, and the family of Red Hat Enterprise Linux.

- Waiting: the security advisories for which an update is at hand, from the cache of the system.
  With `--cacheonly` nothing is fetched. An empty cache gives the same empty answer as no advisory,
  so an answer counts only together with a cache in which some repository has advisories.
- Complete until: dnf sets the mtime of a repository's primary metadata whenever the server has
  the same, and never when it could not be asked.
- The age of what waits is in the advisories themselves.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.security_updates import repodata
from probes.security_updates.commands import output
from probes.security_updates.facts import Automatic, Facts, Waiting, moment
from probes.security_updates.timers import unit_enabled
from probes.system import System
from probes.system.questions import RunCommand, StatFile

DNF5 = "/usr/bin/dnf5"
CACHE4 = "/var/cache/dnf"
CACHE5 = "/var/cache/libdnf5"
_FOUR = ("dnf", "-q", "-C", f"--setopt=cachedir={CACHE4}")
_FIVE = ("dnf5", "-q", "-C", f"--setopt=cachedir={CACHE5}", "--setopt=build_cache=False")
ADVISORIES4 = RunCommand((*_FOUR, "updateinfo", "info", "--updates", "--security"), timeout=15.0)
ADVISORIES5 = RunCommand(
    (*_FIVE, "advisory", "list", "--updates", "--security", "--json"), timeout=15.0
)
"""The system's cache is named, since dnf 5 would else copy it into the person's own."""

INSTALL_TIMER = "dnf-automatic-install.timer"


@dataclass(frozen=True, slots=True)
class Advisory:
    """A security advisory, and when it was last changed (UTC)."""

    id: str
    dated: datetime


def observe(system: System) -> Facts:
    """What dnf tells on this machine; dnf 5 where it is there."""
    if is_missing(system.ask(StatFile(DNF5))):
        advisories = parsed(output(system, ADVISORIES4), parse_info)
        cache = CACHE4
    else:
        advisories = parsed(output(system, ADVISORIES5), parse_list)
        cache = CACHE5
    known = repodata.repositories(system, cache, primary)
    if isinstance(known, Unknown):
        advisories = known
    oldest = parsed(advisories, lambda found: min((item.dated for item in found), default=None))
    return Facts(
        manager=Known("dnf", cache),
        waiting=parsed(advisories, lambda found: Waiting(len({item.id for item in found}))),
        security_source=parsed(known, repodata.has_advisories),
        scanned=parsed(known, repodata.scanned),
        waiting_since=oldest,
        caught_up=oldest,
        automatic=_automatic(system),
    )


def parse_info(raw: bytes) -> tuple[Advisory, ...] | None:
    """What `dnf updateinfo info` prints. A description's further lines start with a colon."""
    advisories: list[Advisory] = []
    name: str | None = None
    for line in raw.decode("utf-8", errors="replace").splitlines():
        field = re.fullmatch(r" *(Update ID|Updated|Type): (.*)", line)
        if field is None:
            continue
        if field[1] == "Update ID":
            name = field[2].strip()
        elif field[1] == "Type" and field[2].strip() != "security":
            return None
        elif field[1] == "Updated":
            dated = _date(field[2])
            if name is None or dated is None:
                return None
            advisories.append(Advisory(name, dated))
            name = None
    if name is not None or (raw.strip() and not advisories):
        return None
    return tuple(advisories)


def parse_list(raw: bytes) -> tuple[Advisory, ...] | None:
    """What `dnf5 advisory list --json` prints: an array with one entry per advisory and package.
    The time is a number in some versions and text in others."""
    try:
        entries = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(entries, list):
        return None
    advisories = [_advisory(entry) for entry in entries]
    found = tuple(advisory for advisory in advisories if advisory is not None)
    return found if len(found) == len(advisories) else None


def primary(names: Sequence[str]) -> str | None:
    """The primary metadata among a repository's files."""
    return next((name for name in names if "-primary." in name), None)


def _advisory(entry: Any) -> Advisory | None:
    if not isinstance(entry, dict) or entry.get("type") != "security":
        return None
    name, built = entry.get("name"), entry.get("buildtime")
    if not isinstance(name, str) or not name:
        return None
    if isinstance(built, str):
        dated = _date(built)
    elif isinstance(built, int) and not isinstance(built, bool):
        dated = moment(built)
    else:
        dated = None
    return None if dated is None else Advisory(name, dated)


def _date(written: str) -> datetime | None:
    try:
        return datetime.strptime(written.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _automatic(system: System) -> Fact[Automatic]:
    timer = unit_enabled(system, INSTALL_TIMER)
    if isinstance(timer, Known) and timer.value:
        return Known(Automatic.ON, timer.source)
    # The other timers install only where their settings say so, and GNOME's and KDE's software
    # centres have settings of their own.
    return Unknown(Unread.UNSUPPORTED, INSTALL_TIMER)
