"""A request that is sent once more, or late, does not bring back what was cancelled meanwhile."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from precheck.contract.offices import load_office
from precheck.endpoint.slots import FARTHEST, OVERRIDABLE, next_day
from precheck.endpoint.store.appointments import Cancelled, Objected, Wanted, book, cancel
from precheck.endpoint.store.audit import AUDIT_KEPT
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.models import Appointment
from precheck.endpoint.store.retention import purge
from precheck.endpoint.tokyo import start_of
from tests.endpoint.people import browser, member, office
from tests.endpoint.scene import OFFICE, today
from tests.endpoint.test_a_booking_system_enters_appointments import API, body, post, token

DAY = next_day(load_office(OFFICE).terms, today())


def carried(client: Client, name: str, address: str, **sent: object) -> str:
    """The signed field of the form on a page."""
    answer = client.post(address, sent) if sent else client.get(address)
    found = re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_saving_the_codes_of_a_table_enters_nothing_again() -> None:
    client = member("hanako")
    file = SimpleUploadedFile("t.csv", f"date,time\n{DAY},10:00\n".encode())
    page = {"table": carried(client, "table", reverse("booking-import"), file=file)}
    codes = client.post(reverse("booking-confirm"), page).headers["Location"] + "/codes.csv"
    (entered,) = Appointment.objects.all()
    assert str(DAY) in client.get(codes).content.decode()
    client.post(reverse("booking-cancel", args=[entered.pk]))
    assert str(DAY) not in client.get(codes).content.decode()
    assert client.post(reverse("booking-confirm"), page).status_code == 400
    assert not Appointment.objects.exists()


def test_a_form_sent_again_books_nothing_again_and_the_next_one_does() -> None:
    client, address = member("hanako"), reverse("booking-new")
    wanted = {"date": str(DAY), "time": "10:00", "mode": "video"}
    first = wanted | {"key": carried(client, "key", address)}
    assert client.post(address, first).status_code == 302
    (entered,) = Appointment.objects.all()
    client.post(reverse("booking-cancel", args=[entered.pk]))
    assert client.post(address, first).status_code == 400
    assert not Appointment.objects.exists()
    assert (
        client.post(address, wanted | {"key": carried(client, "key", address)}).status_code == 302
    )
    assert Appointment.objects.exists()


def test_a_booking_systems_request_that_comes_late_is_a_conflict() -> None:
    given = token()
    told = post(given, body()).json()
    headers = {"Authorization": f"Bearer {given}"}
    assert browser().delete(f"{API}/{told['id']}", headers=headers).status_code == 204
    late = post(given, body())
    assert (late.status_code, late.json()["type"]) == (409, "booking-conflict")
    assert late.json()["title"] == "This booking was cancelled"
    assert "use another" in late.json()["detail"]
    assert not Appointment.objects.exists()
    assert post(given, body(client_id="req-0000002")).status_code == 201


def test_one_that_was_cancelled_keeps_all_that_are_asked_for_with_it_from_being_entered() -> None:
    place, now = office_named(office()), datetime.now(UTC)
    at = start_of(DAY) + timedelta(hours=10)
    pair = [Wanted("a", at), Wanted("b", at)]
    cancel(book(place, pair, now, None)[0].appointment, None, now)
    with pytest.raises(Cancelled):
        book(place, pair, now, None)
    assert Appointment.objects.count() == 1
    assert [each.first for each in book(place, pair[1:], now, None)] == [False]


def test_nothing_cancelled_comes_back_however_late_it_is_asked_for_again() -> None:
    place, now = office_named(office()), datetime.now(UTC)
    wanted = [Wanted("a", start_of(today() + FARTHEST) + timedelta(hours=10))]
    cancel(book(place, wanted, now, None, allowed=OVERRIDABLE)[0].appointment, None, now)
    for days in (8, 100, 365):
        later = now + timedelta(days=days)
        purge(later)
        with pytest.raises(Cancelled):
            book(place, wanted, later, None, allowed=OVERRIDABLE)
    later = now + AUDIT_KEPT + timedelta(days=1)
    purge(later)
    with pytest.raises(Objected, match="is over"):
        book(place, wanted, later, None, allowed=OVERRIDABLE)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("day", ["0001/01/01", "9999/12/31"])
def test_a_table_with_a_day_at_the_end_of_the_calendar_is_shown_with_that_row_wrong(
    day: str,
) -> None:
    file = SimpleUploadedFile("t.csv", f"date,time\n{day},00:00\n".encode())
    answer = member("hanako").post(reverse("booking-import"), {"file": file})
    assert answer.status_code == 400
