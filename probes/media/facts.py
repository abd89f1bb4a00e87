"""What is observed about cameras and microphones."""

from dataclasses import dataclass
from enum import Enum, auto

from probes.facts import Fact


class CameraKind(Enum):
    """What a video device is."""

    REAL = auto()
    VIRTUAL = auto()
    """A program that pretends to be a camera."""
    UNCLEAR = auto()
    """Hardware of which it cannot be told whether a meeting app can use it as a camera."""
    DISABLED = auto()
    """A real one, switched off in the OS's list of devices."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One device. `name` is what the OS calls it, empty where it does not say."""

    kind: CameraKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class WebcamFacts:
    """`cameras` has one entry for each device, however many nodes it has; what is no camera is
    left out. `allowed` and `in_use` stay unknown where the OS does not say without opening the
    camera."""

    cameras: Fact[tuple[Camera, ...]]
    allowed: Fact[bool]
    in_use: Fact[bool]


@dataclass(frozen=True, slots=True)
class MicrophoneFacts:
    """`inputs` is the number of real sound inputs; `allowed` whether programs may use them;
    `disabled` the number of those that are there and switched off in the OS's settings."""

    inputs: Fact[int]
    allowed: Fact[bool]
    disabled: Fact[int]
