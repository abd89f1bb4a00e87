"""The tables.

An appointment row carries the readiness that lists show, so that a list is one indexed query;
reports are only ever added; changes of an appointment are written down beside it. There is nothing
else about a person than the reference that the office itself may enter.
"""

import uuid
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.db import models

from precheck.contract.policy import Policy, decode_policy
from precheck.endpoint.state import State


class Mode(StrEnum):
    """How the session takes place."""

    VIDEO = "video"
    PHONE = "phone"
    VISIT = "visit"


@lru_cache(maxsize=256)
def _decoded(document: str) -> Policy:
    return decode_policy(document.encode())


class PolicyVersion(models.Model):
    """One state of an office's policy. Never changed: an office that changes its policy gets
    another version, and reports keep the one they were judged by. No two of an office have the same
    revision, by which reports name theirs (`policies.py`)."""

    policy_id = models.CharField(max_length=63)
    revision = models.CharField(max_length=64)
    document = models.TextField()
    """The policy as JSON, as the API sends it."""
    added_at = models.DateTimeField()

    def policy(self) -> Policy:
        """The policy as the contract knows it."""
        return _decoded(self.document)


class Office(models.Model):
    """An office, by the id of its policy, with the version in force."""

    id = models.CharField(primary_key=True, max_length=63)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    retention_days = models.PositiveSmallIntegerField(default=30)
    """Days from the day of an appointment to the day on which all about it is deleted."""


class PolicyEntry(models.Model):
    """That a version comes, or came, into force in an office. The one that did so last is the
    office's; a version that is taken up again gets another entry."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="policy_entries")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    """The day in Tokyo."""
    entered_at = models.DateTimeField(null=True)
    """When it really came into force; None for what is planned."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    """None for the command line."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["office"],
                condition=models.Q(entered_at=None),
                name="one_policy_is_planned",
            ),
        )


class Role(StrEnum):
    """What a member of staff is there for; `staff/access.py` says what each may do."""

    COUNSELLOR = "counsellor"
    HELPDESK = "helpdesk"
    ADMINISTRATOR = "administrator"
    """Of the office. The system's administrator is a user who is Django's superuser."""


class Membership(models.Model):
    """A member of staff with one role; without one a user sees nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    office = models.ForeignKey(Office, on_delete=models.CASCADE, null=True)
    """None for the helpdesk that serves every office."""
    role = models.CharField(max_length=16, default=Role.COUNSELLOR.value)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "office"], name="member_once"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(office=None), name="member_everywhere_once"
            ),
            models.CheckConstraint(
                condition=models.Q(office__isnull=False) | models.Q(role=Role.HELPDESK.value),
                name="only_helpdesk_everywhere",
            ),
        )


class Appointment(models.Model):
    """One session. The code itself is not kept, only its keyed hash (`codes.py`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """Random; stands in the addresses of staff pages."""
    code_hash = models.CharField(max_length=64, unique=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, db_index=False)
    starts_at = models.DateTimeField()
    reference = models.CharField(max_length=64, blank=True)
    mode = models.CharField(max_length=8, default=Mode.VIDEO.value)
    code_tail = models.CharField(max_length=4, blank=True)
    """The last four digits of the code, by which staff look for it. Empty where it was made before
    they were kept."""
    sealed_readout_key = models.BinaryField(default=b"")
    """For reading readout codes, under the secret (`readout_keys.py`). Empty likewise."""

    readiness = models.CharField(max_length=16, default=State.NOT_CHECKED.value)
    """By the latest run: a contract `Readiness`, or `not_checked`."""
    concern = models.CharField(max_length=32, blank=True)
    """The first check that keeps `readiness` from being ready."""
    more_concerns = models.PositiveSmallIntegerField(default=0)
    """How many other checks do so too."""
    checked_at = models.DateTimeField(null=True)
    """When the latest run ended, by the device's clock but never later than its receipt."""
    judged_by = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )

    os_family = models.CharField(max_length=8, blank=True)
    """The kind of system of the latest run; empty where none is known."""
    obstacles = models.TextField(blank=True)
    """What keeps `readiness` from being ready (`obstacles.py`)."""
    read_out = models.BooleanField(default=False)
    """Whether the latest run was not sent but read out over the phone (`readouts.py`)."""
    waivers = models.PositiveSmallIntegerField(default=0)
    """How many waivers of it stand (`waivers.py`)."""
    waived = models.PositiveSmallIntegerField(default=0)
    """How many of them cover what the latest run found, and keep it out of `obstacles`."""

    runs = models.PositiveSmallIntegerField(default=0)
    """How many reports are stored for it."""
    deleted_reports = models.JSONField(null=True)
    """The ids of the last reports that were deleted as the person wished, and nothing else of them:
    one of which the device had no answer is not stored again when it is sent once more."""
    promised_days = models.PositiveSmallIntegerField(null=True)
    """The office's `retention_days` of before, where the office has raised them since: nothing is
    kept for longer than was said when it was entered."""

    class Meta:
        indexes = (
            models.Index(fields=["office", "starts_at"], name="office_day"),
            models.Index(fields=["starts_at"], name="every_office_day"),
        )
        # No index of anything that a report changes: it would be written with every report.


