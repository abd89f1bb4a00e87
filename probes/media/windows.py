"""Cameras and microphones on Windows, from what Windows lists and what its privacy settings say.
No device is opened: opening a camera lights its lamp.

Cameras are those of KSCATEGORY_VIDEO_CAMERA. A camera with a driver from before Windows 10 is only
in KSCATEGORY_VIDEO, beside tuners and grabbers; so is, in some machines, the infrared camera that
knows faces, which is in KSCATEGORY_SENSOR_CAMERA and is no webcam (Microsoft's UVC camera
implementation guide). Cameras that live in one DirectShow filter alone, as older versions of OBS
make them, are in no list.
"""

from collections import Counter

from precheck.contract.catalogues.software import Kind
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing
from probes.media.facts import Camera, CameraKind, MicrophoneFacts, WebcamFacts
from probes.media.windows_sound import SOFTWARE, sound_inputs
from probes.system import System
from probes.system.questions import ListProcesses, Process
from probes.system.windows_questions import Device, ListDevices, ListRegistry, ReadRegistry
from probes.windows_consent import DESKTOP_PROGRAMS, STORE, consent
from probes.windows_registry import Values, number

VIDEO_CAMERAS = ListDevices("{e5323777-f976-4f5b-9b55-b94699c46e44}")
SENSOR_CAMERAS = ListDevices("{24e552d7-6523-47f7-a647-d3465bf1f5ca}")
VIDEO_DEVICES = ListDevices("{6994ad05-93ef-11d0-a3cc-00a0c9223196}")

BUSES = frozenset({"USB", "PCI", "ACPI"})
"""Enumerators of buses that hardware hangs on."""

WORKS, DISABLED = 0, 22
"""CM_PROB_."""

WEBCAM_USE = rf"{STORE}\webcam"


def observe_webcam(system: System, context: Context) -> WebcamFacts:
    """List the cameras, and see whether programs may use them and whether one does."""
    return WebcamFacts(
        cameras=_cameras(system),
        allowed=consent(system, "webcam", "LetAppsAccessCamera"),
        in_use=_in_use(system, context),
    )


def observe_microphone(system: System, context: Context) -> MicrophoneFacts:
    """List the sound inputs, and see whether programs may use them."""
    del context
    inputs, disabled = sound_inputs(system)
    return MicrophoneFacts(
        inputs=inputs,
        allowed=consent(system, "microphone", "LetAppsAccessMicrophone"),
        disabled=disabled,
    )


def camera_of(device: Device) -> Camera | None:
    """What a device among the cameras is; None for a program's camera that is switched off.

    Unclear is one that does not work as it should, and one on a bus of its maker's own, as tablets
    have. Windows names what a program makes as the program says, which may be after the owner of a
    phone that lends its camera; only a driver's name is fixed.
    """
    bus = device.enumerator.upper()
    if bus in SOFTWARE:
        name = device.name if bus == "ROOT" else ""
        return Camera(CameraKind.VIRTUAL, name) if device.problem == WORKS else None
    if device.problem == DISABLED:
        return Camera(CameraKind.DISABLED, device.name)
    works = device.problem == WORKS and bus in BUSES
    return Camera(CameraKind.REAL if works else CameraKind.UNCLEAR, device.name)


def _cameras(system: System) -> Fact[tuple[Camera, ...]]:
    listed = system.ask(VIDEO_CAMERAS)
    if isinstance(listed, Unknown):
        return listed
    cameras = tuple(filter(None, map(camera_of, listed.value)))
    if any(camera.kind is CameraKind.REAL for camera in cameras):
        return Known(cameras, listed.source)
    others = system.ask(VIDEO_DEVICES)
    if isinstance(others, Unknown):
        return others
    sensors = system.ask(SENSOR_CAMERAS)
    known = Counter(listed.value) + Counter(sensors.value if isinstance(sensors, Known) else ())
    unlisted = map(_unlisted_camera, (Counter(others.value) - known).elements())
    return Known((*cameras, *filter(None, unlisted)), listed.source)


def _unlisted_camera(device: Device) -> Camera | None:
    """What a video device is that no list of cameras has: hardware may be a tuner."""
    software = device.enumerator.upper() in SOFTWARE
    return camera_of(device) if software else Camera(CameraKind.UNCLEAR, device.name)


def _in_use(system: System, context: Context) -> Fact[bool]:
    """Whether a running program of this user has the camera. What the session itself needs is
    left out: the app of the office, and browsers, one of which may show this very check."""
    apps = system.ask(ListRegistry("HKCU", WEBCAM_USE))
    programs = system.ask(ListRegistry("HKCU", rf"{WEBCAM_USE}\{DESKTOP_PROGRAMS}"))
    if isinstance(apps, Unknown):
        return apps
    if isinstance(programs, Unknown) and not is_missing(programs):
        return programs
    desktop = programs.value if isinstance(programs, Known) else ()
    keys = [
        *(name for name in apps.value if name != DESKTOP_PROGRAMS),
        *(rf"{DESKTOP_PROGRAMS}\{name}" for name in desktop),
    ]
    opened = {key.rpartition("\\")[2].lower() for key in keys if _has_opened(system, key)}
    others = {user for user in opened if program_of(user) not in _of_the_session(context)}
    if not others:
        return Known(False, apps.source)
    processes = system.ask(ListProcesses())
    if isinstance(processes, Unknown):
        return processes
    return Known(not others.isdisjoint(users_of_camera(processes.value)), apps.source)


def is_open(values: Values) -> bool:
    """Whether a user of the camera has begun and not ended. After a crash it stays so."""
    started, stopped = number(values, "LastUsedTimeStart"), number(values, "LastUsedTimeStop")
    return bool(started) and stopped == 0


def users_of_camera(processes: tuple[Process, ...]) -> frozenset[str]:
    """How Windows would note these processes as users of the camera, in lower case: a desktop
    program by its path with # for \\, an app of the Store by its package's family name, which its
    folder tells: <name>_<version>_<architecture>_<resource>_<publisher>."""
    users = set()
    for process in processes:
        path = (process.executable or "").lower()
        users.add(path.replace("\\", "#"))
        _, _, below = path.partition("\\windowsapps\\")
        package = below.partition("\\")[0].split("_")
        if len(package) == 5:
            users.add(f"{package[0]}_{package[4]}")
    return frozenset(users - {""})


def program_of(user: str) -> str:
    """The program file, or the package's name, of one that Windows noted."""
    return user.rpartition("#")[2] if "#" in user else user.partition("_")[0]


def _has_opened(system: System, key: str) -> bool:
    values = system.ask(ReadRegistry("HKCU", rf"{WEBCAM_USE}\{key}"))
    return isinstance(values, Known) and is_open(values.value)


def _of_the_session(context: Context) -> frozenset[str]:
    products = context.catalogues.software.of(Kind.MEETING_APP, Kind.BROWSER)
    return frozenset(
        name.lower()
        for product in products
        for name in (*product.windows.exe, *product.windows.msix)
    )
