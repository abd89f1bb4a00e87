"""What may be recorded of what a Windows machine answers; as in `rules`, nothing without a rule."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

import msgspec

from probes.system.questions import Question
from probes.system.software_lists import OTHER, Keep, Names
from probes.system.windows_questions import (
    FileVersion,
    InstalledUpdate,
    ListAdapters,
    ListDevices,
    ListDrives,
    ListFirewallProducts,
    ListRegistry,
    ListSecurityProducts,
    MatchWindowTitles,
    Networks,
    ReadFileVersion,
    ReadFirewallPolicy,
    ReadNetworks,
    ReadProviderHealth,
    ReadRegistry,
    ReadService,
    ReadSystemMetric,
    ReadUpdateHistory,
    ReadUpdateState,
    ReadWlanLink,
    ReadWlanProfile,
    ReadWmi,
    RegistryValue,
    SearchUpdates,
)

HIDDEN_NETWORK = "wifi"

_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_FIREWALL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
_FIREWALLS = (_FIREWALL, rf"{_FIREWALL}\Mdm", r"SOFTWARE\Policies\Microsoft\WindowsFirewall")
_PROFILE = ("EnableFirewall", "DefaultInboundAction", "DoNotAllowExceptions")
_UPDATES = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
_CONSENT = ("Value", "LastUsedTimeStart", "LastUsedTimeStop")
_CONSENT_STORE = rf"{_WINDOWS}\CapabilityAccessManager\ConsentStore"

REGISTRY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        r"SOFTWARE\Microsoft\Windows NT\CurrentVersion": (
            *("CurrentBuild", "CurrentBuildNumber", "UBR", "EditionID", "DisplayVersion"),
            *("InstallationType", "ProductName", "CurrentMajorVersionNumber", "ReleaseId"),
        ),
        r"SOFTWARE\Microsoft\WindowsSelfHost\Applicability": (
            *("IsBuildFlightingEnabled", "BranchName", "Ring"),
        ),
        r"SOFTWARE\Microsoft\Windows Defender\Signature Updates": (
            *("SignaturesLastUpdated", "ASSignatureApplied", "AVSignatureApplied"),
            *("AVSignatureVersion", "ASSignatureVersion", "EngineVersion"),
        ),
        **{
            rf"{store}\{profile}": _PROFILE
            for store in _FIREWALLS
            for profile in ("DomainProfile", "StandardProfile", "PrivateProfile", "PublicProfile")
        },
        r"SOFTWARE\Policies\Microsoft\Windows\AppPrivacy": (
            *("LetAppsAccessCamera", "LetAppsAccessMicrophone", "LetAppsAccessLocation"),
        ),
        rf"{_UPDATES}\AU": ("NoAutoUpdate", "AUOptions"),
        r"SOFTWARE\Microsoft\PolicyManager\current\device\Update": ("AllowAutoUpdate",),
        r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings": (
            *("PauseUpdatesExpiryTime", "PauseQualityUpdatesEndTime"),
        ),
        rf"{_WINDOWS}\WindowsUpdate\Auto Update\RebootRequired": (),
        rf"{_WINDOWS}\Component Based Servicing\RebootPending": (),
        r"SYSTEM\CurrentControlSet\Services\wuauserv": ("Start",),
        r"SYSTEM\CurrentControlSet\Services\UsoSvc": ("Start",),
        rf"{_CONSENT_STORE}\*": _CONSENT,
        rf"{_CONSENT_STORE}\*\*": _CONSENT,
        rf"{_CONSENT_STORE}\*\NonPackaged\*": _CONSENT,
    }
)
"""By key, part by part: the values that stay. A part that a star stands for is shown where it is a
listed name, or one that Windows has there."""

INSTALLED = rf"{_WINDOWS}\Uninstall\*"
INSTALLED_VALUES = ("DisplayName", "DisplayVersion", "Publisher", "SystemComponent", "InstallDate")
SYSTEM_PARTS = frozenset(
    {
        *("domainprofile", "standardprofile", "privateprofile", "publicprofile"),
        *("webcam", "microphone", "location", "nonpackaged"),
        *("graphicscaptureprogrammatic", "graphicscapturewithoutborder"),
    }
)

WMI = frozenset({"antivirusproduct", "firewallproduct", "msft_mpcomputerstatus", "msft_mpthreat"})
WMI_TEXTS = frozenset(
    {
        *("displayname", "instanceguid", "timestamp", "amrunningmode"),
        *("antivirussignaturelastupdated", "antivirussignatureversion"),
        *("antispywaresignaturelastupdated", "antispywaresignatureversion"),
    }
)

_IMPERSONAL = (
    *(ReadService, ListSecurityProducts, ReadProviderHealth, ReadFirewallPolicy),
    *(ListFirewallProducts, SearchUpdates, ReadUpdateState, ListDrives, MatchWindowTitles),
    ReadSystemMetric,
)
"""Constants of Microsoft's and of products', and what Windows itself counts."""

_RULED = (
    *(ReadUpdateHistory, ReadNetworks, ListAdapters, ReadWlanLink, ReadWlanProfile),
    *(ListDevices, ReadFileVersion),
)

_UPDATE_NUMBERS = re.compile(r"\bKB[0-9]{6,8}\b|\([0-9]{5}\.[0-9]{1,6}\)")
"""An update's number, and the version that it makes of Windows."""
_TEXT = re.compile(r"(<(?:\w+:)?(\w+)(?:\s[^<>]*)?>)([^<>]+)(?=</)")
_PROFILE_TEXTS = frozenset({"authentication", "encryption", "useOneX", "transitionMode"})


