"""Taking names of software out of what package managers write, but for the ones on a list.

What stays is what their readers need: how many, when, from which release. A text in a shape that
is not known here is left as one that its reader does not know either, never as an empty one.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

Split = Callable[[str], list[str]]
"""How a reader takes a text for lines."""

Keep = Callable[[str], bool]
"""Whether a name (of a program, file, package or network) is one that everybody may see."""

OTHER = "other"
ANYTHING = "*"
"""Behind a name that is known as a beginning."""


@dataclass(frozen=True, slots=True)
class Names:
    """How names are shown in one recording: those that `keep` knows as they are, the others by a
    kind and a number ("package-1"), the same one throughout."""

    keep: Keep
    number: Callable[[str, str], str]

    def shown(self, kind: str, name: str) -> str:
        """`name`, or what stands for it."""
        return name if self.keep(name) else self.number(kind, name)


def public_network(name: str, keep: Keep) -> str | None:
    """A network's name where that is public, or as much of its beginning as is; None for another.
    The beginning alone is the same kind of network to a check."""
    if keep(name):
        return name
    beginnings = (name[:end] for end in range(len(name), 0, -1))
    return next((start for start in beginnings if keep(start + ANYTHING)), None)


Cut = Callable[[bytes, Names], bytes]
"""What is left of a text when only public names may stay."""

_OFFERED = "upgradable from: 0"

MANAGERS = frozenset({"dpkg", "rpm", "pacman"})
"""A list counts as the system's own when it holds its manager."""

_COMMAND_WORDS = frozenset(
    {
        *("apt", "apt-get", "aptitude", "unattended-upgrade", "unattended-upgrades"),
        *("upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "update", "install"),
        *("-o", "--option", "-c", "--config-file", "-t", "--target-release"),
    }
)
"""Programs, verbs, and the options behind which a value stands."""
_FOLDER_SETTING = "Dir::"
_HISTORY_TIMES = frozenset({"Start-Date", "End-Date"})
_HISTORY_KINDS = frozenset(
    {"Install", "Reinstall", "Upgrade", "Downgrade", "Remove", "Purge", "Error"}
)
_HISTORY_TIME = re.compile(r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}:\d{1,2}")
_WANTS = frozenset({"unknown", "install", "hold", "deinstall", "purge"})
_APT_HEADERS = frozenset({"", "Listing...", "Listing... Done"})
_APT_LISTED = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]*)/(?P<suites>[^\[\]]*) [^\s\[\]]+ (?P<architecture>[a-z0-9-]+)"
    r"(?: \[(?P<state>upgradable from: |installed)[^\[\]]*\])?"
)
_ARCHITECTURES = frozenset(
    {
        *("all", "amd64", "arm64", "armel", "armhf", "i386", "loong64", "ppc64el", "riscv64"),
        "s390x",
    }
)
_SERIES = frozenset(
    {
        *("", "now", "unknown", "stable", "oldstable", "oldoldstable", "testing", "unstable"),
        *("sid", "experimental", "buster", "bullseye", "bookworm", "trixie", "forky", "duke"),
        *("bionic", "focal", "jammy", "noble", "oracular", "plucky", "questing", "resolute"),
    }
)
_POCKETS = frozenset({"security", "updates", "backports", "proposed", "infra", "apps"})
_ORIGINS = ("UbuntuESMApps", "UbuntuESM", "Ubuntu", "Debian")
"""How the origins of a distribution's own packages begin, Ubuntu Pro's among them."""
_RELEASE_DATE = re.compile(
    r"[A-Z][a-z]{2}, +[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} +[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
    r" (?:UTC|GMT|[+-][0-9]{4})"
)
_PERIODIC = re.compile(r'APT::Periodic(?:::([\w-]+))? "(.*)";')
_PERIODIC_SETTINGS = frozenset({"Enable", "Update-Package-Lists", "Unattended-Upgrade"})
_PACMAN_UPDATE = re.compile(r"(\S+) \S+ -> \S+( \[.*\])?")
_PACMAN_ENTRY = re.compile(r"(\[[0-9T:+-]+\] )\[\w+\] (.*)")
_PACMAN_STEPS = frozenset(
    {"starting full system upgrade", "transaction started", "transaction completed"}
)
_SUITES = frozenset({"Suite", "Codename"})
_ADVISORY_KINDS = frozenset({"security", "bugfix", "enhancement", "newpackage"})
_ADVISORY_FIELD = re.compile(r"( *(?:Update ID|Updated|Type): )(.*)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_PACKAGE_ID = re.compile(r"([^;]*);[^;]*;[^;]*;[^;]*")


def known_lines(text: bytes, names: Names) -> bytes:
    """The lines (one package each) that hold a known name as one of their words."""
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if any(_stays(word, names) for word in line.split()))


