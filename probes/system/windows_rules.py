"""What may be recorded of what a Windows machine answers; as in `rules`, nothing without a rule."""

import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree  # the documents come from this machine's own system

import msgspec

from probes.system.questions import (
    Listener,
    ListListeners,
    ListProcesses,
    Plain,
    Process,
    Question,
    ReadFile,
    StatFile,
    SweepFiles,
)
from probes.system.software_lists import OTHER, Names
from probes.system.windows_names import (
    families_of,
    is_listed_path,
    network_text,
    shown_network,
    shown_path,
    shown_program,
    shown_text,
)
from probes.system.windows_questions import (
    Device,
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
    SearchUpdates,
)
from probes.system.windows_registry_rules import cut_of, is_listable, shown_key, subkeys

WMI = frozenset({"antivirusproduct", "msft_mpcomputerstatus", "msft_mpthreat"})
WMI_TEXTS = frozenset(
    {
        *("displayname", "instanceguid", "amrunningmode", "antivirussignaturelastupdated"),
    }
)
WMI_PATHS = frozenset({"pathtosignedreportingexe"})

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

DRIVERS = frozenset({"USB", "PCI", "ACPI", "ROOT"})
"""Enumerators of devices that are named by their maker or driver. What a program makes is named
as that says, which may be after the owner of a phone."""

_WLAN = "{http://www.microsoft.com/networking/WLAN/profile/v1}"
_PROFILE_PARTS = frozenset(
    f"{_WLAN}{tag}"
    for tag in ("WLANProfile", "SSIDConfig", "SSID", "MSM", "security", "authEncryption")
)
_PROFILE_WORDS = frozenset(
    {
        f"{_WLAN}authentication",
        f"{_WLAN}encryption",
        "{http://www.microsoft.com/networking/WLAN/profile/v4}transitionMode",
    }
)


def has_windows_rule(question: Question[Any]) -> bool:
    """Whether it has been decided what of this question's answer may be recorded."""
    match question:
        case ReadRegistry():
            return cut_of(question.key) is not None
        case ListRegistry():
            return is_listable(question.key)
        case ReadWmi():
            return question.class_name.lower() in WMI
    return isinstance(question, (*_IMPERSONAL, *_RULED))


def is_exact(question: Question[Any]) -> bool:
    """Whether what `allowed` leaves has no place for a name or an address, and holds constants and
    versions that look like one."""
    return has_windows_rule(question) and not isinstance(question, ListDevices)


def allowed(question: Question[Any], value: Any, names: Names) -> Any:
    """What the rules leave of a Windows question's answer."""
    match question:
        case ReadRegistry():
            cut = cut_of(question.key)
            return None if cut is None else cut(value, names)
        case ListRegistry():
            return subkeys(question.key, value, names)
        case ReadWmi():
            return tuple(_properties(found, names) for found in value)
        case ReadUpdateHistory():
            return tuple(map(_update, value))
        case ReadNetworks():
            return _networks(value, names)
        case ListAdapters():
            return tuple(
                msgspec.structs.replace(item, guid=_adapter(item.guid, names)) for item in value
            )
        case ReadWlanLink():
            return msgspec.structs.replace(value, ssid=_ssid(value.ssid, names))
        case ReadWlanProfile():
            return _profile(value, names)
        case ListDevices():
            return tuple(_device(device, names) for device in value)
        case ReadFileVersion():
            return _version(value, names)
    return value


def shown_question(question: Question[Any], names: Names) -> Question[Any] | None:
    """A question to a Windows machine with what it names shown as in the answers; None for one
    that no rule here knows."""
    match question:
        case ReadRegistry() | ListRegistry():
            key = shown_key(question.key, names)
            return None if key is None else msgspec.structs.replace(question, key=key)
        case ReadWlanLink():
            return ReadWlanLink(_adapter(question.adapter, names))
        case ReadWlanProfile():
            name = shown_network(question.name, names)
            return ReadWlanProfile(_adapter(question.adapter, names), name)
        case StatFile() | ReadFile() | ReadFileVersion():
            return msgspec.structs.replace(question, path=shown_path(question.path, names))
        case SweepFiles():
            roots = tuple(shown_path(root, names) for root in question.roots)
            return msgspec.structs.replace(question, roots=roots)
        case ListProcesses() | ListListeners():
            return question
    # What is left names services, products and classes, constants of this program.
    return question if has_windows_rule(question) else None


