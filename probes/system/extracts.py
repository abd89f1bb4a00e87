"""Taking out of a file or an answer only what a check reads, so that notes, names and accounts that
stand beside it are not recorded.

What has not the shape that is expected comes out as "other", which no reader understands either.
"""

import re
import shlex
from collections.abc import Iterable
from functools import partial
from typing import Any
from xml.etree import ElementTree  # the documents come from this machine's own system

import msgspec

from probes.system.software_lists import (
    OTHER,
    Cut,
    Names,
    Split,
    lines_of,
    newline_split,
)

_ENTRY = re.compile(r'(\s*XDG_(?:DESKTOP|DOWNLOAD|DOCUMENTS|PUBLICSHARE)_DIR=")([^"]*)("\s*)')
_BUILDER = re.compile(rb"\([^()\s]*@[^()\s]*\)")
_CARD = re.compile(r" ?(\d{1,2}) \[[^\]]*\]: (.+?) - .*")
_DRIVERS = frozenset({"Loopback", "Dummy"})
"""Of sound cards that are no hardware. No other driver's name is read."""
_DEVICE = re.compile(r"\d\d-\d\d(?=: )")
_STREAM = re.compile(r"(?:playback|capture) \d+")
_HTTPS = "x-scheme-handler/https"
_SAVED_TEXTS = frozenset({"--comment", "--log-prefix", "--nflog-prefix", "--ulog-prefix"})
_WORD = r'[^\s{}();,"!=<>]'
_WRITTEN_TEXT = re.compile(
    rf'(?<!{_WORD})(?:(?P<text>(?:comment|prefix)(?:[^\S\n]|\\\n)+)(?:"[^"\n]*"|(?!#){_WORD}+)'
    r"|(?P<note>#[^\n]*))"
    r'|(?P<string>"[^"\n]*")'
)
_SPOKEN = frozenset({"comment", "prefix"})


_PART = re.compile(r"[^/\\]+")
_OF_THE_SYSTEM = re.compile(r"~|[A-Za-z]:|%[^%]+%|Program Files(?: \(x86\))?|Users|Windows", re.I)


def kernel(text: bytes, names: Names) -> bytes:
    """/proc/version (proc(5)) without who built the kernel on which machine, but for Microsoft,
    whose name there tells the Windows Subsystem for Linux."""
    del names
    return _BUILDER.sub(
        lambda match: match[0] if b"microsoft" in match[0].lower() else b"(other)", text
    )


def sound_cards(text: bytes, names: Names) -> bytes:
    """/proc/asound/cards: each card's number and driver, without what it is called."""
    del names

    def line(written: str) -> str | None:
        card = _CARD.fullmatch(written)
        return (
            card and f" {card[1]} [{OTHER}]: {card[2] if card[2] in _DRIVERS else OTHER} - {OTHER}"
        )

    return "\n".join(filter(None, map(line, _lines(text)))).encode()


def sound_streams(text: bytes, names: Names) -> bytes:
    """/proc/asound/pcm: each device's numbers and whether it plays and records, without names."""
    del names

    def line(written: str) -> str:
        number, *fields = written.split(" : ")
        device = _DEVICE.match(number)
        streams = [field for part in fields[1:] if _STREAM.fullmatch(field := part.strip())]
        return " : ".join((f"{device[0]}: {OTHER}", OTHER, *streams)) if device else OTHER

    return "\n".join(line(written) if written else "" for written in _lines(text)).encode()


def nothing_of(text: bytes, names: Names) -> bytes:
    """Nothing, where a check wants to know only whether it can be read."""
    del text, names
    return b"hidden\n"


def lines(pattern: str, split: Split = lines_of) -> Cut:
    """The lines that match `pattern` from their first character to their last; "other" for those
    that do not."""
    wanted = re.compile(pattern)

    def cut(text: bytes, names: Names) -> bytes:
        del names
        return "\n".join(
            line if not line or wanted.fullmatch(line) else OTHER for line in _lines(text, split)
        ).encode()

    return cut


def piece(pattern: str) -> Cut:
    """The first piece that matches `pattern`."""
    wanted = re.compile(pattern)

    def cut(text: bytes, names: Names) -> bytes:
        del names
        found = wanted.search("\n".join(_lines(text, newline_split)))
        return (found[0] if found else OTHER).encode()

    return cut


def assigned(name: str, *words: str) -> Cut:
    """What a file of shell assignments gives to `name`, where it is one of `words`."""

    def line(written: str) -> str | None:
        left, equals, right = written.strip().partition("=")
        if not equals or left != name:
            return None
        try:
            given = shlex.split(right, comments=True)
        except ValueError:
            given = []
        plain = len(given) == 1 and given[0].lower() in words
        return f"{name}={given[0] if plain else OTHER}"

    def cut(text: bytes, names: Names) -> bytes:
        del names
        return "\n".join(filter(None, map(line, _lines(text)))).encode()

    return cut


