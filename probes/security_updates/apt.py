"""apt: Debian, Ubuntu and what is made from them.

- Waiting: `apt list --upgradable`, which needs no rights, takes no lock and refreshes nothing. It
  lists what the resolver keeps back too: a security update that cannot be installed yet is
  missing all the same. An update is a security update if any of the suites that offer it is a
  security pocket; the same version often stands in two. apt names the suites of the newest version
  alone, which may come from elsewhere and stand above a security update; so where none shows,
  the versions between are listed as well (`--all-versions`).
- Held: what the person put on hold (`apt-mark hold`, kept by dpkg) is counted apart. No upgrade
  installs it, and yet it is missing. What is pinned to another version is not on apt's list.
- Complete until: the `Date` that the security pocket's release file bears. The server wrote it,
  so nothing but fetching a newer one makes the list look newer. The times of files say less:
  `InRelease` bears the server's time, `pkgcache.bin` is rebuilt by many commands, a refresh that
  fails touches the folder of the lists, and apt counts a refresh as a success
  (`update-success-stamp`) when any one source answered.
- Out since: the oldest release file that offers a waiting security update.
- Caught up: apt's history, the daily job's `upgrade-stamp` (apt.systemd.daily writes it after
  unattended-upgrade succeeded), and the installation of the system.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.security_updates.apt_history import (
    LOG_LIMIT,
    History,
    parse_history,
    unpacked,
)
from probes.security_updates.commands import output
from probes.security_updates.facts import Automatic, Facts, Waiting, moment, newest
from probes.security_updates.timers import unit_enabled
from probes.system import System
from probes.system.questions import ListFolder, ReadFile, RunCommand, StatFile

APT = "/usr/bin/apt"
"""With its folder: Linux Mint has a program of its own by that name in another."""

UPGRADABLE = RunCommand((APT, "list", "--upgradable"), timeout=9.0)
ALL_VERSIONS = RunCommand((*UPGRADABLE.argv, "--all-versions"), timeout=9.0)
SELECTIONS = RunCommand(
    ("dpkg-query", "-W", "-f", "${db:Status-Want} ${Package} ${Architecture}\\n")
)
PERIODIC = RunCommand(("apt-config", "dump", "APT::Periodic"))
LISTS = "/var/lib/apt/lists"
UPGRADE_STAMP = "/var/lib/apt/periodic/upgrade-stamp"
HISTORY = "/var/log/apt/history.log"
INSTALLER = "/var/log/installer"
"""The folder in which the installers of Debian and Ubuntu leave their logs."""
UNATTENDED = "/usr/bin/unattended-upgrade"
TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer")
OTHER_UPDATERS = ("/usr/bin/gnome-software", "/usr/bin/plasma-discover", "/usr/bin/mintupdate")
"""Programs that may install updates by themselves, by settings of their own."""

_HEADER = 4096
_HEADERS = ("Listing...", "Listing... Done")
_OFFERED, _INSTALLED = "upgradable from: ", "installed"
_VERSION = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]*)/(?P<suites>[^\[\]]*) [^\s\[\]]+ (?P<architecture>[a-z0-9-]+)"
    rf"(?: \[(?P<state>{_OFFERED}|{_INSTALLED})[^\[\]]*\])?"
)
"""A suite is any text, with spaces too, and `unknown` where the release file names none."""

_SELECTION = re.compile(r"(unknown|install|hold|deinstall|purge) (\S+) (\S*)")

Package = tuple[str, str]
"""A package's name and architecture."""


@dataclass(frozen=True, slots=True)
class Update:
    """A package of which a newer version is offered: the suites that offer that version, or one
    between it and the installed one, and whether the person holds the package."""

    package: Package
    suites: frozenset[str]
    held: bool = False

    @property
    def security(self) -> bool:
        """Whether any of the suites is a security pocket."""
        return any(_is_security(suite) for suite in self.suites)


@dataclass(frozen=True, slots=True)
class Release:
    """A fetched release file, and when the server wrote it."""

    origin: str
    suite: str
    dated: datetime

    @property
    def security(self) -> bool:
        """Whether it is a security pocket."""
        return _is_security(self.suite)

    @property
    def extended(self) -> bool:
        """Whether it is one of Ubuntu Pro's."""
        return self.origin.startswith("UbuntuESM")


