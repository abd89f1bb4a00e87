"""Why a check says what it says: one enum of reason codes per check.

A reason knows which verdicts it may carry, so that a finding such as "off, therefore pass" cannot
be built, sent or stored. Every (check, reason) has wording in each language.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Self

from precheck.contract.checks import CheckId
from precheck.contract.verdict import Verdict

_PASS, _WARN, _FAIL, _UNKNOWN = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
_ACCEPTANCE = (_PASS, _WARN, _FAIL)
"""The office's policy decides between accept, warn and reject."""


class Reason(StrEnum):
    """The base of all reason codes: a stable word and the verdicts it may carry."""

    verdicts: frozenset[Verdict]

    def __new__(cls, code: str, *verdicts: Verdict) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.verdicts = frozenset(verdicts)
        return member


class Unread(Reason):
    """Why something could not be told; open to every check, and always `unknown`."""

    MISSING = "missing", _UNKNOWN
    """The file, service, command or object that would say is not there."""
    DENIED = "denied", _UNKNOWN
    TIMED_OUT = "timed_out", _UNKNOWN
    UNSUPPORTED = "unsupported", _UNKNOWN
    """This system has no such source."""
    GARBLED = "garbled", _UNKNOWN
    """There was an answer, and it made no sense."""
    CRASHED = "crashed", _UNKNOWN
    NOT_RUN = "not_run", _UNKNOWN
    NOT_RECORDED = "not_recorded", _UNKNOWN
    """A replayed recording does not hold the answer."""
    CLOCK = "clock", _UNKNOWN
    """The device's clock cannot be right, so no date can be judged."""
    NOT_ANSWERED = "not_answered", _UNKNOWN
    """A question that only the person can answer is still open."""


class Declared(Reason):
    """What the person said; for the checks that a person may answer."""

    YES = "declared_yes", Verdict.DECLARED
    NO = "declared_no", _WARN, _FAIL


class OsSupport(Reason):
    SUPPORTED = "supported", _PASS
    EXTENDED = "extended", *_ACCEPTANCE
    """Regular support has ended; the machine shows that it receives extended support."""
    SUPPORTED_OLD_DATA = "supported_old_data", _WARN
    """Supported by our dates, and our dates are old."""
    ENDING_SOON = "ending_soon", _WARN
    AROUND_END = "around_end", _WARN
    """Sources disagree by days on the end date, and today lies between them."""
    ENDED = "ended", _FAIL
    NOT_EXTENDED = "not_extended", _FAIL
    """Ended; extended support exists, and the machine shows that it does not receive it."""
    EXTENSION_UNREADABLE = "extension_unreadable", _UNKNOWN
    NEWER_THAN_DATA = "newer_than_data", _UNKNOWN
    UNKNOWN_RELEASE = "unknown_release", _UNKNOWN
    ROLLING = "rolling", _PASS
    """No versions to end; what counts is the updates check."""
    PRERELEASE = "prerelease", _UNKNOWN
    SERVER_EDITION = "server_edition", _UNKNOWN
    SANDBOXED = "sandboxed", _UNKNOWN
    """Run inside a sandbox or a virtual Linux, which shows another system than the device's."""
    DATA_TOO_OLD = "data_too_old", _UNKNOWN


class SecurityUpdates(Reason):
    CURRENT = "current", _PASS
    PENDING_RECENT = "pending_recent", _WARN
    RESTART_PENDING = "restart_pending", _WARN
    AUTOMATIC_OFF = "automatic_off", _WARN
    PAUSED = "paused", _WARN
    PENDING_OLD = "pending_old", _FAIL
    PENDING_IDLE = "pending_idle", _FAIL
    """Security updates wait, and no update at all was installed for longer than the grace."""
    PENDING_AGE_UNKNOWN = "pending_age_unknown", _UNKNOWN
    PENDING_UNCLASSIFIED = "pending_unclassified", _UNKNOWN
    """Updates wait, and this system does not say which are security updates."""
    HELD_BACK = "held_back", _UNKNOWN
    """Only security updates wait that the person put on hold."""
    STALE_SCAN = "stale_scan", _UNKNOWN
    SCAN_AGE_UNKNOWN = "scan_age_unknown", _UNKNOWN
    NO_PACKAGE_MANAGER = "no_package_manager", _UNKNOWN
    NO_SECURITY_SOURCE = "no_security_source", _UNKNOWN
    """Nothing waits, and no source that carries security updates is set up or fetched."""
    ORGANISATION_CHOOSES = "organisation_chooses", _UNKNOWN
    """Nothing waits on a list that an organisation fills, and what came out last is not known to be
    installed."""
    BEHIND = "behind", _UNKNOWN
    """Nothing waits, and by the system's own version something is missing."""


