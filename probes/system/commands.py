"""Running a command that only reads, so that it always comes back by its deadline."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePath

import psutil

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.failures import why
from probes.system.process_tree import descendants, kill_all
from probes.system.questions import Completed, RunCommand

if sys.platform == "win32":
    raise ImportError("no command is run on Windows")

KEPT = (
    *("HOME", "USER", "LOGNAME", "TMPDIR", "XDG_RUNTIME_DIR"),
    *("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS"),
)
"""What a command needs of the environment to find the person's own files. No display and no
session bus among them, so nothing can ask the person for anything; and no library path, which a
frozen program sets for itself."""

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""The system's own programs, the administrator's among them, whose folders are not in a user's
PATH on Debian. They come first: another package manager's program of the same name (Homebrew and
conda bring some) knows nothing of the system."""

_SUBCOMMAND = re.compile(r"[a-z]{2,}(-[a-z]+)*")

LOOK_AGAIN = 0.01
"""Seconds between looks at a command that has closed its output and not ended."""


def run(question: RunCommand) -> Fact[Completed]:
    """What the command printed and how it ended; a negative return code is a signal's number.

    It has ended when it has exited and nobody holds its standard output open any more. Past the
    deadline it is `timed_out`, past the limit of output `garbled`, and in both cases it is killed
    with everything it started. `missing` and `denied` are about the program itself.
    """
    source = shown(question.argv)
    deadline = time.monotonic() + question.timeout
    try:
        child = subprocess.Popen(
            question.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env=environment(os.environ),
            start_new_session=True,
        )
    except OSError as error:
        return Unknown(why(error), source)
    except (ValueError, IndexError):
        return Unknown(Unread.UNSUPPORTED, source)
    completed: Completed | Unread = Unread.TIMED_OUT
    try:
        completed = _follow(child, deadline, question.limit)
    finally:
        _end(child, everything=not isinstance(completed, Completed))
    if isinstance(completed, Completed):
        return Known(completed, source)
    return Unknown(completed, source)


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """The environment for a command: the C locale, and little of our `own`."""
    path = own.get("PATH") or os.defpath
    folders = dict.fromkeys([*SYSTEM_FOLDERS, *path.split(os.pathsep)])
    kept = {name: own[name] for name in KEPT if name in own}
    return {**kept, "PATH": os.pathsep.join(folders), "LC_ALL": "C", "LANGUAGE": ""}


def shown(argv: tuple[str, ...]) -> str:
    """A command as a person would recognise it: the program's name and its subcommands."""
    program = PurePath(argv[0]).name if argv else ""
    return " ".join([program, *filter(_SUBCOMMAND.fullmatch, argv[1:])])


def _follow(child: subprocess.Popen[bytes], deadline: float, limit: int) -> Completed | Unread:
    assert child.stdout is not None and child.stderr is not None  # noqa: S101 - both are pipes
    output = {child.stdout: bytearray(), child.stderr: bytearray()}
    with selectors.DefaultSelector() as waiting:
        for pipe, content in output.items():
            waiting.register(pipe, selectors.EVENT_READ, content)
        while True:
            closed = child.stdout not in waiting.get_map()
            # A daemon that the command left behind may keep standard error; nobody waits for it.
            ended = closed and _has_exited(child)
            left = deadline - time.monotonic()
            if left <= 0 and not ended:
                return Unread.TIMED_OUT
            ready = waiting.select(0 if ended else min(left, LOOK_AGAIN) if closed else left)
            for key, _ in ready:
                chunk = os.read(key.fd, 1 << 16)
                key.data.extend(chunk)
                if not chunk:
                    waiting.unregister(key.fileobj)
            if sum(map(len, output.values())) > limit:
                return Unread.GARBLED
            if ended and not ready:
                break
    stdout, stderr = map(bytes, output.values())
    return Completed(child.wait(), stdout, stderr)


def _has_exited(child: subprocess.Popen[bytes]) -> bool:
    # Left unreaped, so that its process group cannot become somebody else's before it is killed.
    # (waitid(2) could tell too, but Python before 3.13 has none on macOS.)
    try:
        return bool(psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def _end(child: subprocess.Popen[bytes], everything: bool) -> None:
    if everything:
        kill_all(descendants(child.pid))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=1.0)
    for pipe in (child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
