"""What the page after an action says of it, once.

A room names what it may say in an enum of its own and has the words for each. The name goes along
in the session, so that nothing stands in an address, and nobody can make a page say anything.
"""

from enum import StrEnum
from typing import TypeVar

from django.http import HttpRequest

N = TypeVar("N", bound=StrEnum)

_KEPT = "notice"


def leave(request: HttpRequest, notice: StrEnum) -> None:
    """Let the next page say `notice`."""
    request.session[_KEPT] = [_room(type(notice)), notice.value]


def taken(request: HttpRequest, notices: type[N]) -> N | None:
    """What of `notices` is to be said on this page, which alone says it. None on a page that
    answers a form, for what another room left, and for what this version does not know."""
    if request.method != "GET":
        return None
    room, name = request.session.pop(_KEPT, (None, None))
    return next((each for each in notices if (_room(notices), each.value) == (room, name)), None)


def _room(notices: type[StrEnum]) -> str:
    return notices.__module__
