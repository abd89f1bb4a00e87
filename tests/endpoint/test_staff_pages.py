"""What counsellors and the helpdesk see, in Japanese first."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import (
    Antivirus,
    Firewall,
    MeetingApp,
    NetworkTrust,
    OsSupport,
    Reason,
    SecurityUpdates,
    Webcam,
)
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.staff.run import NextStep, without_blanks
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import Appointment, Mode, Role, StateChange
from precheck.endpoint.tokyo import end_of, start_of
from precheck.endpoint.words import load_words
from tests.endpoint.page import Page, seen
from tests.endpoint.people import LIST, Booked, booked, browser, member, post_report, read_out
from tests.endpoint.scene import on_one_day, report, today

JA, EN = load_staff_words(Language.JA), load_staff_words(Language.EN)
COUNSELLOR = load_words(CounsellorWords, "counsellor", Language.JA)


def lines(client: Client) -> Page:
    """The list without what stands round it."""
    page = seen(client, LIST)
    return Page("<section" + page.markup.split('<section id="rows"')[1])


def detail(mine: Booked, more: str = "") -> str:
    return f"/staff/appointments/{mine.id}/{more}"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ((), State.READY),
        ((Firewall.NO_MANAGER,), State.ATTENTION),
        ((Antivirus.OFF,), State.NOT_READY),
    ],
)
def test_the_list_shows_readiness_as_shape_word_and_sentence(
    changes: tuple[Reason, ...], state: State
) -> None:
    mine, staff = booked(), member("hanako")
    waiting = lines(staff).text
    assert f"{JA.states[State.NOT_CHECKED].symbol} {JA.states[State.NOT_CHECKED].word}" in waiting
    post_report(mine, report(*changes))
    page = lines(staff).text
    assert f"{JA.states[state].symbol} {JA.states[state].word}" in page
    assert JA.states[State.NOT_CHECKED].word not in page


def test_the_sentence_to_say_names_the_check_that_decides() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, Firewall.NO_MANAGER))
    label = load_wording(Language.JA).label
    page = seen(staff, LIST).text
    assert f"「{label(CheckId.ANTIVIRUS)}」が利用規約に合っていません" in page
    assert label(CheckId.FIREWALL) not in page


def test_the_sentence_to_say_counts_the_other_checks_that_decide() -> None:
    mine, staff = booked(), member("hanako")
    found = (OsSupport.ENDED, Antivirus.OFF, MeetingApp.NONE, Webcam.NONE, Firewall.OFF)
    post_report(mine, report(*found))
    checks = (CheckId.OS_SUPPORT, CheckId.FIREWALL, CheckId.ANTIVIRUS)
    first, second, third = (load_wording(Language.JA).label(check) for check in checks)
    said = f"「{first}」、「{second}」、「{third}」ほか2件が利用規約に合っていません"
    for address in (LIST, detail(mine)):
        assert said in seen(staff, address).text
    first, second, third = (load_wording(Language.EN).label(check) for check in checks)
    english = seen(staff, in_language(LIST, "en")).text
    assert f"“{first}”, “{second}”, “{third}” and 2 more do not meet the terms" in english


def test_up_to_three_checks_that_decide_are_named_and_none_counted() -> None:
    mine, staff = booked(), member("hanako")
    found = (OsSupport.ENDED, Firewall.OFF, Antivirus.OFF)
    checks = (CheckId.OS_SUPPORT, CheckId.FIREWALL, CheckId.ANTIVIRUS)
    for many, english in ((1, "“{}” does"), (2, "“{}” and “{}” do"), (3, "“{}”, “{}” and “{}” do")):
        post_report(mine, report(*found[-many:]))
        named = checks[-many:]
        label = load_wording(Language.JA).label
        shown = seen(staff, in_language(LIST, "ja")).text
        said = "、".join(f"「{label(check)}」" for check in named)
        assert f"{said}が利用規約に合っていません" in shown
        assert "ほか" not in shown
        label = load_wording(Language.EN).label
        said = english.format(*map(label, named))
        assert f"{said} not meet the terms" in seen(staff, in_language(LIST, "en")).text


def test_what_decides_is_named_also_where_an_earlier_version_wrote_the_rest_down() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, Firewall.OFF))
    Appointment.objects.update(obstacles="")
    first = load_wording(Language.JA).label(CheckId.FIREWALL)
    assert f"「{first}」ほか1件が利用規約に合っていません" in seen(staff, LIST).text


def test_what_wants_attention_is_counted_where_nothing_fails() -> None:
    mine, staff = booked(), member("hanako")
    body = report(Firewall.NO_MANAGER)
    body["declarations"] = []
    post_report(mine, body)
    label = load_wording(Language.JA).label
    checks = (CheckId.FIREWALL, CheckId.PRIVATE_ROOM, CheckId.TERMS_CONSENT)
    said = "、".join(f"「{label(check)}」" for check in checks) + "を一緒に確認させてください"
    assert said in seen(staff, LIST).text


def test_a_check_older_than_a_week_is_shown_as_old() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(finished_at=datetime.now(UTC) - timedelta(days=8)))
    assert JA.states[State.STALE].word in lines(staff).text


def test_a_check_under_a_policy_that_has_changed_is_shown_as_old() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    assert JA.states[State.READY].word in lines(staff).text
    policy = load_office("kakogawa")
    changed = type(policy)(
        id=policy.id,
        terms=policy.terms,
        clauses={**policy.clauses, "附則": "この規約は改定された。"},
        checks=policy.checks,
    )
    assert put_office(changed, None, datetime.now(UTC))
    assert JA.states[State.STALE].word in lines(staff).text
    assert COUNSELLOR.earlier_policy in seen(staff, detail(mine)).text


def test_the_list_is_of_today_and_other_days_are_a_link_away() -> None:
    staff = member("hanako")

    def lists(day: date) -> tuple[Page, str, Page]:
        Appointment.objects.all().delete()
        booked(starts_at=start_of(day), reference="K-today")
        booked(starts_at=end_of(day), reference="K-tomorrow")
        tomorrow = f"?date={day + timedelta(days=1)}"
        return (
            seen(staff, "/staff/appointments/"),
            tomorrow,
            seen(staff, f"/staff/appointments/{tomorrow}"),
        )

    first, tomorrow, second = on_one_day(lists)
    assert "K-today" in first.text
    assert "K-tomorrow" not in first.text
    assert tomorrow in first.links
    assert "K-tomorrow" in second.text
    assert "K-today" not in second.text


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "0001-01-01", "9999-12-31", "１"])
def test_a_day_that_is_none_does_not_exist(day: str) -> None:
    assert member("hanako").get("/staff/appointments/", {"date": day}).status_code == 404


def test_a_day_without_appointments_says_so() -> None:
    assert JA.no_appointments in seen(member("hanako"), LIST).text


def test_the_list_costs_the_same_few_queries_for_many_appointments() -> None:
    for _ in range(12):
        booked()
    staff = member("hanako")
    with CaptureQueriesContext(connection) as queries:
        seen(staff, LIST)
    assert len(queries) <= 5, [query["sql"] for query in queries]


def test_measured_declared_and_unreadable_are_kept_apart() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Firewall.NO_MANAGER, NetworkTrust.OWE))
    page = seen(staff, detail(mine)).text
    measured, rest = page.split(JA.measured)[1].split(JA.unreadable)
    unreadable, declared = rest.split(JA.declared)
    label = load_wording(Language.JA).label
    declared, passed = declared.split(JA.passed.partition("{")[0])
    passed = passed.split(COUNSELLOR.accepting)[0]
    for check, part in (
        (CheckId.ANTIVIRUS, passed),
        (CheckId.NETWORK_TRUST, measured),
        (CheckId.FIREWALL, unreadable),
        (CheckId.PRIVATE_ROOM, declared),
        (CheckId.TERMS_CONSENT, declared),
    ):
        assert label(check) in part
    for check in (CheckId.FIREWALL, CheckId.PRIVATE_ROOM):
        assert label(check) not in measured
        assert label(check) not in passed


def test_what_leaves_nothing_to_do_is_folded_after_all_that_does() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, NetworkTrust.OWE, Firewall.NO_MANAGER))
    before, folded = seen(staff, detail(mine)).markup.split('<details class="disclosure passed">')
    folded, after = folded.split("</details>", 1)
    shown = re.findall('<li class="([a-z_]+)"', before.split('id="run"')[1])
    assert shown == ["fail", "warn", "unknown", "declared", "declared"]
    assert set(re.findall('<li class="([a-z_]+)"', folded)) == {"pass"}
    assert 'class="pass"' not in after
    count = folded.count("<li ")
    assert len(shown) + count == len(list(load_office("kakogawa").asked()))
    assert f"<h2>{JA.passed.format(count=count)}</h2>" in folded


def test_that_nothing_is_to_be_done_is_said_only_where_something_was_measured() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    page = seen(staff, detail(mine))
    assert JA.nothing_to_do in page.text
    assert JA.nothing_measured not in page.text
    post_report(mine, report(findings=[], declarations=[]))
    page = seen(staff, detail(mine))
    assert JA.nothing_measured in page.text
    assert JA.nothing_to_do not in page.text
    assert "disclosure passed" not in page.markup


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.VISIT])
def test_no_device_is_asked_for_where_the_session_takes_place_without_one(mode: Mode) -> None:
    mine, staff = booked(), member("hanako")
    said = JA.no_device_needed[mode]
    assert said not in seen(staff, detail(mine)).text
    assert staff.post(f"{detail(mine)}mode", {"mode": mode.value}).status_code == 302
    assert said in seen(staff, detail(mine)).text
    assert JA.states[State.NOT_CHECKED].say not in seen(staff, detail(mine)).text


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.VISIT])
@pytest.mark.parametrize("checked", [True, False])
def test_where_no_device_is_needed_nothing_is_said_against_it_and_nothing_is_to_be_done(
    mode: Mode, checked: bool
) -> None:
    mine, staff = booked(), member("hanako")
    if checked:
        post_report(mine, report(Antivirus.OFF, Firewall.NO_MANAGER))
    neutral, red = JA.states[State.NOT_NEEDED], JA.states[State.NOT_READY]
    waive = f"{detail(mine)}waivers"
    by_video = seen(staff, detail(mine))
    assert neutral.word not in by_video.text
    assert (waive in by_video.markup, JA.next_steps[NextStep.DECIDE] in by_video.text) == (
        checked,
        checked,
    )
    staff.post(f"{detail(mine)}mode", {"mode": mode.value})
    for shown in (lines(staff), seen(staff, detail(mine))):
        assert f"{neutral.symbol} {neutral.word}" in shown.text
        assert '<span class="chip not_needed">' in shown.markup
        assert '<span class="chip not_ready">' not in shown.markup
        assert JA.states[State.NOT_CHECKED].word not in shown.text
    by_phone = seen(staff, detail(mine))
    assert waive not in by_phone.markup
    assert f"{detail(mine)}readout" not in by_phone.markup
    assert JA.next_steps[NextStep.DECIDE] not in by_phone.text
    before, _, folded = by_phone.markup.partition('<details class="disclosure" id="run">')
    assert bool(folded) is checked
    assert 'class="chip fail"' not in before
    assert (red.word in folded, 'class="chip fail"' in folded) == (checked, checked)
    staff.post(f"{detail(mine)}mode", {"mode": "video"})
    assert neutral.word not in seen(staff, detail(mine)).text


def test_those_who_need_no_device_are_found_by_that_and_by_nothing_that_was_found() -> None:
    mine, staff = booked(reference="K-7"), member("hanako")
    post_report(mine, report(Antivirus.OFF))
    staff.post(f"{detail(mine)}mode", {"mode": "phone"})
    for state in State:
        found = "K-7" in staff.post(LIST, {"state": state.value}).content.decode()
        assert found is (state is State.NOT_NEEDED), state


def line_of(check: CheckId, page: Page) -> str:
    """The line of `check` in a run, as text."""
    heading = f"<h3>{load_wording(Language.JA).label(check)}</h3>"
    (line,) = [
        each
        for each in page.markup.split('id="run"')[1].split("<li ")
        if heading in each.split("</li>")[0]
    ]
    return Page(line.split("</li>")[0]).text


def test_staff_read_what_they_can_ask_and_decide_where_something_could_not_be_read() -> None:
    mine, staff = booked(), member("hanako")
    body = report(Firewall.NO_MANAGER, Antivirus.OFF)
    body["findings"] = [each for each in body["findings"] if each["check"] != CheckId.METERED]
    post_report(mine, body)
    shown, words = seen(staff, detail(mine)), load_wording(Language.JA)
    decide, stays = (JA.next_steps[each] for each in (NextStep.DECIDE, NextStep.MAY_STAY_UNKNOWN))
    for check, said, not_said in (
        (CheckId.FIREWALL, decide, stays),
        (CheckId.METERED, stays, decide),
    ):
        line = line_of(check, shown)
        assert said in line
        assert not_said not in line
        assert f"{JA.to_ask} {words.checks[check].if_unread}" in line
    for check in (CheckId.ANTIVIRUS, CheckId.WEBCAM):
        assert JA.for_staff not in line_of(check, shown), "it is known, and what to do about it"
        assert JA.to_ask not in line_of(check, shown)


def test_of_what_was_only_read_out_staff_read_where_the_advice_stands() -> None:
    mine, staff = booked(), member("hanako")
    digits = read_out(mine, Antivirus.OFF, Firewall.NO_MANAGER)
    staff.post(f"{detail(mine)}readout", {"digits": digits, "day": str(today())})
    shown = seen(staff, detail(mine))
    there = JA.next_steps[NextStep.ON_THEIR_SCREEN]
    assert there in line_of(CheckId.ANTIVIRUS, shown)
    assert JA.next_steps[NextStep.DECIDE] in line_of(CheckId.FIREWALL, shown)
    assert there not in line_of(CheckId.FIREWALL, shown)
    post_report(mine, report(Antivirus.OFF))
    assert there not in seen(staff, detail(mine)).text, "of what was sent the advice is known"


def test_what_staff_can_do_about_the_results_comes_after_them() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF))
    markup = seen(staff, detail(mine)).markup
    places = [markup.index(part) for part in ('id="run"', 'id="waivers"', 'id="readout"')]
    assert places == sorted(places)
    assert 'href="#waivers"' in markup


def test_how_the_session_takes_place_is_seen_by_who_may_not_change_it() -> None:
    mine, helpdesk = booked(), member("sora", None, Role.HELPDESK)
    by_video, by_phone = (f" ・ {JA.modes[mode]}" for mode in (Mode.VIDEO, Mode.PHONE))
    assert by_video in seen(helpdesk, detail(mine)).text
    member("hanako").post(f"{detail(mine)}mode", {"mode": "phone"})
    text = seen(helpdesk, detail(mine)).text
    assert by_phone in text
    assert by_video not in text


def test_an_answer_is_shown_as_an_answer_beside_what_was_measured() -> None:
    mine, staff = booked(), member("hanako")
    body = report(NetworkTrust.MEDIUM_UNKNOWN)
    body["declarations"].append({"check": "network_trust", "answer": False})
    post_report(mine, body)
    page = seen(staff, detail(mine)).text
    label = load_wording(Language.JA).label(CheckId.NETWORK_TRUST)
    unreadable, declared = page.split(JA.unreadable)[1].split(JA.declared)
    assert label in unreadable
    assert label in declared
    assert f"{JA.answer} {JA.no}" in declared


@pytest.mark.parametrize("language", list(Language))
def test_a_chip_says_of_an_answer_what_the_persons_own_screen_said(language: Language) -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(room=False))
    page = seen(staff, f"{detail(mine)}?lang={language.value}").markup
    wording = load_wording(language)
    said = wording.phrases["declared"]
    no, yes = (said.format(answer=wording.phrases[answer]) for answer in ("no", "yes"))
    assert re.search(f'class="chip declared">.*</span> {yes}</span>', page)
    declared = page.split(f"<h2>{load_staff_words(language).declared}</h2>")[1]
    assert re.search(f'class="chip warn">.*</span> {no}</span>', declared)
    acceptable = page.split('id="waivers"')[1].split("</section>")[0]
    assert re.search(f'class="chip warn">.*</span> {no}</span>', acceptable)


def test_a_chip_says_of_what_was_measured_or_not_answered_no_word_of_an_answer() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, declarations=[]))
    wording = load_wording(Language.JA)
    assert wording.phrases["declared"].partition("{")[0] not in seen(staff, detail(mine)).text


def test_each_check_comes_with_its_clause_its_sentence_and_the_next_step() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.DEFINITIONS_OLD))
    page = seen(staff, detail(mine)).text
    wording, policy = load_wording(Language.JA), load_office("kakogawa")
    clause = policy.requirement(CheckId.ANTIVIRUS).clause
    assert clause is not None
    assert f"{clause} {policy.clauses[clause]}" in page
    assert without_blanks(wording.sentence(CheckId.ANTIVIRUS, "definitions_old")) in page
    remedy = wording.remedy(CheckId.ANTIVIRUS, "definitions_old", OsFamily.WINDOWS)
    assert remedy is not None
    assert remedy in page.replace("&gt;", ">")


def test_what_a_person_is_told_to_do_is_shown_as_advice_to_them_and_only_where_it_was_given() -> (
    None
):
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, NetworkTrust.OWE, Firewall.NO_MANAGER))
    page = seen(staff, detail(mine))
    items = [item.split("</li>")[0] for item in page.markup.split("<li ")[1:]]
    advised = [item.split('"')[1] for item in items if JA.advice in item]
    assert sorted(advised) == ["fail", "unknown", "warn"]
    assert sum('class="pass"' in item for item in items) > 10


def test_the_terms_that_a_person_was_asked_about_stand_above_the_question() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    text = seen(staff, detail(mine)).text
    policy, wording = load_office("kakogawa"), load_wording(Language.JA)
    question = wording.checks[CheckId.TERMS_CONSENT].question
    assert f"{policy.terms.title} ・ 改定日 2022年12月27日 {JA.asked_of} {question}" in text
    assert policy.revision == "2022-12-27"
    assert policy.revision not in text
    assert text.count("改定日 2022年12月27日") == 2, "at the end, too, stands which terms these are"


def test_a_column_of_references_is_there_only_where_somebody_has_one() -> None:
    staff = member("hanako")
    booked()
    assert JA.reference not in lines(staff).markup
    booked(reference="K-7")
    assert JA.reference in lines(staff).text


def test_on_paper_there_are_no_ways_to_other_pages_and_no_time_left() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    css = browser().get("/assets/style.css").content.decode()
    on_paper = css.split("@media print")[1]
    assert re.search(r"\.way, \.until { display: none !important; }", on_paper)
    for address in (LIST, detail(mine)):
        markup = seen(staff, address).markup
        ways = re.findall(r'<t[hd][^>]*class="way"', markup)
        assert len(ways) == 2


def test_what_only_the_device_knows_leaves_no_gap_in_a_sentence() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(SecurityUpdates.PAUSED, Antivirus.ON_CURRENT))
    assert (
        "{name}"
        in load_wording(Language.JA).checks[CheckId.ANTIVIRUS].reasons["on_current"].sentence
    )
    page = seen(staff, detail(mine)).text
    assert "—" not in page
    assert "動いています。" in page


def test_every_run_is_in_the_history_and_can_be_shown() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, finished_at=datetime.now(UTC) - timedelta(hours=2)))
    post_report(mine, report())
    page = seen(staff, detail(mine))
    wording = load_wording(Language.JA)
    assert wording.sentence(CheckId.ANTIVIRUS, "off").split("：")[0] not in page.text
    (earlier,) = (link for link in page.links if "?run=" in link)
    before = seen(staff, earlier).text
    assert wording.sentence(CheckId.ANTIVIRUS, "off").split("：")[0] in before
    assert JA.states[State.READY].word in before, "the heading stays that of the latest run"


def test_who_counts_as_having_cancelled_by_now_is_shown_with_the_sentence_of_the_terms() -> None:
    late = load_office("kakogawa").terms.late
    assert late is not None
    now, staff = datetime.now(UTC), member("hanako")
    for minutes, shown in ((late.minutes + 1, True), (late.minutes - 2, False)):
        mine = booked(starts_at=now - timedelta(minutes=minutes))
        page = seen(staff, detail(mine)).text
        assert (JA.late in page) is shown
        assert (f"{late.clause} {late.sentence}" in page) is shown


def test_an_appointment_without_a_run_says_so() -> None:
    mine, staff = booked(), member("hanako")
    assert COUNSELLOR.no_runs in seen(staff, detail(mine)).text


@pytest.mark.parametrize("run", ["0", "x", "-1", "99999999999999999999"])
def test_a_run_that_is_none_does_not_exist(run: str) -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    assert staff.get(detail(mine), {"run": run}).status_code == 404


def test_a_report_from_before_an_update_is_said_to_be_unreadable() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    mine.row.reports.update(document=b'{"schema": 0}')
    assert JA.run_not_readable in seen(staff, detail(mine)).text


def test_the_mode_is_changed_and_who_did_it_is_written_down() -> None:
    mine, staff = booked(), member("hanako")
    staff.post(detail(mine, "mode"), {"mode": "phone"})
    staff.post(detail(mine, "mode"), {"mode": "phone"})
    assert mine.row.mode == "phone"
    change = StateChange.objects.get()
    assert (change.before, change.after, change.by) == (
        "video",
        "phone",
        User.objects.get(username="hanako"),
    )
    assert staff.post(detail(mine, "mode"), {"mode": "carrier pigeon"}).status_code == 404


def test_the_code_is_on_no_page() -> None:
    mine, staff = booked(), member("hanako")
    post_report(mine, report())
    for address in (LIST, detail(mine)):
        assert mine.code not in seen(staff, address).markup


def test_an_offices_own_text_cannot_become_markup() -> None:
    mine, staff = booked(reference="<script>alert(1)</script>"), member("hanako")
    for address in (LIST, detail(mine)):
        page = seen(staff, address)
        assert page.scripts == 0
        assert "&lt;script&gt;" in page.markup


def pages() -> list[tuple[Client, str]]:
    mine, staff = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, Firewall.NO_MANAGER))
    return [(staff, LIST), (staff, detail(mine)), (browser(), "/staff/login/")]


def in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def test_pages_are_japanese_and_english_on_request_which_is_remembered() -> None:
    for client, address in pages():
        first = seen(client, address)
        assert first.language == "ja"
        assert JA.service in first.text
        english = seen(client, in_language(address, "en"))
        assert english.language == "en"
        assert EN.service in english.text
        assert seen(client, address).language == "en"
        assert seen(client, in_language(address, "ja")).language == "ja"
        assert seen(client, in_language(address, "xx")).language == "ja"


def test_pages_have_no_script_within_no_style_attribute_and_nothing_from_elsewhere() -> None:
    for client, address in pages():
        page = seen(client, address)
        assert page.scripts == 0
        assert page.links
        assert all(link.startswith(("/staff/", "/assets/", "?", "#")) for link in page.links), (
            page.links
        )


def test_every_field_has_a_label() -> None:
    for client, address in pages():
        assert seen(client, address).unlabelled == []


def test_every_page_has_the_headers_that_keep_it_to_itself() -> None:
    for client, address in pages():
        headers = client.get(address).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in headers["Cache-Control"]


def test_the_stylesheet_asks_for_nothing_from_elsewhere() -> None:
    css = browser().get("/assets/style.css").content.decode()
    assert "font-size" in css
    assert not re.search(r"url\(|@import|https?:", css)
