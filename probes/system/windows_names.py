"""How the names in a Windows machine's answers are shown in a recording.

What Windows or a list of this program has a name for stays; what a person or somebody else chose
gets a number, the same one wherever it appears, so that a file's path among the processes, in the
registry and in a question about it still is one path. Letter case means nothing to Windows.
"""

import re
import unicodedata

from precheck.contract.catalogues.names import without_version
from probes.system.software_lists import OTHER, Names, public_network

_PART = re.compile(r'[^/\\#"]+')
"""Between slashes, the "#" that ConsentStore writes for them, and quotation marks."""
_WRITTEN = re.compile(r'(.*?)("?(?:,\s*-?\d+)?\s*)', re.DOTALL)
"""A path, and behind it the number of an icon in that file."""
_VARIABLE = re.compile(
    r"%(?:ProgramFiles(?:\(x86\))?|ProgramW6432|ProgramData|SystemRoot|SystemDrive|WinDir|PUBLIC"
    r"|APPDATA|LOCALAPPDATA|USERPROFILE)%",
    re.IGNORECASE,
)
_DRIVE = re.compile(r"[A-Za-z]:")
_FOLDERS = frozenset(
    {
        *("~", "users", "public", "program files", "program files (x86)", "programdata"),
        *("windows", "system32", "syswow64", "windowsapps", "appdata", "local", "roaming", "temp"),
        "application.ini",
    }
)
"""In lower case: what Windows calls its folders, and a file that is read wherever it lies."""
_HOMES = "users"

_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){1,3}")
_ARCHITECTURES = frozenset({"x64", "x86", "arm", "arm64", "neutral"})
_NUMBERED = re.compile(r" [0-9]+\Z")

HOSTS = frozenset({"system", "svchost.exe"})
"""Programs of Windows in which its own services live."""


def shown_path(path: str, names: Names) -> str:
    """`path`, with or without the number of an icon, with a number for each part that is neither
    Windows' own nor listed. Whose a home folder is never shows."""
    written = _WRITTEN.fullmatch(path)
    body, end = (written[1], written[2]) if written is not None else (path, "")
    before = ""

    def shown(match: re.Match[str]) -> str:
        nonlocal before
        part, above, before = match[0], before, match[0].lower()
        if above == _HOMES and part.lower() != "public":
            return names.number("folder", part.lower())
        if part.lower() in _FOLDERS or _VARIABLE.fullmatch(part) or _DRIVE.fullmatch(part):
            return part
        return shown_package(part, names) or _shown("folder", part, names)

    return _PART.sub(shown, body) + end


def is_listed_path(path: str, names: Names) -> bool:
    """Whether the file's name is listed, or the package of the Store that it belongs to."""
    *folders, name = _PART.findall(path) or [""]
    packages = (folder.split("_") for folder in folders)
    return names.keep(name) or any(
        len(package) == _FULL_NAME and names.keep(package[0]) for package in packages
    )


def file_name(path: str) -> str:
    """The last part of a path."""
    return re.split(r"[/\\]", path)[-1]


_FAMILY_NAME, _FULL_NAME = 2, 5


def shown_package(name: str, names: Names) -> str | None:
    """A Store package's full name (name, version, architecture, resource, publisher) or family name
    (name, publisher), the name a number unless listed, the publisher a number; None for what is
    neither."""
    parts = name.split("_")
    if len(parts) == _FAMILY_NAME and all(parts):
        return "_".join((_shown("package", parts[0], names), _publisher(parts[1], names)))
    if len(parts) != _FULL_NAME or not _VERSION.fullmatch(parts[1]):
        return None
    return "_".join(
        (
            _shown("package", parts[0], names),
            parts[1],
            parts[2] if parts[2].lower() in _ARCHITECTURES else OTHER,
            OTHER if parts[3] else "",
            _publisher(parts[4], names),
        )
    )


def families_of(path: str) -> frozenset[str]:
    """The family names, in lower case, of the packages in whose folders `path` is."""
    packages = (part.lower().split("_") for part in _PART.findall(path))
    return frozenset(f"{part[0]}_{part[4]}" for part in packages if len(part) == _FULL_NAME)


def shown_program(name: str, names: Names) -> str:
    """A program file's name, in lower case."""
    plain = name.lower()
    return plain if plain in HOSTS else _shown("program", plain, names)


def shown_software(name: str, names: Names) -> str:
    """A name among the installed programs, without its version: a listed one as it is; another as
    the listed words that it begins with, since lists hold such words too, and "other"."""
    plain = unicodedata.normalize("NFKC", without_version(name)).strip()
    if names.keep(plain):
        return plain
    ends = [found.start() for found in re.finditer(" ", plain)]
    words = (plain[:end] for end in reversed(ends))
    return " ".join((*[word for word in words if names.keep(word)][:1], OTHER))


def shown_text(text: str, names: Names) -> str:
    """A text that is a listed name, or "other" for it; an empty one says that there is none."""
    kept = not text or names.keep(text) or names.keep(unicodedata.normalize("NFKC", text).strip())
    return text if kept else OTHER


def shown_network(name: str, names: Names) -> str:
    """A network's name: what is public of it, or a number; with another number behind it where
    Windows may have added one."""
    public = public_network(name, names.keep)
    if public is not None:
        return public
    return names.number("wifi", name) + (" 2" if _NUMBERED.search(name) else "")


def network_text(ssid: bytes) -> str:
    """A network's name from its bytes, which have no stated encoding: UTF-8, else the Japanese
    Windows code page."""
    try:
        return ssid.decode("utf-8")
    except UnicodeDecodeError:
        return ssid.decode("cp932", "replace")


def _publisher(name: str, names: Names) -> str:
    return names.number("publisher", name.lower())


def _shown(kind: str, name: str, names: Names) -> str:
    return name if names.keep(name) else names.number(kind, name.lower())
