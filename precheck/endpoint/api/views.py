"""The API's views: each takes a request and gives an answer or raises a `Refusal`."""

import logging
import os
from collections.abc import Callable

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from precheck.contract import api
from precheck.contract.errors import BadRecording, BadReport
from precheck.contract.recording import MAX_RECORDING_BYTES, decode_recording
from precheck.contract.report import MAX_REPORT_BYTES, decode_report
from precheck.endpoint.api.body import read_body
from precheck.endpoint.api.catalogue_files import catalogue_dates, catalogue_files
from precheck.endpoint.api.problems import (
    Refusal,
    bad_request,
    method_not_allowed,
    not_found,
    too_many_attempts,
    unavailable,
    unknown_code,
)
from precheck.endpoint.store.appointments import forget_reports
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.codes import appointment_for, hash_of_typed
from precheck.endpoint.store.ingest import (
    DeletedReport,
    MustWait,
    OtherPolicy,
    OtherReport,
    TooManyRuns,
    UnknownCode,
)
from precheck.endpoint.store.models import Appointment
from precheck.endpoint.store.recordings import (
    OtherRecording,
    TooManyRecordings,
    UnknownReport,
    keep_recording,
)
from precheck.endpoint.store.writing import STORE_FAILS

View = Callable[..., HttpResponse]

_log = logging.getLogger("precheck.api")


def resource(**by_method: View) -> View:
    """The view of one address: the handler by method, refusals as problems. The API knows no
    cookies, so it needs neither a session nor protection against forged forms."""
    allowed = ", ".join(sorted(by_method))

    @csrf_exempt
    @login_not_required
    def view(request: HttpRequest, **arguments: str) -> HttpResponse:
        try:
            handler = by_method.get(request.method or "")
            if handler is None:
                raise method_not_allowed(allowed)
            return handler(request, **arguments)
        except Refusal as refusal:
            return refusal.response()
        except Appointment.DoesNotExist:  # somebody has deleted it since it was looked up
            return unknown_code().response()
        except STORE_FAILS:
            _log.exception("the database failed")
            return unavailable().response()

    return view


def health(request: HttpRequest) -> HttpResponse:
    return _message(api.Health(server_time=timezone.now()))


def appointment(request: HttpRequest) -> HttpResponse:
    found = _authorized(request)
    return _message(
        api.Appointment(
            starts_at=found.starts_at,
            policy=found.office.policy.policy(),
            catalogues=catalogue_dates(),
            server_time=timezone.now(),
        )
    )


def report(request: HttpRequest) -> HttpResponse:
    hashed = hash_of_typed(_brought(request))
    if hashed is None:
        _typed(request)  # who has to wait, or brings no code, is told that
        raise _wrong_code(request)
    raw = read_body(request, MAX_REPORT_BYTES)
    try:
        taken = store().intake.take(hashed, decode_report(raw), timezone.now(), _address(request))
    except BadReport as error:
        _authorized(request)  # who has no appointment learns nothing else
        raise Refusal(
            400, api.ProblemType.BAD_REPORT, "This is not a report", str(error)
        ) from error
    except MustWait as error:
        raise too_many_attempts(error.seconds) from error
    except UnknownCode as error:
        raise _wrong_code(request) from error
    except OtherPolicy as error:
        raise Refusal(
            409, api.ProblemType.OTHER_POLICY, "Another policy is in force", str(error)
        ) from error
    except DeletedReport as error:
        raise Refusal(
            409, api.ProblemType.REPORT_DELETED, "The report was deleted and is not stored again"
        ) from error
    except OtherReport as error:
        raise Refusal(
            409, api.ProblemType.REPORT_CONFLICT, "The report id is taken by another report"
        ) from error
    except TooManyRuns as error:
        raise Refusal(
            429,
            api.ProblemType.TOO_MANY_ATTEMPTS,
            "There are too many reports for this appointment",
        ) from error
    return _message(taken.receipt, status=201 if taken.first else 200)


def recording(request: HttpRequest) -> HttpResponse:
    found = _authorized(request)
    raw = read_body(request, MAX_RECORDING_BYTES)
    try:
        receipt, first = keep_recording(found, decode_recording(raw), timezone.now())
    except BadRecording as error:
        raise Refusal(
            400, api.ProblemType.BAD_RECORDING, "This is not a recording", str(error)
        ) from error
    except UnknownReport as error:
        raise Refusal(
            409, api.ProblemType.UNKNOWN_REPORT, "Send the report before its recording"
        ) from error
    except OtherRecording as error:
        raise Refusal(
            409, api.ProblemType.RECORDING_CONFLICT, "The report has another recording"
        ) from error
    except TooManyRecordings as error:
        raise Refusal(
            429,
            api.ProblemType.TOO_MANY_ATTEMPTS,
            "There are too many recordings for this appointment",
        ) from error
    return _message(receipt, status=201 if first else 200)


def forget(request: HttpRequest) -> HttpResponse:
    """Delete the reports of the code's appointment, as the person wishes whose they are."""
    found = _authorized(request)
    forget_reports(found, timezone.now())
    return HttpResponse(status=204)


def catalogue(request: HttpRequest, name: str) -> HttpResponse:
    raw = catalogue_files().get(name)
    if raw is None:
        raise not_found()
    return HttpResponse(raw, content_type="application/json")


def measure_down(request: HttpRequest) -> HttpResponse:
    """Bytes that cannot be compressed on the way."""
    asked = request.GET.get("bytes", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 9):
        raise bad_request("bytes is a number")
    if int(asked) > api.MEASURE_LIMIT:
        raise bad_request(f"bytes is at most {api.MEASURE_LIMIT}")
    return HttpResponse(os.urandom(int(asked)), content_type="application/octet-stream")


def measure_up(request: HttpRequest) -> HttpResponse:
    read_body(request, api.MEASURE_LIMIT)
    return HttpResponse(status=204)


def _authorized(request: HttpRequest) -> Appointment:
    """The appointment whose code the request brings. Raises `Refusal`."""
    found = appointment_for(_typed(request), timezone.now())
    if found is None:
        raise _wrong_code(request)
    return found


def _typed(request: HttpRequest) -> str:
    """The code that the request brings, as somebody typed it. Raises `Refusal` where it brings
    none, and for an address that has to wait, whatever it brings."""
    seconds = store().code_attempts.wait(_address(request))
    if seconds:
        raise too_many_attempts(seconds)
    if not (typed := _brought(request)):
        raise unknown_code()
    return typed


def _brought(request: HttpRequest) -> str:
    """What the request brings as a code; empty for none."""
    scheme, _, typed = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return typed.strip() if scheme.lower() == api.CODE_SCHEME.lower() else ""


def _wrong_code(request: HttpRequest) -> Refusal:
    store().code_attempts.failed(_address(request))
    return unknown_code()


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _message(message: msgspec.Struct, status: int = 200) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode(message), status=status, content_type="application/json"
    )
