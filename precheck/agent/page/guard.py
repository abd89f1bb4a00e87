"""Who is answered: the person's own page, and nobody else on this machine or in their browser.

| what comes in | why it is kept out |
| --- | --- |
| another `Host` than the address | a foreign name that leads to this machine (DNS rebinding) |
| `Sec-Fetch-Site` of another site | a page elsewhere in the person's browser |
| another `Origin`, or a change without one | the same, in browsers without the header above |
| no secret, or another one | any process of this machine, of this person or of another |
"""

import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

SECRET_HEADER = "X-Precheck-Session"  # noqa: S105 - the header's name
TICKET_HEADER = "X-Precheck-Ticket"
CONTROL_HEADER = "X-Precheck-Control"


def foreign(method: str, headers: "Message", port: int, *, document: bool) -> HTTPStatus | None:
    """How to refuse a request that another site, or another name, has brought; None for none.

    `document` allows what opens a window: a link from anywhere may, and sees nothing of it.
    """
    address = f"127.0.0.1:{port}"
    if headers.get_all("Host") != [address]:
        return HTTPStatus.MISDIRECTED_REQUEST
    origins = headers.get_all("Origin", [])
    if origins and origins != [f"http://{address}"]:
        return HTTPStatus.FORBIDDEN
    if method != "GET" and not origins:
        return HTTPStatus.FORBIDDEN
    site = headers.get("Sec-Fetch-Site", "same-origin")
    if site != "same-origin" and not (document and _opens_a_window(headers)):
        return HTTPStatus.FORBIDDEN
    return None


def has(headers: "Message", name: str, secret: str) -> bool:
    """Whether the header `name` is there once and holds `secret`; takes as long for any other."""
    given = headers.get_all(name, [])
    return len(given) == 1 and same(given[0], secret)


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8"))


def _opens_a_window(headers: "Message") -> bool:
    return (
        headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    )
