"""The sound inputs of Windows: what can hear a voice, told without a translated name.

Source: the audio service's own list of endpoints, `MMDevices` in the registry, which any user may
read: their state (DEVICE_STATE_), form (PKEY_AudioEndpoint_FormFactor) and bus
(PKEY_Device_EnumeratorName). Beside it the device interfaces of class AUDIO_CAPTURE: every endpoint
hangs on the same software bus there, so that they cannot tell a microphone from a virtual cable;
but where they show one at work, "none" would be wrong.
"""

from dataclasses import dataclass

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system import System
from probes.system.windows_questions import ListDevices, ListRegistry, ReadRegistry
from probes.windows_registry import number, text

CAPTURE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\MMDevices\Audio\Capture"
ENDPOINT_DEVICES = ListDevices("{2eef81be-33fa-4800-9670-1cd474972c3f}")

FORM = "{1da5d803-d492-4edd-8c23-e0c0ffee7f0e},0"
BUS = "{a45c254e-df1c-4efd-8020-67d146a850e0},24"

ACTIVE, DISABLED, ABSENT, UNPLUGGED = 1, 2, 4, 8
STATE_MASK = 0xF
"""DEVICE_STATE_; a bit beyond the mask only hides an endpoint from lists."""

VOICE = frozenset({4, 5, 6})
"""EndpointFormFactor: microphone, headset, handset. Line level is a socket or a virtual cable;
"Stereo Mix" has an unknown form, for which Windows creates the endpoint disabled and hidden."""

SOFTWARE = frozenset({"ROOT", "SW", "SWD"})
"""Enumerators of what a program, or a driver without hardware, makes: virtual cables, cameras."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A sound input that is there: its state without what hides it, and whether it is a microphone
    of hardware."""

    state: int
    voice: bool


def sound_inputs(system: System) -> tuple[Fact[int], Fact[int]]:
    """How many microphones are ready, and how many are there and switched off.

    Where inputs are ready of which none is surely a microphone (a line socket, a virtual cable,
    a phone that a program makes into a microphone), both are unknown.
    """
    names = system.ask(ListRegistry("HKLM", CAPTURE))
    if isinstance(names, Unknown):
        return names, names
    endpoints: list[Endpoint] = []
    for name in names.value:
        endpoint = _endpoint(system, name)
        if isinstance(endpoint, Unknown):
            return endpoint, endpoint
        endpoints.append(endpoint.value)
    ready = sum(item.voice for item in endpoints if item.state == ACTIVE)
    unclear = any(item.state not in _KNOWN_STATES for item in endpoints)
    if not ready and (unclear or any(item.state == ACTIVE for item in endpoints)):
        untold = Unknown(Unread.UNSUPPORTED, names.source)
        return untold, untold
    if not ready and _one_works(system):
        contradicted = Unknown(Unread.GARBLED, names.source)
        return contradicted, contradicted
    disabled = sum(item.voice for item in endpoints if item.state == DISABLED)
    return Known(ready, names.source), Known(disabled, names.source)


_KNOWN_STATES = frozenset({ACTIVE, DISABLED, ABSENT, UNPLUGGED})


def _endpoint(system: System, name: str) -> Fact[Endpoint]:
    values = system.ask(ReadRegistry("HKLM", rf"{CAPTURE}\{name}"))
    if isinstance(values, Unknown):
        return values
    state = (number(values.value, "DeviceState") or 0) & STATE_MASK
    if state not in (ACTIVE, DISABLED):
        return Known(Endpoint(state, voice=False), values.source)
    properties = system.ask(ReadRegistry("HKLM", rf"{CAPTURE}\{name}\Properties"))
    if isinstance(properties, Unknown):
        return Known(Endpoint(state, voice=False), values.source)
    bus = (text(properties.value, BUS) or "").upper()
    form = number(properties.value, FORM)
    return Known(
        Endpoint(state, form in VOICE and bool(bus) and bus not in SOFTWARE), values.source
    )


def _one_works(system: System) -> bool:
    devices = system.ask(ENDPOINT_DEVICES)
    return isinstance(devices, Known) and any(device.problem == 0 for device in devices.value)
