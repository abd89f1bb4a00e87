"""One appointment: what its device was found to be, and what staff do about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.contract.checks import CheckId
from precheck.contract.wording import VerdictWords, Wording
from precheck.endpoint.counsellor.forms import NOT_LATER, NoteForm, ReadoutForm, WaiverForm
from precheck.endpoint.counsellor.history import Change, changes
from precheck.endpoint.counsellor.notices import Notice
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import row_of
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.notices import leave, taken
from precheck.endpoint.staff.run import Run, answer_in, chip_words, heard_run_of, run_of
from precheck.endpoint.staff.speech import Speech, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.changes import change_mode_of
from precheck.endpoint.store.ingest import delete_on
from precheck.endpoint.store.models import (
    Appointment,
    Mode,
    Note,
    Readout,
    SentRecording,
    Waiver,
    WaiverReason,
)
from precheck.endpoint.store.notes import WrittenByAnother, add_note, delete_note, may_delete
from precheck.endpoint.store.obstacles import Obstacle, read
from precheck.endpoint.store.readouts import MaybeNotLater, NotTaken, Refusal, enter_readout
from precheck.endpoint.store.runs import StoredRun, runs_of
from precheck.endpoint.store.waivers import (
    NotInTheWay,
    accepted_in,
    covers,
    give_waiver,
    open_obstacles,
    withdraw_waiver,
)
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
    form = _readout_form(found, now, request.POST)
    if form.later_than == NOT_LATER:
        leave(request, Notice.READOUT_LEFT)
        return redirect("counsellor-detail", appointment=found.pk)
    if not form.is_valid():
        return _page(request, access, found, now, readout=form, status=400)
    digits, day = form.cleaned_data["digits"], form.cleaned_data["day"]
    try:
        enter_readout(found, digits, day, access.user, now, form.later_than)
    except MaybeNotLater as there:
        form.ask(there.run)
        return _page(request, access, found, now, readout=form, asked_about=there.run)
    except NotTaken as error:
        form.refuse(error)
        too_many = error.why is Refusal.TOO_MANY
        answer = _page(request, access, found, now, readout=form, status=429 if too_many else 400)
        if too_many:
            answer.headers["Retry-After"] = str(error.seconds)
        return answer
    leave(request, Notice.READOUT_TAKEN)
    return redirect("counsellor-detail", appointment=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CHANGE_APPOINTMENTS)
def waive(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """Accept what the latest run found for one check."""
    found, now = access.appointment(appointment), timezone.now()
    if request.method != "POST":
        return redirect(_part(found, "waivers"))
    wanted = read(request.POST.get("accepted", ""))
    obstacle = wanted[0] if len(wanted) == 1 else None
    form = WaiverForm(_words(), current_speech().words, obstacle, request.POST)
    gone = obstacle is None
    if obstacle is not None and form.is_valid():
        given = form.cleaned_data
        try:
            give_waiver(found, obstacle, given["reason"], given["note"], access.user, now)
        except NotInTheWay:
            gone = True
        else:
            leave(request, Notice.WAIVED)
            return redirect("counsellor-detail", appointment=found.pk)
    return _page(request, access, found, now, waiver=(obstacle, form), gone=gone, status=400)


@require_POST
@needs(Permission.CHANGE_APPOINTMENTS)
def withdraw(request: HttpRequest, access: Access, appointment: UUID, waiver: int) -> HttpResponse:
    """Take back that something was accepted. What is taken back already stays so."""
    found = access.appointment(appointment)
    if not found.given_waivers.filter(pk=waiver).exists():
        raise Http404
    withdraw_waiver(found, waiver, access.user, timezone.now())
    leave(request, Notice.WITHDRAWN)
    return redirect("counsellor-detail", appointment=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WRITE_NOTES)
def write_note(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """Add a note."""
    found, now = access.appointment(appointment), timezone.now()
    if request.method != "POST":
        return redirect(_part(found, "notes"))
    form = NoteForm(_words(), request.POST)
    if not form.is_valid():
        return _page(request, access, found, now, note=form, status=400)
    add_note(found, form.cleaned_data["text"], access.user, now)
    leave(request, Notice.NOTE_ADDED)
    return redirect(_part(found, "notes"))


@require_POST
@needs(Permission.WRITE_NOTES)
def remove_note(request: HttpRequest, access: Access, appointment: UUID, note: int) -> HttpResponse:
    """Delete a note of one's own, or as administrator. One that is gone already stays so."""
    found = access.appointment(appointment)
    administers = access.grants.may(Permission.MANAGE_OFFICE, found.office_id)
    try:
        delete_note(found, note, access.user, timezone.now(), administers=administers)
    except WrittenByAnother as error:
        raise PermissionDenied from error
    leave(request, Notice.NOTE_DELETED)
    return redirect(_part(found, "notes"))


