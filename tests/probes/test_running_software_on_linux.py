"""running_software on Linux: recorders and remote control that run; installed alone is nothing."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from precheck.contract.finding import Finding
from precheck.contract.reasons import RunningSoftware, Unread
from precheck.contract.verdict import Verdict
from probes.facts import Known
from probes.software import running_software
from probes.software.inventory import DPKG
from probes.software.linux import observe_running
from probes.system.linux import LinuxSystem
from probes.system.questions import ListProcesses, Process, ReadFile, StatFile
from tests.machines import composed, context
from tests.probes.software_device import device, dpkg, file, own


def found(*processes: Process, answers=None) -> Finding:
    return running_software.run(device(*processes, answers=answers), context())


def test_an_ordinary_desktop_passes() -> None:
    assert (found().verdict, found().reason) == (Verdict.PASS, RunningSoftware.NONE_FOUND)


@pytest.mark.parametrize(
    ("process", "reason", "name"),
    [
        (own("kazam"), RunningSoftware.RECORDER, "Kazam"),
        (own("simplescreenrecorder"), RunningSoftware.RECORDER, "SimpleScreenRecorder"),
        (own("bdcam.exe"), RunningSoftware.RECORDER, "Bandicam"),
        (Process("anydesk"), RunningSoftware.REMOTE_CONTROL, "AnyDesk"),
        (Process("teamviewerd"), RunningSoftware.REMOTE_CONTROL, "TeamViewer"),
        (Process("xrdp"), RunningSoftware.REMOTE_CONTROL, "xrdp"),
        (own("TeamViewer_Desktop"), RunningSoftware.REMOTE_SESSION, "TeamViewer"),
        (Process("xrdp-chansrv"), RunningSoftware.REMOTE_SESSION, "xrdp"),
    ],
)
def test_what_runs_is_warned_about(process: Process, reason: RunningSoftware, name: str) -> None:
    finding = found(process)
    assert (finding.verdict, finding.reason) == (Verdict.WARN, reason)
    assert finding.evidence["name"] == name


def test_a_connection_matters_more_than_remote_control_and_that_more_than_a_recorder() -> None:
    both = found(own("kazam"), Process("anydesk"))
    assert (both.reason, both.evidence["name"]) == (RunningSoftware.REMOTE_CONTROL, "AnyDesk")
    all_three = found(own("kazam"), Process("anydesk"), own("TeamViewer_Desktop"))
    assert all_three.reason == RunningSoftware.REMOTE_SESSION


def test_installed_alone_is_nothing() -> None:
    installed = dpkg("installed obs-studio 29.0.2", "installed anydesk 6.3.0")
    assert found(answers=installed).reason == RunningSoftware.NONE_FOUND


@pytest.mark.parametrize(("name", "package"), [("obs", "obs-studio"), ("peek", "peek")])
def test_a_common_word_counts_beside_the_package(name: str, package: str) -> None:
    assert found(own(name)).reason == RunningSoftware.NONE_FOUND
    beside = found(own(name), answers=dpkg(f"installed {package} 1"))
    assert beside.reason == RunningSoftware.RECORDER


def test_a_common_word_counts_in_the_products_own_folder() -> None:
    snap = own("obs", "/snap/obs-studio/1284/usr/bin/obs", "obs")
    assert found(snap).reason == RunningSoftware.RECORDER
    assert found(own("obs", "/snap/obs-tools/1/bin/obs")).reason == RunningSoftware.NONE_FOUND


def test_a_common_word_without_a_package_list_is_left_open() -> None:
    finding = found(own("obs"), answers={DPKG: Unread.TIMED_OUT})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.TIMED_OUT)
    assert found(answers={DPKG: Unread.TIMED_OUT}).reason == RunningSoftware.NONE_FOUND


def test_a_name_that_linux_has_cut_is_recognised_by_what_shows_the_whole() -> None:
    daemon = "gnome-remote-desktop-daemon"
    cut = "gnome-remote-de"
    assert found(Process(cut)).reason == RunningSoftware.NONE_FOUND
    assert found(Process(cut, None, daemon)).reason == RunningSoftware.REMOTE_CONTROL
    package = dpkg("installed gnome-remote-desktop 43.3-1")
    assert found(Process(cut), answers=package).reason == RunningSoftware.REMOTE_CONTROL


def test_file_sharing_and_browsers_are_not_this_checks_matter() -> None:
    assert found(own("qbittorrent"), own("chromium")).reason == RunningSoftware.NONE_FOUND


def test_what_windows_itself_keeps_running_shows_nothing() -> None:
    assert found(own("GameBarFTServer.exe")).reason == RunningSoftware.NONE_FOUND


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.NOT_RECORDED])
def test_without_the_process_list_it_is_unknown(why: Unread) -> None:
    finding = found(answers={ListProcesses(): why})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)
    assert running_software.run(composed({}, otherwise=why), context()).reason == why


def test_where_other_peoples_processes_are_hidden_nothing_found_is_unknown() -> None:
    hidden = {ReadFile("/proc/1/comm", limit=64): Unread.DENIED}
    assert found(answers=hidden).reason == Unread.DENIED
    assert found(own("kazam"), answers=hidden).reason == RunningSoftware.RECORDER


def test_a_sandbox_shows_other_processes_than_the_devices() -> None:
    assert found(answers={StatFile("/.flatpak-info"): file()}).reason == Unread.UNSUPPORTED


@contextmanager
def running_as(path: Path) -> Iterator[None]:
    """A real process whose program is called as `path` is."""
    path.symlink_to(Path(sys.executable).resolve())
    command = [str(path), "-I", "-S", "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield
        finally:
            process.kill()


def really_running(home: Path) -> list[str]:
    facts = observe_running(LinuxSystem(home=home), context())
    return [item.label for item in facts.running.value] if isinstance(facts.running, Known) else []


def test_a_real_process_is_found_by_its_name(tmp_path: Path) -> None:
    with running_as(tmp_path / "kazam"):
        assert "Kazam" in really_running(tmp_path)
    assert "Kazam" not in really_running(tmp_path)


def test_a_real_process_with_a_name_too_long_for_linux_is_found(tmp_path: Path) -> None:
    with running_as(tmp_path / "simplescreenrecorder"):
        assert "SimpleScreenRecorder" in really_running(tmp_path)


def test_a_real_process_with_a_name_like_a_listed_one_is_not_found(tmp_path: Path) -> None:
    with running_as(tmp_path / "kazam-settings"):
        assert "Kazam" not in really_running(tmp_path)
    with running_as(tmp_path / "simplescreenrec0rder"):
        assert "SimpleScreenRecorder" not in really_running(tmp_path)
