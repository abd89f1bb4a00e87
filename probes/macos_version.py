"""Which macOS this is, and where it notes what it installed: needed for more than one check."""

import re
from dataclasses import dataclass, replace

from probes.facts import Fact, Known, Unknown, first_known, parsed
from probes.plists import dictionary, text
from probes.system import System
from probes.system.questions import ReadFile

_FOLDER = "System/Library/CoreServices"
REAL_VERSION = ReadFile(f"/{_FOLDER}/.SystemVersionPlatform.plist")
"""The same file under the name that macOS shows to every program alike."""
VERSION = ReadFile(f"/{_FOLDER}/SystemVersion.plist")
"""In place of which a program built for an older system, as Python may be, gets a file that says
10.16 on macOS 11 and later, or 16 on macOS 26 and later."""
RESPONSE = ReadFile(f"/System/Cryptexes/OS/{_FOLDER}/SystemVersion.plist")
"""What a Rapid Security Response, or since 26.1 a Background Security Improvement, puts over it."""

HISTORY = ReadFile("/Library/Receipts/InstallHistory.plist", limit=16 << 20)
"""What was installed when, by macOS itself and others; readable to all."""

NEVER_RELEASED = range(16, 26)
"""After 15 came 26."""
FIRST_PLAIN = 11
"""Until then the major version was the second number."""

_NUMBERS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}")
_BUILD = re.compile(r"[0-9]{1,3}[A-Z][0-9]{1,6}[a-z]?")
_SEED_BUILD = re.compile(r"[0-9]+[A-Z]5[0-9]{3}[a-z]")
"""Builds for testers have numbers from 5000 and a small letter behind, as 24A5264n."""
_EXTRA = re.compile(r"\([a-z]\)")


@dataclass(frozen=True, slots=True)
class MacVersion:
    """`numbers` as in 15.7.1; `extra` is the letter of a Rapid Security Response or Background
    Security Improvement, as in "(a)", where one is installed; `builds` are the system's and that
    one's."""

    numbers: tuple[int, ...]
    builds: tuple[str, ...]
    extra: str = ""

    @property
    def release(self) -> str:
        """What of the version names a release with an end of its own: "15", or "10.15"."""
        return ".".join(map(str, self.numbers[: 1 if self.numbers[0] >= FIRST_PLAIN else 2]))

    @property
    def written(self) -> str:
        """As a person says it: "15.7.1", "13.4.1 (a)"."""
        plain = ".".join(map(str, self.numbers))
        return f"{plain} {self.extra}" if self.extra else plain

    @property
    def for_testers(self) -> bool:
        """Whether this is a beta."""
        return _SEED_BUILD.fullmatch(self.builds[0]) is not None


def read_version(system: System) -> Fact[MacVersion]:
    """The version; `garbled` for one that no macOS has, such as those that stand in for newer
    ones."""
    seen = (parsed(system.ask(question), version_of) for question in (REAL_VERSION, VERSION))
    base = first_known(*seen)
    if isinstance(base, Unknown):
        return base
    response = parsed(system.ask(RESPONSE), lambda raw: response_of(raw, base.value))
    return Known(response.value, base.source) if isinstance(response, Known) else base


def version_of(raw: bytes) -> MacVersion | None:
    """ProductVersion and ProductBuildVersion of a SystemVersion.plist."""
    values = dictionary(raw)
    if values is None or text(values, "ProductName") not in ("macOS", "Mac OS X"):
        return None
    build = text(values, "ProductBuildVersion") or ""
    numbers = numbers_of(text(values, "ProductVersion") or "")
    if numbers is None or not _BUILD.fullmatch(build):
        return None
    stands_in = numbers[0] in NEVER_RELEASED or numbers[:2] == (10, 16)
    return None if stands_in else MacVersion(numbers, (build,))


def response_of(raw: bytes, base: MacVersion) -> MacVersion | None:
    """`base` with the response's letter and build; None where the file is not about it."""
    values = dictionary(raw) or {}
    extra = text(values, "ProductVersionExtra") or ""
    build = text(values, "ProductBuildVersion") or ""
    about = numbers_of(text(values, "ProductVersion") or "")
    if about != base.numbers or not _EXTRA.fullmatch(extra) or not _BUILD.fullmatch(build):
        return None
    return replace(base, builds=(*base.builds, build), extra=extra)


def numbers_of(version: str) -> tuple[int, ...] | None:
    """A version as numbers, to be compared as such: 9 < 10 < 26, and 27 is 27.0. None for what is
    no version."""
    if not _NUMBERS.fullmatch(version):
        return None
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
