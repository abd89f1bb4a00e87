"""The helpdesk finds the appointment of somebody who wants to read out a code."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from precheck.contract.wording import Language
from precheck.endpoint.helpdesk.words import HelpdeskWords
from precheck.endpoint.store.models import Role
from precheck.endpoint.tokyo import start_of
from precheck.endpoint.words import load_words
from tests.endpoint.page import Page
from tests.endpoint.people import Booked, booked, member
from tests.endpoint.scene import DAY, OFFICE, OTHER_OFFICE

JA = load_words(HelpdeskWords, "helpdesk", Language.JA).find
FIND = "/staff/helpdesk/readout/"
TEN = start_of(DAY) + timedelta(hours=10)


def helpdesk(office_id: str | None = None) -> Client:
    return member("sora", office_id, Role.HELPDESK)


def find(client: Client, **fields: Any) -> HttpResponse:
    return client.post(FIND, {"office": "", "day": str(DAY), "time": "", "tail": ""} | fields)


def links(answer: HttpResponse) -> list[str]:
    page = Page(answer.content.decode())
    return [link for link in page.links if link.startswith("/staff/appointments/") and "-" in link]


def leads_to(answer: HttpResponse, mine: Booked) -> bool:
    return answer.status_code == 302 and str(mine.id) in answer.headers["Location"]


def test_one_that_fits_is_opened_at_once() -> None:
    mine = booked()
    assert leads_to(find(helpdesk()), mine)


def test_a_counsellor_finds_those_of_their_own_office_by_the_menu() -> None:
    mine, _ = booked(), booked(OTHER_OFFICE)
    counsellor = member("hanako")
    menu = Page(counsellor.get("/staff/appointments/").content.decode().split("</nav>")[0])
    assert FIND in menu.links
    assert leads_to(find(counsellor), mine)
    assert find(counsellor, office=OTHER_OFFICE).status_code == 400


def test_several_that_fit_are_shown_by_time() -> None:
    late, early = booked(starts_at=TEN + timedelta(hours=3)), booked()
    answer = find(helpdesk())
    assert answer.status_code == 200
    assert [link.split("/")[3] for link in links(answer)] == [str(early.id), str(late.id)]


@pytest.mark.parametrize("known", ["office", "time", "tail"])
def test_each_thing_that_is_known_leaves_fewer(known: str) -> None:
    mine, other = booked(), booked(OTHER_OFFICE, starts_at=TEN + timedelta(minutes=30))
    of = {"office": OFFICE, "time": "10:00", "tail": mine.code[-4:]}
    if mine.code[-4:] == other.code[-4:]:
        pytest.skip("two codes ended alike, once in ten thousand times")
    staff = helpdesk()
    assert len(links(find(staff))) == 2
    assert leads_to(find(staff, **{known: of[known]}), mine)


def test_where_none_fits_it_says_so_and_what_was_typed_stays() -> None:
    booked()
    page = Page(find(helpdesk(), time="23:30").content.decode())
    assert JA.none in page.text
    assert 'value="23:30"' in page.markup


@pytest.mark.parametrize(
    "fields", [{"day": "soon"}, {"day": ""}, {"tail": "12"}, {"tail": "１２３４"}, {"time": "x"},
               {"office": "nowhere"}],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_the_field(fields: dict[str, str]) -> None:
    booked()
    answer = find(helpdesk(), **fields)
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()


def test_another_offices_appointments_are_not_found() -> None:
    booked()
    stranger = member("nagi", OTHER_OFFICE, Role.HELPDESK)
    assert find(stranger).status_code == 200
    assert links(find(stranger)) == []
    assert find(stranger, office=OFFICE).status_code == 400


def test_the_digits_stand_in_no_address_and_the_search_is_no_link() -> None:
    mine = booked()
    answer = find(helpdesk(), tail=mine.code[-4:])
    assert mine.code[-4:] not in answer.headers["Location"].replace(str(mine.id), "")


def test_finding_costs_few_queries() -> None:
    staff = helpdesk()
    for _ in range(3):
        booked()
    find(staff)
    with CaptureQueriesContext(connection) as queries:
        find(staff)
    assert len(queries) <= 5, [query["sql"] for query in queries]
