"""The appointments of a day in the terminal: lines for people, JSON for programs."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec
from rich.cells import cell_len
from rich.console import Console

from precheck.contract.wording import Language, load_wording
from precheck.endpoint.line_breaks import broken
from precheck.endpoint.listing import Row
from precheck.endpoint.staff.speech import Speech, clock, minutes_until
from precheck.endpoint.staff.words import load_staff_words

_GAP = "  "


def as_json(rows: Sequence[Row], now: datetime) -> str:
    """One array, an object per appointment; times in UTC."""
    told = [
        {**msgspec.to_builtins(row), "minutes_to_start": minutes_until(row.starts_at, now)}
        for row in rows
    ]
    return msgspec.json.encode(told).decode()


def print_list(rows: Sequence[Row], day: date, now: datetime, language: Language) -> None:
    """Write the list of `day` to standard output, as wide as the terminal."""
    console = Console(highlight=False)
    speech = Speech(load_staff_words(language), load_wording(language))
    for line in list_lines(rows, day, now, speech, console.width):
        console.print(line, markup=False, soft_wrap=True)


def list_lines(
    rows: Sequence[Row], day: date, now: datetime, speech: Speech, width: int
) -> Iterator[str]:
    """The list of `day` in lines of `width` cells: the facts of an appointment, side by side as far
    as there is room, and under them what is said to the person."""
    yield speech.day(day)
    if not rows:
        yield from broken(speech.words.no_appointments, width)
    times = [clock(row.starts_at) + _GAP for row in rows]
    for row, time, facts in zip(rows, times, _facts(rows, now, speech), strict=True):
        room = max(1, width - len(time))
        lines = _side_by_side(facts, room)
        lines += broken(speech.say(row), room)
        yield time + lines[0]
        yield from (" " * len(time) + line for line in lines[1:])


def _side_by_side(facts: Sequence[str], room: int) -> list[str]:
    lines = [""]
    for fact in facts:
        longer = lines[-1] + _GAP + fact if lines[-1] else fact
        if cell_len(longer.rstrip()) <= room:
            lines[-1] = longer
        elif fact.strip():
            lines += broken(fact.rstrip(), room)
    return [line.rstrip() for line in lines if line]


def _facts(rows: Sequence[Row], now: datetime, speech: Speech) -> list[tuple[str, ...]]:
    """Per row its facts, each padded to the widest of its kind; a kind that no row has is left
    out."""
    words = speech.words
    several = len({row.office_id for row in rows}) > 1
    states = [speech.state(row) for row in rows]
    kinds = [
        [f"{state.symbol} {state.word}" for state in states],
        [_GAP.join(speech.marks(row)) for row in rows],
        [speech.until(row.starts_at, now) or "" for row in rows],
        [words.late if row.late else "" for row in rows],
        [row.office if several else "" for row in rows],
        [f"{words.reference} {row.reference}" if row.reference else "" for row in rows],
        [f"{words.checked_at} {speech.checked(row, now)}" for row in rows],
    ]
    return list(zip(*(_padded(kind) for kind in kinds if any(kind)), strict=True))


def _padded(texts: Sequence[str]) -> list[str]:
    widest = max(map(cell_len, texts))
    return [text + " " * (widest - cell_len(text)) for text in texts]
