"""The appointments of a day: the page, and what of it a browser asks for again and again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from precheck.endpoint.counsellor.day import Wanted, items_of, tag_of
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import Row, rows_of_day
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Office
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

_REACH = timedelta(days=3660)
"""How far from today a list can be asked for."""
_LONGEST = 64
"""Letters that are looked for."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_APPOINTMENTS)
def list_of_day(request: HttpRequest, access: Access) -> HttpResponse:
    """The appointments of `?date=` (default today) of the offices that the user sees. What somebody
    looks for is posted, since a reference belongs into no address."""
    asked, speech = _Asked.by(request, access), current_speech()
    wanted = _wanted(request)
    today = day_of(asked.now)
    return render(
        request,
        "counsellor/list.html",
        {
            **_shown(asked, wanted),
            "day_text": speech.day(asked.day),
            "is_today": asked.day == today,
            "previous_day": asked.day - timedelta(days=1),
            "next_day": asked.day + timedelta(days=1),
            "offices": [office.policy.policy().terms.office for office in asked.offices],
            "tag": asked.tag,
            "as_of": _words().as_of.format(time=clock(asked.now)),
            "wanted": wanted,
            "states": [(state.value, speech.words.states[state]) for state in State],
        },
    )


@require_safe
@needs(Permission.SEE_APPOINTMENTS)
def rows(request: HttpRequest, access: Access) -> HttpResponse:
    """The lines of that page alone, or 304 where they are still those of `If-None-Match`."""
    asked = _Asked.by(request, access)
    tag = asked.tag
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = render(request, "counsellor/rows.html", _shown(asked, Wanted()))
    response.headers["ETag"] = tag
    return response


@dataclass(frozen=True)
class _Asked:
    """The day that is asked for, and what there is on it."""

    now: datetime
    day: date
    offices: list[Office]
    rows: list[Row]

    @classmethod
    def by(cls, request: HttpRequest, access: Access) -> "_Asked":
        now = timezone.now()
        day, offices = _day(request.GET.get("date"), day_of(now)), list(access.offices())
        return cls(now, day, offices, rows_of_day(day, offices, now))

    @property
    def tag(self) -> str:
        return tag_of(self.rows, current_language(), self.now)


def _shown(asked: _Asked, wanted: Wanted) -> dict[str, object]:
    """What both templates need. Which columns there are does not depend on what is looked for."""
    kept = [row for row in asked.rows if wanted.matches(row)] if wanted else asked.rows
    return {
        "words": _words(),
        "day": asked.day,
        "several_offices": len(asked.offices) > 1,
        "references": any(row.reference for row in asked.rows),
        "tails": any(row.code_tail for row in asked.rows),
        "items": items_of(kept, current_speech(), asked.now),
        "none_match": bool(asked.rows) and not kept,
    }


def _wanted(request: HttpRequest) -> Wanted:
    state = request.POST.get("state", "")
    return Wanted(
        State(state) if state in tuple(State) else None, request.POST.get("text", "")[:_LONGEST]
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
