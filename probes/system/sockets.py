"""Sockets that wait for others and network interfaces, by psutil (https://psutil.readthedocs.io)."""

import ipaddress
import socket
from collections.abc import Callable
from typing import TypeVar

import psutil

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.failures import why
from probes.system.questions import Interface, Listener

T = TypeVar("T")


def listeners(name_of: Callable[[int], str | None]) -> Fact[tuple[Listener, ...]]:
    """Listening TCP sockets and UDP sockets that are connected to nobody, of all users. `name_of`
    gives the name of a process by its number, None where it is not known."""
    return asked(lambda: _listeners(name_of), "sockets")


def interfaces() -> Fact[tuple[Interface, ...]]:
    """The network interfaces, by name; `up` as in "up and a cable or carrier is there"."""
    return asked(_interfaces, "network interfaces")


def asked(ask: Callable[[], tuple[T, ...]], source: str) -> Fact[tuple[T, ...]]:
    """What `ask` gives, or why psutil could not."""
    try:
        return Known(ask(), source)
    except psutil.AccessDenied:
        return Unknown(Unread.DENIED, source)
    except OSError as error:
        return Unknown(why(error), source)
    except (psutil.Error, RuntimeError, ValueError, LookupError):
        return Unknown(Unread.GARBLED, source)


def _listeners(name_of: Callable[[int], str | None]) -> tuple[Listener, ...]:
    names: dict[int, str | None] = {}
    found = set()
    for held in psutil.net_connections("inet"):
        listens = held.status == psutil.CONN_LISTEN
        unconnected = held.type == socket.SOCK_DGRAM and not held.raddr
        if not held.laddr or not (listens or unconnected):
            continue
        if held.pid is not None and held.pid not in names:
            names[held.pid] = name_of(held.pid)
        found.add(
            Listener(
                protocol="udp" if held.type == socket.SOCK_DGRAM else "tcp",
                address=held.laddr.ip,
                port=held.laddr.port,
                program=names.get(held.pid) if held.pid is not None else None,
            )
        )
    return tuple(sorted(found, key=lambda at: (at.protocol, at.port, at.address, at.program or "")))


def _interfaces() -> tuple[Interface, ...]:
    addresses = psutil.net_if_addrs()
    found = []
    for name, state in sorted(psutil.net_if_stats().items()):
        internet = tuple(
            address.address.partition("%")[0]
            for address in addresses.get(name, [])
            if address.family in (socket.AF_INET, socket.AF_INET6)
        )
        # Windows does not flag it.
        to_itself = bool(internet) and all(map(_is_loopback, internet))
        loopback = "loopback" in state.flags.split(",") or to_itself
        found.append(Interface(name, state.isup, loopback, internet))
    return tuple(found)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
