"""What an office asks for: its terms as data.

A policy names one terms document and says, per check, how much it is wanted, which clause wants it
and how what the terms leave open is read. It is data only: nothing in it is executed, opened as an
address or passed to a shell. `offices.py` reads it from TOML.
"""

from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from precheck.contract.checks import DECLARED_CHECKS, CheckId
from precheck.contract.decoding import decoder
from precheck.contract.errors import BadPolicy
from precheck.contract.verdict import Level, Verdict

Days = Annotated[int, msgspec.Meta(ge=0, le=3650)]
# `$` alone would also match before a line break at the end.
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}(?!\n)$")]
Line = Annotated[str, msgspec.Meta(max_length=400, pattern=r"^[^\x00-\x1f\x7f-\x9f]+(?!\n)$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+){0,3}(?!\n)$")]
Phone = Annotated[str, msgspec.Meta(pattern=r"^0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}(?!\n)$")]
WallTime = Annotated[time, msgspec.Meta(tz=False)]


class Acceptance(StrEnum):
    """How the office reads a clause that leaves something open."""

    ACCEPT = "accept"
    WARN = "warn"
    REJECT = "reject"

    @property
    def verdict(self) -> Verdict:
        """The verdict that carries this reading."""
        return _VERDICT_OF[self]


_VERDICT_OF = {
    Acceptance.ACCEPT: Verdict.PASS,
    Acceptance.WARN: Verdict.WARN,
    Acceptance.REJECT: Verdict.FAIL,
}


class App(StrEnum):
    """A program or service in which a session takes place or is booked."""

    ZOOM = "zoom"
    TELEOFFICE = "teleoffice"


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much one check is wanted, and by which clause.

    `attention` lists the verdicts that keep a required check from counting as ready without
    making it a fail. `nudge_from` and `required_from` phase a rule in: before `nudge_from` the
    check is off, before `required_from` it is advised.
    """

    level: Level
    clause: str | None = None
    attention: frozenset[Verdict] = frozenset({Verdict.UNKNOWN})
    nudge_from: date | None = None
    required_from: date | None = None

    def __post_init__(self) -> None:
        if not self.attention <= {Verdict.UNKNOWN, Verdict.WARN}:
            raise ValueError("attention can hold unknown and warn only")
        if self.nudge_from and self.required_from and self.required_from < self.nudge_from:
            raise ValueError("required_from is before nudge_from")
        if self.required_from and self.level is Level.ADVISED:
            raise ValueError(
                'required_from phases a requirement in: the level has to be "required"'
            )

    def level_on(self, day: date) -> Level:
        """The level in force on `day` (a date in Asia/Tokyo)."""
        if self.level is Level.OFF:
            return Level.OFF
        if self.nudge_from and day < self.nudge_from:
            return Level.OFF
        if self.required_from and day < self.required_from:
            return Level.ADVISED
        return self.level


class OsSupport(Requirement, frozen=True):
    ending_soon: Days = 30
    """Days before the end of support from which the person is warned."""
    extended_support: Acceptance = Acceptance.ACCEPT
    """Is extended support (Windows ESU, Ubuntu Pro, Debian LTS) サポート期間中?"""


class SecurityUpdates(Requirement, frozen=True):
    scan_fresh: Days = 7
    """Days for which the machine's own list of updates counts as fresh."""
    pending_grace: Days = 14
    """Days for which a waiting security update is only warned about."""


class Firewall(Requirement, frozen=True):
    pass


class OpenServices(Requirement, frozen=True):
    pass


class Antivirus(Requirement, frozen=True):
    """Which products are 有償版相当, and how old their definitions may be."""

    defender: Acceptance = Acceptance.ACCEPT
    free_edition: Acceptance = Acceptance.WARN
    clamav: Acceptance = Acceptance.WARN
    xprotect: Acceptance = Acceptance.WARN
    unknown_product: Acceptance = Acceptance.WARN
    definitions_fresh: Days = 3
    definitions_limit: Days = 7
    xprotect_limit: Days = 45
    """Days for which the data of XProtect counts as current, whatever the two above say: Apple
    renews it in its own time."""
    linux_without: Acceptance = Acceptance.REJECT
    """Does a Linux device without any product meet the clause? `accept`: it needs none."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.definitions_limit < self.definitions_fresh:
            raise ValueError("definitions_limit is below definitions_fresh")


class Infection(Requirement, frozen=True):
    pass


class FileSharing(Requirement, frozen=True):
    bittorrent: Acceptance = Acceptance.REJECT
    """BitTorrent clients have lawful uses; the clause names ファイル共有ソフト, all of it."""


class RunningSoftware(Requirement, frozen=True):
    pass


class Internet(Requirement, frozen=True):
    pass


class NetworkTrust(Requirement, frozen=True):
    pass


class Webcam(Requirement, frozen=True):
    pass


class Microphone(Requirement, frozen=True):
    pass


class MeetingApp(Requirement, frozen=True):
    browser_join: frozenset[App] = frozenset()
    """The apps in whose sessions one can take part from the browser, by the office's own word."""
    minimum_zoom: Version | None = None
    minimum_teleoffice: Version | None = None

    def minimum(self, app: App) -> str | None:
        """The oldest version of `app` that the office lets in, where it says so."""
        return self.minimum_zoom if app is App.ZOOM else self.minimum_teleoffice


