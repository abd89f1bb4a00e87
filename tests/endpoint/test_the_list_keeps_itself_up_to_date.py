"""The list of a day is asked for again and again: what changes is another entity tag, and what does
not is answered by 304. Somebody who looks for an appointment tells no address."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Verdict
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.counsellor.day import Wanted, items_of, tag_of
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.listing import Listed
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State
from precheck.endpoint.store.appointments import cancel
from precheck.endpoint.store.changes import change_mode_of
from precheck.endpoint.store.models import Mode, Role, WaiverReason
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.waivers import give_waiver, withdraw_waiver
from precheck.endpoint.words import load_words
from tests.endpoint.page import Page
from tests.endpoint.people import LIST, Booked, booked, member, post_report
from tests.endpoint.rows import NOW, row
from tests.endpoint.scene import DAY, OFFICE, OTHER_OFFICE, report

ROWS = f"/staff/appointments/rows?date={DAY}"
JA = Speech(load_staff_words(Language.JA), load_wording(Language.JA))
WORDS = load_words(CounsellorWords, "counsellor", Language.JA)


def ask(client: Client, tag: str = "") -> tuple[int, str, str]:
    """The status, the tag and the text of an answer."""
    answer = client.get(ROWS, headers={"If-None-Match": tag} if tag else {})
    return answer.status_code, answer.headers["ETag"], answer.content.decode()


def test_what_has_not_changed_is_not_sent_again() -> None:
    post_report(booked(reference="K-7"), report())
    staff = member("hanako")
    status, tag, text = ask(staff)
    assert (status, "K-7" in text) == (200, True)
    assert ask(staff, tag) == (304, tag, "")


@pytest.mark.parametrize("address", [ROWS, "/staff/helpdesk/now"])
def test_a_proxy_that_compresses_answers_keeps_nothing_from_being_known_again(address: str) -> None:
    booked(reference="K-7")
    staff = member("hanako", role=Role.ADMINISTRATOR)
    tag = staff.get(address).headers["ETag"]
    weakened = staff.get(address, headers={"If-None-Match": f"W/{tag}"})
    assert (weakened.status_code, weakened.headers["ETag"], weakened.content) == (304, tag, b"")


def test_the_lines_say_of_which_office_they_are() -> None:
    booked(reference="K-7")
    booked(OTHER_OFFICE, reference="N-1")
    names = [load_office(each).terms.office for each in (OFFICE, OTHER_OFFICE)]
    for person, place in (("hanako", OFFICE), ("taro", OTHER_OFFICE)):
        text = ask(member(person, place))[2]
        assert [name in text for name in names] == [place == OFFICE, place == OTHER_OFFICE]


def test_the_page_brings_the_tag_of_the_lines_in_it() -> None:
    booked(reference="K-7")
    staff = member("hanako")
    page = staff.get(LIST).content.decode()
    tag = page.split('data-tag="')[1].split('"')[0].replace("&quot;", '"')
    assert ask(staff, tag)[0] == 304


def sends_the_same_again(mine: Booked) -> None:
    post_report(mine, report(Antivirus.OFF))


def is_in_order_now(mine: Booked) -> None:
    post_report(mine, report())


def is_switched_to_phone(mine: Booked) -> None:
    change_mode_of(mine.row, Mode.PHONE, user(), datetime.now(UTC))


def is_accepted(mine: Booked) -> None:
    found = Obstacle(CheckId.ANTIVIRUS, Antivirus.OFF.value, Verdict.FAIL)
    give_waiver(mine.row, found, WaiverReason.SEEN, "", user(), datetime.now(UTC))


def is_accepted_no_more(mine: Booked) -> None:
    withdraw_waiver(mine.row, mine.row.given_waivers.get().pk, user(), datetime.now(UTC))


def gets_company(mine: Booked) -> None:
    booked()


def is_cancelled(mine: Booked) -> None:
    cancel(mine.row, None, datetime.now(UTC))


def user() -> User:
    return User.objects.get(username="hanako")


def test_whatever_happens_to_the_days_appointments_is_sent_and_then_not_again() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF))
    tag = ask(staff)[1]
    happens: tuple[Callable[[Booked], None], ...] = (
        sends_the_same_again,
        is_switched_to_phone,
        is_accepted,
        is_accepted_no_more,
        is_in_order_now,
        gets_company,
        is_cancelled,
    )
    for each in happens:
        each(mine)
        status, changed, _ = ask(staff, tag)
        assert (status, changed != tag) == (200, True), each.__name__
        tag = changed
        assert ask(staff, tag)[0] == 304, each.__name__


def test_what_happens_on_other_days_and_in_other_offices_changes_nothing() -> None:
    booked()
    staff = member("hanako")
    tag = ask(staff)[1]
    booked(OTHER_OFFICE)
    booked(starts_at=datetime.now(UTC) + timedelta(days=9))
    assert ask(staff, tag)[0] == 304


def test_the_other_language_has_another_tag() -> None:
    booked()
    staff = member("hanako")
    tag = ask(staff)[1]
    staff.get(f"{LIST}&lang=en")
    status, english, text = ask(staff, tag)
    assert (status, english != tag) == (200, True)
    assert load_staff_words(Language.EN).states[State.NOT_CHECKED].word in text


@pytest.mark.parametrize("address", [ROWS, LIST, "/staff/helpdesk/now"])
def test_an_answer_says_its_language_so_that_a_page_in_the_other_one_takes_nothing_of_it(
    address: str,
) -> None:
    staff = member("hanako", role=Role.ADMINISTRATOR)
    assert staff.get(address).headers["Content-Language"] == "ja"
    staff.get(f"{LIST}&lang=en")
    assert staff.get(address).headers["Content-Language"] == "en"


def test_a_minute_that_passes_is_another_tag_today_and_on_other_days_is_not() -> None:
    def tag(seconds: int, days: int = 0) -> str:
        shown = row(starts_at=NOW + timedelta(days=days, minutes=30))
        return tag_of(Listed([shown], ()), Language.JA, NOW + timedelta(seconds=seconds))

    assert tag(1) == tag(59)
    assert tag(0) != tag(61)
    assert tag(0, days=1) == tag(61, days=1)


def test_only_what_matters_is_said_to_who_hears_the_page() -> None:
    def heard(seconds: int = 0, **fields: object) -> str:
        (item,) = items_of([row(**fields)], JA, NOW + timedelta(seconds=seconds))
        return item.heard

    assert heard(0) == heard(300)
    assert heard(reference="K-7").startswith("10:30 K-7 未チェック オンライン")
    assert heard(code_tail="4321").startswith("10:30 4321 ")
    assert heard(checked_at=NOW, state=State.READY, waived=1) not in (heard(), heard(waived=1))
    assert heard(mode=Mode.PHONE) != heard()


@pytest.mark.parametrize("day", ["tomorrow", "9999-12-31"])
def test_a_day_that_is_none_does_not_exist(day: str) -> None:
    assert member("hanako").get("/staff/appointments/rows", {"date": day}).status_code == 404


def test_who_is_late_by_the_terms_is_marked() -> None:
    (late,) = items_of([row(late=True)], JA, NOW)
    (punctual,) = items_of([row()], JA, NOW)
    assert (late.late, punctual.late) == (JA.words.late, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        ("  ", True),
        ("4321", True),
        ("21", True),
        ("４３２１", True),
        ("0123 454-321", True),
        ("4322", False),
        ("432", False),
        ("k-7", True),
        ("Ｋ－７", True),
        ("7/b", True),
        ("K-8", False),
        ("-", True),
        ("鈴木", False),
    ],
)
def test_an_appointment_is_found_by_the_last_digits_of_its_code_or_by_its_reference(
    text: str, found: bool
) -> None:
    assert Wanted(text=text).matches(row(code_tail="4321", reference="K-7/B")) is found


def test_an_appointment_whose_digits_are_not_known_is_found_by_no_digits() -> None:
    assert not Wanted(text="4321").matches(row())


@pytest.mark.parametrize("state", State)
def test_appointments_of_one_state_are_found(state: State) -> None:
    assert Wanted(state=state).matches(row(state=state))
    assert not any(
        Wanted(state=state).matches(row(state=other)) for other in State if other != state
    )


@given(st.text(), st.text(), st.text("0123456789", max_size=4))
def test_whatever_is_looked_for_a_reference_is_found_by_itself(
    text: str, reference: str, tail: str
) -> None:
    Wanted(text=text).matches(row(reference=reference, code_tail=tail))
    assert Wanted(text=reference).matches(row(reference=reference, code_tail=tail))


def test_without_a_script_the_form_finds_them_and_keeps_what_was_looked_for() -> None:
    booked(reference="K-7")
    post_report(booked(reference="K-8"), report())
    staff = member("hanako")

    def shown(**fields: str) -> Page:
        answer = staff.post(LIST, fields)
        assert answer.status_code == 200
        return Page(answer.content.decode())

    both = shown(text="k-")
    assert "K-7" in both.text
    assert "K-8" in both.text
    one = shown(text="k-8")
    assert "K-7" not in one.text
    assert "K-8" in one.text
    assert 'value="k-8"' in one.markup
    ready = shown(state="ready", text="")
    assert "K-7" not in ready.text
    assert "K-8" in ready.text
    assert '<option value="ready" selected>' in ready.markup
    none = shown(state="stale")
    assert WORDS.none_match in none.text
    assert "K-7" in shown(state="sleepy", text="x" * 0).text


def test_what_is_looked_for_stands_in_no_address() -> None:
    booked(reference="K-7")
    page = Page(member("hanako").post(LIST, {"text": "K-7"}).content.decode())
    assert not any("K-7" in link for link in page.links)