def has_windows_rule(question: Question[Any]) -> bool:
    """Whether it has been decided what of this question's answer may be recorded."""
    match question:
        case ReadRegistry():
            return _values_of(question.key) is not None
        case ListRegistry():
            return any(_fits(rf"{question.key}\x", pattern) for pattern in (*REGISTRY, INSTALLED))
        case ReadWmi():
            return question.class_name.lower() in WMI
    return isinstance(question, (*_IMPERSONAL, *_RULED))


def is_exact(question: Question[Any]) -> bool:
    """Whether what `allowed` leaves has no place for a name or an address, and holds constants and
    versions that look like one."""
    return isinstance(
        question, (*_IMPERSONAL, ReadRegistry, ReadUpdateHistory, ReadFileVersion, ReadWmi)
    )


def allowed(question: Question[Any], value: Any, names: Names, keep: Keep) -> Any:
    """What the rules leave of a Windows question's answer."""
    match question:
        case ReadRegistry():
            return _registry(question.key, value, keep)
        case ListRegistry():
            return tuple(dict.fromkeys(shown_part(part, names) for part in value))
        case ReadWmi():
            return tuple(map(_properties, value))
        case ReadUpdateHistory():
            return tuple(map(_update, value))
        case ReadNetworks():
            return _networks(value, keep)
        case ReadWlanLink():
            public = keep(value.ssid.decode("utf-8", "replace"))
            return msgspec.structs.replace(
                value, ssid=value.ssid if public else HIDDEN_NETWORK.encode()
            )
        case ReadWlanProfile():
            return _TEXT.sub(_profile_text, value)
        case ReadFileVersion():
            return _version(value, keep)
    return value


def network_names(question: Question[Any], value: Any) -> set[str]:
    """The networks that a question or its answer, as it is written down, names."""
    match question:
        case ReadNetworks() if isinstance(value, dict):
            return {network.get("name") or "" for network in value.get("connected", ())} - {""}
        case ReadWlanLink() if isinstance(value, dict):
            ssid = value.get("ssid")
            text = ssid.get("text") if isinstance(ssid, dict) else None
            return {text} if isinstance(text, str) else set()
        case ReadWlanProfile():
            return {question.name}
    return set()


def shown_key(key: str, names: Names) -> str:
    """A registry key with only those names in it that may be seen."""
    patterns = [one for one in (*REGISTRY, INSTALLED) if _fits(key, one)]
    if not patterns:
        return key
    # The one with the fewest stars says most.
    pattern = min(patterns, key=lambda one: one.count("*"))
    parts = zip(key.split("\\"), pattern.split("\\"), strict=True)
    return "\\".join(shown_part(part, names) if star == "*" else part for part, star in parts)


def shown_part(part: str, names: Names) -> str:
    """A subkey's name: Windows' own, a listed one, or a placeholder. One that is a program's path,
    with "#" for each backslash, keeps what a listed program's file is called."""
    if part.lower() in SYSTEM_PARTS:
        return part
    if "#" in part:
        return "C:#" + names.shown("program", part.rpartition("#")[2])
    return names.shown("key", part)


def _values_of(key: str) -> tuple[str, ...] | None:
    if _fits(key, INSTALLED):
        return INSTALLED_VALUES
    return next((values for pattern, values in REGISTRY.items() if _fits(key, pattern)), None)


def _registry(
    key: str, values: dict[str, RegistryValue], keep: Keep
) -> dict[str, RegistryValue] | None:
    stay = {name.lower() for name in _values_of(key) or ()}
    left = {name: value for name, value in values.items() if name.lower() in stay}
    if _fits(key, INSTALLED):
        return {name: _installed(name, value, keep) for name, value in left.items()}
    return left


def _installed(name: str, value: RegistryValue, keep: Keep) -> RegistryValue:
    if name.lower() not in ("displayname", "publisher") or keep(str(value.value)):
        return value
    return RegistryValue(value.kind, OTHER)


def _properties(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in found.items()
        if not isinstance(value, str) or name.lower() in WMI_TEXTS
    }


def _update(update: InstalledUpdate) -> InstalledUpdate:
    return msgspec.structs.replace(update, title=" ".join(_UPDATE_NUMBERS.findall(update.title)))


def _networks(networks: Networks, keep: Keep) -> Networks:
    connected = (
        network
        if network.name is None or keep(network.name)
        else msgspec.structs.replace(network, name=HIDDEN_NETWORK)
        for network in networks.connected
    )
    return msgspec.structs.replace(networks, connected=tuple(connected))


def _profile_text(match: re.Match[str]) -> str:
    return match[0] if match[2] in _PROFILE_TEXTS else match[1]


def _version(found: FileVersion, keep: Keep) -> FileVersion:
    def listed(text: str) -> str:
        return text if not text or keep(text) else OTHER

    return FileVersion(
        version=found.version,
        product=listed(found.product),
        company=listed(found.company),
        original_name=listed(found.original_name),
        description=listed(found.description),
    )


def _fits(key: str, pattern: str) -> bool:
    parts, patterns = key.lower().split("\\"), pattern.lower().split("\\")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))
