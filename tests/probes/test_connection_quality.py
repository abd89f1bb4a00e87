"""connection_quality: measured to the office's endpoint alone, against the policy's figures."""

import re
from dataclasses import dataclass, field
from math import ceil, log2

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.api import HEALTH_PATH, MEASURE_LIMIT, MEASURE_PATH, Health
from precheck.contract.reasons import ConnectionQuality, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.facts import Known, Unknown
from probes.network import connection_quality
from probes.network.facts import Latency
from probes.network.measure import latency_of
from probes.system.live import live_system
from probes.system.questions import HttpAnswer, HttpGet, HttpPost
from tests.machines import NOON, composed, context, policy_with
from tests.probes.loopback import Reply, always, serving

OFFICE = "https://office.example"
HEALTH = msgspec.json.encode(Health(server_time=NOON))
FIRST_FLIGHT = 14_600
"""Bytes that a TCP connection sends before it hears back (RFC 6928)."""


@dataclass
class Line:
    """A machine on a line that obeys arithmetic: `rtt` and `wobble` in seconds, rates in bit/s.

    A request on a new connection takes three round trips; more bytes take the time that the rate
    says, or that a connection needs to come up to speed. Every second answer is `wobble` later.
    """

    rtt: float = 0.02
    down: float = 50e6
    up: float = 50e6
    wobble: float = 0.0
    refuses: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    seconds: float = 0.0
    family = OsFamily.LINUX

    def ask(self, question):
        self.asked.append(question.url)
        if any(part in question.url for part in self.refuses):
            return Unknown(Unread.TIMED_OUT, "composed")
        late = self.wobble if len(self.asked) % 2 else 0.0
        if isinstance(question, HttpPost):
            return self._answer(204, b"", self._transfer(question.size, self.up) + late)
        assert isinstance(question, HttpGet)
        if question.url.endswith(HEALTH_PATH):
            return self._answer(200, HEALTH, 3 * self.rtt + late)
        size = int(re.fullmatch(rf".*{MEASURE_PATH}\?bytes=(\d+)", question.url)[1])
        return self._answer(200, bytes(size), self._transfer(size, self.down) + late)

    def _transfer(self, size: int, rate: float) -> float:
        flights = ceil(log2(1 + size / FIRST_FLIGHT))
        return 3 * self.rtt + max(size * 8 / rate, (flights - 1) * self.rtt)

    def _answer(self, status: int, body: bytes, elapsed: float):
        self.seconds += elapsed
        return Known(HttpAnswer(status, {}, body, elapsed), "composed")


def found(line: Line, **options: object):
    policy = policy_with("connection_quality", **options) if options else None
    return connection_quality.run(line, context(endpoint=OFFICE, policy=policy))


@pytest.mark.parametrize(
    "line",
    [
        Line(),
        Line(rtt=0.005, down=900e6, up=900e6),
        Line(rtt=0.08, down=8e6, up=3e6),
        Line(rtt=0.05, down=1.6e6, up=1.6e6),
        Line(rtt=0.24, down=20e6, up=20e6),
        Line(rtt=0.03, wobble=0.02),
    ],
)
def test_a_line_that_carries_a_session_is_good(line: Line) -> None:
    finding = found(line)
    assert (finding.verdict, finding.reason) == (Verdict.PASS, ConnectionQuality.GOOD)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(down=0.8e6), ConnectionQuality.SLOW),
        (Line(up=0.3e6), ConnectionQuality.SLOW),
        (Line(rtt=0.08, up=0.9e6), ConnectionQuality.SLOW),
        (Line(rtt=0.4), ConnectionQuality.LATE),
        (Line(rtt=0.9), ConnectionQuality.LATE),
        (Line(wobble=0.3), ConnectionQuality.UNSTEADY),
    ],
)
def test_a_line_that_does_not_is_a_warning_with_what_is_wrong(line: Line, reason) -> None:
    finding = found(line)
    assert (finding.verdict, finding.reason) == (Verdict.WARN, reason)


def test_the_evidence_is_in_mbit_per_second_and_milliseconds() -> None:
    evidence = found(Line(rtt=0.03, down=2e6, up=1.5e6)).evidence
    assert evidence == {
        "down": pytest.approx(2.0, abs=0.1),
        "up": pytest.approx(1.5, abs=0.1),
        "round_trip": 30,
        "jitter": 0,
    }


def test_the_offices_figures_decide() -> None:
    line = {"rtt": 0.05, "down": 3e6, "up": 3e6}
    assert found(Line(**line)).reason == ConnectionQuality.GOOD
    assert found(Line(**line), down_kbps=4000).reason == ConnectionQuality.SLOW
    assert found(Line(**line), up_kbps=4000).reason == ConnectionQuality.SLOW
    assert found(Line(**line), round_trip_ms=40).reason == ConnectionQuality.LATE
    wobbly = Line(**line, wobble=0.06)
    assert found(wobbly, jitter_ms=10).reason == ConnectionQuality.UNSTEADY


