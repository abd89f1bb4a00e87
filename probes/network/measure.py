"""How good the connection to the office's endpoint is. The same on every OS; nobody else is asked.

What is measured, in about three seconds and with at most 2 MB each way:

- Round trip: after one request that opens the way, the time of up to six more with a short answer.
  Each makes its own connection, which takes three round trips (TCP, TLS 1.3, the request itself),
  so a third of the time counts. Older TLS, a proxy or a slow server make it longer, never shorter.
  The median is not moved by a single slow answer.
- Jitter: the median of the differences between each of these round trips and the next.
- Throughput: what more bytes take longer than the short answer took. It starts small, and grows
  only while the line is fast; the largest counts, as small ones end before a connection has come
  up to speed. Where short answers take very long already, it is left out.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from precheck.contract.api import MEASURE_LIMIT, MEASURE_PATH
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown
from probes.network.endpoint import TIMEOUT, health_question, is_health
from probes.network.facts import Latency, QualityFacts, Throughput
from probes.system import System
from probes.system.questions import HttpAnswer, HttpGet, HttpPost

SAMPLES = 6
FEWEST_SAMPLES = 3
ENOUGH_SECONDS = 0.9
"""Once the answers have taken this long together, no more are asked for than needed."""
ROUND_TRIPS = 3
"""What one request on a new connection takes."""

VERY_LONG = 0.75
"""Seconds for a short answer above which nothing more is measured."""

FIRST_BYTES = 16 * 1024
LONG_ENOUGH = 0.25
"""Seconds after which a transfer says enough of the line's speed."""
COMING_UP = 2.5
"""Round trips that it must take at the least: a connection begins slowly, by round trips."""
BEYOND = 1.5
"""How much longer than enough the next size should take."""
STEEPEST = 16
"""How much larger the next size may be."""
FINEST = 0.001
"""Seconds below which a difference is taken for noise."""


def observe_quality(system: System, context: Context) -> QualityFacts:
    """Measure the way to the endpoint and back."""
    if context.endpoint is None:
        nobody = Unknown(Unread.UNSUPPORTED, "endpoint")
        return QualityFacts(nobody, nobody)
    times = _answer_times(system, context.endpoint)
    if isinstance(times, Unknown):
        return QualityFacts(times, times)
    latency, short = Known(latency_of(times.value), times.source), median(times.value)
    if short > VERY_LONG:
        return QualityFacts(latency, Unknown(Unread.TIMED_OUT, times.source))
    return QualityFacts(latency, _throughput(system, context.endpoint, short))


def latency_of(times: Sequence[float]) -> Latency:
    """Round trip and jitter from the times (seconds) that short answers took, at least two."""
    round_trips = [seconds * 1000 / ROUND_TRIPS for seconds in times]
    steps = [abs(later - earlier) for earlier, later in pairwise(round_trips)]
    return Latency(median(round_trips), median(steps))


def _answer_times(system: System, endpoint: str) -> Fact[tuple[float, ...]]:
    """The times (seconds) of the answers after the first."""
    first = system.ask(health_question(endpoint))
    if isinstance(first, Unknown):
        return first
    if not is_health(first.value):
        return Unknown(Unread.GARBLED, first.source)
    times: list[float] = []
    for attempt in range(1, SAMPLES + 1):
        answer = system.ask(health_question(endpoint, attempt))
        if isinstance(answer, Unknown) and len(times) < FEWEST_SAMPLES:
            return answer
        if isinstance(answer, Unknown):
            break
        times.append(answer.value.elapsed)
        if len(times) >= FEWEST_SAMPLES and sum(times) >= ENOUGH_SECONDS:
            break
    return Known(tuple(times), first.source)


def _throughput(system: System, endpoint: str, short: float) -> Fact[Throughput]:
    """Both rates; `short` is the time (seconds) of a short answer, which every transfer takes too
    and which says nothing of the line's speed."""
    address = endpoint.rstrip("/") + MEASURE_PATH

    def down(size: int) -> Fact[HttpAnswer]:
        answer = system.ask(HttpGet(f"{address}?bytes={size}", limit=size, timeout=TIMEOUT))
        complete = isinstance(answer, Unknown) or (
            answer.value.status == 200 and len(answer.value.body) == size
        )
        return answer if complete else Unknown(Unread.GARBLED, answer.source)

    def up(size: int) -> Fact[HttpAnswer]:
        answer = system.ask(HttpPost(address, size, timeout=TIMEOUT))
        complete = isinstance(answer, Unknown) or answer.value.status == 204
        return answer if complete else Unknown(Unread.GARBLED, answer.source)

    down_rate, up_rate = _rate(down, short), _rate(up, short)
    if isinstance(down_rate, Unknown):
        return down_rate
    if isinstance(up_rate, Unknown):
        return up_rate
    return Known(Throughput(down_rate.value, up_rate.value), down_rate.source)


def _rate(transfer: Callable[[int], Fact[HttpAnswer]], short: float) -> Fact[float]:
    """The rate (kbit/s) of the largest transfer that was worth asking for. Where one fails there
    is no rate: that a smaller one went well may have been chance."""
    size, enough = FIRST_BYTES, max(LONG_ENOUGH, COMING_UP * short / ROUND_TRIPS)
    while True:
        answer = transfer(size)
        if isinstance(answer, Unknown):
            return answer
        seconds = max(answer.value.elapsed - short, FINEST)
        if seconds >= enough or size >= MEASURE_LIMIT:
            return Known(size * 8 / 1000 / seconds, answer.source)
        size = min(MEASURE_LIMIT, int(size * min(STEEPEST, max(2.0, BEYOND * enough / seconds))))
