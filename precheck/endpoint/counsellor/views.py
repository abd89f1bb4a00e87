"""The appointments of a day, and one appointment."""

from datetime import date, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from precheck.contract.errors import BadReport
from precheck.contract.report import decode_report
from precheck.contract.wording import Wording
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import row_of, rows_of_day
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.run import Run, run_of
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store.changes import change_mode_of
from precheck.endpoint.store.ingest import delete_on
from precheck.endpoint.store.models import Appointment, Mode, ReportRecord
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


@require_safe
@needs(Permission.SEE_APPOINTMENTS)
def detail(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """One appointment with the latest run of the checks, or the run `?run=` of it."""
    now, speech, words = timezone.now(), current_speech(), _words()
    found = access.appointment(appointment)
    row = row_of(found, found.office, now)
    records = list(found.reports.select_related("policy").order_by("-checked_at", "-id"))
    asked = request.GET.get("run")
    shown = next((record for record in records if asked in (None, str(record.pk))), None)
    if asked is not None and shown is None:
        raise Http404
    run = _shown_run(shown, found, speech.wording) if shown else None
    policy = shown.policy.policy() if shown else found.office.policy.policy()
    return render(
        request,
        "counsellor/detail.html",
        {
            "words": words,
            "row": row,
            "state": speech.state(row),
            "say": speech.say(row),
            "starts_at": speech.moment(row.starts_at),
            "day": day_of(row.starts_at),
            "until": speech.until(row.starts_at, now),
            "modes": [(mode.value, speech.words.modes[mode]) for mode in Mode],
            "may_change": access.grants.may(Permission.CHANGE_APPOINTMENTS, found.office_id),
            "terms": policy.terms,
            "under_current_policy": shown is None or shown.policy_id == found.office.policy_id,
            "shown": shown,
            "run": run,
            "made_with": run
            and speech.words.system.format(system=run.system, version=run.agent_version),
            "runs": [
                {
                    "id": record.pk,
                    "shown": record is shown,
                    "checked_at": speech.moment(record.checked_at),
                    "received_at": speech.moment(record.received_at),
                    "kind": record.readiness,
                    "state": speech.words.states[State(record.readiness)],
                }
                for record in records
            ],
            "kept_until": words.kept_until.format(day=speech.day(delete_on(found))),
        },
    )


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


def _shown_run(record: ReportRecord, of: Appointment, wording: Wording) -> Run | None:
    """None for a report from before an update, in words that this version no longer has."""
    try:
        report = decode_report(bytes(record.document))
    except BadReport:
        return None
    return run_of(report, record.policy.policy(), wording, day_of(of.starts_at))
