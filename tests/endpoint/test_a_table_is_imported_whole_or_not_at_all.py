"""Entering many appointments from a table: what is read, refused and given back."""

import csv
import html
import io
import re
import time as real_time
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.code import format_code, parse_code
from precheck.contract.offices import load_office
from precheck.endpoint.booking.keys import SECONDS
from precheck.endpoint.booking.references import folded_reference
from precheck.endpoint.booking.table import (
    BYTES_LIMIT,
    ROWS_LIMIT,
    BadTable,
    RowProblem,
    TableProblem,
    harmless,
    read_date,
    read_table,
    read_time,
    written_table,
)
from precheck.endpoint.slots import next_day
from precheck.endpoint.store.codes import appointment_for
from precheck.endpoint.store.models import Appointment, AuditEntry, Mode
from precheck.endpoint.tokyo import TOKYO, start_of
from tests.endpoint.holidays import HOLIDAY
from tests.endpoint.people import booked, member
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, today

IMPORT, CONFIRM = "/staff/appointments/import", "/staff/appointments/import/confirm"
WORKDAY = next_day(load_office(OFFICE).terms, today())
HEADING = "日付,時刻,番号,方法\n"
FINE = f"{WORKDAY},10:00,K-1,オンライン\n{WORKDAY},10:30,K-2,電話\n"


def upload(client: Client, content: str | bytes, encoding: str = "utf-8") -> HttpResponse:
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    file = SimpleUploadedFile("t.csv", raw, content_type="text/csv")
    return client.post(IMPORT, {"file": file})


def carried(page: HttpResponse) -> str:
    found = re.search(r'name="table" value="([^"]+)"', page.content.decode())
    assert found, "nothing can be confirmed"
    return html.unescape(found[1])


def codes_in(page: HttpResponse) -> list[str]:
    """The codes that the page shows, in the order of the table."""
    found = re.findall(
        r'data-label="(?:予約コード|Appointment code)">([^<]+)<', page.content.decode()
    )
    return [parse_code(each) for each in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "shift_jis"])
def test_a_table_is_looked_at_confirmed_and_its_codes_saved(encoding: str) -> None:
    client = member("hanako")
    preview = upload(client, HEADING + FINE, encoding)
    assert preview.status_code == 200
    assert not Appointment.objects.exists(), "looking enters nothing"
    entered = client.post(CONFIRM, {"table": carried(preview)}, follow=True)
    assert entered.status_code == 200
    assert [status for _, status in entered.redirect_chain] == [302]
    assert list(Appointment.objects.order_by("starts_at").values_list("reference", "mode")) == [
        ("K-1", "video"),
        ("K-2", "phone"),
    ]
    saved = client.get(f"{entered.request['PATH_INFO']}/codes.csv")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(saved.content.decode("utf-8-sig"))))
    assert rows[0] == ["日付", "時刻", "整理番号", "方法", "予約コード", "リンク"]
    for row in rows[1:]:
        code = parse_code(row[4])
        found = appointment_for(code, datetime.now(UTC))
        assert found is not None
        assert found.reference == row[2]
        assert row[5] == f"http://localhost/a/#{code}"


def test_the_same_confirmation_sent_twice_enters_once_and_gives_the_same_codes() -> None:
    client = member("hanako")
    table = {"table": carried(upload(client, FINE))}
    first, second = (client.post(CONFIRM, table, follow=True) for _ in range(2))
    assert Appointment.objects.count() == 2
    assert AuditEntry.objects.filter(action="appointment_added").count() == 2
    assert codes_in(first) == codes_in(second)
    assert len(set(codes_in(first))) == 2


