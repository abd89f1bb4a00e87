"""What the system report of macOS calls cameras: how hardware is told from what programs make."""

import re

APPLES_IDS = ("6C707041-05AC-", "47B4B64B-7067-4B9C-")
"""How the ids of cameras begin that Apple builds into its own computers and displays."""

PROGRAMS = {
    "OBS Camera Extension": "OBS Virtual Camera",
    "OBS Virtual Camera": "OBS Virtual Camera",
}
"""Models of what programs pretend, with what the person knows them by."""

_HARDWARE = re.compile(
    r"UVC Camera VendorID_\d+ ProductID_\d+"
    r"|i(?:Phone|Pad|Pod)\d+,\d+"
    r"|(?:FaceTime HD|iMac|MacBook(?: Air| Pro)?|Studio Display(?: XDR)?) Camera(?: \(Built-in\))?"
)


def is_hardware(model: str) -> bool:
    """Whether this is the model of a camera with a lens: on USB, of an iPhone nearby (Continuity
    Camera), or built in. The last ones are translated in places; then their id tells."""
    return _HARDWARE.fullmatch(model) is not None


def apples_id(unique: str) -> str | None:
    """How `unique` begins, where it is the id of a camera that Apple built in."""
    return next((start for start in APPLES_IDS if unique.upper().startswith(start)), None)
