"""Windows for tests: throw-away copies of a Wine prefix with CPython for Windows in them.

A `Box` is one Windows machine. A test gives it registry keys, fixture DLLs and COM servers and the
rows that these answer from (`tests.windows.rows`), and runs programs in it. Boxes share nothing
that they can change by what Windows offers, so tests may run at the same time.

What this shows is that our calls are right by the published layouts, and what we make of the
answers. How a real Windows answers it does not show: the fixtures say what we wrote into them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.windows.rows import Row, Value

PROJECT = Path(__file__).resolve().parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
SET_UP = PROJECT / "packaging" / "windows-test-bed" / "set_up.py"
COMPILER = "x86_64-w64-mingw32-gcc"
NEEDED = ("wine", "wineserver", "osslsigncode", COMPILER)

COMPILE = ("-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-static-libgcc", "-s")
LIBRARIES = ("-lole32", "-loleaut32", "-luuid")
NOT_NEEDED = "mscoree,mshtml,winedbg.exe="

CLASSES = {
    "wscapi": ("{17072F7B-9ABE-4A74-A261-1EB76B55107A}",),
    "firewall": (
        "{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}",
        "{CC19079B-8272-4D73-BB70-CDB533527B61}",
    ),
    "updates": (
        "{4CB43D7F-7EEE-4906-8698-60DA1C38F2FE}",
        "{C01B9BA0-BEA7-41BA-B604-D0A36F469133}",
        "{BFE18E9C-6D87-4450-B37C-E02F0B373803}",
    ),
    "networks": ("{DCB00C01-570F-4A9B-8D69-199FDBA5723B}",),
    "wmi": ("{4590F811-1D3A-11D0-891F-00AA004B2E24}",),
}
"""The COM classes that each fixture makes objects of."""


@dataclass(frozen=True)
class Ran:
    """How a program in a box ended: its exit code, and the bytes that it wrote."""

    code: int
    out: bytes
    err: bytes

    @property
    def answer(self) -> Any:
        """The JSON that the program printed; it must have ended well."""
        assert self.code == 0, (self.out + self.err).decode(errors="replace")
        return json.loads(self.out)


def as_windows(path: Path) -> str:
    """`path` as a program in a box sees it."""
    return "Z:" + str(path).replace("/", "\\")


def set_up() -> Path:
    """The bed's folder; made now if it was not (about a minute)."""
    done = subprocess.run(
        [sys.executable, SET_UP], stdout=subprocess.PIPE, check=True, text=True, timeout=900
    )
    bed = Path(done.stdout.splitlines()[-1])
    _clear_up_after_the_dead(bed)
    return bed


