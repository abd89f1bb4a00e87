"""Every address of the endpoint, and what it is to nobody, to a member of the appointment's office
and to a member of another."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from precheck.endpoint.store.changes import remove_staff
from tests.endpoint.people import LIST, Booked, booked, browser, member, post_report
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, report

LOGIN, SEEN, GONE = "login", 200, 404
NO_CODE, DONE = 401, 302


@dataclass(frozen=True)
class Expected:
    """The answer to each persona, for the method the address is for."""

    method: str
    address: str
    anonymous: int | str
    other: int | str
    own: int | str


MATRIX: dict[str, Expected] = {
    "api/v1/health": Expected("get", "/api/v1/health", SEEN, SEEN, SEEN),
    "api/v1/appointment": Expected("get", "/api/v1/appointment", NO_CODE, NO_CODE, NO_CODE),
    "api/v1/reports": Expected("post", "/api/v1/reports", NO_CODE, NO_CODE, NO_CODE),
    "api/v1/catalogues/<str:name>": Expected(
        "get", "/api/v1/catalogues/lifecycle", SEEN, SEEN, SEEN
    ),
    "api/v1/measure": Expected("get", "/api/v1/measure?bytes=1", SEEN, SEEN, SEEN),
    "staff/": Expected("get", "/staff/", LOGIN, SEEN, SEEN),
    "staff/login/": Expected("get", "/staff/login/", SEEN, SEEN, SEEN),
    "staff/logout/": Expected("post", "/staff/logout/", LOGIN, LOGIN, LOGIN),
    "staff/style.css": Expected("get", "/staff/style.css", SEEN, SEEN, SEEN),
    "staff/appointments/<uuid:appointment>/": Expected(
        "get", "/staff/appointments/{id}/", LOGIN, GONE, SEEN
    ),
    "staff/appointments/<uuid:appointment>/mode": Expected(
        "post", "/staff/appointments/{id}/mode", LOGIN, GONE, DONE
    ),
    "": Expected("get", "/", DONE, DONE, DONE),
}


def test_every_address_is_in_the_matrix() -> None:
    patterns = get_resolver().url_patterns
    assert all(isinstance(pattern, URLPattern) for pattern in patterns)
    assert {str(pattern.pattern) for pattern in patterns} == set(MATRIX)


def outcome(client: Client, expected: Expected, appointment: Booked) -> int | str:
    address = expected.address.format(id=appointment.id)
    fields = {"mode": "phone"} if address.endswith("/mode") else {}
    answer = getattr(client, expected.method)(address, fields)
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/staff/login/")
    return LOGIN if to_login else answer.status_code


@pytest.mark.parametrize("route", MATRIX)
@pytest.mark.parametrize(
    ("persona", "who"),
    [
        ("anonymous", browser),
        ("other", lambda: member("taro", OTHER_OFFICE)),
        ("own", lambda: member("hanako")),
    ],
)
def test_everybody_gets_what_is_theirs(route: str, persona: str, who: Callable[[], Client]) -> None:
    expected, appointment = MATRIX[route], booked()
    assert outcome(who(), expected, appointment) == getattr(expected, persona)


def test_another_offices_staff_sees_no_trace_of_an_appointment() -> None:
    mine = booked(reference="K-77")
    post_report(mine, report())
    stranger, insider = member("taro", OTHER_OFFICE), member("hanako")
    assert "K-77" in insider.get(LIST).content.decode()
    assert "K-77" not in stranger.get(LIST).content.decode()
    real = stranger.get(f"/staff/appointments/{mine.id}/")
    invented = stranger.get("/staff/appointments/00000000-0000-4000-8000-000000000000/")
    assert (real.status_code, real.content) == (invented.status_code, invented.content)


def test_another_offices_staff_changes_nothing() -> None:
    mine = booked()
    member("taro", OTHER_OFFICE).post(f"/staff/appointments/{mine.id}/mode", {"mode": "phone"})
    assert mine.row.mode == "video"


def test_the_run_of_another_appointment_is_not_shown_under_this_one() -> None:
    mine, theirs = booked(), booked(OTHER_OFFICE)
    post_report(mine, report())
    post_report(theirs, report(policy={"id": OTHER_OFFICE, "revision": _revision(theirs)}))
    run = theirs.row.reports.get()
    insider = member("hanako")
    assert insider.get(f"/staff/appointments/{mine.id}/?run={run.pk}").status_code == 404
    own = mine.row.reports.get()
    assert insider.get(f"/staff/appointments/{mine.id}/?run={own.pk}").status_code == 200


def _revision(appointment: Booked) -> str:
    return appointment.row.office.policy.revision


def test_who_is_removed_from_an_office_sees_nothing_at_once_and_is_told_why() -> None:
    mine = booked(reference="K-77")
    client = member("jiro")
    remove_staff("jiro", OFFICE)
    assert client.get(f"/staff/appointments/{mine.id}/").status_code == 404
    page = client.get(LIST).content.decode()
    assert "所属がありません" in page
    assert "K-77" not in page


def test_a_member_of_two_offices_sees_both_and_which_is_which() -> None:
    booked(reference="K-77")
    booked(OTHER_OFFICE, reference="O-88")
    member("hanako")
    page = member("hanako", OTHER_OFFICE).get(LIST).content.decode()
    assert "K-77" in page
    assert "O-88" in page
    assert "ハローワーク加古川" in page


def test_forms_from_elsewhere_are_refused() -> None:
    mine = booked()
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = member("hanako").cookies
    refused = strict.post(f"/staff/appointments/{mine.id}/mode", {"mode": "phone"})
    assert (refused.status_code, mine.row.mode) == (403, "video")
    page = strict.get(f"/staff/appointments/{mine.id}/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    accepted = strict.post(
        f"/staff/appointments/{mine.id}/mode", {"mode": "phone", "csrfmiddlewaretoken": token}
    )
    assert (accepted.status_code, mine.row.mode) == (302, "phone")
