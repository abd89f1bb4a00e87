"""Signing in and out of the staff pages."""

import time

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from precheck.contract.wording import Language
from precheck.endpoint.attempts import Allowance, Attempts
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.apps import store
from precheck.endpoint.store.changes import put_staff
from tests.endpoint.people import browser, member, office

PASSWORD = "correct horse battery"  # noqa: S105 - made up here


def tried(client: Client, password: str, **more: str) -> HttpResponse:
    return client.post("/staff/login/", {"username": "hanako", "password": password, **more})


@pytest.fixture
def hanako() -> User:
    put_staff("hanako", office(), PASSWORD)
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


def test_wrong_passwords_are_limited_by_address(hanako: User) -> None:
    store().password_attempts = Attempts(time.monotonic, Allowance(burst=2, seconds=3600))
    for _ in range(2):
        assert tried(browser("192.0.2.1"), "wrong").status_code == 400
    assert tried(browser("192.0.2.1"), PASSWORD).status_code == 429
    assert tried(browser("192.0.2.2"), PASSWORD).status_code == 302


def test_a_password_is_not_said_back(hanako: User) -> None:
    assert "my secret" not in tried(browser(), "my secret").content.decode()


def test_signing_out_ends_the_session() -> None:
    client = member("hanako")
    assert client.get("/staff/").status_code == 200
    client.post("/staff/logout/")
    assert client.get("/staff/").status_code == 302


def test_a_link_cannot_sign_anybody_out() -> None:
    client = member("hanako")
    assert client.get("/staff/logout/").status_code == 405
    assert client.get("/staff/").status_code == 200


def test_signing_in_begins_a_session_that_no_script_can_read(hanako: User) -> None:
    client = browser()
    client.cookies["sessionid"] = planted = "a" * 32
    tried(client, PASSWORD)
    assert client.cookies["sessionid"].value != planted
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
