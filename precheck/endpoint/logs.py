"""What the endpoint logs: one JSON object per line on standard error, without codes or people.

The access line has the route and not the address, and no client address, no query, no header and
no body. As a second net, anything shaped like an appointment code is taken out of every line.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

_BETWEEN = r"(?:[\s\-‐‑‒–—−ー+]|%20){0,2}"
_CODE = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{9}}(?!\d)")
"""Ten digits of any script, however grouped: see `precheck.contract.code`."""

_access = logging.getLogger("precheck.access")


def without_codes(text: str) -> str:
    """`text` with everything that looks like an appointment code replaced."""
    return _CODE.sub("[digits]", text)


class JsonLines(logging.Formatter):
    """Each record as one JSON object: at (UTC), level, logger, message, and what was given as
    `extra={"fields": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_codes(record.getMessage()),
        }
        for key, value in getattr(record, "fields", {}).items():
            line[key] = without_codes(value) if isinstance(value, str) else value
        if record.exc_info:
            line["exception"] = without_codes(self.formatException(record.exc_info))
        return json.dumps({"at": at, **line}, ensure_ascii=False)


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
