"""Running the checks in a worker, from the agent's side: findings as they land, none missing.

Whatever the worker does (hang, crash, print rubbish, die), every check asked for gets a finding
within the overall deadline. When a worker comes down, the checks it left are run again one at a
time, so that the one at fault is found out and costs its own verdict only.
"""

import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO

import msgspec

from precheck.agent.messages import Event, Found, Job, Recorded, Started
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, unread
from precheck.contract.reasons import Unread

log = logging.getLogger(__name__)

OVERALL_DEADLINE = 30.0
"""Seconds for all checks together."""

STALL = 5.0
"""Seconds of silence after which the worker itself counts as hanging: several of its heartbeats,
since a busy machine may hold one back."""

START = 15.0
"""Seconds for a worker's first word: on a slow machine a virus scanner may read the whole program
before it lets it run."""

MAX_EVENT_BYTES = 32 << 20


def worker_command() -> tuple[str, ...]:
    """How this program starts itself as the worker."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--worker")
    # -P, or modules of the folder in which the person happens to be would come before ours.
    return (sys.executable, "-P", "-m", "precheck.agent.worker")


def run_checks(
    job: Job,
    *,
    command: Sequence[str] | None = None,
    deadline: float = OVERALL_DEADLINE,
    stall: float = STALL,
    on_recording: Callable[[Recorded], None] | None = None,
) -> Iterator[Finding]:
    """Start on `job.checks` now; gives the findings, each as soon as it lands, each exactly once.

    A check without an answer is `timed_out` at `deadline` (seconds), or `crashed` when it brought
    the worker down. `on_recording` gets a recording when the job asks for one.
    """
    ends = time.monotonic() + deadline
    argv = command or worker_command()
    return _findings(job, _start(argv, job), argv, ends, stall, on_recording)


def _findings(
    job: Job,
    worker: "_Worker | None",
    command: Sequence[str],
    ends: float,
    stall: float,
    on_recording: Callable[[Recorded], None] | None,
) -> Iterator[Finding]:
    left = list(job.checks)
    serial = job.serial
    while True:
        started: list[CheckId] = []
        try:
            for event in worker.events(ends, stall) if worker is not None else ():
                if isinstance(event, Started):
                    started.append(event.check)
                elif isinstance(event, Found):
                    if event.finding.check in left:
                        left.remove(event.finding.check)
                        yield event.finding
                elif isinstance(event, Recorded) and on_recording is not None:
                    on_recording(event)
        finally:
            if worker is not None:
                worker.kill()
        if not left:
            return
        if time.monotonic() >= ends:
            break
        if serial and not started:
            yield from (unread(check, Unread.CRASHED) for check in left)
            return
        if serial:
            at_fault = next((check for check in started if check in left), None)
            if at_fault is not None:
                left.remove(at_fault)
                yield unread(at_fault, Unread.CRASHED)
        if not left:
            return
        serial = True
        rest = msgspec.structs.replace(job, checks=tuple(left), serial=True)
        worker = _start(command, rest)
    yield from (unread(check, Unread.TIMED_OUT) for check in left)


def _start(command: Sequence[str], job: Job) -> "_Worker | None":
    """A worker on `job`; None where the system starts none now, as where something kills it at
    once."""
    try:
        return _Worker(command, job)
    except OSError as error:
        log.warning("no worker could be started: %s", type(error).__name__)
        return None


class _Worker:
    """A running worker and the thread that reads its lines."""

    def __init__(self, command: Sequence[str], job: Job) -> None:
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("PRECHECK_DEBUG") else subprocess.DEVNULL,
            start_new_session=True,
        )
        self._ended = False
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        self._send(msgspec.json.encode(job) + b"\n")

    def events(self, ends: float, stall: float) -> Iterator[Event]:
        """Events until the worker ends, stalls, talks rubbish, or `ends` (monotonic) is there."""
        decoder = msgspec.json.Decoder(Event)
        patience = max(START, stall)
        while (now := time.monotonic()) < ends:
            try:
                line = self._lines.get(timeout=min(patience, ends - now))
            except queue.Empty:
                return
            patience = stall
            if not line.endswith(b"\n"):
                self._ended = not line
                return
            try:
                event = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return
            yield event

    def kill(self) -> None:
        """End the worker with everything it started, and wait until it is gone."""
        if not self._ends_by_itself():
            from probes.system.process_tree import descendants, kill_all

            started = descendants(self._process.pid)
            self._process.kill()
            kill_all(started)
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:  # as in _send
                self._process.stdin = None
        self._process.wait()

    def _ends_by_itself(self) -> bool:
        if not self._ended:
            return False
        try:
            self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _send(self, line: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:
            # The worker is dead already (EPIPE; EINVAL on Windows); its missing events say so.
            return

    def _read(self, stdout: IO[bytes]) -> None:
        with stdout:
            while line := stdout.readline(MAX_EVENT_BYTES):
                self._lines.put(line)
        self._lines.put(b"")
