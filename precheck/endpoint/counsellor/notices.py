"""What the page after an action says of it, once."""

from enum import StrEnum

from django.http import HttpRequest

_KEPT = "counsellor_notice"


class Notice(StrEnum):
    """What was done."""

    READOUT_TAKEN = "readout_taken"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"
    NOTE_ADDED = "note_added"
    NOTE_DELETED = "note_deleted"


def leave(request: HttpRequest, notice: Notice) -> None:
    """Let the next page say `notice`."""
    request.session[_KEPT] = notice.value


def taken(request: HttpRequest) -> Notice | None:
    """What is to be said on this page."""
    kept = request.session.pop(_KEPT, None)
    return None if kept is None else Notice(kept)
