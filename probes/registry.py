"""Which subject each check lives in. A check is imported when it is wanted."""

from importlib import import_module
from types import MappingProxyType
from typing import Any

from precheck.contract.checks import CheckId
from probes.check import Check

SUBJECTS = MappingProxyType(
    {
        CheckId.OS_SUPPORT: "probes.os_support",
        CheckId.SECURITY_UPDATES: "probes.security_updates",
        CheckId.FIREWALL: "probes.firewall",
        CheckId.OPEN_SERVICES: "probes.firewall",
        CheckId.ANTIVIRUS: "probes.antivirus",
        CheckId.INFECTION: "probes.antivirus",
        CheckId.FILE_SHARING: "probes.software",
        CheckId.RUNNING_SOFTWARE: "probes.software",
        CheckId.INTERNET: "probes.network",
        CheckId.NETWORK_TRUST: "probes.network",
        CheckId.WEBCAM: "probes.media",
        CheckId.MICROPHONE: "probes.media",
        CheckId.MEETING_APP: "probes.software",
        CheckId.BROWSER: "probes.software",
        CheckId.CONNECTION_QUALITY: "probes.network",
        CheckId.METERED: "probes.network",
    }
)
"""Every measured check, and the package that exports it under its id."""


def load_check(check: CheckId) -> Check[Any]:
    """The check with this id, imported now."""
    found: Check[Any] = getattr(import_module(SUBJECTS[check]), check.value)
    return found
