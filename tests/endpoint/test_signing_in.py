"""Signing in and out of the staff pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from precheck.contract.wording import Language
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.changes import put_staff
from precheck.endpoint.store.models import Action, AuditEntry, SignInDebt
from precheck.endpoint.store.retention import purge
from precheck.endpoint.store.sign_ins import FROM_ANYWHERE, FROM_ONE_ADDRESS, KEPT, charge, forgive
from tests.endpoint.people import LIST, browser, member, office

PASSWORD = "correct horse battery"  # noqa: S105 - made up here


def tried(client: Client, password: str, **more: str) -> HttpResponse:
    return client.post("/staff/login/", {"username": "hanako", "password": password, **more})


@pytest.fixture
def hanako() -> User:
    put_staff("hanako", office(), PASSWORD, datetime.now(UTC))
    return User.objects.get(username="hanako")


def test_the_right_password_leads_to_the_list_or_to_where_one_was_going(hanako: User) -> None:
    assert tried(browser(), PASSWORD).headers["Location"] == "/staff/"
    going = "/staff/?date=2026-11-24"
    assert tried(browser(), PASSWORD, next=going).headers["Location"] == going


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"]
)
def test_signing_in_never_leads_elsewhere(hanako: User, target: str) -> None:
    assert tried(browser(), PASSWORD, next=target).headers["Location"] == "/staff/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(hanako: User) -> None:
    wrong = tried(browser(), "wrong")
    unknown = browser().post("/staff/login/", {"username": "hanako2", "password": PASSWORD})
    message = load_staff_words(Language.JA).sign_in_failed
    assert message in wrong.content.decode()
    assert message in unknown.content.decode()
    assert wrong.status_code == unknown.status_code
    assert not wrong.cookies.get("sessionid")


def spent(name: str, address: str, now: datetime, times: int) -> None:
    """Let `name` be tried so often from `address`."""
    for _ in range(times):
        assert charge(name, address, now) == 0


def test_wrong_passwords_shut_out_the_account_from_that_address_and_nobody_else(
    hanako: User,
) -> None:
    put_staff("taro", office(), PASSWORD, datetime.now(UTC))
    assert tried(browser("192.0.2.1"), "wrong").status_code == 400
    spent("hanako", "192.0.2.1", datetime.now(UTC), FROM_ONE_ADDRESS.burst - 1)
    refused = tried(browser("192.0.2.1"), PASSWORD)
    assert refused.status_code == 429
    assert "もう一度お試しください" in refused.content.decode()
    assert not refused.cookies.get("sessionid")
    colleague = {"username": "taro", "password": PASSWORD}
    assert browser("192.0.2.1").post("/staff/login/", colleague).status_code == 302
    assert tried(browser("192.0.2.2"), PASSWORD).status_code == 302


NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_another_spelling_of_a_name_is_the_same_account() -> None:
    spent("hanako", "192.0.2.1", NOW, FROM_ONE_ADDRESS.burst)
    for name in ("hanako", " hanako", "ｈａｎａｋｏ"):
        assert charge(name, "192.0.2.1", NOW) > 0
    assert charge("hanako2", "192.0.2.1", NOW) == 0


def test_a_shut_account_opens_by_and_by() -> None:
    spent("hanako", "192.0.2.1", NOW, FROM_ONE_ADDRESS.burst)
    wait = charge("hanako", "192.0.2.1", NOW)
    assert wait == FROM_ONE_ADDRESS.seconds
    assert charge("hanako", "192.0.2.1", NOW + timedelta(seconds=wait - 1)) == 1
    spent("hanako", "192.0.2.1", NOW + timedelta(seconds=wait), 1)
    assert charge("hanako", "192.0.2.1", NOW + timedelta(seconds=wait)) == wait


def test_guesses_from_many_addresses_are_counted_together() -> None:
    for number in range(FROM_ANYWHERE.burst):
        spent("hanako", f"192.0.2.{number}", NOW, 1)
    assert charge("hanako", "198.51.100.1", NOW) > 0
    assert charge("taro", "198.51.100.1", NOW) == 0


def test_who_was_right_owes_nothing() -> None:
    for _ in range(FROM_ONE_ADDRESS.burst + 2):
        spent("hanako", "192.0.2.1", NOW, 1)
        forgive("hanako", "192.0.2.1", NOW)
    spent("hanako", "192.0.2.1", NOW, FROM_ONE_ADDRESS.burst)


def test_neither_names_nor_addresses_are_kept_of_who_tries() -> None:
    spent("hanako", "192.0.2.1", NOW, 1)
    kept = " ".join(str(row) for row in SignInDebt.objects.values_list())
    assert "hanako" not in kept
    assert "192.0.2" not in kept


def test_forgiven_tries_are_deleted_and_others_are_not() -> None:
    spent("hanako", "192.0.2.1", NOW, 1)
    purge(NOW + KEPT - timedelta(seconds=1))
    assert SignInDebt.objects.count() == 2
    purge(NOW + KEPT + timedelta(seconds=1))
    assert not SignInDebt.objects.exists()


def test_signing_in_is_written_down_and_a_refusal_names_nobody(hanako: User) -> None:
    AuditEntry.objects.all().delete()
    tried(browser(), "wrong")
    assert not AuditEntry.objects.exists()
    tried(browser(), PASSWORD)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by) == (Action.SIGNED_IN, hanako)


def test_a_wrong_field_says_so_where_it_is() -> None:
    page = browser().post("/staff/login/", {"username": "", "password": ""}).content.decode()
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_username_error"' in page
    assert 'id="id_username_error"' in page


def test_a_password_is_not_said_back(hanako: User) -> None:
    assert "my secret" not in tried(browser(), "my secret").content.decode()


def test_signing_out_ends_the_session() -> None:
    client = member("hanako")
    assert client.get(LIST).status_code == 200
    client.post("/staff/logout/")
    assert client.get(LIST).status_code == 302


def test_a_link_cannot_sign_anybody_out() -> None:
    client = member("hanako")
    assert client.get("/staff/logout/").status_code == 405
    assert client.get(LIST).status_code == 200


def test_signing_in_begins_a_session_that_no_script_can_read(hanako: User) -> None:
    client = browser()
    client.cookies["sessionid"] = planted = "a" * 32
    tried(client, PASSWORD)
    assert client.cookies["sessionid"].value != planted
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