def test_all_that_was_entered_can_be_looked_at_again_saved_and_printed_by_who_did_it_alone() -> (
    None
):
    client = member("hanako")
    there = client.post(CONFIRM, {"table": carried(upload(client, FINE))}).headers["Location"]
    codes = codes_in(client.get(there))
    assert len(codes) == 2
    assert codes_in(client.get(f"{there}?lang=en")) == codes, "in the other language"
    client.get(f"{there}?lang=ja")
    slips = client.get(f"{there}/slips").content.decode()
    assert slips.count('class="slip"') == 2
    assert slips.count("<svg") == 1, "who comes by telephone has nothing to scan"
    assert format_code(codes[0]) in slips
    assert format_code(codes[1]) not in slips
    cookie = client.cookies["precheck_entered"]
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == (there, True, SECONDS)
    assert not any(code in cookie.value + there for code in codes)
    assert codes[0] not in repr(client.session.items())
    colleague = member("taro")
    colleague.cookies["precheck_entered"] = cookie.value
    for other in (colleague, member("hanako")):
        for address in (there, f"{there}/slips", f"{there}/codes.csv"):
            page = other.get(address).content.decode()
            assert "予約コードは、もう見られません" in page
            assert not any(format_code(code) in page for code in codes)


def test_who_gives_out_the_codes_of_a_table_is_told_what_job_seekers_would_miss() -> None:
    client = member("hanako")
    there = client.post(CONFIRM, {"table": carried(upload(client, FINE))}).headers["Location"]
    for address in (there, f"{there}/slips"):
        assert "まだ求職者の端末では開けません" in client.get(address).content.decode()
        with override_settings(PUBLIC_URL="https://check.example.jp"):
            page = client.get(address).content.decode()
        assert "まだ求職者の端末では開けません" not in page
        assert "ダウンロードするプログラムが、まだ置かれていません" in page


def test_after_half_an_hour_no_code_of_a_table_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    client = member("hanako")
    there = client.post(CONFIRM, {"table": carried(upload(client, FINE))}).headers["Location"]
    assert codes_in(client.get(there))
    later = real_time.time() + SECONDS + 60
    monkeypatch.setattr(real_time, "time", lambda: later)
    assert "もう見られません" in client.get(there).content.decode()


def test_what_was_cancelled_or_has_another_code_since_is_left_out() -> None:
    client = member("hanako")
    rows = FINE + f"{WORKDAY},11:00,K-3,\n"
    there = client.post(CONFIRM, {"table": carried(upload(client, rows))}).headers["Location"]
    first, second, _ = Appointment.objects.order_by("starts_at")
    codes = codes_in(client.get(there))
    client.post(reverse("booking-cancel", args=[first.pk]))
    renew = reverse("booking-renew", args=[second.pk])
    key = re.search(r'name="key" value="([^"]*)"', client.get(renew).content.decode())
    assert key
    client.post(renew, {"key": html.unescape(key[1])})
    assert codes_in(client.get(there)) == codes[2:]


def test_one_wrong_row_and_nothing_can_be_confirmed() -> None:
    client = member("hanako")
    preview = upload(client, FINE + f"{WORKDAY},25:00,K-3,オンライン\n")
    page = preview.content.decode()
    assert preview.status_code == 400
    assert "1行に間違い" in page
    assert "時刻が読み取れません" in page
    assert 'name="table"' not in page
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"{today() - timedelta(days=1)},10:00,K,", "過ぎた日"),
        (f"{WORKDAY},12:00,K,", "相談時間の外"),
        (f"{WORKDAY},10:00,K,ラジオ", "方法は"),
        (f"{WORKDAY},10:00,{'K' * 65},", "64文字まで"),
        (f"{WORKDAY},10:00,K,電話,山田", "列が多すぎます"),
        ("11/24,10:00,K,", "日付が読み取れません"),
        (f"{WORKDAY},10:00,K-1,", "行目と同じ予約です"),
    ],
)
def test_a_wrong_row_is_told_in_words(row: str, said: str) -> None:
    page = upload(member("hanako"), FINE + row + "\n")
    assert page.status_code == 400
    assert said in page.content.decode()