class Browser(Requirement, frozen=True):
    fresh: Days = 90
    """Days after its release for which a browser's version counts as current."""


class ConnectionQuality(Requirement, frozen=True):
    down_kbps: Annotated[int, msgspec.Meta(ge=1)] = 1200
    up_kbps: Annotated[int, msgspec.Meta(ge=1)] = 1200
    round_trip_ms: Annotated[int, msgspec.Meta(ge=1)] = 300
    jitter_ms: Annotated[int, msgspec.Meta(ge=1)] = 50


class Metered(Requirement, frozen=True):
    pass


class PrivateRoom(Requirement, frozen=True):
    pass


class TermsConsent(Requirement, frozen=True):
    pass


class Checks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One requirement per check; a policy says something about every one."""

    os_support: OsSupport
    security_updates: SecurityUpdates
    firewall: Firewall
    open_services: OpenServices
    antivirus: Antivirus
    infection: Infection
    file_sharing: FileSharing
    running_software: RunningSoftware
    internet: Internet
    network_trust: NetworkTrust
    webcam: Webcam
    microphone: Microphone
    meeting_app: MeetingApp
    browser: Browser
    connection_quality: ConnectionQuality
    metered: Metered
    private_room: PrivateRoom
    terms_consent: TermsConsent


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of a weekday in which sessions take place, in Asia/Tokyo wall time."""

    start: WallTime
    end: WallTime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("end is not after start")


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sentence of the terms about how sessions are booked, word for word."""

    clause: Line
    sentence: Line


class LateRule(Rule, frozen=True):
    """From when on somebody who is late without a word counts as having cancelled."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=240)]
    """After the start of the session."""


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The document behind the policy, and what it says about the sessions."""

    office: Line
    """The office's name, as people know it."""
    title: Line
    revision: date
    """The date that the document itself bears."""
    apps: Annotated[tuple[App, ...], msgspec.Meta(min_length=1)]
    phone: Phone | None = None
    hours: tuple[Hours, ...] = ()
    session_minutes: Annotated[int, msgspec.Meta(ge=5, le=240)] = 30
    day_before: Rule | None = None
    """By which a session is, in principle, booked by the day before."""
    late: LateRule | None = None


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The terms of one office, ready to be checked against.

    `clauses` maps a clause's number to its sentence, word for word. `edition` counts how often the
    office has changed its reading of one revision of the terms.
    """

    id: Id
    edition: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1
    terms: Terms
    clauses: dict[Line, Line]
    checks: Checks

    WIRE_LIMIT: ClassVar[int] = 64 * 1024

    def __post_init__(self) -> None:
        for check, requirement in self.asked():
            place = f"checks.{check.value}"
            if requirement.clause is not None and requirement.clause not in self.clauses:
                raise ValueError(
                    f"{place}.clause names {requirement.clause!r}, which is not under clauses"
                )
            if check not in DECLARED_CHECKS:
                if requirement.level is Level.DECLARED:
                    raise ValueError(f"{place}.level is declared, and nobody can answer for it")
            elif requirement.level is Level.REQUIRED:
                raise ValueError(
                    f"{place}.level is required, and only an answer can tell: declared"
                )
            elif (
                requirement.level is Level.DECLARED and Verdict.UNKNOWN not in requirement.attention
            ):
                raise ValueError(f"{place}.attention lacks unknown, and an answer is required")
        if not self.checks.meeting_app.browser_join <= set(self.terms.apps):
            raise ValueError(
                "checks.meeting_app.browser_join names an app that terms.apps does not"
            )

    @property
    def revision(self) -> str:
        """The revision of the terms, and from the second edition on, which that is: 2022-12-27.2.
        Together with the id it names one policy, as it is reported and put into a readout code."""
        stated = self.terms.revision.isoformat()
        return stated if self.edition == 1 else f"{stated}.{self.edition}"

    def requirement(self, check: CheckId) -> Requirement:
        """What this policy asks of `check`."""
        found: Requirement = getattr(self.checks, check)  # Checks has one field per CheckId
        return found

    def asked(self) -> Iterator[tuple[CheckId, Requirement]]:
        """The checks that are not off, in order, each with its requirement."""
        for check in CheckId:
            requirement = self.requirement(check)
            if requirement.level is not Level.OFF:
                yield check, requirement

    def sentence(self, check: CheckId) -> str | None:
        """The sentence of the terms behind `check`, where one stands behind it."""
        clause = self.requirement(check).clause
        return None if clause is None else self.clauses.get(clause)


def decode_policy(raw: bytes) -> Policy:
    """A policy that came as JSON from an endpoint.

    Raises `BadPolicy`, naming the field, for anything else.
    """
    if len(raw) > Policy.WIRE_LIMIT:
        raise BadPolicy(f"a policy has at most {Policy.WIRE_LIMIT} bytes, this has {len(raw)}")
    try:
        return decoder(Policy).decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPolicy(str(error)) from error
