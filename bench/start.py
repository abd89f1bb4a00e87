"""How soon the program answers, and how soon the first finding is there."""

import subprocess
import time

from bench.timing import EXECUTABLE, PROGRAM, runs, say, wall


def main() -> None:
    say(
        "precheck version",
        runs(lambda: wall([EXECUTABLE, "version"]), 15),
        promise="at most 150 ms",
    )
    say(
        "start of precheck check to the first finding",
        runs(_first_finding, 9),
        promise="at most 300 ms",
    )


def _first_finding() -> float:
    begun = time.perf_counter()
    with subprocess.Popen(
        [*PROGRAM, "check", "--office", "kakogawa", "--no-send"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    ) as process:
        assert process.stdout is not None
        took = next(time.perf_counter() - begun for line in process.stdout if line.startswith(b"["))
        process.stdout.read()
    return took
