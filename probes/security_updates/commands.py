"""What a package manager's command printed, where it ended as expected."""

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system import System
from probes.system.questions import RunCommand


def output(system: System, command: RunCommand, endings: tuple[int, ...] = (0,)) -> Fact[bytes]:
    """The standard output of `command`; `garbled` where it ended with another code than
    `endings`, since half an answer may then stand there."""
    ended = system.ask(command)
    if isinstance(ended, Unknown):
        return ended
    if ended.value.returncode not in endings:
        return Unknown(Unread.GARBLED, ended.source)
    return Known(ended.value.stdout, ended.source)
