"""What may be recorded of a Windows registry: by key, which values stay and what of each.

A value that is left out looks on replay as if the machine did not have it. So every value that a
check reads stays, in a form that its reader takes for the same.
"""

import codecs
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import partial
from types import MappingProxyType

from probes.system.software_lists import OTHER, Names
from probes.system.windows_names import (
    file_name,
    is_listed_path,
    shown_package,
    shown_path,
    shown_program,
    shown_software,
)
from probes.system.windows_questions import RegistryContent, RegistryValue

Values = Mapping[str, RegistryValue]
Kept = dict[str, RegistryValue]
Cut = Callable[[Values, Names], Kept]
"""What is left of a key's values."""
Show = Callable[[str, Names], str]
"""How a text is shown."""

NONE, SZ, BINARY = 0, 1, 3
"""Kinds of values (winnt.h)."""


def only(*wanted: str) -> Cut:
    """The `wanted` values as they are: numbers, and words of Windows' own."""
    return shown(dict.fromkeys(wanted, _as_it_is), padding="")


def shown(wanted: Mapping[str, Show], padding: str = "\0 ") -> Cut:
    """The `wanted` values, their texts as shown, without the `padding` that their readers pass
    over."""
    ways = {name.lower(): show for name, show in wanted.items()}

    def content(name: str, value: RegistryValue, names: Names) -> RegistryContent:
        match value.value:
            case str(text):
                return ways[name.lower()](text.strip(padding), names)
            case bytes(raw):
                return raw if len(raw) <= _LONGEST_NUMBER else b""
            case tuple():
                return ()
        return value.value

    def cut(values: Values, names: Names) -> Kept:
        return {
            name: RegistryValue(value.kind, content(name, value, names))
            for name, value in values.items()
            if name.lower() in ways
        }

    return cut


def used(values: Values, names: Names) -> Kept:
    """A consent, and whether who has it has begun and has ended, without the times."""
    left = shown(dict.fromkeys(("Value", "LastUsedTimeStart", "LastUsedTimeStop"), word), "")
    return {
        name: RegistryValue(value.kind, int(bool(value.value)))
        if isinstance(value.value, int)
        else value
        for name, value in left(values, names).items()
    }


def word(text: str, names: Names) -> str:
    """A word in ASCII; "other" for anything else."""
    del names
    return text if _WORD.fullmatch(text) else OTHER


def some_text(text: str, names: Names) -> str:
    """Whether there is a text at all."""
    del names
    return text and OTHER


def version(text: str, names: Names) -> str:
    """The number that a version begins with, and whether something stands behind it."""
    del names
    number = _VERSION.match(text)
    if number is None:
        return OTHER
    return number[0] if number.end() == len(text) else f"{number[0]} {OTHER}"


def link_handler(text: str, names: Names) -> str:
    """A ProgId without what tells one copy of a program from another."""
    name = _PROG_ID_ENDS.split(text)[0]
    return name if names.keep(name) else OTHER


def traces(written: Callable[[str], str], values: Values, names: Names) -> Kept:
    """Of value names that are paths of programs, the listed ones. `written` turns a value's name
    into the path and back."""
    paths = map(written, values)
    return {
        written(shown_path(path, names)): RegistryValue(BINARY, b"")
        for path in paths
        if is_listed_path(path, names)
    }


def rot13(text: str) -> str:
    """UserAssist's way of writing."""
    return codecs.encode(text, "rot13")


def without_ending(text: str) -> str:
    """The path in a value's name of the MuiCache."""
    return text.removesuffix(".FriendlyAppName").removesuffix(".ApplicationCompany")


def firewall_rules(values: Values, names: Names) -> Kept:
    """Windows Firewall's rules ([MS-GPFAS] 2.2.2) without names, users and places: what each does
    with whom at which port. All that are switched off are as one, and all for what goes out."""
    cuts = dict.fromkeys(_firewall_rule(value, names) for value in values.values())
    return {f"rule-{number}": value for number, value in enumerate(cuts, 1)}


_LONGEST_NUMBER = 8
"""Bytes: a FILETIME is one."""
_WORD = re.compile(r"\w{1,32}", re.ASCII)
_VERSION = re.compile(
    r"[vV]?[0-9]{1,10}(?:\.[0-9]{1,10}){0,7}(?![0-9.])(?: \([0-9]{1,10}\)\Z)?", re.ASCII
)
"""As "6.2.11.5069", or as "6.2.11 (5069)"."""
_PROG_ID_ENDS = re.compile(r"[-.]")
_SERVICED = re.compile(r"Package_for_RollupFix~31bf3856ad364e35~[a-z0-9]+~~[0-9.]+", re.ASCII)
"""A package of Windows' own: a cumulative update."""
_PACKAGE = re.compile(r"([^_]+)_([0-9]+(?:\.[0-9]+){1,3})_.*", re.DOTALL)


def _as_it_is(text: str, names: Names) -> str:
    del names
    return text


