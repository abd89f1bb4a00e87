"""A recording in readable form: what was asked, and the answer as text where it is text."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from precheck.contract.checks import CheckId
from precheck.contract.recording import SentRecording

MOST_SHOWN = 4000
"""Letters of one answer."""
MOST_IN_ALL = 400_000
"""Letters of all answers on one page; of those after that, the questions alone are shown."""
_BYTES_SHOWN = 64


@dataclass(frozen=True)
class Entry:
    """One question and its answer. `kind` and `unknown` are the codes of the recording. `text` is
    empty for an empty answer; `left_out` is how many letters of it are not shown."""

    number: int
    kind: str
    asked: str
    source: str
    text: str
    left_out: int
    unknown: str | None


@dataclass(frozen=True)
class Section:
    """What one check asked for; None for what no check is named for."""

    check: CheckId | None
    entries: tuple[Entry, ...]


def sections_of(sent: SentRecording, wanted: str = "") -> list[Section]:
    """The recording by check, in the order in which a person meets them; an answer that several
    checks asked for stands with each. With `wanted`, only the entries in which that text stands,
    whatever its letter case, also in what is too long to be shown."""
    looked_for = wanted.strip().casefold()
    room = MOST_IN_ALL
    shown: dict[int, Entry] = {}
    for number, answer in enumerate(sent.recording.answers):
        asked, text = asked_of(answer.question), outlined(answer.value)
        if looked_for and looked_for not in f"{asked}\n{answer.source}\n{text}".casefold():
            continue
        kept = text[: min(MOST_SHOWN, room)]
        room -= len(kept)
        shown[number] = Entry(
            number=number + 1,
            kind=str(answer.question["type"]),
            asked=asked,
            source=printable(answer.source),
            text=kept,
            left_out=len(text) - len(kept),
            unknown=answer.unknown,
        )
    named = {place for places in sent.asked.values() for place in places}
    sections = [
        Section(check, _picked(shown, sent.asked[check]))
        for check in CheckId
        if check in sent.asked
    ]
    sections.append(Section(None, _picked(shown, sorted(shown.keys() - named))))
    return [section for section in sections if section.entries]


def asked_of(question: Mapping[str, Any]) -> str:
    """What a question asks about, on one line: a path, a command, an address, the names of its
    other fields where it has several."""
    fields = {key: item for key, item in question.items() if key != "type"}
    if set(fields) <= {"path", "limit"} and "path" in fields:
        return _line(fields["path"])
    if isinstance(fields.get("argv"), list):
        return _line(" ".join(map(str, fields["argv"])))
    if {"hive", "key"} <= fields.keys():
        return _line(f"{fields['hive']}\\{fields['key']}")
    if set(fields) == {"url"}:
        return _line(fields["url"])
    return ", ".join(_line(f"{key}={_line(item)}") for key, item in fields.items())


def outlined(value: Any) -> str:
    """`value` as text: bytes that are text as that text, others by their first ones in hexadecimal,
    tables and lists as indented lines."""
    return printable("\n".join(_lines(_plain(value))))


def printable(text: str) -> str:
    """`text` with a mark for every letter that would steer a screen instead of standing on it."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "�"
        for letter in text.replace("\r\n", "\n")
    )


def _picked(shown: Mapping[int, Entry], places: Iterable[int]) -> tuple[Entry, ...]:
    return tuple(shown[place] for place in places if place in shown)


def _plain(value: Any) -> Any:
    match value:
        case {"text": str(text), **others} if not others:
            return text
        case {"base64": str(encoded), **others} if not others:
            return _hexadecimal(encoded)
        case {"table": dict(table), **others} if not others:
            return {key: _plain(item) for key, item in table.items()}
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
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
            yield from _named(f"{space}{key}:", item, depth)
    elif isinstance(value, list):
        for item in value:
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


def _line(value: Any) -> str:
    text = value if isinstance(value, str) else "; ".join(_lines(_plain(value)))
    return printable(text).replace("\n", " ")