def test_a_row_on_a_holiday_is_pointed_out_and_can_be_confirmed() -> None:
    client = member("hanako")
    preview = upload(client, FINE + f"{HOLIDAY},10:00,K-3,オンライン\n")
    page = preview.content.decode()
    assert preview.status_code == 200
    assert page.count("祝日です。") == 1
    assert "1行に、確かめてほしいこと" in page
    client.post(CONFIRM, {"table": carried(preview)})
    assert Appointment.objects.count() == 3


def test_a_reference_that_could_be_a_name_is_pointed_out_and_wide_digits_are_not() -> None:
    page = upload(member("hanako"), f"{WORKDAY},10:00,山田太郎,\n{WORKDAY},10:30,Ｋ－７,\n")
    said = page.content.decode()
    assert page.status_code == 200
    assert said.count("英数字でない文字") == 1
    assert "1行に、確かめてほしいこと" in said
    assert "K-7" in said


def test_a_table_without_anything_to_make_sure_of_does_not_ask_for_it() -> None:
    assert "確かめてほしいこと" not in upload(member("hanako"), FINE).content.decode()


def test_what_is_booked_already_is_named_and_twice_at_a_time_without_a_number_is_not_wrong() -> (
    None
):
    client = member("hanako")
    booked(starts_at=start_of(WORKDAY) + timedelta(hours=10), reference="K-1")
    known = upload(client, FINE)
    assert known.status_code == 400
    assert "もう入っています" in known.content.decode()
    bare = f"{WORKDAY},13:30,,\n{WORKDAY},13:30,,\n"
    page = upload(client, bare)
    assert page.status_code == 200
    assert "別の予約として" in page.content.decode()
    client.post(CONFIRM, {"table": carried(page)})
    assert Appointment.objects.filter(reference="").count() == 2


def test_a_table_that_was_changed_on_the_way_or_is_anothers_enters_nothing() -> None:
    client = member("hanako")
    table = carried(upload(client, FINE))
    for changed in (table[:-2] + "xx", "", "a:b:c"):
        assert client.post(CONFIRM, {"table": changed}).status_code == 400
    stranger = member("taro", OTHER_OFFICE)
    assert stranger.post(CONFIRM, {"table": table}).status_code == 404
    assert not Appointment.objects.exists()


def test_nothing_of_a_table_is_kept_in_the_session() -> None:
    client = member("hanako")
    before = dict(client.session.items())
    upload(client, FINE)
    assert dict(client.session.items()) == before


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", TableProblem.EMPTY),
        (b"\xef\xbb\xbf\r\n,,,\r\n", TableProblem.EMPTY),
        (HEADING.encode(), TableProblem.EMPTY),
        (b"x" * (BYTES_LIMIT + 1), TableProblem.TOO_LARGE),
        (FINE.encode("utf-16"), TableProblem.ENCODING),
        (b"\xff\xfe\xfd", TableProblem.ENCODING),
        (b"PK\x03\x04\0\0\0", TableProblem.ENCODING),
        ("日付,時刻,氏名\n".encode(), TableProblem.UNKNOWN_COLUMN),
        ("日付,時刻,日付\n".encode(), TableProblem.COLUMN_TWICE),
        ("日付,番号\n".encode(), TableProblem.NO_DATE_OR_TIME),
        (b'2026-11-24,"10:00\n', TableProblem.NO_TABLE),
        (b"2026-11-24,10:00\n" * (ROWS_LIMIT + 1), TableProblem.TOO_MANY_ROWS),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_why_is_said(raw: bytes, kind: TableProblem) -> None:
    with pytest.raises(BadTable) as refused:
        read_table(raw)
    assert refused.value.kind is kind
    answer = upload(member("hanako"), raw)
    assert answer.status_code == 400
    assert "field wrong" in answer.content.decode()


