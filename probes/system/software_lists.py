"""Taking names of software out of what package managers write, but for the ones on a list."""

import re
from collections.abc import Callable

Keep = Callable[[str], bool]
"""Whether a name (of a program, file, package or network) is one that everybody may see."""

Cut = Callable[[bytes, Keep], bytes]
"""What is left of a text when only names that `Keep` knows may stay."""

OTHER = "other"
MANAGERS = frozenset({"dpkg", "rpm", "pacman", "flatpak", "snapd"})
"""A list counts as the system's own when it holds its manager."""

_VERBS = frozenset({"upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "update", "install"})
_APT_STEP = re.compile(rb"(Inst|Conf|Remv) (\S+)")
_APT_LIST = re.compile(rb"(?m)^  .*\n?")
_PACKAGE_ID = re.compile(r"([^;]*);([^;]*;[^;]*;[^;]*)")


def known_lines(text: bytes, keep: Keep) -> bytes:
    """The lines (one package each) that hold a known name as one of their words."""
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if any(_stays(word, keep) for word in line.split()))


def apt_simulation(text: bytes, keep: Keep) -> bytes:
    """apt-get(8) `-s`: every step stays, with its releases, and names no package."""

    def step(match: re.Match[bytes]) -> bytes:
        return match[0] if _stays(match[2], keep) else match[1] + b" " + OTHER.encode()

    return _APT_STEP.sub(step, _APT_LIST.sub(b"", text))


def apt_history(text: bytes, keep: Keep) -> bytes:
    """apt's history log: what was done when, not with which package and by whom."""
    lines = []
    for line in text.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(": ")
        if name == "Commandline":
            program, *words = value.split(" ")
            value = " ".join([program, *(_command_word(word, keep) for word in words)])
        elif colon and name not in ("Start-Date", "End-Date"):
            value = OTHER
        if name != "Requested-By":
            lines.append(name + colon + value)
    return "\n".join(lines).encode() + b"\n"


def nothing_of(text: bytes, keep: Keep) -> bytes:
    """Nothing, for a secret that serves no check."""
    del text, keep
    return b"hidden\n"


def package_id(text: str, keep: Keep) -> str:
    """A PackageKit package id ("name;version;arch;origin") without an unknown name; any other text
    is a summary, which names the package too, and is left out."""
    match = _PACKAGE_ID.fullmatch(text)
    if match is None:
        return ""
    return text if keep(match[1]) else f"{OTHER};{match[2]}"


def _stays(word: bytes, keep: Keep) -> bool:
    name = word.decode("utf-8", "replace").partition(":")[0]
    return name in MANAGERS or keep(name)


def _command_word(word: str, keep: Keep) -> str:
    plain = word in _VERBS or word.startswith("-") or "::" in word or keep(word)
    return word if plain else OTHER
