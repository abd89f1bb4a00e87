"""Taking out of what a Mac answers about its network, its cameras and its software only what a
check reads: no address, no network's name, no id of a device, no folder's and no other app's name.

What has not the shape that is expected comes out as "other", which no reader understands either.
"""

import plistlib
import re
from collections.abc import Callable
from typing import Any

import msgspec

from probes.camera_models import PROGRAMS, apples_id, is_hardware
from probes.ipconfig import own_lines
from probes.nwi import is_of_iphone
from probes.plists import dictionary
from probes.system.extracts import folder_path
from probes.system.software_lists import OTHER, Names, by_line, newline_split, public_network

_ADDRESS = re.compile(r" +address +: (\S+)")
_NETWORK_LINE = re.compile(
    r"Network information|IPv[46] network interface information|   No IPv[46] states found"
    r"|   REACH : flags 0x[0-9a-f]+.*"
    r"| *[a-z]+[0-9]{1,4} : flags +: 0x[0-9a-f]+(?: \([A-Za-z0-9,-]*\))?"
)
_STATED = ("InterfaceType", "LinkStatusActive", "Security")
_WORD = re.compile(rb"[A-Za-z0-9_]{1,30}")
_INTERFACE = re.compile(r"[a-z]+[0-9]{1,4}")
_VOLUME = re.compile(r"(/System/Volumes/Data/|/Volumes/|/)(.*/)?([^/]*)", re.DOTALL)


def interfaces_in_use(text: bytes, names: Names) -> bytes:
    """`scutil --nwi` without addresses, but for an iPhone's own."""
    del names

    def line(written: str) -> str | None:
        address = _ADDRESS.fullmatch(written)
        if address is not None:
            return written if is_of_iphone(address[1]) else None
        return written if not written or _NETWORK_LINE.fullmatch(written) else None

    return by_line(text, line, newline_split)


def interface_summary(text: bytes, names: Names) -> bytes:
    """`ipconfig getsummary`: what the interface is and how it is protected."""
    found = own_lines(text)
    if found is None:
        return OTHER.encode()
    kept = {key: found[key] for key in _STATED if _WORD.fullmatch(found.get(key, b""))}
    if "SSID" in found:
        name = found["SSID"].decode("utf-8", "replace")
        kept["SSID"] = (public_network(name, names.keep) or "<redacted>").encode()
    lines = (b"  " + key.encode() + b" : " + value for key, value in sorted(kept.items()))
    return b"\n".join([b"<dictionary> {", *lines, b"}", b""])


def wifi_report(text: bytes, names: Names) -> bytes:
    """The report on SPAirPortDataType: the class of each interface's network."""

    def card(entry: dict[str, Any]) -> dict[str, Any]:
        network, interface = entry.get("spairport_current_network_information"), entry.get("_name")
        kept: dict[str, Any] = {}
        if isinstance(interface, str) and _INTERFACE.fullmatch(interface):
            kept["_name"] = interface
        if isinstance(network, dict):
            name = network.get("_name")
            public = public_network(name, names.keep) if isinstance(name, str) else None
            shown = public or "<redacted>"
            kept["spairport_current_network_information"] = {
                "_name": shown,
                "spairport_security_mode": network.get("spairport_security_mode"),
            }
        return kept

    def item(entry: dict[str, Any]) -> dict[str, Any]:
        cards = entry.get("spairport_airport_interfaces")
        known = [*map(card, filter(_is_table, cards))] if isinstance(cards, list) else []
        return {"spairport_airport_interfaces": known}

    return _report(text, "SPAirPortDataType", item)


def camera_report(text: bytes, names: Names) -> bytes:
    """The report on SPCameraDataType: what tells hardware and known programs, and no name."""
    del names

    def item(entry: dict[str, Any]) -> dict[str, Any]:
        model, unique = entry.get("spcamera_model-id"), entry.get("spcamera_unique-id")
        kept = {"spcamera_model-id": OTHER, "spcamera_unique-id": OTHER}
        if isinstance(model, str) and (model in PROGRAMS or is_hardware(model)):
            kept["spcamera_model-id"] = model
        if isinstance(unique, str):
            kept["spcamera_unique-id"] = apples_id(unique) or OTHER
        return kept

    return _report(text, "SPCameraDataType", item)


def link_handlers(text: bytes, names: Names) -> bytes:
    """Launch Services' handlers: what opens https links, where it is a known browser."""
    found = dictionary(text)
    handlers = None if found is None else found.get("LSHandlers", [])
    if not isinstance(handlers, list):
        return OTHER.encode()
    kept = [
        {
            "LSHandlerURLScheme": "https",
            "LSHandlerRoleAll": _shown(one.get("LSHandlerRoleAll"), names),
        }
        for one in handlers
        if isinstance(one, dict) and one.get("LSHandlerURLScheme") == "https"
    ]
    return plistlib.dumps({"LSHandlers": kept})


def found_paths(text: bytes, names: Names) -> bytes:
    """`mdfind -0`: the names that were searched for, in numbered folders."""

    def shown(path: str) -> str:
        parts = _VOLUME.fullmatch(path)
        if parts is None:
            return OTHER * bool(path)
        return parts[1] + folder_path(parts[2] or "", names) + names.shown("file", parts[3])

    return "\0".join(map(shown, text.decode("utf-8", "replace").split("\0"))).encode()


def _report(text: bytes, data_type: str, item: Callable[[dict[str, Any]], Any]) -> bytes:
    try:
        items = msgspec.json.decode(text, type=dict[str, list[dict[str, Any]]])[data_type]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        return OTHER.encode()
    return msgspec.json.encode({data_type: [*map(item, items)]})


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _shown(identifier: Any, names: Names) -> str:
    return identifier if isinstance(identifier, str) and names.keep(identifier) else OTHER
