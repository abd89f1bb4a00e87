"""Cameras and microphones on macOS, by its own system report. No device is opened: that would ask
the person for permission.

Which programs have that permission only macOS itself knows (TCC), and so does it alone know who
uses the camera. The page's own preview shows both.
"""

from precheck.contract.reasons import Unread
from probes.camera_models import PROGRAMS, apples_id, is_hardware
from probes.check import Context
from probes.facts import Fact, Known, Unknown, parsed
from probes.media.facts import Camera, CameraKind, MicrophoneFacts, WebcamFacts
from probes.plists import dictionary, text
from probes.system import System
from probes.system.questions import ReadFile
from probes.system_report import Item, items_on, listed, word

CAMERAS = "SPCameraDataType"
SOUND = "SPAudioDataType"
EXTENSIONS = ReadFile("/Library/SystemExtensions/db.plist", limit=8 << 20)
CAMERA_EXTENSION = "com.apple.system_extension.cmio"
ACTIVE = "activated_enabled"

PERMISSIONS = "TCC"

_TRANSPORT = "coreaudio_device_type_"
_WITH_A_MICROPHONE = frozenset(
    {
        *("builtin", "usb", "bluetooth", "bluetooth_le", "bluetoothle", "thunderbolt"),
        *("firewire", "pci", "continuitycapture"),
    }
)
_WITHOUT_ONE = frozenset({"virtual", "aggregate", "autoaggregate"})
"""What a program makes, and what only puts others together."""


def observe_webcam(system: System, context: Context) -> WebcamFacts:
    """List the cameras by what the system report says of them."""
    del context
    untold = Unknown(Unread.UNSUPPORTED, PERMISSIONS)
    found = items_on(system, CAMERAS)
    cameras = parsed(found, lambda items: tuple(map(camera_of, items)))
    if isinstance(cameras, Known) and _any_unclear(cameras.value):
        made = parsed(system.ask(EXTENSIONS), makes_cameras)
        if isinstance(made, Known) and made.value:
            cameras = Known(tuple(map(_as_made, cameras.value)), cameras.source)
    return WebcamFacts(cameras=cameras, allowed=untold, in_use=untold)


def observe_microphone(system: System, context: Context) -> MicrophoneFacts:
    """Count the sound devices with an input that a voice reaches."""
    del context
    untold = Unknown(Unread.UNSUPPORTED, PERMISSIONS)
    return MicrophoneFacts(inputs=_inputs(system), allowed=untold, disabled=untold)


def camera_of(item: Item) -> Camera:
    """What an item of the report on cameras is; unclear where neither its model nor its id shows
    hardware. Its name is translated, and may be after the owner of an iPhone, so it is left out."""
    model, unique = word(item, "spcamera_model-id"), word(item, "spcamera_unique-id")
    if model in PROGRAMS:
        return Camera(CameraKind.VIRTUAL, PROGRAMS[model])
    real = is_hardware(model) or apples_id(unique) is not None
    return Camera(CameraKind.REAL if real else CameraKind.UNCLEAR)


def makes_cameras(raw: bytes) -> bool | None:
    """Whether an active system extension makes cameras, by the list of extensions; None where it
    is no such list."""
    found = dictionary(raw)
    extensions = None if found is None else found.get("extensions")
    if not isinstance(extensions, list) or not all(isinstance(one, dict) for one in extensions):
        return None
    return any(
        text(one, "state") == ACTIVE and CAMERA_EXTENSION in _categories(one) for one in extensions
    )


def voices(items: tuple[Item, ...]) -> tuple[int, int] | None:
    """How many inputs of the report on sound surely are microphones' own devices, and of how many
    that cannot be told; None where the report has no sound device at all, as no Mac is without."""
    devices = [device for item in items for device in listed(item, "_items")]
    inputs = [_transport(device) for device in devices if device.get("coreaudio_device_input")]
    sure = sum(transport in _WITH_A_MICROPHONE for transport in inputs)
    none = sum(transport in _WITHOUT_ONE for transport in inputs)
    return (sure, len(inputs) - sure - none) if devices else None


def _inputs(system: System) -> Fact[int]:
    found = parsed(items_on(system, SOUND), voices)
    if isinstance(found, Unknown):
        return found
    sure, unclear = found.value
    if not sure and unclear:
        return Unknown(Unread.UNSUPPORTED, found.source)
    return Known(sure, found.source)


def _any_unclear(cameras: tuple[Camera, ...]) -> bool:
    return any(camera.kind is CameraKind.UNCLEAR for camera in cameras)


def _as_made(camera: Camera) -> Camera:
    return Camera(CameraKind.VIRTUAL) if camera.kind is CameraKind.UNCLEAR else camera


def _categories(extension: Item) -> list[object]:
    found = extension.get("categories")
    return found if isinstance(found, list) else []


def _transport(device: Item) -> str:
    """What the device hangs on; empty where that, or the number of its channels, is not told."""
    if not isinstance(device["coreaudio_device_input"], int):
        return ""
    return word(device, "coreaudio_device_transport").removeprefix(_TRANSPORT)