def shown_source(source: str, names: Names) -> str:
    """Where an answer came from: a registry key or a path as shown, or an interface's name."""
    hive, _, key = source.partition("\\")
    if hive in ("HKLM", "HKCU"):
        known = shown_key(key, names)
        return hive if known is None else f"{hive}\\{known}"
    return shown_path(source, names) if "\\" in source else source


def users_of_camera(question: Question[Any], value: Any) -> set[str]:
    """Who an answer, as it is written down, notes as users of the camera: a program's path with "#"
    for each backslash, or a package's family name, in lower case."""
    listed = isinstance(question, ListRegistry) and "consentstore\\webcam" in question.key.lower()
    return {str(part).lower() for part in value or ()} if listed else set()


def shown_process(process: Process, cameras: Iterable[str], names: Names) -> Process:
    """A process with its name where that is listed, and with its path where the name is, where it
    belongs to a listed package, and where it is one of those noted as users of `cameras`."""
    path = process.executable
    linked = path is not None and not {
        path.lower().replace("\\", "#"),
        *families_of(path),
    }.isdisjoint(cameras)
    stays = path is not None and (linked or is_listed_path(path, names))
    return Process(
        name=process.name if names.keep(process.name) else OTHER,
        executable=shown_path(path, names) if path is not None and stays else None,
        argv0=None,
        own=process.own,
    )


def shown_listener(listener: Listener, names: Names) -> Listener:
    """A listener with its program as the firewall's rules name it."""
    if listener.program is None:
        return listener
    return msgspec.structs.replace(listener, program=shown_program(listener.program, names))


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


def _properties(found: dict[str, Plain], names: Names) -> dict[str, Plain]:
    shown: dict[str, Plain] = {}
    for name, value in found.items():
        if isinstance(value, str) and name.lower() in WMI_PATHS:
            shown[name] = shown_path(value, names)
        elif not isinstance(value, str) or name.lower() in WMI_TEXTS:
            shown[name] = value
    return shown


def _update(update: InstalledUpdate) -> InstalledUpdate:
    return msgspec.structs.replace(update, title=" ".join(_UPDATE_NUMBERS.findall(update.title)))


def _networks(networks: Networks, names: Names) -> Networks:
    connected = (
        msgspec.structs.replace(
            network,
            adapters=tuple(_adapter(guid, names) for guid in network.adapters),
            name=None if network.name is None else shown_network(network.name, names),
        )
        for network in networks.connected
    )
    return msgspec.structs.replace(networks, connected=tuple(connected))


def _adapter(guid: str, names: Names) -> str:
    return names.number("adapter", guid)


def _ssid(ssid: bytes, names: Names) -> bytes:
    if not ssid:
        return ssid
    name = network_text(ssid)
    shown = shown_network(name, names)
    return ssid if shown == name else shown.encode()


def _profile(xml: str, names: Names) -> str:
    """A WLANProfile with what tells how the network is protected, and its names as shown."""

    def copied(element: ElementTree.Element) -> ElementTree.Element:
        copy = ElementTree.Element(element.tag)
        text = element.text or ""
        if element.tag == f"{_WLAN}name":
            copy.text = text and shown_network(text, names)
        elif element.tag == f"{_WLAN}hex":
            copy.text = _hex(text, names)
        elif element.tag in _PROFILE_WORDS:
            copy.text = text if _PROFILE_WORD.fullmatch(text) else OTHER
        copy.extend([copied(child) for child in element if child.tag in _PROFILE_TAGS])
        return copy

    if "<!" in xml:
        return OTHER
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - no declaration gets this far
    except (ElementTree.ParseError, ValueError):
        return OTHER
    return (
        ElementTree.tostring(copied(root), encoding="unicode")
        if root.tag in _PROFILE_TAGS
        else OTHER
    )


_PROFILE_TAGS = _PROFILE_PARTS | _PROFILE_WORDS | {f"{_WLAN}name", f"{_WLAN}hex"}
_PROFILE_WORD = re.compile(r"\w{1,16}", re.ASCII)


def _hex(text: str, names: Names) -> str:
    try:
        return _ssid(bytes.fromhex(text), names).hex().upper()
    except ValueError:
        return OTHER


def _device(device: Device, names: Names) -> Device:
    if device.enumerator.upper() in DRIVERS:
        return device
    return msgspec.structs.replace(device, name=names.number("device", device.name))


def _version(found: FileVersion, names: Names) -> FileVersion:
    return FileVersion(
        version=found.version,
        product=shown_text(found.product, names),
        company=shown_text(found.company, names),
        original_name=shown_text(found.original_name, names),
        description=shown_text(found.description, names),
    )