class Firewall(Reason):
    ON = "on", _PASS
    THIRD_PARTY_ON = "third_party_on", _PASS
    OFF = "off", _FAIL
    PARTLY_OFF = "partly_off", _FAIL
    """Off for one of the networks in use."""
    INBOUND_ALLOWED = "inbound_allowed", _FAIL
    """On, and lets every unasked connection in."""
    NO_MANAGER = "no_manager", _UNKNOWN
    RULES_UNREADABLE = "rules_unreadable", _UNKNOWN
    DISAGREE = "disagree", _UNKNOWN


class OpenServices(Reason):
    NONE_REACHABLE = "none_reachable", _PASS
    REACHABLE = "reachable", _WARN
    BEHIND_FIREWALL = "behind_firewall", _PASS


class Antivirus(Reason):
    ON_CURRENT = "on_current", _PASS
    DEFENDER = "defender", *_ACCEPTANCE
    FREE_EDITION = "free_edition", *_ACCEPTANCE
    CLAMAV = "clamav", *_ACCEPTANCE
    XPROTECT = "xprotect", *_ACCEPTANCE
    UNKNOWN_PRODUCT = "unknown_product", *_ACCEPTANCE
    DEFINITIONS_AGING = "definitions_aging", _WARN
    DEFINITIONS_OLD = "definitions_old", _FAIL
    DEFINITIONS_UNKNOWN = "definitions_unknown", _UNKNOWN
    STATE_UNKNOWN = "state_unknown", _UNKNOWN
    """A product is there; whether it is on could not be told."""
    NO_REAL_TIME = "no_real_time", _FAIL
    OFF = "off", _FAIL
    SNOOZED = "snoozed", _FAIL
    EXPIRED = "expired", _FAIL
    NONE = "none", _WARN, _FAIL
    NOT_NEEDED = "not_needed", Verdict.NOT_APPLICABLE
    """The office's policy asks for none on this OS."""
    STALE_ENTRY = "stale_entry", _UNKNOWN
    DISAGREE = "disagree", _UNKNOWN


class Infection(Reason):
    CLEAN = "clean", _PASS
    """A product that would know says so."""
    ACTIVE_THREAT = "active_threat", _FAIL
    HIDDEN = "hidden", _UNKNOWN
    """The product does not tell an ordinary user."""
    NOBODY_TO_ASK = "nobody_to_ask", _UNKNOWN


class FileSharing(Reason):
    NONE_FOUND = "none_found", _PASS
    """Neither running nor installed; absence cannot be proved."""
    RUNNING = "running", *_ACCEPTANCE
    INSTALLED = "installed", *_ACCEPTANCE
    BUNDLED = "bundled", _WARN
    """Installed, not running, and shipped with this OS."""
    TRACES = "traces", _WARN
    """Only signs of earlier use: shown to the person, never sent."""


class RunningSoftware(Reason):
    NONE_FOUND = "none_found", _PASS
    RECORDER = "recorder", _WARN
    REMOTE_CONTROL = "remote_control", _WARN
    REMOTE_SESSION = "remote_session", _WARN
    """Somebody may be looking on right now."""


class Internet(Reason):
    REACHED = "reached", _PASS
    CAPTIVE_PORTAL = "captive_portal", _FAIL
    OFFLINE = "offline", _FAIL
    NOT_REACHED = "not_reached", _UNKNOWN
    """A network is there, and the office's endpoint did not answer over it."""
    NO_ENDPOINT = "no_endpoint", _UNKNOWN


class NetworkTrust(Reason):
    WIRED = "wired", _PASS
    MOBILE = "mobile", _PASS
    WPA_PERSONAL = "wpa_personal", _PASS
    WPA_ENTERPRISE = "wpa_enterprise", _PASS
    WEAK_WPA = "weak_wpa", _WARN
    """The first WPA, or TKIP."""
    OWE = "owe", _WARN
    PUBLIC_NAME = "public_name", _WARN
    SHARED_KEY = "shared_key", _WARN
    """A public network whose password everybody knows."""
    ENDED_NAME = "ended_name", _WARN
    """A public network that should no longer exist."""
    OPEN = "open", _FAIL
    WEP = "wep", _FAIL
    NOT_CONNECTED = "not_connected", _UNKNOWN
    MEDIUM_UNKNOWN = "medium_unknown", _UNKNOWN
    """Connected, and over what could not be told (a VPN hides it, for one)."""


