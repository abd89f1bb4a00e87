"""The program as a person runs it in a box: from its source, and packed as precheck.exe."""

import contextlib
import fcntl
import hashlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.windows.bed import PROJECT, Box, Ran, as_windows, open_box

WATCH = as_windows(Path(__file__).with_name("watch.py"))
SPEC = PROJECT / "packaging" / "precheck.spec"
PACKED = (
    SPEC,
    PROJECT / "precheck" / "agent",
    PROJECT / "precheck" / "contract",
    PROJECT / "probes",
)
A_DAY = 24 * 3600.0

JAPANESE = {"LC_ALL": "ja_JP.UTF-8"}
"""By which Wine takes the code page of Japanese Windows, 932."""


@dataclass(frozen=True)
class Program:
    """How the program is started in a box: by Python from its source, or `packed`."""

    packed: Path | None = None

    def run(self, box: Box, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run it to its end."""
        if self.packed is None:
            return box.python("-m", "precheck.agent.cli", *arguments, env=env)
        return box.run(as_windows(self.packed), *arguments, env=env)

    @contextlib.contextmanager
    def started(self, box: Box, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """It, while it runs."""
        if self.packed is None:
            own, env = (box.interpreter, "-m", "precheck.agent.cli"), box.project_paths
        else:
            own, env = (as_windows(self.packed),), {}
        with box.started(*own, *arguments, env=env) as process:
            yield process

    def watched(self, box: Box, task: str, *arguments: str) -> dict[str, int]:
        """Run it under one of the tasks of `watch.py`; what that tells."""
        packed = () if self.packed is None else (as_windows(self.packed),)
        own = packed or (as_windows(box.bed / "python" / "python.exe"), "-m", "precheck.agent.cli")
        told: dict[str, int] = json.loads(box.python(WATCH, task, *own, *arguments).out)
        return told


def packed(bed: Path) -> Path:
    """precheck.exe as this very source makes it; made now (about a minute) if it was not."""
    home = bed / "built" / f"program-{_state(bed)}"
    program = home / "precheck" / "precheck.exe"
    with (bed / "built" / "program.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _remove_old(bed)
            _pack(bed, home)
    return program


def _state(bed: Path) -> str:
    files = [
        file
        for place in PACKED
        for file in ([place] if place.is_file() else sorted(place.rglob("*")))
        if file.is_file() and "__pycache__" not in file.parts
    ]
    state = hashlib.sha256(bed.name.encode())
    for file in files:
        state.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:16]


def _pack(bed: Path, home: Path) -> None:
    with open_box(bed) as box, tempfile.TemporaryDirectory(dir=bed / "built") as folder:
        made, work = Path(folder, "made"), Path(folder, "work")
        ran = box.python(
            *("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
            *("--distpath", as_windows(made), "--workpath", as_windows(work), as_windows(SPEC)),
            timeout=600,
        )
        assert ran.code == 0, (ran.out + ran.err).decode(errors="replace")
        made.rename(home)


def _remove_old(bed: Path) -> None:
    for home in (bed / "built").glob("program-*"):
        with contextlib.suppress(FileNotFoundError):
            if home.stat().st_mtime < time.time() - A_DAY:
                shutil.rmtree(home, ignore_errors=True)
