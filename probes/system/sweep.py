"""Looking for files by name in a bounded part of the file system, as fast as find(1) or faster."""

import os
import time
from collections.abc import Iterator

from probes.system.names import readable


def sweep(
    roots: tuple[bytes, ...],
    names: frozenset[str],
    depth: int,
    seconds: float,
    avoided: frozenset[bytes] = frozenset(),
) -> list[tuple[bytes, bytes]]:
    """The paths whose lower-case base name is in `names`, each as its root and what follows it.

    A root that is a link is followed, no other link is; folders on another device than their root
    are not entered (a Btrfs subvolume is one), nor are `avoided` ones, and unreadable ones are
    passed over. Raises `TimeoutError` after `seconds`, and the first root's `OSError` where no root
    can be read.
    """
    deadline = time.monotonic() + seconds
    wanted = frozenset(name.encode("utf-8", "surrogatepass") for name in names)
    found: list[tuple[bytes, bytes]] = []
    errors: list[OSError] = []
    for root in roots:
        try:
            device = os.stat(root).st_dev
            os.scandir(root).close()
        except OSError as error:
            errors.append(error)
            continue
        found += (
            (root, path[len(root.rstrip(b"/")) :])
            for path in _below(root, device, wanted, depth, deadline, avoided)
        )
    if errors and len(errors) == len(roots):
        raise errors[0]
    return found


def _below(
    root: bytes,
    device: int,
    wanted: frozenset[bytes],
    depth: int,
    deadline: float,
    avoided: frozenset[bytes],
) -> Iterator[bytes]:
    # A home folder has tens of thousands of entries, so this loop is kept tight: bytes and not
    # text, one level at a time so that no entry needs to know its depth, and one lstat a folder.
    beyond_ascii = not all(map(bytes.isascii, wanted))
    scandir, lstat, clock = os.scandir, os.lstat, time.monotonic
    level = [root]
    for left in range(depth - 1, -1, -1):
        below: list[bytes] = []
        for folder in level:
            if clock() > deadline:
                raise TimeoutError
            try:
                if folder in avoided:
                    continue
                if folder is not root and lstat(folder).st_dev != device:
                    continue
                with scandir(folder) as entries:
                    for entry in entries:
                        name = entry.name.lower()
                        if name in wanted or (
                            beyond_ascii and not name.isascii() and _lower(name) in wanted
                        ):
                            yield entry.path
                        if left and entry.is_dir(follow_symlinks=False):
                            below.append(entry.path)
            except OSError:
                continue
        level = below


def _lower(name: bytes) -> bytes:
    return readable(name).lower().encode()