class Webcam(Reason):
    PRESENT = "present", _PASS
    VIRTUAL_ONLY = "virtual_only", _WARN
    IN_USE = "in_use", _WARN
    NONE = "none", _FAIL
    DISABLED = "disabled", _FAIL
    """Every camera is switched off in the OS's list of devices."""
    DENIED = "access_denied", _FAIL
    SEEN = "seen", _PASS
    """The local page showed a picture. This and the next four are measured there."""
    DARK = "dark", _WARN
    """The page got a picture that stayed black."""
    NOT_STARTED = "not_started", _WARN
    """The browser may use the camera, and it gave no picture."""
    BROWSER_DENIED = "browser_denied", _UNKNOWN
    """The browser did not let the page look, which says nothing of the meeting app."""
    BROWSER_NONE = "browser_none", _UNKNOWN
    """The browser offers no camera, which alone does not prove that there is none."""


class Microphone(Reason):
    PRESENT = "present", _PASS
    NONE = "none", _FAIL
    DISABLED = "disabled", _FAIL
    """Every microphone is switched off in the OS's settings."""
    DENIED = "access_denied", _FAIL
    HEARD = "heard", _PASS
    """The local page heard something. This and the next four are measured there."""
    SILENT = "silent", _WARN
    """The page listened and heard nothing."""
    NOT_STARTED = "not_started", _WARN
    """The browser may use the microphone, and it gave no sound at all."""
    BROWSER_DENIED = "browser_denied", _UNKNOWN
    """The browser did not let the page listen, which says nothing of the meeting app."""
    BROWSER_NONE = "browser_none", _UNKNOWN
    """The browser offers no microphone, which alone does not prove that there is none."""


class MeetingApp(Reason):
    READY = "ready", _PASS
    BROWSER_JOIN = "browser_join", _PASS
    BELOW_MINIMUM = "below_minimum", _WARN
    VERSION_UNKNOWN = "version_unknown", _UNKNOWN
    NONE = "none", _FAIL


class Browser(Reason):
    CURRENT = "current", _PASS
    OLD = "old", _WARN
    AGE_UNKNOWN = "age_unknown", _UNKNOWN
    NONE_FOUND = "none_found", _UNKNOWN


class ConnectionQuality(Reason):
    GOOD = "good", _PASS
    SLOW = "slow", _WARN
    LATE = "late", _WARN
    """Answers take long to come back."""
    UNSTEADY = "unsteady", _WARN
    NO_ENDPOINT = "no_endpoint", _UNKNOWN
    NOT_REACHED = "not_reached", _UNKNOWN


class Metered(Reason):
    UNMETERED = "unmetered", _PASS
    METERED = "metered", _WARN
    PROBABLY_METERED = "probably_metered", _WARN


class PrivateRoom(Reason):
    """Answered only: see `Declared`."""


class TermsConsent(Reason):
    """Answered only: see `Declared`."""


OWN_REASONS: Mapping[CheckId, type[Reason]] = MappingProxyType(
    {
        CheckId.OS_SUPPORT: OsSupport,
        CheckId.SECURITY_UPDATES: SecurityUpdates,
        CheckId.FIREWALL: Firewall,
        CheckId.OPEN_SERVICES: OpenServices,
        CheckId.ANTIVIRUS: Antivirus,
        CheckId.INFECTION: Infection,
        CheckId.FILE_SHARING: FileSharing,
        CheckId.RUNNING_SOFTWARE: RunningSoftware,
        CheckId.INTERNET: Internet,
        CheckId.NETWORK_TRUST: NetworkTrust,
        CheckId.WEBCAM: Webcam,
        CheckId.MICROPHONE: Microphone,
        CheckId.MEETING_APP: MeetingApp,
        CheckId.BROWSER: Browser,
        CheckId.CONNECTION_QUALITY: ConnectionQuality,
        CheckId.METERED: Metered,
        CheckId.PRIVATE_ROOM: PrivateRoom,
        CheckId.TERMS_CONSENT: TermsConsent,
    }
)

ANSWERABLE_CHECKS = frozenset({CheckId.PRIVATE_ROOM, CheckId.TERMS_CONSENT, CheckId.NETWORK_TRUST})
"""The checks that a person may answer: the two declared ones, and the network where it could not
be read or needs a word."""


def reasons_of(check: CheckId) -> tuple[Reason, ...]:
    """Every reason that `check` can give: its own, the answers where one may be given, and the
    reasons for not being able to tell."""
    answers: tuple[Reason, ...] = tuple(Declared) if check in ANSWERABLE_CHECKS else ()
    return (*OWN_REASONS[check], *answers, *Unread)


def reason_for(check: CheckId, code: str) -> Reason:
    """The reason of `check` with this code. Raises `ValueError` for a code it cannot give."""
    found = _by_code(check).get(code)
    if found is None:
        raise ValueError(f"check {check.value} has no reason {code!r}")
    return found


@cache
def _by_code(check: CheckId) -> Mapping[str, Reason]:
    # Turned round, so that of two reasons with one code the first one counts.
    return MappingProxyType({reason.value: reason for reason in reversed(reasons_of(check))})
