"""Threads that read the first reports of a process at the same moment do not crash it."""

import subprocess
import sys

from precheck.contract.report import encode_report
from tests.contract.reports import composed_report

_AT_ONCE = """
import sys, threading
from precheck.contract.report import decode_report
sys.setswitchinterval(1e-6)
raw, together, read = sys.stdin.buffer.read(), threading.Barrier(16), []
def reads():
    together.wait()
    read.append(decode_report(raw))
threads = [threading.Thread(target=reads) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(read) == 16
"""


def test_sixteen_threads_read_the_first_report_at_once() -> None:
    raw = encode_report(composed_report())
    for _ in range(6):  # where it can crash, it survives two times of three
        ended = subprocess.run(
            [sys.executable, "-c", _AT_ONCE], input=raw, capture_output=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, b"")
