"""The staff pages. Everybody sees their own offices only; what belongs to another office does not
exist for them (404)."""

from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from uuid import UUID

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.contract.errors import BadReport
from precheck.contract.report import decode_report
from precheck.contract.wording import Wording, load_wording
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import row_of, rows_of_day
from precheck.endpoint.staff.detail import Run, run_of
from precheck.endpoint.staff.speech import Speech, clock
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.changes import change_mode_of
from precheck.endpoint.store.ingest import delete_on
from precheck.endpoint.store.models import Appointment, Mode, Office, ReportRecord
from precheck.endpoint.tokyo import day_of

_REACH = timedelta(days=3660)
"""How far from today a list can be asked for."""


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form. Wrong passwords are limited per client address."""
    words = _speech().words
    attempts = store().password_attempts
    address = request.META.get("REMOTE_ADDR", "")
    target = request.POST.get("next", request.GET.get("next", ""))
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = ""
    error, status = "", 200
    if request.method == "POST":
        if seconds := attempts.wait(address):
            error, status = words.too_many_attempts.format(seconds=seconds), 429
        else:
            form = AuthenticationForm(request, data=request.POST)
            if form.is_valid():
                login(request, form.get_user())
                return redirect(target or "staff-list")
            attempts.failed(address)
            error, status = words.sign_in_failed, 400
    return render(
        request,
        "staff/sign_in.html",
        {"words": words, "error": error, "next": target, "name": request.POST.get("username", "")},
        status=status,
    )


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("staff-login")


@login_not_required
@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        _stylesheet(),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=3600"},
    )


@require_safe
def list_of_day(request: HttpRequest) -> HttpResponse:
    """The appointments of `?date=` (default today) of the user's own offices."""
    now, speech = timezone.now(), _speech()
    today = day_of(now)
    day = _day(request.GET.get("date"), today)
    offices = _offices_of(request)
    rows = rows_of_day(day, offices, now)
    return render(
        request,
        "staff/list.html",
        {
            **_frame(request, speech),
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
def detail(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """One appointment with the latest run of the checks, or the run `?run=` of it."""
    now, speech = timezone.now(), _speech()
    found = _own_appointment(request, appointment)
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
        "staff/detail.html",
        {
            **_frame(request, speech),
            "row": row,
            "state": speech.state(row),
            "say": speech.say(row),
            "starts_at": speech.moment(row.starts_at),
            "day": day_of(row.starts_at),
            "until": speech.until(row.starts_at, now),
            "modes": [(mode.value, speech.words.modes[mode]) for mode in Mode],
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
                    "css": record.readiness,
                    "state": speech.words.states[State(record.readiness)],
                }
                for record in records
            ],
            "run_asked": asked,
            "kept_until": speech.words.kept_until.format(day=speech.day(delete_on(found))),
        },
    )


@require_POST
def change_mode(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Change how the session takes place; who did it is written down."""
    found = _own_appointment(request, appointment)
    try:
        mode = Mode(request.POST.get("mode", ""))
    except ValueError as error:
        raise Http404 from error
    change_mode_of(found, mode, _user(request), timezone.now())
    return redirect("staff-detail", appointment=found.pk)


def _speech() -> Speech:
    language = current_language()
    return Speech(words=load_staff_words(language), wording=load_wording(language))


def _frame(request: HttpRequest, speech: Speech) -> dict[str, object]:
    """What every page of a signed-in user shows."""
    name = _user(request).get_username()
    return {"words": speech.words, "who": speech.words.signed_in_as.format(name=name)}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - views that take anybody never ask
    return request.user


def _offices_of(request: HttpRequest) -> list[Office]:
    own = Office.objects.filter(membership__user=_user(request))
    return list(own.select_related("policy").order_by("id"))


def _own_appointment(request: HttpRequest, appointment: UUID) -> Appointment:
    own = Appointment.objects.filter(pk=appointment, office__membership__user=_user(request))
    found = own.select_related("office__policy").first()
    if found is None:
        raise Http404
    return found


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


@cache
def _stylesheet() -> bytes:
    return (files("precheck.endpoint.staff") / "style.css").read_bytes()
