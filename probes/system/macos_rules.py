"""What may be recorded of what a Mac answers, in tables as in `rules`; nothing without a rule."""

import plistlib
import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from probes.plists import array, dictionary
from probes.system.extracts import json_fields, lines, piece
from probes.system.macos_extracts import (
    camera_report,
    found_paths,
    interface_summary,
    interfaces_in_use,
    link_handlers,
    wifi_report,
)
from probes.system.rule import Listing, Rule
from probes.system.software_lists import OTHER, Cut, Names, newline_split


def plist_of(*fields: str, matching: str = "(?!)", hidden: frozenset[str] = frozenset()) -> Cut:
    """A property list, as XML, whose dictionaries have only `fields` and the keys that are
    `matching`, however deep. Of a `hidden` one stays that it is there."""
    wanted = re.compile(matching)

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: OTHER if key in hidden else kept(item)
                for key, item in value.items()
                if key in fields or key in hidden or wanted.fullmatch(key)
            }
        if isinstance(value, list):
            return [*map(kept, value)]
        return value if isinstance(value, str | bool | int | float | datetime) else OTHER

    def cut(text: bytes, names: Names) -> bytes:
        del names
        root = dictionary(text)
        listed = array(text) if root is None else root
        try:
            return OTHER.encode() if listed is None else plistlib.dumps(kept(listed))
        except (ValueError, OverflowError, RecursionError):
            # A number, a control character or a depth that binary lists can hold and XML cannot.
            return OTHER.encode()

    return cut


_VERSION = Rule(
    plist_of("ProductName", "ProductVersion", "ProductVersionExtra", "ProductBuildVersion"),
    addresses=False,
)
_SWITCHES = (
    *("AutomaticCheckEnabled", "AutomaticDownload", "AutomaticallyInstallMacOSUpdates"),
    *("CriticalUpdateInstall", "ConfigDataInstall"),
)
_SYSTEM_BEGINS = "MSU_UPDATE_"
_SYSTEM_UPDATE = rf"{_SYSTEM_BEGINS}[0-9A-Za-z]+_patch_[0-9.]+(?:_(?:minor|major|rsr))?"
_BUILD = r"[0-9]{1,3}[A-Z][0-9]{1,6}[a-z]?"
_APPLES_UPDATE = re.compile(rf"{_SYSTEM_UPDATE}|Safari[0-9A-Za-z.]*")
_UPDATES = plist_of(
    *_SWITCHES,
    *("RecommendedUpdates", "Identifier", "Product Key"),
    *("LastFullSuccessfulDate", "LastSuccessfulMSUScanDate"),
    *("LastSuccessfulBackgroundMSUScanDate", "FirstOfferDateDictionary"),
    "InstallDateDictionary",
    matching=f"{_SYSTEM_UPDATE}|{_BUILD}",
)


def update_state(text: bytes, names: Names) -> bytes:
    """com.apple.SoftwareUpdate.plist: when it looked and what for macOS and Safari it found, and
    how much for other programs and devices."""
    values = dictionary(_UPDATES(text, names))
    if values is None:
        return OTHER.encode()
    listed = values.get("RecommendedUpdates")
    for entry in listed if isinstance(listed, list) else ():
        for key, name in entry.items() if isinstance(entry, dict) else ():
            system = str(name).startswith(_SYSTEM_BEGINS)
            other = _SYSTEM_BEGINS + OTHER if system else OTHER
            entry[key] = name if _APPLES_UPDATE.fullmatch(str(name)) else other
    return _written(values)


def installed_systems(text: bytes, names: Names) -> bytes:
    """InstallHistory.plist: when which macOS, Safari and data of XProtect's was installed, and no
    other program."""
    del names
    entries = array(text)
    if entries is None:
        return OTHER.encode()
    kept = [
        {key: item for key, item in entry.items() if key in _HISTORY and _is_plain(item)}
        for entry in entries
        if isinstance(entry, dict)
        and str(entry.get("displayName", "")).split()[:1] in _SYSTEM_PARTS
    ]
    return _written(kept)


def listed_extensions(text: bytes, names: Names) -> bytes:
    """db.plist of the system extensions: those of listed products, as far as they are read, and
    without a name those that make cameras."""
    listed = (dictionary(text) or {}).get("extensions")
    if not isinstance(listed, list):
        return OTHER.encode()
    shown = (_shown_extension(item, names) for item in listed if isinstance(item, dict))
    return _written({"extensions": [item for item in shown if item is not None]})


def _shown_extension(extension: dict[str, Any], names: Names) -> dict[str, Any] | None:
    if names.keep(str(extension.get("identifier", ""))):
        return _plain_fields(extension)
    categories = extension.get("categories")
    if isinstance(categories, list) and _CAMERA in categories:
        return {"state": str(extension.get("state")), "categories": [_CAMERA]}
    return None


