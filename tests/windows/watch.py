"""Run a program in a box and tell of the processes that it starts: `watch.py TASK COMMAND …`.

A job object reports every process that is made in it, so that none is missed, however short it
lives (JOB_OBJECT_MSG_NEW_PROCESS).

- `count`: run the command to its end; tell its exit code and how many processes there were, the
  command itself included.
- `kill`: end the command by force once it has told its first finding; tell the exit code of the
  process that it had started.
"""

import ctypes
import json
import os
import subprocess
import sys
from ctypes import wintypes
from typing import Any

NEW_PROCESS = 6
COMPLETION_PORT = 7
"""JobObjectAssociateCompletionPortInformation."""
SYNCHRONIZE, QUERY = 0x100000, 0x1000
PATIENCE = 30_000
"""Milliseconds after which a process that should end counts as one that does not."""

kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)


class AssociatedPort(ctypes.Structure):
    _fields_ = (("key", ctypes.c_void_p), ("port", wintypes.HANDLE))


def function(name: str, result: Any, *takes: Any) -> Any:
    found = getattr(kernel32, name)
    found.restype, found.argtypes = result, takes
    return found


def watched() -> wintypes.HANDLE:
    """Put this process into a job; the port to which the job reports.

    Wine's desktop is a process, started by the first program that looks at it: it is started here,
    where Windows has had one since the person signed in.
    """
    ctypes.WinDLL("user32").GetDesktopWindow()
    handle, number, pointer = wintypes.HANDLE, wintypes.DWORD, ctypes.c_void_p
    create_job = function("CreateJobObjectW", handle, pointer, pointer)
    create_port = function("CreateIoCompletionPort", handle, handle, handle, pointer, number)
    inform = function("SetInformationJobObject", wintypes.BOOL, handle, number, pointer, number)
    assign = function("AssignProcessToJobObject", wintypes.BOOL, handle, handle)
    itself = function("GetCurrentProcess", handle)
    job, port = create_job(None, None), create_port(handle(-1), None, None, 1)
    associated = AssociatedPort(None, port)
    told = inform(job, COMPLETION_PORT, ctypes.byref(associated), ctypes.sizeof(associated))
    assert told and assign(job, itself()), ctypes.get_last_error()
    return port


def started(port: wintypes.HANDLE) -> list[int]:
    """The ids of the processes that the job has reported as new, this one left out."""
    pointer, number = ctypes.c_void_p, wintypes.DWORD
    wait = function(
        *("GetQueuedCompletionStatus", wintypes.BOOL, wintypes.HANDLE),
        *(pointer, pointer, pointer, number),
    )
    message, key, process = number(), pointer(), pointer()
    told = []
    while wait(port, ctypes.byref(message), ctypes.byref(key), ctypes.byref(process), 0):
        if message.value == NEW_PROCESS:
            told.append(process.value or 0)
    return [one for one in told if one != os.getpid()]


def count(command: list[str]) -> dict[str, int]:
    port = watched()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return {"code": done.returncode, "processes": len(started(port))}


def kill(command: list[str]) -> dict[str, int]:
    port = watched()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as agent:
        assert agent.stdout is not None
        next(line for line in agent.stdout if line.startswith(b"["))
        (worker,) = (one for one in started(port) if one != agent.pid)
        opened = function(
            *("OpenProcess", wintypes.HANDLE, wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        )(SYNCHRONIZE | QUERY, False, worker)
        agent.kill()
    code = wintypes.DWORD()
    wait = function("WaitForSingleObject", wintypes.DWORD, wintypes.HANDLE, wintypes.DWORD)
    ended = function("GetExitCodeProcess", wintypes.BOOL, wintypes.HANDLE, ctypes.c_void_p)
    assert opened and wait(opened, PATIENCE) == 0 and ended(opened, ctypes.byref(code))
    return {"worker": code.value}


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    sys.stdout.write(json.dumps({"count": count, "kill": kill}[task](rest)))
