"""A report to send, and what an endpoint answers to it."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from precheck.contract.api import Problem, Receipt
from precheck.contract.checks import CheckId
from precheck.contract.finding import ReportedFinding
from precheck.contract.report import PolicyRef, Report
from precheck.contract.verdict import OsFamily, Readiness, Verdict

CODE = "1234567894"
"""Nine digits and their check digit; no appointment of any office."""


def a_report(number: int = 1) -> Report:
    moment = datetime(2026, 11, 20, 3, number, tzinfo=UTC)
    return Report(
        schema=1,
        report_id=UUID(int=number),
        agent_version="0.1.0",
        os_family=OsFamily.LINUX,
        policy=PolicyRef(id="kakogawa", revision="2022-12-27"),
        started_at=moment,
        finished_at=moment,
        findings=(ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.PASS, reason="on"),),
    )


def receipt_json(number: int = 1) -> bytes:
    return msgspec.json.encode(
        Receipt(
            report_id=UUID(int=number),
            readiness=Readiness.ATTENTION,
            received_at=datetime(2026, 11, 20, 4, tzinfo=UTC),
            delete_on=date(2026, 12, 20),
        )
    )


def problem_json(kind: str, status: int) -> bytes:
    return msgspec.json.encode(Problem(type=kind, title=kind, status=status))
