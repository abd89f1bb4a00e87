"""The one door to the machine.

Everything a probe learns, it asks here with a `Question` and gets back a `Fact`: a value with its
source, or a typed unknown. Nothing raises for what a normal machine can do.
"""

from typing import Protocol, TypeVar

from precheck.contract.verdict import OsFamily
from probes.facts import Fact
from probes.system.questions import Question

T = TypeVar("T")


class System(Protocol):
    """A machine, live or recorded."""

    @property
    def family(self) -> OsFamily:
        """The kind of system, which decides which observer is used."""
        ...

    def ask(self, question: Question[T]) -> Fact[T]:
        """The answer to `question`, the same one however often it is asked within a run."""
        ...
