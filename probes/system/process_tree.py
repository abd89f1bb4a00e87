"""Ending what a process started, wherever below it it is by now."""

from collections.abc import Iterable
from contextlib import suppress

import psutil


def descendants(pid: int) -> list[psutil.Process]:
    """What `pid` started and still lives below it, also in a session of its own."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Kill `processes`; one that is gone, or not ours to kill, is passed over."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
