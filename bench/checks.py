"""How long all checks take on this machine, and how much memory agent and worker need."""

import subprocess
import time

import psutil

from bench.timing import PROGRAM, endpoint, runs, say, wall
from precheck.contract.checks import MEASURED_CHECKS, CheckId


def main() -> None:
    with endpoint() as address:
        everything = [
            *PROGRAM, "check", "--office", "kakogawa", "--endpoint", address, "--json",
        ]  # fmt: skip
        quick = [check for check in MEASURED_CHECKS if check is not CheckId.SECURITY_UPDATES]
        say(
            "all checks, package list included",
            runs(lambda: wall(everything), 7),
            promise="at most 2000 ms",
        )
        say(
            "all checks but security_updates",
            runs(lambda: wall([*everything, "--only", ",".join(quick)]), 9),
            promise="at most 500 ms",
        )
        say(
            "peak memory of agent and worker together",
            [_peak_memory(everything) for _ in range(3)],
            unit="MB",
            promise="at most 100 MB",
        )


def _peak_memory(command: list[str]) -> float:
    """The largest sum, over time, of the resident memory of the program's own Python processes.

    Pages that both share are counted twice, so the true figure is smaller.
    """
    peak = 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        agent = psutil.Process(process.pid)
        while process.poll() is None:
            total = 0
            for member in (agent, *_children(agent)):
                try:
                    if "python" in member.name():
                        total += member.memory_info().rss
                except psutil.Error:
                    continue
            peak = max(peak, total)
            time.sleep(0.002)
    return peak / 1e6


def _children(agent: psutil.Process) -> list[psutil.Process]:
    try:
        return agent.children(recursive=True)
    except psutil.Error:
        return []
