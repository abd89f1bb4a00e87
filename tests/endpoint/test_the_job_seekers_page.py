"""`/a/`: what belongs to a code, what to do on this device, what was sent, and deleting it."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.code import format_code
from precheck.contract.reasons import Antivirus
from precheck.endpoint.openapi import document_text
from precheck.endpoint.seeker.device import Device, device_of
from precheck.endpoint.seeker.downloads import downloads_in, opened
from precheck.endpoint.store.appointments import forget_reports
from precheck.endpoint.store.ingest import RUNS_LIMIT
from precheck.endpoint.store.models import (
    Action,
    Appointment,
    AuditEntry,
    ReportRecord,
    StateChange,
)
from tests.endpoint.people import Booked, booked, browser, post_report
from tests.endpoint.scene import report
from tests.endpoint.test_codes_are_not_guessed import WRONG

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
)
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"
)
CHROMEBOOK = (
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
)
"""As these browsers send them: reduced, as all of them are today."""


def opened_by_header(mine: Booked, agent: str = WINDOWS, **fields: str) -> HttpResponse:
    headers = {"Authorization": f"Appointment {mine.code}", "User-Agent": agent}
    return browser().post("/a/", fields, headers=headers)


def test_without_a_code_the_page_asks_for_it_and_says_nothing_else() -> None:
    booked()
    page = browser().get("/a/").content.decode()
    assert 'name="code"' in page
    assert "ハローワーク加古川" not in page


@pytest.mark.parametrize("typed", ["{code}", "{grouped}", "　{code}"])
def test_the_code_opens_the_page_in_the_form_and_in_the_header(typed: str) -> None:
    mine = booked()
    code = typed.format(code=mine.code, grouped=format_code(mine.code))
    by_form = browser().post("/a/", {"code": code})
    for answer in (by_form, opened_by_header(mine)):
        page = answer.content.decode()
        assert answer.status_code == 200
        for part in (
            "ハローワーク加古川",
            "10:00",
            "利用規約",
            "2022年12月27日改定",
            "079-421-8624",
        ):
            assert part in page
        assert "no-store" in answer.headers["Cache-Control"]


def test_no_address_of_the_page_has_room_for_a_code() -> None:
    mine = booked()
    for path in (f"/a/{mine.code}", f"/a/{mine.code}/"):
        assert browser().get(path).status_code == 404
    page = browser().get(f"/a/?code={mine.code}").content.decode()
    assert "ハローワーク加古川" not in page


def test_a_form_from_elsewhere_needs_the_code_and_so_needs_no_token() -> None:
    from django.test import Client

    mine = booked()
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    assert strict.post("/a/", {"code": mine.code}).status_code == 200


def test_wrong_codes_tell_nothing_and_are_limited_and_empty_ones_are_not_counted() -> None:
    mine = booked()
    for _ in range(20):
        assert browser().post("/a/", {"code": " "}).status_code == 400
    for _ in range(10):
        refused = browser().post("/a/", {"code": WRONG})
        assert refused.status_code == 401
        assert WRONG not in refused.content.decode()
    limited = browser().post("/a/", {"code": mine.code})
    assert limited.status_code == 429
    assert "ハローワーク加古川" not in limited.content.decode()
    assert browser("192.0.2.9").post("/a/", {"code": mine.code}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (" ", "予約コードを入れてください"),
        ("12", "10けたの数字です。今は、2けたです"),
        ("１２３ー４５６", "10けたの数字です。今は、6けたです"),
        ("12345678901", "今は、11けたです"),
        ("abc", "数字だけを入れてください"),
        ("K-101", "数字だけを入れてください"),
        ("1234567890", "数字がちがいます。もう一度見てください"),
    ],
)
def test_a_slip_of_typing_is_named_and_is_no_attempt_at_a_code(typed: str, said: str) -> None:
    mine = booked()
    for _ in range(20):
        refused = browser().post("/a/", {"code": typed})
        assert refused.status_code == 400
        page = refused.content.decode()
        assert said in page
        assert "見つかりませんでした" not in page
    assert browser().post("/a/", {"code": mine.code}).status_code == 200


def test_a_code_that_could_be_one_is_answered_alike_whether_it_never_was_or_is_over() -> None:
    over = booked(starts_at=datetime.now(UTC) - timedelta(days=2))
    answers = [browser().post("/a/", {"code": code}) for code in (WRONG, over.code)]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].content == answers[1].content
    assert "見つかりませんでした" in answers[0].content.decode()


def test_a_code_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    mine = booked()
    caplog.set_level("DEBUG")
    opened_by_header(mine)
    browser().post("/a/", {"code": mine.code})
    browser().post("/a/", {"code": WRONG})
    assert caplog.text
    assert mine.code not in caplog.text
    assert WRONG not in caplog.text


def test_what_has_arrived_is_said_and_until_when_it_is_kept() -> None:
    mine = booked()
    before = opened_by_header(mine).content.decode()
    assert "まだ届いていません" in before
    assert 'name="delete"' not in before
    post_report(mine, report())
    after = opened_by_header(mine).content.decode()
    assert "準備できています" in after
    assert "に消えます" in after
    assert 'name="delete"' in after


def assert_nothing_is_left(mine: Booked) -> None:
    row = mine.row
    assert not ReportRecord.objects.exists()
    assert not StateChange.objects.filter(subject="readiness").exists()
    assert (row.readiness, row.concern, row.more_concerns, row.runs) == ("not_checked", "", 0, 0)
    assert (row.checked_at, row.judged_by, row.obstacles, row.os_family) == (None, None, "", "")
    entry = AuditEntry.objects.get(action=Action.REPORTS_DELETED.value)
    assert (entry.by, entry.detail, entry.subject) == (None, "seeker", str(mine.id))


def test_the_person_deletes_their_reports_on_the_page_after_saying_so_twice() -> None:
    mine, other = booked(), booked()
    post_report(mine, report())
    form = {"code": mine.code, "delete": "1"}
    asked = browser().post("/a/", form)
    assert asked.status_code == 400
    assert "まだ消していません" in asked.content.decode()
    assert mine.row.readiness == "ready"
    done = browser().post("/a/", {**form, "sure": "1"})
    assert "消しました" in done.content.decode()
    assert_nothing_is_left(mine)
    assert browser().post("/a/", {**form, "sure": "1"}).status_code == 200, "twice is harmless"
    assert_nothing_is_left(mine)
    assert other.row.readiness == "not_checked"


def test_the_agent_deletes_them_with_the_code_and_another_report_is_taken_afterwards() -> None:
    mine = booked()
    post_report(mine, report())
    headers = {"Authorization": f"Appointment {mine.code}"}
    assert browser().delete("/api/v1/reports").status_code == 401
    for _ in range(2):
        assert browser().delete("/api/v1/reports", headers=headers).status_code == 204
    assert_nothing_is_left(mine)
    assert post_report(mine, report()).status_code == 201
    assert mine.row.readiness == "ready"


def test_what_was_deleted_is_not_stored_again_when_a_device_had_no_answer_to_it() -> None:
    mine, body = booked(), report()
    post_report(mine, body)
    headers = {"Authorization": f"Appointment {mine.code}"}
    assert browser().delete("/api/v1/reports", headers=headers).status_code == 204
    again = post_report(mine, body)
    assert (again.status_code, again.json()["type"]) == (409, "report-deleted")
    assert_nothing_is_left(mine)
    assert post_report(mine, report()).status_code == 201
    assert browser().delete("/api/v1/reports", headers=headers).status_code == 204
    assert post_report(mine, body).status_code == 409, "the one before the last is known, too"


def test_a_report_that_was_not_there_is_taken_however_old_it_is() -> None:
    mine = booked()
    post_report(mine, report())
    forget_reports(mine.row, datetime.now(UTC))
    older = report(finished_at=datetime.now(UTC) - timedelta(hours=3))
    assert post_report(mine, older).status_code == 201


def test_of_deleted_reports_only_so_many_are_known_as_an_appointment_can_have() -> None:
    mine = booked()
    Appointment.objects.filter(pk=mine.id).update(
        deleted_reports=[str(uuid4()) for _ in range(RUNS_LIMIT)]
    )
    body = report()
    post_report(mine, body)
    forget_reports(mine.row, datetime.now(UTC))
    known = mine.row.deleted_reports or []
    assert (len(known), known[0]) == (RUNS_LIMIT, body["report_id"])
    assert f"among the last {RUNS_LIMIT} of its appointment" in document_text()


def test_the_reports_of_others_stay() -> None:
    mine, other = booked(), booked()
    post_report(mine, report())
    post_report(other, report())
    browser().post("/a/", {"code": mine.code, "delete": "1", "sure": "1"})
    assert other.row.readiness == "ready"
    assert ReportRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "platform", "touched", "expected"),
    [
        (WINDOWS, "", False, Device.WINDOWS),
        (WINDOWS, '"Windows"', True, Device.WINDOWS),
        (MAC, "", False, Device.MACOS),
        (MAC, "", True, Device.PHONE),
        (LINUX, "", False, Device.LINUX),
        (IPHONE, "", True, Device.PHONE),
        (ANDROID, '"Android"', True, Device.PHONE),
        (CHROMEBOOK, '"Chrome OS"', False, Device.OTHER),
        (LINUX, '"Windows"', False, Device.WINDOWS),
        ("curl/8.5.0", "", False, Device.OTHER),
        ("", "", False, Device.OTHER),
    ],
)
def test_the_kind_of_device_is_what_its_browser_says(
    agent: str, platform: str, touched: bool, expected: Device
) -> None:
    assert device_of(agent, platform, touched) is expected


@given(st.text(max_size=80), st.text(max_size=20), st.booleans())
def test_whatever_a_browser_says_is_some_kind(agent: str, platform: str, touched: bool) -> None:
    assert device_of(agent, platform, touched) in Device


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "precheck-1.0.msi").write_bytes(b"for windows")
    (tmp_path / "precheck-1.0.dmg").write_bytes(b"for macs")
    (tmp_path / "notes.txt").write_bytes(b"not for anybody")
    (tmp_path / ".hidden.exe").write_bytes(b"hidden")
    (tmp_path / "folder.exe").mkdir()
    return tmp_path


def test_what_stands_first_is_for_the_device_at_hand_with_size_day_and_digest(folder: Path) -> None:
    mine = booked()
    with override_settings(DOWNLOADS=str(folder)):
        windows = opened_by_header(mine).content.decode()
        mac = opened_by_header(mine, MAC).content.decode()
        phone = opened_by_header(mine, IPHONE).content.decode()
        tablet = opened_by_header(mine, MAC, touched="1").content.decode()
    assert windows.index("precheck-1.0.msi") < windows.index("precheck-1.0.dmg")
    assert mac.index("precheck-1.0.dmg") < mac.index("precheck-1.0.msi")
    assert hashlib.sha256(b"for windows").hexdigest() in windows
    assert "0.0 MB" in windows
    assert "お使いのパソコン：Windows" in windows
    assert len(re.findall(r"<details[^>]* open", windows)) == 1
    for page in (phone, tablet):
        assert "スマートフォンやタブレットは、チェックできません" in page
        assert not re.findall(r"<details[^>]* open", page)
    for unwanted in ("notes.txt", ".hidden.exe", "folder.exe"):
        assert unwanted not in windows


@pytest.mark.parametrize("missing", ["", "/nowhere/at/all"])
def test_where_there_is_nothing_to_download_another_way_is_offered(missing: str) -> None:
    with override_settings(DOWNLOADS=missing):
        page = opened_by_header(booked()).content.decode()
    assert "まだ置かれていません" in page
    assert "電話や来所" in page


def test_nothing_but_a_program_in_the_folder_is_handed_out(folder: Path) -> None:
    with override_settings(DOWNLOADS=str(folder)):
        given = browser().get("/a/download/precheck-1.0.msi")
        assert b"".join(given.streaming_content) == b"for windows"  # type: ignore[attr-defined]
        assert given.headers["Content-Disposition"] == 'attachment; filename="precheck-1.0.msi"'
        assert given.headers["Content-Type"] == "application/octet-stream"
        for name in (
            "notes.txt",
            ".hidden.exe",
            "folder.exe",
            "none.exe",
            "..%2Fsecret.exe",
            "%2e%2e",
        ):
            assert browser().get(f"/a/download/{name}").status_code == 404, name


@given(st.text(max_size=40))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    assert opened("/", name) is None
    assert opened("", name) is None


def test_a_file_that_is_replaced_has_another_digest(folder: Path) -> None:
    before = {each.name: each.sha256 for each in downloads_in(str(folder))}
    (folder / "precheck-1.0.msi").write_bytes(b"a newer one")
    after = {each.name: each.sha256 for each in downloads_in(str(folder))}
    assert before["precheck-1.0.dmg"] == after["precheck-1.0.dmg"]
    assert after["precheck-1.0.msi"] == hashlib.sha256(b"a newer one").hexdigest()


def test_nobody_is_told_to_switch_protection_off_or_to_run_what_windows_warns_of() -> None:
    for language in ("ja", "en"):
        client = browser()
        client.get(f"/a/?lang={language}")
        page = client.post("/a/", {"code": booked().code}).content.decode()
        for advice in ("詳細情報", "実行をクリック", "Run anyway", "More info", "無効に"):
            assert advice not in page


@pytest.mark.parametrize("mode", ["phone", "visit"])
def test_who_comes_by_telephone_or_in_person_is_asked_for_no_check(mode: str) -> None:
    mine = booked()
    Appointment.objects.filter(pk=mine.id).update(mode=mode)
    page = opened_by_header(mine).content.decode()
    assert "チェックは、いりません" in page
    assert "ダウンロード" not in page
    assert "届いた結果" not in page


@pytest.mark.parametrize("mode", ["phone", "visit", "video"])
def test_what_a_device_is_found_to_be_is_said_only_where_it_is_needed(mode: str) -> None:
    mine = booked()
    post_report(mine, report(Antivirus.OFF))
    Appointment.objects.filter(pk=mine.id).update(mode=mode)
    page = opened_by_header(mine).content.decode()
    needed = mode == "video"
    for said in ("チェックの状態", "まだです", "利用規約に合わないところ"):
        assert (said in page) is needed, said
    assert 'name="delete"' in page, "what has arrived can be deleted all the same"
    assert "に消えます" in page


def test_no_two_lines_about_an_appointment_have_the_same_name() -> None:
    mine = booked()
    Appointment.objects.filter(pk=mine.id).update(mode="phone")
    for language in ("ja", "en"):
        client = browser()
        client.get(f"/a/?lang={language}")
        page = client.post("/a/", {"code": mine.code}).content.decode()
        names = re.findall(r"<dt>([^<]+)</dt>", page)
        assert len(names) == len(set(names)) == 6
        values = re.findall(r"<dd[^>]*>([^<]+)</dd>", page)
        assert not set(names) & set(values), "the value of one is the name of another"


def test_after_the_day_the_code_opens_nothing() -> None:
    from precheck.endpoint.store.codes import appointment_for
    from precheck.endpoint.tokyo import day_of, end_of

    mine = booked()
    assert appointment_for(mine.code, end_of(day_of(mine.row.starts_at))) is None
    assert appointment_for(mine.code, datetime.now(UTC)) is not None
