"""Timing whole commands, and saying so."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAM = (sys.executable, "-m", "precheck.agent.cli")
EXECUTABLE = str(Path(sys.executable).with_name("precheck"))


def wall(command: Sequence[str]) -> float:
    """Seconds from start to end of `command`."""
    begun = time.perf_counter()
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - begun


def runs(measure: Callable[[], float], count: int) -> list[float]:
    """`count` figures after one that is thrown away."""
    measure()
    return [measure() for _ in range(count)]


def say(what: str, figures: Sequence[float], unit: str = "ms", promise: str = "") -> None:
    """Print the median with minimum and maximum of `figures` (seconds, or MB as they are)."""
    scale = 1000.0 if unit == "ms" else 1.0
    low, middle, high = (
        scale * figure for figure in (min(figures), statistics.median(figures), max(figures))
    )
    kept = f"   (promised: {promise})" if promise else ""
    print(f"{what:<58} {middle:9.1f} {unit}  [{low:.1f} … {high:.1f}]{kept}", flush=True)


@contextmanager
def endpoint() -> Iterator[str]:
    """The address of an endpoint of our own on loopback."""
    command = [sys.executable, "-m", "precheck.endpoint", "serve", "--port", "0"]
    with TemporaryDirectory(prefix="precheck-bench-") as data:
        process = subprocess.Popen(
            [*command, "--data", data],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = next(line for line in process.stdout if line.startswith("listening on "))
            yield line.removeprefix("listening on ").strip().rstrip("/")
        finally:
            process.terminate()
            process.wait()
