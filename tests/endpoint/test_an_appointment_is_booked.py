"""Entering one appointment: the form, the code that is shown once, and another code for it."""

import html
import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from precheck.contract.code import format_code, parse_code
from precheck.contract.offices import load_office
from precheck.contract.readout import readout_key
from precheck.contract.wording import Language
from precheck.endpoint.booking.keys import SECONDS, signed
from precheck.endpoint.operations.gaps import Gap
from precheck.endpoint.operations.words import OperationsWords
from precheck.endpoint.slots import next_day
from precheck.endpoint.store.appointments import OtherBooking, Wanted, book, fresh_key
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.codes import appointment_for, code_hash
from precheck.endpoint.store.models import Action, Appointment, AuditEntry, Mode, Role
from precheck.endpoint.store.readout_keys import opened_key
from precheck.endpoint.tokyo import TOKYO, start_of
from precheck.endpoint.words import load_words
from tests.endpoint.holidays import HOLIDAY
from tests.endpoint.people import booked, browser, member, office
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, today

NEW = "/staff/appointments/new"
TERMS = load_office(OFFICE).terms
WORKDAY = next_day(TERMS, today())


def field(page: HttpResponse, name: str) -> str:
    """The value of the hidden field `name`."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, name
    return html.unescape(found[1])


def asked(client: Client, **changes: str) -> dict[str, str]:
    """The form as it was opened, filled in."""
    page = client.get(NEW)
    filled = {
        "office": field(page, "office"),
        "key": field(page, "key"),
        "date": str(WORKDAY),
        "time": "10:00",
        "reference": "K-7",
        "mode": "video",
    }
    return filled | changes


def code_in(page: HttpResponse) -> str:
    """The code that the page shows."""
    found = re.search(r'id="code">([\d ]+)<', page.content.decode())
    assert found, page.content.decode()
    return parse_code(found[1])


def test_the_answer_shows_the_code_the_link_the_picture_and_the_letter() -> None:
    client = member("hanako")
    answer = client.post(NEW, asked(client), follow=True)
    page, code = answer.content.decode(), code_in(answer)
    assert answer.status_code == 200
    assert f"http://localhost/a/#{code}" in page
    assert "<svg" in page
    assert "style=" not in page
    letter = html.unescape(page.split('id="letter"')[1].split("</textarea>")[0])
    for part in ("ハローワーク加古川です", "10:00", f"/a/#{code}", "079-421-8624"):
        assert part in letter
    found = appointment_for(code, datetime.now(UTC))
    assert found is not None
    assert (found.reference, found.mode) == ("K-7", "video")
    assert found.starts_at == start_of(WORKDAY) + timedelta(hours=10)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("language", Language)
def test_who_gives_out_a_link_is_told_what_the_job_seeker_would_miss(
    language: Language, tmp_path: Path
) -> None:
    told = load_words(OperationsWords, "operations", language).gaps
    client = member("hanako")
    client.get(f"{NEW}?lang={language.value}")
    shown = client.post(NEW, asked(client), follow=True).redirect_chain[-1][0]

    def missing(public_url: str, downloads: str) -> set[Gap]:
        with override_settings(PUBLIC_URL=public_url, DOWNLOADS=downloads):
            page = html.unescape(client.get(shown).content.decode())
        assert 'id="code"' in page
        return {gap for gap in Gap if told[gap] in page}

    (tmp_path / "precheck-windows.zip").write_bytes(b"packed")
    assert missing("", "") == set(Gap)
    assert missing("", str(tmp_path)) == {Gap.NO_PUBLIC_URL}
    assert missing("https://check.example.jp", "") == {Gap.NO_DOWNLOADS}
    assert missing("https://check.example.jp", str(tmp_path)) == set()


def test_the_code_can_be_read_again_and_in_the_other_language_by_who_made_it_alone() -> None:
    client = member("hanako")
    code = code_in(client.post(NEW, asked(client), follow=True))
    (row,) = Appointment.objects.all()
    address = reverse("booking-given", args=[row.pk])
    english = client.get(f"{address}?lang=en")
    assert code_in(english) == code
    assert "The appointment is booked" in english.content.decode()
    assert code not in address
    assert code not in repr(client.session.items())
    cookie = client.cookies["precheck_given"]
    assert code not in cookie.value
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == (address, True, SECONDS)
    colleague = member("taro")
    colleague.cookies["precheck_given"] = cookie.value
    for other in (colleague, member("hanako")):
        page = other.get(address).content.decode()
        assert "もう見られません" in page
        assert code not in page.replace(" ", "")


def test_after_half_an_hour_and_after_another_code_the_first_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = member("hanako")
    client.post(NEW, asked(client), follow=True)
    (row,) = Appointment.objects.all()
    address = reverse("booking-given", args=[row.pk])
    assert 'id="code"' in client.get(address).content.decode()
    first = client.cookies["precheck_given"].value
    renew = reverse("booking-renew", args=[row.pk])
    second = client.post(renew, {"key": field(client.get(renew), "key")}, follow=True)
    assert "新しい予約コードを出しました" in second.content.decode()
    client.cookies["precheck_given"] = first
    assert 'id="code"' not in client.get(address).content.decode()
    client.post(NEW, asked(client, time="13:30"), follow=True)
    other = reverse("booking-given", args=[Appointment.objects.exclude(pk=row.pk).get().pk])
    assert 'id="code"' in client.get(other).content.decode()
    assert 'id="code"' not in client.get(address).content.decode()
    later = time.time() + SECONDS + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert 'id="code"' not in client.get(other).content.decode()


def test_what_is_kept_of_a_code_opens_nothing_and_is_enough_for_the_telephone() -> None:
    client = member("hanako")
    code = code_in(client.post(NEW, asked(client), follow=True))
    row = Appointment.objects.get()
    kept = repr(list(Appointment.objects.values()))
    assert code not in kept
    assert row.code_tail == code[-4:]
    sealed = bytes(row.sealed_readout_key)
    assert opened_key(sealed) == readout_key(code)
    assert readout_key(code) not in sealed
    assert opened_key(b"") is None


def test_the_same_form_sent_twice_books_once_and_shows_the_same_code() -> None:
    client = member("hanako")
    form = asked(client)
    codes = {code_in(client.post(NEW, form, follow=True)) for _ in range(2)}
    assert len(codes) == 1
    assert Appointment.objects.count() == 1
    assert AuditEntry.objects.filter(action=Action.APPOINTMENT_ADDED.value).count() == 1


def box(page: HttpResponse) -> str | None:
    """What somebody agrees to who ticks the box; None where there is none."""
    found = re.search(r'type="checkbox" name="anyway" value="([^"]+)"', page.content.decode())
    return found and found[1]


def test_nothing_is_chosen_for_the_time_before_somebody_does() -> None:
    client = member("hanako")
    page = client.get(NEW).content.decode()
    assert re.search(r'<option value="" selected>選んでください</option>', page)
    assert client.post(NEW, asked(client, time="")).status_code == 400
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("K-7", "この整理番号の予約は"),
        ("", "整理番号のない予約が"),
        ("Ｋ－７", "この整理番号の予約は"),
    ],
)
def test_the_same_time_and_reference_once_more_is_asked_about(reference: str, said: str) -> None:
    client = member("hanako")
    client.post(NEW, asked(client, reference=reference))
    form = asked(client, reference=reference)
    answer = client.post(NEW, form)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "もう入っています。別の予約のときだけ" in answer.content.decode()
    assert Appointment.objects.count() == 1
    agreed = box(answer)
    assert agreed
    client.post(NEW, form | {"anyway": agreed})
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("changes", [{"time": "10:30"}, {"reference": "K-8"}, {"reference": ""}])
def test_another_time_or_reference_is_not_asked_about(changes: dict[str, str]) -> None:
    client = member("hanako")
    client.post(NEW, asked(client))
    assert client.post(NEW, asked(client, **changes)).status_code == 302
    assert Appointment.objects.count() == 2


def test_what_another_office_has_booked_is_not_asked_about() -> None:
    office(OTHER_OFFICE)
    booked(OTHER_OFFICE, start_of(WORKDAY) + timedelta(hours=10), "K-7")
    client = member("hanako")
    assert client.post(NEW, asked(client)).status_code == 302


def test_what_was_cancelled_is_booked_anew_without_a_question() -> None:
    client = member("hanako")
    client.post(NEW, asked(client))
    client.post(reverse("booking-cancel", args=[Appointment.objects.get().pk]))
    assert client.post(NEW, asked(client)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Ｋ－１２", "K-12"), ("　２８０６０ ", "28060"), ("A_1/2.3 b", "A_1/2.3 b")],
)
def test_a_reference_is_kept_in_the_letters_of_a_keyboard(typed: str, kept: str) -> None:
    client = member("hanako")
    assert client.post(NEW, asked(client, reference=typed)).status_code == 302
    assert Appointment.objects.get().reference == kept


@pytest.mark.parametrize("name", ["山田太郎", "やまだ", "ﾔﾏﾀﾞ", "K-7山田", "Müller"])
def test_what_could_be_a_name_is_asked_about(name: str) -> None:
    client = member("hanako")
    form = asked(client, reference=name)
    answer = client.post(NEW, form)
    assert answer.status_code == 400
    assert "氏名は入れないでください。氏名でないときだけ" in answer.content.decode()
    assert not Appointment.objects.exists()
    assert client.post(NEW, form | {"anyway": box(answer) or ""}).status_code == 302


def test_the_same_form_with_another_time_asks_again_and_then_books_another() -> None:
    client = member("hanako")
    form = asked(client)
    first = code_in(client.post(NEW, form, follow=True))
    again = client.post(NEW, {**form, "time": "13:30"})
    assert again.status_code == 400
    assert Appointment.objects.count() == 1
    second = code_in(
        client.post(NEW, {**form, "time": "13:30", "key": field(again, "key")}, follow=True)
    )
    assert first != second
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date": str(today() - timedelta(days=1))}, "過ぎた日です"),
        ({"date": "2099-01-05"}, "1年より先"),
        ({"date": "someday"}, "wrong"),
        ({"time": "12:00"}, "wrong"),
        ({"time": "11:15"}, "wrong"),
        ({"time": ""}, "wrong"),
        ({"reference": "x" * 65}, "64文字まで"),
        ({"reference": "a\x00b"}, "wrong"),
        ({"mode": "carrier pigeon"}, "wrong"),
        ({"key": "forged"}, "時間がたった"),
        ({"key": signed("other", "key")}, "時間がたった"),
    ],
)
def test_what_cannot_be_booked_is_said_and_what_was_typed_stays(
    changes: dict[str, str], said: str
) -> None:
    client = member("hanako")
    answer = client.post(NEW, asked(client, **{"reference": "K-stays", **changes}))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page
    assert "reference" in changes or "K-stays" in page
    assert not Appointment.objects.exists()


def test_a_saturday_is_no_day_where_the_terms_name_weekdays() -> None:
    client = member("hanako")
    saturday = WORKDAY + timedelta(days=(5 - WORKDAY.weekday()) % 7)
    answer = client.post(NEW, asked(client, date=str(saturday)))
    assert "土曜日か日曜日" in answer.content.decode()
    assert box(answer) is None
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("by_hand", ["", "same_day", "weekend same_day", "same_day weekend"])
def test_a_saturday_that_is_today_is_no_day_either_and_no_box_says_otherwise(
    by_hand: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saturday = start_of(WORKDAY + timedelta(days=(5 - WORKDAY.weekday()) % 7))
    monkeypatch.setattr(timezone, "now", lambda: saturday + timedelta(hours=8))
    client = member("hanako")
    answer = client.post(NEW, asked(client, date=str(saturday.date()), anyway=by_hand))
    assert answer.status_code == 400
    assert "土曜日か日曜日" in answer.content.decode()
    assert box(answer) is None
    assert not Appointment.objects.exists()


def test_the_day_itself_is_booked_only_when_the_staff_say_so() -> None:
    now = start_of(WORKDAY) + timedelta(hours=8)
    wanted = Wanted(fresh_key(), start_of(WORKDAY) + timedelta(hours=10))
    office()
    from precheck.endpoint.slots import IN_PRINCIPLE, Objection
    from precheck.endpoint.store.appointments import Objected

    with pytest.raises(Objected) as refused:
        book(office_named(OFFICE), [wanted], now, None)
    assert refused.value.objections == (Objection.SAME_DAY,)
    assert book(office_named(OFFICE), [wanted], now, None, allowed=IN_PRINCIPLE)[0].first


def test_a_holiday_is_booked_only_when_the_staff_say_so() -> None:
    client = member("hanako")
    form = asked(client, date=str(HOLIDAY))
    answer = client.post(NEW, form, follow=True)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "休みの日です" in page
    assert not Appointment.objects.exists()
    agreed = box(answer)
    assert agreed and not re.search(r'name="anyway"[^>]*checked', page)
    client.post(NEW, form | {"anyway": agreed})
    assert Appointment.objects.get().starts_at.astimezone(TOKYO).date() == HOLIDAY


def test_a_saturday_is_booked_only_when_the_staff_say_so_where_the_terms_name_no_hours() -> None:
    assert not load_office(OTHER_OFFICE).terms.hours
    client = member("hanako", OTHER_OFFICE)
    saturday = WORKDAY + timedelta(days=(5 - WORKDAY.weekday()) % 7)
    form = asked(client, date=str(saturday))
    answer = client.post(NEW, form, follow=True)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "土曜日か日曜日です。ハローワークは、法律で休みの日です" in page
    assert not Appointment.objects.exists()
    agreed = box(answer)
    assert agreed
    client.post(NEW, form | {"anyway": agreed})
    assert Appointment.objects.get().starts_at.astimezone(TOKYO).date() == saturday


def test_who_agreed_to_one_thing_has_not_agreed_to_another() -> None:
    client = member("hanako")
    answer = client.post(NEW, asked(client, date=str(HOLIDAY), anyway="same_day"))
    assert answer.status_code == 400
    assert not Appointment.objects.exists()


def test_a_page_that_was_open_for_too_long_books_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = member("hanako")
    form = asked(client)
    later = time.time() + SECONDS + 60
    monkeypatch.setattr(time, "time", lambda: later)
    answer = client.post(NEW, form, follow=True)
    assert answer.status_code == 400
    assert "時間がたった" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_somebody_with_several_offices_chooses_and_cannot_choose_anothers() -> None:
    member("hanako")
    client = member("hanako", OTHER_OFFICE)
    page = client.get(f"{NEW}?office={OTHER_OFFICE}").content.decode()
    assert 'value="okinawa" selected' in page
    client.post(NEW, asked(client, office=OTHER_OFFICE))
    assert Appointment.objects.get().office_id == OTHER_OFFICE
    stranger = member("taro", OTHER_OFFICE)
    assert stranger.get(f"{NEW}?office={OFFICE}").status_code == 404
    assert stranger.post(NEW, asked(stranger, office=OFFICE)).status_code == 404
    assert member("sora", None, Role.HELPDESK).get(NEW).status_code == 403


def test_who_comes_by_telephone_needs_no_check_and_is_told_so() -> None:
    client = member("hanako")
    page = client.post(NEW, asked(client, mode="phone"), follow=True).content.decode()
    letter = page.split('id="letter"')[1].split("</textarea>")[0]
    slip = page.split('class="slip"')[1]
    for told in (letter, slip):
        assert "チェックは、いりません" in told
        assert "10:00" in told
        assert "予約コード" not in told
    assert "/a/#" not in page
    assert 'id="code"' not in page
    assert "30分間" not in page, "there is no code to be passed on"


def test_who_asks_for_a_code_of_a_session_by_telephone_is_shown_it() -> None:
    client = member("hanako")
    client.post(NEW, asked(client, mode="phone"))
    renew = reverse("booking-renew", args=[Appointment.objects.get().pk])
    page = client.post(renew, {"key": field(client.get(renew), "key")}, follow=True)
    assert appointment_for(code_in(page), datetime.now(UTC))
    assert "30分間" in page.content.decode()


def test_the_slip_says_in_three_steps_what_to_do_and_begins_with_what_is_typed() -> None:
    client = member("hanako")
    answer = client.post(NEW, asked(client), follow=True)
    slip = answer.content.decode().split('class="slip"')[1].split("</section>")[0]
    steps = re.findall(r"<li>(.*?)</li>", slip, re.DOTALL)
    assert len(steps) == 3
    for said, step in zip(("開き", "「ダウンロード」", "「送る」"), steps, strict=True):
        assert said in step
    assert "http://localhost/a/</span>" in steps[0]
    assert format_code(code_in(answer)) in steps[0]
    assert slip.index("</ol>") < slip.index("<svg"), "a computer has nothing to scan it with"
    assert "スマートフォンで読み取ると" in slip
    assert "整理番号 K-7" in slip, "whoever hands out many knows whose it is"


def test_the_english_letter_is_english_and_both_boxes_are_as_tall_as_their_text() -> None:
    client = member("hanako")
    for mode, said in (("video", "How: online, by video"), ("phone", "How: by phone")):
        form = asked(client, mode=mode, reference=mode)
        page = client.post(NEW, form, follow=True).content.decode()
        for name in ("letter", "other-letter"):
            box = re.search(rf'id="{name}" rows="(\d+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
            assert box
            assert int(box[1]) == box[2].count("\n") + 1
        assert said in box[2]
        assert "your Hello Work office, ハローワーク加古川" in box[2]


def test_a_new_code_opens_the_appointment_and_the_old_one_nothing() -> None:
    mine, client = booked(), member("hanako")
    address = f"/staff/appointments/{mine.id}/code"
    form = {"key": field(client.get(address), "key")}
    fresh = code_in(client.post(address, form, follow=True))
    now = datetime.now(UTC)
    assert appointment_for(mine.code, now) is None
    found = appointment_for(fresh, now)
    assert found is not None
    assert found.pk == mine.id
    assert found.code_tail == fresh[-4:]
    assert opened_key(bytes(found.sealed_readout_key)) == readout_key(fresh)
    assert code_in(client.post(address, form, follow=True)) == fresh, (
        "the same form makes no third one"
    )
    assert AuditEntry.objects.filter(action=Action.CODE_RENEWED.value).count() == 1


def test_two_who_make_a_new_code_at_once_do_not_take_each_others_away() -> None:
    mine, client = booked(), member("hanako")
    address = f"/staff/appointments/{mine.id}/code"
    first, second = (field(client.get(address), "key") for _ in range(2))
    code = code_in(client.post(address, {"key": first}, follow=True))
    late = client.post(address, {"key": second})
    assert late.status_code == 400
    assert "ほかの人が出し直しました" in late.content.decode()
    assert mine.row.code_hash == code_hash(code)


def test_the_page_for_one_appointment_makes_no_code_for_another() -> None:
    mine, other, client = booked(), booked(), member("hanako")
    key = field(client.get(f"/staff/appointments/{mine.id}/code"), "key")
    answer = client.post(f"/staff/appointments/{other.id}/code", {"key": key})
    assert answer.status_code == 400
    assert other.row.code_hash == code_hash(other.code)


def test_a_cancelled_appointment_is_gone_with_its_code() -> None:
    mine, client = booked(), member("hanako")
    address = f"/staff/appointments/{mine.id}/cancel"
    assert client.get(address).status_code == 200
    assert Appointment.objects.exists()
    done = client.post(address, follow=True)
    assert "取り消しました" in done.content.decode()
    assert not Appointment.objects.exists()
    assert client.post(address).status_code == 404
    code = {"Authorization": f"Appointment {mine.code}"}
    assert browser().get("/api/v1/appointment", headers=code).status_code == 401


def test_all_are_entered_or_none() -> None:
    office()
    start = start_of(WORKDAY) + timedelta(hours=10)
    fine, wrong = Wanted(fresh_key(), start), Wanted(fresh_key(), start - timedelta(days=30))
    from precheck.endpoint.store.appointments import NotBooked

    with pytest.raises(NotBooked):
        book(office_named(OFFICE), [fine, wrong], datetime.now(UTC), None)
    assert not Appointment.objects.exists()
    with pytest.raises(OtherBooking):
        book(office_named(OFFICE), [fine, fine], datetime.now(UTC), None)


def test_every_code_is_another() -> None:
    office()
    start = start_of(WORKDAY) + timedelta(hours=10)
    wanted = [Wanted(fresh_key(), start, mode=Mode.PHONE) for _ in range(50)]
    codes = {each.code for each in book(office_named(OFFICE), wanted, datetime.now(UTC), None)}
    assert len(codes) == 50


def test_a_code_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    client = member("hanako")
    caplog.set_level("DEBUG")
    code = code_in(client.post(NEW, asked(client), follow=True))
    assert code not in caplog.text
    assert "K-7" not in caplog.text


def test_the_next_day_is_a_weekday_whether_or_not_there_are_hours() -> None:
    friday = date(2026, 11, 13)
    for terms in (TERMS, load_office(OTHER_OFFICE).terms):
        assert next_day(terms, friday) == date(2026, 11, 16)
