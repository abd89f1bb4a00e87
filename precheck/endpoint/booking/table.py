"""Reading a table of appointments that an office's other program wrote, and writing one that a
spreadsheet opens without taking a cell for a formula.

What comes in: comma- or tab-separated text in UTF-8 (with or without BOM) or Shift_JIS (CP932),
with a first row of column names, or without one in the order date, time, reference, mode. Digits
may be full-width; dates as spreadsheets and people write them, but never without a year, and never
with the year last, which can be read in two ways.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from precheck.endpoint.booking.references import folded_reference
from precheck.endpoint.store.appointments import reference_problem
from precheck.endpoint.store.models import Mode
from precheck.endpoint.tokyo import TOKYO, is_everywhere

BYTES_LIMIT = 256 * 1024
ROWS_LIMIT = 500


_NO_LETTERS = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3\ufeff\ufffd")
"""What the codec makes of bytes that mean nothing in Shift_JIS, and of what was misread before."""


class Column(StrEnum):
    DATE = "date"
    TIME = "time"
    REFERENCE = "reference"
    MODE = "mode"


_ORDER = tuple(Column)
_NAMES: Mapping[Column, frozenset[str]] = {
    Column.DATE: frozenset({"date", "日付", "相談日", "予約日", "年月日", "希望日"}),
    Column.TIME: frozenset({"time", "時刻", "時間", "開始", "開始時刻", "相談時刻", "希望時刻"}),
    Column.REFERENCE: frozenset({"reference", "番号", "整理番号", "受付番号", "求職番号"}),
    Column.MODE: frozenset({"mode", "方法", "相談方法", "相談の方法"}),
}
_MODES: Mapping[str, Mode] = {
    "": Mode.VIDEO,
    "video": Mode.VIDEO,
    "オンライン": Mode.VIDEO,
    "web": Mode.VIDEO,
    "phone": Mode.PHONE,
    "電話": Mode.PHONE,
    "visit": Mode.VISIT,
    "来所": Mode.VISIT,
    "窓口": Mode.VISIT,
}


class TableProblem(StrEnum):
    """Why nothing of a file can be read."""

    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    ENCODING = "encoding"
    NO_TABLE = "no_table"
    EMPTY = "empty"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    NO_DATE_OR_TIME = "no_date_or_time"


class BadTable(Exception):
    """The file is no table of appointments; `place` is the number of the column, from 1, where one
    is to blame."""

    def __init__(self, kind: TableProblem, place: int = 0) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.place = place


class RowProblem(StrEnum):
    """What is wrong with one row."""

    DATE = "date"
    TIME = "time"
    REFERENCE = "reference"
    MODE = "mode"
    CELLS = "cells"
    """More cells than there are columns."""


@dataclass(frozen=True)
class TableRow:
    """A row of the file. `number` is that of its line, from 1; `texts` are its cells as they were
    written; the rest is None where it could not be read, and `problems` say what could not."""

    number: int
    texts: Mapping[Column, str]
    starts_at: datetime | None
    reference: str
    mode: Mode | None
    problems: tuple[RowProblem, ...]


def read_table(raw: bytes) -> list[TableRow]:
    """The rows of the file, without the empty ones. Raises `BadTable`."""
    if len(raw) > BYTES_LIMIT:
        raise BadTable(TableProblem.TOO_LARGE)
    lines = [
        (number, [cell.strip() for cell in cells])
        for number, cells in _cells(_text(raw))
        if any(cell.strip() for cell in cells)
    ]
    if not lines:
        raise BadTable(TableProblem.EMPTY)
    columns: Sequence[Column] = _ORDER
    if _is_heading(lines[0][1]):
        columns = _columns(lines.pop(0)[1])
    if not lines:
        raise BadTable(TableProblem.EMPTY)
    if len(lines) > ROWS_LIMIT:
        raise BadTable(TableProblem.TOO_MANY_ROWS)
    return [_row(number, cells, columns) for number, cells in lines]


def written_table(rows: Sequence[Sequence[str]]) -> bytes:
    """`rows` as a file for a spreadsheet: UTF-8 with BOM, by which Excel knows it."""
    out = io.StringIO()
    csv.writer(out).writerows([[harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """`cell` so that a spreadsheet shows it and calculates nothing."""
    first = unicodedata.normalize("NFKC", cell[:1])
    return f"'{cell}" if first and (first in "=+-@|%" or not first.isprintable()) else cell


def read_date(text: str) -> date | None:
    """The date that `text` is, however a spreadsheet or a person in Japan writes it."""
    plain = _plain(text)
    plain = re.sub(r"\([月火水木金土日](?:曜日?)?\)$", "", plain)
    if serial := re.fullmatch(r"[3-7]\d{4}", plain):
        return date(1899, 12, 30) + timedelta(days=int(serial[0]))  # Excel's own number of a day
    found = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", plain)
    parts = [found[1], found[3], found[4]] if found else None
    if found := re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", plain):
        parts = list(found.groups())
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain):
        parts = list(found.groups())
    if found := re.fullmatch(
        r"(?:令和|[Rr])(\d{1,2}|元)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?", plain
    ):
        year = 1 if found[1] == "元" else int(found[1])
        parts = [str(2018 + year), found[2], found[3]]
    if parts is None:
        return None
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        return None
    return day if is_everywhere(day) else None


def read_time(text: str) -> time | None:
    """The wall time that `text` is, to the minute."""
    plain = _plain(text)
    if re.fullmatch(r"0?\.\d{1,17}", plain):  # Excel's own part of a day
        minutes = float(plain) * 24 * 60
        return _clock(*divmod(round(minutes), 60)) if abs(minutes - round(minutes)) < 0.01 else None
    found = re.fullmatch(
        r"(午前|午後|AM|PM)?(\d{1,2})(?::(\d{2})(?::00)?|時(?:(\d{1,2})分|(半))?)(AM|PM)?",
        plain.upper(),
    )
    if found is None or (found[1] and found[6]):
        return None
    hour = int(found[2])
    minute = 30 if found[5] else int(found[3] or found[4] or 0)
    half = found[1] or found[6]
    if half:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if half in ("午後", "PM") else 0)
    return _clock(hour, minute)


def _clock(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _text(raw: bytes) -> str:
    if b"\0" in raw:
        raise BadTable(TableProblem.ENCODING)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NO_LETTERS & set(text):
            return text
    raise BadTable(TableProblem.ENCODING)


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",", strict=True
    )
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadTable(TableProblem.NO_TABLE) from error


def _is_heading(cells: Sequence[str]) -> bool:
    return not any(character.isdigit() for character in "".join(cells))


def _columns(names: Sequence[str]) -> list[Column]:
    while names and not names[-1]:
        names = names[:-1]
    columns: list[Column] = []
    for place, name in enumerate(names, 1):
        plain = _plain(name).lower()
        column = next((column for column, known in _NAMES.items() if plain in known), None)
        if column is None:
            raise BadTable(TableProblem.UNKNOWN_COLUMN, place)
        if column in columns:
            raise BadTable(TableProblem.COLUMN_TWICE, place)
        columns.append(column)
    if not {Column.DATE, Column.TIME} <= set(columns):
        raise BadTable(TableProblem.NO_DATE_OR_TIME)
    return columns


def _row(number: int, cells: Sequence[str], columns: Sequence[Column]) -> TableRow:
    texts = dict.fromkeys(Column, "") | dict(zip(columns, cells, strict=False))
    day, at = _day_and_time(texts[Column.DATE], texts[Column.TIME])
    mode = _MODES.get(_plain(texts[Column.MODE]).lower())
    reference = folded_reference(texts[Column.REFERENCE])
    wrong = {
        RowProblem.CELLS: any(cells[len(columns) :]),
        RowProblem.DATE: day is None,
        RowProblem.TIME: at is None,
        RowProblem.REFERENCE: reference_problem(reference) is not None,
        RowProblem.MODE: mode is None,
    }
    return TableRow(
        number=number,
        texts=texts,
        starts_at=datetime.combine(day, at, TOKYO) if day and at is not None else None,
        reference=reference,
        mode=mode,
        problems=tuple(problem for problem, found in wrong.items() if found),
    )


def _day_and_time(day: str, at: str) -> tuple[date | None, time | None]:
    """Spreadsheets write a date with a midnight, and both in one cell."""
    if found := re.fullmatch(
        r"(\S+)\s+(\d{1,2}:\d{2}(?::00)?)", unicodedata.normalize("NFKC", day)
    ):
        own = read_time(found[2])
        if not at or own == time():
            return read_date(found[1]), read_time(at) if at else own
    return read_date(day), read_time(at)
