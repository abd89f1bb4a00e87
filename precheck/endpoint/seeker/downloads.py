"""The programs that job seekers download: files that the operator puts into one folder.

What a file is for, its name says by its ending. Nothing else in the folder is handed out.
"""

import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from precheck.endpoint.seeker.device import Device

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_ENDINGS = {
    ".msi": Device.WINDOWS,
    ".exe": Device.WINDOWS,
    "-windows.zip": Device.WINDOWS,
    ".dmg": Device.MACOS,
    ".pkg": Device.MACOS,
    "-macos.zip": Device.MACOS,
    ".appimage": Device.LINUX,
    ".deb": Device.LINUX,
    ".rpm": Device.LINUX,
    "-linux.tar.gz": Device.LINUX,
}
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Download:
    """A program to download."""

    name: str
    device: Device
    size: int
    """Bytes."""
    sha256: str
    """In hex."""
    at: datetime
    """When the file was last changed (UTC)."""


def downloads_in(folder: str) -> tuple[Download, ...]:
    """The programs in `folder` by name; none where it is empty ("") or cannot be read."""
    try:
        names = sorted(path.name for path in Path(folder).iterdir()) if folder else []
    except OSError:
        return ()
    return tuple(found for name in names if (found := _download(Path(folder), name)) is not None)


def opened(folder: str, name: str) -> BinaryIO | None:
    """The file of the program `name`; None where there is none."""
    if not folder or _device_of(name) is None:
        return None
    try:
        file = (Path(folder) / name).open("rb")
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        return None
    return file


def _download(folder: Path, name: str) -> Download | None:
    device, path = _device_of(name), folder / name
    if device is None:
        return None
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return None
        digest = _digest(path, about.st_mtime_ns, about.st_size)
    except OSError:
        return None
    at = datetime.fromtimestamp(about.st_mtime, UTC)
    return Download(name, device, about.st_size, digest, at)


def _device_of(name: str) -> Device | None:
    if not _NAME.fullmatch(name):
        return None
    ends = (device for ending, device in _ENDINGS.items() if name.lower().endswith(ending))
    return next(ends, None)


@lru_cache(maxsize=64)
def _digest(path: Path, changed: int, size: int) -> str:
    """Of the file as it was when it was `changed` (ns) and had this `size`."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()
