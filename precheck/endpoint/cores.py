"""A core for each process that serves.

Python runs one thread at a time, so a second core adds little; but to wake a thread on another core
takes long, and one report takes several turns between threads. On one core a quarter more reports
are taken in (`bench/ingest.py`).
"""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from random import SystemRandom


@contextmanager
def keeping_to_a_core(program: str = "precheck-endpoint") -> Iterator[None]:
    """Keep this thread, and those that it starts, to one core that no other process of `program`
    keeps to. Where each core has one, or the system is not Linux or refuses it: to none.

    Whose a core is says a name that one socket at a time can have; it falls free with its process
    (unix(7), "abstract"). A container has names of its own: two may choose the same core.
    """
    if sys.platform != "linux":
        yield
        return
    with ExitStack() as stack:
        # A sandbox may refuse any of these. It serves on all cores, then.
        with suppress(OSError):
            allowed = os.sched_getaffinity(0)
            mark = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            for core in SystemRandom().sample(sorted(allowed), len(allowed)):
                try:
                    mark.bind(f"\0{program} core {core}")
                except OSError:
                    continue
                os.sched_setaffinity(0, {core})
                stack.callback(_allow, allowed)
                break
        yield


def _allow(cores: set[int]) -> None:
    with suppress(OSError):  # some may be gone
        os.sched_setaffinity(0, cores)
