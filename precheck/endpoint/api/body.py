"""Reading a request's body, and no more of it than allowed."""

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from precheck.endpoint.api.problems import bad_request, too_large

_CHUNK = 64 * 1024


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The body, of at most `limit` bytes.

    What the client says of its length is believed only as far as refusing at once; the bytes are
    counted. Raises `Refusal`.
    """
    if _stated_length(request) > limit:
        raise too_large(limit)
    parts, missing = [], limit + 1
    try:
        while missing and (part := request.read(min(_CHUNK, missing))):
            parts.append(part)
            missing -= len(part)
    except UnreadablePostError as error:
        raise bad_request("the body ended early") from error
    if not missing:
        raise too_large(limit)
    return b"".join(parts)


def _stated_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
