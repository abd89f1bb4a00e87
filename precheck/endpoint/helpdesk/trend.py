"""The page on which stands how the last two weeks went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from precheck.contract.checks import CheckId
from precheck.contract.verdict import Readiness
from precheck.endpoint.helpdesk.charts import Chart, chart
from precheck.endpoint.helpdesk.names import office_names
from precheck.endpoint.helpdesk.words import HelpdeskWords, TrendWords
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import Speech, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Counted, DailyCount
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
    counted = counts_of([office] if office else list(versions), days[0], today)
    by_readiness, by_check = counted[Counted.READINESS], counted[Counted.CHECK]
    names = office_names(versions.values())
    kinds = [readiness.value for readiness in Readiness]
    return render(
        request,
        "helpdesk/trend.html",
        {
            "words": words,
            "offices": sorted(
                ((pk, names[version], pk == office) for pk, version in versions.items()),
                key=lambda entry: entry[1],
            ),
            "is_empty": not by_readiness,
            "whole": chart(days, by_readiness, kinds),
            "says": _says(days, by_readiness, kinds, words, speech),
            "legend": [(kind, speech.words.states[State(kind)]) for kind in kinds],
            "days": [
                {
                    "text": speech.day(day),
                    "values": [by_readiness[day][kind] for kind in kinds],
                    "total": sum(by_readiness[day].values()),
                }
                for day in reversed(days)
            ],
            "scrolls_whole": words.scrolls.format(name=words.by_readiness),
            "scrolls": words.scrolls.format(name=words.by_check),
            "checks": _by_check(days, by_check, words, speech),
            "short_days": [f"{day.month}/{day.day}" for day in days],
        },
    )


def counts_of(
    offices: Sequence[str], first: date, last: date
) -> dict[Counted, dict[date, dict[str, int]]]:
    """The runs of each day from `first` to `last`, by what they are counted by, in these offices
    together. One query."""
    counted: dict[Counted, dict[date, dict[str, int]]] = {
        subject: defaultdict(lambda: defaultdict(int)) for subject in Counted
    }
    rows = (
        DailyCount.objects.filter(office__in=offices, day__gte=first, day__lte=last)
        .order_by()
        .values_list("day", "subject", "name")
        .annotate(sum=Sum("runs"))
    )
    for day, subject, name, runs in rows:
        counted[Counted(subject)][day][name] = runs
    return counted


def _by_check(
    days: Sequence[date], counts: Counts, words: TrendWords, speech: Speech
) -> list[dict[str, Any]]:
    """A small chart for each check that was in the way, the most frequent first."""
    sums = {
        check: sum(counts.get(day, {}).get(check.value, 0) for day in days) for check in CheckId
    }
    seen = sorted((check for check in CheckId if sums[check]), key=lambda check: -sums[check])
    return [
        {
            "check": check.value,
            "label": speech.wording.label(check),
            "total": sums[check],
            "runs": words.runs.format(count=sums[check]),
            "chart": _small(days, counts, check),
            "says": _says(days, counts, [check.value], words, speech),
            "values": [counts.get(day, {}).get(check.value, 0) for day in days],
        }
        for check in seen
    ]


def _small(days: Sequence[date], counts: Counts, check: CheckId) -> Chart:
    return chart(days, counts, [check.value], width=360, height=150, every=3)


def _says(
    days: Sequence[date], counts: Counts, kinds: Sequence[str], words: TrendWords, speech: Speech
) -> str:
    """What a chart says, in one or two sentences."""
    totals = {day: sum(counts.get(day, {}).get(kind, 0) for kind in kinds) for day in days}
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
            count=sum(counts.get(day, {}).get(kind, 0) for day in days),
        )
        for kind in kinds
    ]
    return f"{text} {words.separator.join(parts)}"
