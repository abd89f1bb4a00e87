"""The stable ids of the checks, the same on every OS, in the order a person meets them."""

from enum import StrEnum


class CheckId(StrEnum):
    """One question about the device (or, for the last two, about the person's place and will)."""

    OS_SUPPORT = "os_support"
    SECURITY_UPDATES = "security_updates"
    FIREWALL = "firewall"
    OPEN_SERVICES = "open_services"
    ANTIVIRUS = "antivirus"
    INFECTION = "infection"
    FILE_SHARING = "file_sharing"
    RUNNING_SOFTWARE = "running_software"
    INTERNET = "internet"
    NETWORK_TRUST = "network_trust"
    WEBCAM = "webcam"
    MICROPHONE = "microphone"
    MEETING_APP = "meeting_app"
    BROWSER = "browser"
    CONNECTION_QUALITY = "connection_quality"
    METERED = "metered"
    PRIVATE_ROOM = "private_room"
    TERMS_CONSENT = "terms_consent"


DECLARED_CHECKS = frozenset({CheckId.PRIVATE_ROOM, CheckId.TERMS_CONSENT})
"""Only a person can answer these; no probe exists for them."""

MEASURED_CHECKS = tuple(check for check in CheckId if check not in DECLARED_CHECKS)
"""The checks that a probe measures, in the order a person meets them."""
