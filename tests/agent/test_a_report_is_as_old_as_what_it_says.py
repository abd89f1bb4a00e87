"""A report ends when the last finding or answer came, and not when it is put together: the page may
stay open for days, and what was found on the first would count as found on the last."""

from datetime import UTC, datetime, timedelta

import pytest

from precheck.agent.session import Plan, Session
from precheck.contract.checks import CheckId
from precheck.contract.finding import finding
from precheck.contract.offices import load_office
from precheck.contract.reasons import Firewall
from precheck.contract.verdict import OsFamily


@pytest.fixture
def session() -> Session:
    started = datetime.now(UTC) - timedelta(days=3)
    return Session(Plan(load_office("standard"), (CheckId.FIREWALL,)), OsFamily.LINUX, started)


def test_it_grows_no_younger_while_nothing_is_found(session: Session) -> None:
    session.keep(finding(Firewall.ON, CheckId.FIREWALL))
    landed = datetime.now(UTC)
    assert session.started_at < session.report().finished_at <= landed
    assert session.report().finished_at == session.report().finished_at


def test_before_anything_is_found_it_is_as_old_as_the_session(session: Session) -> None:
    assert session.report().finished_at == session.started_at


def test_what_is_found_or_answered_later_is_the_later_report(session: Session) -> None:
    session.keep(finding(Firewall.OFF, CheckId.FIREWALL))
    first = session.report().finished_at
    session.keep(finding(Firewall.ON, CheckId.FIREWALL))
    second = session.report().finished_at
    session.answer(CheckId.PRIVATE_ROOM, True)
    assert first <= second <= session.report().finished_at
    assert session.started_at < first


def test_a_clock_that_is_ahead_at_first_makes_no_report_end_before_it_began() -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    session = Session(Plan(load_office("standard"), ()), OsFamily.LINUX, ahead)
    session.answer(CheckId.PRIVATE_ROOM, True)
    assert session.report().finished_at == ahead
