"""XProtect, which is part of macOS: whether it scans, and how old its data is.

From macOS 15 on `xprotect` tells both; its data comes from iCloud to /var/protected/xprotect, or
by software update to the place of old, from which it is taken over within a day. So the newest
date counts, wherever it stands. Before macOS 15 nothing tells an ordinary user of its scans, and
Gatekeeper, which has programs looked at before they start, stands for them (spctl(8)).
"""

import re
from datetime import UTC, datetime

from precheck.contract.catalogues.antivirus import Macos, Product
from precheck.contract.reasons import Unread
from probes import plists
from probes.antivirus.facts import Definitions, Observed, State, tier_of
from probes.facts import Known, Unknown, first_known, is_missing, parsed
from probes.macos_version import HISTORY
from probes.system import System
from probes.system.questions import Completed, RunCommand, StatFile

STATUS = RunCommand(("/usr/bin/xprotect", "status"), timeout=3.0)
VERSION = RunCommand(("/usr/bin/xprotect", "version"), timeout=3.0)
GATEKEEPER = RunCommand(("/usr/sbin/spctl", "--status"), timeout=3.0)

DATA = "XProtectPlistConfigData"

_SCANS = re.compile(r"XProtect (launch|background) scans: (enabled|disabled)")
_INSTALLED = re.compile(r"Version: [0-9]+\s+Installed: (\S+ \S+ [+-][0-9]{4})")
_WHEN = "%Y-%m-%d %H:%M:%S %z"
_ASSESSING = "assessments enabled"


def observed(system: System, product: Product, signs: Macos) -> Observed | Unknown | None:
    """XProtect as it is on this Mac; None where there is none, which no macOS is without."""
    status = system.ask(STATUS)
    if is_missing(status):
        on = parsed(system.ask(GATEKEEPER), parse_gatekeeper)
    else:
        on = parsed(status, parse_status)
    if isinstance(on, Unknown):
        places = [system.ask(StatFile(path)) for path in signs.paths]
        place = first_known(*places) if places else on
        if isinstance(place, Unknown):
            return None if is_missing(place) and is_missing(on) else _more_telling(on, place)
    own = parsed(system.ask(VERSION), parse_version)
    dates = (own, parsed(system.ask(HISTORY), parse_history))
    known = [fact for fact in dates if isinstance(fact, Known)]
    newest = max(known, key=lambda fact: fact.value) if known else first_known(*dates)
    # What came from iCloud is not in the history.
    untold = isinstance(own, Unknown) and not is_missing(own)
    return Observed(
        product=product.id,
        name=product.label,
        tier=tier_of(product.kind, product.edition),
        state=parsed(on, lambda scans: State.ON if scans else None),
        real_time=on,
        definitions=parsed(newest, lambda moment: Definitions(moment, or_newer=untold)),
        stale=Known(False, on.source),
    )


def parse_status(completed: Completed) -> bool | None:
    """True where `xprotect status` says that both kinds of scan are on; None otherwise.

    "disabled" is not taken for off: public reports have it from Macs whose owners had switched off
    nothing, and could not switch it on either.
    """
    said = dict(_SCANS.findall(_text(completed)))
    return True if said == {"launch": "enabled", "background": "enabled"} else None


def parse_gatekeeper(completed: Completed) -> bool | None:
    """True where `spctl --status` says that programs are assessed; None otherwise, since it does
    not say what becomes of XProtect then."""
    return True if _text(completed).strip() == _ASSESSING else None


def parse_version(completed: Completed) -> datetime | None:
    """When the data in use was installed, as `xprotect version` says."""
    found = _INSTALLED.fullmatch(_text(completed).strip())
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _WHEN).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_history(raw: bytes) -> datetime | None:
    """When the data was last installed by software update; None where it never was, or the history
    makes no sense."""
    dates = [
        plists.moment(item, "date")
        for item in plists.array(raw) or ()
        if isinstance(item, dict) and item.get("displayName") == DATA
    ]
    return max((date for date in dates if date is not None), default=None)


def _text(completed: Completed) -> str:
    return "" if completed.returncode else completed.stdout.decode("utf-8", "replace")


def _more_telling(first: Unknown, second: Unknown) -> Unknown:
    return second if first.why is Unread.MISSING else first
