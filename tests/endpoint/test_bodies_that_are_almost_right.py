"""A body that is spoilt somewhere is refused in words and leaves nothing behind; what is taken is
kept as its sender said it."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precheck.endpoint.slots import next_day, starts
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.models import Appointment, ReportRecord, SentRecording
from precheck.endpoint.store.tokens import add_token
from precheck.endpoint.tokyo import TOKYO
from tests.endpoint.people import booked, browser, post_report
from tests.endpoint.scene import OFFICE, RECORDING, report, today

REPEATABLE = settings(
    max_examples=100,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "\0", "=1+1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@dataclass(frozen=True)
class Way:
    """An address that takes a body: one that it takes, the header, and where it is kept."""

    address: str
    body: dict[str, Any]
    authorization: str
    kept: type[models.Model]

    def sent(self, raw: bytes) -> int:
        """The status of the answer. What is refused is refused in words and keeps nothing; what is
        taken for the first time is one row more."""
        before = self.kept._default_manager.count()
        answer = browser().generic(
            "POST",
            self.address,
            raw,
            "application/json",
            headers={"Authorization": self.authorization},
        )
        added = self.kept._default_manager.count() - before
        assert added == (answer.status_code == 201)
        if answer.status_code not in (200, 201):
            assert answer.status_code in (400, 409, 413, 422, 429)
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert set(answer.json()) == {"type", "title", "status", "detail"}
        return answer.status_code


def for_reports() -> Way:
    return Way("/api/v1/reports", report(), f"Appointment {booked().code}", ReportRecord)


def for_recordings() -> Way:
    mine, sent = booked(), report()
    assert post_report(mine, sent).status_code == 201
    recording = json.loads(RECORDING.read_bytes())
    recording["answers"] = recording["answers"][:3]
    message = {"report_id": sent["report_id"], "recording": recording, "asked": {"firewall": [0]}}
    return Way("/api/v1/recordings", message, f"Appointment {mine.code}", SentRecording)


def for_bookings() -> Way:
    mine = booked()
    terms = mine.row.office.policy.policy().terms
    start = datetime.combine(next_day(terms, today()), starts(terms)[0], TOKYO)
    by = User.objects.create(username="ichiro")
    given_token = add_token(office_named(OFFICE), "e-TUMO", None, "key", by, datetime.now(UTC))
    wanted = {
        "client_id": "request-0000001",
        "starts_at": start.isoformat(),
        "reference": "K-7",
        "mode": "video",
        "same_day": False,
    }
    return Way("/api/v1/bookings", wanted, f"Bearer {given_token}", Appointment)


WAYS = pytest.mark.parametrize("way", [for_reports, for_recordings, for_bookings])


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every part of some JSON data."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(place for key, part in inner for place in places(part, (*at, key)))]


def spoilt(value: Any, at: tuple[Any, ...], how: Callable[[Any], Any]) -> Any:
    """A copy of `value` with what `how` makes of the part at `at`."""
    if not at:
        return how(value)
    key, *rest = at
    if isinstance(value, dict):
        return {**value, key: spoilt(value[key], tuple(rest), how)}
    return [
        spoilt(part, tuple(rest), how) if place == key else part for place, part in enumerate(value)
    ]


@st.composite
def bodies_like(draw: st.DrawFn, body: dict[str, Any]) -> Any:
    """`body` with one part replaced, left out, or with more in it."""
    at = draw(st.sampled_from(places(body)))
    how = draw(st.sampled_from(["other", "more", "less"]))
    if how == "less" and at:
        *above, last = at

        def without(part: Any) -> Any:
            if isinstance(part, dict):
                return {key: each for key, each in part.items() if key != last}
            return [each for place, each in enumerate(part) if place != last]

        return spoilt(body, tuple(above), without)
    value = draw(VALUES)

    def changed(part: Any) -> Any:
        if how == "more" and isinstance(part, dict):
            return {**part, draw(st.text(max_size=12)): value}
        if how == "more" and isinstance(part, list):
            return [*part, value]
        return value

    return spoilt(body, at, changed)


@WAYS
def test_the_body_itself_is_taken(way: Callable[[], Way]) -> None:
    mine = way()
    assert mine.sent(json.dumps(mine.body).encode()) == 201


@WAYS
def test_a_body_spoilt_in_one_place_is_taken_whole_or_refused_whole(way: Callable[[], Way]) -> None:
    mine = way()
    came = set()

    @REPEATABLE
    @given(bodies_like(mine.body))
    def holds(body: Any) -> None:
        came.add(mine.sent(json.dumps(body).encode()))

    holds()
    assert 400 in came


@WAYS
def test_garbage_is_refused(way: Callable[[], Way]) -> None:
    mine = way()
    whole = json.dumps(mine.body).encode()

    @REPEATABLE
    @given(
        st.binary(max_size=200)
        | st.integers(0, len(whole) - 1).map(lambda end: whole[:end])
        | st.integers(1, 5000).map(lambda depth: b"[" * depth)
        | st.integers(1, 800).map(lambda depth: b'{"schema":' * depth)
        | st.binary(max_size=60).map(lambda tail: whole + b"\x01" + tail)
        | st.binary(max_size=60).map(lambda tail: gzip.compress(tail))
        | st.binary(max_size=60).map(lambda tail: b"\x1f\x8b\x08" + tail)
    )
    def holds(raw: bytes) -> None:
        assert mine.sent(raw) in (400, 413, 429)

    holds()
