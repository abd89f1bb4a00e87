"""A core for each process that serves.

Python runs one thread at a time, so a second core adds little; but to wake a thread on another core
takes long, and one report takes several turns between threads. On one core a quarter more reports
are taken in (`bench/ingest.py`).
"""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keeping_to_a_core(program: str = "precheck-endpoint") -> Iterator[None]:
    """Keep this thread, and those that it starts, to one core that no other process of `program`
    on this machine keeps to. Where each core has one, or the system is not Linux: to none.

    Whose a core is says a name that one socket at a time can have; it falls free with its process
    (unix(7), "abstract").
    """
    if sys.platform != "linux":
        yield
        return
    allowed = os.sched_getaffinity(0)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mark:
        for core in sorted(allowed):
            try:
                mark.bind(f"\0{program} core {core}")
            except OSError:
                continue
            os.sched_setaffinity(0, {core})
            break
        try:
            yield
        finally:
            os.sched_setaffinity(0, allowed)
