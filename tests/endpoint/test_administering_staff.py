"""Who may do what about whom on the staff, and passwords that are made for somebody."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from precheck.contract.wording import Language
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.changes import put_staff, put_system_administrator
from precheck.endpoint.store.models import AuditEntry, Membership, Role, SecondFactor
from precheck.endpoint.store.passwords import (
    GOOD_FOR,
    SHOWN_FOR,
    expire_passwords,
    has_to_change,
    shown_to,
)
from tests.endpoint.people import LIST, booked, browser, member, office, system_administrator
from tests.endpoint.scene import OFFICE, OTHER_OFFICE

NOW = datetime.now(UTC)
STAFF = f"/staff/offices/{OFFICE}/staff/"
OWN = "a password of my own"


def administrator(name: str = "ichiro", office_id: str = OFFICE) -> Client:
    return member(name, office_id, Role.ADMINISTRATOR)


def user(name: str) -> User:
    return User.objects.get(username=name)


def act(client: Client, name: str, what: str, **fields: str) -> int:
    return client.post(f"{STAFF}{user(name).pk}/{what}", fields).status_code


def added(client: Client, name: str, role: Role = Role.COUNSELLOR) -> str:
    """The password that the administrator is shown of somebody who is added."""
    answer = client.post(STAFF, {"name": name, "role": role.value}, follow=True)
    found = re.search(r'<code class="secret">([^<]+)</code>', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def signed_in(name: str, password: str) -> Client:
    client = browser()
    client.post("/staff/login/", {"username": name, "password": password})
    return client


def roles_of(name: str) -> dict[str | None, str]:
    return dict(Membership.objects.filter(user__username=name).values_list("office_id", "role"))


def test_somebody_new_comes_in_with_the_password_that_was_shown_and_has_to_change_it() -> None:
    password = added(administrator(), "midori")
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password)
    client = signed_in("midori", password)
    for address in ("/staff/", LIST):
        assert client.get(address).headers["Location"] == "/staff/password/"
    fields = {"old": password, "new": OWN, "again": OWN}
    assert client.post("/staff/password/", fields).status_code == 302
    assert client.get(LIST).status_code == 200
    assert not has_to_change(user("midori"))
    assert signed_in("midori", OWN).get(LIST).status_code == 200
    assert signed_in("midori", password).get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"new": OWN, "again": OWN, "old": "wrong"}, "今のパスワードが違います"),
        ({"new": OWN, "again": f"{OWN}!"}, "新しいパスワードと同じ文字"),
        ({"new": "short", "again": "short"}, "12"),
        ({"new": None, "again": None}, "今と違うパスワード"),
    ],
)
def test_a_password_that_is_none_changes_nothing(
    fields: dict[str, str | None], sentence: str
) -> None:
    password = added(administrator(), "midori")
    client = signed_in("midori", password)
    sent = {key: value if value is not None else password for key, value in fields.items()}
    answer = client.post("/staff/password/", {"old": password, **sent})
    assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    assert user("midori").check_password(password)
    assert client.get(LIST).status_code == 302


def test_guessing_ones_own_password_is_limited_like_the_sign_in() -> None:
    put_staff("hanako", office(), "correct horse battery", NOW)
    client = signed_in("hanako", "correct horse battery")
    fields = {"old": "wrong", "new": OWN, "again": OWN}
    tries = [client.post("/staff/password/", fields).status_code for _ in range(11)]
    assert tries == [*[400] * 10, 429]


@pytest.mark.parametrize("old_is_right", [True, False])
def test_all_that_is_wrong_with_a_password_is_said_at_once(old_is_right: bool) -> None:
    password = added(administrator(), "midori")
    client, words = signed_in("midori", password), load_staff_words(Language.JA)
    fields = {"old": password if old_is_right else "wrong", "new": "short", "again": "shorter"}
    page = client.post("/staff/password/", fields).content.decode()
    assert (words.password_wrong in page) is not old_is_right
    assert words.password_differs in page
    assert len(re.findall(r'<ul class="errorlist" id="id_new_error">', page)) == 1
    assert has_to_change(user("midori"))


def test_only_who_knows_the_password_is_told_that_the_next_one_is_the_same() -> None:
    password = added(administrator(), "midori")
    client, words = signed_in("midori", password), load_staff_words(Language.JA)
    guessed = {"old": "wrong", "new": password, "again": password}
    assert words.password_unchanged not in client.post("/staff/password/", guessed).content.decode()
    known = guessed | {"old": password}
    assert words.password_unchanged in client.post("/staff/password/", known).content.decode()


def test_who_knows_their_password_may_try_many_next_ones() -> None:
    password = added(administrator(), "midori")
    client = signed_in("midori", password)
    fields = {"old": password, "new": "short", "again": "short"}
    assert {client.post("/staff/password/", fields).status_code for _ in range(11)} == {400}


def test_the_password_is_shown_to_who_made_it_for_a_while_and_to_nobody_else() -> None:
    password = added(administrator(), "midori")
    ichiro, midori = user("ichiro"), user("midori")
    made_at = datetime.now(UTC)
    assert shown_to(ichiro, midori, made_at) == password
    assert shown_to(ichiro, midori, made_at + SHOWN_FOR) is None
    assert shown_to(user("ichiro"), user("ichiro"), made_at) is None
    other = administrator("jiro").get(f"{STAFF}{midori.pk}/").content.decode()
    assert password not in other
    assert 'class="secret"' not in other


def test_the_password_stands_nowhere_in_what_is_kept() -> None:
    password = added(administrator(), "midori")
    rows = [*User.objects.values(), *AuditEntry.objects.values()]
    assert password not in str(rows)


def test_a_password_that_nobody_changed_is_good_for_nothing_after_a_while() -> None:
    password = added(administrator(), "midori")
    made_at = datetime.now(UTC)
    assert expire_passwords(made_at + GOOD_FOR - timedelta(minutes=1)) == 0
    assert signed_in("midori", password).get("/staff/password/").status_code == 200
    assert expire_passwords(made_at + GOOD_FOR) == 1
    assert signed_in("midori", password).get("/staff/password/").status_code == 302


def test_a_known_user_joins_with_the_password_that_they_have() -> None:
    put_staff("sora", office(OTHER_OFFICE), "correct horse battery", NOW)
    office()
    page = administrator().post(STAFF, {"name": "sora", "role": "helpdesk"}, follow=True)
    assert 'class="secret"' not in page.content.decode()
    assert roles_of("sora") == {OFFICE: "helpdesk", OTHER_OFFICE: "counsellor"}
    assert user("sora").check_password("correct horse battery")


@pytest.mark.parametrize("what", ["password", "second-factor", "shut-out", "let-in"])
def test_an_account_that_reaches_further_is_out_of_the_administrators_reach(what: str) -> None:
    client = administrator()
    put_staff("sora", office(OTHER_OFFICE), "correct horse battery", NOW)
    put_staff("sora", OFFICE, None, NOW, Role.COUNSELLOR)
    put_staff("umi", None, "correct horse battery", NOW, Role.HELPDESK)
    put_staff("umi", OFFICE, None, NOW, Role.COUNSELLOR)
    put_system_administrator("root", "correct horse battery", NOW)
    put_staff("root", OFFICE, None, NOW, Role.COUNSELLOR)
    for name in ("sora", "umi", "root"):
        SecondFactor.objects.create(user=user(name), salt="0", confirmed=True)
        before = User.objects.filter(username=name).values("password", "is_active").get()
        assert act(client, name, what) == 404
        assert User.objects.filter(username=name).values("password", "is_active").get() == before
        assert SecondFactor.objects.filter(user=user(name)).exists()
    assert act(system_administrator("root2"), "sora", what) == 302


def test_who_administers_both_offices_disposes_of_an_account_in_both() -> None:
    client = administrator()
    administrator(office_id=OTHER_OFFICE)
    put_staff("sora", OTHER_OFFICE, "correct horse battery", NOW)
    put_staff("sora", OFFICE, None, NOW, Role.COUNSELLOR)
    assert act(client, "sora", "password") == 302
    assert not user("sora").check_password("correct horse battery")


def test_somebody_of_another_office_is_not_there() -> None:
    client = administrator()
    member("taro", OTHER_OFFICE)
    for what in ("", "role", "remove", "password"):
        address = f"{STAFF}{user('taro').pk}/{what}"
        answer = client.get(address) if not what else client.post(address, {"role": "helpdesk"})
        assert answer.status_code == 404


def test_the_last_administrator_neither_leaves_nor_steps_down_alone() -> None:
    client = administrator()
    assert act(client, "ichiro", "remove") == 302
    assert act(client, "ichiro", "role", role="counsellor") == 302
    assert roles_of("ichiro") == {OFFICE: "administrator"}
    administrator("jiro")
    assert act(client, "ichiro", "role", role="counsellor") == 302
    assert roles_of("ichiro") == {OFFICE: "counsellor"}


def test_an_administrator_whose_account_is_shut_does_not_count() -> None:
    client = administrator()
    administrator("jiro")
    assert act(client, "jiro", "shut-out") == 302
    act(client, "ichiro", "remove")
    assert roles_of("ichiro") == {OFFICE: "administrator"}


def test_the_system_always_has_an_administrator() -> None:
    root = system_administrator("root")
    address = f"/staff/system/staff/{user('root').pk}/remove"
    root.post(address)
    assert user("root").is_superuser
    system_administrator("root2")
    root.post(address)
    assert not user("root").is_superuser


def test_who_is_shut_out_sees_nothing_at_once_and_is_let_in_again() -> None:
    password = added(administrator(), "midori")
    client = signed_in("midori", password)
    client.post("/staff/password/", {"old": password, "new": OWN, "again": OWN})
    assert client.get(LIST).status_code == 200
    assert act(administrator(), "midori", "shut-out") == 302
    assert client.get(LIST).status_code == 302
    assert signed_in("midori", OWN).get(LIST).status_code == 302
    act(administrator(), "midori", "let-in")
    assert signed_in("midori", OWN).get(LIST).status_code == 200


@pytest.mark.parametrize("what", ["remove", "shut-out"])
def test_what_ends_somebodys_work_is_asked_before_and_done_by_the_answer_alone(what: str) -> None:
    client = administrator()
    added(client, "midori")
    page = client.get(f"{STAFF}{user('midori').pk}/").content.decode()
    address = f"{STAFF}{user('midori').pk}/{what}"
    assert f'href="{address}"' in page
    assert f'action="{address}"' not in page
    asked = client.get(address).content.decode()
    assert "midori" in asked
    assert '<button class="danger">' in asked
    assert user("midori").is_active
    assert roles_of("midori")
    assert client.post(address).status_code == 302
    assert not (user("midori").is_active and roles_of("midori"))


@pytest.mark.parametrize("what", ["password", "shut-out"])
def test_nobody_does_to_themselves_what_would_shut_them_out(what: str) -> None:
    client = administrator()
    administrator("jiro")
    assert act(client, "ichiro", what) == 302
    assert client.get(STAFF).status_code == 200
    assert user("ichiro").is_active


def test_a_new_password_ends_what_was_open_with_the_one_before() -> None:
    first = added(administrator(), "midori")
    client = signed_in("midori", first)
    act(administrator(), "midori", "password")
    assert client.get("/staff/password/").status_code == 302
    assert signed_in("midori", first).get("/staff/password/").status_code == 302


def test_a_role_that_is_none_and_a_name_that_is_none_are_not_taken() -> None:
    client = administrator()
    member("hanako")
    assert act(client, "hanako", "role", role="system") == 404
    for fields in ({"name": "a b", "role": "counsellor"}, {"name": "x", "role": "system"}):
        assert client.post(STAFF, fields).status_code == 400
    assert not User.objects.filter(username__in=("a b", "x")).exists()


def test_a_system_administrator_puts_another_one_there_and_helpdesk_of_every_office() -> None:
    root = system_administrator("root")
    for name, role in (("root2", "system"), ("sora", "helpdesk")):
        answer = root.post("/staff/system/staff/", {"name": name, "role": role})
        assert answer.status_code == 302
    assert user("root2").is_superuser
    assert roles_of("sora") == {None: "helpdesk"}
    booked(reference="K-77")
    assert "K-77" not in signed_in("sora", "x").get(LIST).content.decode()
