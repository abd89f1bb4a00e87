"""The appointments of a day: the page, and what of it a browser asks for again and again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from precheck.endpoint.counsellor.day import KnownLines, Wanted, items_of, tag_of
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import Listed, day_of_offices
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.live import if_changed
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

_REACH = timedelta(days=3660)
"""How far from today a list can be asked for."""
_LONGEST = 64
"""Letters that are looked for."""
_LISTS_KNOWN = 32
"""Lists whose lines are kept at hand: some 100 kB each."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_APPOINTMENTS)
def list_of_day(request: HttpRequest, access: Access) -> HttpResponse:
    """The appointments of `?date=` (default today) of the offices that the user sees. What somebody
    looks for is posted, since a reference belongs into no address."""
    asked, speech = _Asked.by(request, access), current_speech()
    wanted = _wanted(request)
    return render(
        request,
        "counsellor/list.html",
        {
            "words": _words(),
            "day": asked.day,
            "day_text": speech.day(asked.day),
            "is_today": asked.day == day_of(asked.now),
            "previous_day": asked.day - timedelta(days=1),
            "next_day": asked.day + timedelta(days=1),
            "first_day": day_of(asked.now) - _REACH,
            "last_day": day_of(asked.now) + _REACH,
            "lines": asked.lines_for(wanted) if wanted else asked.lines(),
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
    return if_changed(request, asked.tag, asked.lines)


@dataclass(frozen=True)
class _Asked:
    """The day that is asked for, and what there is on it."""

    now: datetime
    day: date
    listed: Listed

    @classmethod
    def by(cls, request: HttpRequest, access: Access) -> "_Asked":
        now = timezone.now()
        day = _day(request.GET.get("date"), day_of(now))
        return cls(now, day, day_of_offices(day, access.offices(), now))

    @cached_property
    def tag(self) -> str:
        return tag_of(self.listed, current_language(), self.now)

    def lines(self) -> SafeString:
        """All lines, as they stand in the page: what the tag says, and nothing of who asks."""
        return known_lines().of(self.tag, lambda: self.lines_for(Wanted()))

    def lines_for(self, wanted: Wanted) -> SafeString:
        """The lines of those that somebody looks for. Which columns there are does not depend on
        that."""
        rows, offices = self.listed.rows, self.listed.offices
        kept = [row for row in rows if wanted.matches(row)] if wanted else rows
        return render_to_string(
            "counsellor/rows.html",
            {
                "words": _words(),
                # Whose they are stands with them: in a page that is open still, the session may
                # have become another person's, of another office.
                "office": offices[0] if len(offices) == 1 else None,
                "several_offices": len(offices) > 1,
                "references": any(row.reference for row in rows),
                "tails": any(row.code_tail for row in rows),
                "items": items_of(kept, current_speech(), self.now),
                "none_match": bool(rows) and not kept,
            },
        )


@cache
def known_lines() -> KnownLines:
    """The ones in this process."""
    return KnownLines(_LISTS_KNOWN)


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
