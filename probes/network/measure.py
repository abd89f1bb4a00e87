"""How good the connection to the office's endpoint is. The same on every OS; nobody else is asked.

What is measured, with at most about three seconds and 2 MB each way:

- Latency: after one request that opens the way, the time of up to six more requests with a short
  answer. Where a new connection is made each time it holds the connection's set-up too, so it is
  never less than one round trip. The median is not moved by a single slow answer.
- Jitter: the median of the differences between each of these times and the next.
- Throughput: what more bytes take longer than the short answer took. It starts small, and grows
  only while the line is fast; the largest counts, as small ones end before a connection has come
  up to speed.
"""

from collections.abc import Callable
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

FIRST_BYTES = 16 * 1024
LONG_ENOUGH = 0.4
"""Seconds after which a transfer says enough of the line's speed."""
AIM = 0.6
"""Seconds that the next size should take."""
STEEPEST = 16
"""How much larger the next size may be."""
FINEST = 0.001
"""Seconds below which a difference is taken for noise."""


def observe_quality(system: System, context: Context) -> QualityFacts:
    """Measure the way to the endpoint and back."""
    if context.endpoint is None:
        nobody = Unknown(Unread.UNSUPPORTED, "endpoint")
        return QualityFacts(nobody, nobody)
    latency = _latency(system, context.endpoint)
    if isinstance(latency, Unknown):
        return QualityFacts(latency, latency)
    return QualityFacts(latency, _throughput(system, context.endpoint, latency.value))


def _latency(system: System, endpoint: str) -> Fact[Latency]:
    first = system.ask(health_question(endpoint))
    if isinstance(first, Unknown):
        return first
    if not is_health(first.value):
        return Unknown(Unread.GARBLED, first.source)
    times: list[float] = []
    for attempt in range(1, SAMPLES + 1):
        answer = system.ask(health_question(endpoint, attempt))
        if isinstance(answer, Known) and is_health(answer.value):
            times.append(answer.value.elapsed * 1000)
        if len(times) >= FEWEST_SAMPLES and sum(times) >= ENOUGH_SECONDS * 1000:
            break
    if len(times) < FEWEST_SAMPLES:
        return Unknown(Unread.TIMED_OUT, first.source)
    steps = [abs(later - earlier) for earlier, later in pairwise(times)]
    return Known(Latency(median(times), median(steps)), first.source)


def _throughput(system: System, endpoint: str, latency: Latency) -> Fact[Throughput]:
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

    short = latency.round_trip_ms / 1000
    down_rate, up_rate = _rate(down, short), _rate(up, short)
    if isinstance(down_rate, Unknown):
        return down_rate
    if isinstance(up_rate, Unknown):
        return up_rate
    return Known(Throughput(down_rate.value, up_rate.value), down_rate.source)


def _rate(transfer: Callable[[int], Fact[HttpAnswer]], short: float) -> Fact[float]:
    """The rate (kbit/s) of the largest transfer that was worth asking for. Where one fails there
    is no rate: that a smaller one went well may have been chance."""
    size = FIRST_BYTES
    while True:
        answer = transfer(size)
        if isinstance(answer, Unknown):
            return answer
        seconds = max(answer.value.elapsed - short, FINEST)
        if answer.value.elapsed >= LONG_ENOUGH or size >= MEASURE_LIMIT:
            return Known(size * 8 / 1000 / seconds, answer.source)
        size = min(MEASURE_LIMIT, int(size * min(STEEPEST, max(2.0, AIM / seconds))))
