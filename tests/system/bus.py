"""A private message bus (a real dbus-daemon) and a small service on it, for tests."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.requires import require

NAME, PATH, INTERFACE = "org.example.Shelf", "/org/example/Shelf", "org.example.Shelf"
JOB, JOB_INTERFACE = "/org/example/Shelf/job1", "org.example.Shelf.Job"
ON_DEMAND = "org.example.OnDemand"

_ERROR = "org.freedesktop.DBus.Error."

PROPERTIES: dict[str, tuple[str, Any]] = {
    "Flag": ("b", True),
    "Count": ("t", 2**64 - 1),
    "Name": ("s", "図書館"),
    "Bytes": ("ay", b"\xff\x00caf\xc3\xa9"),
    "Points": ("a(is)", [(1, "a"), (-2, "b")]),
    "Table": ("a{uv}", {7: ("as", ["x", "y"]), 8: ("v", ("d", 0.5))}),
    "Nothing": ("d", float("nan")),
}
REFUSALS = {
    "Gone": _ERROR + "UnknownProperty",
    "NoSuch": _ERROR + "InvalidArgs",
    "Locked": _ERROR + "AccessDenied",
    "Guarded": "org.example.slip.NotAuthorizedException.org.example.info",
    "Prompting": _ERROR + "InteractiveAuthorizationRequired",
    "Late": _ERROR + "NoReply",
    "Broken": _ERROR + "Failed",
    "Never": _ERROR + "NotSupported",
}

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={folder}/socket</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def private_bus(folder: Path) -> Iterator[str]:
    """The address of a bus of its own. `ON_DEMAND` is a service that the bus can start, which
    leaves the file `started` in `folder` and fails."""
    require(shutil.which("dbus-daemon"), "dbus-daemon")
    (folder / "services").mkdir()
    (folder / "services" / "demand.service").write_text(
        f"[D-BUS Service]\nName={ON_DEMAND}\nExec=/bin/sh -c '>{folder}/started; exit 1'\n"
    )
    (folder / "config").write_text(_CONFIG.format(folder=folder))
    with subprocess.Popen(
        ["dbus-daemon", f"--config-file={folder}/config", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
    ) as daemon:
        try:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().decode().strip()
        finally:
            daemon.terminate()


@contextmanager
def shelf(address: str) -> Iterator["Shelf"]:
    """The service, answering until the end."""
    service = Shelf(address)
    thread = threading.Thread(target=service.serve)
    thread.start()
    try:
        yield service
    finally:
        with open_dbus_connection(address) as other:
            leave = new_method_call(DBusAddress(PATH, NAME, INTERFACE), "Leave")
            other.send_and_get_reply(leave)
        thread.join()


class Shelf:
    """A service with properties, methods, refusals, and one job that tells in signals.

    `flags` are those of the calls it got, by member.
    """

    def __init__(self, address: str) -> None:
        self._bus: DBusConnection = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
        self.flags: dict[str, int] = {}

    def serve(self) -> None:
        """Answer until somebody calls Leave."""
        with self._bus:
            while True:
                call = self._bus.receive()
                if call.header.message_type is not MessageType.method_call:
                    continue
                member = call.header.fields[HeaderFields.member]
                self.flags[member] = int(call.header.flags)
                self._answer(call, member)
                if member == "Leave":
                    return

    def _answer(self, call: Any, member: str) -> None:
        match member:
            case "Get" if call.body[1] in PROPERTIES:
                self._reply(call, "v", PROPERTIES[call.body[1]])
            case "Get":
                self._bus.send(new_error(call, REFUSALS[call.body[1]], "s", ("because",)))
            case "Join":
                number, parts = call.body
                self._reply(call, "sas", f"{number} {'+'.join(parts)}", parts)
            case "Silent":
                pass
            case "CreateJob":
                self._reply(call, "o", JOB)
            case "Begin":
                self._tell("Item", "us", 1, "before the reply")
                self._reply(call)
                self._tell("Progress", "u", 50)
                self._tell("Item", "us", 9, "on another object", path="/org/example/Shelf/job2")
                self._tell("Item", "us", 2, "after the reply")
                self._tell("Finished", "u", 0)
                self._tell("Item", "us", 3, "too late")
            case _:
                self._reply(call)

    def _reply(self, call: Any, signature: str | None = None, *values: Any) -> None:
        self._bus.send(new_method_return(call, signature, values))

    def _tell(self, signal: str, signature: str, *values: Any, path: str = JOB) -> None:
        emitter = DBusAddress(path, NAME, JOB_INTERFACE)
        self._bus.send(new_signal(emitter, signal, signature, values))