class ReportRecord(models.Model):
    """A report as it was accepted. Only added and, at the end of retention, deleted."""

    report_id = models.UUIDField(unique=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="reports")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    document = models.BinaryField()
    """The contract's JSON of the report: what it says, and no byte else that came with it."""
    received_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    """The run's end as it counts: see `Appointment.checked_at`."""
    readiness = models.CharField(max_length=16)


class Subject(StrEnum):
    """What about an appointment has changed."""

    READINESS = "readiness"
    MODE = "mode"


class StateChange(models.Model):
    """One change of an appointment: by a report, or by a member of staff."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    subject = models.CharField(max_length=16)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    """The member of staff; nobody where a report brought the change."""


class Readout(models.Model):
    """A run that could not be sent and was read out over the phone (`readouts.py`). The digits are
    not kept. It stands until a report of that day, or of a later one, arrives and takes its
    place."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="readouts")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    verdicts = models.JSONField()
    """What the code said: a contract `Verdict` by `CheckId`."""
    checked_at = models.DateTimeField()
    """What orders it among the runs: the start of the day in Tokyo on which the person says to have
    checked, or the moment of a report from later on that day that does not take its place: one that
    was there already, or one that cannot be told to be of later."""
    entered_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    readiness = models.CharField(max_length=16)
    """By the code alone, as a report's."""


class WaiverReason(StrEnum):
    """Why a member of staff accepts what was found."""

    SEEN = "seen"
    """The person has shown how it is, on the screen or with the device."""
    TOLD = "told"
    """The person has said over the phone how it is."""
    WRONG_RESULT = "wrong_result"
    """The check is mistaken."""
    OTHER_DEVICE = "other_device"
    """The session takes place with another device."""
    OFFICE_DECIDES = "office_decides"
    """The office lets it be, for a reason that stands in the note."""


class Waiver(models.Model):
    """That staff accept what was found for one check of one appointment (`waivers.py`)."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="given_waivers"
    )
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    """What the run was judged by that it was given for. It covers no run that was judged by
    another."""
    of_check = models.CharField(max_length=32)
    finding = models.CharField(max_length=64, blank=True)
    """The reason that the check gave; empty where it was read out, and only the verdict is known.
    """
    verdict = models.CharField(max_length=16)
    reason = models.CharField(max_length=16)
    note = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    """None for one that stands."""
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["appointment", "of_check"],
                condition=models.Q(withdrawn_at=None),
                name="waived_once",
            ),
        )


class Note(models.Model):
    """What a member of staff wrote down about an appointment, for the others: plain text."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField()


class SentRecording(models.Model):
    """A device's recording that somebody chose to send with a report (`recordings.py`). It goes
    when the report goes."""

    report = models.OneToOneField(ReportRecord, on_delete=models.CASCADE, related_name="recording")
    document = models.BinaryField()
    """The contract's JSON of it, compressed by gzip."""
    received_at = models.DateTimeField()


class Counted(StrEnum):
    """What runs are counted by."""

    READINESS = "readiness"
    """By their outcome, a contract `Readiness`."""
    CHECK = "check"
    """By each check that kept them from being ready."""


