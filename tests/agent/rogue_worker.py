"""A worker whose checks misbehave, for the tests of what the agent makes of it.

`python rogue_worker.py CHECK=BEHAVIOUR …`: the named checks do what is said, the others pass.
"""

import ctypes
import os
import signal
import sys
import threading

from precheck.agent.worker import serve
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding
from precheck.contract.reasons import OWN_REASONS
from precheck.contract.verdict import OsFamily, Verdict
from probes.check import Check, Context
from probes.system import System


def _good(check: CheckId) -> Finding:
    reason = next(item for item in OWN_REASONS[check] if Verdict.PASS in item.verdicts)
    return finding(reason, check, verdict=Verdict.PASS)


def _hang() -> None:
    threading.Event().wait()


def _hold_the_interpreter() -> None:
    if sys.platform == "win32":
        ctypes.PyDLL("kernel32").Sleep(0xFFFFFFFF)
    else:
        ctypes.PyDLL(None).pause()


def _die() -> None:
    if sys.platform == "win32":
        # A thread of no code. In a call of its own, ctypes would catch the violation.
        ctypes.WinDLL("kernel32").CreateThread(None, 0, None, None, 0, None)
        threading.Event().wait()
    else:
        os.kill(os.getpid(), signal.SIGSEGV)


def _flood() -> None:
    for _ in range(200):
        os.write(1, b"{}\n" * 20_000)
    print("and by name", flush=True)  # noqa: T201


def _raise() -> None:
    raise RuntimeError("a check that raises")


def _exit() -> None:
    os._exit(0)


BEHAVIOURS = {
    "hang": _hang,
    "hold": _hold_the_interpreter,
    "die": _die,
    "flood": _flood,
    "raise": _raise,
    "exit": _exit,
}


def main() -> None:
    behaviours = dict(argument.split("=") for argument in sys.argv[1:])

    def load(check: CheckId) -> Check[Finding]:
        behaviour = behaviours.get(check.value)
        if behaviour == "unloadable":
            raise ImportError("a subject that cannot be imported")

        def observe(system: System, context: Context) -> Finding:
            if behaviour is not None:
                BEHAVIOURS[behaviour]()
            return _good(check)

        def judge(facts: Finding, context: Context) -> Finding:
            return facts

        return Check(id=check, observe=dict.fromkeys(OsFamily, observe), judge=judge, deadline=1.0)

    serve(load)


if __name__ == "__main__":
    main()
