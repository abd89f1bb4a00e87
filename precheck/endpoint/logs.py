"""What the endpoint logs: one JSON object per line on standard error, without codes or people.

The access line has the route and not the address, and no client address, no query, no header and
no body; so has what Django says of a request that it refuses. As a second net, anything shaped like
an appointment code, or like the id by which staff pages call an appointment, is taken out of every
line. An exception of the database may quote a row: of that only the kind is kept.
"""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import django.db
from django.http import HttpRequest, HttpResponse

_BETWEEN = r"(?:[\s\-‐‑‒–—−ー+]|%20){0,2}"
_CODE = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{9}}(?!\d)")
"""Ten digits of any script, however grouped: see `precheck.contract.code`."""

_ID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_SECURITY = "django.security."

_access = logging.getLogger("precheck.access")


def without_codes(text: str) -> str:
    """`text` with everything replaced that looks like an appointment's code or id."""
    return _CODE.sub("[digits]", _ID.sub("[id]", text))


class JsonLines(logging.Formatter):
    """Each record as one JSON object: at (UTC), level, logger, message, and what was given as
    `extra={"fields": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        request = getattr(record, "request", None)
        about = isinstance(request, HttpRequest)
        line: dict[str, Any] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_codes(_about_request(record) if about else record.getMessage()),
        }
        if isinstance(request, HttpRequest):
            match = request.resolver_match
            line["route"] = match.route if match else None
            line["status"] = getattr(record, "status_code", None)
        for key, value in getattr(record, "fields", {}).items():
            line[key] = without_codes(value) if isinstance(value, str) else value
        if record.exc_info and not record.name.startswith(_SECURITY):
            line["exception"] = without_codes(self.formatException(record.exc_info))
        return json.dumps({"at": at, **line}, ensure_ascii=False)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """The way to the exception, and what it says where no database says it."""
        kinds = [type(each) for each in _chain(ei[1])]
        if not any(issubclass(kind, django.db.Error) for kind in kinds):
            return super().formatException(ei)
        names = " < ".join(kind.__qualname__ for kind in kinds)
        return "".join([*traceback.format_tb(ei[2]), names])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _about_request(record: logging.LogRecord) -> str:
    """What Django says of a request quotes its address and headers: only the kind is kept, and of a
    refused form the reason."""
    if record.name == f"{_SECURITY}csrf" and isinstance(record.args, tuple) and record.args:
        return f"form refused: {str(record.args[0]).partition(' - ')[0]}"
    if record.name.startswith(_SECURITY):
        return f"request refused: {record.name.removeprefix(_SECURITY)}"
    return "request failed"


def log_access(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: one line per request, by route."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        _access.info(
            "request",
            extra={
                "fields": {
                    "method": request.method,
                    "route": match.route if match else None,
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                }
            },
        )
        return response

    return middleware
