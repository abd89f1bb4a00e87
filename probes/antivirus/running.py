"""Which programs run, by their whole names."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.questions import Process


def all_of(processes: Fact[tuple[Process, ...]]) -> Fact[tuple[Process, ...]]:
    """`processes` where it is the whole list. A list of one's own processes alone (proc(5):
    `hidepid`) shows nothing of the services, so what is not on it may well run."""
    if isinstance(processes, Known) and all(item.own for item in processes.value):
        return Unknown(Unread.DENIED, processes.source)
    return processes


def seen(processes: Fact[tuple[Process, ...]], names: Iterable[str]) -> bool:
    """Whether a process with one of the names is on the list."""
    wanted = {name.casefold() for name in names}
    return isinstance(processes, Known) and any(
        name.casefold() in wanted for item in processes.value for name in _names_of(item)
    )


def _names_of(process: Process) -> Iterable[str]:
    yield process.name
    if process.executable is not None:
        yield PurePosixPath(process.executable).name
    if process.argv0 is not None:
        yield process.argv0
