"""The appointments of a day, and one appointment."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import rows_of_day
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

_REACH = timedelta(days=3660)
"""How far from today a list can be asked for."""


@require_safe
@needs(Permission.SEE_APPOINTMENTS)
def list_of_day(request: HttpRequest, access: Access) -> HttpResponse:
    """The appointments of `?date=` (default today) of the offices that the user sees."""
    now, speech = timezone.now(), current_speech()
    today = day_of(now)
    day = _day(request.GET.get("date"), today)
    offices = list(access.offices())
    rows = rows_of_day(day, offices, now)
    return render(
        request,
        "counsellor/list.html",
        {
            "words": _words(),
            "day": day,
            "day_text": speech.day(day),
            "is_today": day == today,
            "previous_day": day - timedelta(days=1),
            "next_day": day + timedelta(days=1),
            "offices": [office.policy.policy().terms.office for office in offices],
            "several_offices": len(offices) > 1,
            "references": any(row.reference for row in rows),
            "rows": [
                {
                    "row": row,
                    "time": clock(row.starts_at),
                    "until": speech.until(row.starts_at, now),
                    "state": speech.state(row),
                    "say": speech.say(row),
                    "mode": speech.words.modes[row.mode],
                    "checked_at": speech.when(row.checked_at, now),
                }
                for row in rows
            ],
        },
    )


def _words() -> CounsellorWords:
    return load_words(CounsellorWords, "counsellor", current_language())


def _day(text: str | None, today: date) -> date:
    """The day asked for. One that is none, or centuries away, does not exist (404)."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if abs(day - today) > _REACH:
        raise Http404
    return day
