"""Staff enter a readout code on the page of its appointment, and see there what it says."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from precheck.contract.checks import CheckId
from precheck.contract.readout import LENGTHS
from precheck.contract.reasons import Antivirus, Firewall
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.counsellor.forms import NOT_LATER
from precheck.endpoint.counsellor.notices import Notice
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State
from precheck.endpoint.store.models import AuditEntry, Readout, Role
from precheck.endpoint.store.policies import put_in_force
from precheck.endpoint.store.readouts import REACH, WITHIN, WRONG_AT_MOST
from precheck.endpoint.words import load_words
from tests.endpoint.administered import all_required
from tests.endpoint.page import Page
from tests.endpoint.people import Booked, booked, member, post_report, read_out, recorded_run
from tests.endpoint.scene import OFFICE, report, today

WORDS = load_words(CounsellorWords, "counsellor", Language.JA)


def place(of: Booked) -> str:
    return f"/staff/appointments/{of.id}/"


def page(client: Client, of: Booked, more: str = "") -> str:
    """The text of the page of `of`."""
    answer = client.get(place(of) + more)
    assert answer.status_code == 200
    return Page(answer.content.decode()).text


def entered(
    client: Client, of: Booked, digits: str, days_ago: int = 0, **answered: str
) -> HttpResponse:
    day = today() - timedelta(days=days_ago)
    return client.post(f"{place(of)}readout", {"digits": digits, "day": str(day), **answered})


def asked(answer: HttpResponse) -> str:
    """What the form asks: the answer that says that the code is of later."""
    assert answer.status_code == 200
    markup = answer.content.decode()
    assert WORDS.same_day in markup
    return str(re.findall(r'name="later" value="([^"]+)"', markup)[0])


def said(answer: HttpResponse) -> str:
    """What a page says that was not taken."""
    assert answer.status_code == 400
    return Page(answer.content.decode()).text


@pytest.mark.parametrize("role", Role)
def test_a_code_that_is_heard_is_the_result_of_the_appointment(role: Role) -> None:
    mine, client = booked(), member("hanako", role=role)
    answer = entered(client, mine, read_out(mine, Antivirus.OFF))
    assert (answer.status_code, answer.headers["Location"]) == (302, place(mine))
    assert (mine.row.readiness, mine.row.read_out) == ("not_ready", True)
    shown = page(client, mine)
    assert "電話で聞いた結果を登録しました" in shown
    assert "電話で聞いた結果を登録しました" not in page(client, mine), "said once"
    assert "本人が電話で読み上げた結果です" in shown


def test_what_was_heard_is_shown_in_words_by_check() -> None:
    mine, client = booked(), member("hanako")
    entered(client, mine, read_out(mine, Antivirus.OFF))
    markup = client.get(place(mine)).content.decode()
    fails = markup.count('<li class="fail">')
    assert fails == 1
    assert "ウイルス" in markup.split('<li class="fail">')[1].split("</li>")[0]


def test_a_fine_device_is_shown_as_ready() -> None:
    mine, client = booked(), member("hanako")
    entered(client, mine, read_out(mine))
    assert mine.row.readiness == "ready"
    assert '<li class="fail">' not in client.get(place(mine)).content.decode()


def test_spaces_and_wide_digits_are_taken() -> None:
    mine, client = booked(), member("hanako")
    digits = read_out(mine).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    spaced = f" {digits[:4]} {digits[4:8]}-{digits[8:]} "
    assert entered(client, mine, spaced).status_code == 302


def test_the_same_code_sent_twice_is_one_result() -> None:
    mine, client = booked(), member("hanako")
    for _ in range(2):
        assert entered(client, mine, read_out(mine)).status_code == 302
    assert Readout.objects.filter(appointment=mine.id).count() == 1


def test_the_code_of_another_appointment_is_refused_and_changes_nothing() -> None:
    mine, other, client = booked(), booked(), member("hanako")
    answer = entered(client, mine, read_out(mine, by_code_of=other))
    assert "この予約の読み上げコードではありません" in said(answer)
    assert "改定日が2022年12月27日かを、本人に聞いてください" in said(answer)
    assert (mine.row.readiness, other.row.readiness) == ("not_checked", "not_checked")
    assert entered(client, other, read_out(other)).status_code == 302


def swapped(digits: str) -> str:
    """With the last digit wrong."""
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def test_each_way_of_being_wrong_says_what_to_do() -> None:
    mine, client = booked(), member("hanako")
    right = read_out(mine)
    for digits, expected in (
        ("", "このフィールドは必須です"),
        ("abc", "数字だけを入力してください"),
        (right[:-1], "けた数が違います。12けたの数字です。"),
        (mine.code, "10けたの数字は予約コードです"),
        (swapped(right), "数字が1つ違うか"),
    ):
        answer = entered(client, mine, digits)
        assert expected in said(answer), digits
        assert 'id="readout_digits_error"' in answer.content.decode()
    assert mine.row.readiness == "not_checked"


def test_a_day_to_come_or_long_gone_is_refused_beside_the_day() -> None:
    mine, client = booked(), member("hanako")
    for days_ago in (-1, REACH.days + 1):
        answer = entered(client, mine, read_out(mine), days_ago)
        assert f"{REACH.days}日前まで" in said(answer)
        assert 'id="readout_day_error"' in answer.content.decode()
    assert mine.row.readiness == "not_checked"
    assert entered(client, mine, read_out(mine), REACH.days).status_code == 302


def test_a_code_of_a_day_before_the_latest_result_is_refused_beside_the_day() -> None:
    mine, client = booked(), member("hanako")
    post_report(mine, report())
    answer = entered(client, mine, read_out(mine, Antivirus.OFF), 1)
    assert "その日より後のチェックの結果" in said(answer)
    assert 'id="readout_day_error"' in answer.content.decode()
    assert mine.row.readiness == "ready"


def test_wrong_codes_are_limited_for_an_appointment_whoever_tries_and_for_no_other() -> None:
    mine, other, client = booked(), booked(), member("hanako")
    wrong = read_out(mine, by_code_of=other)
    for _ in range(WRONG_AT_MOST):
        assert "この予約の読み上げコードではありません" in said(entered(client, mine, wrong))
    for somebody in (client, member("jiro")):
        answer = entered(somebody, mine, read_out(mine))
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= WITHIN.total_seconds()
        markup = answer.content.decode()
        assert "間違いが続いたため、この予約では入力できません。10分たってから" in markup
    assert mine.row.readiness == "not_checked"
    assert entered(client, other, read_out(other)).status_code == 302


def test_what_is_wrong_in_another_way_is_no_limit() -> None:
    answer = entered(member("hanako"), booked(), "1234")
    assert answer.status_code == 400
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(("required", "length"), [(False, 12), (True, 16)])
def test_the_form_names_the_one_length_of_the_policy_in_force(required: bool, length: int) -> None:
    mine, client = booked(), member("hanako")
    if required:
        put_in_force(OFFICE, all_required(), today(), datetime.now(UTC), None)
    shown = page(client, mine)
    assert [each for each in LENGTHS if WORDS.digits_hint.format(length=each) in shown] == [length]
    assert len(read_out(mine)) == length
    assert f"けた数が違います。{length}けた" in said(entered(client, mine, "1234"))


def test_a_code_of_the_day_of_a_report_is_asked_about_and_changes_nothing_so_far() -> None:
    mine, client = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF))
    for answered in ({}, {"later": ""}, {"later": "1 or 2"}, {"later": "phone-1"}):
        answer = entered(client, mine, read_out(mine), **answered)
        asked(answer)
        (kept,) = mine.row.reports.all()
        speech = Speech(load_staff_words(Language.JA), load_wording(Language.JA))
        at, state = speech.moment(kept.checked_at), speech.words.states[State.NOT_READY].word
        text = Page(answer.content.decode()).text
        assert WORDS.same_day_result.format(at=at, state=state) in text
        assert f'value="{read_out(mine)}"' in answer.content.decode(), "what was typed is kept"
        assert mine.row.readiness == "not_ready"
    assert not Readout.objects.exists()
    assert not AuditEntry.objects.filter(action="readout_entered").exists()


def test_a_code_of_later_that_day_counts_once_that_is_said_and_it_is_written_down() -> None:
    mine, client = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF))
    later = asked(entered(client, mine, read_out(mine)))
    for _ in range(2):
        assert entered(client, mine, read_out(mine), later=later).status_code == 302
    assert (mine.row.readiness, mine.row.read_out) == ("ready", True)
    entries = AuditEntry.objects.filter(action="readout_entered").values_list("detail", flat=True)
    assert list(entries) == ["not_ready→ready"]


def test_a_code_that_is_not_of_later_is_left_and_the_page_says_so() -> None:
    mine, client = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF))
    asked(entered(client, mine, read_out(mine)))
    answer = entered(client, mine, read_out(mine), later=NOT_LATER)
    assert (answer.status_code, answer.headers["Location"]) == (302, place(mine))
    assert WORDS.notices[Notice.READOUT_LEFT] in page(client, mine)
    assert mine.row.readiness == "not_ready"
    assert not Readout.objects.exists()


def test_that_a_code_is_of_later_is_said_of_the_report_that_was_shown_and_of_no_newer_one() -> None:
    mine, client, now = booked(), member("hanako"), datetime.now(UTC)
    post_report(mine, report(finished_at=now - timedelta(seconds=2)))
    earlier = asked(entered(client, mine, read_out(mine)))
    post_report(mine, report(Antivirus.OFF, finished_at=now))
    later = asked(entered(client, mine, read_out(mine), later=earlier))
    assert later != earlier
    assert mine.row.readiness == "not_ready"
    assert entered(client, mine, read_out(mine), later=later).status_code == 302
    assert mine.row.readiness == "ready"


def test_the_same_code_for_another_day_is_asked_about_and_taken_once_it_is_said_to_be_new() -> None:
    mine, client = booked(), member("hanako")
    entered(client, mine, read_out(mine), 2)
    kept = Readout.objects.get(appointment=mine.id)
    answer = entered(client, mine, read_out(mine))
    assert answer.status_code == 200
    speech = Speech(load_staff_words(Language.JA), load_wording(Language.JA))
    day, state = speech.day(today() - timedelta(days=2)), speech.words.states[State.READY].word
    text = Page(answer.content.decode()).text
    assert WORDS.same_code in text
    assert WORDS.same_code_result.format(day=day, state=state) in text
    assert WORDS.same_day not in text
    assert Readout.objects.count() == 1
    assert entered(client, mine, read_out(mine), later=f"phone-{kept.pk}").status_code == 302
    assert Readout.objects.count() == 2
    entries = AuditEntry.objects.filter(action="readout_entered").values_list("detail", flat=True)
    assert list(entries) == ["ready", "ready"]


def test_another_code_of_another_day_is_not_asked_about() -> None:
    mine, client = booked(), member("hanako")
    entered(client, mine, read_out(mine, Antivirus.OFF), 2)
    assert entered(client, mine, read_out(mine)).status_code == 302
    assert mine.row.readiness == "ready"


def test_nothing_is_asked_where_the_report_is_of_a_day_before() -> None:
    mine, client = booked(), member("hanako")
    post_report(mine, report(Antivirus.OFF, finished_at=datetime.now(UTC) - timedelta(days=1)))
    assert entered(client, mine, read_out(mine)).status_code == 302
    assert mine.row.readiness == "ready"


def test_the_digits_are_written_down_nowhere() -> None:
    mine, client = booked(), member("hanako")
    digits = read_out(mine)
    answer = entered(client, mine, digits)
    assert digits not in answer.headers["Location"]
    entries = AuditEntry.objects.filter(subject=str(mine.id)).values_list("action", "detail")
    assert set(entries) == {("appointment_added", ""), ("readout_entered", "ready")}
    assert digits not in page(client, mine)


def test_the_address_of_the_form_leads_back_to_it() -> None:
    mine = booked()
    answer = member("hanako").get(f"{place(mine)}readout")
    assert answer.headers["Location"] == f"{place(mine)}#readout"
    assert 'id="readout"' in member("sora", None, Role.HELPDESK).get(place(mine)).content.decode()


def test_runs_of_both_kinds_stand_in_the_history_with_what_changed() -> None:
    mine, client = booked(), member("hanako")
    entered(client, mine, read_out(mine, Antivirus.OFF), 1)
    post_report(mine, report(Firewall.OFF))
    shown = page(client, mine)
    assert "端末から送信" in shown
    assert "電話で聞いた結果" in shown
    wording = load_wording(Language.JA)
    for check in (CheckId.ANTIVIRUS, CheckId.FIREWALL):
        assert f"{wording.label(check)}：" in shown
    assert f"{wording.label(CheckId.INFECTION)}：" not in shown
    assert "本人が電話で読み上げた結果です" not in shown
    heard = Readout.objects.get(appointment=mine.id)
    assert "本人が電話で読み上げた結果です" in page(client, mine, f"?run=phone-{heard.pk}")
    assert client.get(f"{place(booked())}?run=phone-{heard.pk}").status_code == 404


def test_who_sees_recordings_is_led_to_one_that_was_sent() -> None:
    mine = booked()
    run = recorded_run(mine)
    address = f"/staff/helpdesk/recordings/{mine.id}/{run}/"
    helpdesk = member("sora", None, Role.HELPDESK)
    assert address in helpdesk.get(place(mine)).content.decode()
    assert helpdesk.get(address).status_code == 200
    assert address not in member("hanako").get(place(mine)).content.decode()
    without = booked()
    post_report(without, report())
    assert "/staff/helpdesk/recordings/" + str(without.id) not in (
        helpdesk.get(place(without)).content.decode()
    )
