"""apt's own log of what it did (`/var/log/apt/history.log`, rotated monthly by logrotate)."""

import re
import shlex
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from probes.facts import text

LOG_LIMIT = 8 << 20
"""Months of upgrades take far less. The newest entry is the last, so a longer log is not read."""

_UPGRADING = {
    "apt": {"upgrade", "dist-upgrade", "full-upgrade"},
    "apt-get": {"upgrade", "dist-upgrade"},
    "aptitude": {"upgrade", "safe-upgrade", "dist-upgrade", "full-upgrade"},
}
_WITH_VALUE = {"-o", "--option", "-c", "--config-file", "-t", "--target-release"}


@dataclass(frozen=True, slots=True)
class History:
    """`began` is the oldest entry's time, `upgraded` the last time any package was upgraded (None:
    never in this log), `caught_up` the last time a command that upgrades everything did so."""

    began: datetime
    upgraded: datetime | None
    caught_up: datetime | None


def parse_history(raw: bytes) -> History | None:
    """What a history log says; None where it holds no entry. Its times are local and taken for
    UTC, which is wrong by hours at most. An entry with an error did not upgrade everything."""
    began: datetime | None = None
    upgraded: datetime | None = None
    caught_up: datetime | None = None
    for entry in _entries(text(raw) or ""):
        time = _time(entry.get("End-Date") or entry.get("Start-Date") or "")
        if time is None:
            continue
        began = min(began or time, time)
        if "Upgrade" not in entry:
            continue
        upgraded = max(upgraded or time, time)
        if "Error" not in entry and upgrades_everything(entry.get("Commandline", "")):
            caught_up = max(caught_up or time, time)
    return None if began is None else History(began, upgraded, caught_up)


def unpacked(raw: bytes) -> bytes | None:
    """A log that logrotate has compressed (gzip); None for what is none or unpacks too large."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(raw, LOG_LIMIT)
    except zlib.error:
        return None
    return content if unpacker.eof else None


def upgrades_everything(command: str) -> bool:
    """Whether a logged command line asks for all updates from the system's own sources."""
    try:
        program, *arguments = shlex.split(command)
    except ValueError:
        return False
    name = PurePosixPath(program).name
    if name in ("unattended-upgrade", "unattended-upgrades"):
        return True
    if any("Dir::" in argument for argument in arguments):
        return False
    return next(_verbs(arguments), None) in _UPGRADING.get(name, set())


def _verbs(arguments: list[str]) -> Iterator[str]:
    remaining = iter(arguments)
    for argument in remaining:
        if argument in _WITH_VALUE:
            next(remaining, None)
        elif not argument.startswith("-"):
            yield argument


def _entries(log: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n\s*\n", log):
        pairs = (line.partition(": ") for line in block.splitlines())
        yield {name: value for name, colon, value in pairs if colon}


def _time(written: str) -> datetime | None:
    try:
        return datetime.strptime(" ".join(written.split()), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
