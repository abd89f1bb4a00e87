"""Taking names of software out of what package managers write, but for the ones on a list.

What stays is what their readers need: how many, when, from which release. A text in a shape that
is not known here is left as one that its reader does not know either, never as an empty one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

Split = Callable[[str], list[str]]
"""How a reader takes a text for lines."""

Keep = Callable[[str], bool]
"""Whether a name (of a program, file, package or network) is one that everybody may see."""

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Names:
    """How names are shown in one recording: those that `keep` knows as they are, the others by a
    kind and a number ("package-1"), the same one throughout."""

    keep: Keep
    number: Callable[[str, str], str]

    def shown(self, kind: str, name: str) -> str:
        """`name`, or what stands for it."""
        return name if self.keep(name) else self.number(kind, name)


Cut = Callable[[bytes, Names], bytes]
"""What is left of a text when only public names may stay."""

MANAGERS = frozenset({"dpkg", "rpm", "pacman"})
"""A list counts as the system's own when it holds its manager."""

_VERBS = frozenset({"upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "update", "install"})
_WANTS = frozenset({"unknown", "install", "hold", "deinstall", "purge"})
_APT_HEADERS = frozenset({"", "Listing...", "Listing... Done"})
_APT_LISTED = re.compile(
    r"([a-z0-9][a-z0-9+.-]*)(/[^\[\]]* [^\s\[\]]+ [a-z0-9-]+(?: \[[^\[\]]*\])?)"
)
_PACMAN_UPDATE = re.compile(r"(\S+)( \S+ -> \S+(?: \[[^\]]*\])?)")
_PACMAN_ENTRY = re.compile(r"(\[[0-9T:+-]+\] \[\w+\] )(.*)")
_PACMAN_STEPS = frozenset(
    {"starting full system upgrade", "transaction started", "transaction completed"}
)
_RELEASE_FIELDS = frozenset({"Suite", "Codename", "Date"})
_DISTRIBUTIONS = ("Debian", "Ubuntu")
"""How the origins of a distribution's own packages begin, Ubuntu Pro's among them."""
_ADVISORY_KINDS = frozenset({"security", "bugfix", "enhancement", "newpackage"})
_ADVISORY_FIELD = re.compile(r"( *(?:Update ID|Updated|Type): )(.*)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_PACKAGE_ID = re.compile(r"([^;]*);([^;]*;[^;]*;[^;]*)")


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
            return f"hold {names.shown('package', package)} {architecture}"
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
        if listed is not None:
            return names.shown("package", listed[1]) + listed[2]
        return written if written in _APT_HEADERS else OTHER

    return by_line(text, line, newline_split)


def apt_history(text: bytes, names: Names) -> bytes:
    """apt's history log: what was done when, not with which package and by whom."""
    lines = []
    for line in text.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(": ")
        if name == "Commandline":
            program, *words = value.split(" ")
            value = " ".join([program, *(_command_word(word, names) for word in words)])
        elif colon and name not in ("Start-Date", "End-Date"):
            value = OTHER
        if name != "Requested-By":
            lines.append(name + colon + value)
    return "\n".join(lines).encode() + b"\n"


def apt_release(text: bytes, names: Names) -> bytes:
    """A fetched release file: the fields that say which release it is, and of when."""
    del names

    def line(written: str) -> str | None:
        field, _, value = written.partition(": ")
        if field == "Origin":
            return written if value.startswith(_DISTRIBUTIONS) else f"Origin: {OTHER}"
        return written if field in _RELEASE_FIELDS else None

    return by_line(text, line)


def pacman_updates(text: bytes, names: Names) -> bytes:
    """pacman(8) `-Qu`: a line for each package, with its versions."""

    def line(written: str) -> str:
        update = _PACMAN_UPDATE.fullmatch(written)
        if update is None:
            return OTHER * bool(written)
        return names.shown("package", update[1]) + update[2]

    return by_line(text, line)


def pacman_log(text: bytes, names: Names) -> bytes:
    """pacman's log: when it ran, and which upgrades of everything it completed."""
    del names

    def line(written: str) -> str | None:
        entry = _PACMAN_ENTRY.fullmatch(written)
        if entry is not None and entry[2].startswith("Running "):
            return f"{entry[1]}Running {OTHER}"
        return written if entry is not None and entry[2] in _PACMAN_STEPS else None

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
        kept = {key: entry[key] for key in ("type", "buildtime") if key in entry}
        name = entry.get("name")
        return {**kept, "name": names.number("advisory", name)} if name else kept

    try:
        entries = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return OTHER.encode()
    return msgspec.json.encode([*map(advisory, entries)] if isinstance(entries, list) else None)


def package_id(text: str, keep: Keep) -> str:
    """A PackageKit package id ("name;version;arch;origin") without an unknown name; any other text
    is a summary, which names the package too, and is left out."""
    match = _PACKAGE_ID.fullmatch(text)
    if match is None:
        return ""
    return text if keep(match[1]) else f"{OTHER};{match[2]}"


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


def _command_word(word: str, names: Names) -> str:
    plain = word in _VERBS or word.startswith("-") or "::" in word or names.keep(word)
    return word if plain else OTHER
