"""Files of a Mac, composed in the shape that real ones have."""

import plistlib
from typing import Any

from probes.macos_version import REAL_VERSION, RESPONSE, VERSION
from probes.system.questions import Question

BUILDS = {
    "10": "19H15",
    "13": "22H730",
    "14": "23J380",
    "15": "24H32",
    "26": "25G240",
    "27": "26A428",
}


def plist(values: Any, binary: bool = False) -> bytes:
    return plistlib.dumps(values, fmt=plistlib.FMT_BINARY if binary else plistlib.FMT_XML)


def system_version(version: str, build: str | None = None, **more: str) -> bytes:
    """SystemVersion.plist, with the keys that macOS 13 has."""
    return plist(
        {
            "BuildID": "00000000-0000-4000-8000-000000000001",
            "ProductBuildVersion": build or BUILDS.get(version.partition(".")[0], "27A100"),
            "ProductCopyright": "1983-2026 Apple Inc.",
            "ProductName": "macOS",
            "ProductUserVisibleVersion": version,
            "ProductVersion": version,
            "iOSSupportVersion": "16.6",
            **more,
        }
    )


def mac(version: str, build: str | None = None) -> dict[Question[Any], Any]:
    """What a Mac answers about its version: all three files say the same."""
    return dict.fromkeys((REAL_VERSION, VERSION, RESPONSE), system_version(version, build))
