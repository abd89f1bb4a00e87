"""Reading a request's body, and no more of it than allowed."""

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from precheck.endpoint.api.problems import bad_request, too_large


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The body, of at most `limit` bytes. Raises `Refusal`.

    Django reads as many bytes as the stated length and no more, so a client that states too little
    cuts its own body. For a chunked body the server states the length that it has counted.
    """
    if _stated_length(request) > limit:
        raise too_large(limit)
    try:
        return request.read()
    except UnreadablePostError as error:
        raise bad_request("the body ended early") from error


def _stated_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
