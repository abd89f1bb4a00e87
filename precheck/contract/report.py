"""The report: everything that leaves the device, and nothing else."""

import json
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.declaration import Declaration, is_answer
from precheck.contract.decoding import decoder
from precheck.contract.errors import BadReport
from precheck.contract.finding import ReportedFinding
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import OsFamily, Verdict

REPORT_SCHEMA = 1
"""The version of the report's shape. A reader refuses any other."""

MAX_REPORT_BYTES = 16 * 1024
"""A full report of every check is about 2 kB; anything larger is no report."""

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
ShortText = Annotated[
    str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._+-]+(?!\n)$")
]


class PolicyRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which terms the device was checked against: the policy's id and its revision."""

    id: ShortText
    revision: ShortText


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One run of the checks, as it is sent. Times are UTC.

    `report_id` is random and made on the device once per report, so that sending it again is
    harmless. There is one finding per measured check that the policy asks for, and one declaration
    per answered question.
    """

    schema: int
    report_id: UUID
    agent_version: ShortText
    os_family: OsFamily
    policy: PolicyRef
    started_at: AwareTime
    finished_at: AwareTime
    findings: Annotated[tuple[ReportedFinding, ...], msgspec.Meta(max_length=len(CheckId))]
    declarations: Annotated[tuple[Declaration, ...], msgspec.Meta(max_length=len(CheckId))] = ()

    def __post_init__(self) -> None:
        if self.schema != REPORT_SCHEMA:
            raise ValueError(f"report schema {self.schema} is not known, only {REPORT_SCHEMA}")
        if not (on_the_calendar(self.started_at) and on_the_calendar(self.finished_at)):
            raise ValueError("a time lies at the end of the calendar")
        if self.finished_at < self.started_at:
            raise ValueError("finished_at is before started_at")
        if any(is_answer(item) for item in self.findings):
            raise ValueError("findings hold an answer; answers are declarations")
        if self.os_family is not OsFamily.LINUX and any(map(_without_antivirus, self.findings)):
            raise ValueError("a policy lets Linux alone do without antivirus")
        _ensure_once("findings", [item.check for item in self.findings])
        _ensure_once("declarations", [item.check for item in self.declarations])


def on_the_calendar(moment: datetime) -> bool:
    """Whether `moment` is far enough from the ends of the calendar to have a date everywhere."""
    return MINYEAR < moment.year < MAXYEAR


def encode_report(report: Report) -> bytes:
    """The JSON that is shown to the person and sent."""
    return msgspec.json.encode(report)


def decode_report(raw: bytes) -> Report:
    """The report in `raw`.

    Raises `BadReport`, naming the field, for anything that is not exactly a report: a field more,
    a field less, a field twice, another type, an unknown check, reason or schema version, too many
    bytes.
    """
    if len(raw) > MAX_REPORT_BYTES:
        raise BadReport(f"a report has at most {MAX_REPORT_BYTES} bytes, this has {len(raw)}")
    try:
        report = decoder(Report).decode(raw)
        json.loads(raw, object_pairs_hook=_ensure_distinct)
    except ValueError as error:  # what msgspec raises is one, too
        raise BadReport(str(error)) from error
    return report


def _ensure_distinct(pairs: list[tuple[str, Any]]) -> None:
    # The decoder keeps the last of two fields of one name, and drops what the first one said.
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is there twice")


def _without_antivirus(item: ReportedFinding) -> bool:
    """Whether `item` is what the policy's option `linux_without` makes of a missing product."""
    return item.check is CheckId.ANTIVIRUS and (
        item.reason == Antivirus.NOT_NEEDED
        or (item.reason == Antivirus.NONE and item.verdict is not Verdict.FAIL)
    )


def _ensure_once(field: str, checks: list[CheckId]) -> None:
    if len(set(checks)) != len(checks):
        raise ValueError(f"{field} holds a check twice")
