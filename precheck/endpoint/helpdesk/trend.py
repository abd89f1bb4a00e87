"""The page on which stands how the last two weeks went."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from precheck.contract.checks import CheckId
from precheck.contract.verdict import Readiness
from precheck.endpoint.helpdesk.charts import chart
from precheck.endpoint.helpdesk.choices import options
from precheck.endpoint.helpdesk.counts import counts_of
from precheck.endpoint.helpdesk.drawing import drawn
from precheck.endpoint.helpdesk.names import office_names
from precheck.endpoint.helpdesk.words import HelpdeskWords, TrendWords
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import Speech, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Counted
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

DAYS = 14

Counts = Mapping[date, Mapping[str, int]]


@require_safe
@needs(Permission.SEE_TRIAGE)
def trend(request: HttpRequest, access: Access) -> HttpResponse:
    """The runs of the last `DAYS` days, today's among them, in the offices that the user sees or in
    `?office=` of them."""
    speech = current_speech()
    words = load_words(HelpdeskWords, "helpdesk", current_language()).trend
    today = day_of(timezone.now())
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    versions = dict(access.offices().values_list("pk", "policy_id"))
    office = request.GET.get("office") or None
    if office not in (None, *versions):
        raise Http404
    places = frozenset({office}) if office else access.grants.places(access.permission)
    counted = counts_of(places, days, today)
    by_readiness = {day: counted[day][Counted.READINESS] for day in days}
    by_check = {day: counted[day][Counted.CHECK] for day in days}
    names = office_names(versions.values())
    offices = sorted(((pk, names[of]) for pk, of in versions.items()), key=lambda pair: pair[1])
    kinds = [readiness.value for readiness in Readiness]
    states = [speech.words.states[State(kind)] for kind in kinds]
    return render(
        request,
        "helpdesk/trend.html",
        {
            "words": words,
            "several_offices": len(offices) > 1,
            "offices": options(offices, office or "", lang="ja"),
            "office": offices[0][1] if len(offices) == 1 else None,
            "is_empty": not any(by_readiness.values()),
            "whole": drawn(
                chart(days, by_readiness, kinds),
                "whole",
                words.by_readiness,
                _says(days, by_readiness, kinds, words, speech),
                patterned=True,
            ),
            "legend": list(zip(kinds, states, strict=True)),
            "days": [
                {
                    "text": speech.day(day),
                    "values": [
                        (state.word, str(by_readiness[day].get(kind, 0)))
                        for kind, state in zip(kinds, states, strict=True)
                    ],
                    "total": str(sum(by_readiness[day].values())),
                }
                for day in reversed(days)
            ],
            "scrolls_whole": words.scrolls.format(name=words.by_readiness),
            "scrolls": words.scrolls.format(name=words.by_check),
            "checks": _by_check(days, by_check, words, speech),
            "short_days": [f"{day.month}/{day.day}" for day in days],
        },
    )


def _by_check(
    days: Sequence[date], counts: Counts, words: TrendWords, speech: Speech
) -> list[dict[str, Any]]:
    """A small chart for each check that was in the way, the most frequent first."""
    sums = {check: sum(counts[day].get(check.value, 0) for day in days) for check in CheckId}
    seen = sorted((check for check in CheckId if sums[check]), key=lambda check: -sums[check])
    shown = []
    for check in seen:
        label, kinds = speech.wording.label(check), [check.value]
        small = chart(days, counts, kinds, width=360, height=150, every=3)
        shown.append(
            {
                "label": label,
                "total": str(sums[check]),
                "runs": words.runs.format(count=sums[check]),
                "chart": drawn(
                    small, check.value, label, _says(days, counts, kinds, words, speech)
                ),
                "values": [str(counts[day].get(check.value, 0)) for day in days],
            }
        )
    return shown


def _says(
    days: Sequence[date], counts: Counts, kinds: Sequence[str], words: TrendWords, speech: Speech
) -> str:
    """What a chart says, in one or two sentences."""
    totals = {day: sum(counts[day].get(kind, 0) for kind in kinds) for day in days}
    most = max(days, key=lambda day: totals[day])
    text = words.sums.format(
        first=speech.day(days[0]),
        last=speech.day(days[-1]),
        total=sum(totals.values()),
        most=totals[most],
        day=speech.day(most),
    )
    if len(kinds) == 1:
        return text
    parts = [
        words.sums_of.format(
            kind=speech.words.states[State(kind)].word,
            count=sum(counts[day].get(kind, 0) for day in days),
        )
        for kind in kinds
    ]
    return f"{text} {words.separator.join(parts)}"
