"""The program as a person runs it: a process of its own, with a home of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.system.questions import Question, ReadFile
from probes.system.recording import encode_recording
from tests.machines import recording

SUPPORTED = b"ID=ubuntu\nVERSION_ID=26.04\n"
ENDED = b"ID=fedora\nVERSION_ID=40\n"

INHERITED = ("PATH", "PYTHONPATH", "SYSTEMROOT")
"""What finds programs, the project where it is not installed, and Windows' own parts."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def precheck(home: Path, *arguments: str, **environment: str) -> Ran:
    """Run `precheck` with `arguments`, no terminal and no input."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "precheck.agent.cli", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**inherited, **at_home(home), "PYTHONIOENCODING": "utf-8", **environment},
    )
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


def at_home(home: Path) -> dict[str, str]:
    """What makes `home` the folder of a person's own files; the second is for Windows, which asks
    no environment for it, and understood by the library that does ask."""
    return {"HOME": str(home), "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(home)}


def a_machine(folder: Path, os_release: bytes | None, family: OsFamily = OsFamily.LINUX) -> str:
    """The path of a composed recording of a machine with this os-release file, and nothing else
    recorded."""
    answers: Mapping[Question[object], object] = {
        ReadFile("/proc/version"): b"Linux version 6.1.0",
        ReadFile("/etc/os-release"): Unread.MISSING if os_release is None else os_release,
        ReadFile("/usr/lib/os-release"): Unread.MISSING,
    }
    path = folder / "machine.json"
    path.write_bytes(encode_recording(recording(answers, family)))
    return str(path)
