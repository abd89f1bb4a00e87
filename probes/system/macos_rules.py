"""What may be recorded of what a Mac answers, in tables as in `rules`; nothing without a rule."""

import plistlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from probes.plists import array, dictionary
from probes.system.rule import Listing, Rule
from probes.system.software_lists import OTHER, Cut, Names


def plist_of(*fields: str) -> Cut:
    """A property list, as XML, whose dictionaries have only `fields`, however deep."""

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept(item) for key, item in value.items() if key in fields}
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
FILES: Mapping[str, Rule] = MappingProxyType(
    {
        "/System/Library/CoreServices/.SystemVersionPlatform.plist": _VERSION,
        "/System/Library/CoreServices/SystemVersion.plist": _VERSION,
        "/System/Cryptexes/OS/System/Library/CoreServices/SystemVersion.plist": _VERSION,
    }
)
"""By path, part by part, each part as in fnmatch."""

FILE_NAMES: Mapping[str, Rule] = MappingProxyType({})
"""By base name: what a program says of itself, wherever it lies."""

COMMANDS: Mapping[tuple[str, ...], Rule] = MappingProxyType({})
"""By how the command begins, its program without a folder: what stays of its standard output. Of
its errors nothing does."""

FOLDERS: Mapping[str, Listing] = MappingProxyType({})
"""By path, part by part."""

LINKS: tuple[str, ...] = ()
