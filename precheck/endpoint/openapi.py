"""The API's description (OpenAPI 3.1), made from the contract's own types."""

import json
from typing import Any

import msgspec

from precheck.contract import api
from precheck.contract.recording import MAX_RECORDING_BYTES, MAX_UNPACKED_BYTES, SentRecording
from precheck.contract.report import MAX_REPORT_BYTES, Report

JSON = "application/json"
PROBLEM = "application/problem+json"
GZIP = "application/gzip"
BYTES = "application/octet-stream"

_MESSAGES = (
    api.Health,
    api.Appointment,
    api.Receipt,
    api.NewBooking,
    api.Booking,
    api.Problem,
    Report,
    api.RecordingReceipt,
    SentRecording,
)
_REFUSALS = {
    400: "The body or an argument cannot be understood; `detail` names the field.",
    401: "No code, or none of an appointment that is still to come; no token that is good.",
    404: "There is nothing with this name.",
    405: "The address does not know this method.",
    409: "The report id is taken, another policy is in force, or a recording has no such report.",
    413: "The body is too large.",
    422: "The time or the reference is none that can be entered; `detail` says why.",
    429: "Too many wrong codes, or requests; `Retry-After` says for how many seconds to wait.",
    500: "The endpoint failed; sending the same report again is safe.",
    503: "The database is away; `Retry-After` says when to ask again, or send the same report.",
}