def _page(
    request: HttpRequest,
    access: Access,
    found: Appointment,
    now: datetime,
    *,
    readout: ReadoutForm | None = None,
    asked_about: StoredRun | None = None,
    waiver: tuple[Obstacle | None, WaiverForm] | None = None,
    gone: bool = False,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of `found`; a form that is given is one that was not taken, for a waiver where it is
    `gone` because what it is about is not in the way, for a readout code where the form asks
    `asked_about` which run."""
    speech, words = current_speech(), _words()
    row = row_of(found, found.office, now)
    runs = runs_of(found)
    asked = request.GET.get("run")
    shown = next((run for run in runs if asked in (None, run.key)), None)
    if asked is not None and shown is None:
        raise Http404
    given = list(found.given_waivers.select_related("given_by", "withdrawn_by").order_by("pk"))
    standing = [waiver for waiver in given if waiver.withdrawn_at is None]
    run = (
        _shown_run(shown, found, speech.wording, _accepted(shown, standing, speech))
        if shown
        else None
    )
    needs_device = row.state is not State.NOT_NEEDED
    if run and not needs_device:
        run = run.without_steps()
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
            "needs_device": needs_device,
            "opened": asked is not None or waiver is not None,
            "say": speech.say(row),
            "marks": speech.marks(row),
            "late": found.office.policy.policy().terms.late if row.late else None,
            "starts_at": speech.moment(row.starts_at),
            "day": day_of(row.starts_at),
            "until": speech.until(row.starts_at, now),
            "mode": speech.words.modes[row.mode],
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
            and (readout or (needs_device and _readout_form(found, now))),
            "asked": asked_about and _asked(asked_about, words, speech),
            "waivers": _waivers(standing, runs, words, speech),
            "withdrawn": _withdrawn(given, words, speech),
            "gone": words.not_in_the_way if gone else None,
            "acceptable": may(Permission.CHANGE_APPOINTMENTS)
            and (needs_device or waiver is not None)
            and _acceptable(found, waiver, words, speech),
            "notes": [
                {
                    "key": item.pk,
                    "by": _by(item.by, item.at, words, speech),
                    "text": item.text,
                    "deletable": may(Permission.WRITE_NOTES)
                    and may_delete(item, access.user, may(Permission.MANAGE_OFFICE)),
                }
                for item in Note.objects.filter(appointment=found)
                .select_related("by")
                .order_by("pk")
            ],
            "note": may(Permission.WRITE_NOTES) and (note or NoteForm(words)),
            "notice": (said := taken(request, Notice)) and words.notices[said],
            "kept_until": words.kept_until.format(day=speech.day(delete_on(found))),
        },
        status=status,
    )


def _asked(about: StoredRun, words: CounsellorWords, speech: Speech) -> dict[str, str]:
    """What stands above the question whether a readout code is of later than `about`."""
    state = speech.words.states[State(about.readiness)].word
    if about.read_out:
        day = speech.day(day_of(about.checked_at))
        return {
            "title": words.same_code,
            "result": words.same_code_result.format(day=day, state=state),
        }
    at = speech.moment(about.checked_at)
    return {"title": words.same_day, "result": words.same_day_result.format(at=at, state=state)}


def _readout_form(of: Appointment, now: datetime, data: QueryDict | None = None) -> ReadoutForm:
    return ReadoutForm(_words(), current_speech(), of.office.policy.policy(), now, data)


def _accepted(run: StoredRun, standing: Sequence[Waiver], speech: Speech) -> dict[CheckId, str]:
    """Why the findings of `run` that are accepted are, by their check."""
    return {
        CheckId(waiver.of_check): _reason(waiver, speech)
        for waiver in standing
        if covers(waiver, run)
    }


def _waivers(
    standing: Sequence[Waiver], runs: Sequence[StoredRun], words: CounsellorWords, speech: Speech
) -> list[dict[str, Any]]:
    return [
        {
            "key": waiver.pk,
            "check": _label(waiver, speech),
            "reason": _reason(waiver, speech),
            "note": waiver.note,
            "by": _by(waiver.given_by, waiver.given_at, words, speech),
            "not_used": _why_not_used(waiver, runs, words),
        }
        for waiver in standing
    ]


def _why_not_used(waiver: Waiver, runs: Sequence[StoredRun], words: CounsellorWords) -> str | None:
    if runs and covers(waiver, runs[0]):
        return None
    earlier = runs and runs[0].version.pk != waiver.policy_id
    return words.accepted_earlier if earlier else words.accepted_not_found


def _withdrawn(
    given: Sequence[Waiver], words: CounsellorWords, speech: Speech
) -> list[dict[str, str]]:
    return [
        {
            "check": _label(waiver, speech),
            "reason": _reason(waiver, speech),
            "note": waiver.note,
            "given": _by(waiver.given_by, waiver.given_at, words, speech),
            "withdrawn": _by(waiver.withdrawn_by, waiver.withdrawn_at, words, speech),
        }
        for waiver in given
        if waiver.withdrawn_at is not None
    ]


def _acceptable(
    of: Appointment,
    refused: tuple[Obstacle | None, WaiverForm] | None,
    words: CounsellorWords,
    speech: Speech,
) -> list[dict[str, Any]]:
    """A form for all that can be accepted; the one that was `refused` with what is wrong in it."""
    wrong, form = refused or (None, None)
    return [
        {
            "accept": words.accept.format(check=speech.wording.label(item.check)),
            "found": _chip_words(item, speech),
            "verdict": item.verdict.value,
            "form": form if form and item == wrong else WaiverForm(words, speech.words, item),
        }
        for item in open_obstacles(of)
    ]


def _label(waiver: Waiver, speech: Speech) -> str:
    """Of what is accepted; its name where it is in words that this version no longer has."""
    item = accepted_in(waiver)
    return speech.wording.label(item.check) if item else waiver.of_check


def _by(who: User | None, at: datetime, words: CounsellorWords, speech: Speech) -> str:
    return words.accepted_by.format(name=_name(who, words), at=speech.moment(at))


def _reason(waiver: Waiver, speech: Speech) -> str:
    return speech.words.waiver_reasons[WaiverReason(waiver.reason)]


def _name(of: User | None, words: CounsellorWords) -> str:
    return words.person.format(name=of.get_username()) if of else words.somebody


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
    label = speech.wording.label(change.after.check)
    if change.before.verdict is change.after.verdict:
        return words.changed_reason.format(check=label)
    return words.changed_check.format(
        check=label,
        before=_chip_words(change.before, speech).word,
        after=_chip_words(change.after, speech).word,
    )


def _chip_words(of: Obstacle, speech: Speech) -> VerdictWords:
    return chip_words(of.verdict, answer_in(of), speech.wording)


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