def selections(text: bytes, names: Names) -> bytes:
    """dpkg-query's list of what the person wants of each package: all that is held, and one line
    for everything else."""
    seen: set[str] = set()

    def line(written: str) -> str | None:
        want, _, rest = written.partition(" ")
        package, _, architecture = rest.partition(" ")
        if want == "hold" and package:
            shown = names.shown("package", package)
            return f"hold {shown} {_architecture(architecture, names)}"
        plain = f"install {OTHER} all" if want in _WANTS and package else OTHER * bool(written)
        if plain in seen:
            return None
        seen.update({plain} - {""})
        return plain

    return by_line(text, line, newline_split)


def apt_list(text: bytes, names: Names) -> bytes:
    """apt(8) `list`: a line for each version of a package, with the suites that offer it."""

    def line(written: str) -> str:
        listed = _APT_LISTED.fullmatch(written)
        if listed is None:
            return written if written in _APT_HEADERS else OTHER
        suites = ",".join(shown_suite(suite, names) for suite in listed["suites"].split(","))
        state = {"installed": " [installed]", None: ""}.get(listed["state"], f" [{_OFFERED}]")
        package = names.shown("package", listed["name"])
        return f"{package}/{suites} 0 {_architecture(listed['architecture'], names)}{state}"

    return by_line(text, line, newline_split)


def apt_periodic(text: bytes, names: Names) -> bytes:
    """`apt-config dump APT::Periodic`: which settings are on."""
    del names

    def line(written: str) -> str | None:
        setting = _PERIODIC.fullmatch(written)
        if setting is None:
            return OTHER * bool(written)
        if setting[1] not in _PERIODIC_SETTINGS:
            return None
        return f'APT::Periodic::{setting[1]} "{int(setting[2] not in ("", "0"))}";'

    return by_line(text, line)


def apt_history(text: bytes, names: Names) -> bytes:
    """apt's history log: what was done when, not with which package and by whom."""
    del names
    try:
        entries = re.split(r"\n\s*\n", text.decode("utf-8"))
    except UnicodeDecodeError:
        return OTHER.encode()
    shown = (filter(None, map(_history_line, entry.splitlines())) for entry in entries)
    return "\n\n".join(map("\n".join, shown)).encode() + b"\n"


def apt_release(text: bytes, names: Names) -> bytes:
    """A fetched release file: the fields that say which release it is, and of when."""

    def line(written: str) -> str | None:
        field, colon, value = written.partition(": ")
        plain = value.strip()
        if not colon:
            return None
        if field == "Origin":
            known = (origin for origin in _ORIGINS if plain.startswith(origin))
            return f"Origin: {next(known, OTHER)}"
        if field in _SUITES:
            return f"{field}: {shown_suite(plain, names)}"
        if field == "Date":
            return f"Date: {plain if _RELEASE_DATE.fullmatch(plain) else OTHER}"
        return None

    return by_line(text, line)


def pacman_updates(text: bytes, names: Names) -> bytes:
    """pacman(8) `-Qu`: a line for each package."""

    def line(written: str) -> str:
        update = _PACMAN_UPDATE.fullmatch(written)
        if update is None:
            return OTHER * bool(written)
        return f"{names.shown('package', update[1])} 0 -> 1{' [ignored]' * bool(update[2])}"

    return by_line(text, line)


def pacman_log(text: bytes, names: Names) -> bytes:
    """pacman's log: when it ran, and which upgrades of everything it completed."""
    del names

    def line(written: str) -> str | None:
        entry = _PACMAN_ENTRY.fullmatch(written)
        if entry is not None and entry[2].startswith("Running "):
            return f"{entry[1]}[PACMAN] Running {OTHER}"
        return f"{entry[1]}[ALPM] {entry[2]}" if entry and entry[2] in _PACMAN_STEPS else None

    return by_line(text, line)


