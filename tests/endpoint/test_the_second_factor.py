"""A code from a telephone, where the settings ask for one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from precheck.contract.wording import Language
from precheck.endpoint.errors import Unusable
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.changes import put_staff
from precheck.endpoint.store.models import Action, AuditEntry, Role, SecondFactor
from precheck.endpoint.store.second_factor import (
    STEP,
    accepts,
    address_of,
    begin,
    confirm,
    forget,
    has_second_factor,
)
from precheck.endpoint.store.sign_ins import FROM_ONE_ADDRESS
from tests.endpoint.people import LIST, browser, member, office
from tests.endpoint.scene import OFFICE, done

PASSWORD = "correct horse battery"  # noqa: S105 - made up here
NOW = datetime(2026, 11, 24, 0, 0, 15, tzinfo=UTC)
STEPS = timedelta(seconds=STEP)


@pytest.fixture
def switched_on() -> Iterator[None]:
    with override_settings(SECOND_FACTOR="optional"):
        yield


@pytest.fixture
def hanako() -> User:
    put_staff("hanako", office(), PASSWORD, datetime.now(UTC))
    return User.objects.get(username="hanako")


def telephone(user: User) -> pyotp.TOTP:
    """The telephone of `user`, who has set it up a while ago."""
    made = pyotp.TOTP(begin(user))
    earlier = datetime.now(UTC) - 10 * STEPS
    assert confirm(user, made.at(earlier), earlier)
    return made


def password_given(client: Client, password: str = PASSWORD) -> HttpResponse:
    return client.post("/staff/login/", {"username": "hanako", "password": password, "next": LIST})


def code_given(client: Client, code: str) -> HttpResponse:
    return client.post("/staff/login/code/", {"code": code})


def test_the_codes_are_those_of_the_standard() -> None:
    """The last six digits of the standard's own examples (RFC 6238, appendix B, SHA-1)."""
    maker = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert [maker.at(at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_after_the_password_comes_the_code_and_only_then_the_pages(
    switched_on: None, hanako: User
) -> None:
    made, client = telephone(hanako), browser()
    assert password_given(client).headers["Location"] == "/staff/login/code/"
    assert client.get(LIST).status_code == 302
    assert "inputmode" in client.get("/staff/login/code/").content.decode()
    assert code_given(client, made.now()).headers["Location"] == LIST
    assert client.get(LIST).status_code == 200
    assert AuditEntry.objects.filter(action=Action.SIGNED_IN, by=hanako).count() == 1


def test_the_code_without_the_password_leads_back_to_the_password(
    switched_on: None, hanako: User
) -> None:
    made = telephone(hanako)
    assert code_given(browser(), made.now()).headers["Location"] == "/staff/login/"


def test_a_wrong_code_lets_nobody_in_and_the_password_forgives_none(
    switched_on: None, hanako: User
) -> None:
    made, client = telephone(hanako), browser()
    statuses = []
    for _ in range(FROM_ONE_ADDRESS.burst // 2):
        password_given(client)
        statuses.append(code_given(client, "000000").status_code)
    assert statuses == [400] * len(statuses)
    assert code_given(client, made.now()).status_code == 429
    assert client.get(LIST).status_code == 302


def test_a_code_is_good_once_and_no_older_one_after_it(hanako: User) -> None:
    made = telephone(hanako)
    now = datetime.now(UTC)
    before, code = made.at(now - STEPS), made.at(now)
    assert accepts(hanako, code, now)
    assert not accepts(hanako, code, now)
    assert not accepts(hanako, before, now)
    assert accepts(hanako, made.at(now + STEPS), now + STEPS)


def test_a_clock_that_is_a_little_off_does_no_harm_and_one_that_is_far_off_does(
    hanako: User,
) -> None:
    made = pyotp.TOTP(begin(hanako))
    assert not confirm(hanako, made.at(NOW - 2 * STEPS), NOW)
    assert not confirm(hanako, made.at(NOW + 2 * STEPS), NOW)
    assert confirm(hanako, made.at(NOW - STEPS), NOW)
    assert accepts(hanako, made.at(NOW + STEPS), NOW)


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１", "\x00", "9" * 400])
def test_what_is_no_code_is_wrong(hanako: User, typed: str) -> None:
    telephone(hanako)
    assert not accepts(hanako, typed, datetime.now(UTC))


def test_a_code_may_be_typed_in_groups_and_in_wide_digits(hanako: User) -> None:
    made, now = telephone(hanako), datetime.now(UTC)
    code = made.at(now)
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    assert accepts(hanako, f"{wide[:3]} {wide[3:]}", now)


def test_setting_it_up_takes_one_right_code(switched_on: None) -> None:
    client = member("hanako")
    user = User.objects.get(username="hanako")
    page = client.get("/staff/second-factor/").content.decode()
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert shown is not None
    assert "<svg viewBox=" in page, "without it a narrow screen cuts the picture off"
    made = pyotp.TOTP(shown[1].replace(" ", ""))
    assert client.post("/staff/second-factor/", {"code": "000000"}).status_code == 400
    assert not has_second_factor(user)
    assert client.post("/staff/second-factor/", {"code": made.now()}).status_code == 302
    assert has_second_factor(user)
    assert shown[1] not in client.get("/staff/second-factor/").content.decode()
    assert AuditEntry.objects.filter(action=Action.SECOND_FACTOR_SET, by=user).count() == 1


def test_where_it_is_required_nothing_is_seen_before_it_is_set_up(hanako: User) -> None:
    with override_settings(SECOND_FACTOR="required"):
        client = browser()
        password_given(client)
        assert client.get(LIST).headers["Location"] == "/staff/second-factor/"
        assert client.get("/staff/").headers["Location"] == "/staff/second-factor/"
        made = pyotp.TOTP(begin(hanako))
        client.post("/staff/second-factor/", {"code": made.now()})
        assert client.get(LIST).status_code == 200


def test_where_it_is_off_nobody_is_asked_and_no_page_speaks_of_it(hanako: User) -> None:
    telephone(hanako)
    client = browser()
    assert password_given(client).headers["Location"] == LIST
    assert "second-factor" not in client.get(LIST).content.decode()


def test_the_secret_is_not_in_the_database(hanako: User) -> None:
    secret = begin(hanako)
    row = SecondFactor.objects.get()
    assert secret not in (row.salt, row.salt.upper())
    assert begin(hanako) == secret
    assert secret in address_of(hanako, secret, "precheck")


def test_a_lost_telephone_is_forgotten_and_the_next_one_has_another_secret(hanako: User) -> None:
    before = telephone(hanako).secret
    with pytest.raises(Unusable):
        begin(hanako)
    forget("hanako", datetime.now(UTC))
    assert not has_second_factor(hanako)
    assert begin(hanako) != before
    with pytest.raises(Unusable):
        forget("nobody", datetime.now(UTC))


@pytest.mark.parametrize("language", list(Language))
def test_who_has_lost_the_telephone_is_told_whom_to_ask_and_they_can_help(
    switched_on: None, hanako: User, language: Language
) -> None:
    telephone(hanako)
    client, said = browser(), load_staff_words(language).code_lost
    assert said not in client.get("/staff/login/").content.decode()
    password_given(client)
    page = client.get(f"/staff/login/code/?lang={language.value}").content.decode()
    assert said in page
    administrator = member("ichiro", role=Role.ADMINISTRATOR)
    reset = reverse("administration-second-factor", args=[OFFICE, hanako.pk])
    assert administrator.post(reset).status_code == 302
    assert password_given(browser()).headers["Location"] == LIST


def test_a_lost_telephone_is_forgotten_by_a_command(tmp_path: Path) -> None:
    from tests.endpoint.scene import command

    done(tmp_path, "office", "add", "kakogawa")
    ended = command(tmp_path, "staff", "forget-second-factor", "hanako")
    assert (ended.returncode, "has no second factor" in ended.stderr) == (2, True)