class DailyCount(models.Model):
    """How many runs of a day, by the time at which they arrived, had one thing in common
    (`counting.py`). Bound to no appointment: it stays when they are deleted."""

    day = models.DateField()
    """In Tokyo."""
    office = models.ForeignKey(Office, on_delete=models.CASCADE, db_index=False, related_name="+")
    subject = models.CharField(max_length=16)
    name = models.CharField(max_length=32)
    """A readiness or a check: what `subject` says."""
    runs = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "office", "subject", "name"], name="counted_once"
            ),
        )
        indexes = (models.Index(fields=["office", "day"], name="counted_in_office"),)


class Action(StrEnum):
    """What a member of staff, or whoever runs the commands, has done."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    MODE_CHANGED = "mode_changed"
    NOTE_ADDED = "note_added"
    NOTE_DELETED = "note_deleted"
    WAIVER_GIVEN = "waiver_given"
    WAIVER_WITHDRAWN = "waiver_withdrawn"
    READOUT_ENTERED = "readout_entered"
    READOUT_REFUSED = "readout_refused"
    APPOINTMENT_ADDED = "appointment_added"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    CODE_RENEWED = "code_renewed"
    REPORTS_DELETED = "reports_deleted"
    TOKEN_ADDED = "token_added"  # noqa: S105 - a name
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a name
    STAFF_PUT = "staff_put"
    STAFF_REMOVED = "staff_removed"
    OFFICE_PUT = "office_put"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    PASSWORD_GIVEN = "password_given"  # noqa: S105 - the name of an action
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    STAFF_SHUT_OUT = "staff_shut_out"
    STAFF_LET_IN = "staff_let_in"
    POLICY_PLANNED = "policy_planned"
    POLICY_CANCELLED = "policy_cancelled"
    RETENTION_SET = "retention_set"
    EXPORTED = "exported"
    RECORDING_SAVED = "recording_saved"
    """A seeker's recording was saved as a file."""


class AuditEntry(models.Model):
    """One action, written in the transaction that did it (`audit.py`). Nothing about the person who
    seeks advice: an appointment stands here by its random id, which leads nowhere once it is gone.
    """

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    """None for the command line."""
    action = models.CharField(max_length=32)
    office = models.ForeignKey(Office, on_delete=models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(max_length=150, blank=True)
    """The id of what it was done to: an appointment, a policy's version, a user's name."""
    detail = models.CharField(max_length=64, blank=True)
    """In words of this program, never typed in by anybody: video→phone."""

    class Meta:
        indexes = (models.Index(fields=["office", "at"], name="audit_of_office"),)


class SignInDebt(models.Model):
    """Sign-ins that were tried and not yet forgiven (`sign_ins.py`), by a keyed hash: neither names
    nor addresses are kept."""

    key = models.CharField(primary_key=True, max_length=64)
    debt = models.FloatField()
    counted_at = models.DateTimeField(db_index=True)


class Scope(StrEnum):
    """What an API token is good for."""

    CREATE_APPOINTMENTS = "appointments:create"
    """Entering appointments of one office, and cancelling them."""


class ApiToken(models.Model):
    """The key of another program of the office, such as its booking system. The token itself is
    shown once and not kept (`tokens.py`)."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=32, default=Scope.CREATE_APPOINTMENTS.value)
    name = models.CharField(max_length=64)
    """What it is for, in the office's words."""
    prefix = models.CharField(max_length=16, unique=True)
    """The open half of the token, by which it is found."""
    secret_hash = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    """The last day (Tokyo) on which it is good; None: until it is revoked."""
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)
    """The last day (Tokyo) on which it was used."""


class SecondFactor(models.Model):
    """That somebody's telephone can make codes for them (`second_factor.py`). The secret itself is
    not kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    salt = models.CharField(max_length=32)
    """What the secret is derived from, together with the endpoint's own."""
    confirmed = models.BooleanField(default=False)
    """Whether a code was right once; until then it is not asked for."""
    used_step = models.BigIntegerField(default=0)
    """The last 30 seconds, counted since 1970, whose code was used; no older one is taken again."""


class StartingPassword(models.Model):
    """That somebody's password was made for them and has to be changed (`passwords.py`). The
    password itself is not kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    salt = models.CharField(max_length=32)
    """What it is derived from, together with the endpoint's own secret."""
    made_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    """Who made it, and is shown it; None for the command line."""
