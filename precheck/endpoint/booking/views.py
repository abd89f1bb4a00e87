"""One new appointment, another code for one, and taking one back.

A code is shown to who asked for it, at an address without it, for half an hour: from the key that
the form carried, which goes along, signed, in a cookie for that one address. So the page can be
loaded again or read in the other language, and still the code is kept nowhere.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from precheck.endpoint.booking.forms import NewForm
from precheck.endpoint.booking.invitation import given_for
from precheck.endpoint.booking.keys import brought, led_to, signed, unsigned
from precheck.endpoint.booking.offices import chosen_office
from precheck.endpoint.booking.words import BookingWords
from precheck.endpoint.language import current_language
from precheck.endpoint.operations.telling import gaps_told
from precheck.endpoint.slots import IN_PRINCIPLE, next_day
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.store.appointments import (
    Cancelled,
    CodeReplaced,
    Objected,
    OtherBooking,
    Wanted,
    book,
    cancel,
    fresh_key,
    given_code,
    renew_code,
)
from precheck.endpoint.store.codes import id_for, is_over
from precheck.endpoint.store.models import Appointment, Mode, Office
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

_NEW, _RENEW = "new", "renew"
_COOKIE = "precheck_given"


@sensitive_post_parameters("key", "reference")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.BOOK_APPOINTMENTS)
def new(request: HttpRequest, access: Access) -> HttpResponse:
    """Enter one appointment; the page after it shows its code."""
    now, speech, words = timezone.now(), current_speech(), booking_words()
    office, offices = chosen_office(request, access)
    terms = office.policy.policy().terms
    notice, status = "", 200
    if request.method == "POST":
        key = unsigned(_NEW, request.POST.get("key", ""))
        is_there = _others(office, key)
        form = NewForm(terms, words, speech.words, now, is_there, request.POST)
        status = 400
        if form.is_valid():
            if key is None:
                notice = words.expired
            else:
                wanted = Wanted(
                    key, form.starts_at, form.cleaned_data["reference"], form.cleaned_data["mode"]
                )
                try:
                    (booked,) = book(office, [wanted], now, access.user, allowed=IN_PRINCIPLE)
                except Cancelled:
                    notice = words.expired
                except (OtherBooking, CodeReplaced):
                    notice = words.booked_before
                else:
                    return _to_code(booked.appointment, key, _NEW, access)
    else:
        initial = {"date": next_day(terms, day_of(now)), "mode": Mode.VIDEO.value}
        form = NewForm(terms, words, speech.words, now, _others(office), initial=initial)
    return render(
        request,
        "booking/new.html",
        {
            "words": words,
            "form": form,
            "notice": notice,
            "key": signed(_NEW, fresh_key()),
            **offices_to_choose(office, offices),
            "rules": [rule for rule in (terms.day_before, terms.late) if rule],
            "terms": terms,
        },
        status=status,
    )


@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.BOOK_APPOINTMENTS)
def renew(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """Give an appointment another code; the page after it shows it."""
    now, words = timezone.now(), booking_words()
    found = access.appointment(appointment)
    notice, status = words.over if is_over(found, now) else "", 200
    if request.method == "POST":
        status = 400
        content = unsigned(_RENEW, request.POST.get("key", ""))
        if content is None or content[0] != str(found.pk):
            notice = words.expired
        else:
            _, key, seen = content
            try:
                renew_code(found, key, seen, access.user, now)
            except CodeReplaced:
                notice = words.replaced
            except Objected:
                notice = words.over
            else:
                return _to_code(found, key, _RENEW, access)
    return render(
        request,
        "booking/renew.html",
        {
            **_about(found, words),
            "notice": notice,
            "is_over": is_over(found, now),
            "key": signed(_RENEW, [str(found.pk), fresh_key(), found.code_hash]),
        },
        status=status,
    )


@require_safe
@needs(Permission.BOOK_APPOINTMENTS)
def given(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """The code that was made for an appointment, for who asked for it, and for half an hour."""
    found, words = access.appointment(appointment), booking_words()
    code, act = _shown(request, found, access)
    if not code:
        return render(request, "booking/not_shown.html", _about(found, words))
    return render(
        request,
        "booking/code.html",
        {
            **_about(found, words),
            "given": given_for(found, code, request),
            "heading": words.renewed if act == _RENEW else words.booked,
            "gaps": gaps_told(request),
            "shows_code": found.mode == Mode.VIDEO.value or act == _RENEW,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.BOOK_APPOINTMENTS)
def call_off(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    """Delete an appointment with all about it, after asking once more."""
    found = access.appointment(appointment)
    if request.method != "POST":
        return render(request, "booking/cancel.html", _about(found, booking_words()))
    cancel(found, access.user, timezone.now())
    return redirect("booking-cancelled")


@require_safe
@needs(Permission.BOOK_APPOINTMENTS)
def cancelled(request: HttpRequest, access: Access) -> HttpResponse:
    """That an appointment is gone."""
    return render(request, "booking/cancelled.html", {"words": booking_words()})


def booking_words() -> BookingWords:
    """In the language of the request at hand."""
    return load_words(BookingWords, "booking", current_language())


def offices_to_choose(office: Office, offices: list[Office]) -> dict[str, Any]:
    """What `booking/offices.html` asks for."""
    return {
        "office": office,
        "office_name": office.policy.policy().terms.office,
        "offices": [
            (each.pk, each.policy.policy().terms.office) for each in offices if len(offices) > 1
        ],
    }


def _others(office: Office, key: str | None = None) -> Callable[[datetime, str], bool]:
    """Whether `office` has an appointment of that time and reference, but for the one that `key`
    stands for: a form that is sent once more is asked nothing."""
    own = [] if key is None else [id_for(office.pk, key)]

    def are_there(starts_at: datetime, reference: str) -> bool:
        same = Appointment.objects.filter(office=office, starts_at=starts_at, reference=reference)
        return same.exclude(pk__in=own).exists()

    return are_there


def _about(found: Appointment, words: BookingWords) -> dict[str, Any]:
    return {
        "words": words,
        "appointment": found,
        "when": current_speech().moment(found.starts_at),
        "day": day_of(found.starts_at),
        "office_name": found.office.policy.policy().terms.office,
    }


def _to_code(appointment: Appointment, key: str, act: str, access: Access) -> HttpResponse:
    """To the page with the code that follows from `key`, which nobody else can see."""
    address = reverse("booking-given", args=[appointment.pk])
    return led_to(address, _COOKIE, [str(appointment.pk), access.user.pk, key, act])


def _shown(request: HttpRequest, appointment: Appointment, access: Access) -> tuple[str, str]:
    """The code that the user at hand was given of late, and by what; both empty for any other."""
    content = brought(request, _COOKIE)
    if content is None or content[:2] != [str(appointment.pk), access.user.pk]:
        return "", ""
    return given_code(appointment, content[2]) or "", content[3]
