"""A rule that comes into force between the check and the session counts for the session."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from precheck.agent.session import Plan, Session
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.verdict import OsFamily

CHECKED = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
"""In Tokyo it is the 25th already."""


def session(policy: Policy, starts_at: datetime | None) -> Session:
    plan = Plan(policy=policy, checks=(), starts_at=starts_at)
    return Session(plan, OsFamily.LINUX, CHECKED)


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        (None, date(2026, 11, 25)),
        (datetime(2026, 12, 1, 1, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 1, 15, 0, tzinfo=UTC), date(2026, 12, 2)),
    ],
)
def test_the_terms_of_the_appointments_day_count_in_tokyo(starts_at, day: date) -> None:
    assert session(load_office("standard"), starts_at).day == day


def test_what_is_required_by_then_is_open_already_now() -> None:
    whole = load_office("standard")
    off = {check.value: {"level": "off"} for check, _ in whole.asked()}
    firewall = {"level": "required", "required_from": "2026-12-01"}
    checks = msgspec.convert({**off, "firewall": firewall}, type(whole.checks))
    policy = msgspec.structs.replace(whole, checks=checks)
    before = session(policy, datetime(2026, 11, 30, 1, 0, tzinfo=UTC))
    after = session(policy, datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    assert policy.checks.firewall.level_on(before.day) == "advised"
    assert policy.checks.firewall.level_on(after.day) == "required"
