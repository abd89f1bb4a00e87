"""live_system: the door to the machine this runs on."""

import subprocess
import sys

import pytest

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Known, Unknown
from probes.system.live import live_system
from probes.system.questions import (
    DBusCall,
    DBusGet,
    DBusTransaction,
    HttpGet,
    HttpPost,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Question,
    ReadFile,
    ReadLink,
    RunCommand,
    StatFile,
    SweepFiles,
)

EVERY_QUESTION = (
    ReadFile("/proc/version"),
    ListFolder("/"),
    StatFile("/"),
    ReadLink("/"),
    RunCommand(("true",)),
    ListProcesses(),
    ListListeners(),
    ListInterfaces(),
    DBusGet("a.b", "/", "a.b", "P"),
    DBusCall("a.b", "/", "a.b", "M"),
    DBusTransaction("a.b", "/", "a.b", "M", "a.b", (), (), "F"),
    HttpGet("http://127.0.0.1:1/"),
    HttpPost("http://127.0.0.1:1/", 1),
    SweepFiles(("/",), frozenset({"a"}), 1),
)


@pytest.mark.parametrize("question", EVERY_QUESTION, ids=lambda item: type(item).__name__)
def test_linux_has_an_answer_to_every_question(question: Question[object]) -> None:
    system = live_system("linux")
    assert system.family is OsFamily.LINUX
    answer = system.ask(question)
    assert isinstance(answer, Known) or answer.why is not Unread.UNSUPPORTED


class AskWindows(Question[str], frozen=True, tag="ask_windows"):
    """A question of another OS."""


def test_a_question_of_another_os_is_unsupported() -> None:
    assert live_system("linux").ask(AskWindows()) == Unknown(Unread.UNSUPPORTED, "AskWindows")


def test_the_door_opens_without_the_http_library() -> None:
    program = (
        "import sys; from probes.system.live import live_system; live_system('linux');"
        "print('requests' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE)
    assert ended.stdout.strip() == b"False"


def test_a_platform_without_a_door_is_named() -> None:
    with pytest.raises(NotImplementedError, match="no checks are written for freebsd14"):
        live_system("freebsd14")
