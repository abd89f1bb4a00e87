"""The disposable child process in which all checks run.

COM, WMI and D-Bus calls can hang and a thread cannot be killed, so the checks run here, each in a
thread of its own, and the agent kills the whole process when its time is up. A check past its own
deadline, or one that raises, costs its own verdict only.
"""

import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from precheck import __version__
from precheck.agent.messages import Alive, Event, Found, Job, Recorded, Started
from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, unread
from precheck.contract.reasons import Unread
from probes.check import Check, Context
from probes.registry import load_check
from probes.system import System
from probes.system.once import AskedOnce

if TYPE_CHECKING:
    from probes.system.recording import Recorder

log = logging.getLogger(__name__)

HEARTBEAT = 1.0
"""Seconds between signs of life."""

Load = Callable[[CheckId], Check[Any]]
AskedBy = Callable[[CheckId], System]


def main() -> None:
    """Read one job from standard input, write its events to standard output, and exit."""
    serve(load_check)


def serve(load: Load) -> None:
    """As `main`, with another way to find a check by its id.

    Standard output is kept for events: whatever else a check or a library prints goes nowhere.
    The process ends without waiting for threads that hang, and as soon as the agent is gone.
    """
    events = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    threading.Thread(target=_end_with_the_agent, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        late = _work(job, load, events)
        events.flush()
    except Exception:
        log.exception("the job")
        # An ordinary end would wait for the thread that reads standard input, and abort over it.
        os._exit(1)
    if late:
        from probes.system.process_tree import descendants, kill_all

        kill_all(descendants(os.getpid()))
    os._exit(0)


def _work(job: Job, load: Load, out: BinaryIO) -> bool:
    """Do `job`; says whether some check is still at it, past its deadline."""
    system, now = _system(job)
    once: System = AskedOnce(system)
    asked_by: AskedBy = lambda _: once  # noqa: E731 - whoever asks
    context = Context(
        policy=job.policy,
        now=now,
        catalogues=Catalogues({name: raw.encode() for name, raw in job.catalogues.items()}),
        endpoint=job.endpoint,
        clock_off=job.clock_off,
        recorded=job.replay is not None,
    )
    if job.record:
        from probes.system.recording import Recorder

        recorder = Recorder(once)
        asked_by = recorder.on_behalf_of
    batches = [(check,) for check in job.checks] if job.serial else [job.checks]
    late = [_run(batch, load, asked_by, context, out) for batch in batches]
    if job.record:
        _emit(out, _recorded(recorder, now, context.catalogues))
    return any(late)


def _run(
    checks: tuple[CheckId, ...],
    load: Load,
    asked_by: AskedBy,
    context: Context,
    out: BinaryIO,
) -> bool:
    """Run `checks` side by side and write each finding as it lands, none past its deadline.

    Says whether there was one that did not make it.
    """
    late = False
    landed: queue.SimpleQueue[Finding] = queue.SimpleQueue()
    deadlines: dict[CheckId, float] = {}
    begun = time.monotonic()

    def run(check: Check[Any]) -> None:
        landed.put(_measured(check, asked_by(check.id), context))

    def write(finding: Finding) -> None:
        if deadlines.pop(finding.check, None) is not None:
            _emit(out, Found(finding))

    for check_id in checks:
        _emit(out, Started(check_id))
        try:
            check = load(check_id)
        except Exception as error:
            log.exception("loading %s", check_id)
            deadlines[check_id] = begun
            landed.put(_at(unread(check_id, Unread.CRASHED, type(error).__name__), begun))
        else:
            deadlines[check_id] = time.monotonic() + check.deadline
            threading.Thread(target=run, args=(check,), name=check_id, daemon=True).start()
        while not landed.empty():
            write(landed.get())

    while deadlines:
        next_late = min(deadlines, key=deadlines.__getitem__)
        wait = deadlines[next_late] - time.monotonic()
        try:
            write(landed.get(timeout=min(max(wait, 0), HEARTBEAT)))
        except queue.Empty:
            if wait > HEARTBEAT:
                _emit(out, Alive())
            else:
                late = True
                write(_at(unread(next_late, Unread.TIMED_OUT), begun))
    return late


def _measured(check: Check[Any], system: System, context: Context) -> Finding:
    begun = time.monotonic()
    try:
        return _at(check.run(system, context), begun)
    except Exception as error:
        log.exception("check %s", check.id)
        return _at(unread(check.id, Unread.CRASHED, type(error).__name__), begun)


def _at(finding: Finding, begun: float) -> Finding:
    return msgspec.structs.replace(
        finding,
        checked_at=datetime.now(UTC),
        duration_ms=round((time.monotonic() - begun) * 1000),
    )


def _emit(out: BinaryIO, event: Event) -> None:
    out.write(msgspec.json.encode(event) + b"\n")
    out.flush()


def _system(job: Job) -> tuple[System, datetime]:
    if job.replay is None:
        from probes.system.live import live_system

        return live_system(), job.now
    from probes.system.recording import RecordedSystem, decode_recording

    recorded = RecordedSystem(decode_recording(Path(job.replay).read_bytes()))
    return recorded, recorded.recorded_at


def _recorded(recorder: "Recorder", now: datetime, catalogues: Catalogues) -> Recorded:
    from probes.public_names import public_names
    from probes.system.recording import RECORDING_SCHEMA, Recording, encode_recording
    from probes.system.redaction import redacted

    asked = recorder.asked()
    recording = Recording(
        schema=RECORDING_SCHEMA,
        family=recorder.family,
        recorded_at=now,
        agent_version=__version__,
        provenance="captured by precheck record",
        answers=recorder.answers(),
    )
    left = redacted(recording, public_names(catalogues))
    place_now = {before: place for place, before in enumerate(left.places)}
    # An event is one line.
    line = msgspec.json.format(encode_recording(left.recording), indent=-1)
    return Recorded(
        msgspec.Raw(line),
        {
            check: tuple(place_now[place] for place in places if place in place_now)
            for check, places in asked.items()
        },
    )


def _end_with_the_agent(stdin: BinaryIO) -> None:
    stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
