"""What runs, listens and is connected now, by psutil (https://psutil.readthedocs.io)."""

import os
import re
import sys

import psutil

from probes.facts import Fact
from probes.system import sockets
from probes.system.names import readable
from probes.system.questions import (
    Interface,
    Listener,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
)
from probes.system.sockets import asked

if sys.platform == "win32":
    raise ImportError("Windows has its own")

_LAST_FOLDER = re.compile(r".*[/\\]", re.DOTALL)
"""Both ways to write a path, since Wine runs programs under their Windows path."""


def processes(question: ListProcesses) -> Fact[tuple[Process, ...]]:
    """Every process that the OS lists to this user. Where /proc hides others' (hidepid in proc(5))
    that is this user's own."""
    del question
    return asked(_processes, "processes")


def listeners(question: ListListeners) -> Fact[tuple[Listener, ...]]:
    """Listening TCP sockets and UDP sockets that are connected to nobody, of all users. The program
    is known for this user's own."""
    del question
    return sockets.listeners(_name)


def interfaces(question: ListInterfaces) -> Fact[tuple[Interface, ...]]:
    """The network interfaces, by name; `up` as in "up and a cable or carrier is there"."""
    del question
    return sockets.interfaces()


def own_name(command: str) -> str | None:
    """The base name in a process's first argument; None where there is none.

    Some daemons write a status there ("sshd: somebody@pts/0"), of which only the name is taken.
    """
    name = _LAST_FOLDER.sub("", command.partition(": ")[0])
    return readable(name) or None


def _processes() -> tuple[Process, ...]:
    me = os.getuid()
    found = []
    for process in psutil.process_iter(["name", "exe", "cmdline", "uids"]):
        seen = process.info
        if not seen["name"]:
            continue
        command = seen["cmdline"] or [""]
        found.append(
            Process(
                name=readable(seen["name"]),
                executable=readable(seen["exe"]) if seen["exe"] else None,
                argv0=own_name(command[0]),
                own=seen["uids"] is not None and seen["uids"].real == me,
            )
        )
    return tuple(found)


def _name(pid: int) -> str | None:
    try:
        return readable(psutil.Process(pid).name())
    except psutil.Error:
        return None
