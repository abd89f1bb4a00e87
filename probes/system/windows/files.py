"""Files, folders and drives. The answers' sources are the paths as asked."""

import os
import stat
import sys
import time
from collections.abc import Iterator
from ctypes import wintypes
from pathlib import Path

from probes.facts import Fact
from probes.system.names import well_formed
from probes.system.questions import FileStatus, ListFolder, ReadFile, ReadLink, StatFile, SweepFiles
from probes.system.windows.attributes import is_elsewhere, leads_elsewhere
from probes.system.windows.calls import function, last_error
from probes.system.windows.failures import Failure, answered
from probes.system.windows.paths import drive_type, on_this_disk, place
from probes.system.windows_questions import Drive, ListDrives

if sys.platform != "win32":
    raise ImportError("only Windows has these")


def read(question: ReadFile) -> Fact[bytes]:
    """The first bytes of a regular file, `garbled` for anything else."""

    def content() -> bytes:
        path = place(question.path)
        on_this_disk(path)
        with Path(path).open("rb") as opened:
            return opened.read(question.limit)

    return answered(content, question.path)


def names(question: ListFolder) -> Fact[tuple[str, ...]]:
    """The names in a folder, sorted; `missing` where something else has that name."""

    def listed() -> tuple[str, ...]:
        entries = Path(place(question.path)).iterdir()
        return tuple(sorted(well_formed(entry.name) for entry in entries))

    return answered(listed, question.path)


def status(question: StatFile) -> Fact[FileStatus]:
    """What is at a path, links followed."""

    def told() -> FileStatus:
        found = Path(place(question.path)).stat()
        return FileStatus(_kind(found.st_mode), found.st_size, found.st_mtime)

    return answered(told, question.path)


def target(question: ReadLink) -> Fact[str]:
    """Where a path finally leads, every link followed; `missing` where that is nowhere."""
    return answered(lambda: str(Path(place(question.path)).resolve(strict=True)), question.path)


def drives(question: ListDrives) -> Fact[tuple[Drive, ...]]:
    """GetLogicalDrives with GetDriveTypeW, which asks no drive."""
    del question
    return answered(_drives, "drives")


def sweep(question: SweepFiles) -> Fact[tuple[str, ...]]:
    """The wanted files under the roots. Junctions and symbolic links are not followed; folders and
    files whose content would be downloaded first are passed over."""
    return answered(lambda: _sweep(question), ", ".join(question.roots))


def _drives() -> tuple[Drive, ...]:
    letters = function("kernel32", "GetLogicalDrives", wintypes.DWORD)()
    if not letters:
        raise last_error()
    roots = (f"{chr(ord('A') + at)}:\\" for at in range(26) if letters >> at & 1)
    return tuple(Drive(root, drive_type(root)) for root in roots)


def _sweep(question: SweepFiles) -> tuple[str, ...]:
    deadline = time.monotonic() + question.seconds
    found: set[str] = set()
    errors: list[OSError | Failure] = []
    for root in question.roots:
        try:
            top = place(root)
            os.scandir(top).close()
        except (OSError, Failure) as error:
            errors.append(error)
            continue
        for path in _below(top, question.names, question.depth, deadline):
            found.add(well_formed(root.rstrip("/\\") + "\\" + path[len(top) :].lstrip("/\\")))
    if errors and len(errors) == len(question.roots):
        raise errors[0]
    return tuple(sorted(found))


def _below(root: str, wanted: frozenset[str], depth: int, deadline: float) -> Iterator[str]:
    level = [root]
    for left in range(depth - 1, -1, -1):
        below: list[str] = []
        for folder in level:
            if time.monotonic() > deadline:
                raise TimeoutError
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        # Windows gives this with the listing, so it costs no call.
                        seen = entry.stat(follow_symlinks=False)
                        if is_elsewhere(seen.st_file_attributes):
                            continue
                        if entry.name.lower() in wanted:
                            yield entry.path
                        is_folder = stat.S_ISDIR(seen.st_mode)
                        if left and is_folder and not leads_elsewhere(seen.st_reparse_tag):
                            below.append(entry.path)
            except OSError:
                continue
        level = below


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"
