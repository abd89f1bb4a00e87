"""antivirus with ClamAV itself: a database that it builds, a daemon that it runs."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from probes.antivirus.clamav import parse_build_time
from probes.antivirus.facts import Observed, State
from probes.antivirus.linux import observe
from probes.facts import Known
from probes.foreign import is_foreign
from probes.system.live import live_system
from tests.machines import context
from tests.requires import require


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A database folder with one composed signature."""
    require(sys.platform == "linux", "Linux")
    require(shutil.which("sigtool"), "sigtool, from the package clamav")
    (tmp_path / "daily.ndb").write_text("Composed.Test:0:*:636f6d706f73656420746573742d626f6479\n")
    (tmp_path / "COPYING").write_text("composed\n")
    options = ("--build=daily.cud", "--unsigned", "--cvd-version=1", "--no-cdiff")
    subprocess.run(
        ["sigtool", *options, f"--datadir={tmp_path}"],
        cwd=tmp_path,
        input=b"1\nbuilder\n\n",
        capture_output=True,
        check=True,
        timeout=60,
    )
    return tmp_path


@pytest.fixture
def daemon(folder: Path) -> Iterator[None]:
    """A clamd that serves nobody but this test."""
    clamd = shutil.which("clamd", path="/usr/sbin:/usr/bin")
    require(clamd, "clamd, from the package clamav-daemon")
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {folder}\nLocalSocket {folder}/socket\nForeground yes\n"
    )
    with subprocess.Popen([str(clamd), "-c", str(configuration)]) as running:
        yield
        running.terminate()


def clamav_here() -> Observed:
    require(is_foreign(live_system()) == Known(False, "/proc/version"), "no guest system")
    products = observe(live_system(), context()).products
    return next(item for item in products if item.product == "clamav")


def test_the_header_of_a_database_is_read_as_clamav_reads_it(folder: Path) -> None:
    told = subprocess.run(
        ["sigtool", "--info=daily.cud"], cwd=folder, capture_output=True, check=True, timeout=60
    )
    begun = next(line for line in told.stdout.decode().splitlines() if line.startswith("Build"))
    built = parse_build_time((folder / "daily.cud").read_bytes())
    assert built is not None
    minutes = built - datetime.strptime(begun, "Build time: %d %b %Y %H:%M %z")
    assert timedelta() <= minutes < timedelta(minutes=3)


@pytest.mark.usefixtures("daemon")
def test_a_clamd_that_runs_is_seen() -> None:
    state = clamav_here().state
    assert isinstance(state, Known)
    assert (state.value, state.source) == (State.ON, "processes")


@pytest.mark.usefixtures("folder")
def test_a_clamd_that_does_not_run_is_not() -> None:
    require(shutil.which("clamscan"), "clamscan, from the package clamav")
    running = clamav_here().state
    assert not isinstance(running, Known) or running.value is not State.ON
