"""apt: Debian, Ubuntu and what is made from them.

- Waiting: a simulated `dist-upgrade`, which needs no rights, takes no lock and refreshes nothing.
  An update is a security update if any of the releases that offer it is a security pocket; the
  same version often stands in two. Packages that apt itself holds back are not in the simulation.
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
from dataclasses import dataclass
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

SIMULATION = RunCommand(("apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"), timeout=18.0)
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
_INST = re.compile(r"Inst \S+ (?:\[[^\]]*\] )?\(\S+(?: (?P<releases>.*?))? \[[^\]]*\]\)")
_SUMMARY = re.compile(
    r"(\d+) upgraded, (\d+) newly installed, (?:\d+ (?:reinstalled|downgraded), )*"
    r"\d+ to remove and \d+ not upgraded\."
)


@dataclass(frozen=True, slots=True)
class Update:
    """One package that a simulation would install, with the releases that offer it as apt names
    them: `Debian-Security:12/oldstable-security`."""

    releases: tuple[str, ...]

    @property
    def security(self) -> bool:
        """Whether any of the releases is a security pocket."""
        return any(_is_security(release) for release in self.releases)


@dataclass(frozen=True, slots=True)
class Release:
    """A fetched release file: `name` as apt shows it, and when the server wrote it."""

    name: str
    origin: str
    suite: str
    dated: datetime

    @property
    def security(self) -> bool:
        """Whether it is a security pocket."""
        return _is_security(self.name)

    @property
    def extended(self) -> bool:
        """Whether it is one of Ubuntu Pro's."""
        return self.origin.startswith("UbuntuESM")


def observe(system: System) -> Facts:
    """What apt tells on this machine."""
    updates = parsed(output(system, SIMULATION), parse_simulation)
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


def parse_simulation(raw: bytes) -> tuple[Update, ...] | None:
    """The updates in the output of a simulated upgrade; None unless it is complete."""
    updates: list[Update] = []
    announced: int | None = None
    for line in raw.decode("utf-8", errors="replace").splitlines():
        summary = _SUMMARY.fullmatch(line)
        if summary is not None:
            announced = int(summary[1]) + int(summary[2])
        elif line.startswith("Inst "):
            update = _INST.match(line)
            if update is None:
                return None
            updates.append(Update(tuple((update["releases"] or "").split(", "))))
    if announced is None or len(updates) < announced:
        return None
    return tuple(updates)


def waiting_in(updates: tuple[Update, ...]) -> Waiting:
    """How many of `updates` there are, and how many of them are security updates."""
    return Waiting(security=sum(update.security for update in updates), updates=len(updates))


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
    label = f"{fields['Label']}:" if fields.get("Label") else ""
    version = f"{fields['Version']}/" if fields.get("Version") else ""
    return Release(f"{label}{version}{suite}", fields.get("Origin", ""), suite, dated)


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
    offering = {name for update in updates.value if update.security for name in update.releases}
    return parsed(
        releases,
        lambda known: min((item.dated for item in known if item.name in offering), default=None),
    )


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


def _is_security(release: str) -> bool:
    label, _, suite = release.rpartition("/")
    return "-security" in suite or label.startswith("Debian-Security:")


def _date(written: str) -> datetime | None:
    try:
        dated = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None if dated.tzinfo is None else moment(dated.timestamp())
