"""One appointment: what its device was found to be, and what staff do about it."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.contract.checks import CheckId
from precheck.contract.wording import Wording
from precheck.endpoint.counsellor.forms import ReadoutForm
from precheck.endpoint.counsellor.history import Change, changes
from precheck.endpoint.counsellor.notices import Notice, leave, taken
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import row_of
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.run import Run, heard_run_of, run_of
from precheck.endpoint.staff.speech import Speech, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.changes import change_mode_of
from precheck.endpoint.store.ingest import delete_on
from precheck.endpoint.store.models import Appointment, Mode, Readout, SentRecording
from precheck.endpoint.store.readouts import NotTaken, enter_readout
from precheck.endpoint.store.runs import StoredRun, runs_of
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words


@require_safe
@needs(Permission.SEE_APPOINTMENTS)
def detail(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """One appointment with the run of the checks that counts, or the run `?run=` of it."""
    return _page(request, access, access.appointment(appointment), timezone.now())


@require_POST
@needs(Permission.CHANGE_APPOINTMENTS)
def change_mode(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """Change how the session takes place; who did it is written down."""
    found = access.appointment(appointment)
    try:
        mode = Mode(request.POST.get("mode", ""))
    except ValueError as error:
        raise Http404 from error
    change_mode_of(found, mode, access.user, timezone.now())
    return redirect("counsellor-detail", appointment=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ENTER_READOUTS)
def enter(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """Take in a readout code. By GET, as after the switch of the language, the form again."""
    found, now = access.appointment(appointment), timezone.now()
    if request.method != "POST":
        return redirect(_part(found, "readout"))
    form = ReadoutForm(_words(), current_speech().words, now, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            enter_readout(found, given["digits"], given["day"], access.user, now)
        except NotTaken as error:
            form.refuse(error)
        else:
            leave(request, Notice.READOUT_TAKEN)
            return redirect("counsellor-detail", appointment=found.pk)
    return _page(request, access, found, now, readout=form)


def _page(
    request: HttpRequest,
    access: Access,
    found: Appointment,
    now: datetime,
    *,
    readout: ReadoutForm | None = None,
) -> HttpResponse:
    """The page of `found`; a form that is given is one that was not taken."""
    speech, words = current_speech(), _words()
    row = row_of(found, found.office, now)
    runs = runs_of(found)
    asked = request.GET.get("run")
    shown = next((run for run in runs if asked in (None, run.key)), None)
    if asked is not None and shown is None:
        raise Http404
    run = _shown_run(shown, found, speech.wording, {}) if shown else None
    policy = shown.policy if shown else found.office.policy.policy()

    def may(permission: Permission) -> bool:
        return access.grants.may(permission, found.office_id)

    return render(
        request,
        "counsellor/detail.html",
        {
            "words": words,
            "row": row,
            "state": speech.state(row),
            "say": speech.say(row),
            "marks": speech.marks(row),
            "starts_at": speech.moment(row.starts_at),
            "day": day_of(row.starts_at),
            "until": speech.until(row.starts_at, now),
            "modes": [(mode.value, speech.words.modes[mode]) for mode in Mode],
            "may_change": may(Permission.CHANGE_APPOINTMENTS),
            "terms": policy.terms,
            "under_current_policy": shown is None or shown.version.pk == found.office.policy_id,
            "shown": shown,
            "run": run,
            "made_with": run
            and run.system
            and speech.words.system.format(system=run.system, version=run.agent_version),
            "runs": _history(runs, shown, words, speech, may(Permission.SEE_RECORDINGS)),
            "readout": may(Permission.ENTER_READOUTS)
            and (readout or ReadoutForm(words, speech.words, now)),
            "notice": (said := taken(request)) and words.notices[said],
            "kept_until": words.kept_until.format(day=speech.day(delete_on(found))),
        },
        status=400 if readout else 200,
    )


def _history(
    runs: list[StoredRun],
    shown: StoredRun | None,
    words: CounsellorWords,
    speech: Speech,
    with_recordings: bool,
) -> list[dict[str, Any]]:
    """The runs as the page lists them, each with what changed since the one before."""
    reports = [run.record.pk for run in runs if not run.read_out] if with_recordings else []
    recorded = set(
        SentRecording.objects.filter(report__in=reports).values_list("report_id", flat=True)
    )
    differences = {
        after.key: changes(before.found or (), after.found or ())
        for after, before in pairwise(runs)
        if before.found is not None and after.found is not None
    }
    return [
        {
            "key": run.key,
            "shown": run is shown,
            "checked_at": speech.day(day_of(run.checked_at))
            if run.read_out
            else speech.moment(run.checked_at),
            "arrived_at": speech.moment(run.arrived_at),
            "way": speech.words.read_out if run.read_out else words.sent,
            "kind": run.readiness,
            "state": speech.words.states[State(run.readiness)],
            "compared": run.key in differences,
            "changes": [_said(each, words, speech) for each in differences.get(run.key, ())],
            "recording": run.record.pk if not run.read_out and run.record.pk in recorded else None,
        }
        for run in runs
    ]


def _said(change: Change, words: CounsellorWords, speech: Speech) -> str:
    label, verdicts = speech.wording.label(change.check), speech.wording.verdicts
    if change.before is change.after:
        return words.changed_reason.format(check=label)
    return words.changed_check.format(
        check=label, before=verdicts[change.before].word, after=verdicts[change.after].word
    )


def _shown_run(
    run: StoredRun, of: Appointment, wording: Wording, accepted: Mapping[CheckId, str]
) -> Run | None:
    """None for a run from before an update, in words that this version no longer has."""
    day = day_of(of.starts_at)
    if isinstance(run.record, Readout):
        found = run.found
        return None if found is None else heard_run_of(found, run.policy, wording, day, accepted)
    if run.report is None:
        return None
    return run_of(run.report, run.policy, wording, day, accepted)


def _part(of: Appointment, part: str) -> str:
    return reverse("counsellor-detail", args=[of.pk]) + f"#{part}"


def _words() -> CounsellorWords:
    return load_words(CounsellorWords, "counsellor", current_language())
