"""running_software on macOS: what could record, or hand the Mac to somebody else."""

import pytest

from precheck.contract.reasons import RunningSoftware, Unread
from precheck.contract.verdict import Verdict
from probes.software import running_software
from probes.system.questions import ListFolder, ListProcesses, Process
from tests.machines import context
from tests.probes.macos_software import info, mac, running


def test_an_ordinary_mac_passes() -> None:
    found = running_software.run(mac(), context())
    assert (found.reason, found.verdict) == (RunningSoftware.NONE_FOUND, Verdict.PASS)


@pytest.mark.parametrize(
    ("process", "name"),
    [
        (running("/Applications/OBS.app"), "OBS Studio"),
        (running("/System/Applications/QuickTime Player.app"), "QuickTime Player"),
        (Process("screencaptureui"), "Screenshot (macOS)"),
        (running("/Applications/CleanShot X.app"), "CleanShot X"),
    ],
)
def test_a_recorder_that_runs_is_warned_about(process: Process, name: str) -> None:
    found = running_software.run(mac(process), context())
    assert (found.reason, found.verdict) == (RunningSoftware.RECORDER, Verdict.WARN)
    assert found.evidence["name"] == name


@pytest.mark.parametrize(
    ("process", "name"),
    [
        (running("/Applications/TeamViewer.app", "TeamViewer_Desktop"), "TeamViewer"),
        (running("/Applications/AnyDesk.app"), "AnyDesk"),
        (running("/Users/taro/Downloads/AnyDesk.app"), "AnyDesk"),
        (Process("screensharingd"), "画面共有 (macOS)"),
        (Process("remoting_me2me_host", own=True), "Chrome Remote Desktop"),
    ],
)
def test_so_is_remote_control(process: Process, name: str) -> None:
    found = running_software.run(mac(process), context())
    assert (found.reason, found.verdict) == (RunningSoftware.REMOTE_CONTROL, Verdict.WARN)
    assert found.evidence["name"] == name


def test_an_app_whose_name_has_a_version_is_known_by_its_identifier() -> None:
    bundle = "/Applications/Camtasia 2026.app"
    bundles = {bundle: info("com.techsmith.camtasia2026")}
    found = running_software.run(mac(running(bundle), bundles=bundles), context())
    assert found.reason == RunningSoftware.RECORDER


def test_installed_alone_is_nothing() -> None:
    bundles = {"/Applications/OBS.app": info("com.obsproject.obs-studio")}
    assert running_software.run(mac(bundles=bundles), context()).reason == (
        RunningSoftware.NONE_FOUND
    )


@pytest.mark.parametrize("name", ["obs-helper", "AnyDeskX", "screencapturer", "screensharing"])
def test_a_part_of_a_name_is_none(name: str) -> None:
    found = running_software.run(mac(Process(name, own=True)), context())
    assert found.reason == RunningSoftware.NONE_FOUND


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_the_processes_nothing_is_said(why: Unread) -> None:
    machine = mac(answers={ListProcesses(): why})
    assert running_software.run(machine, context()).reason == why


def test_what_runs_is_known_without_the_folders_for_apps() -> None:
    machine = mac(
        running("/Applications/OBS.app"), answers={ListFolder("/Applications"): Unread.DENIED}
    )
    assert running_software.run(machine, context()).reason == RunningSoftware.RECORDER