def test_nobody_but_the_endpoint_is_asked_and_never_for_more_than_it_gives() -> None:
    line = Line(rtt=0.001, down=1e9, up=1e9)
    found(line)
    assert all(url.startswith(f"{OFFICE}/") for url in line.asked)
    sizes = [int(url.partition("bytes=")[2]) for url in line.asked if "bytes=" in url]
    assert sizes == sorted(sizes)
    assert max(sizes) <= MEASURE_LIMIT


@pytest.mark.parametrize(
    "line", [Line(), Line(rtt=0.1, down=0.5e6, up=0.5e6), Line(rtt=0.05, down=0.3e6, up=0.3e6)]
)
def test_measuring_takes_a_few_seconds_on_a_slow_line_too(line: Line) -> None:
    found(line)
    assert line.seconds <= 3.5


@pytest.mark.parametrize("part", [HEALTH_PATH, MEASURE_PATH])
def test_an_endpoint_that_does_not_answer_is_unknown(part: str) -> None:
    finding = found(Line(refuses=(part,)))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, ConnectionQuality.NOT_REACHED)


def test_a_late_line_is_late_even_where_no_speed_was_measured() -> None:
    finding = found(Line(rtt=0.6, refuses=(MEASURE_PATH,)))
    assert finding.reason == ConnectionQuality.LATE
    assert set(finding.evidence) == {"round_trip", "jitter"}


def test_a_larger_transfer_that_fails_leaves_no_rate() -> None:
    finding = found(Line(refuses=("bytes=262144",)))
    assert finding.reason == ConnectionQuality.NOT_REACHED


def test_without_an_endpoint_there_is_nothing_to_measure() -> None:
    line = Line()
    assert connection_quality.run(line, context()).reason == ConnectionQuality.NO_ENDPOINT
    assert line.asked == []


def test_a_single_slow_answer_makes_no_unsteady_line() -> None:
    assert latency_of([0.06, 0.06, 0.9, 0.06, 0.06, 0.06]) == Latency(
        pytest.approx(20), pytest.approx(0)
    )


def test_jitter_is_the_median_of_the_differences_between_neighbours() -> None:
    assert latency_of([0.03, 0.06, 0.03, 0.12]).jitter_ms == pytest.approx(10)


@pytest.mark.parametrize("family", list(OsFamily))
def test_it_is_measured_alike_on_every_os(family: OsFamily) -> None:
    machine = composed({}, family=family)
    finding = connection_quality.run(machine, context(endpoint=OFFICE))
    assert finding.reason == ConnectionQuality.NOT_REACHED


def endpoint(method: str, target: str, size: int) -> Reply:
    if target == HEALTH_PATH:
        return 200, {"Content-Type": "application/json"}, HEALTH
    if method == "POST":
        return (204, {}, b"") if target == MEASURE_PATH and size else (400, {}, b"")
    return 200, {}, bytes(int(target.removeprefix(f"{MEASURE_PATH}?bytes=")))


def test_a_real_endpoint_on_loopback_is_measured_whole() -> None:
    with serving(endpoint) as address:
        finding = connection_quality.run(live_system(), context(endpoint=address))
    assert set(finding.evidence) == {"down", "up", "round_trip", "jitter"}
    assert finding.verdict is not Verdict.UNKNOWN


@pytest.mark.parametrize(
    "reply",
    [(200, {}, b"<html>"), (404, {}, b""), (302, {"Location": "http://other.example/"}, b"")],
)
def test_a_real_server_that_is_not_the_endpoint_is_not_measured(reply: Reply) -> None:
    with serving(always(reply)) as address:
        finding = connection_quality.run(live_system(), context(endpoint=address))
    assert finding.reason == ConnectionQuality.NOT_REACHED


@pytest.mark.parametrize("wrong", [(200, {}, b"short"), (500, {}, b"")])
def test_a_real_endpoint_that_does_not_give_what_was_asked_for_leaves_no_rate(wrong) -> None:
    def broken(method: str, target: str, size: int) -> Reply:
        return endpoint(method, target, size) if target == HEALTH_PATH else wrong

    with serving(broken) as address:
        finding = connection_quality.run(live_system(), context(endpoint=address))
    assert finding.verdict is not Verdict.PASS


@given(st.integers(100, 599), st.binary(max_size=200), st.floats(0, 10))
def test_garbage_for_an_answer_is_never_a_pass(status: int, body: bytes, elapsed: float) -> None:
    class Garbage:
        family = OsFamily.LINUX

        def ask(self, question):
            return Known(HttpAnswer(status, {}, body, elapsed), "composed")

    finding = connection_quality.run(Garbage(), context(endpoint=OFFICE))
    assert finding.reason == ConnectionQuality.NOT_REACHED
