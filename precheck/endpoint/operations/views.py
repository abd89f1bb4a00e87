"""What the machines around the endpoint ask it, and the page about how requests arrive."""

import hmac
import os
from collections.abc import Callable
from ipaddress import ip_address

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.views.decorators.http import require_http_methods, require_safe

from precheck.endpoint.language import current_language
from precheck.endpoint.operations.apps import operations
from precheck.endpoint.operations.arrival import (
    Expected,
    Told,
    arrival_of,
    complaints_about,
    has_doctors_pass,
)
from precheck.endpoint.operations.health import Trouble, trouble_with_store
from precheck.endpoint.operations.metrics import CONTENT_TYPE
from precheck.endpoint.operations.words import OperationsWords
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.store.apps import store
from precheck.endpoint.words import load_words

ALIVE, READY, COUNTS, SEEN = "/healthz", "/readyz", "/metrics", "/doctor/seen"


def answer_machines(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, before the log: these addresses are asked every few seconds, by whatever name
    the machine goes, and stand in no log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info not in (ALIVE, READY, COUNTS, SEEN):
            return get_response(request)
        match = resolve(request.path_info)
        response: HttpResponse
        try:
            response = match.func(request)
        except Http404:
            response = HttpResponse(status=404)
        response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether reports can be stored now: 503 where they cannot."""
    try:
        trouble = trouble_with_store()
    except DatabaseError:
        trouble = Trouble.DATABASE_AWAY
    return HttpResponse(
        f"{trouble.value}\n" if trouble else "ready\n",
        content_type="text/plain; charset=utf-8",
        status=503 if trouble else 200,
    )


@login_not_required
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """What this process has counted, for whom the settings let ask."""
    if not _may_count(request):
        raise Http404
    intake = store().intake
    text = operations().metrics.text(intake.waiting(), intake.stored, intake.batch_sizes())
    return HttpResponse(text, content_type=CONTENT_TYPE)


@login_not_required
@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """For `precheck-endpoint doctor`, which shows by its pass that it has the secret."""
    if not has_doctors_pass(request):
        raise Http404
    told = Told(seen=arrival_of(request), expected=Expected.from_settings())
    return HttpResponse(msgspec.json.encode(told), content_type="application/json")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SYSTEM)
def doctor(request: HttpRequest, access: Access) -> HttpResponse:
    """How this very request arrived. Sent as a form, it has an Origin, too."""
    words = load_words(OperationsWords, "operations", current_language())
    arrival, expected = arrival_of(request), Expected.from_settings()
    return render(
        request,
        "operations/doctor.html",
        {
            "words": words,
            "arrival": arrival,
            "expected": expected,
            "complaints": [words.complaints[item] for item in complaints_about(arrival, expected)],
        },
    )


def _may_count(request: HttpRequest) -> bool:
    """With a token set, who brings it. Else who comes from this machine, as long as no public
    address is set: behind a proxy that is not known everybody comes from this machine."""
    token = settings.METRICS_TOKEN
    if token:
        given = str(request.META.get("HTTP_AUTHORIZATION", ""))
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if settings.PUBLIC_URL and not os.environ.get("PRECHECK_TRUSTED_PROXY"):
        return False
    try:
        return ip_address(str(request.META.get("REMOTE_ADDR", "")).partition("%")[0]).is_loopback
    except ValueError:
        return False
