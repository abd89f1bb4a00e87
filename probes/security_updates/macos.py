"""macOS, by what Software Update wrote down of its own last look: nothing is asked of any server
and nothing is installed.

- Waiting: RecommendedUpdates of the system's preferences. Updates within this release, Rapid
  Security Responses and Safari are security updates, since Apple puts its fixes into these. The
  next release (an Identifier that ends in `_major`) is none as long as this one is supported, and
  what is not newer than the system is left over and waits no more.
- Out since: FirstOfferDateDictionary, the day on which this Mac was first offered an update that
  it still lacks; and the day of the catalogue's newest version of this release.
- Disbelieved: an empty list on a Mac whose version is older than the catalogue's newest, when
  Software Update looked after that one was out. An organisation's deferral hides updates so.
- Complete until: the last successful look for system updates. `LastFullSuccessfulDate` until
  macOS 26, `LastSuccessfulMSUScanDate` from 15.4 on; `LastSuccessfulDate` moves with partial looks.
- Caught up: the installation of the present version, after which alone anything can wait.
- Automatic: five switches of 「自動アップデート」 (Automatic Updates), each on where it is absent,
  and an administrator's profile over them (com.apple.SoftwareUpdate of Apple's device management).
- Chosen: a profile that defers updates (com.apple.applicationaccess), or names a server for them.

Counters (LastRecommendedUpdatesAvailable and its like) are not read: they stay when nothing waits.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from precheck.contract.catalogues.lifecycle import Release
from probes import plists
from probes.check import Context
from probes.facts import Fact, Known, Unknown, first_known, is_missing, parsed
from probes.macos_version import HISTORY, MacVersion, numbers_of, read_version
from probes.security_updates.facts import Automatic, Facts, Waiting
from probes.system import System
from probes.system.questions import ReadFile

PREFERENCES = ReadFile("/Library/Preferences/com.apple.SoftwareUpdate.plist")
MANAGED = ReadFile("/Library/Managed Preferences/com.apple.SoftwareUpdate.plist")
RESTRICTIONS = ReadFile("/Library/Managed Preferences/com.apple.applicationaccess.plist")

SCANS = (
    *("LastFullSuccessfulDate", "LastSuccessfulMSUScanDate"),
    "LastSuccessfulBackgroundMSUScanDate",
)
SWITCHES = (
    *("AutomaticCheckEnabled", "AutomaticDownload", "AutomaticallyInstallMacOSUpdates"),
    *("CriticalUpdateInstall", "ConfigDataInstall"),
)
DEFERRALS = ("forceDelayedSoftwareUpdates", "forceDelayedAppSoftwareUpdates")
OWN_SERVER = "CatalogURL"

_SYSTEM_UPDATE = re.compile(
    r"MSU_UPDATE_([0-9A-Za-z]+)_patch_([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})(?:_(minor|major|rsr))?"
)
_RESPONSE, _NEXT_RELEASE = "rsr", "major"

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """A system update: its build, its version and whether it is a Rapid Security Response."""

    build: str
    numbers: tuple[int, ...]
    response: bool

    def is_lacked(self, version: MacVersion) -> bool:
        """Whether a system of `version` does not have it yet."""
        if self.response and self.numbers == version.numbers:
            return self.build not in version.builds
        return self.numbers > version.numbers


def observe(system: System, context: Context) -> Facts:
    """What Software Update tells on this Mac."""
    version = read_version(system)
    told = parsed(system.ask(PREFERENCES), plists.dictionary)
    newest = parsed(version, lambda own: _newer(own, context))
    scanned = parsed(told, last_scan)
    waiting = parsed(told, lambda values: waiting_in(values, _known(version)))
    hidden = _is_hidden(waiting, newest)
    return Facts(
        manager=Known("Software Update", told.source),
        waiting=_not_believed(newest) if hidden else waiting,
        chosen=_chosen(system),
        scanned=scanned,
        waiting_since=_earliest(
            parsed(told, lambda values: first_offer(values, _known(version))),
            parsed(newest, _out_since),
        ),
        caught_up=_caught_up(system, told, version, scanned if hidden else None, newest),
        automatic=_automatic(system, told),
        foreign=Known(False, version.source),
    )


def waiting_in(values: Values, own: MacVersion | None) -> Waiting | None:
    """How many updates wait for a system of version `own`; None for a list in another shape. Where
    Software Update has found none there is no list."""
    listed = values.get("RecommendedUpdates", [])
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        return None
    security = updates = 0
    for entry in listed:
        identifier = plists.text(entry, "Identifier") or plists.text(entry, "Product Key")
        if identifier is None:
            return None
        if identifier.startswith("MSU_UPDATE_"):
            if not _SYSTEM_UPDATE.fullmatch(identifier):
                return None
            offer = offer_of(identifier, own)
            waits = offer is not None and (own is None or offer.is_lacked(own))
            security += waits
            updates += waits
        else:
            security += identifier.startswith("Safari")
            updates += 1
    return Waiting(security=security, updates=updates)


def offer_of(identifier: str, own: MacVersion | None) -> Offer | None:
    """The system update that `identifier` names, as "MSU_UPDATE_25G229_patch_26.7_minor"; None for
    the next release of macOS, and for a text that names none."""
    found = _SYSTEM_UPDATE.fullmatch(identifier)
    numbers = numbers_of(found[2]) if found is not None else None
    if found is None or numbers is None or found[3] == _NEXT_RELEASE:
        return None
    if own is not None and numbers[0] != own.numbers[0]:
        return None
    return Offer(found[1], numbers, found[3] == _RESPONSE)


def first_offer(values: Values, own: MacVersion | None) -> datetime | None:
    """When this Mac was first offered any of the updates of this release that it lacks. Offers of
    updates that are installed stay in this table."""
    offers = values.get("FirstOfferDateDictionary")
    if own is None or not isinstance(offers, dict):
        return None
    lacked = (
        plists.moment(offers, key)
        for key in offers
        if (offer := offer_of(key, own)) is not None and offer.is_lacked(own)
    )
    return min((day for day in lacked if day is not None), default=None)


def last_scan(values: Values) -> datetime | None:
    """When Software Update last looked for system updates with success."""
    days = (plists.moment(values, key) for key in SCANS)
    return max((day for day in days if day is not None), default=None)


def installed_at(entries: Iterable[Any], version: MacVersion) -> datetime | None:
    """When this version was installed last, by InstallHistory.plist."""
    days = (
        plists.moment(entry, "date")
        for entry in entries
        if isinstance(entry, dict)
        and plists.text(entry, "processName") == "softwareupdated"
        and (plists.text(entry, "displayName") or "").split()[:1] == ["macOS"]
        and numbers_of(plists.text(entry, "displayVersion") or "") == version.numbers
    )
    return max((day for day in days if day is not None), default=None)


def automatic_by(values: Mapping[str, Any], managed: Mapping[str, Any]) -> Automatic | None:
    """Whether all of Automatic Updates is on; None where no switch is off and one makes no sense.
    What a profile sets counts before what the person set."""
    effective = {**values, **managed}
    states = [plists.flag(effective, name) for name in SWITCHES if name in effective]
    if False in states:
        return Automatic.OFF
    return None if None in states else Automatic.ON


def _automatic(system: System, told: Fact[Values]) -> Fact[Automatic]:
    managed = _or_empty(parsed(system.ask(MANAGED), plists.dictionary))
    if isinstance(managed, Unknown):
        return managed
    return parsed(told, lambda values: automatic_by(values, managed.value))


def _chosen(system: System) -> Fact[bool]:
    """Whether an organisation decides which updates this Mac is offered, and when."""
    unread: Fact[bool] = Known(False, RESTRICTIONS.path)
    for question in (RESTRICTIONS, MANAGED):
        profile = _or_empty(parsed(system.ask(question), plists.dictionary))
        if isinstance(profile, Unknown):
            unread = profile
        elif OWN_SERVER in profile.value or any(
            plists.flag(profile.value, name) for name in DEFERRALS
        ):
            return Known(True, profile.source)
    return unread


def _newer(own: MacVersion, context: Context) -> Release | None:
    """The release of `own` where the catalogue has a newer version of it."""
    for release in context.catalogues.lifecycle.of("macos"):
        latest = numbers_of(release.latest or "")
        if release.cycle == own.release and latest is not None and latest > own.numbers:
            return release
    return None


def _out_since(release: Release) -> datetime | None:
    day = release.latest_released
    return None if day is None else datetime.combine(day, time(), UTC)


def _is_hidden(waiting: Fact[Waiting], newest: Fact[Release]) -> bool:
    """Whether there is a newer version that the list does not have."""
    return isinstance(newest, Known) and isinstance(waiting, Known) and waiting.value.security == 0


def _not_believed(newest: Fact[Release]) -> Fact[Waiting]:
    """At least the newer version waits; whether for this very Mac, its own list does not say."""
    return Known(Waiting(security=None, updates=1), newest.source)


def _caught_up(
    system: System,
    told: Fact[Values],
    version: Fact[MacVersion],
    emptied: Fact[datetime] | None,
    newest: Fact[Release],
) -> Fact[datetime]:
    """When nothing that was out was lacking: as the present version was installed, and when
    Software Update looked and found nothing before the newest version was out."""
    out = parsed(newest, _out_since)
    if isinstance(emptied, Known) and isinstance(out, Known) and emptied.value < out.value:
        return emptied
    if isinstance(version, Unknown):
        return version
    own = version.value
    return first_known(
        parsed(told, lambda values: _installed_by_build(values, own)),
        parsed(
            parsed(system.ask(HISTORY), plists.array), lambda entries: installed_at(entries, own)
        ),
    )


def _installed_by_build(values: Values, own: MacVersion) -> datetime | None:
    days = values.get("InstallDateDictionary")
    return plists.moment(days, own.builds[0]) if isinstance(days, dict) else None


def _earliest(*times: Fact[datetime]) -> Fact[datetime]:
    known = [moment for moment in times if isinstance(moment, Known)]
    return min(known, key=lambda moment: moment.value) if known else times[0]


def _or_empty(values: Fact[Values]) -> Fact[Values]:
    return Known({}, values.source) if is_missing(values) else values


def _known(version: Fact[MacVersion]) -> MacVersion | None:
    return version.value if isinstance(version, Known) else None
