"""Windows Update, by its own last scan: nothing is asked of any server and nothing is installed.

- Waiting: what the last scan found and is not installed. A security update is of the category of
  security or critical updates, or bears a severity. Definitions of the antivirus, which come by
  themselves several times a day, and previews, which only somebody who looks for them gets
  (BrowseOnly), do not count. One that somebody has hidden (IsHidden) is held back.
- Out since: Windows lists the newest of updates that supersede one another, so its date says since
  when that one is out and not since when the machine lacks one. Security updates come out on the
  second Tuesday of a month, so the machine lacks one at least since the first of these days after
  anything was installed, and since the first after its present version was.
- Caught up: the installation of the present version, from the update whose title bears it or from
  the servicing store, holds up to the next of these days. What comes out between them, in an
  emergency, is disregarded.
- Behind: a machine whose present version is older than two of these days. One may pass while an
  update is held back for some machines, two may not: an empty list is not believed there.
- Complete until: the last search that succeeded. An old one hides what came later, and on a
  machine that has never searched nothing waits.
- Chosen: an organisation decides what gets on the list where the machine asks a server of its own
  (UseWUServer; MDM: UpdateServiceUrl) or is told to wait after each release
  (DeferQualityUpdatesPeriodInDays, up to 30 days). An empty list then shows nothing by itself.
- Automatic: the services' start types, a group policy, the setting of a management server (MDM),
  the agent's own notification level, the day until which the person paused updates, and the day
  since which a policy pauses them, which holds for 35 days (Microsoft, Configure Windows Update for
  Business, "Pause quality updates").
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.security_updates.facts import Automatic, Facts, Waiting, moment
from probes.system import System
from probes.system.windows_questions import (
    InstalledUpdate,
    ReadRegistry,
    ReadUpdateHistory,
    ReadUpdateState,
    RegistryValue,
    SearchUpdates,
    UpdateSearch,
    WaitingUpdate,
)
from probes.windows_registry import Values, is_set, number, text
from probes.windows_version import CURRENT_VERSION, is_done, version_installed

SECURITY = "0fa1201d-4330-4fa8-8ae9-b877473b6441"
CRITICAL = "e6cf1350-c01b-414d-a61f-263d14d133b4"
DEFINITION = "e0789628-ce08-4437-be74-2495b842f43b"
"""Categories of updates, by their ids."""

SUCCEEDED, SUCCEEDED_WITH_ERRORS = 2, 3

SERVICES = tuple(
    ReadRegistry("HKLM", rf"SYSTEM\CurrentControlSet\Services\{name}")
    for name in ("wuauserv", "UsoSvc")
)
POLICY = ReadRegistry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU")
DELAYS = ReadRegistry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate")
MANAGED = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\PolicyManager\current\device\Update")
SETTINGS = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings")
RESTART_MARKS = tuple(
    ReadRegistry("HKLM", rf"SOFTWARE\Microsoft\Windows\CurrentVersion\{key}")
    for key in (
        r"WindowsUpdate\Auto Update\RebootRequired",
        r"Component Based Servicing\RebootPending",
    )
)
"""Keys that are there while a restart waits."""

PAUSED_UNTIL = ("PauseUpdatesExpiryTime", "PauseQualityUpdatesEndTime")
"""By the person."""
PAUSED_SINCE = "PauseQualityUpdatesStartTime"
"""By a policy."""
LONGEST_PAUSE = timedelta(days=35)

_DISABLED = 4
_NEVER = 1
"""AUOptions of the policy, and NotificationLevel of the agent."""
_TURNED_OFF = 5
"""AllowAutoUpdate (Update CSP)."""


def observe(system: System, context: Context) -> Facts:
    """What Windows Update tells on this machine."""
    search = system.ask(SearchUpdates())
    history = system.ask(ReadUpdateHistory())
    state = system.ask(ReadUpdateState())
    lacking = _lacking(_versioned(system), context.now)
    untouched = _lacking(parsed(history, last_touched), context.now)
    return Facts(
        manager=Known("Windows Update", "IUpdateSearcher"),
        waiting=parsed(search, waiting_in),
        chosen=_chosen(system),
        scanned=parsed(state, lambda told: moment(told.last_search or 0)),
        waiting_since=_earliest(parsed(search, out_since), lacking, untouched),
        caught_up=parsed(lacking, lambda day: min(day, context.now)),
        behind=parsed(lacking, lambda day: next_patch_day(day) < context.now),
        automatic=_automatic(system, context.now),
        restart=_restart(system),
    )


def waiting_in(search: UpdateSearch) -> Waiting | None:
    """How many updates wait; None for a search that failed, or found none and had errors."""
    counted = [update for update in search.updates if _counts(update)]
    offered = [update for update in counted if not update.hidden]
    security = sum(map(_is_security, offered))
    held = sum(map(_is_security, counted)) - security
    if search.result == SUCCEEDED or (search.result == SUCCEEDED_WITH_ERRORS and security):
        return Waiting(security=security, updates=len(offered), held=held)
    return None


def out_since(search: UpdateSearch) -> datetime | None:
    """When the oldest of the security updates that wait was out at the latest."""
    dates = [
        date
        for update in search.updates
        if _counts(update) and _is_security(update) and not update.hidden
        if (date := moment(update.changed or 0)) is not None
    ]
    return min(dates, default=None)


def last_touched(history: Iterable[InstalledUpdate]) -> datetime | None:
    """When anything was installed last; definitions count too."""
    dates = [date for entry in history if is_done(entry) if (date := moment(entry.date))]
    return max(dates, default=None)


def next_patch_day(after: datetime) -> datetime:
    """The first time after `after` at which security updates come out: on the second Tuesday of a
    month at ten in the morning in Redmond, which is 17 or 18 o'clock UTC."""
    first = after.replace(day=1, hour=17, minute=0, second=0, microsecond=0)
    while True:
        to_tuesday = (_TUESDAY - first.weekday()) % 7
        day = first + timedelta(days=to_tuesday + 7)
        if day > after:
            return day
        first = (first + timedelta(days=31)).replace(day=1)


