"""The job seeker's page. It is opened by a link that has the code in its fragment, which browsers
do not send; the page's script sends it in the Authorization header, and without a script it is
typed into the form. In both cases the answer is this page, with what belongs to the appointment.

There is no cookie that says who somebody is, so a form from elsewhere could do nothing that needs
no code: the pages ask for no token against forged forms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from precheck.contract.api import CODE_SCHEME
from precheck.contract.code import (
    CODE_DIGITS,
    check_digit,
    format_code,
    parse_code,
    typed_digits,
)
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import row_of
from precheck.endpoint.seeker.device import CHECKED, Device, device_of
from precheck.endpoint.seeker.downloads import Download, downloads_in, opened
from precheck.endpoint.seeker.words import SeekerWords
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.store.appointments import forget_reports
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.codes import appointment_for
from precheck.endpoint.store.ingest import delete_on
from precheck.endpoint.store.models import Appointment, Mode
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Way:
    """How a kind of device is checked."""

    device: Device
    downloads: Sequence[dict[str, Any]]
    steps: tuple[str, ...]
    heading: str
    none: str
    """What is said where there is nothing to download for it."""
    is_own: bool
    """Whether it is the kind of the device at hand."""


@csrf_exempt
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Without a code the form for it; with one, what belongs to its appointment."""
    typed = _typed(request)
    if typed is None:
        return _asking(request)
    words, now = _words(), timezone.now()
    if slip := _slip(typed, words):
        return _asking(request, slip, 400)
    address = str(request.META.get("REMOTE_ADDR", ""))
    if seconds := store().code_attempts.wait(address):
        return _asking(request, words.wait.format(seconds=seconds), 429)
    found = appointment_for(typed, now)
    if found is None:
        store().code_attempts.failed(address)
        return _asking(request, words.unknown, 401)
    said, must = "", ""
    if request.POST.get("delete"):
        if request.POST.get("sure"):
            try:
                forget_reports(found, now)
                found.refresh_from_db()
            except Appointment.DoesNotExist:  # the office has deleted it since it was looked up
                return _asking(request, words.unknown, 401)
            said = words.deleted
        else:
            must = words.delete_sure_missing
    return _about(request, found, parse_code(typed), now, said, must)


@login_not_required
@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """One of the programs."""
    file = opened(settings.DOWNLOADS, name)
    if file is None:
        raise Http404
    return FileResponse(
        file, as_attachment=True, filename=name, content_type="application/octet-stream"
    )


def _typed(request: HttpRequest) -> str | None:
    """The code that the request brings, as somebody typed it; None where it brings none."""
    scheme, _, typed = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() == CODE_SCHEME.lower() and typed.strip():
        return typed
    return request.POST.get("code", "") if request.method == "POST" else None


def _slip(typed: str, words: SeekerWords) -> str:
    """What is wrong with `typed` by itself, in words; empty where it could be a code. It says what
    everybody can tell, of whatever they type, so it is no attempt at somebody's code."""
    digits, said = typed_digits(typed), current_speech().wording.phrases
    if digits is None:
        return said["page_code_letters"]
    if not digits:
        return words.empty
    if len(digits) != CODE_DIGITS:
        return said["page_code_count"].format(count=len(digits))
    return said["error_code_mistyped"] if check_digit(digits) != "0" else ""


def _asking(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    return render(
        request, "seeker/code.html", {"words": _words(), "refused": refused}, status=status
    )


def _about(
    request: HttpRequest, found: Appointment, code: str, now: datetime, said: str, must: str
) -> HttpResponse:
    speech, words = current_speech(), _words()
    terms = found.office.policy.policy().terms
    row = row_of(found, found.office, now)
    ways = _ways(request, words)
    own = _device(request)
    return render(
        request,
        "seeker/page.html",
        {
            "words": words,
            "code": code,
            "shown_code": format_code(code),
            "said": said,
            "must": must,
            "terms": terms,
            "revision": words.revision.format(
                year=terms.revision.year, month=terms.revision.month, day=terms.revision.day
            ),
            "when": speech.moment(found.starts_at),
            "mode": speech.words.modes[row.mode],
            "is_video": row.mode is Mode.VIDEO,
            "state": speech.state(row),
            "state_kind": row.state.value,
            "standing": words.states[row.state],
            "checked_at": words.checked_at.format(when=speech.when(row.checked_at, now))
            if row.checked_at
            else "",
            "call": words.ask_phone.format(phone=terms.phone) if terms.phone else "",
            "deleted_on": words.deleted_on.format(day=speech.day(delete_on(found))),
            "ways": ways,
            "has_own": own in CHECKED,
            "on_phone": own is Device.PHONE,
            "nothing_to_download": not any(way.downloads for way in ways),
            "today": day_of(found.starts_at) == day_of(now),
        },
        status=400 if must else 200,
    )


def _ways(request: HttpRequest, words: SeekerWords) -> list[Way]:
    """That of the device at hand first."""
    own, programs = _device(request), downloads_in(settings.DOWNLOADS)
    ways = [
        Way(
            device=device,
            downloads=[_shown(each, words) for each in programs if each.device is device],
            steps=words.starting[device],
            heading=(words.own if device is own else words.elsewhere).format(
                device=words.devices[device]
            ),
            none=words.none_for_this.format(device=words.devices[device]),
            is_own=device is own,
        )
        for device in CHECKED
    ]
    return sorted(ways, key=lambda way: not way.is_own)


def _shown(program: Download, words: SeekerWords) -> dict[str, Any]:
    return {
        "name": program.name,
        "about": words.download_about.format(
            size=f"{program.size / _MEGABYTE:.1f}", day=current_speech().day(day_of(program.at))
        ),
        "sha256": program.sha256,
    }


def _device(request: HttpRequest) -> Device:
    return device_of(
        str(request.META.get("HTTP_USER_AGENT", "")),
        str(request.META.get("HTTP_SEC_CH_UA_PLATFORM", "")),
        touched=request.POST.get("touched") == "1",
    )


def _words() -> SeekerWords:
    return load_words(SeekerWords, "seeker", current_language())
