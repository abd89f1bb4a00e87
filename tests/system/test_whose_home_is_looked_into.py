"""The home folder in a question is the person's own, or nothing is said of it."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.linux import LinuxSystem
from probes.system.questions import ListFolder, StatFile, SweepFiles
from tests.requires import require

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the door of Linux")

HOME_OF = "from probes.system.files import persons_home; print(persons_home())"


def home_with(**environment: str) -> str:
    """The home that a process with this environment looks into."""
    done = subprocess.run(
        [sys.executable, "-c", HOME_OF],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_it_is_the_users_own(tmp_path: Path) -> None:
    assert home_with(HOME=str(tmp_path)) == str(tmp_path)


@pytest.mark.parametrize("variable", ["SUDO_UID", "PKEXEC_UID"])
def test_for_root_by_sudo_it_is_the_callers(tmp_path: Path, variable: str) -> None:
    require(os.geteuid() == 0, "root, who can stand for sudo's")
    nobody = pwd.getpwnam("nobody")
    assert home_with(HOME="/root", **{variable: str(nobody.pw_uid)}) == nobody.pw_dir


@pytest.mark.parametrize("odd", ["", "x", "-1", "99999999999999999999", "4294000000"])
def test_an_odd_caller_is_passed_over(tmp_path: Path, odd: str) -> None:
    assert home_with(HOME=str(tmp_path), SUDO_UID=odd) == str(tmp_path)


def test_in_a_home_that_is_not_there_nothing_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    monkeypatch.delenv("SUDO_UID", raising=False)
    system = LinuxSystem()
    for question in (
        ListFolder("~/.local/share/flatpak/app"),
        StatFile("~/.config/qBittorrent"),
        SweepFiles(("~",), frozenset({"winny.exe"})),
    ):
        assert system.ask(question) == Unknown(Unread.UNSUPPORTED, system.ask(question).source)
    assert isinstance(system.ask(StatFile("/")), Known)
