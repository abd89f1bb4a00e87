"""Who agreed to which terms, figures to hand on, and what was done by whom."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from precheck.contract.verdict import Verdict
from precheck.endpoint.administration.audit_log import AuditQuery, entries_for, people_in
from precheck.endpoint.administration.audit_words import (
    appointment_in_words,
    appointment_of,
    by_whom,
    detail_in_words,
    subject_in_words,
    version_of,
)
from precheck.endpoint.administration.consents import (
    appointments_among,
    asked_of,
    consents_of,
    of_revision,
)
from precheck.endpoint.administration.figures import FEWEST, LONGEST, Figure, figures_of
from precheck.endpoint.administration.page import drawn, words_of_room
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.booking.table import written_table
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.forms import DayField
from precheck.endpoint.staff.run import without_blanks
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.store.audit import AUDIT_KEPT, record
from precheck.endpoint.store.models import Action, Office, PolicyVersion
from precheck.endpoint.store.writing import writing
from precheck.endpoint.tokyo import TOKYO, day_of

_PAGE = 50
_MOST_EXPORTED = 50_000


class SpanForm(forms.Form):
    """From a day to a day."""

    first = DayField()
    last = DayField()

    def __init__(self, words: AdministrationWords, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._words = words
        self.fields["first"].label, self.fields["last"].label = words.first_day, words.last_day

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            self.add_error("last", self._words.span_wrong.format(count=LONGEST.days))
        return given


@require_safe
@needs(Permission.MANAGE_OFFICE)
def terms(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """Per revision of the terms, how many agreed to it."""
    found = access.office(office)
    return drawn(
        request,
        access,
        "terms",
        {"revisions": asked_of(consents_of(found))},
        office=found,
        tab="terms",
    )


@require_safe
@needs(Permission.MANAGE_OFFICE)
def consents(request: HttpRequest, access: Access, office: str, revision: str) -> HttpResponse:
    """The appointments that answered to one revision."""
    found, speech = access.office(office), current_speech()
    try:
        day = date.fromisoformat(revision)
    except ValueError as error:
        raise Http404 from error
    answers = of_revision(consents_of(found), day)
    if not answers:
        raise Http404
    pages = Paginator(answers, _PAGE)
    page = pages.get_page(request.GET.get("page"))
    rows = appointments_among(list(page.object_list))
    return drawn(
        request,
        access,
        "consents",
        {
            "revision": day,
            "title": answers[0].title,
            "page": page,
            "numbers": _numbers(page, pages),
            "answers": [
                {
                    "appointment": item.appointment,
                    "starts_at": speech.moment(row.starts_at),
                    "reference": row.reference,
                    "agreed": item.agreed,
                    "at": speech.moment(item.at),
                }
                for item in page.object_list
                if (row := rows.get(item.appointment)) is not None
            ],
        },
        office=found,
        tab="terms",
    )


@require_safe
@needs(Permission.MANAGE_OFFICE)
def figures(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """Figures to hand on: with `?first=&last=` as a file."""
    found, words, now = access.office(office), words_of_room(), timezone.now()
    today = day_of(now)
    form = SpanForm(words, initial={"first": today - timedelta(days=30), "last": today})
    if "first" in request.GET or "last" in request.GET:
        form = SpanForm(words, request.GET)
        if form.is_valid():
            first, last = form.cleaned_data["first"], form.cleaned_data["last"]
            rows = _in_words(figures_of([found], first, last), found, words)
            _note_export(access, now, "figures", found.pk)
            return _file(f"{found.pk}-{first}-{last}.csv", words.figure_columns, rows)
    return drawn(
        request,
        access,
        "figures",
        {
            "form": form,
            "explained": words.figures_few.format(count=FEWEST, other=words.other_reasons),
            "kept": words.figures_kept.format(days=found.retention_days),
        },
        office=found,
        tab="figures",
        status=400 if form.is_bound else 200,
    )


def _in_words(
    figures: Iterable[Figure], office: Office, words: AdministrationWords
) -> Iterator[Sequence[str]]:
    """The rows of the table for people; the codes, which stay the same from version to version, in
    its last column."""
    wording, name = current_speech().wording, office.policy.policy().terms.office
    for item in figures:
        verdict = wording.verdicts[Verdict(item.verdict)].word if item.verdict else ""
        reason, code = words.other_reasons, f"{item.check.value} {item.reason}"
        if item.verdict:
            reason = without_blanks(wording.sentence(item.check, item.reason))
        day, *_, count = item.cells()
        yield day, name, wording.label(item.check), verdict, reason, count, code


@require_safe
@needs(Permission.MANAGE_OFFICE)
def audit(request: HttpRequest, access: Access) -> HttpResponse:
    """What the staff did, the latest first: of a day, a person, a kind."""
    words, speech, asked = words_of_room(), current_speech(), AuditQuery.of(request.GET)
    pages = Paginator(entries_for(access, asked), _PAGE)
    page = pages.get_page(request.GET.get("page"))
    entries = list(page.object_list)
    there: dict[UUID | None, str] = {
        row.pk: appointment_in_words(row, words, speech)
        for row in access.appointments().filter(pk__in=filter(None, map(appointment_of, entries)))
    }
    revisions: dict[int | None, str] = {
        key: speech.revision(revision)
        for key, revision in PolicyVersion.objects.filter(
            pk__in=filter(None, map(version_of, entries))
        ).values_list("pk", "revision")
    }
    offices = {office.pk: office.policy.policy().terms.office for office in access.offices()}
    return drawn(
        request,
        access,
        "audit",
        {
            "asked": asked,
            "query": urlencode(asked.stated()),
            "people": people_in(access),
            "actions": [(action.value, words.action(action)) for action in Action],
            "kept": words.audit_kept.format(days=AUDIT_KEPT.days),
            "page": page,
            "numbers": _numbers(page, pages),
            "entries": [
                {
                    "at": speech.moment(item.at),
                    "by": by_whom(item, words),
                    "action": words.action(item.action),
                    "office": offices.get(item.office_id or "", ""),
                    "subject": revisions.get(version_of(item)) or subject_in_words(item, words),
                    "appointment": appointment_of(item),
                    "shown": there.get(appointment_of(item)),
                    "detail": detail_in_words(item.action, item.detail, words, speech),
                }
                for item in entries
            ],
        },
    )


@require_safe
@needs(Permission.MANAGE_OFFICE)
def audit_file(request: HttpRequest, access: Access) -> HttpResponse:
    """The same as a file, the latest `_MOST_EXPORTED`. An appointment stands there by its id, which
    leads nowhere once it is gone: a file outlives it."""
    now, words, speech = timezone.now(), words_of_room(), current_speech()
    entries = entries_for(access, AuditQuery.of(request.GET))
    rows = [
        (
            item.at.astimezone(TOKYO).isoformat(timespec="seconds"),
            by_whom(item, words),
            words.action(item.action),
            item.office_id or "",
            subject_in_words(item, words),
            detail_in_words(item.action, item.detail, words, speech),
        )
        for item in entries[:_MOST_EXPORTED]
    ]
    _note_export(access, now, "audit", None)
    return _file("audit.csv", words.audit_columns, rows)


def _file(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    return HttpResponse(
        written_table([headings, *rows]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _note_export(access: Access, now: datetime, what: str, office: str | None) -> None:
    with writing():
        record(access.user, Action.EXPORTED, now, office=office, subject=what)


def _numbers(page: Any, pages: "Paginator[Any]") -> list[int | str]:
    """The numbers of the pages to show as links, with gaps."""
    return list(pages.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
