"""pacman: Arch Linux and what is made from it.

- Waiting: `pacman -Qu` on the databases as they are. Nothing there says which are security
  updates. It ends with 1 when nothing waits, and also when there are no databases at all.
- Complete until: the mtime of the distribution's databases, which is the server's own time for
  the content (libalpm sets it), so only a newer database makes it newer.
- Caught up: the last full upgrade that pacman's log shows completed.
"""

import re
from datetime import UTC, datetime

from probes.facts import Fact, Known, Unknown, parsed
from probes.security_updates.commands import output
from probes.security_updates.facts import Facts, Waiting, moment, newest
from probes.system import System
from probes.system.questions import ReadFile, RunCommand, StatFile

QUERY = RunCommand(("pacman", "-Qu"), timeout=10.0)
DATABASES = ("/var/lib/pacman/sync/core.db", "/var/lib/pacman/sync/extra.db")
LOG = "/var/log/pacman.log"
LOG_LIMIT = 16 << 20
"""pacman's log is never rotated and its newest entry is the last: a longer one is not read."""


def observe(system: System) -> Facts:
    """What pacman tells on this machine."""
    databases = [
        parsed(system.ask(StatFile(path)), lambda found: moment(found.modified))
        for path in DATABASES
    ]
    absent = next((item for item in databases if isinstance(item, Unknown)), None)
    waiting: Fact[Waiting] = absent or parsed(output(system, QUERY, (0, 1)), parse_query)
    log = system.ask(ReadFile(LOG, LOG_LIMIT))
    return Facts(
        manager=Known("pacman", DATABASES[0]),
        waiting=waiting,
        scanned=absent or newest(*databases),
        caught_up=parsed(log, lambda raw: last_full_upgrade(raw) if len(raw) < LOG_LIMIT else None),
    )


def parse_query(raw: bytes) -> Waiting | None:
    """What `pacman -Qu` prints: `name old -> new`, and `[ignored]` behind what the person holds
    back, which waits all the same."""
    lines = raw.decode("utf-8", errors="replace").splitlines()
    if not all(re.fullmatch(r"\S+ \S+ -> \S+( \[.*\])?", line) for line in lines):
        return None
    return Waiting(security=None, updates=len(lines))


def last_full_upgrade(raw: bytes) -> datetime | None:
    """When the last full upgrade in pacman's log completed (UTC); None where there is none. One
    that had nothing to do leaves no transaction and does not count."""
    completed: datetime | None = None
    upgrading = False
    for line in raw.decode("utf-8", errors="replace").splitlines():
        entry = re.match(r"\[([^\]]+)\] \[\w+\] (.*)", line)
        if entry is None:
            continue
        if entry[2].startswith("Running "):
            upgrading = False
        elif entry[2] == "starting full system upgrade":
            upgrading = True
        elif entry[2] == "transaction completed" and upgrading:
            completed = _time(entry[1]) or completed
            upgrading = False
    return completed


def _time(written: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else None