def _plain_fields(extension: dict[str, Any]) -> dict[str, Any]:
    fields = {key: extension.get(key) for key in ("identifier", "teamID", "state")}
    categories = extension.get("categories")
    return {
        **{key: item for key, item in fields.items() if isinstance(item, str)},
        "categories": [
            item if isinstance(item, str) else OTHER
            for item in (categories if isinstance(categories, list) else ())
        ],
    }


def _written(values: Any) -> bytes:
    try:
        return plistlib.dumps(values)
    except (ValueError, OverflowError):
        return OTHER.encode()


_SYSTEM_PARTS = (["macOS"], ["XProtectPlistConfigData"], ["Safari"])
_HISTORY = frozenset({"date", "displayName", "displayVersion", "processName"})


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | datetime)


_CAMERA = "com.apple.system_extension.cmio"

FILES: Mapping[str, Rule] = MappingProxyType(
    {
        "/System/Library/CoreServices/.SystemVersionPlatform.plist": _VERSION,
        "/System/Library/CoreServices/SystemVersion.plist": _VERSION,
        "/System/Cryptexes/OS/System/Library/CoreServices/SystemVersion.plist": _VERSION,
        "/Library/Preferences/com.apple.SoftwareUpdate.plist": Rule(update_state, addresses=False),
        "/Library/Managed Preferences/com.apple.SoftwareUpdate.plist": Rule(
            plist_of(*_SWITCHES, hidden=frozenset({"CatalogURL"}))
        ),
        "/Library/Managed Preferences/com.apple.applicationaccess.plist": Rule(
            plist_of("forceDelayedSoftwareUpdates", "forceDelayedAppSoftwareUpdates")
        ),
        "/Library/Receipts/InstallHistory.plist": Rule(installed_systems, addresses=False),
        "~/Library/Preferences/com.apple.LaunchServices"
        "/com.apple.launchservices.secure.plist": Rule(link_handlers),
        "/Library/Preferences/com.apple.alf.plist": Rule(plist_of("globalstate")),
        "/Library/SystemExtensions/db.plist": Rule(listed_extensions),
        "/var/db/com.apple.xpc.launchd/disabled.plist": Rule(
            plist_of(
                *("com.openssh.sshd", "com.apple.smbd", "com.apple.AppleFileServer"),
                *("com.apple.AEServer", "com.apple.screensharing"),
            )
        ),
    }
)
"""By path, part by part, each part as in fnmatch."""

FILE_NAMES: Mapping[str, Rule] = MappingProxyType(
    {
        "Info.plist": Rule(
            plist_of("CFBundleIdentifier", "CFBundleShortVersionString"), addresses=False
        ),
    }
)
"""By base name: what a program says of itself, wherever it lies."""

COMMANDS: Mapping[tuple[str, ...], Rule] = MappingProxyType(
    {
        ("socketfilterfw", "--getglobalstate"): Rule(piece(r"\(State = [0-9]+\)")),
        ("system_profiler", "-json", "SPFirewallDataType"): Rule(
            json_fields("SPFirewallDataType", "spfirewall_globalstate")
        ),
        ("xprotect", "status"): Rule(
            lines(r"XProtect (?:launch|background) scans: (?:enabled|disabled)")
        ),
        ("xprotect", "version"): Rule(
            piece(r"\AVersion: [0-9]+\s+Installed: [-+: 0-9]+\s*\Z"), addresses=False
        ),
        ("scutil", "--nwi"): Rule(interfaces_in_use, addresses=False),
        ("ipconfig", "getsummary", "*"): Rule(interface_summary),
        ("system_profiler", "-json", "SPAirPortDataType"): Rule(wifi_report),
        ("system_profiler", "-json", "SPCameraDataType"): Rule(camera_report),
        ("system_profiler", "-json", "SPAudioDataType"): Rule(
            json_fields(
                *("SPAudioDataType", "_items"),
                *("coreaudio_device_input", "coreaudio_device_transport"),
            )
        ),
        ("mdutil", "-s", "/"): Rule(
            lines(r"/:|\s*(?:Indexing|Spotlight)[A-Za-z ]*\. *", newline_split)
        ),
        ("mdfind", "-0", "*"): Rule(found_paths),
        ("spctl", "--status"): Rule(lines(r"assessments (?:enabled|disabled)")),
    }
)
"""By how the command begins, its program without a folder: what stays of its standard output. Of
its errors nothing does."""

FOLDERS: Mapping[str, Listing] = MappingProxyType(
    {
        "/Applications": Listing.SOFTWARE,
        "/Applications/*": Listing.SOFTWARE,
        "/Library/LaunchDaemons": Listing.SOFTWARE,
        "/opt/homebrew/bin": Listing.SOFTWARE,
        "~/Applications": Listing.SOFTWARE,
        "~/Applications/*": Listing.SOFTWARE,
    }
)
"""By path, part by part."""

LINKS: tuple[str, ...] = ()
