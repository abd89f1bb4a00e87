"""The page on which stands who is stuck now."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from precheck.contract.checks import CheckId
from precheck.contract.verdict import SYSTEMS, OsFamily
from precheck.contract.wording import Wording
from precheck.endpoint.helpdesk.choices import options
from precheck.endpoint.helpdesk.names import office_names
from precheck.endpoint.helpdesk.stuck import (
    PAGE,
    STUCK,
    Filters,
    Group,
    Person,
    Stumbling,
    Within,
    left_by,
    people_of,
    stuck_among,
    stumbling_blocks,
    total,
)
from precheck.endpoint.helpdesk.words import HelpdeskWords, TriageWords
from precheck.endpoint.language import current_language
from precheck.endpoint.slots import next_open_day
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.live import if_changed
from precheck.endpoint.staff.run import without_blanks
from precheck.endpoint.staff.speech import Speech, clock, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

T = TypeVar("T", bound=StrEnum)

_QUOTED = re.compile(r"「([^」]+)」|\"([^\"]+)\"")


@require_safe
@needs(Permission.SEE_TRIAGE)
def triage(request: HttpRequest, access: Access) -> HttpResponse:
    """Who is stuck among the appointments that the user sees, by what `?within=`, `office`,
    `system`, `state`, `check` and `reason` ask for."""
    now = timezone.now()
    shown = _shown(request, access, now)
    part = render_to_string("helpdesk/triage_now.html", shown, request)
    as_of = shown["words"].as_of.format(time=clock(now))
    return render(
        request,
        "helpdesk/triage.html",
        {**shown, "part": SafeString(part), "tag": _tag(part), "as_of": as_of},
    )


@require_safe
@needs(Permission.SEE_TRIAGE)
def triage_now(request: HttpRequest, access: Access) -> HttpResponse:
    """What of that page changes, alone; or 304 where it is still that of `If-None-Match`."""
    part = render_to_string(
        "helpdesk/triage_now.html", _shown(request, access, timezone.now()), request
    )
    return if_changed(request, _tag(part), lambda: part)


def _tag(part: str) -> str:
    return f'"{sha256(part.encode()).hexdigest()[:24]}"'


def _shown(request: HttpRequest, access: Access, now: datetime) -> dict[str, Any]:
    """What both templates need."""
    speech = current_speech()
    words = load_words(HelpdeskWords, "helpdesk", current_language()).triage
    filters, page = _filters(request.GET), _page(request.GET.get("page"))
    stuck = stuck_among(access.offices(), filters.within, now)
    groups = stuck.groups
    people = people_of(access.appointments(), filters, now, page)
    names = office_names({*stuck.versions.values(), *(person.version for person in people)})
    offices = {office: names[version] for office, version in stuck.versions.items()}
    count = total(left_by(groups, filters))
    asked = {
        name: value
        for name in ("within", "office", "system", "state", "check", "reason")
        if (value := request.GET.get(name)) is not None
    }
    return {
        "words": words,
        "query": urlencode(asked | ({"page": str(page)} if page > 1 else {})),
        "count": words.count.format(count=count),
        "is_filtered": filters != Filters(),
        "only": filters.check
        and words.only.format(check=speech.wording.label(filters.check), count=count),
        "check": filters.check,
        "reason": filters.reason,
        "fields": _fields(groups, filters, offices, words, speech, now),
        "blocks": [
            _block(block, words, speech, asked)
            for block in stumbling_blocks(left_by(groups, filters, but="check"))
        ],
        "several_offices": len(offices) > 1,
        "references": any(person.reference for person in people),
        "people": [_person(person, names, words, speech, now) for person in people],
        "pages": [
            {
                "number": number,
                "name": words.page.format(number=number),
                "address": f"?{urlencode(asked | {'page': str(number)})}",
                "current": number == page,
            }
            for number in _pages(page, count)
        ],
    }


def screens_in(remedy: str) -> tuple[str, ...]:
    """The names of screens and of what is pressed on them, in the order in which a step names
    them."""
    return tuple(first or second for first, second in _QUOTED.findall(remedy))


def _fields(
    groups: Sequence[Group],
    filters: Filters,
    offices: Mapping[str, str],
    words: TriageWords,
    speech: Speech,
    now: datetime,
) -> list[dict[str, Any]]:
    """The choices of the form. Each says how many it would leave, the other filters given."""
    by_office = dict(offices)
    if filters.office is not None:
        by_office.setdefault(filters.office, filters.office)
    states = speech.words.states
    last = next_open_day(day_of(now))
    weekday = speech.words.days.weekdays[last.weekday()]

    def field(
        name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str | None
    ) -> dict[str, Any]:
        others = left_by(groups, filters, but=name)
        counts: Counter[str | None] = Counter()
        for group in others:
            if name == "office":
                counts.update(group.offices)
            else:
                counts[getattr(group, name)] += group.count
        every = [("", words.any, total(others))]
        counted = [*every, *((value, word, counts[value]) for value, word in choices)]
        said = [
            (value, words.counted.format(choice=word, count=count))
            for value, word, count in counted
        ]
        return {"name": name, "label": label, "options": options(said, chosen or "")}

    return [
        {
            "name": "within",
            "label": words.within,
            "options": options(
                [
                    (
                        each.value,
                        words.withins[each].format(month=last.month, day=last.day, weekday=weekday),
                    )
                    for each in Within
                ],
                filters.within.value,
            ),
        },
        field(
            "state",
            speech.words.state,
            ((state.value, states[state].word) for state in STUCK),
            filters.state,
        ),
        field("system", words.system, _pairs(SYSTEMS), filters.system),
        *(
            [
                field(
                    "office",
                    speech.words.office,
                    sorted(by_office.items(), key=lambda pair: pair[1]),
                    filters.office,
                )
            ]
            if len(by_office) > 1
            else []
        ),
    ]


def _pairs(words: Mapping[T, str]) -> list[tuple[str, str]]:
    return [(key.value, word) for key, word in words.items()]


def _block(
    block: Stumbling, words: TriageWords, speech: Speech, asked: Mapping[str, str]
) -> dict[str, Any]:
    obstacle, wording = block.obstacle, speech.wording
    target = {**asked, "check": obstacle.check.value, "reason": obstacle.reason}
    known = [(system, block.systems[system]) for system in SYSTEMS if system in block.systems]
    return {
        "id": f"{obstacle.check.value}-{obstacle.verdict.value}-{obstacle.reason}",
        "label": wording.label(obstacle.check),
        "verdict": obstacle.verdict.value,
        "verdict_words": wording.verdicts[obstacle.verdict],
        "sentence": _sentence(obstacle, words, wording),
        "count": block.count,
        "systems": [
            *((SYSTEMS[system], count) for system, count in known),
            *([(words.unknown_system, block.systems[None])] if None in block.systems else []),
        ],
        "remedies": _remedies(obstacle, [system for system, _ in known], wording),
        "address": f"?{urlencode(target)}#people",
        "chosen": asked.get("check") == obstacle.check.value
        and asked.get("reason") == obstacle.reason,
    }


def _sentence(obstacle: Obstacle, words: TriageWords, wording: Wording) -> str:
    if not obstacle.reason:
        return words.read_out
    return without_blanks(wording.sentence(obstacle.check, obstacle.reason))


def _remedies(
    obstacle: Obstacle, systems: Iterable[OsFamily], wording: Wording
) -> list[dict[str, Any]]:
    """What the person was told to do: once where it is the same on every kind of system."""
    if not obstacle.reason:
        return []
    by_text: dict[str, list[str]] = {}
    for system in systems:
        remedy = wording.remedy(obstacle.check, obstacle.reason, system)
        if remedy:
            by_text.setdefault(without_blanks(remedy), []).append(SYSTEMS[system])
    return [
        {"systems": kinds, "text": text, "screens": screens_in(text)}
        for text, kinds in by_text.items()
    ]


def _person(
    person: Person,
    names: Mapping[int, str],
    words: TriageWords,
    speech: Speech,
    now: datetime,
) -> dict[str, Any]:
    return {
        "id": person.id,
        "when": speech.when(person.starts_at, now),
        "time": clock(person.starts_at),
        "until": speech.until(person.starts_at, now),
        "office": names[person.version],
        "reference": person.reference,
        "kind": person.state.value,
        "state": speech.words.states[person.state],
        "system": SYSTEMS[person.system] if person.system else words.unknown_system,
        "labels": [speech.wording.label(one.check) for one in person.obstacles],
        "checked_at": speech.when(person.checked_at, now),
    }


def _pages(current: int, count: int) -> list[int]:
    """The numbers of the pages to offer: the first, the last, and those round the current one."""
    last = max(-(-count // PAGE), 1)
    if last == 1 and current == 1:
        return []
    near = range(max(current - 2, 1), min(current + 2, last) + 1)
    return sorted({1, last, *near})


def _filters(asked: Mapping[str, str]) -> Filters:
    """What an address asks for. Raises `Http404` for what it cannot ask for."""
    check = _one_of(CheckId, asked.get("check"))
    state = _one_of(State, asked.get("state"))
    if state not in (None, *STUCK):
        raise Http404
    reason = asked.get("reason")
    if reason is not None and not re.fullmatch(r"[a-z0-9_]{0,40}", reason):
        raise Http404
    office = asked.get("office")
    if office and not re.fullmatch(r"[a-z0-9_-]{1,63}", office):
        raise Http404
    return Filters(
        within=_one_of(Within, asked.get("within")) or Within.NEXT_DAY,
        office=office or None,
        system=_one_of(OsFamily, asked.get("system")),
        state=state,
        check=check,
        reason=reason if check else None,
    )


def _one_of(kind: type[T], text: str | None) -> T | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise Http404 from error


def _page(text: str | None) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and int(text[:6]) >= 1 and len(text) <= 6):
        raise Http404
    return int(text)
