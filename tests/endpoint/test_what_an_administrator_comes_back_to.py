"""A draft of a policy is not lost on the way, a version that came back is named so, and who
administers one office alone is led past a list of one."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from precheck.contract.offices import STANDARD, load_office, office_ids
from precheck.contract.verdict import Level
from precheck.contract.wording import Language
from precheck.endpoint.administration.policy_text import text_of
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import Role
from precheck.endpoint.words import load_words
from tests.endpoint.administered import with_firewall
from tests.endpoint.people import member, office, system_administrator
from tests.endpoint.scene import OFFICE, OTHER_OFFICE

WORDS = load_words(AdministrationWords, "administration", Language.JA)


def test_the_way_back_from_what_would_change_leads_to_the_draft() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    address = reverse("administration-policy-new", args=[OFFICE])
    draft = text_of(load_office(OFFICE)).replace("079-421-8624", "079-421-0000")
    looked_at = client.post(address, {"text": draft}).content.decode()
    form = re.search(
        rf'<form method="post" action="{address}" class="act">'
        r'(?:(?!</form>).)*name="mend".*?</form>',
        looked_at.partition("<main")[2],
        re.DOTALL,
    )
    assert form and WORDS.mend in form[0]
    carried = re.search(r'name="text" hidden>\n(.*?)</textarea>', form[0], re.DOTALL)
    assert carried
    back = client.post(address, {"text": html.unescape(carried[1]), "mend": "1"})
    page = html.unescape(back.content.decode())
    assert back.status_code == 200
    assert draft in page
    assert 'class="source"' in page, "to be changed, not only looked at"


def test_a_version_that_came_back_is_told_from_the_first_time() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    policy = load_office(OFFICE)
    for each in (with_firewall(Level.ADVISED), policy):
        put_office(each, None, timezone.now())
    page = client.get(f"/staff/offices/{OFFICE}/policy/").content.decode()
    named = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page)
    assert named == [
        f"2022年12月27日{WORDS.taken_back}",
        "2022年12月27日（第2版）",
        "2022年12月27日",
    ]


def test_who_administers_one_office_alone_is_led_past_a_list_of_one() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    answer = client.get("/staff/offices/")
    assert answer.headers["Location"] == f"/staff/offices/{OFFICE}/"
    page = client.get(f"/staff/offices/{OFFICE}/").content.decode()
    assert WORDS.back_to_offices not in page
    assert 'href="/staff/audit/"' in page
    assert WORDS.back_to_offices not in client.get("/staff/audit/").content.decode()


@pytest.mark.parametrize("everywhere", [True, False])
def test_who_administers_several_still_chooses(everywhere: bool) -> None:
    office()
    client = (
        system_administrator("root") if everywhere else member("ichiro", role=Role.ADMINISTRATOR)
    )
    if not everywhere:
        member("ichiro", OTHER_OFFICE, Role.ADMINISTRATOR)
    assert client.get("/staff/offices/").status_code == 200
    assert WORDS.back_to_offices in client.get(f"/staff/offices/{OFFICE}/").content.decode()


def test_offices_with_several_terms_are_told_apart_and_the_standard_is_none() -> None:
    page = system_administrator("root").get("/staff/system/offices/new").content.decode()
    options = dict(re.findall(r'<option value="(\w+)"[^>]*>([^<]+)<', page))
    assert options.keys() == set(office_ids()) - {STANDARD}
    assert len(set(options.values())) == len(options)
    assert options["toyooka"].startswith(load_office("toyooka").terms.office)
