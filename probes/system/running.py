"""What runs, listens and is connected now, by psutil (https://psutil.readthedocs.io)."""

import os
import re
import socket
from collections.abc import Callable
from typing import TypeVar

import psutil

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.failures import why
from probes.system.names import readable
from probes.system.questions import (
    Interface,
    Listener,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
)

T = TypeVar("T")

_LAST_FOLDER = re.compile(r".*[/\\]", re.DOTALL)
"""Both ways to write a path, since Wine runs programs under their Windows path."""


def processes(question: ListProcesses) -> Fact[tuple[Process, ...]]:
    """Every process that the OS lists to this user. Where /proc hides others' (hidepid in proc(5))
    that is this user's own."""
    del question
    return _asked(_processes, "processes")


def listeners(question: ListListeners) -> Fact[tuple[Listener, ...]]:
    """Listening TCP sockets and UDP sockets that are connected to nobody, of all users. The program
    is known for this user's own."""
    del question
    return _asked(_listeners, "sockets")


def interfaces(question: ListInterfaces) -> Fact[tuple[Interface, ...]]:
    """The network interfaces, by name; `up` as in "up and a cable or carrier is there"."""
    del question
    return _asked(_interfaces, "network interfaces")


def own_name(command: str) -> str | None:
    """The base name in a process's first argument; None where there is none.

    Some daemons write a status there ("sshd: somebody@pts/0"), of which only the name is taken.
    """
    name = _LAST_FOLDER.sub("", command.partition(": ")[0])
    return readable(name) or None


def _asked(ask: Callable[[], tuple[T, ...]], source: str) -> Fact[tuple[T, ...]]:
    try:
        return Known(ask(), source)
    except psutil.AccessDenied:
        return Unknown(Unread.DENIED, source)
    except OSError as error:
        return Unknown(why(error), source)
    except (psutil.Error, RuntimeError, ValueError):
        return Unknown(Unread.GARBLED, source)


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


def _listeners() -> tuple[Listener, ...]:
    names: dict[int, str | None] = {}
    found = set()
    for held in psutil.net_connections("inet"):
        listens = held.status == psutil.CONN_LISTEN
        unconnected = held.type == socket.SOCK_DGRAM and not held.raddr
        if not held.laddr or not (listens or unconnected):
            continue
        if held.pid is not None and held.pid not in names:
            names[held.pid] = _name(held.pid)
        found.add(
            Listener(
                protocol="udp" if held.type == socket.SOCK_DGRAM else "tcp",
                address=held.laddr.ip,
                port=held.laddr.port,
                program=names.get(held.pid) if held.pid is not None else None,
            )
        )
    return tuple(sorted(found, key=lambda at: (at.protocol, at.port, at.address, at.program or "")))


def _name(pid: int) -> str | None:
    try:
        return readable(psutil.Process(pid).name())
    except psutil.Error:
        return None


def _interfaces() -> tuple[Interface, ...]:
    addresses = psutil.net_if_addrs()
    found = []
    for name, state in sorted(psutil.net_if_stats().items()):
        held = addresses.get(name, [])
        internet = (socket.AF_INET, socket.AF_INET6)
        found.append(
            Interface(
                name=name,
                up=state.isup,
                loopback="loopback" in state.flags.split(","),
                addresses=tuple(
                    address.address.partition("%")[0]
                    for address in held
                    if address.family in internet
                ),
            )
        )
    return tuple(found)
