"""The list of a day: what stands in its lines, which of them somebody looks for, and by what a
browser, and this process itself, know that nothing has changed."""

import hashlib
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils.safestring import SafeString

from precheck.contract.wording import Language
from precheck.endpoint.listing import Listed, Row
from precheck.endpoint.staff.speech import Speech, clock, minutes_until
from precheck.endpoint.staff.words import StateWords
from precheck.endpoint.state import State
from precheck.endpoint.tokyo import day_of

_TAIL = 4


@dataclass(frozen=True)
class Item:
    """One line, in words."""

    row: Row
    time: str
    until: str | None
    late: str | None
    state: StateWords
    marks: tuple[str, ...]
    say: str
    checked: str
    mode: str
    reference: str
    """As it is compared with what somebody looks for."""
    heard: str
    """What who hears the page is told when it has changed; as long as nothing but the time has
    passed, it is the same."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: appointments of one state (None: of any), and of whom they know the
    reference or the last digits of the code."""

    state: State | None = None
    text: str = ""

    def __bool__(self) -> bool:
        return self.state is not None or bool(_plain(self.text))

    def matches(self, row: Row) -> bool:
        """Whether `row` is one of them. `assets/list.js` says the same in the browser."""
        if self.state is not None and row.state is not self.state:
            return False
        text = _plain(self.text)
        digits = "".join(letter for letter in text if letter not in " -")
        by_code = digits.isdecimal() and bool(row.code_tail)
        return text in _plain(row.reference) or (
            by_code and row.code_tail.endswith(digits[-_TAIL:])
        )


def items_of(rows: Sequence[Row], speech: Speech, now: datetime) -> list[Item]:
    """`rows` in words."""
    return [_item(row, speech, now) for row in rows]


def tag_of(listed: Listed, language: Language, now: datetime) -> str:
    """The entity tag (RFC 9110, 8.8.3) of the list: another one whenever anything in it is another,
    so also when a minute to the start has passed."""
    today = day_of(now)
    shown = [
        (row, minutes_until(row.starts_at, now) if day_of(row.starts_at) == today else None)
        for row in listed.rows
    ]
    digest = hashlib.sha256(msgspec.json.encode((language, today, listed.offices, shown)))
    return f'"{digest.hexdigest()[:32]}"'


class KnownLines:
    """The lines of the last `most` lists that were asked for, as they stand in the page, by their
    tag. 100 people who have the same list open are given the same lines."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: OrderedDict[str, SafeString] = OrderedDict()
        self._turn = threading.Lock()

    def of(self, tag: str, make: Callable[[], SafeString]) -> SafeString:
        """The lines of the list with this tag, by `make` where they are not at hand. Nobody waits
        for the lines of another list: two who ask at once may both make the same."""
        with self._turn:
            lines = self._lines.get(tag)
        if lines is None:
            lines = make()
        with self._turn:
            self._lines[tag] = lines
            self._lines.move_to_end(tag)
            if len(self._lines) > self._most:
                self._lines.popitem(last=False)
        return lines


def _item(row: Row, speech: Speech, now: datetime) -> Item:
    words, state, marks, say = speech.words, speech.state(row), speech.marks(row), speech.say(row)
    time, mode = clock(row.starts_at), words.modes[row.mode]
    return Item(
        row=row,
        time=time,
        until=speech.until(row.starts_at, now),
        late=words.late if row.late else None,
        state=state,
        marks=marks,
        say=say,
        checked=speech.checked(row, now),
        mode=mode,
        reference=_plain(row.reference),
        heard=" ".join([time, row.reference or row.code_tail, state.word, *marks, mode, say]),
    )


def _plain(text: str) -> str:
    """`text` as it is compared: １２ and 12, k-7 and K-7 are the same."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