_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,5})?", re.ASCII)
_PORTS = re.compile(r"LPort(?:2_[0-9]+)?", re.ASCII)
_ENUMERATED = MappingProxyType(
    {
        "Action": frozenset({"Allow", "Block", "ByPass"}),
        "Active": frozenset({"TRUE", "FALSE"}),
        "Dir": frozenset({"In", "Out"}),
        "Profile": frozenset({"Domain", "Private", "Public"}),
    }
)
_WITHOUT_MEANING = frozenset({"Name", "Desc", "EmbedCtxt", "Edge", "Defer"})
"""Fields that say nothing of whom a rule is for."""


def _firewall_rule(value: RegistryValue, names: Names) -> RegistryValue:
    if value.kind != SZ or not isinstance(value.value, str):
        return RegistryValue(NONE, OTHER)
    fields = [
        (name, text)
        for name, equals, text in (part.partition("=") for part in value.value.split("|")[1:])
        if equals
    ]
    kept = [field for field in (_field(*one, names) for one in fields) if field]
    last = dict(fields)
    idle = last.get("Active", "TRUE").upper() != "TRUE" or last.get("Dir") == "Out"
    if idle and last.get("Action") in _ENUMERATED["Action"] and last.get("Dir") in ("In", "Out"):
        kept = ["Action=Allow", "Active=FALSE", "Dir=In"]
    return RegistryValue(SZ, "|".join(("v", *kept, "")))


def _field(name: str, text: str, names: Names) -> str | None:
    """A field of a rule; None for one without a meaning. One more condition is like another."""
    if name in _WITHOUT_MEANING:
        return None
    if name in _ENUMERATED:
        plain = text.upper() if name == "Active" else text.title() if name == "Profile" else text
        return f"{name}={plain if plain in _ENUMERATED[name] else OTHER}"
    if name == "Protocol":
        return f"{name}={text if _NUMBER.fullmatch(text) else OTHER}"
    if _PORTS.fullmatch(name):
        return f"{name}={text if _PORT.fullmatch(text) else OTHER}"
    if name == "App":
        return f"{name}={shown_program(file_name(text), names)}"
    return f"AppPkgId={OTHER}" if name == "AppPkgId" else f"Condition={OTHER}"


_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_FIREWALL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
_FIREWALLS = (_FIREWALL, rf"{_FIREWALL}\Mdm", r"SOFTWARE\Policies\Microsoft\WindowsFirewall")
_PROFILES = ("DomainProfile", "StandardProfile", "PublicProfile")
_PROFILE = only("EnableFirewall", "DefaultInboundAction", "DoNotAllowExceptions")
_CONSENTS = rf"{_WINDOWS}\CapabilityAccessManager\ConsentStore"
_SERVICING = rf"{_WINDOWS}\Component Based Servicing"
_CAPTURE = rf"{_WINDOWS}\MMDevices\Audio\Capture"
_UNINSTALL = rf"{_WINDOWS}\Uninstall"
_APP_PATHS = rf"{_WINDOWS}\App Paths"
_SHELL = r"Software\Classes\Local Settings\Software\Microsoft\Windows"
_PACKAGES = rf"{_SHELL}\CurrentVersion\AppModel\Repository\Packages"
_USER_ASSIST = rf"{_WINDOWS}\Explorer\UserAssist"
_BEACON = shown({"version": version})

_DELAYS = ("DeferQualityUpdatesPeriodInDays", "PauseQualityUpdatesStartTime")