def observe(system: System) -> Facts:
    """What apt tells on this machine."""
    updates = _updates(system)
    releases = _releases(system)
    history = _history(system)
    installed = parsed(system.ask(StatFile(INSTALLER)), lambda found: moment(found.modified))
    stamp = parsed(system.ask(StatFile(UPGRADE_STAMP)), lambda found: moment(found.modified))
    caught_up = newest(parsed(history, lambda log: log.caught_up), stamp, installed)
    return Facts(
        manager=Known("apt", LISTS),
        waiting=parsed(updates, waiting_in),
        security_source=parsed(releases, lambda known: any(item.security for item in known)),
        scanned=parsed(releases, scanned),
        waiting_since=_out_since(updates, releases),
        caught_up=caught_up,
        last_installed=_last_installed(history, caught_up),
        automatic=_automatic(system),
    )


def parse_list(raw: bytes) -> tuple[Update, ...] | None:
    """The updates in what `UPGRADABLE` or `ALL_VERSIONS` printed; None unless all of it is
    understood. A package's versions stand in falling order, those that are pinned away before the
    one that is offered."""
    header, *lines = raw.decode("utf-8", errors="replace").split("\n")
    if header not in _HEADERS or not lines or lines[-1]:
        return None
    offered: dict[Package, frozenset[str]] = {}
    named: set[str] = set()
    current: Package | None = None
    for line in filter(None, lines):
        version = _VERSION.fullmatch(line)
        if version is None:
            return None
        named.add(version["name"])
        if version["state"] == _OFFERED:
            current = (version["name"], version["architecture"])
        elif version["state"] == _INSTALLED:
            current = None
        if current is not None and current[0] == version["name"]:
            suites = frozenset(version["suites"].split(","))
            offered[current] = offered.get(current, frozenset()) | suites
    if named != {name for name, _ in offered}:
        return None
    return tuple(Update(package, suites) for package, suites in offered.items())


def parse_selections(raw: bytes) -> frozenset[Package] | None:
    """The packages on hold in what `SELECTIONS` printed; None unless all of it is understood."""
    lines = raw.decode("utf-8", errors="replace").split("\n")
    selections = [_SELECTION.fullmatch(line) for line in lines[:-1]]
    if not selections or lines[-1]:
        return None
    held: set[Package] = set()
    for selection in selections:
        if selection is None:
            return None
        if selection[1] == "hold":
            held.add((selection[2], selection[3]))
    return frozenset(held)


def waiting_in(updates: tuple[Update, ...]) -> Waiting:
    """How many of `updates` there are, and how many are security updates, by who has them wait."""
    held = [update.held for update in updates if update.security]
    return Waiting(security=held.count(False), updates=len(updates), held=held.count(True))


def parse_release(raw: bytes) -> Release | None:
    """The first lines of an InRelease or Release file (Debian repository format); None without a
    suite or a date."""
    fields: dict[str, str] = {}
    for line in raw.decode("utf-8", errors="replace").splitlines():
        name, colon, value = line.partition(": ")
        if colon and not line.startswith(" "):
            fields.setdefault(name, value.strip())
    suite = fields.get("Suite") or fields.get("Codename")
    dated = _date(fields.get("Date", ""))
    if not suite or dated is None:
        return None
    return Release(fields.get("Origin", ""), suite, dated)


def scanned(releases: tuple[Release, ...]) -> datetime | None:
    """To when the list of security updates is complete: the oldest security pocket's date, or
    that of Ubuntu Pro's, which goes on where the regular pocket has ended."""
    security = [item for item in releases if item.security]
    regular = [item.dated for item in security if not item.extended]
    continued = [
        item.dated for item in security if item.extended and item.suite.endswith("-infra-security")
    ]
    complete = [min(regular)] if regular else []
    return max(complete + continued, default=None)


def parse_periodic(raw: bytes) -> dict[str, bool] | None:
    """The settings under APT::Periodic as `apt-config dump` prints them, each on or off: an
    interval of `0` or nothing is off (apt.systemd.daily)."""
    settings: dict[str, bool] = {}
    for line in raw.decode("utf-8", errors="replace").splitlines():
        setting = re.fullmatch(r'APT::Periodic(?:::([\w-]+))? "(.*)";', line)
        if setting is None:
            return None
        if setting[1]:
            settings[setting[1]] = setting[2] not in ("", "0")
    return settings


