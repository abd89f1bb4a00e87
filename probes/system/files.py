"""Files, folders and links, below a root that is "/" or a tree that stands in for it."""

import errno
import os
import pwd
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.failures import why
from probes.system.names import readable
from probes.system.questions import (
    FileStatus,
    ListFolder,
    ReadFile,
    ReadLink,
    StatFile,
    SweepFiles,
)
from probes.system.sweep import sweep

if sys.platform == "win32":
    raise ImportError("Windows has its own")

MOST_LINKS = 40
"""As many as Linux follows in one path (path_resolution(7))."""


def persons_home() -> Path:
    """The home folder of the person at the device: under sudo or pkexec not root's, but of the
    account that called it (sudo(8), pkexec(1): SUDO_UID, PKEXEC_UID)."""
    caller = os.environ.get("SUDO_UID") or os.environ.get("PKEXEC_UID") or ""
    if os.geteuid() == 0 and caller.isascii() and caller.isdigit():
        try:
            return Path(pwd.getpwuid(int(caller)).pw_dir)
        except (KeyError, OverflowError):
            return Path.home()
    return Path.home()


class FileTree:
    """The files below `root`. Below another root than "/", links lead as if that root were "/",
    so none leads out of it.

    `home` is where "~" is, as a path below the root. The answers' sources are the paths as asked,
    with the home folder as "~". What is in one of the folders `avoided`, also by way of a link, is
    `denied` and not looked at; a sweep goes round them.
    """

    def __init__(
        self, root: Path = Path("/"), home: Path | None = None, avoided: Iterable[str] = ()
    ) -> None:
        self._root = os.path.realpath(os.fsencode(root)).rstrip(b"/")
        self._home = os.fsencode(persons_home() if home is None else home).rstrip(b"/")
        self._homeless = home is None and not self._root and not os.path.isdir(self._home)
        # Without a home folder there is nothing in it to avoid.
        there = [path for path in avoided if not (self._homeless and path.startswith("~"))]
        self._avoided: frozenset[bytes] = frozenset()
        self._follows = bool(self._root or there)
        self._avoided = frozenset(map(self._real, there))

    def read(self, question: ReadFile) -> Fact[bytes]:
        """The first bytes of a regular file, `garbled` for anything else.

        Nothing else is opened, since opening a device can switch it on and a pipe can wait for
        ever. The files of /proc and /sys count as regular, whatever size they state.
        """
        source = self._shown(question.path)
        try:
            place = self._real(question.path)
            if not stat.S_ISREG(os.stat(place).st_mode):
                return Unknown(Unread.GARBLED, source)
            opened = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            try:
                if not stat.S_ISREG(os.fstat(opened).st_mode):
                    return Unknown(Unread.GARBLED, source)
                return Known(_first(opened, question.limit), source)
            finally:
                os.close(opened)
        except OSError as error:
            return Unknown(why(error), source)

    def names(self, question: ListFolder) -> Fact[tuple[str, ...]]:
        """The names in a folder, sorted; `missing` where something else has that name."""
        source = self._shown(question.path)
        try:
            names = os.listdir(self._real(question.path))
        except OSError as error:
            return Unknown(why(error), source)
        return Known(tuple(sorted(map(readable, names))), source)

    def status(self, question: StatFile) -> Fact[FileStatus]:
        """What is at a path, links followed."""
        source = self._shown(question.path)
        try:
            found = os.stat(self._real(question.path))
        except OSError as error:
            return Unknown(why(error), source)
        return Known(FileStatus(_kind(found.st_mode), found.st_size, found.st_mtime), source)

    def target(self, question: ReadLink) -> Fact[str]:
        """Where a path finally leads, every link followed; `missing` where that is nowhere."""
        source = self._shown(question.path)
        try:
            found = os.path.realpath(self._real(question.path), strict=True)
        except OSError as error:
            return Unknown(why(error), source)
        return Known(readable(found[len(self._root) :] or b"/"), source)

    def sweep(self, question: SweepFiles) -> Fact[tuple[str, ...]]:
        """The wanted files under the roots; `missing` or `denied` where no root can be read."""
        source = ", ".join(map(self._shown, question.roots))
        try:
            places = {self._real(root): _encoded(root.rstrip("/")) for root in question.roots}
            found = sweep(
                tuple(places), question.names, question.depth, question.seconds, self._avoided
            )
        except OSError as error:
            return Unknown(why(error), source)
        asked = (places[root] + below for root, below in found)
        return Known(tuple(sorted(set(map(readable, asked)))), source)

    def _real(self, path: str) -> bytes:
        """Where `path` is on the machine this runs on. Raises `PermissionError` for what is
        avoided, before anything in it is touched."""
        wanted = _encoded(path)
        if wanted == b"~" or wanted.startswith(b"~/"):
            if self._homeless:
                # Without a home folder nothing is missing from it: it cannot be told.
                raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
            wanted = self._home + wanted[1:]
        if not wanted.startswith(b"/") or b"\0" in wanted:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return self._followed(wanted) if self._follows else wanted

    def _followed(self, path: bytes) -> bytes:
        done: list[bytes] = []
        todo = path.split(b"/")[::-1]
        links = 0
        while todo:
            part = todo.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                del done[-1:]
                continue
            place = b"/".join((self._root, *done, part))
            if place in self._avoided:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            try:
                link = os.readlink(place)
            except OSError:
                done.append(part)
                continue
            links += 1
            if links > MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            if link.startswith(b"/"):
                done.clear()
            todo.extend(link.split(b"/")[::-1])
        return b"/".join((self._root, *done)) or b"/"

    def _shown(self, path: str) -> str:
        home = readable(self._home)
        if home and (path == home or path.startswith(home + "/")):
            return "~" + path[len(home) :]
        return path


def _encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogatepass")


def _first(opened: int, limit: int) -> bytes:
    content = bytearray()
    while len(content) < limit and (chunk := os.read(opened, min(limit - len(content), 1 << 16))):
        content += chunk
    return bytes(content)


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"
