"""Tokens of an office's booking system, and the API that takes appointments by them."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from precheck.contract.offices import load_office
from precheck.endpoint.slots import next_day
from precheck.endpoint.store.appointments import fresh_key
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.codes import appointment_for
from precheck.endpoint.store.models import Action, ApiToken, Appointment, AuditEntry, Role, Scope
from precheck.endpoint.store.tokens import REQUESTS, add_token, charge_request, token_of
from precheck.endpoint.tokyo import start_of
from tests.endpoint.holidays import HOLIDAY
from tests.endpoint.people import booked, browser, member, office
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, today

API = "/api/v1/bookings"
START = start_of(next_day(load_office(OFFICE).terms, today())) + timedelta(hours=10)
TOKENS = "/staff/tokens/"


def token(office_id: str = OFFICE, **days: int) -> str:
    office(office_id)
    now = datetime.now(UTC)
    expires = today() + timedelta(**days) if days else None
    user = member("ichiro", office_id, Role.ADMINISTRATOR)
    del user
    from django.contrib.auth.models import User

    by = User.objects.get(username="ichiro")
    return add_token(office_named(office_id), "e-TUMO", expires, fresh_key(), by, now)


def body(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": "req-0000001",
        "starts_at": START.isoformat(),
        "reference": "K-7",
        **changes,
    }


def post(given: str | None, content: Any, scheme: str = "Bearer") -> HttpResponse:
    headers = {"Authorization": f"{scheme} {given}"} if given is not None else {}
    return browser().post(API, content, content_type="application/json", headers=headers)


def test_a_booking_is_entered_and_answered_with_its_code_and_link() -> None:
    answer = post(token(), body(mode="phone"))
    assert answer.status_code == 201
    told = answer.json()
    found = appointment_for(told["code"], datetime.now(UTC))
    assert found is not None
    assert (str(found.pk), found.reference, found.mode) == (told["id"], "K-7", "phone")
    assert told["link"] == f"http://localhost/a/#{told['code']}"
    assert found.starts_at == START
    entry = AuditEntry.objects.get(action=Action.APPOINTMENT_ADDED.value)
    assert entry.by is None
    assert entry.detail.startswith("token ")


def test_the_same_request_is_done_once_and_answered_the_same() -> None:
    given = token()
    first, again = post(given, body()), post(given, body())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Appointment.objects.count() == 1


def test_the_same_request_through_another_token_of_the_office_is_the_same() -> None:
    first, again = post(token(), body()), post(token(), body())
    assert first.json()["code"] == again.json()["code"]


def test_the_same_id_in_another_office_is_another_booking() -> None:
    mine, theirs = post(token(), body()), post(token(OTHER_OFFICE), body())
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["code"] != theirs.json()["code"]


@pytest.mark.parametrize(
    "changes", [{"reference": "K-8"}, {"starts_at": (START + timedelta(hours=1)).isoformat()}]
)
def test_an_id_that_is_used_for_something_else_is_a_conflict(changes: dict[str, str]) -> None:
    given = token()
    post(given, body())
    refused = post(given, body(**changes))
    assert (refused.status_code, refused.json()["type"]) == (409, "booking-conflict")


def test_after_the_staff_made_a_new_code_the_old_one_is_not_given_again() -> None:
    given = token()
    told = post(given, body()).json()
    client, address = member("hanako"), f"/staff/appointments/{told['id']}/code"
    key = re.search(r'name="key" value="([^"]*)"', client.get(address).content.decode())
    assert key
    client.post(address, {"key": html.unescape(key[1])})
    refused = post(given, body())
    assert refused.status_code == 409
    assert told["code"] not in refused.content.decode()


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"starts_at": "2026-11-24T10:00:00"}, 400, "bad-request"),
        ({"starts_at": "soon"}, 400, "bad-request"),
        ({"client_id": "short"}, 400, "bad-request"),
        ({"client_id": "with space in it"}, 400, "bad-request"),
        ({"reference": "x" * 65}, 400, "bad-request"),
        ({"reference": "two\nlines"}, 422, "bad-booking"),
        ({"mode": "fax"}, 400, "bad-request"),
        ({"name": "somebody"}, 400, "bad-request"),
        ({"starts_at": (START - timedelta(days=60)).isoformat()}, 422, "bad-booking"),
        ({"starts_at": (START + timedelta(hours=2)).isoformat()}, 422, "bad-booking"),
        ({"starts_at": "9999-12-31T23:59:00+00:00"}, 400, "bad-request"),
    ],
)
def test_what_cannot_be_booked_is_a_problem(
    changes: dict[str, str], status: int, kind: str
) -> None:
    refused = post(token(), body(**changes))
    assert (refused.status_code, refused.json()["type"]) == (status, kind)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert not Appointment.objects.exists()


def test_a_holiday_is_refused_unless_the_booking_system_says_that_the_office_opens() -> None:
    given, at = token(), start_of(HOLIDAY) + timedelta(hours=10)
    for fields in ({}, {"same_day": True}):
        refused = post(given, body(starts_at=at.isoformat(), **fields))
        assert (refused.status_code, refused.json()["type"]) == (422, "bad-booking")
        assert "national holiday" in refused.json()["detail"]
    assert not Appointment.objects.exists()
    assert post(given, body(starts_at=at.isoformat(), closed_day=True)).status_code == 201


def test_a_saturday_is_refused_in_the_same_way_where_the_terms_name_no_hours() -> None:
    given, saturday = token(OTHER_OFFICE), START + timedelta(days=(5 - START.weekday()) % 7)
    refused = post(given, body(starts_at=saturday.isoformat(), same_day=True))
    assert (refused.status_code, refused.json()["type"]) == (422, "bad-booking")
    assert "Saturdays" in refused.json()["detail"]
    fields = {"starts_at": saturday.isoformat(), "closed_day": True}
    assert post(given, body(**fields)).status_code == 201
    other = body(**fields, client_id="req-0000002")
    assert post(token(), other).status_code == 422, "hours that are named are those of weekdays"


def test_a_body_that_is_too_large_or_no_json_is_refused() -> None:
    given = token()
    assert post(given, "{").status_code == 400
    assert post(given, "[" * 4000).status_code == 400
    assert post(given, " " * 5000).status_code == 413


def test_a_token_that_is_wrong_revoked_expired_or_a_code_opens_nothing() -> None:
    good, old = token(), token(days=-0)
    mine = booked()
    prefix, _, secret = good.partition(".")
    for wrong in (None, "", "x", f"{prefix}.", f"{prefix}.{secret[:-1]}", f".{secret}", mine.code):
        refused = post(wrong, body())
        assert (refused.status_code, refused.json()["type"]) == (401, "unknown-token"), wrong
    assert post(good, body(), scheme="Appointment").status_code == 401
    assert post(old, body()).status_code == 201
    ApiToken.objects.update(expires_on=today() - timedelta(days=1))
    assert post(good, body()).status_code == 401
    ApiToken.objects.update(expires_on=None, revoked_at=datetime.now(UTC))
    assert post(good, body()).status_code == 401
    ApiToken.objects.update(revoked_at=None, scope="something:else")
    assert post(good, body()).status_code == 401


def test_a_token_is_no_code_and_opens_no_other_door() -> None:
    given = token()
    for path in ("/api/v1/appointment", "/api/v1/reports"):
        headers = {"Authorization": f"Appointment {given}"}
        assert browser().delete(path, headers=headers).status_code in (401, 405)
    assert (
        browser()
        .get("/staff/appointments/", headers={"Authorization": f"Bearer {given}"})
        .status_code
        == 302
    )


def test_nothing_of_a_token_but_its_hash_is_kept_and_nothing_of_it_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    given = token()
    told = post(given, body()).json()
    secret = given.partition(".")[2]
    assert secret not in repr(list(ApiToken.objects.values()))
    for hidden in (secret, told["code"], "K-7", "req-0000001"):
        assert hidden not in caplog.text
        assert hidden not in repr(list(AuditEntry.objects.values()))


def test_the_day_of_its_last_use_is_written_down_and_no_more() -> None:
    given = token()
    assert ApiToken.objects.get().used_on is None
    post(given, body())
    assert ApiToken.objects.get().used_on == today()


def test_guessing_tokens_is_limited() -> None:
    good = token()
    for _ in range(10):
        assert post("abcdefgh.wrong", body()).status_code == 401
    limited = post(good, body())
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0


def test_a_tokens_requests_are_limited_and_let_through_again_later() -> None:
    given, now = token(), datetime.now(UTC)
    found = token_of(given, Scope.CREATE_APPOINTMENTS, now)
    assert found is not None
    waits = [charge_request(found, now) for _ in range(REQUESTS.burst + 1)]
    assert waits[:-1] == [0] * REQUESTS.burst
    assert waits[-1] > 0
    assert charge_request(found, now + timedelta(seconds=waits[-1])) == 0


def test_cancelling_deletes_the_appointment_of_the_office_and_no_other() -> None:
    given = token()
    told, theirs = post(given, body()).json(), booked(OTHER_OFFICE)
    headers = {"Authorization": f"Bearer {given}"}
    assert browser().delete(f"{API}/{theirs.id}", headers=headers).status_code == 404
    assert browser().delete(f"{API}/{told['id']}").status_code == 401
    assert browser().delete(f"{API}/{told['id']}", headers=headers).status_code == 204
    assert browser().delete(f"{API}/{told['id']}", headers=headers).status_code == 404
    assert list(Appointment.objects.values_list("pk", flat=True)) == [theirs.id]
    assert appointment_for(told["code"], datetime.now(UTC)) is None
    entry = AuditEntry.objects.get(action=Action.APPOINTMENT_CANCELLED.value)
    assert entry.detail.startswith("token ")


def test_the_administrator_makes_a_token_sees_it_once_and_revokes_it() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    key = re.search(r'name="key" value="([^"]*)"', client.get(TOKENS).content.decode())
    assert key
    form = {"key": html.unescape(key[1]), "name": "e-TUMO", "expires_on": str(today())}
    made = client.post(TOKENS, form)
    shown = re.search(r'id="token">([a-z0-9]+\.[\w-]+)<', made.content.decode())
    assert shown
    assert post(shown[1], body()).status_code == 201
    assert shown[1] in client.post(TOKENS, form).content.decode(), "sent twice, made once"
    assert ApiToken.objects.count() == 1
    secret = shown[1].partition(".")[2]
    assert secret not in client.get(TOKENS).content.decode()
    entry = ApiToken.objects.get()
    assert client.post(f"{TOKENS}{entry.pk}/revoke").status_code == 302
    assert post(shown[1], body()).status_code == 401
    actions = [Action.TOKEN_ADDED.value, Action.TOKEN_REVOKED.value]
    assert (
        list(
            AuditEntry.objects.filter(action__in=actions)
            .order_by("pk")
            .values_list("action", flat=True)
        )
        == actions
    )


def test_another_offices_token_is_not_seen_and_not_revoked() -> None:
    token()
    mine = ApiToken.objects.get()
    stranger = member("jun", OTHER_OFFICE, Role.ADMINISTRATOR)
    assert mine.prefix not in stranger.get(TOKENS).content.decode()
    assert stranger.post(f"{TOKENS}{mine.pk}/revoke").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "x" * 65}, {"expires_on": "2020-01-01"}, {"key": "forged"}]
)
def test_a_token_that_cannot_be_made_is_not(changes: dict[str, str]) -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    key = re.search(r'name="key" value="([^"]*)"', client.get(TOKENS).content.decode())
    assert key
    form = {"key": html.unescape(key[1]), "name": "e-TUMO", "expires_on": ""}
    assert client.post(TOKENS, form | changes).status_code == 400
    assert not ApiToken.objects.exists()
