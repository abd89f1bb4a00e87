"""What was done is said on the page after it: once, out of the session, and nothing else."""

from enum import StrEnum

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from precheck.endpoint.administration.notices import Notice as Administrations
from precheck.endpoint.counsellor.notices import Notice as Counsellors
from precheck.endpoint.staff.notices import leave, taken
from tests.endpoint.people import booked, member

ROOMS: tuple[type[StrEnum], ...] = (Administrations, Counsellors)


class Elsewhere(StrEnum):
    """Of another room, with a name that a counsellor's page knows too."""

    WAIVED = "waived"


def asked(session: SessionStore, method: str = "GET") -> HttpRequest:
    request = RequestFactory().generic(method, "/staff/")
    request.session = session
    return request


@pytest.mark.parametrize("room", ROOMS)
def test_every_notice_is_said_once(room: type[StrEnum]) -> None:
    for notice in room:
        session = SessionStore()
        leave(asked(session, "POST"), notice)
        assert taken(asked(session), room) is notice
        assert taken(asked(session), room) is None


def test_the_answer_to_a_form_says_nothing_and_leaves_it_to_the_next_page() -> None:
    session = SessionStore()
    leave(asked(session, "POST"), Counsellors.WAIVED)
    for method in ("POST", "HEAD"):
        assert taken(asked(session, method), Counsellors) is None
    assert taken(asked(session), Counsellors) is Counsellors.WAIVED


def test_what_another_room_left_is_not_said_though_it_is_called_the_same() -> None:
    session = SessionStore()
    leave(asked(session, "POST"), Elsewhere.WAIVED)
    assert taken(asked(session), Counsellors) is None


def test_a_name_that_this_version_does_not_know_is_no_notice_and_no_error() -> None:
    session = SessionStore()
    leave(asked(session, "POST"), Counsellors.WAIVED)
    for key, (room, _) in list(session.items()):
        session[key] = [room, "of an earlier version"]
    assert taken(asked(session), Counsellors) is None


def test_an_address_makes_no_page_say_anything() -> None:
    mine, client = booked(), member("hanako")
    place = f"/staff/appointments/{mine.id}/"
    said = client.get(f"{place}?notice=waived&notice=counsellor").content.decode()
    assert 'class="banner success"' not in said
