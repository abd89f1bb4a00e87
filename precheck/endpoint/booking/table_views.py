"""Entering many appointments from a table: choosing the file, looking at what was read, entering
all or none, and saving the codes.

Between the pages nothing is kept here: what was read stands, signed, in the page of who sent it,
and counts for half an hour.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from precheck.contract.code import format_code
from precheck.endpoint.addresses import link_of
from precheck.endpoint.booking.forms import FileForm
from precheck.endpoint.booking.keys import signed, unsigned
from precheck.endpoint.booking.offices import chosen_office
from precheck.endpoint.booking.references import could_be_a_name
from precheck.endpoint.booking.table import (
    BadTable,
    Column,
    TableRow,
    read_table,
    written_table,
)
from precheck.endpoint.booking.views import booking_words, offices_to_choose
from precheck.endpoint.booking.words import BookingWords
from precheck.endpoint.slots import IN_PRINCIPLE, objections
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.store.appointments import Booked, NotBooked, Wanted, book, fresh_key
from precheck.endpoint.store.models import Appointment, Mode, Office
from precheck.endpoint.tokyo import day_of

_TABLE, _FILE = "table", "looked at"
_EXAMPLE = (
    "日付,時刻,整理番号,方法\n2026/11/24,10:00,K-101,オンライン\n2026/11/24,10:30,K-102,電話\n"
)


@dataclass(frozen=True)
class Seen:
    """A row of the preview: `wrong` keeps it from being entered, `notes` do not."""

    number: int
    date: str
    time: str
    reference: str
    mode: str
    wrong: tuple[str, ...]
    notes: tuple[str, ...]


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.BOOK_APPOINTMENTS)
def upload(request: HttpRequest, access: Access) -> HttpResponse:
    """Choose a file; the answer shows what was read, and enters nothing. The same file comes once
    more, as `looked_at`, from who asks for that answer in the other language."""
    words, (office, offices) = booking_words(), chosen_office(request, access)
    form, status = FileForm(words), 200
    if request.method == "POST":
        form, status = FileForm(words, request.POST, request.FILES), 400
        again = unsigned(_FILE, request.POST.get("looked_at", ""))
        if again is not None or form.is_valid():
            key, file = again or (fresh_key(), form.encoded_file())
            try:
                return _preview(request, office, key, file)
            except BadTable as bad:
                form.add_error("file", words.files[bad.kind].format(place=bad.place))
    return render(
        request,
        "booking/upload.html",
        {
            "words": words,
            "form": form,
            "example": _EXAMPLE,
            **offices_to_choose(office, offices),
        },
        status=status,
    )


@sensitive_post_parameters()
@require_POST
@needs(Permission.BOOK_APPOINTMENTS)
def confirm(request: HttpRequest, access: Access) -> HttpResponse:
    """Enter all that was looked at, or nothing."""
    words = booking_words()
    try:
        office, booked = _entered(request, access)
    except NotBooked:
        form = FileForm(words)
        office, offices = chosen_office(request, access)
        shown = {"words": words, "form": form, "notice": words.nothing_entered}
        return render(
            request,
            "booking/upload.html",
            {**shown, "example": _EXAMPLE, **offices_to_choose(office, offices)},
            status=400,
        )
    speech = current_speech()
    return render(
        request,
        "booking/entered.html",
        {
            "words": words,
            "office_name": office.policy.policy().terms.office,
            "heading": words.entered.format(count=len(booked)),
            "table": request.POST["table"],
            "office": office,
            "day": min(day_of(each.appointment.starts_at) for each in booked),
            "rows": [
                {
                    "when": speech.moment(each.appointment.starts_at),
                    "reference": each.appointment.reference,
                    "mode": speech.words.modes[Mode(each.appointment.mode)],
                }
                for each in booked
            ],
        },
    )


@sensitive_post_parameters()
@require_POST
@needs(Permission.BOOK_APPOINTMENTS)
def codes(request: HttpRequest, access: Access) -> HttpResponse:
    """The codes of what was entered, as a table to save; it can be had from the page that says so,
    and for half an hour."""
    words, modes = booking_words(), current_speech().words.modes
    try:
        _, booked = _entered(request, access)
    except NotBooked:
        return render(
            request, "booking/gone.html", {"words": words, "notice": words.codes_gone}, status=400
        )
    lines = [
        (*(words.columns[column] for column in Column), words.code, words.link),
        *(
            (
                day_of(each.appointment.starts_at).isoformat(),
                clock(each.appointment.starts_at),
                each.appointment.reference,
                modes[Mode(each.appointment.mode)],
                format_code(each.code),
                link_of(each.code, request),
            )
            for each in booked
        ),
    ]
    return HttpResponse(
        written_table(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="codes.csv"'},
    )


def _entered(request: HttpRequest, access: Access) -> tuple[Office, list[Booked]]:
    """What the page carries, entered: now, or before. Raises `NotBooked`."""
    content = unsigned(_TABLE, request.POST.get("table", ""))
    if content is None:
        raise NotBooked("the page is too old")
    office_id, key, rows = content
    office = access.office(office_id)
    wanted = [
        Wanted(f"{key} {place}", datetime.fromisoformat(at), reference, Mode(mode))
        for place, (at, reference, mode) in enumerate(rows)
    ]
    return office, book(office, wanted, timezone.now(), access.user, allowed=IN_PRINCIPLE)


def _preview(request: HttpRequest, office: Office, key: str, file: str) -> HttpResponse:
    """What was read in `file` (base64). Raises `BadTable`."""
    words, rows = booking_words(), read_table(b64decode(file))
    seen = looked_at(rows, office, words)
    wrong = sum(bool(each.wrong) for each in seen)
    noted = sum(bool(each.notes) for each in seen)
    carried = [
        (row.starts_at.isoformat(), row.reference, row.mode.value)
        for row in rows
        if row.starts_at is not None and row.mode is not None
    ]
    if wrong:
        summary = words.preview_wrong.format(count=wrong)
    else:
        summary = words.preview_of.format(count=len(seen))
    return render(
        request,
        "booking/preview.html",
        {
            "words": words,
            "office": office,
            "office_name": office.policy.policy().terms.office,
            "rows": seen,
            "wrong": wrong,
            "summary": summary,
            "noted": words.preview_notes.format(count=noted) if noted else "",
            "confirm": words.confirm.format(count=len(seen)),
            "table": "" if wrong else signed(_TABLE, [office.pk, key, carried]),
            "again": [("office", office.pk), ("looked_at", signed(_FILE, [key, file]))],
        },
        status=400 if wrong else 200,
    )


def looked_at(rows: Sequence[TableRow], office: Office, words: BookingWords) -> list[Seen]:
    """What would be entered of `rows`, and what keeps each from it, in the language at hand."""
    now, terms, speech = timezone.now(), office.policy.policy().terms, current_speech()
    booked = set(
        Appointment.objects.filter(
            office=office, starts_at__in={row.starts_at for row in rows if row.starts_at}
        ).values_list("starts_at", "reference")
    )
    earlier: dict[tuple[datetime, str], int] = {}
    seen = []
    for row in rows:
        wrong = [words.rows[problem] for problem in row.problems]
        notes = [words.reference_letters] if could_be_a_name(row.reference) else []
        if row.starts_at is not None:
            for objection in objections(terms, row.starts_at, now):
                said = notes if objection in IN_PRINCIPLE else wrong
                said.append(words.objections[objection])
            same = (row.starts_at, row.reference)
            if same in earlier:
                if row.reference:
                    wrong.append(words.duplicate.format(line=earlier[same]))
                else:
                    notes.append(words.duplicate_bare.format(line=earlier[same]))
            elif same in booked:
                if row.reference:
                    wrong.append(words.known)
                else:
                    notes.append(words.known_bare)
            earlier.setdefault(same, row.number)
        seen.append(
            Seen(
                number=row.number,
                date=speech.day(day_of(row.starts_at)) if row.starts_at else row.texts[Column.DATE],
                time=clock(row.starts_at) if row.starts_at else row.texts[Column.TIME],
                reference=row.reference,
                mode=speech.words.modes[row.mode] if row.mode else row.texts[Column.MODE],
                wrong=tuple(wrong),
                notes=tuple(notes),
            )
        )
    return seen