KEYS: Mapping[str, Cut] = MappingProxyType(
    {
        r"SOFTWARE\Microsoft\Windows NT\CurrentVersion": only(
            *("CurrentBuild", "CurrentBuildNumber", "UBR", "EditionID", "DisplayVersion"),
            "InstallationType",
        ),
        r"SOFTWARE\Microsoft\WindowsSelfHost\Applicability": only("IsBuildFlightingEnabled"),
        r"SOFTWARE\Microsoft\Windows Defender\Signature Updates": only("SignaturesLastUpdated"),
        **{rf"{store}\{profile}": _PROFILE for store in _FIREWALLS for profile in _PROFILES},
        **{rf"{store}\PrivateProfile": _PROFILE for store in _FIREWALLS[1:]},
        **{rf"{store}\FirewallRules": firewall_rules for store in _FIREWALLS},
        r"SOFTWARE\Policies\Microsoft\Windows\AppPrivacy": only(
            *("LetAppsAccessCamera", "LetAppsAccessMicrophone", "LetAppsAccessLocation"),
        ),
        r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU": only(
            *("NoAutoUpdate", "AUOptions", "UseWUServer"),
        ),
        r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate": only(*_DELAYS),
        r"SOFTWARE\Microsoft\PolicyManager\current\device\Update": shown(
            {
                **dict.fromkeys((*_DELAYS, "AllowAutoUpdate"), _as_it_is),
                "UpdateServiceUrl": some_text,
            }
        ),
        r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings": only(
            *("PauseUpdatesExpiryTime", "PauseQualityUpdatesEndTime"),
        ),
        rf"{_WINDOWS}\WindowsUpdate\Auto Update\RebootRequired": only(),
        rf"{_SERVICING}\RebootPending": only(),
        rf"{_SERVICING}\Packages\*": only("CurrentState", "InstallTimeHigh", "InstallTimeLow"),
        r"SYSTEM\CurrentControlSet\Services\wuauserv": only("Start"),
        r"SYSTEM\CurrentControlSet\Services\UsoSvc": only("Start"),
        **{
            rf"{_CONSENTS}\{capability}{below}": used
            for capability in ("webcam", "microphone", "location")
            for below in ("", r"\NonPackaged")
        },
        rf"{_CONSENTS}\webcam\*": used,
        rf"{_CONSENTS}\webcam\NonPackaged\*": used,
        rf"{_CAPTURE}\*": only("DeviceState"),
        rf"{_CAPTURE}\*\Properties": shown(
            {
                "{1da5d803-d492-4edd-8c23-e0c0ffee7f0e},0": word,
                "{a45c254e-df1c-4efd-8020-67d146a850e0},24": word,
            },
            padding="",
        ),
        rf"{_UNINSTALL}\*": shown(
            {
                "DisplayName": shown_software,
                "DisplayVersion": version,
                "DisplayIcon": shown_path,
                "InstallLocation": shown_path,
            }
        ),
        rf"{_APP_PATHS}\*": shown({"": shown_path}),
        rf"{_USER_ASSIST}\*\Count": partial(traces, rot13),
        rf"{_SHELL}\Shell\MuiCache": partial(traces, without_ending),
        r"Software\Microsoft\Windows NT\CurrentVersion\AppCompatFlags"
        r"\Compatibility Assistant\Store": partial(traces, str),
        rf"{_WINDOWS}\Explorer\Shell Folders": shown(
            dict.fromkeys(
                ("Desktop", "Personal", "{374DE290-123F-4565-9164-39C4925E467B}"), shown_path
            )
        ),
        r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https\UserChoice": shown(
            {"ProgId": link_handler}
        ),
        r"SOFTWARE\Mozilla\Mozilla Firefox": shown({"CurrentVersion": version}),
        r"SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients"
        r"\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}": shown({"pv": version}),
        r"Software\Google\Chrome\BLBeacon": _BEACON,
        r"Software\Microsoft\Edge\BLBeacon": _BEACON,
        r"Software\BraveSoftware\Brave-Browser\BLBeacon": _BEACON,
        r"Software\Vivaldi\BLBeacon": _BEACON,
    }
)
"""By key, part by part."""

LISTS = (
    *(_UNINSTALL, _APP_PATHS, _PACKAGES, _CAPTURE, _USER_ASSIST, rf"{_SERVICING}\Packages"),
    *(rf"{_CONSENTS}\webcam", rf"{_CONSENTS}\webcam\NonPackaged"),
)
"""The keys whose subkeys may be listed."""

_DESKTOP_PROGRAMS = "nonpackaged"


def cut_of(key: str) -> Cut | None:
    """What is left of the values of `key`."""
    fitting = [pattern for pattern in KEYS if _fits(key, pattern)]
    return KEYS[min(fitting, key=_stars)] if fitting else None


def is_listable(key: str) -> bool:
    """Whether the names of the subkeys of `key` may be shown as `subkeys` has them."""
    return any(_fits(key, pattern) for pattern in LISTS)


def subkeys(key: str, parts: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """The names of the subkeys of `key` as shown; of the Store's packages the listed ones only, and
    of those that Windows is made of the cumulative updates."""
    if _fits(key, rf"{_SERVICING}\Packages"):
        return tuple(filter(_SERVICED.fullmatch, parts))
    if _fits(key, _PACKAGES):
        found = ((part, _PACKAGE.fullmatch(part)) for part in parts)
        return tuple(
            shown_package(part, names) or f"{match[1]}_{match[2]}_{OTHER}"
            for part, match in found
            if match is not None and names.keep(match[1])
        )
    return tuple(dict.fromkeys(shown_part(part, names) for part in parts))


def shown_key(key: str, names: Names) -> str | None:
    """A known key with a number for each part that is no listed name; None for another key."""
    patterns = [pattern for pattern in (*KEYS, *LISTS) if _fits(key, pattern)]
    if not patterns:
        return None
    parts = zip(key.split("\\"), min(patterns, key=_stars).split("\\"), strict=True)
    return "\\".join(shown_part(part, names) if star == "*" else part for part, star in parts)


def shown_part(part: str, names: Names) -> str:
    """A subkey's name: that of desktop programs, a program's path, a package, a listed name or a
    number."""
    if part.lower() == _DESKTOP_PROGRAMS or names.keep(part) or _SERVICED.fullmatch(part):
        return part
    if "#" in part:
        return shown_path(part, names)
    return shown_package(part, names) or names.number("key", part)


def _stars(pattern: str) -> int:
    return pattern.count("*")


def _fits(key: str, pattern: str) -> bool:
    parts, patterns = key.lower().split("\\"), pattern.lower().split("\\")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))
