"""Who may not do something is told that their role does not allow it and who can help, with the
menu of what they may; only a form that has grown old asks to try once more."""

import html

import pytest
from django.test import Client
from django.urls import reverse

from precheck.contract.wording import Language
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.models import Role
from tests.endpoint.people import member


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("name", "role", "address"),
    [
        ("hanako", Role.COUNSELLOR, "administration-offices"),
        ("sora", Role.HELPDESK, "booking-new"),
        ("ichiro", Role.ADMINISTRATOR, "administration-office-new"),
    ],
)
def test_what_a_role_does_not_allow_is_said_with_the_menu_of_what_it_does(
    name: str, role: Role, address: str, language: Language
) -> None:
    words = load_staff_words(language)
    refused = member(name, role=role).get(reverse(address), {"lang": language.value})
    page = html.unescape(refused.content.decode())
    assert refused.status_code == 403
    assert f"<h1>{words.not_in_role}</h1>" in page
    assert words.errors[403] not in page
    assert words.nav["counsellor-list"] in page
    assert words.sign_out in page


def test_a_form_that_has_grown_old_asks_to_try_again() -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = member("hanako").cookies
    refused = strict.post(reverse("booking-new"))
    words = load_staff_words(Language.JA)
    assert refused.status_code == 403
    assert words.errors[403] in refused.content.decode()
    assert words.not_in_role not in refused.content.decode()


def test_a_program_is_answered_as_before() -> None:
    refused = member("hanako").get("/api/v1/nothing")
    assert refused.headers["Content-Type"].startswith("application/problem+json")
