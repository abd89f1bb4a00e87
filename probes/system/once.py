"""Asking the OS the same question once within a run, also from several threads."""

import threading
from typing import Any, TypeVar

from precheck.contract.verdict import OsFamily
from probes.facts import Fact
from probes.system import System
from probes.system.questions import Question

T = TypeVar("T")


class AskedOnce:
    """A system in front of another that remembers every answer for the length of a run.

    Whoever asks what is being asked already waits for that answer; different questions do not
    wait for each other.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._guard = threading.Lock()
        self._asking: dict[Question[Any], threading.Lock] = {}
        self._answers: dict[Question[Any], Fact[Any]] = {}

    @property
    def family(self) -> OsFamily:
        return self._system.family

    def ask(self, question: Question[T]) -> Fact[T]:
        with self._guard:
            asking = self._asking.setdefault(question, threading.Lock())
        with asking:
            if question not in self._answers:
                self._answers[question] = self._system.ask(question)
            return self._answers[question]