def test_columns_stand_in_any_order_and_tabs_are_as_good_as_commas() -> None:
    (row,) = read_table("方法\t時刻\t日付\n電話\t１０：３０\t２０２６／１１／２４\n".encode())
    assert row.starts_at == datetime(2026, 11, 24, 10, 30, tzinfo=TOKYO)
    assert (row.mode, row.reference, row.problems, row.number) == (Mode.PHONE, "", (), 2)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "2026年11月24日",
        "2026年11月24日(火)",
        "2026/11/24（火曜日）",
        "２０２６／１１／２４",
        "20261124",
        "令和8年11月24日",
        "R8.11.24",
        "r8/11/24",
        "46350",
    ],
)
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "text", ["", "11/24", "24/11/2026", "11/24/2026", "2026-13-01", "2026-02-30", "明日", "46350.5"]
)
def test_what_is_no_date_or_could_be_two_is_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:00", time(10)),
        ("9:45", time(9, 45)),
        ("１０：３０", time(10, 30)),
        ("10:00:00", time(10)),
        ("10時", time(10)),
        ("10時半", time(10, 30)),
        ("13時30分", time(13, 30)),
        ("午後1:30", time(13, 30)),
        ("午前10時", time(10)),
        ("1:30 PM", time(13, 30)),
        ("12:30 am", time(0, 30)),
        ("0.4375", time(10, 30)),
        ("0.416666666666667", time(10)),
    ],
)
def test_a_time_is_read_however_it_is_written(text: str, expected: time) -> None:
    assert read_time(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10", "24:00", "10:60", "10:00:30", "午後13:00", "朝", "1.5", "0.12345", "10-00"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text) is None


def test_a_spreadsheets_date_with_its_midnight_is_a_date() -> None:
    for day, at in (
        ("2026/11/24 0:00", "10:00"),
        ("2026/11/24 10:00", ""),
        ("2026/11/24 10:00:00", ""),
    ):
        (row,) = read_table(f"{day},{at}\n".encode())
        assert row.starts_at == datetime(2026, 11, 24, 10, tzinfo=TOKYO), (day, at)
    (row,) = read_table(b"2026/11/24 9:00,10:00\n")
    assert RowProblem.DATE in row.problems, "two times are one too many"


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "＝1+1", "|cmd", "%0"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    client = member("hanako")
    if cell.strip() == cell:
        page = upload(client, f'{WORKDAY},10:00,"{cell}",\n')
        there = client.post(CONFIRM, {"table": carried(page)}).headers["Location"]
        saved = client.get(f"{there}/codes.csv").content.decode("utf-8-sig")
        assert f"'{folded_reference(cell)}" in saved


@pytest.mark.parametrize("cell", ["", "K-1", "123 456 7894", "相談", "a=b"])
def test_an_ordinary_cell_stays(cell: str) -> None:
    assert harmless(cell) == cell


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("cp932", "ignore"))
)
def test_whatever_is_sent_is_rows_or_refused(raw: bytes) -> None:
    try:
        rows = read_table(raw)
    except BadTable:
        return
    for row in rows:
        assert row.problems or (row.starts_at is not None and row.mode is not None)


@given(st.text(max_size=20))
def test_whatever_a_cell_says_is_read_or_none(text: str) -> None:
    read_date(text)
    read_time(text)


@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=4))
def test_what_is_written_calculates_nothing(rows: list[list[str]]) -> None:
    written = written_table(rows).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(written, newline="")):
        assert not any(cell[:1] in "=+-@\t" for cell in row if cell)


@given(
    st.dates(date(2009, 1, 1), date(2077, 12, 31)),
    st.sampled_from(["{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y年%m月%d日}", "{:%Y%m%d}"]),
    st.times(),
)
def test_every_day_and_minute_is_read(day: date, form: str, at: time) -> None:
    assert read_date(form.format(day)) == day
    assert read_date(str((day - date(1899, 12, 30)).days)) == day
    assert read_time(f"{at:%H:%M}") == at.replace(second=0, microsecond=0, fold=0)
