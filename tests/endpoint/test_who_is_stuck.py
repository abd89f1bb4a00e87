"""The helpdesk sees who is stuck now, on what, and what they were told to do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import Antivirus, Firewall, Reason, Webcam
from precheck.contract.verdict import OsFamily, Verdict
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.helpdesk.stuck import (
    LATE,
    PAGE,
    STUCK,
    Filters,
    Group,
    Within,
    people_of,
    state_in_the_store,
    stuck_among,
    stumbling_blocks,
    total,
)
from precheck.endpoint.helpdesk.triage import screens_in
from precheck.endpoint.helpdesk.words import HelpdeskWords
from precheck.endpoint.listing import row_of
from precheck.endpoint.slots import next_open_day
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import STALE_AFTER, State
from precheck.endpoint.store.models import Appointment, Mode, Office, PolicyVersion, Role
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.tokyo import end_of, start_of
from precheck.endpoint.words import load_words
from tests.endpoint.page import Page, seen
from tests.endpoint.people import Booked, booked, member, office, post_report
from tests.endpoint.scene import DAY, OFFICE, OTHER_OFFICE, report, today

JA = load_words(HelpdeskWords, "helpdesk", Language.JA).triage
STAFF = load_staff_words(Language.JA)
TRIAGE = "/staff/helpdesk/"
NOON = start_of(DAY) + timedelta(hours=12)
MONDAY = date(2026, 11, 9)
TUESDAY = MONDAY + timedelta(days=1)
MIDDAY = start_of(MONDAY) + timedelta(hours=12)


def helpdesk(office_id: str | None = None) -> Client:
    return member("sora", office_id, Role.HELPDESK)


def checked(*changes: Reason, **fields: Any) -> Booked:
    mine = booked()
    assert post_report(mine, report(*changes, **fields)).status_code == 201
    return mine


def rows(page: Page) -> list[str]:
    """The appointments that a page lists, as text."""
    part = page.markup.split('id="people"')[1].split("</section>")[0]
    return [Page(row).text for row in part.split('<tr id="of-')[1:]]


def test_who_is_not_ready_or_not_checked_is_listed_and_who_is_ready_is_not() -> None:
    checked(Antivirus.OFF)
    checked(Firewall.NO_MANAGER)
    checked()
    booked()
    shown = rows(seen(helpdesk(), TRIAGE))
    words = [STAFF.states[state].word for state in State]
    assert sorted(word for row in shown for word in words if word in row) == sorted(
        STAFF.states[state].word for state in (State.NOT_READY, State.ATTENTION, State.NOT_CHECKED)
    )


def test_a_session_by_phone_or_at_the_office_waits_for_no_device() -> None:
    mine = checked(Antivirus.OFF)
    for mode in Mode:
        Appointment.objects.filter(pk=mine.id).update(mode=mode.value)
        assert len(rows(seen(helpdesk(), TRIAGE))) == (1 if mode is Mode.VIDEO else 0)


def moved(mine: Booked, starts_at: datetime) -> None:
    Appointment.objects.filter(pk=mine.id).update(starts_at=starts_at)


def groups(within: Within = Within.WEEK, now: datetime = MIDDAY) -> tuple[Group, ...]:
    return stuck_among(Office.objects.all(), within, now).groups


@pytest.mark.parametrize(
    ("starts_at", "within"),
    [
        (MIDDAY - LATE, None),
        (MIDDAY - LATE + timedelta(seconds=1), Within.HOUR),
        (MIDDAY + timedelta(minutes=59), Within.HOUR),
        (MIDDAY + timedelta(hours=1), Within.TODAY),
        (end_of(MONDAY) - timedelta(seconds=1), Within.TODAY),
        (end_of(MONDAY), Within.NEXT_DAY),
        (end_of(TUESDAY) - timedelta(seconds=1), Within.NEXT_DAY),
        (end_of(TUESDAY), Within.WEEK),
        (MIDDAY + timedelta(days=7), None),
    ],
)
def test_how_soon_it_begins_decides_until_nobody_is_waited_for(
    starts_at: datetime, within: Within | None
) -> None:
    moved(booked(), starts_at)
    for asked in Within:
        listed = people_of(Appointment.objects.all(), Filters(within=asked), MIDDAY, 1)
        counted = total(groups(asked))
        expected = within is not None and list(Within).index(within) <= list(Within).index(asked)
        assert (len(listed), counted) == (int(expected), int(expected)), asked


def test_an_hour_before_midnight_today_holds_what_begins_within_an_hour() -> None:
    late = end_of(MONDAY) - timedelta(minutes=20)
    moved(booked(), end_of(MONDAY) + timedelta(minutes=10))
    assert total(groups(Within.HOUR, late)) == 1
    assert total(groups(Within.TODAY, late)) == 1
    assert len(people_of(Appointment.objects.all(), Filters(within=Within.TODAY), late, 1)) == 1


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 20), date(2026, 11, 24)),  # before a weekend of three days
        (date(2026, 11, 21), date(2026, 11, 24)),
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 12, 28), date(2027, 1, 4)),
    ],
)
def test_without_a_choice_the_list_reaches_over_days_on_which_offices_are_closed(
    today: date, last: date
) -> None:
    now = start_of(today) + timedelta(hours=12)
    mine = booked()
    for starts_at, listed in ((end_of(last) - timedelta(seconds=1), 1), (end_of(last), 0)):
        moved(mine, starts_at)
        assert len(people_of(Appointment.objects.all(), Filters(), now, 1)) == listed
        assert total(groups(Filters().within, now)) == listed
    moved(mine, end_of(last) - timedelta(seconds=1))
    assert total(groups(Within.WEEK, now)) == 1


@pytest.mark.parametrize(
    ("language", "form"), [("ja", "{0.month}月{0.day}日（{1}）まで"), ("en", "until {1} {0:%m-%d}")]
)
def test_the_choice_says_until_which_day(language: str, form: str) -> None:
    before = next_open_day(today())
    page = seen(helpdesk(), f"{TRIAGE}?lang={language}")
    days = {before, next_open_day(today())}  # it may be midnight meanwhile
    weekdays = load_staff_words(Language(language)).days.weekdays
    chosen = page.markup.split('name="within"')[1].split("</select>")[0]
    assert any(
        f'value="next_day" selected>{form.format(day, weekdays[day.weekday()])}</option>' in chosen
        for day in days
    )


def test_the_store_says_the_same_of_an_appointment_as_the_list_does() -> None:
    mine, theirs = checked(Antivirus.OFF), booked(OTHER_OFFICE)
    versions = [each.row.office.policy for each in (mine, theirs)]
    now = datetime.now(UTC)
    times = (None, now, now - STALE_AFTER, now - STALE_AFTER - timedelta(seconds=1))
    states = set()
    for readiness, at, version in product(("ready", "attention", "not_ready"), times, versions):
        Appointment.objects.filter(pk=mine.id).update(
            readiness=readiness, checked_at=at, judged_by=version
        )
        told = Appointment.objects.annotate(state=state_in_the_store(now)).values_list("state")
        state = row_of(mine.row, mine.row.office, now).state
        assert told.get(pk=mine.id) == (state.value,), (readiness, at)
        states.add(state)
    assert states == set(State) - {State.NOT_NEEDED}, "which are not listed here"


def test_what_was_judged_by_an_earlier_policy_is_old_and_its_reasons_are_not_shown() -> None:
    checked(Antivirus.OFF)
    newer = PolicyVersion.objects.get()
    newer.pk, newer.revision = None, "2099-01-01"
    newer.save()
    Office.objects.update(policy=newer)
    (group,) = groups(now=datetime.now(UTC))
    assert (group.state, group.obstacles) == (State.STALE, ())
    asked = Filters(within=Within.WEEK, check=CheckId.ANTIVIRUS)
    assert people_of(Appointment.objects.all(), asked, datetime.now(UTC), 1) == []


def test_people_are_counted_by_what_they_are_stuck_on_and_their_kind_of_system() -> None:
    checked(Antivirus.OFF, Firewall.OFF)
    checked(Antivirus.OFF, os_family="macos")
    checked(Antivirus.EXPIRED)
    checked()
    blocks = stumbling_blocks(groups(now=datetime.now(UTC)))
    assert [(block.obstacle, block.systems) for block in blocks] == [
        (
            Obstacle(CheckId.ANTIVIRUS, "off", Verdict.FAIL),
            {OsFamily.WINDOWS: 1, OsFamily.MACOS: 1},
        ),
        (Obstacle(CheckId.FIREWALL, "off", Verdict.FAIL), {OsFamily.WINDOWS: 1}),
        (Obstacle(CheckId.ANTIVIRUS, "expired", Verdict.FAIL), {OsFamily.WINDOWS: 1}),
    ]


def test_a_reason_stands_there_with_the_step_that_the_person_was_told_by_system() -> None:
    checked(Firewall.OFF)
    checked(Firewall.OFF, os_family="macos")
    text = seen(helpdesk(), TRIAGE).text.replace("&gt;", ">")
    wording = load_wording(Language.JA)
    assert wording.sentence(CheckId.FIREWALL, "off") in text
    for family in (OsFamily.WINDOWS, OsFamily.MACOS):
        remedy = wording.remedy(CheckId.FIREWALL, "off", family)
        assert remedy is not None
        assert remedy in text
    linux = wording.remedy(CheckId.FIREWALL, "off", OsFamily.LINUX)
    assert linux is not None
    assert linux not in text


def test_the_screens_that_a_step_names_are_told_in_their_order() -> None:
    assert screens_in("「設定」>「Windows Update」で、「更新」を押してください。") == (
        "設定",
        "Windows Update",
        "更新",
    )
    assert screens_in('Press "Update" in "Settings".') == ("Update", "Settings")
    assert screens_in("職員に伝えてください。") == ()


def links(page: Page, part: str) -> Iterator[str]:
    return (link.replace("&amp;", "&") for link in page.links if part in link)


def test_a_reason_leads_to_the_appointments_and_an_appointment_to_its_page() -> None:
    mine = checked(Antivirus.OFF)
    checked(Webcam.NONE)
    staff = helpdesk()
    (address,) = links(seen(staff, TRIAGE), "check=antivirus&reason=off")
    page = seen(staff, TRIAGE + address.partition("#")[0])
    assert len(rows(page)) == 1
    (detail,) = links(page, "/staff/appointments/" + str(mine.id))
    assert staff.get(detail).status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 4),
        ("?system=macos", 1),
        ("?system=linux", 0),
        ("?state=not_ready", 2),
        ("?state=not_checked", 1),
        ("?office=okinawa", 1),
        ("?office=kakogawa&state=not_ready&system=windows", 1),
        ("?check=antivirus", 2),
        ("?check=antivirus&reason=off", 1),
        ("?check=antivirus&reason=", 0),
        ("?office=nowhere", 0),
        ("?page=2", 0),
    ],
)
def test_what_is_asked_for_is_listed_and_counted(asked: str, found: int) -> None:
    checked(Antivirus.OFF)
    checked(Antivirus.EXPIRED, os_family="macos")
    checked(Firewall.NO_MANAGER, os_family="windows")
    booked(OTHER_OFFICE)
    page = seen(helpdesk(), TRIAGE + asked)
    assert len(rows(page)) == found
    if "page" not in asked:
        assert f"{JA.title} {JA.count.format(count=found)}" in page.text


@pytest.mark.parametrize(
    "asked",
    ["within=ever", "system=beos", "state=ready", "check=weather", "reason=%3Cb%3E", "page=0",
     "page=x", "page=99999999"],
)  # fmt: skip
def test_what_cannot_be_asked_for_does_not_exist(asked: str) -> None:
    assert helpdesk().get(f"{TRIAGE}?{asked}").status_code == 404


def test_every_choice_says_how_many_it_would_leave_and_keeps_the_word() -> None:
    checked(Antivirus.OFF)
    checked(Antivirus.OFF, os_family="macos")
    staff = helpdesk()
    for system, word in (("windows", "Windows"), ("macos", "macOS")):
        page = seen(staff, f"{TRIAGE}?system={system}")
        assert f'<option value="{system}" selected>{word}（1）' in page.markup
        assert f'<option value="not_ready">{STAFF.states[State.NOT_READY].word}（1）' in page.markup
        assert f'<option value="">{JA.any}（2）' in page.markup


def test_every_office_has_its_own_number_whichever_is_chosen_and_the_others_follow() -> None:
    checked(Antivirus.OFF)
    checked(Antivirus.OFF)
    booked(OTHER_OFFICE)
    staff, names = helpdesk(), (load_office(each).terms.office for each in (OFFICE, OTHER_OFFICE))
    ours, theirs = names
    for chosen, not_ready, left in ((OFFICE, 2, 2), (OTHER_OFFICE, 0, 1)):
        page = seen(staff, f"{TRIAGE}?office={chosen}")
        plain = page.markup.replace(" selected", "")
        assert page.markup.count(" selected>") == 4
        assert f'<option value="{chosen}" selected>' in page.markup
        assert f'<option value="{OFFICE}">{ours}（2）' in plain
        assert f'<option value="{OTHER_OFFICE}">{theirs}（1）' in plain
        assert f"{STAFF.states[State.NOT_READY].word}（{not_ready}）" in plain
        assert f"{JA.title} {JA.count.format(count=left)}" in page.text


def test_an_office_where_nobody_is_stuck_is_no_choice() -> None:
    checked(Antivirus.OFF)
    booked(OTHER_OFFICE, starts_at=NOON - timedelta(days=300))
    assert f'value="{OTHER_OFFICE}"' not in seen(helpdesk(), TRIAGE).markup


def test_another_offices_people_are_not_counted() -> None:
    checked(Antivirus.OFF)
    stranger, insider = helpdesk(OTHER_OFFICE), member("nagi", OFFICE, Role.HELPDESK)
    assert JA.none in seen(stranger, TRIAGE).text
    assert len(rows(seen(insider, TRIAGE))) == 1
    assert JA.none in seen(stranger, f"{TRIAGE}?office={OFFICE}").text


def test_a_page_is_full_and_the_next_one_has_the_rest() -> None:
    for minute in range(PAGE + 2):
        booked(starts_at=NOON + timedelta(minutes=minute))
    staff = helpdesk()
    first, second = (rows(seen(staff, f"{TRIAGE}?page={page}")) for page in (1, 2))
    assert (len(first), len(second)) == (PAGE, 2)
    assert not set(first) & set(second)


def test_the_page_costs_the_same_few_queries_for_many_people() -> None:
    staff = helpdesk()
    for number in range(12):
        checked(*([Antivirus.OFF] if number % 2 else []))
    booked(OTHER_OFFICE)
    seen(staff, TRIAGE)  # the names of offices are read once per process
    with CaptureQueriesContext(connection) as queries:
        seen(staff, TRIAGE)
    assert len(queries) <= 5, [query["sql"] for query in queries]


def test_nobody_is_stuck_where_there_is_nobody() -> None:
    office()
    page = seen(helpdesk(), TRIAGE)
    assert JA.none in page.text
    assert JA.no_blocks in page.text
    assert load_office(OFFICE).terms.office not in page.text
    assert set(STUCK) == set(State) - {State.READY, State.NOT_NEEDED}


def test_what_changes_of_the_page_is_had_alone_and_only_when_it_is_another() -> None:
    checked(Antivirus.OFF)
    client = helpdesk()
    page = client.get(TRIAGE).content.decode()
    first = client.get(f"{TRIAGE}now")
    tag = first.headers["ETag"]
    assert f'data-tag="{tag.replace(chr(34), "&quot;")}"' in page
    assert first.content.decode().strip() in page
    same = client.get(f"{TRIAGE}now", headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    for other in (f"{TRIAGE}now?lang=en", f"{TRIAGE}now?lang=ja&state=not_ready"):
        assert client.get(other, headers={"If-None-Match": tag}).status_code == 200
    checked(Firewall.OFF)
    now = client.get(f"{TRIAGE}now", headers={"If-None-Match": tag})
    assert now.status_code == 200
    assert f"{JA.title} {JA.count.format(count=2)}" in now.content.decode()


def test_what_is_asked_again_is_what_was_asked_for() -> None:
    page = helpdesk().get(f"{TRIAGE}?state=not_ready&check=antivirus&page=2").content.decode()
    assert (
        'data-source="/staff/helpdesk/now?state=not_ready&amp;check=antivirus&amp;page=2"' in page
    )
    assert helpdesk().get(f"{TRIAGE}now?page=0").status_code == 404
