"""The policies of an office: what is in force, what was, what is planned, and making another one.

Another one is looked at before it counts: a text with its mistakes by line, or what it changes in
words, line by line, and for those who were checked of late. What is looked at is what is put into
force: the text goes with the form, and nothing is kept in between.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.contract.errors import BadPolicy
from precheck.contract.offices import load_policy
from precheck.contract.policy import Policy
from precheck.contract.verdict import Readiness
from precheck.endpoint.administration.impact import LOOKED_BACK, MOST, Impact, impact_of
from precheck.endpoint.administration.notices import Notice
from precheck.endpoint.administration.page import drawn, words_of_room
from precheck.endpoint.administration.policy_changes import changes_between, limits_not_tried
from precheck.endpoint.administration.policy_text import difference, text_of
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.errors import Unusable
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.notices import leave
from precheck.endpoint.staff.speech import Speech, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Office, PolicyVersion
from precheck.endpoint.store.policies import (
    FURTHEST,
    cancel_planned,
    history_of,
    planned_of,
    put_in_force,
)
from precheck.endpoint.tokyo import day_of

LONGEST_TEXT = 24 * 1024
"""Bytes, three times what a policy needs. Finding the line of a mistake reads the text from its
beginning for each line."""
_AROUND = 8
"""Lines that are shown before and after a mistake."""
_READINESS = (Readiness.READY, Readiness.ATTENTION, Readiness.NOT_READY)


class TextForm(forms.Form):
    """The text of a policy, typed or as a file."""

    file = forms.FileField(required=False)
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)

    def __init__(
        self, words: AdministrationWords, data: Any = None, files: Any = None, initial: Any = None
    ) -> None:
        super().__init__(data, files, initial=initial)
        self._words = words
        self.fields["file"].label, self.fields["text"].label = words.policy_file, words.policy_text
        self.fields["file"].help_text = words.policy_file_hint
        self.fields["file"].widget.attrs["accept"] = ".toml,text/plain"
        self.fields["text"].widget.attrs |= {
            "rows": "24",
            "spellcheck": "false",
            "autocomplete": "off",
            "class": "source",
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file = given.get("file")
        raw = file.read(LONGEST_TEXT + 1) if isinstance(file, UploadedFile) else None
        if raw is None:
            raw = given.get("text", "").encode()
        if len(raw) > LONGEST_TEXT:
            self.add_error(None, self._words.policy_too_long.format(count=LONGEST_TEXT // 1024))
        try:
            given["policy"] = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.add_error("file", self._words.policy_not_utf8)
        else:
            if not given["policy"].strip():
                self.add_error(None, self._words.policy_empty)
        return given


@require_safe
@needs(Permission.MANAGE_OFFICE)
def policy(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """What is in force, what is planned, and what was."""
    found, speech, words = access.office(office), current_speech(), words_of_room()
    planned, entries = planned_of(found), history_of(found)
    return drawn(
        request,
        access,
        "policy",
        {
            "in_force": found.policy,
            "since": speech.moment(entries[0].entered_at or found.policy.added_at)
            if entries
            else speech.moment(found.policy.added_at),
            "planned": planned
            and {
                "version": planned.version,
                "text": words.planned_from.format(
                    revision=speech.revision(planned.version.revision),
                    day=speech.day(planned.starts_on),
                ),
            },
            "entries": [
                {
                    "version": entry.version,
                    "at": speech.moment(entry.entered_at),
                    "by": entry.by.get_username() if entry.by else words.by_command,
                    "is_in_force": number == 0,
                    "is_again": entry.version_id
                    in {earlier.version_id for earlier in entries[number + 1 :]},
                }
                for number, entry in enumerate(entries)
                if entry.entered_at is not None
            ],
        },
        office=found,
        tab="policy",
    )


@require_safe
@needs(Permission.MANAGE_OFFICE)
def version(request: HttpRequest, access: Access, office: str, version: int) -> HttpResponse:
    """One version: its text (`?download` for a file), and in what the one in force differs."""
    found = access.office(office)
    shown = _version(found, version)
    text = text_of(shown.policy())
    if "download" in request.GET:
        return HttpResponse(
            text,
            content_type="application/toml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{found.pk}.toml"'},
        )
    planned = planned_of(found)
    return drawn(
        request,
        access,
        "version",
        {
            "version": shown,
            "lines": _numbered(text),
            "is_in_force": shown.pk == found.policy_id,
            "is_planned": planned is not None and planned.version_id == shown.pk,
            "something_planned": planned is not None,
            "changes": _changes(found.policy.policy(), shown.policy(), current_speech()),
            "text": text,
        },
        office=found,
        tab="policy",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_OFFICE)
def new(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """Another policy: the text to begin with, then its mistakes or what it would change."""
    found, words = access.office(office), words_of_room()
    if request.method != "POST":
        text = text_of(found.policy.policy())
        return _form(request, access, found, TextForm(words, initial={"text": text}))
    if "mend" in request.POST:  # it was looked at, and is to be changed first
        draft = {"text": request.POST.get("text", "")}
        return _form(request, access, found, TextForm(words, initial=draft))
    form = TextForm(words, request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, access, found, form, status=400)
    return _looked_at(request, access, found, form.cleaned_data["policy"])


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_OFFICE)
def put(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """Put the text that was looked at into force, today or from a day on."""
    found, words, now = access.office(office), words_of_room(), timezone.now()
    if request.method != "POST":
        return redirect("administration-policy-new", office=found.pk)  # there is no text any more
    text, stated = request.POST.get("policy", ""), request.POST.get("starts_on", "")
    if len(text.encode()) > LONGEST_TEXT:
        raise Http404
    try:
        starts_on = date.fromisoformat(stated)
        wrong = not day_of(now) <= starts_on <= day_of(now) + FURTHEST
    except ValueError:
        wrong = True
    if wrong:
        day_wrong = words.starts_on_wrong.format(count=FURTHEST.days)
        return _looked_at(request, access, found, text, day_wrong=day_wrong)
    try:
        put_in_force(found.pk, _loaded(found, text), starts_on, now, access.user)
    except (BadPolicy, Unusable):
        return _looked_at(request, access, found, text)
    leave(request, Notice.IN_FORCE if starts_on == day_of(now) else Notice.PLANNED)
    return redirect("administration-policy", office=found.pk)


@require_POST
@needs(Permission.MANAGE_OFFICE)
def cancel(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """Let the planned version not come into force."""
    found = access.office(office)
    try:
        cancel_planned(found.pk, timezone.now(), access.user)
    except Unusable:
        leave(request, Notice.NOTHING_PLANNED)
    else:
        leave(request, Notice.CANCELLED)
    return redirect("administration-policy", office=found.pk)


def _form(
    request: HttpRequest,
    access: Access,
    office: Office,
    form: TextForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "planned": planned_of(office), **more}
    return drawn(request, access, "policy_new", context, office=office, tab="policy", status=status)


def _looked_at(
    request: HttpRequest, access: Access, office: Office, text: str, day_wrong: str = ""
) -> HttpResponse:
    words, speech, now = words_of_room(), current_speech(), timezone.now()
    try:
        after = _loaded(office, text)
    except BadPolicy as error:
        form = TextForm(words, initial={"text": text})
        line = error.line or 1
        return _form(
            request,
            access,
            office,
            form,
            status=400,
            line=line,
            wrong_line=words.wrong_line.format(line=line),
            problem=_in_words(error, words),
            said=error.problem or str(error),
            lines=_numbered(text)[max(0, line - _AROUND) : line + _AROUND],
        )
    before = office.policy.policy()
    changes = _changes(before, after, speech)
    impact = impact_of(after, office, now) if changes else None
    return drawn(
        request,
        access,
        "policy_preview",
        {
            "text": text,
            "again": [("text", text)],
            "changes": changes,
            "difference": [(_kind(line), line) for line in difference(before, after)],
            "impact": impact and _impact_in_words(impact, words, speech),
            "not_seen": [
                (change, impact and words.impact.fine_now.format(count=impact.fine.get(check, 0)))
                for check, change in limits_not_tried(before, after, words.policies, speech.wording)
            ],
            "new_terms": before.terms.revision != after.terms.revision,
            "planned": planned_of(office),
            "today": day_of(now),
            "last_day": day_of(now) + FURTHEST,
            "starts_on": request.POST.get("starts_on") or day_of(now).isoformat(),
            "day_wrong": day_wrong,
        },
        office=office,
        tab="policy",
        status=400 if day_wrong else 200,
    )


def _loaded(office: Office, text: str) -> Policy:
    return load_policy(office.pk, text, f"{office.pk}.toml")


def _version(office: Office, version: int) -> PolicyVersion:
    found = PolicyVersion.objects.filter(pk=version, policy_id=office.pk).first()
    if found is None:
        raise Http404
    return found


def _changes(before: Policy, after: Policy, speech: Speech) -> Any:
    return changes_between(before, after, words_of_room().policies, speech.wording)


def _numbered(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.split("\n"), 1))


def _kind(line: str) -> str:
    return {"+": "added", "-": "gone", "@": "place"}.get(line[:1], "")


def _impact_in_words(impact: Impact, words: AdministrationWords, speech: Speech) -> dict[str, Any]:
    said = words.impact
    states = {each: speech.words.states[State(each)] for each in _READINESS}
    ready = impact.were(Readiness.READY)
    return {
        "counted": said.counted.format(count=impact.counted, days=LOOKED_BACK.days),
        "nobody": impact.counted == 0,
        "not_all": "" if impact.is_all else said.not_all.format(count=MOST),
        "sentence": said.sentence.format(
            ready=ready,
            not_ready=impact.move(Readiness.READY, Readiness.NOT_READY),
            attention=impact.move(Readiness.READY, Readiness.ATTENTION),
        ),
        "states": [(each.value, states[each]) for each in _READINESS],
        "rows": [
            {
                "kind": was.value,
                "state": states[was],
                "cells": [(states[to].word, impact.move(was, to), was is to) for to in _READINESS],
            }
            for was in _READINESS
        ],
        "causes": [(speech.wording.label(check), count) for check, count in impact.causes],
    }


_MISTAKES = (
    (r"^Object contains unknown field `(?P<a>[^`]+)`", "unknown_field"),
    (r"^Object missing required field `(?P<a>[^`]+)`", "missing_field"),
    (r"^Expected `(?P<a>[^`]+)`, got `(?P<b>[^`]+)`", "wrong_kind"),
    (r"^Invalid enum value '(?P<a>[^']+)'", "wrong_value"),
    (r"\(at (?:line \d+, column \d+|end of document)\)$", "not_toml"),
    (r"names '(?P<a>[^']+)', which is not under clauses", "no_clause"),
)


def _in_words(error: BadPolicy, words: AdministrationWords) -> str:
    """What is wrong, as far as it is one of the usual mistakes; the loader's own sentence stands
    beside it in any case."""
    for pattern, name in _MISTAKES:
        if found := re.search(pattern, error.problem):
            parts = {"a": "", "b": "", **found.groupdict()}
            return words.mistakes[name].format(**parts)
    return words.mistakes["other"]