def dnf_advisories(text: bytes, names: Names) -> bytes:
    """dnf 4's `updateinfo info`: the kind and time of each advisory, and which are the same."""

    def line(written: str) -> str:
        field = _ADVISORY_FIELD.fullmatch(written)
        if field is None:
            return OTHER if written.strip() else written
        name, value = field[1].strip(), field[2].strip()
        if name == "Update ID:":
            return field[1] + names.number("advisory", value)
        known = value in _ADVISORY_KINDS if name == "Type:" else _TIME.fullmatch(value)
        return written if known else field[1] + OTHER

    left = by_line(text, line)
    # Only an answer that was empty may look like one: it says that nothing waits.
    return left if left.strip() or not text.strip() else OTHER.encode()


def dnf5_advisories(text: bytes, names: Names) -> bytes:
    """dnf 5's `advisory list --json`: as of dnf 4's."""

    def advisory(entry: Any) -> Any:
        if not isinstance(entry, dict):
            return None
        kind, built, name = (entry.get(key) for key in ("type", "buildtime", "name"))
        timed = isinstance(built, int | float) or _TIME.fullmatch(str(built))
        kept = {
            "type": kind if isinstance(kind, str) and kind in _ADVISORY_KINDS else OTHER,
            "buildtime": built if timed else OTHER,
        }
        return {**kept, "name": names.number("advisory", name)} if name else kept

    try:
        entries = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return OTHER.encode()
    return msgspec.json.encode([*map(advisory, entries)] if isinstance(entries, list) else None)


def package_id(text: str, keep: Keep) -> str:
    """A PackageKit package id ("name;version;arch;origin") with nothing but a known name; any other
    text is a summary, which names the package too, and is left out."""
    match = _PACKAGE_ID.fullmatch(text)
    if match is None:
        return ""
    return f"{match[1] if keep(match[1]) else OTHER};;;"


def lines_of(text: str) -> list[str]:
    """The lines as str.splitlines() has them, and behind the last one's end an empty one."""
    *lines, last = f"{text}x".splitlines()
    return [*lines, last[:-1]]


def newline_split(text: str) -> list[str]:
    """The lines by line feeds alone."""
    return text.split("\n")


def by_line(text: bytes, line: Callable[[str], str | None], split: Split = lines_of) -> bytes:
    """What `line` makes of each line; None leaves it out. `split` splits as the text's reader does,
    or a line would be another one for the reader."""
    made = map(line, split(text.decode("utf-8", "replace")))
    return "\n".join(kept for kept in made if kept is not None).encode()


def _stays(word: bytes, names: Names) -> bool:
    name = word.decode("utf-8", "replace").partition(":")[0]
    return name in MANAGERS or names.keep(name)


def shown_suite(suite: str, names: Names) -> str:
    """A suite with the pocket at its end, its series a number unless a distribution's own."""
    series, pocket = suite.split("-"), ""
    while len(series) > 1 and series[-1] in _POCKETS:
        pocket = f"-{series.pop()}{pocket}"
    name = "-".join(series)
    if name in _SERIES:
        return name + pocket
    return names.number("suite", name) + "-security" * ("-security" in name) + pocket


def _architecture(name: str, names: Names) -> str:
    return name if name in _ARCHITECTURES else names.number("architecture", name)


def _history_line(written: str) -> str | None:
    """A line of an entry; None for one that says nothing of what was done when."""
    name, colon, value = written.partition(": ")
    if not colon:
        return None
    if name in _HISTORY_TIMES:
        stays = not value or _HISTORY_TIME.fullmatch(" ".join(value.split()))
        return f"{name}: {value if stays else OTHER}"
    if name == "Commandline":
        return f"{name}: {_command(value)}"
    return f"{name}: {OTHER}" if name in _HISTORY_KINDS else None


def _command(written: str) -> str:
    """A command line with only the words that tell an upgrade of everything from anything else."""
    try:
        program, *words = shlex.split(written)
    except ValueError:
        return OTHER
    return " ".join(map(_command_word, (PurePosixPath(program).name, *words)))


def _command_word(word: str) -> str:
    if word in _COMMAND_WORDS:
        return word
    option = "-" * word.startswith("-")
    return option + (f"{_FOLDER_SETTING}{OTHER}" if _FOLDER_SETTING in word else OTHER)