def _updates(system: System) -> Fact[tuple[Update, ...]]:
    updates = parsed(output(system, UPGRADABLE), parse_list)
    if isinstance(updates, Known) and updates.value and not _any_security(updates.value):
        updates = parsed(output(system, ALL_VERSIONS), parse_list)
    if isinstance(updates, Unknown) or not _any_security(updates.value):
        return updates
    held = parsed(output(system, SELECTIONS), parse_selections)
    if isinstance(held, Unknown):
        return held
    return Known(
        tuple(replace(update, held=update.package in held.value) for update in updates.value),
        updates.source,
    )


def _any_security(updates: tuple[Update, ...]) -> bool:
    return any(update.security for update in updates)


def _releases(system: System) -> Fact[tuple[Release, ...]]:
    names = system.ask(ListFolder(LISTS))
    if isinstance(names, Unknown):
        return names
    found: list[Release] = []
    for name in names.value:
        if not name.endswith(("_InRelease", "_Release")):
            continue
        release = parsed(system.ask(ReadFile(f"{LISTS}/{name}", _HEADER)), parse_release)
        if isinstance(release, Known):
            found.append(release.value)
        elif "security" in name:
            return Unknown(release.why, LISTS)
    return Known(tuple(found), LISTS) if found else Unknown(Unread.MISSING, LISTS)


def _out_since(
    updates: Fact[tuple[Update, ...]], releases: Fact[tuple[Release, ...]]
) -> Fact[datetime]:
    if isinstance(updates, Unknown):
        return updates
    offering = {
        suite
        for update in updates.value
        if update.security and not update.held
        for suite in update.suites
    }
    return parsed(releases, lambda known: _oldest(known, offering))


def _oldest(releases: tuple[Release, ...], suites: set[str]) -> datetime | None:
    """The date of the oldest release file of these suites. Of several files of one suite any may
    be the one that is meant, so the newest of them counts."""
    dates: dict[str, datetime] = {}
    for release in releases:
        if release.suite in suites:
            dates[release.suite] = max(release.dated, dates.get(release.suite, release.dated))
    return min(dates.values(), default=None)


def _history(system: System) -> Fact[History]:
    log = _whole(system.ask(ReadFile(HISTORY, LOG_LIMIT)))
    rotated = parsed(_whole(system.ask(ReadFile(f"{HISTORY}.1.gz", LOG_LIMIT))), unpacked)
    if isinstance(rotated, Known):
        before = rotated.value
        log = rotated if is_missing(log) else parsed(log, lambda raw: before + b"\n" + raw)
    return parsed(log, parse_history)


def _whole(log: Fact[bytes]) -> Fact[bytes]:
    return parsed(log, lambda raw: raw if len(raw) < LOG_LIMIT else None)


def _last_installed(history: Fact[History], caught_up: Fact[datetime]) -> Fact[datetime]:
    if isinstance(history, Unknown):
        return history
    last = Known(history.value.upgraded or history.value.began, history.source)
    return newest(last, caught_up)


def _automatic(system: System) -> Fact[Automatic]:
    settings = parsed(output(system, PERIODIC), parse_periodic)
    if isinstance(settings, Unknown):
        return settings
    wanted = settings.value.get("Enable", True) and all(
        settings.value.get(name, False) for name in ("Update-Package-Lists", "Unattended-Upgrade")
    )
    tool = system.ask(StatFile(UNATTENDED))
    timers = [unit_enabled(system, timer) for timer in TIMERS]
    if not wanted or is_missing(tool) or any(_is_off(timer) for timer in timers):
        return _off_unless_another(system, settings.source)
    unknown = next((fact for fact in (tool, *timers) if isinstance(fact, Unknown)), None)
    return unknown or Known(Automatic.ON, settings.source)


def _off_unless_another(system: System, source: str) -> Fact[Automatic]:
    for other in OTHER_UPDATERS:
        if not is_missing(system.ask(StatFile(other))):
            return Unknown(Unread.UNSUPPORTED, other)
    return Known(Automatic.OFF, source)


def _is_off(timer: Fact[bool]) -> bool:
    return isinstance(timer, Known) and not timer.value


def _is_security(suite: str) -> bool:
    return "-security" in suite


def _date(written: str) -> datetime | None:
    try:
        dated = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None if dated.tzinfo is None else moment(dated.timestamp())
