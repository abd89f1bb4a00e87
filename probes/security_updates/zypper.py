"""zypper: openSUSE and SUSE Linux Enterprise.

- Waiting: the needed patches of the category security, with `--no-refresh`, as a person may ask
  without rights. In XML the other categories are listed too and the exit code says nothing of
  patches; 106 says that a repository was left out. Tumbleweed ships whole snapshots and no
  patches, so there the packages are counted, and nothing says which are security updates.
- Complete until: zypper sets the mtime of a repository's `repomd.xml` at each check that the
  server answered.
- The age of what waits is in the patches themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree  # the document comes from this machine's own zypper

from probes.facts import Known, Unknown, parsed
from probes.security_updates import repodata
from probes.security_updates.commands import output
from probes.security_updates.facts import Facts, Waiting, moment
from probes.system import System
from probes.system.questions import RunCommand

CACHE = "/var/cache/zypp/raw"
_ZYPPER = ("zypper", "--xmlout", "--no-refresh", "--non-interactive")
PATCHES = RunCommand((*_ZYPPER, "list-patches", "--category", "security"), timeout=15.0)
PACKAGES = RunCommand((*_ZYPPER, "list-updates", "--all"), timeout=15.0)


@dataclass(frozen=True, slots=True)
class Update:
    """A patch or package that waits; `dated` is when a patch was issued (UTC)."""

    kind: str
    category: str | None
    dated: datetime | None


def observe(system: System, *, snapshots: bool) -> Facts:
    """What zypper tells on this machine; `snapshots` for a distribution without patches."""
    updates = parsed(output(system, PACKAGES if snapshots else PATCHES), parse_updates)
    known = repodata.repositories(system, CACHE, index)
    if isinstance(known, Unknown):
        updates = known
    manager = Known("zypper", CACHE)
    if snapshots:
        return Facts(
            manager=manager,
            waiting=parsed(updates, lambda found: Waiting(None, len(found))),
            scanned=parsed(known, repodata.checked),
        )
    security = parsed(updates, security_patches)
    oldest = parsed(security, issued_first)
    return Facts(
        manager=manager,
        waiting=parsed(security, lambda found: Waiting(len(found))),
        security_source=parsed(known, repodata.has_advisories),
        scanned=parsed(known, repodata.scanned),
        waiting_since=oldest,
        caught_up=oldest,
    )


def parse_updates(raw: bytes) -> tuple[Update, ...] | None:
    """The updates in zypper's XML; None unless it holds a whole list of them from some repository
    and no error."""
    try:
        stream = ElementTree.fromstring(raw)  # noqa: S314 - as said at the import
    except ElementTree.ParseError:
        return None
    listed = stream.find("update-status/update-list")
    if listed is None or listed.find("appletinfo") is not None:
        return None
    if any(message.get("type") == "error" for message in stream.iter("message")):
        return None
    return tuple(_update(element) for element in listed.iter("update"))


def security_patches(updates: tuple[Update, ...]) -> tuple[Update, ...]:
    """Those of `updates` that are security patches."""
    return tuple(item for item in updates if (item.kind, item.category) == ("patch", "security"))


def issued_first(patches: tuple[Update, ...]) -> datetime | None:
    """When the first of `patches` was issued; None where one of them does not say."""
    dates = [item.dated for item in patches if item.dated is not None]
    return min(dates, default=None) if len(dates) == len(patches) else None


def index(names: Sequence[str]) -> str | None:
    """The index among a repository's files."""
    return "repomd.xml" if "repomd.xml" in names else None


def _update(element: ElementTree.Element) -> Update:
    issued = element.find("issue-date")
    seconds = issued.get("time_t", "") if issued is not None else ""
    return Update(
        kind=element.get("kind", ""),
        category=element.get("category"),
        dated=moment(int(seconds)) if seconds.isascii() and seconds.isdigit() else None,
    )
