"""running_software on Windows: recorders, remote control, and somebody connected now."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import RunningSoftware, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.installed_programs import UNINSTALL
from probes.software import running_software
from probes.software.windows import REMOTE_SESSION
from probes.system.questions import ListProcesses, Process
from probes.system.windows_questions import ListRegistry
from tests.machines import composed, context
from tests.probes.windows_software import device, listed, own, packages, version


def found(*processes: Process, answers: Any = None) -> Finding:
    return running_software.run(device(*processes, answers=answers), context())


def outcome(finding: Finding) -> tuple[Verdict, str, Any]:
    return finding.verdict, finding.reason, finding.evidence.get("name")


def test_an_ordinary_device_runs_none() -> None:
    finding = found()
    assert (finding.verdict, finding.reason) == (Verdict.PASS, RunningSoftware.NONE_FOUND)


@pytest.mark.parametrize(
    ("name", "reason", "label"),
    [
        ("obs64.exe", RunningSoftware.RECORDER, "OBS Studio"),
        ("BDCAM.EXE", RunningSoftware.RECORDER, "Bandicam"),
        ("AmaRecTV.exe", RunningSoftware.RECORDER, "アマレコTV"),
        ("AnyDesk.exe", RunningSoftware.REMOTE_CONTROL, "AnyDesk"),
        ("TeamViewer_Service.exe", RunningSoftware.REMOTE_CONTROL, "TeamViewer"),
        ("TeamViewer_Desktop.exe", RunningSoftware.REMOTE_SESSION, "TeamViewer"),
    ],
)
def test_what_runs_is_warned_about(name: str, reason: str, label: str) -> None:
    assert outcome(found(own(name))) == (Verdict.WARN, reason, label)
    of_another_user = Process(name)
    assert outcome(found(of_another_user)) == (Verdict.WARN, reason, label)


def test_what_is_only_installed_is_nothing() -> None:
    there = {
        **listed({"DisplayName": "OBS Studio"}),
        **packages("Microsoft.ScreenSketch_1.0_x64__x"),
    }
    assert found(answers=there).reason == RunningSoftware.NONE_FOUND


@pytest.mark.parametrize("name", ["obs64.exe.exe", "myobs64.exe", "GameBar.exe", "AnyDeskMSI.txt"])
def test_what_only_resembles_a_listed_name_or_is_part_of_windows_is_nothing(name: str) -> None:
    assert found(own(name)).reason == RunningSoftware.NONE_FOUND


def test_a_weak_name_needs_a_second_sign() -> None:
    action = own("Action.exe", "C:\\apps\\Action.exe")
    assert found(action).reason == RunningSoftware.NONE_FOUND
    says = version("C:\\apps\\Action.exe", product="Mirillis Action!")
    assert found(action, answers=says).reason == RunningSoftware.RECORDER
    placed = own("Action.exe", "C:\\Program Files (x86)\\Mirillis\\Action!\\")
    assert found(placed).reason == RunningSoftware.RECORDER
    assert found(own("Action.exe", None)).reason == Unread.DENIED


def test_a_program_of_the_store_is_known_by_its_package() -> None:
    folder = "C:\\Program Files\\WindowsApps\\{}_4.1.10220.0_x64__yxz26nhyzhsrt\\"
    clipchamp = own("Video.exe", folder.format("Clipchamp.Clipchamp"))
    assert outcome(found(clipchamp)) == (Verdict.WARN, RunningSoftware.RECORDER, "Clipchamp")
    other = own("Video.exe", folder.format("Clipchamp.ClipchampX"))
    assert found(other).reason == RunningSoftware.NONE_FOUND


def test_a_session_of_remote_desktop_is_somebody_connected() -> None:
    label = "リモート デスクトップ (Windows)"
    session = (Verdict.WARN, RunningSoftware.REMOTE_SESSION, label)
    assert outcome(found(answers={REMOTE_SESSION: 1})) == session
    assert outcome(found(Process("rdpclip.exe"))) == session
    assert found(own("mstsc.exe")).reason == RunningSoftware.NONE_FOUND


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.UNSUPPORTED, Unread.MISSING])
def test_where_it_cannot_be_told_whether_somebody_is_connected_it_is_unknown(why: Unread) -> None:
    assert found(answers={REMOTE_SESSION: why}).reason == why
    recorder = found(own("obs64.exe"), answers={REMOTE_SESSION: why})
    assert recorder.reason == RunningSoftware.RECORDER


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.MISSING])
def test_without_the_process_list_it_is_unknown(why: Unread) -> None:
    assert found(answers={ListProcesses(): why}).reason == why
    assert found(answers={ListProcesses(): ()}).reason == Unread.GARBLED
    remote = {ListProcesses(): why, REMOTE_SESSION: 1}
    assert found(answers=remote).reason == RunningSoftware.REMOTE_SESSION


def test_an_unread_list_of_programs_matters_only_for_a_weak_name() -> None:
    unread = {ListRegistry("HKLM", UNINSTALL, 64): Unread.DENIED}
    assert found(answers=unread).reason == RunningSoftware.NONE_FOUND
    assert found(own("Action.exe"), answers=unread).reason == Unread.DENIED


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.CLOCK])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    finding = running_software.run(composed({}, OsFamily.WINDOWS, why), context())
    assert finding.verdict is Verdict.UNKNOWN


@given(st.text(max_size=20), st.none() | st.text(max_size=40))
def test_any_process_at_all_makes_no_error(name: str, path: str | None) -> None:
    assert found(Process(name, path)).verdict in (Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN)
