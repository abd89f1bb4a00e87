"""Reports for tests: one that a device might send, and strategies for any valid one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from msgspec.structs import replace

from precheck.contract.checks import DECLARED_CHECKS, CheckId
from precheck.contract.declaration import Declaration
from precheck.contract.finding import NEVER_SENT, ReportedFinding
from precheck.contract.reasons import ANSWERABLE_CHECKS, OWN_REASONS, Firewall, Unread, Webcam
from precheck.contract.report import REPORT_SCHEMA, PolicyRef, Report
from precheck.contract.verdict import OsFamily, Verdict

STARTED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

POSSIBLE = {
    check: tuple(
        ReportedFinding(check=check, verdict=verdict, reason=reason.value)
        for reason in (*OWN_REASONS[check], *Unread)
        if reason.value not in NEVER_SENT.get(check, {})
        for verdict in sorted(reason.verdicts)
    )
    for check in CheckId
}
"""Every finding that each check can report as measured."""


def composed_report() -> Report:
    """A report that nobody sent."""
    return Report(
        schema=REPORT_SCHEMA,
        report_id=UUID("6f9e0d6c-4a3e-4a53-9a3c-0d4c6c1f2b11"),
        agent_version="0.1.0",
        os_family=OsFamily.LINUX,
        policy=PolicyRef(id="kakogawa", revision="2022-12-27"),
        started_at=STARTED,
        finished_at=STARTED + timedelta(seconds=9),
        findings=(
            ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.PASS, reason=Firewall.ON),
            ReportedFinding(check=CheckId.WEBCAM, verdict=Verdict.FAIL, reason=Webcam.NONE),
        ),
        declarations=(Declaration(check=CheckId.PRIVATE_ROOM, answer=True),),
    )


def findings() -> st.SearchStrategy[tuple[ReportedFinding, ...]]:
    """At most one possible finding for each measured check, in any order."""
    measured = [check for check in CheckId if check not in DECLARED_CHECKS]
    return (
        st.lists(st.sampled_from(measured), unique=True)
        .flatmap(lambda checks: st.tuples(*(st.sampled_from(POSSIBLE[check]) for check in checks)))
        .map(tuple)
    )


def declarations() -> st.SearchStrategy[tuple[Declaration, ...]]:
    """At most one answer for each check that a person may answer."""
    answers = st.dictionaries(st.sampled_from(sorted(ANSWERABLE_CHECKS)), st.booleans())
    return answers.map(
        lambda given: tuple(Declaration(check=check, answer=said) for check, said in given.items())
    )


SHORT = st.text(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._+-", min_size=1, max_size=64
)


def reports() -> st.SearchStrategy[Report]:
    """Any report that a device may send."""
    starts = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    whole = st.builds(
        lambda started, took, **fields: Report(
            schema=REPORT_SCHEMA, started_at=started, finished_at=started + took, **fields
        ),
        started=starts,
        took=st.timedeltas(timedelta(0), timedelta(hours=1)),
        report_id=st.uuids(),
        agent_version=SHORT,
        os_family=st.just(OsFamily.LINUX),
        policy=st.builds(PolicyRef, id=SHORT, revision=SHORT),
        findings=findings(),
        declarations=declarations(),
    )
    return st.builds(_from, whole, st.sampled_from(OsFamily))


def _from(report: Report, family: OsFamily) -> Report:
    """`report` as from a system of this family, unless only a Linux device can send it."""
    try:
        return replace(report, os_family=family)
    except ValueError:
        return report
