"""Whether a systemd unit is started by itself."""

from probes.facts import Fact, parsed
from probes.system import System
from probes.system.questions import DBusCall

_STATES = {"enabled": True, "enabled-runtime": True, "disabled": False, "masked": False}


def unit_enabled(system: System, unit: str) -> Fact[bool]:
    """Whether `unit` is enabled (org.freedesktop.systemd1.Manager.GetUnitFileState); `garbled`
    for a state that says neither, such as `static`."""
    answer = system.ask(
        DBusCall(
            name="org.freedesktop.systemd1",
            path="/org/freedesktop/systemd1",
            interface="org.freedesktop.systemd1.Manager",
            member="GetUnitFileState",
            signature="s",
            arguments=(unit,),
        )
    )
    return parsed(answer, lambda given: _STATES.get(str(given[0])) if len(given) == 1 else None)
