"""A Mac: which question is answered by which part of the door."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Known, Unknown, parsed
from probes.system import commands, endpoint, questions, running
from probes.system.files import FileTree
from probes.system.macos_private import PRIVATE_PLACES
from probes.system.netstat import TCP, UDP, parse_netstat
from probes.system.questions import Listener, ListListeners, Question, RunCommand

T = TypeVar("T")


class MacSystem:
    """The running system; or, with another `root`, the files of one, about which only questions
    for files are answered and everything else is `unsupported`.

    `home` is the folder that "~" stands for, as a path below `root`. What macOS would ask the
    person about first is `denied` and never touched, whoever asks.
    """

    family = OsFamily.MACOS

    def __init__(self, root: Path = Path("/"), home: Path | None = None) -> None:
        files = FileTree(root, home, PRIVATE_PLACES)
        answers: dict[type[Question[Any]], Callable[[Any], Fact[Any]]] = {
            questions.ReadFile: files.read,
            questions.ListFolder: files.names,
            questions.StatFile: files.status,
            questions.ReadLink: files.target,
            questions.SweepFiles: files.sweep,
        }
        if root == Path("/"):
            answers |= {
                questions.RunCommand: commands.run,
                questions.ListProcesses: running.processes,
                questions.ListListeners: listeners,
                questions.ListInterfaces: running.interfaces,
                questions.HttpGet: endpoint.get,
                questions.HttpPost: endpoint.post,
            }
        self._answers = MappingProxyType(answers)

    def ask(self, question: Question[T]) -> Fact[T]:
        """The answer by the table; a question of another OS is `unsupported`."""
        answer = self._answers.get(type(question))
        if answer is None:
            return Unknown(Unread.UNSUPPORTED, type(question).__name__)
        return answer(question)


def listeners(question: ListListeners) -> Fact[tuple[Listener, ...]]:
    """Listening TCP sockets and UDP sockets that are connected to nobody, of all users, without
    the programs behind them; `garbled` where netstat fails."""
    del question
    found: set[Listener] = set()
    for argv in (TCP, UDP):
        completed = commands.run(RunCommand(argv))
        told = parsed(completed, lambda ran: None if ran.returncode else parse_netstat(ran.stdout))
        if isinstance(told, Unknown):
            return told
        found |= told.value
    by_port = sorted(found, key=lambda at: (at.protocol, at.port, at.address))
    return Known(tuple(by_port), "netstat")
