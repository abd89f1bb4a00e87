"""Cameras and microphones on Linux, from what the kernel lists. No device is opened: opening a
camera wakes it, and may light its lamp."""

import re

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed, text
from probes.media.facts import Camera, CameraKind, MicrophoneFacts, WebcamFacts
from probes.system import System
from probes.system.questions import ListFolder, ReadFile, ReadLink

CLASSES = "/sys/class"
VIDEO = "/sys/class/video4linux"
SOUND = "/proc/asound"
BLUETOOTH = "/sys/class/bluetooth"

WEBCAM_DRIVERS = frozenset({"uvcvideo", "pwc", "stkwebcam"})
"""Kernel drivers whose devices are webcams by what the driver is for; with `gspca_*`."""

CODEC_DRIVERS = frozenset({"bcm2835-codec", "rpivid", "rpi-hevc-dec", "hantro-vpu", "vicodec"})
"""Kernel drivers of video decoders and converters, which have video nodes and no lens."""

_NODE = re.compile(r"video\d{1,3}")
_PCM = re.compile(r"(\d\d)-\d\d: .*")
_STREAM = re.compile(r"(playback|capture) \d+")
_CARD = re.compile(r" ?(\d{1,2}) \[[^\]]*\]: (.+?) - .*")
_CONNECTION = re.compile(r"hci\d+:\d+")

SILENT_DRIVERS = frozenset({"Loopback", "Dummy"})
"""ALSA drivers (snd-aloop, snd-dummy) whose inputs hear no voice."""


def observe_webcam(system: System, context: Context) -> WebcamFacts:
    """List the video devices by what they hang on. Who may open one, and whether another program
    has, an ordinary user is not told."""
    del context
    untold = Unknown(Unread.UNSUPPORTED, VIDEO)
    return WebcamFacts(cameras=_cameras(system), allowed=untold, in_use=untold)


def observe_microphone(system: System, context: Context) -> MicrophoneFacts:
    """Count the sound devices with an input. A socket with nothing plugged in counts too: the
    kernel does not tell every user what is in it."""
    del context
    untold = Unknown(Unread.UNSUPPORTED, SOUND)
    return MicrophoneFacts(inputs=_inputs(system), allowed=untold, disabled=untold)


def kind_of(node: str, driver: str | None) -> CameraKind | None:
    """What the video node is, by its place in /sys/devices and its driver; None for no camera.

    Unclear are tuners and grabbers, and the raw sensors of laptops and small boards (Intel IPU6,
    Raspberry Pi), which only some programs can use.
    """
    if node.startswith("/sys/devices/virtual/"):
        return CameraKind.VIRTUAL
    if driver in CODEC_DRIVERS:
        return None
    if driver in WEBCAM_DRIVERS or (driver or "").startswith("gspca_"):
        return CameraKind.REAL
    return CameraKind.UNCLEAR


def parse_capture_cards(raw: bytes) -> frozenset[int] | None:
    """The numbers of the sound cards with an input, from /proc/asound/pcm: each line ends in
    " : playback <n>" and " : capture <n>" as far as it has them (the kernel's sound/core/pcm.c).
    None where it is no such list."""
    content = text(raw)
    if content is None:
        return None
    cards = set()
    for line in content.splitlines():
        card = _PCM.fullmatch(line)
        fields = [field.strip() for field in line.split(" : ")]
        streams = [field for field in fields[2:] if _STREAM.fullmatch(field)]
        if card is None or not streams:
            return None
        if any(stream.startswith("capture") for stream in streams):
            cards.add(int(card[1]))
    return frozenset(cards)


def parse_silent_cards(raw: bytes) -> frozenset[int] | None:
    """The numbers of the sound cards that are no hardware, from /proc/asound/cards: every card
    begins with a line "<n> [<id>]: <driver> - <name>", and its driver names it. None for bytes that
    are no text."""
    content = text(raw)
    if content is None:
        return None
    matches = (_CARD.fullmatch(line) for line in content.splitlines())
    return frozenset(
        int(card[1]) for card in matches if card is not None and card[2] in SILENT_DRIVERS
    )


def _cameras(system: System) -> Fact[tuple[Camera, ...]]:
    names = system.ask(ListFolder(VIDEO))
    if is_missing(names):
        return _without_class(system)
    if isinstance(names, Unknown):
        return names
    devices: dict[str, Camera] = {}
    for name in names.value:
        if not _NODE.fullmatch(name):
            continue
        node = system.ask(ReadLink(f"{VIDEO}/{name}"))
        if isinstance(node, Unknown):
            return node
        driver = parsed(
            system.ask(ReadLink(f"{VIDEO}/{name}/device/driver")),
            lambda path: path.rpartition("/")[2],
        )
        kind = kind_of(node.value, driver.value if isinstance(driver, Known) else None)
        if kind is not None:
            devices[_device(node.value)] = Camera(kind, _name(system, name))
    return Known(tuple(devices.values()), names.source)


def _name(system: System, node: str) -> str:
    name = parsed(system.ask(ReadFile(f"{VIDEO}/{node}/name")), text)
    return "".join(filter(str.isprintable, name.value)).strip() if isinstance(name, Known) else ""


def _device(node: str) -> str:
    """What a node belongs to: a camera has several nodes under one parent, every program that
    pretends to be one has its own."""
    if node.startswith("/sys/devices/virtual/"):
        return node
    return node.partition("/video4linux/")[0]


def _without_class(system: System) -> Fact[tuple[Camera, ...]]:
    """The kernel makes the folder when the first video driver is loaded. Without it, where its
    neighbours can be read, there is no camera that any program could use."""
    classes = system.ask(ListFolder(CLASSES))
    if isinstance(classes, Unknown):
        return classes
    if "net" not in classes.value or "video4linux" in classes.value:
        return Unknown(Unread.GARBLED, classes.source)
    return Known((), classes.source)


def _inputs(system: System) -> Fact[int]:
    cards = _capture_cards(system)
    if isinstance(cards, Unknown):
        return cards
    silent = parsed(system.ask(ReadFile(f"{SOUND}/cards")), parse_silent_cards)
    heard = cards.value - silent.value if isinstance(silent, Known) else cards.value
    if cards.value and isinstance(silent, Unknown):
        return silent
    if not heard and _bluetooth_connected(system):
        return Unknown(Unread.UNSUPPORTED, BLUETOOTH)
    return Known(len(heard), cards.source)


def _capture_cards(system: System) -> Fact[frozenset[int]]:
    devices = system.ask(ReadFile(f"{SOUND}/pcm"))
    if not is_missing(devices):
        return parsed(devices, parse_capture_cards)
    folder = system.ask(ListFolder(SOUND))
    if isinstance(folder, Known) and "cards" in folder.value:
        return Known(frozenset(), folder.source)
    kernel = system.ask(ReadFile("/proc/version"))
    if is_missing(folder) and isinstance(kernel, Known):
        return Known(frozenset(), SOUND)
    return Unknown(Unread.MISSING, SOUND)


def _bluetooth_connected(system: System) -> bool:
    """Whether anything is connected over Bluetooth. It may be a headset, whose microphone belongs
    to the sound server and is no sound card."""
    names = system.ask(ListFolder(BLUETOOTH))
    return isinstance(names, Known) and any(_CONNECTION.fullmatch(name) for name in names.value)
