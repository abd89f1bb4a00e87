"""What no page would send, in addresses and forms, is refused like any other mistake, on every kind
of store."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from precheck.endpoint.store.models import Membership, Role
from tests.endpoint.people import booked, member, office, system_administrator
from tests.endpoint.scene import DAY, OFFICE

FIGURES, FIND = f"/staff/offices/{OFFICE}/figures/", "/staff/helpdesk/readout/"
STAFF = f"/staff/offices/{OFFICE}/staff/"


def routes(patterns: list[URLPattern | URLResolver], above: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


WITH_A_NUMBER = sorted(route for route in routes(get_resolver().url_patterns) if "<int:" in route)


@pytest.mark.parametrize("number", [2**63, 2**70, 10**400, 0])
@pytest.mark.parametrize("route", WITH_A_NUMBER)
def test_a_number_that_is_no_key_leads_nowhere(route: str, number: int) -> None:
    address = "/" + re.sub(r"<int:\w+>", str(number), route)
    address = re.sub(r"<uuid:\w+>", str(booked().id), address).replace("<slug:office>", OFFICE)
    client = system_administrator("root")
    answers = [client.get(address).status_code, client.post(address).status_code]
    assert set(answers) <= {302, 404, 405}
    assert answers != [302, 302]


@pytest.mark.parametrize("address", ["/staff/audit/?person=", "/staff/audit/audit.csv?person="])
def test_a_name_that_nobody_can_have_asks_for_nobody(address: str) -> None:
    office()
    client = system_administrator("root")
    for name in ("root", "nobody", "%00", "a%00b", "%0A"):
        assert client.get(address + name).status_code == 200


def test_an_office_that_cannot_be_one_does_not_exist() -> None:
    client = member("sora", None, Role.HELPDESK)
    assert client.get(f"/staff/helpdesk/?office={office()}").status_code == 200
    for wrong in ("%00", "a%00", "Ａ", "a" * 64, "'"):
        assert client.get(f"/staff/helpdesk/?office={wrong}").status_code == 404


def from_to(client: Client, first: str, last: str) -> HttpResponse:
    return client.get(FIGURES, {"first": first, "last": last})


def on(client: Client, day: str) -> HttpResponse:
    return client.post(FIND, {"day": day})


def test_days_at_the_end_of_the_calendar_are_none_to_ask_for() -> None:
    office()
    client = system_administrator("root")
    assert from_to(client, str(DAY), str(DAY)).status_code == 200
    assert on(client, str(DAY)).status_code == 200
    for day in ("0001-01-01", "9999-12-31", "0000-00-00"):
        assert from_to(client, day, day).status_code == 400
        assert on(client, day).status_code == 400


def added(client: Client, name: str) -> HttpResponse:
    return client.post(STAFF, {"name": name, "role": "counsellor"})


def test_a_name_in_wide_letters_is_that_in_plain_ones() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    assert added(client, "ｋａｎ").status_code == 302
    kan = User.objects.get(username="kan")
    assert Membership.objects.get(user=kan).office_id == OFFICE
    again = added(client, "ｋａｎ")
    assert again.status_code == 400
    assert User.objects.filter(username__in=["kan", "ｋａｎ"]).count() == 1


@pytest.mark.parametrize("name", ["ﷺ", "㍿" * 100, "a b", "a\0b", ""])
def test_a_name_that_in_plain_letters_is_none_is_refused_beside_its_field(name: str) -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    before = User.objects.count()
    assert added(client, name).status_code == 400
    assert User.objects.count() == before
