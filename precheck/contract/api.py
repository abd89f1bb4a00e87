"""What agent and endpoint say to each other over HTTP: paths, headers and messages.

| request | header | answer |
| --- | --- | --- |
| `GET /api/v1/health` | – | `Health` |
| `GET /api/v1/appointment` | the code | `Appointment` |
| `POST /api/v1/reports` | the code | `Receipt`; 201 the first time, 200 for a repeat |
| `DELETE /api/v1/reports` | the code | 204; there are no reports of the appointment any more |
| `POST /api/v1/bookings` | a token | `Booking`; 201 the first time, 200 for a repeat |
| `DELETE /api/v1/bookings/<id>` | a token | 204; the appointment is cancelled |
| `POST /api/v1/recordings` | the code | `RecordingReceipt`; 201 the first time, 200 for a repeat |
| `GET /api/v1/catalogues/<name>` | – | the catalogue's JSON |
| `GET /api/v1/measure?bytes=<n>` | – | n bytes, at most `MEASURE_LIMIT` |
| `POST /api/v1/measure` | – | 204; at most `MEASURE_LIMIT` bytes are read |

A refusal is an `application/problem+json` body (RFC 9457), a `Problem`.

The appointment code travels in the `Authorization` header (scheme `Appointment`) and never in an
address, so that no server writes it into a log. So does the token (scheme `Bearer`) of an office's
own booking system, which enters appointments.
"""

from datetime import date, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import msgspec

from precheck.contract.decoding import decoder
from precheck.contract.errors import ContractError
from precheck.contract.policy import Policy
from precheck.contract.report import on_the_calendar
from precheck.contract.verdict import Readiness

HEALTH_PATH = "/api/v1/health"
APPOINTMENT_PATH = "/api/v1/appointment"
REPORTS_PATH = "/api/v1/reports"
RECORDINGS_PATH = "/api/v1/recordings"
CATALOGUES_PATH = "/api/v1/catalogues/"
MEASURE_PATH = "/api/v1/measure"
BOOKINGS_PATH = "/api/v1/bookings"

CODE_SCHEME = "Appointment"
TOKEN_SCHEME = "Bearer"  # noqa: S105 - a word
BOOKING_LIMIT = 4096
MEASURE_LIMIT = 1 << 20
MESSAGE_LIMIT = 128 * 1024

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
M = TypeVar("M")


class BadMessage(ContractError):
    """An answer that is not what this version of the API says."""


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The endpoint is there. A captive portal does not know this answer."""

    service: Literal["precheck"] = "precheck"
    server_time: AwareTime


class Appointment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the holder of a code may know: when, under which terms, and the endpoint's time.

    `catalogues` maps each catalogue's name to its `as_of` at the endpoint.
    """

    starts_at: AwareTime
    policy: Policy
    catalogues: dict[str, date]
    server_time: AwareTime

    def __post_init__(self) -> None:
        if not on_the_calendar(self.starts_at):
            raise ValueError("starts_at lies at the end of the calendar")


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The report is stored. `delete_on` is the day (Asia/Tokyo) on which it is deleted."""

    report_id: UUID
    readiness: Readiness
    received_at: AwareTime
    delete_on: date


class RecordingReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The recording of this report is stored, until `delete_on` (Asia/Tokyo) or until the report is
    deleted."""

    report_id: UUID
    received_at: AwareTime
    delete_on: date


class NewBooking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An appointment that a booking system enters.

    `client_id` is the booking system's own, random id of it: the same request may be sent any
    number of times. `reference` is the office's number for it, and never a name. `same_day` says
    that the office has agreed to a session on the day of its booking where its terms want it booked
    before; `closed_day`, that it opens for a session on a national holiday, from 29 December to
    3 January, or on a Saturday or Sunday where its terms name no hours: offices are closed by law
    then.
    """

    client_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{8,64}(?!\n)$")]
    starts_at: AwareTime
    reference: Annotated[str, msgspec.Meta(max_length=64)] = ""
    mode: Literal["video", "phone", "visit"] = "video"
    same_day: bool = False
    closed_day: bool = False

    def __post_init__(self) -> None:
        if not on_the_calendar(self.starts_at):
            raise ValueError("starts_at lies at the end of the calendar")


class Booking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The appointment as it was entered. `code` and `link` are for the job seeker, and are given in
    this answer alone."""

    id: UUID
    code: str
    link: str
    starts_at: AwareTime


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457). `type` is one of the `ProblemType` words; `detail` is
    one sentence for a person reading a log."""

    type: str
    title: str
    status: int
    detail: str = ""


class ProblemType:
    """The `type` of each refusal: a stable word, relative to the API's own documentation."""

    UNKNOWN_CODE = "unknown-code"
    BAD_REPORT = "bad-report"
    TOO_LARGE = "too-large"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    REPORT_CONFLICT = "report-conflict"
    """The report id is taken by another report."""
    REPORT_DELETED = "report-deleted"
    """The report was stored, and has been deleted since as the person wished."""
    BAD_RECORDING = "bad-recording"
    UNKNOWN_REPORT = "unknown-report"
    """This appointment has no report with the recording's `report_id`."""
    RECORDING_CONFLICT = "recording-conflict"
    """The report has another recording already."""
    OTHER_POLICY = "other-policy"
    """The report was judged by another policy or revision than the appointment's."""
    UNKNOWN_TOKEN = "unknown-token"  # noqa: S105 - a word
    BAD_BOOKING = "bad-booking"
    """Not an appointment that can be entered, as its time or its reference is."""
    BOOKING_CONFLICT = "booking-conflict"
    """The client id is taken by another booking or by a cancelled one, or the appointment
    has another code by now."""
    NOT_FOUND = "not-found"
    BAD_REQUEST = "bad-request"
    UNAVAILABLE = "unavailable"


def decode_message(raw: bytes, kind: type[M]) -> M:
    """The message in `raw`. Raises `BadMessage`, naming the field, for anything else."""
    if len(raw) > MESSAGE_LIMIT:
        raise BadMessage(f"a message has at most {MESSAGE_LIMIT} bytes, this has {len(raw)}")
    try:
        return decoder(kind).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(str(error)) from error