@dataclass
class Box:
    """One Windows machine, running. Made by `open_box`."""

    bed: Path
    folder: Path
    overrides: list[str] = field(default_factory=lambda: [NOT_NEEDED])

    @property
    def prefix(self) -> Path:
        return self.folder / "prefix"

    @property
    def system32(self) -> Path:
        return self.prefix / "drive_c" / "windows" / "system32"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": ";".join(self.overrides),
            "FIXTURE_ROWS": as_windows(self.folder / "rows.txt"),
            "FIXTURE_REFUSED": as_windows(self.folder / "refused.txt"),
            **(more or {}),
        }

    def boot(self) -> None:
        """Start the machine, or start it again."""
        _quietly("wineserver", "-k", env=self.environment())
        # A server that stays, and services that hold none of our pipes: each program then starts
        # at once, and its output ends when it does.
        _quietly("wineserver", "-p", env=self.environment())
        _quietly("wine", "wineboot", env=self.environment())

    def run(self, *argv: str, env: Mapping[str, str] | None = None, timeout: float = 60) -> Ran:
        """Run a Windows program. Its output goes to pipes, as it would to another program; they
        end with the last process that it started, whatever that one's own output is."""
        done = subprocess.run(
            ["wine", *argv],
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=timeout,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(
        self, *argv: str, env: Mapping[str, str] | None = None
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """A Windows program while it runs, its output to be read; ended by force at last."""
        process = subprocess.Popen(
            ["wine", *argv],
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def python(
        self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 60
    ) -> Ran:
        """Run Python for Windows with `arguments` as on a command line, such as `"-c", code`. The
        project is imported from its source tree."""
        given = {**self.project_paths, **(env or {})}
        ran = self.run(self.interpreter, *arguments, env=given, timeout=timeout)
        if ran == Ran(1, b"", b""):
            # Python that fails says why. Once in some thousand times Wine ends it without a word.
            ran = self.run(self.interpreter, *arguments, env=given, timeout=timeout)
        return ran

    @property
    def interpreter(self) -> str:
        """Python for Windows."""
        return str(self.bed / "python" / "python.exe")

    @property
    def project_paths(self) -> dict[str, str]:
        """The variables by which that imports the project from its source tree."""
        return {
            "PYTHONPATH": as_windows(PROJECT),
            "PYTHONPYCACHEPREFIX": as_windows(self.bed / "built" / "bytecode"),
        }

    def reg(self, text: str) -> None:
        """Import `text`, the sections of a .reg file without its first line."""
        file = self.folder / "import.reg"
        header = "Windows Registry Editor Version 5.00\n\n"
        lines = (header + text).replace("\n", "\r\n")
        file.write_bytes(b"\xff\xfe" + lines.encode("utf-16-le"))
        ran = self.run("regedit", "/S", as_windows(file))
        assert ran.code == 0, ran

    def dll(self, name: str) -> None:
        """Put the fixture `name` into system32 as `name`.dll, instead of Wine's own."""
        built = build(self.bed, name)
        target = self.system32 / f"{name}.dll"
        target.unlink(missing_ok=True)  # a hard link to the template's
        shutil.copy(built, target)
        self.overrides.append(f"{name}=n")

    def com(self, clsid: str, name: str) -> None:
        """Let the fixture `name` make the objects of the class `clsid` (a GUID with braces)."""
        server = as_windows(build(self.bed, name)).replace("\\", "\\\\")
        self.reg(
            f"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\\{clsid}\\InprocServer32]\n"
            f'@="{server}"\n"ThreadingModel"="Both"\n'
        )

    def serve(self, *names: str) -> None:
        """Let each of the fixtures `names` make the objects of all its classes."""
        for name in names:
            for clsid in CLASSES[name]:
                self.com(clsid, name)

    def answers(self, *rows: Row) -> None:
        """Let the fixtures answer from `rows`, and from none that were there before; what they
        refused before is forgotten."""
        text = "".join("|".join(map(_cell, row)) + "\n" for row in rows)
        (self.folder / "rows.txt").write_text(text, encoding="utf-8")
        (self.folder / "refused.txt").unlink(missing_ok=True)

    @property
    def refused(self) -> list[str]:
        """The calls that fixtures refused: every one that would change something, and every one
        that they do not answer. Empty is what a test of a checker wants to see."""
        file = self.folder / "refused.txt"
        return file.read_text(encoding="ascii").splitlines() if file.exists() else []


@contextmanager
def open_box(bed: Path) -> Iterator[Box]:
    """A fresh machine, ended with everything that runs in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=bed / "boxes"))
    box = Box(bed, folder)
    _copy(bed / "prefix", box.prefix)
    try:
        box.boot()
        yield box
    finally:
        _remove(folder)


def build(bed: Path, name: str) -> Path:
    """Compile the fixture `name`, unless this very text of it is compiled already."""
    source = FIXTURES / f"{name}.c"
    texts = [*sorted(FIXTURES.glob("*.h")), source]
    state = hashlib.sha256(b"".join(file.read_bytes() for file in texts))
    state.update(" ".join(COMPILE + LIBRARIES).encode())
    built = bed / "built" / f"{name}-{state.hexdigest()[:16]}.dll"
    if not built.exists():
        with tempfile.TemporaryDirectory(dir=bed / "built") as folder:
            fresh = Path(folder) / built.name
            done = subprocess.run(
                [COMPILER, *COMPILE, "-o", fresh, source, *LIBRARIES],
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 0, done.stderr
            fresh.rename(built)
    return built


def _cell(value: Value) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def _copy(template: Path, prefix: Path) -> None:
    """Copy the prefix: hard links for programs, and what Windows writes to as files of its own."""
    shutil.copytree(
        template,
        prefix,
        symlinks=True,
        copy_function=os.link,
        ignore=lambda folder, _: ["users"] if Path(folder) == template / "drive_c" else [],
    )
    shutil.copytree(template / "drive_c/users", prefix / "drive_c/users", symlinks=True)
    for file in prefix.glob("*.reg"):
        file.unlink()
        shutil.copy2(template / file.name, file)


def _remove(folder: Path) -> None:
    where = {"PATH": os.environ["PATH"], "WINEPREFIX": str(folder / "prefix")}
    _quietly("wineserver", "-k", env=where)
    shutil.rmtree(folder, ignore_errors=True)


def _clear_up_after_the_dead(bed: Path) -> None:
    """End the boxes of test runs that were killed before they could."""
    for folder in (bed / "boxes").iterdir():
        if not Path("/proc", folder.name.partition("-")[0]).exists():
            _remove(folder)


def _quietly(*command: str, env: Mapping[str, str]) -> None:
    quiet = subprocess.DEVNULL
    subprocess.run(
        command, env=env, stdin=quiet, stdout=quiet, stderr=quiet, check=False, timeout=60
    )