def document() -> dict[str, Any]:
    """The description as JSON-like data."""
    _, schemas = msgspec.json.schema_components(
        _MESSAGES, ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "precheck status endpoint",
            "version": "1",
            "description": (
                "Takes the reports of the precheck agent. Times are UTC. The appointment code is"
                " sent in the Authorization header and never in an address, and so is the token"
                " of a booking system. Every refusal is a"
                " Problem (RFC 9457) whose `type` is a stable word."
            ),
        },
        "paths": {
            api.HEALTH_PATH: {
                "get": _operation(
                    "health", "The endpoint is there.", {200: _answer("Its time.", "Health")}
                )
            },
            api.APPOINTMENT_PATH: {
                "get": _operation(
                    "appointment",
                    "What the holder of a code may know, until the end of the appointment's day"
                    " in Asia/Tokyo.",
                    {200: _answer("The appointment and its policy.", "Appointment")},
                    refusals=(401, 429, 503),
                    security="appointmentCode",
                )
            },
            api.REPORTS_PATH: {
                "post": _operation(
                    "sendReport",
                    "Store a report. The same report may be sent any number of times: it is"
                    " stored once, and on the disk before the answer. Runs are ordered by"
                    " `finished_at`, at most the time of receipt; a late older run is stored and"
                    " does not change the readiness. One that was deleted since is not stored"
                    " again, as far as it is among the last 200 of its appointment.",
                    {
                        201: _answer("Stored now.", "Receipt"),
                        200: _answer("Stored before; the same receipt.", "Receipt"),
                    },
                    refusals=(400, 401, 409, 413, 429, 503),
                    security="appointmentCode",
                )
                | {
                    "requestBody": {
                        "required": True,
                        "description": f"At most {MAX_REPORT_BYTES} bytes.",
                        "content": {JSON: {"schema": _ref("Report")}},
                    }
                },
                "delete": _operation(
                    "deleteReports",
                    "Delete all reports of the appointment, as the person wishes whose they are.",
                    {204: {"description": "There are none any more."}},
                    refusals=(401, 429, 503),
                    security="appointmentCode",
                ),
            },
            api.RECORDINGS_PATH: {
                "post": _operation(
                    "sendRecording",
                    "Store the recording of a report, where the person chose to send it. The same"
                    " recording may be sent any number of times. It is deleted with the report.",
                    {
                        201: _answer("Stored now.", "RecordingReceipt"),
                        200: _answer("Stored before; the same receipt.", "RecordingReceipt"),
                    },
                    refusals=(400, 401, 409, 413, 429, 503),
                    security="appointmentCode",
                )
                | {
                    "requestBody": {
                        "required": True,
                        "description": (
                            f"At most {MAX_RECORDING_BYTES} bytes: the JSON, or the JSON"
                            f" compressed by gzip, of at most {MAX_UNPACKED_BYTES} bytes."
                        ),
                        "content": {
                            JSON: {"schema": _ref("SentRecording")},
                            GZIP: {"schema": {"type": "string"}},
                        },
                    }
                }
            },
            api.BOOKINGS_PATH: {
                "post": _operation(
                    "book",
                    "Enter an appointment of the token's office. The same request may be sent any"
                    " number of times and is answered the same: the appointment is entered once,"
                    " as long as its code was not replaced by the staff. One that was cancelled is"
                    " not entered again by the same `client_id` for a year.",
                    {
                        201: _answer("Entered now.", "Booking"),
                        200: _answer("Entered before; the same answer.", "Booking"),
                    },
                    refusals=(400, 401, 409, 413, 422, 429, 503),
                    security="token",
                )
                | {
                    "requestBody": {
                        "required": True,
                        "description": f"At most {api.BOOKING_LIMIT} bytes.",
                        "content": {JSON: {"schema": _ref("NewBooking")}},
                    }
                }
            },
            api.BOOKINGS_PATH + "/{booking}": {
                "delete": _operation(
                    "cancel",
                    "Delete an appointment of the token's office with all about it.",
                    {204: {"description": "It is gone, and its code opens nothing."}},
                    refusals=(401, 404, 429, 503),
                    security="token",
                    parameters=[
                        {
                            "name": "booking",
                            "in": "path",
                            "required": True,
                            "description": "The `id` of a `Booking`.",
                            "schema": {"type": "string", "format": "uuid"},
                        }
                    ],
                )
            },
            api.CATALOGUES_PATH + "{name}": {
                "get": _operation(
                    "catalogue",
                    "A catalogue of dated facts.",
                    {
                        200: {
                            "description": "The catalogue; `as_of` says how old it is.",
                            "content": {JSON: {"schema": {"type": "object"}}},
                        }
                    },
                    refusals=(404,),
                    parameters=[
                        {
                            "name": "name",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string"},
                        }
                    ],
                )
            },
            api.MEASURE_PATH: {
                "get": _operation(
                    "measureDown",
                    "Bytes that cannot be compressed, to measure the way down.",
                    {
                        200: {
                            "description": "The bytes.",
                            "content": {BYTES: {"schema": {"type": "string"}}},
                        }
                    },
                    refusals=(400,),
                    parameters=[
                        {
                            "name": "bytes",
                            "in": "query",
                            "required": True,
                            "schema": {
                                "type": "integer",
                                "minimum": 0,
                                "maximum": api.MEASURE_LIMIT,
                            },
                        }
                    ],
                ),
                "post": _operation(
                    "measureUp",
                    "Takes bytes and keeps none, to measure the way up.",
                    {204: {"description": "All were read."}},
                    refusals=(413,),
                )
                | {
                    "requestBody": {
                        "description": f"At most {api.MEASURE_LIMIT} bytes.",
                        "content": {BYTES: {"schema": {"type": "string"}}},
                    }
                },
            },
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "appointmentCode": {
                    "type": "http",
                    "scheme": api.CODE_SCHEME.lower(),
                    "description": f"`Authorization: {api.CODE_SCHEME} <ten digits>`",
                },
                "token": {
                    "type": "http",
                    "scheme": api.TOKEN_SCHEME.lower(),
                    "description": "A token that an administrator of the office has made.",
                },
            },
        },
    }


def document_text() -> str:
    """The description as it is kept in the repository."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _operation(
    name: str,
    summary: str,
    answers: dict[int, dict[str, Any]],
    *,
    refusals: tuple[int, ...] = (),
    security: str | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    problem = {PROBLEM: {"schema": _ref("Problem")}}
    refused = {
        status: {"description": _REFUSALS[status], "content": problem}
        for status in (*refusals, 405, 500)
    }
    operation: dict[str, Any] = {
        "operationId": name,
        "description": summary,
        "responses": {str(status): answer for status, answer in (answers | refused).items()},
    }
    if security:
        operation["security"] = [{security: []}]
    if parameters:
        operation["parameters"] = parameters
    return operation


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
