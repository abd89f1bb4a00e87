"""Entering a table of appointments from the command line."""

from datetime import datetime

from precheck.contract.code import format_code
from precheck.endpoint.booking.table import BadTable, Column, read_table, written_table
from precheck.endpoint.booking.table_views import looked_at
from precheck.endpoint.booking.views import booking_words
from precheck.endpoint.slots import IN_PRINCIPLE
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.store.appointments import Booked, Wanted, book, fresh_key
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.models import Mode
from precheck.endpoint.tokyo import day_of


def entered(raw: bytes, office_id: str, now: datetime) -> tuple[list[Booked], list[str]]:
    """The appointments of the table, entered, with a sentence for each thing to make sure of; or,
    where something is wrong, none, with a sentence for each such thing. In the language that is
    active. Raises `Unusable`."""
    office, words = office_named(office_id), booking_words()
    try:
        rows = read_table(raw)
    except BadTable as bad:
        return [], [words.files[bad.kind].format(place=bad.place)]
    seen = looked_at(rows, office, words)
    wrong = [f"line {row.number}: {sentence}" for row in seen for sentence in row.wrong]
    if wrong:
        return [], wrong
    key = fresh_key()
    wanted = [
        Wanted(f"{key} {place}", row.starts_at, row.reference, row.mode)
        for place, row in enumerate(rows)
        if row.starts_at is not None and row.mode is not None
    ]
    notes = [f"line {row.number}: {sentence}" for row in seen for sentence in row.notes]
    return book(office, wanted, now, None, allowed=IN_PRINCIPLE), notes


def table_of_codes(booked: list[Booked]) -> str:
    """The appointments with their codes, as CSV in the language that is active."""
    words, modes = booking_words(), current_speech().words.modes
    lines = [
        (*(words.columns[column] for column in Column), words.code),
        *(
            (
                day_of(each.appointment.starts_at).isoformat(),
                clock(each.appointment.starts_at),
                each.appointment.reference,
                modes[Mode(each.appointment.mode)],
                format_code(each.code),
            )
            for each in booked
        ),
    ]
    return written_table(lines).decode("utf-8-sig").replace("\r\n", "\n")
