"""A recording in readable form: what was asked, and the answer as text where it is text.

Whoever sent it may have made it up: a page holds as much of it as a page can, and the rest is
neither laid out nor drawn.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import chain
from typing import Any

from precheck.contract.checks import CheckId
from precheck.contract.recording import RecordedAnswer, SentRecording

MOST_SHOWN = 4000
"""Letters of one answer, and of what one question asks about."""
MOST_DRAWN = 1_000_000
"""Bytes of all entries of one page as HTML, each as often as it stands there. One of a whole device
takes about a tenth of it."""
MARKUP = 800
"""Bytes that an entry takes at most beside what the sender wrote."""
_BYTES_SHOWN = 64


@dataclass(frozen=True)
class Entry:
    """One question and its answer. `kind` and `unknown` are the codes of the recording. `text` is
    empty for an empty answer; `is_cut` where there is more of it than is shown."""

    kind: str
    asked: str
    source: str
    text: str
    is_cut: bool
    unknown: str | None


@dataclass(frozen=True)
class Section:
    """What one check asked for; None for what no check is named for. `places` are those of the
    answers in the recording, from 0; `entries` as many of them as the page holds."""

    check: CheckId | None
    places: tuple[int, ...]
    entries: tuple[Entry, ...]

    @property
    def left_out(self) -> int:
        """How many answers are not on the page."""
        return len(self.places) - len(self.entries)


def sections_of(sent: SentRecording, wanted: str = "") -> list[Section]:
    """The recording by check, in the order in which a person meets them; an answer that several
    checks asked for stands with each. With `wanted`, only the answers in which that text stands
    on one line, whatever its letter case, also in what is too long to be shown."""
    answers = sent.recording.answers
    looked_for = wanted.strip().casefold()
    found = {
        place: answer
        for place, answer in enumerate(answers)
        if not looked_for or _holds(answer, looked_for)
    }
    named = {place for places in sent.asked.values() for place in places}
    by_check: list[tuple[CheckId | None, Iterable[int]]] = [
        (check, sent.asked[check]) for check in CheckId if check in sent.asked
    ]
    by_check.append((None, (place for place in found if place not in named)))
    sections: list[Section] = []
    room = MOST_DRAWN
    for check, asked in by_check:
        places = tuple(place for place in asked if place in found)
        drawn: list[Entry] = []
        for place in places:
            entry = entry_of(found[place])
            room -= _size(entry)
            if room < 0:
                break
            drawn.append(entry)
        if places:
            sections.append(Section(check, places, tuple(drawn)))
    return sections


def entry_of(answer: RecordedAnswer) -> Entry:
    """`answer` as it is shown."""
    text, is_cut = _start(_lines(_plain(answer.value)), "\n")
    return Entry(
        kind=str(answer.question["type"]),
        asked=asked_of(answer.question),
        source=printable(answer.source),
        text=text,
        is_cut=is_cut,
        unknown=answer.unknown,
    )


def asked_of(question: Mapping[str, Any]) -> str:
    """What a question asks about, on one line: a path, a command, an address, the names of its
    other fields where it has several. Of a long one the beginning."""
    asked, is_cut = _start(_asked(question), "")
    return asked.replace("\n", " ") + ("…" if is_cut else "")


def outlined(value: Any) -> str:
    """`value` as text: bytes that are text as that text, others by their first ones in hexadecimal,
    tables and lists as indented lines. Of a long one the beginning."""
    return _start(_lines(_plain(value)), "\n")[0]


def printable(text: str) -> str:
    """`text` with a mark for every letter that would steer a screen instead of standing on it."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "�"
        for letter in text.replace("\r\n", "\n")
    )


def _holds(answer: RecordedAnswer, looked_for: str) -> bool:
    pieces = chain(_asked(answer.question), [answer.source], _lines(_plain(answer.value)))
    return any(looked_for in piece.casefold() for piece in pieces)


def _start(pieces: Iterable[str], between: str) -> tuple[str, bool]:
    """The first `MOST_SHOWN` letters of `pieces`, and whether there are more. No piece is made that
    is not shown."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        kept.append(piece[: MOST_SHOWN + 1])
        length += len(kept[-1]) + len(between)
        if length > MOST_SHOWN + len(between):
            break
    text = between.join(kept)
    return printable(text[:MOST_SHOWN]), len(text) > MOST_SHOWN


def _size(entry: Entry) -> int:
    texts = (entry.asked, entry.source, entry.text)
    return MARKUP + sum(len(escape(text).encode()) for text in texts)


def _asked(question: Mapping[str, Any]) -> Iterator[str]:
    fields = {key: item for key, item in question.items() if key != "type"}
    if set(fields) <= {"path", "limit"} and "path" in fields:
        yield from _on_one_line(fields["path"])
    elif isinstance(fields.get("argv"), list):
        yield " ".join(map(str, fields["argv"]))
    elif {"hive", "key"} <= fields.keys():
        yield f"{fields['hive']}\\{fields['key']}"
    elif set(fields) == {"url"}:
        yield from _on_one_line(fields["url"])
    else:
        for place, (key, item) in enumerate(fields.items()):
            lines = _on_one_line(item)
            yield f"{', ' if place else ''}{key}={next(lines, '')}"
            yield from lines


def _on_one_line(value: Any) -> Iterator[str]:
    for place, line in enumerate(_lines(_plain(value))):
        yield f"{'; ' if place else ''}{line}"


def _plain(value: Any) -> Any:
    """What `value` stands for: text, bytes in hexadecimal, a table, or itself."""
    match value:
        case {"text": str(text), **others} if not others:
            return text
        case {"base64": str(encoded), **others} if not others:
            return _hexadecimal(encoded)
        case {"table": dict(table), **others} if not others:
            return table
    return value


def _hexadecimal(encoded: str) -> str:
    try:
        raw = b64decode(encoded, validate=True)
    except (Error, ValueError):
        return encoded
    rest = f" … ({len(raw)} bytes)" if len(raw) > _BYTES_SHOWN else ""
    return raw[:_BYTES_SHOWN].hex(" ") + rest


def _lines(value: Any, depth: int = 0) -> Iterator[str]:
    space = "  " * depth
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _named(f"{space}{key}:", _plain(item), depth)
    elif isinstance(value, list):
        for item in map(_plain, value):
            if isinstance(item, dict | list):
                yield f"{space}-"
                yield from _lines(item, depth + 1)
            else:
                yield from _named(f"{space}-", item, depth)
    elif value is not None:
        for line in _scalar(value).splitlines():
            yield f"{space}{line}"


def _named(name: str, item: Any, depth: int) -> Iterator[str]:
    short = item is None or (not isinstance(item, dict | list) and "\n" not in str(item))
    if short:
        yield f"{name} {'' if item is None else _scalar(item)}".rstrip()
    else:
        yield name
        yield from _lines(item, depth + 1)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
