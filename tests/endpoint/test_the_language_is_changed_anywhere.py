"""The switch of the language on a page that answers a form asks the same again, in the other
language: nothing that was typed is lost, and nothing is done twice."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from precheck.contract.offices import load_office
from precheck.contract.wording import Language
from precheck.endpoint.administration.policy_text import text_of
from precheck.endpoint.booking.table import RowProblem
from precheck.endpoint.booking.words import BookingWords
from precheck.endpoint.slots import next_day
from precheck.endpoint.store.models import ApiToken, Appointment, Role
from precheck.endpoint.tokyo import start_of
from precheck.endpoint.words import load_words
from tests.endpoint.people import booked, browser, member
from tests.endpoint.scene import OFFICE, today

WORKDAY = next_day(load_office(OFFICE).terms, today())


def switched(client: Client, address: str, page: HttpResponse) -> HttpResponse:
    """The page that the switch on `page`, which was had from `address`, leads to."""
    tools = page.content.decode().partition('<div class="tools">')[2].partition("</header>")[0]
    form = re.search(
        r'<form method="post" action="([^"]*\?lang=en)">(.*?)</form>', tools, re.DOTALL
    )
    assert form, tools
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', form[2], re.DOTALL
    ):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    assert "csrfmiddlewaretoken" not in fields
    target = html.unescape(form[1])
    return client.post(address + target if target.startswith("?") else target, fields)


def test_what_the_helpdesk_looks_for_stays_with_what_was_found() -> None:
    for _ in range(2):
        booked(starts_at=start_of(WORKDAY) + timedelta(hours=10))
    client, address = member("sora", None, Role.HELPDESK), reverse("helpdesk-readout")
    found = client.post(address, {"day": str(WORKDAY), "time": "10:00", "tail": ""})
    page = switched(client, address, found).content.decode()
    assert 'lang="en"' in page
    assert page.count('<th scope="row"') == 2
    assert f'value="{WORKDAY}"' in page
    assert 'value="10:00"' in page


def test_a_form_that_was_refused_stays_filled_in() -> None:
    client, address = member("hanako"), reverse("booking-new")
    typed = {"date": "2099-01-05", "time": "10:00", "reference": "K <7>", "mode": "phone"}
    page = switched(client, address, client.post(address, typed))
    assert page.status_code == 400
    assert 'value="K &lt;7&gt;"' in page.content.decode()
    assert "more than a year" in page.content.decode()
    assert not Appointment.objects.exists()


def looked_at(client: Client, rows: str) -> HttpResponse:
    file = SimpleUploadedFile("t.csv", rows.encode("cp932"))
    return client.post(reverse("booking-import"), {"file": file, "office": OFFICE})


def test_a_table_that_is_looked_at_stays_with_all_that_was_read_and_can_be_entered_once() -> None:
    client, address = member("hanako"), reverse("booking-import")
    before = looked_at(
        client, f"日付,時刻,番号,方法\n{WORKDAY},10:00,,電話\n{WORKDAY},10:30,K-2,\n"
    )
    there = switched(client, address, before)
    assert there.status_code == 200
    page = there.content.decode()
    assert 'lang="en"' in page
    assert re.findall(r'data-label="Start">([^<]+)<', page) == ["10:00", "10:30"]
    assert "K-2" in page
    assert not Appointment.objects.exists()
    for shown in (there, before):
        table = re.search(r'name="table" value="([^"]+)"', shown.content.decode())
        assert table
        entered = client.post(reverse("booking-confirm"), {"table": html.unescape(table[1])})
        assert entered.status_code == 302
        assert Appointment.objects.count() == 2


def test_a_table_in_which_something_is_wrong_stays_and_says_it_in_the_other_language() -> None:
    client, address = member("hanako"), reverse("booking-import")
    page = switched(client, address, looked_at(client, f"{WORKDAY},99:00,K-1,\n"))
    assert page.status_code == 400
    said = page.content.decode()
    assert "99:00" in said
    assert "K-1" in said
    assert 'name="table"' not in said
    words = load_words(BookingWords, "booking", Language.EN)
    assert words.rows[RowProblem.TIME] in html.unescape(said)


@pytest.mark.parametrize("looked_at", ["", "x", "bm90IHNpZ25lZA:x:y"])
def test_what_no_page_was_given_is_no_table(looked_at: str) -> None:
    page = member("hanako").post(reverse("booking-import"), {"looked_at": looked_at})
    assert page.status_code == 400
    assert 'name="file"' in page.content.decode()


def test_a_table_that_was_entered_is_entered_once() -> None:
    client = member("hanako")
    file = SimpleUploadedFile("t.csv", f"{WORKDAY},10:00,K-1,\n".encode())
    preview = client.post(reverse("booking-import"), {"file": file}).content.decode()
    table = re.search(r'name="table" value="([^"]+)"', preview)
    assert table
    fields = {"table": html.unescape(table[1]), "office": OFFICE}
    there = client.post(reverse("booking-confirm"), fields).headers["Location"]
    assert "1件の予約を入れました" in client.get(there).content.decode()
    page = client.get(f"{there}?lang=en")
    assert "1 appointments are entered" in page.content.decode()
    assert Appointment.objects.count() == 1


def test_a_token_that_was_made_is_made_once_and_stays() -> None:
    client, address = member("ichiro", role=Role.ADMINISTRATOR), reverse("booking-tokens")
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())
    assert key
    made = client.post(address, {"office": OFFICE, "key": html.unescape(key[1]), "name": "e-TUMO"})
    token = re.search(r'id="token">([^<]+)<', made.content.decode())
    again = re.search(r'id="token">([^<]+)<', switched(client, address, made).content.decode())
    assert token and again and token[1] == again[1]
    words = load_words(BookingWords, "booking", Language.JA)
    shown = made.content.decode()
    assert words.token_once in shown
    assert f'<th scope="col">{words.token_act}</th></tr>' in shown
    loaded_anew = client.get(address).content.decode()
    assert token[1] not in loaded_anew, "it is shown in the answer alone"
    assert words.token_once not in loaded_anew
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("by_file", [True, False])
def test_a_policy_that_is_looked_at_stays_however_it_came(by_file: bool) -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    address = reverse("administration-policy-new", args=[OFFICE])
    text = text_of(load_office(OFFICE)).replace("079-421-8624", "079-421-0000")
    given = {"file": SimpleUploadedFile("k.toml", text.encode())} if by_file else {"text": text}
    looked_at = client.post(address, given)
    assert "変わることの確認" in looked_at.content.decode()
    page = switched(client, address, looked_at).content.decode()
    assert 'lang="en"' in page
    assert "079-421-0000" in page


def test_a_page_that_answers_no_form_is_led_to_and_a_password_is_in_no_page() -> None:
    client = member("hanako")
    page = client.get(reverse("booking-new") + "?office=" + OFFICE).content.decode()
    assert re.search(
        r'<a class="button small" href="\?office=kakogawa&amp;lang=en" lang="en"', page
    )
    refused = browser().post(reverse("staff-login"), {"username": "hanako", "password": "secret-1"})
    assert refused.status_code == 400
    assert "secret-1" not in refused.content.decode()
