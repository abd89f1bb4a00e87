"""The appointments of a day in the terminal: a table for people, JSON for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from precheck.contract.wording import Language, load_wording
from precheck.endpoint.listing import Row
from precheck.endpoint.staff.speech import Speech, clock, minutes_until
from precheck.endpoint.staff.words import load_staff_words


def as_json(rows: Sequence[Row], now: datetime) -> str:
    """One array, an object per appointment; times in UTC."""
    told = [
        {**msgspec.to_builtins(row), "minutes_to_start": minutes_until(row.starts_at, now)}
        for row in rows
    ]
    return msgspec.json.encode(told).decode()


def as_table(rows: Sequence[Row], now: datetime) -> None:
    """Write the list, in Japanese, to standard output."""
    speech = Speech(load_staff_words(Language.JA), load_wording(Language.JA))
    if not rows:
        Console().print(speech.words.no_appointments, markup=False)
        return
    columns = [column for column in _columns(rows, now, speech) if any(column.cells)]
    table = Table(*(Column(column.heading, overflow="fold") for column in columns))
    for line in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*(Text(cell) for cell in line))
    Console().print(table)


class _Column(NamedTuple):
    heading: str
    cells: list[str]


def _columns(rows: Sequence[Row], now: datetime, speech: Speech) -> list[_Column]:
    words = speech.words
    states = [speech.state(row) for row in rows]
    several = len({row.office_id for row in rows}) > 1
    return [
        _Column(words.time, [clock(row.starts_at) for row in rows]),
        _Column(words.until_start, [speech.until(row.starts_at, now) or "" for row in rows]),
        _Column(words.office, [row.office if several else "" for row in rows]),
        _Column(words.reference, [row.reference for row in rows]),
        _Column(words.state, [f"{state.symbol} {state.word}" for state in states]),
        _Column(words.checked_at, [speech.when(row.checked_at, now) for row in rows]),
        _Column(words.say, [speech.say(row) for row in rows]),
    ]