def json_fields(*fields: str) -> Cut:
    """JSON whose objects have only `fields`."""

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept(item) for key, item in value.items() if key in fields}
        return [*map(kept, value)] if isinstance(value, list) else value

    def cut(text: bytes, names: Names) -> bytes:
        del names
        decoded = _json(text)
        return OTHER.encode() if decoded is None else msgspec.json.encode(kept(decoded))

    return cut


def xml_of(tags: Iterable[str], attributes: Iterable[str]) -> Cut:
    """XML with only these elements and attributes, and no text."""
    return partial(_xml, frozenset(tags), frozenset(attributes))


def nft_listing(text: bytes, names: Names) -> bytes:
    """nft(8) `-j list ruleset` without the words that a person has put to the rules."""
    del names

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: OTHER if key in _SPOKEN and isinstance(item, str) else kept(item)
                for key, item in value.items()
            }
        return [*map(kept, value)] if isinstance(value, list) else value

    decoded = _json(text)
    return OTHER.encode() if decoded is None else msgspec.json.encode(kept(decoded))


def nft_file(text: bytes, names: Names) -> bytes:
    """A file of nft(8) without the words that a person has put to the rules."""
    del names

    def kept(match: re.Match[str]) -> str:
        if match["note"]:
            return "#"
        return match["string"] or f'{match["text"]}"{OTHER}"'

    return _WRITTEN_TEXT.sub(kept, "\n".join(_lines(text, newline_split))).encode()


def iptables_saved(text: bytes, names: Names) -> bytes:
    """iptables-save(8) without the words that a person has put to the rules."""
    del names
    return "\n".join(map(_saved, _lines(text))).encode()


def default_browser(text: bytes, names: Names) -> bytes:
    """mimeapps.list: what opens https links, where it is a known browser."""

    def program(entry: str) -> str:
        return entry if names.keep(entry.strip().removesuffix(".desktop")) else OTHER

    kept = []
    for line in _lines(text):
        key, equals, value = line.partition("=")
        if line.startswith("["):
            kept.append(line if line.strip() == "[Default Applications]" else f"[{OTHER}]")
        elif equals and key.strip() == _HTTPS:
            kept.append(f"{_HTTPS}={';'.join(map(program, value.split(';')))}")
    return "\n".join([*kept, ""]).encode()


def user_folders(text: bytes, names: Names) -> bytes:
    """user-dirs.dirs: where the folders are that a check looks into."""
    entries = (_ENTRY.fullmatch(line) for line in _lines(text))
    kept = (
        entry[1]
        + folder_path(entry[2].replace("$HOME", "~", 1), names).replace("~", "$HOME", 1)
        + entry[3]
        for entry in entries
        if entry
    )
    return "\n".join([*kept, ""]).encode()


def folder_path(path: str, names: Names) -> str:
    """`path`, written in either system's way, with a number for each part that is no public name,
    no drive and no folder of Windows' environment."""

    def shown(part: re.Match[str]) -> str:
        return part[0] if _OF_THE_SYSTEM.fullmatch(part[0]) else names.shown("folder", part[0])

    return _PART.sub(shown, path)


def _lines(text: bytes, split: Split = lines_of) -> list[str]:
    try:
        return split(text.decode("utf-8"))
    except UnicodeDecodeError:
        return [OTHER]


def _saved(line: str) -> str:
    """A line of iptables-save(8), word by word as a shell reads it."""
    if line.startswith("#"):
        return "#"
    try:
        words = shlex.split(line)
    except ValueError:
        return OTHER
    before = ("", *words)
    return shlex.join(
        OTHER if option in _SAVED_TEXTS else word
        for option, word in zip(before, words, strict=False)
    )


def _json(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _xml(tags: frozenset[str], attributes: frozenset[str], text: bytes, names: Names) -> bytes:
    del names

    def kept(element: ElementTree.Element) -> ElementTree.Element:
        shown = {key: value for key, value in element.items() if key in attributes}
        copy = ElementTree.Element(element.tag if element.tag in tags else OTHER, shown)
        copy.extend([kept(child) for child in element if child.tag in tags])
        return copy

    if b"<!DOCTYPE" in text:
        return OTHER.encode()
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - as said at the import
    except (ElementTree.ParseError, LookupError, ValueError):
        return OTHER.encode()
    return ElementTree.tostring(kept(root))
