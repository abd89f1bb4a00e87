"""Microsoft Defender's own words: the WMI classes of `root\\Microsoft\\Windows\\Defender`.

In passive mode every one of its switches says true, so only the mode "Normal" counts. "Never" comes
in disguise: an age of 65535 or 4294967295 days, the year 1601.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from probes.antivirus.threats import Says
from probes.system.questions import Plain
from probes.system.windows_questions import ReadRegistry, ReadWmi, RegistryValue

GUID = "D68DDC3A-831F-4FAE-9E44-DA132C1ACF46"
"""Under which it registers with Windows Security Center."""

_NAMESPACE = "root\\Microsoft\\Windows\\Defender"
STATUS = ReadWmi(
    _NAMESPACE,
    "MSFT_MpComputerStatus",
    (
        "AMRunningMode",
        "AMServiceEnabled",
        "AntivirusEnabled",
        "RealTimeProtectionEnabled",
        "AntivirusSignatureAge",
        "AntivirusSignatureLastUpdated",
        "DefenderSignaturesOutOfDate",
    ),
    timeout=7.0,
)
THREATS = ReadWmi(_NAMESPACE, "MSFT_MpThreat", ("ThreatID", "IsActive"), timeout=7.0)
UPDATES = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows Defender\Signature Updates")

_NORMAL = "normal"
_NOT_RUNNING = "not running"
_PASSIVE = frozenset({"passive mode", "sxs passive mode", "edr block mode", "passive"})
_SWITCHES = ("AMServiceEnabled", "AntivirusEnabled", "RealTimeProtectionEnabled")
_NEVER = frozenset({0xFFFF, 0xFFFFFFFF})

_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
"""Before Windows 10; definitions dated earlier are a "never"."""
_MOMENT = re.compile(r"(\d{14})\.\d{6}([+-])(\d{3})", re.ASCII)
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Objects = tuple[dict[str, Plain], ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What Defender says of itself: each None where it does not say. `out_of_date` is its own
    judgement of its definitions, `updated` (UTC) when they last were."""

    runs: bool | None
    real_time: bool | None
    updated: datetime | None
    out_of_date: bool | None


def parse_status(objects: Objects) -> Status | None:
    """The one MSFT_MpComputerStatus object; None where it is another number of objects, or says
    nothing of its mode."""
    if len(objects) != 1 or not isinstance(objects[0].get("AMRunningMode"), str):
        return None
    (said,) = objects
    mode = str(said["AMRunningMode"]).strip().casefold()
    updated = parse_cim_datetime(said.get("AntivirusSignatureLastUpdated"))
    out_of_date = said.get("DefenderSignaturesOutOfDate")
    return Status(
        runs=False if mode == _NOT_RUNNING else True if mode in {_NORMAL, *_PASSIVE} else None,
        real_time=_real_time(mode, said),
        updated=None if said.get("AntivirusSignatureAge") in _NEVER else updated,
        out_of_date=out_of_date if isinstance(out_of_date, bool) else None,
    )


def parse_threats(objects: Objects) -> tuple[Says, int] | None:
    """What the list of MSFT_MpThreat objects shows, and how many are active; None where one does
    not say. To an ordinary user an empty list says nothing: by default Defender shows its history
    to administrators alone."""
    active = [item.get("IsActive") for item in objects]
    if True in active:
        return Says.ACTIVE, active.count(True)
    if not all(item is False for item in active):
        return None
    return (Says.CLEAN if active else Says.NOTHING_SHOWN), 0


def parse_update_time(values: dict[str, RegistryValue]) -> datetime | None:
    """When definitions were last updated (UTC), from the registry: `SignaturesLastUpdated`, the
    eight bytes of a FILETIME. None for what is no such time."""
    value = values.get("SignaturesLastUpdated")
    if value is None or not isinstance(value.value, bytes) or len(value.value) != 8:
        return None
    try:
        moment = _FILETIME_EPOCH + timedelta(
            microseconds=int.from_bytes(value.value, "little") // 10
        )
    except OverflowError:
        return None
    return moment if moment >= _FIRST else None


def parse_cim_datetime(text: Plain) -> datetime | None:
    """A CIM datetime ("yyyymmddhhmmss.mmmmmm+minutes") in UTC; None for a "never", an interval, or
    anything else."""
    found = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    east = timedelta(minutes=int(found[3]) * (1 if found[2] == "+" else -1))
    try:
        moment = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) - east
    except (ValueError, OverflowError):
        return None
    return moment if moment >= _FIRST else None


def _real_time(mode: str, said: Mapping[str, Plain]) -> bool | None:
    if mode == _NOT_RUNNING or mode in _PASSIVE:
        return False
    switches = [said.get(name) for name in _SWITCHES]
    if False in [switch for switch in switches if isinstance(switch, bool)]:
        return False
    on = mode == _NORMAL and all(switch is True for switch in switches)
    return True if on else None
