"""PackageKit, where the package manager itself gives no answer.

It asks the package manager in the background. The backends of dnf and zypper pass on what is a
security update. The one of apt looks at the first release that offers a version only, and the
one of pacman has nothing to pass on: from those, security updates that it names are there, and
the lack of them says nothing. Enumerations as in PackageKit's `pk-enum.h`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.security_updates.facts import Facts, Waiting
from probes.system import System
from probes.system.questions import (
    DBusCall,
    DBusGet,
    DBusSignal,
    DBusStep,
    DBusTransaction,
)

NAME = "org.freedesktop.PackageKit"
PATH = "/org/freedesktop/PackageKit"

BACKEND = DBusGet(NAME, PATH, NAME, "BackendName", activate=True)
UPDATES = DBusTransaction(
    name=NAME,
    path=PATH,
    interface=NAME,
    create="CreateTransaction",
    step_interface=f"{NAME}.Transaction",
    steps=(
        # The largest cache age: never fetch anything for this answer.
        DBusStep("SetHints", "as", (("cache-age=4294967295", "interactive=false"),)),
        DBusStep("GetUpdates", "t", (1 << 1,)),
    ),
    collect=("Package", "Packages", "ErrorCode", "Finished"),
    until="Finished",
    timeout=8.0,
    activate=True,
)
REFRESHED = DBusCall(NAME, PATH, NAME, "GetTimeSinceAction", "u", (13,), activate=True)
"""Seconds since PackageKit last refreshed its lists."""

CLASSIFYING_BACKENDS = frozenset({"dnf", "dnf5", "zypp"})
SHARING_BACKENDS = frozenset({"apt", "aptcc", "alpm"})
"""These use the package manager's own lists, whose age is read from those."""

_SECURITY, _BLOCKED, _SUCCESS, _NEVER = 8, 9, 1, 0xFFFFFFFF


def complete(system: System, facts: Facts, now: datetime) -> Facts:
    """`facts` with what PackageKit knows, where they do not say what waits."""
    if isinstance(facts.waiting, Known):
        return facts
    backend = system.ask(BACKEND)
    if isinstance(backend, Unknown):
        return facts
    waiting = parsed(
        system.ask(UPDATES),
        lambda signals: parse_updates(signals, backend.value in CLASSIFYING_BACKENDS),
    )
    if isinstance(waiting, Unknown):
        return facts
    scanned = facts.scanned
    if backend.value not in SHARING_BACKENDS:
        scanned = parsed(system.ask(REFRESHED), lambda answer: refreshed_at(answer, now))
    manager: Fact[str] = facts.manager
    if is_missing(manager):
        manager = Known("PackageKit", NAME)
    return replace(facts, manager=manager, waiting=waiting, scanned=scanned)


def parse_updates(signals: tuple[DBusSignal, ...], classifying: bool) -> Waiting | None:
    """The updates that a transaction told, some in a signal each and some in one; None unless it
    finished with success. `classifying` says whether the backend marks every security update."""
    if not signals or not _succeeded(signals):
        return None
    kinds: list[int] = []
    for signal in signals:
        if signal.member == "Package":
            packages: Any = [signal.arguments]
        elif signal.member == "Packages" and len(signal.arguments) == 1:
            packages = signal.arguments[0]
        else:
            continue
        read = _kinds(packages)
        if read is None:
            return None
        kinds += read
    security = kinds.count(_SECURITY)
    # A blocked update waits too, and no longer says what kind it is of.
    told = classifying and _BLOCKED not in kinds
    return Waiting(security if told or security or not kinds else None, len(kinds))


def refreshed_at(answer: tuple[Any, ...], now: datetime) -> datetime | None:
    """The time of the last refresh; None where PackageKit itself never made one."""
    if len(answer) != 1 or not isinstance(answer[0], int) or not 0 <= answer[0] < _NEVER:
        return None
    return now - timedelta(seconds=answer[0])


def _succeeded(signals: tuple[DBusSignal, ...]) -> bool:
    last = signals[-1]
    failed = any(signal.member == "ErrorCode" for signal in signals)
    return last.member == "Finished" and last.arguments[:1] == (_SUCCESS,) and not failed


def _kinds(packages: Any) -> list[int] | None:
    """The kind of each package; the upper half of the number may hold its severity."""
    if not isinstance(packages, list | tuple):
        return None
    kinds = [item[0] for item in packages if isinstance(item, list | tuple) and len(item) == 3]
    if len(kinds) != len(packages) or not all(isinstance(kind, int) for kind in kinds):
        return None
    return [kind & 0xFFFF for kind in kinds]
