"""A server keeps to one core, and no two of a machine to the same one."""

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from precheck.endpoint.cores import keeping_to_a_core
from tests.endpoint.scene import serving
from tests.requires import require

if sys.platform != "linux":
    pytest.skip("the cores of a process are Linux's to tell", allow_module_level=True)

EVERYWHERE = os.sched_getaffinity(0)


def kept_by_a_server(program: str, servers: ExitStack) -> set[int]:
    """The cores of one more server, which lasts as long as `servers` do. Cores are a thread's, so
    a thread stands for its process."""

    def begin() -> set[int]:
        servers.enter_context(keeping_to_a_core(program))
        return os.sched_getaffinity(0)

    with ThreadPoolExecutor(1) as process:
        return process.submit(begin).result(20)


def test_each_has_a_core_of_its_own_and_who_finds_none_left_runs_on_all() -> None:
    program = f"test {uuid4()}"
    with ExitStack() as servers:
        kept = [kept_by_a_server(program, servers) for _ in EVERYWHERE]
        assert sorted(map(sorted, kept)) == [[core] for core in sorted(EVERYWHERE)]
        assert kept_by_a_server(program, servers) == EVERYWHERE


def test_the_core_of_one_that_has_ended_is_free_again() -> None:
    program = f"test {uuid4()}"
    for _ in range(len(EVERYWHERE) + 1):
        with ExitStack() as servers:
            assert len(kept_by_a_server(program, servers)) == 1
    assert os.sched_getaffinity(0) == EVERYWHERE


REFUSED = """
import ctypes, struct, sys
from precheck.endpoint.cores import keeping_to_a_core

def step(code, value, if_so=0, if_not=0):
    return struct.pack("HBBI", code, if_so, if_not, value)

# The kernel (seccomp(2), BPF) refuses the call with this number by EPERM, and lets all others be.
steps = [step(0x20, 0), step(0x15, int(sys.argv[1]), 0, 1), step(6, 0x50001), step(6, 0x7FFF0000)]
program = ctypes.create_string_buffer(b"".join(steps))
filter = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(program))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, filter) == 0, ctypes.get_errno()
with keeping_to_a_core(sys.argv[2]):
    print("serves")
"""
CALLS = {"socket": 41, "sched_setaffinity": 203, "sched_getaffinity": 204}
"""Their numbers on x86-64."""


@pytest.mark.parametrize("call", CALLS)
def test_a_sandbox_that_refuses_it_does_not_keep_it_from_serving(call: str) -> None:
    require(platform.machine() == "x86_64", "the numbers of system calls are x86-64's")
    arguments = [str(CALLS[call]), f"test {uuid4()}"]
    ended = subprocess.run(
        [sys.executable, "-c", REFUSED, *arguments], capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == ("serves\n", "")


def test_the_program_does_so_unless_it_is_told_to_run_on_all(folder: Path) -> None:
    require(len(EVERYWHERE) > 1, "with one core there is nothing to choose")
    with ExitStack() as others:
        for _ in EVERYWHERE:  # whichever are still free
            kept_by_a_server("precheck-endpoint", others)
        with serving(folder) as (_, process):
            assert os.sched_getaffinity(process.pid) == EVERYWHERE
    with serving(folder, options=["--all-cores"]) as (_, process):
        assert os.sched_getaffinity(process.pid) == EVERYWHERE
