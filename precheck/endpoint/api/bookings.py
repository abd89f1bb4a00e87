"""The way in for an office's own booking system."""

from datetime import UTC

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from precheck.contract import api
from precheck.contract.decoding import decoder
from precheck.endpoint.addresses import link_of
from precheck.endpoint.api.body import read_body
from precheck.endpoint.api.problems import Refusal, not_found, too_many_attempts
from precheck.endpoint.slots import CLOSED, Objection
from precheck.endpoint.store.appointments import (
    Cancelled,
    CodeReplaced,
    NotBooked,
    OtherBooking,
    Wanted,
    book,
    cancel,
)
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.models import ApiToken, Appointment, Mode, Scope
from precheck.endpoint.store.tokens import charge_request, token_of


def create(request: HttpRequest) -> HttpResponse:
    token = _authorized(request)
    asked = _decoded(read_body(request, api.BOOKING_LIMIT))
    wanted = Wanted(
        key=f"API {asked.client_id}",
        starts_at=asked.starts_at,
        reference=asked.reference,
        mode=Mode(asked.mode),
    )
    try:
        (booked,) = book(
            token.office,
            [wanted],
            timezone.now(),
            None,
            allowed=_allowed(asked),
            detail=_detail(token),
        )
    except Cancelled as error:
        raise Refusal(
            409,
            api.ProblemType.BOOKING_CONFLICT,
            "This booking was cancelled",
            "what was cancelled is not entered again by the same client_id for a year; to book"
            " anew, use another",
        ) from error
    except (OtherBooking, CodeReplaced) as error:
        raise Refusal(
            409, api.ProblemType.BOOKING_CONFLICT, "This booking was made before", str(error)
        ) from error
    except NotBooked as error:
        raise Refusal(
            422, api.ProblemType.BAD_BOOKING, "This appointment cannot be entered", str(error)
        ) from error
    message = api.Booking(
        id=booked.appointment.pk,
        code=booked.code,
        link=link_of(booked.code, request),
        starts_at=booked.appointment.starts_at.astimezone(UTC),
    )
    return HttpResponse(
        msgspec.json.encode(message),
        status=201 if booked.first else 200,
        content_type="application/json",
    )


def delete(request: HttpRequest, booking: str) -> HttpResponse:
    token = _authorized(request)
    found = Appointment.objects.filter(pk=booking, office=token.office).first()
    if found is None:
        raise not_found()
    cancel(found, None, timezone.now(), detail=_detail(token))
    return HttpResponse(status=204)


def _authorized(request: HttpRequest) -> ApiToken:
    """The token that the request brings. Wrong ones are limited together with wrong codes. Raises
    `Refusal`."""
    address, now = str(request.META.get("REMOTE_ADDR", "")), timezone.now()
    if seconds := store().code_attempts.wait(address):
        raise too_many_attempts(seconds)
    scheme, _, typed = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() != api.TOKEN_SCHEME.lower() or not typed.strip():
        raise _unknown_token()
    token = token_of(typed, Scope.CREATE_APPOINTMENTS, now)
    if token is None:
        store().code_attempts.failed(address)
        raise _unknown_token()
    if seconds := charge_request(token, now):
        raise Refusal(
            429,
            api.ProblemType.TOO_MANY_ATTEMPTS,
            "Too many requests",
            f"try again in {seconds} seconds",
            headers={"Retry-After": str(seconds)},
        )
    return token


def _unknown_token() -> Refusal:
    """The same for a missing, an unknown, a revoked and an expired token."""
    return Refusal(
        401,
        api.ProblemType.UNKNOWN_TOKEN,
        "There is no such token",
        headers={"WWW-Authenticate": api.TOKEN_SCHEME},
    )


def _decoded(raw: bytes) -> api.NewBooking:
    try:
        return decoder(api.NewBooking).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(
            400, api.ProblemType.BAD_REQUEST, "This is not a booking", str(error)
        ) from error


def _allowed(asked: api.NewBooking) -> frozenset[Objection]:
    same_day = frozenset({Objection.SAME_DAY}) if asked.same_day else frozenset()
    return same_day | (CLOSED if asked.closed_day else frozenset())


def _detail(token: ApiToken) -> str:
    return f"token {token.prefix}"
