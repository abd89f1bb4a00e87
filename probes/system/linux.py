"""A Linux machine: which question is answered by which part of the door."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Unknown
from probes.system import commands, dbus, endpoint, questions, running
from probes.system.files import FileTree
from probes.system.questions import Question

T = TypeVar("T")


class LinuxSystem:
    """The running system; or, with another `root`, the files of one, about which only questions
    for files are answered and everything else is `unsupported`.

    `home` is the folder that "~" stands for, as a path below `root`.
    """

    family = OsFamily.LINUX

    def __init__(self, root: Path = Path("/"), home: Path | None = None) -> None:
        files = FileTree(root, home)
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
                questions.ListListeners: running.listeners,
                questions.ListInterfaces: running.interfaces,
                questions.DBusGet: dbus.get,
                questions.DBusCall: dbus.call,
                questions.DBusTransaction: dbus.transaction,
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
