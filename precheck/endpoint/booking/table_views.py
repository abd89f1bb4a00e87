"""Entering many appointments from a table: choosing the file, looking at what was read, entering
all or none, and saving the codes.

Between the pages nothing is kept here: what was read stands, signed, in the page of who sent it,
and counts for half an hour. For so long the codes can be had, too: they follow from the key of the
table, which goes along, signed, in a cookie for that one page.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.contract.code import format_code
from precheck.endpoint.addresses import link_of
from precheck.endpoint.booking.forms import FileForm
from precheck.endpoint.booking.invitation import given_for
from precheck.endpoint.booking.keys import brought, led_to, signed, unsigned
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
from precheck.endpoint.operations.telling import gaps_told
from precheck.endpoint.slots import IN_PRINCIPLE, objections
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.store.appointments import (
    Booked,
    NotBooked,
    Wanted,
    book,
    fresh_key,
    given_code,
)
from precheck.endpoint.store.codes import id_for
from precheck.endpoint.store.models import Appointment, Mode, Office
from precheck.endpoint.tokyo import day_of

_TABLE, _FILE = "table", "looked at"
_COOKIE = "precheck_entered"
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
    """Enter all that was looked at, or nothing; the page after it has the codes."""
    words = booking_words()
    content = unsigned(_TABLE, request.POST.get("table", ""))
    try:
        if content is None:
            raise NotBooked("the page is too old")
        office_id, key, rows = content
        office = access.office(office_id)
        wanted = [
            Wanted(own, datetime.fromisoformat(at), reference, Mode(mode))
            for own, (at, reference, mode) in zip(_keys(key, len(rows)), rows, strict=True)
        ]
        book(office, wanted, timezone.now(), access.user, allowed=IN_PRINCIPLE)
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
    batch = id_for(office.pk, key)
    address = reverse("booking-entered", args=[batch])
    return led_to(address, _COOKIE, [str(batch), access.user.pk, office.pk, key, len(rows)])


@require_safe
@needs(Permission.BOOK_APPOINTMENTS)
def entered(request: HttpRequest, access: Access, batch: UUID) -> HttpResponse:
    """What was entered from a table with all codes, for who entered it, and for half an hour."""
    found, words, speech = _entered(request, access, batch), booking_words(), current_speech()
    if not found:
        return _gone(request, words)
    rows = [
        {
            "when": speech.moment(each.appointment.starts_at),
            "reference": each.appointment.reference,
            "mode": speech.words.modes[Mode(each.appointment.mode)],
            "code": format_code(each.code),
        }
        for each in found
    ]
    first = min(each.appointment.starts_at for each in found)
    about = {
        **_about(batch, found, words),
        "day": day_of(first),
        "rows": rows,
        "gaps": gaps_told(request),
    }
    return render(request, "booking/entered.html", about)


@require_safe
@needs(Permission.BOOK_APPOINTMENTS)
def slips(request: HttpRequest, access: Access, batch: UUID) -> HttpResponse:
    """The slips of all that was entered, to be printed at once."""
    found, words = _entered(request, access, batch), booking_words()
    if not found:
        return _gone(request, words)
    given = [given_for(each.appointment, each.code, request) for each in found]
    about = {**_about(batch, found, words), "all_given": given, "gaps": gaps_told(request)}
    return render(request, "booking/slips.html", about)


@require_safe
@needs(Permission.BOOK_APPOINTMENTS)
def codes(request: HttpRequest, access: Access, batch: UUID) -> HttpResponse:
    """The codes of all that was entered, as a table to save."""
    words, modes = booking_words(), current_speech().words.modes
    found = _entered(request, access, batch)
    if not found:
        return _gone(request, words)
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
            for each in found
        ),
    ]
    return HttpResponse(
        written_table(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="codes.csv"'},
    )


def _keys(key: str, count: int) -> list[str]:
    """Those of the rows of the table that was looked at under `key`."""
    return [f"{key} {place}" for place in range(count)]


def _entered(request: HttpRequest, access: Access, batch: UUID) -> list[Booked]:
    """What the user at hand has entered of late as `batch`, without what is cancelled by now or has
    another code; none of anything else."""
    content = brought(request, _COOKIE)
    if content is None or content[:2] != [str(batch), access.user.pk]:
        return []
    _, _, office_id, key, count = content
    office = access.office(office_id)
    own = {id_for(office.pk, each): each for each in _keys(key, count)}
    known = Appointment.objects.select_related("office__policy").in_bulk(list(own))
    return [
        Booked(known[pk], code, first=False)
        for pk, each in own.items()
        if pk in known and (code := given_code(known[pk], each)) is not None
    ]


def _about(batch: UUID, found: Sequence[Booked], words: BookingWords) -> dict[str, Any]:
    return {
        "words": words,
        "batch": batch,
        "heading": words.entered.format(count=len(found)),
        "office_name": found[0].appointment.office.policy.policy().terms.office,
    }


def _gone(request: HttpRequest, words: BookingWords) -> HttpResponse:
    return render(request, "booking/gone.html", {"words": words, "notice": words.codes_gone})


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
