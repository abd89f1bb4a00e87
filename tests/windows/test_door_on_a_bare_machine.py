"""The live door where nothing that it asks is installed: every question gets an answer or a
typed unknown, and nothing raises."""

from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system import questions as common
from probes.system import windows_questions as windows
from probes.system.questions import Question
from tests.windows.bed import open_box
from tests.windows.door import ask

CAMERAS = "{E5323777-F976-4F5B-9B55-B94699C46E44}"
NO_ADAPTER = "{00000000-0000-0000-0000-000000000001}"

EXPECTED: tuple[tuple[Question[object], Unread | None], ...] = (
    (windows.ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"), None),
    (windows.ReadRegistry("HKLM", r"SOFTWARE\Nobody\Has This"), Unread.MISSING),
    (windows.ReadRegistry("HKCR", r"CLSID"), Unread.UNSUPPORTED),
    (windows.ReadRegistry("HKLM", "SOFTWARE", 16), Unread.UNSUPPORTED),
    (windows.ReadRegistry("HKLM", "SOFT\0WARE"), Unread.UNSUPPORTED),
    (windows.ListRegistry("HKLM", "SOFTWARE"), None),
    (windows.ListRegistry("HKCU", r"SOFTWARE\Nobody"), Unread.MISSING),
    (windows.ReadService("RpcSs"), None),
    (windows.ReadService("WinDefend"), Unread.MISSING),
    (windows.ListSecurityProducts(4), Unread.MISSING),
    (windows.ReadProviderHealth(4), Unread.UNSUPPORTED),
    (windows.ReadWmi(r"root\SecurityCenter2", "AntiVirusProduct", ("a",)), Unread.MISSING),
    (windows.ReadFirewallPolicy(), Unread.UNSUPPORTED),
    (windows.ListFirewallProducts(), Unread.MISSING),
    (windows.SearchUpdates(), Unread.UNSUPPORTED),
    (windows.ReadUpdateHistory(), Unread.UNSUPPORTED),
    (windows.ReadUpdateState(), Unread.UNSUPPORTED),
    (windows.ReadNetworks(), None),
    (windows.ListAdapters(), None),
    (windows.ReadWlanLink(NO_ADAPTER), Unread.UNSUPPORTED),
    (windows.ReadWlanLink("no adapter at all"), Unread.UNSUPPORTED),
    (windows.ListDevices(CAMERAS), None),
    (windows.ListDevices("no class at all"), Unread.UNSUPPORTED),
    (windows.ReadFileVersion(r"%SystemRoot%\system32\kernel32.dll"), None),
    (windows.ReadFileVersion(r"%SystemRoot%\nothing.exe"), Unread.MISSING),
    (windows.ReadFileVersion(r"%SystemRoot%\win.ini"), Unread.MISSING),
    (windows.ListDrives(), None),
    (windows.MatchWindowTitles(("Share",)), None),
    (windows.ReadSystemMetric(0x1000), None),
    (common.ReadFile(r"%SystemRoot%\win.ini"), None),
    (common.ReadFile(r"%SystemRoot%"), Unread.GARBLED),
    (common.ReadFile(r"C:\NUL"), Unread.GARBLED),
    (common.ListFolder("~"), None),
    (common.StatFile("%ProgramFiles%"), None),
    (common.ReadLink(r"%SystemRoot%"), None),
    (common.SweepFiles(("%ProgramFiles%",), frozenset({"a"})), None),
    (common.ListProcesses(), None),
    (common.ListListeners(), None),
    (common.ListInterfaces(), None),
    (common.HttpGet("http://127.0.0.1:1/"), Unread.MISSING),
    (common.HttpPost("http://127.0.0.1:1/", 1), Unread.MISSING),
    (common.RunCommand(("cmd", "/c", "ver")), Unread.UNSUPPORTED),
    (common.DBusGet("a.b", "/", "a.b", "P"), Unread.UNSUPPORTED),
)


@pytest.fixture(scope="module")
def answers(bed: Path) -> dict[Question[object], Fact[object]]:
    questions = [question for question, _ in EXPECTED]
    with open_box(bed) as bare:
        return dict(zip(questions, ask(bare, *questions), strict=True))


@pytest.mark.parametrize(
    ("question", "why"), EXPECTED, ids=lambda item: repr(item) if item else "known"
)
def test_every_question_is_answered(
    question: Question[object], why: Unread | None, answers: dict[Question[object], Fact[object]]
) -> None:
    answer = answers[question]
    if why is None:
        assert isinstance(answer, Known)
    else:
        assert isinstance(answer, Unknown) and answer.why is why