_TUESDAY = 1


def automatic_by(
    policy: Values, managed: Values, level: int | None, starts: Iterable[int | None]
) -> bool:
    """Whether nothing that was read turns automatic updates off."""
    return not (
        number(policy, "NoAutoUpdate") == 1
        or number(policy, "AUOptions") == _NEVER
        or number(managed, "AllowAutoUpdate") == _TURNED_OFF
        or level == _NEVER
        or _DISABLED in starts
    )


def chosen_by(policy: Values, delays: Values, managed: Values) -> bool:
    """Whether somebody else than Microsoft decides what is offered, or when."""
    url = text(managed, "UpdateServiceUrl") or ""
    waits = [number(values, "DeferQualityUpdatesPeriodInDays") or 0 for values in (delays, managed)]
    return number(policy, "UseWUServer") == 1 or bool(url.strip()) or max(waits) > 0


def is_paused(settings: Values, policies: Iterable[Values], now: datetime) -> bool | None:
    """Whether updates are paused, by days that are ISO 8601 texts; None where one of them makes no
    sense, and no other says yes."""
    until = [_day(settings, name) for name in PAUSED_UNTIL if _is_given(settings, name)]
    since = [_day(policy, PAUSED_SINCE) for policy in policies if _is_given(policy, PAUSED_SINCE)]
    if any(day is not None and now < day for day in until) or any(
        day is not None and timedelta() <= now - day < LONGEST_PAUSE for day in since
    ):
        return True
    return None if None in (*until, *since) else False


def _is_given(values: Values, name: str) -> bool:
    return is_set(values, name) and text(values, name) != ""


def _day(values: Values, name: str) -> datetime | None:
    try:
        day = datetime.fromisoformat(text(values, name) or "")
    except ValueError:
        return None
    return day if day.tzinfo else day.replace(tzinfo=UTC)


def _counts(update: WaitingUpdate) -> bool:
    return not update.browse_only and DEFINITION not in update.categories


def _is_security(update: WaitingUpdate) -> bool:
    return bool({SECURITY, CRITICAL}.intersection(update.categories)) or bool(update.severity)


def _versioned(system: System) -> Fact[datetime]:
    """When the present version was installed."""
    revision = parsed(system.ask(CURRENT_VERSION), lambda values: number(values, "UBR"))
    if isinstance(revision, Unknown):
        return revision
    return parsed(version_installed(system, revision.value), moment)


def _lacking(installed: Fact[datetime], now: datetime) -> Fact[datetime]:
    return parsed(installed, lambda day: next_patch_day(min(day, now)))


def _earliest(*times: Fact[datetime]) -> Fact[datetime]:
    known = [time for time in times if isinstance(time, Known)]
    return min(known, key=lambda time: time.value) if known else times[0]


def _chosen(system: System) -> Fact[bool]:
    read = [_values(system, key) for key in (POLICY, DELAYS, MANAGED)]
    policy, delays, managed = (fact.value if isinstance(fact, Known) else {} for fact in read)
    if chosen_by(policy, delays, managed):
        return Known(True, DELAYS.key)
    unread = (fact for fact in read if isinstance(fact, Unknown))
    return next(unread, Known(False, DELAYS.key))


def _automatic(system: System, now: datetime) -> Fact[Automatic]:
    policy, delays, managed = (_values(system, key) for key in (POLICY, DELAYS, MANAGED))
    state = system.ask(ReadUpdateState())
    level = parsed(state, lambda told: told.notification_level)
    starts = [parsed(system.ask(key), lambda values: number(values, "Start")) for key in SERVICES]
    on = automatic_by(
        policy.value if isinstance(policy, Known) else {},
        managed.value if isinstance(managed, Known) else {},
        level.value if isinstance(level, Known) else None,
        [start.value for start in starts if isinstance(start, Known)],
    )
    if not on:
        return Known(Automatic.OFF, POLICY.key)
    settings = _values(system, SETTINGS)
    pausing = [fact.value for fact in (delays, managed) if isinstance(fact, Known)]
    paused = is_paused(settings.value if isinstance(settings, Known) else {}, pausing, now)
    if paused:
        return Known(Automatic.PAUSED, settings.source)
    if paused is None:
        return Unknown(Unread.GARBLED, settings.source)
    needed = (settings, policy, delays, managed, *starts)
    unread = (fact for fact in needed if isinstance(fact, Unknown))
    return next(unread, Known(Automatic.ON, settings.source))


def _values(system: System, key: ReadRegistry) -> Fact[dict[str, RegistryValue]]:
    """A key's values, none where there is no such key."""
    values = system.ask(key)
    return Known({}, values.source) if is_missing(values) else values


def _restart(system: System) -> Fact[bool]:
    """Whether a restart waits, by the agent or by either of the marks in the registry."""
    by_agent = parsed(system.ask(ReadUpdateState()), lambda told: told.restart_required)
    marks = [system.ask(key) for key in RESTART_MARKS]
    marked = next((mark for mark in marks if isinstance(mark, Known)), None)
    if marked is not None and not (isinstance(by_agent, Known) and by_agent.value):
        return Known(True, marked.source)
    return by_agent
