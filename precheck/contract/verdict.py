"""The words for an outcome: of one check, of a requirement, of a whole device."""

from enum import StrEnum


class Verdict(StrEnum):
    """What one check says about the device."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    """It could not be told; never counted as pass and never as fail."""
    DECLARED = "declared"
    """The person answered; nothing was measured."""
    NOT_APPLICABLE = "not_applicable"


class Level(StrEnum):
    """How much an office wants a check."""

    REQUIRED = "required"
    ADVISED = "advised"
    DECLARED = "declared"
    """Only the person can tell; an answer is required."""
    OFF = "off"


class Readiness(StrEnum):
    """What the whole report says about the session."""

    READY = "ready"
    ATTENTION = "attention"
    NOT_READY = "not_ready"


class OsFamily(StrEnum):
    """The kinds of system the checks are written for."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"


SYSTEMS = {OsFamily.WINDOWS: "Windows", OsFamily.MACOS: "macOS", OsFamily.LINUX: "Linux"}
"""What people call them, in every language."""
