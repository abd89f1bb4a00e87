"""On the page of an appointment, staff accept what was found, take that back, and leave notes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus, Firewall, Reason
from precheck.contract.verdict import Level, Verdict
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.counsellor.notices import Notice
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.models import AuditEntry, Note, Role, Waiver, WaiverReason
from precheck.endpoint.store.notes import LENGTH
from precheck.endpoint.store.policies import put_in_force
from precheck.endpoint.store.waivers import NOTE_LENGTH
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words
from tests.endpoint.administered import with_firewall
from tests.endpoint.counselled import a_note, a_waiver
from tests.endpoint.page import Page
from tests.endpoint.people import Booked, booked, member, post_report, system_administrator
from tests.endpoint.scene import OFFICE, report

WORDS = load_words(CounsellorWords, "counsellor", Language.JA)
SHARED = load_staff_words(Language.JA)
ANTIVIRUS, FIREWALL = "antivirus.off.fail", "firewall.off.fail"
SCRIPT = "<script>alert(1)</script>"


def place(of: Booked) -> str:
    return f"/staff/appointments/{of.id}/"


def page(client: Client, of: Booked) -> str:
    return client.get(place(of)).content.decode()


def checked(of: Booked, *changes: Reason) -> None:
    assert post_report(of, report(*changes)).status_code == 201


def accept(client: Client, of: Booked, what: str, **fields: str) -> HttpResponse:
    return client.post(f"{place(of)}waivers", {"accepted": what, "reason": "seen", **fields})


def standing(of: Booked) -> list[str]:
    rows = Waiver.objects.filter(appointment=of.id, withdrawn_at=None).order_by("pk")
    return list(rows.values_list("of_check", flat=True))


def write(client: Client, of: Booked, text: str) -> HttpResponse:
    return client.post(f"{place(of)}notes", {"text": text})


def test_what_is_accepted_is_shown_so_in_the_head_and_beside_the_finding() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    assert SHARED.accepted_word not in page(client, mine)
    answer = accept(client, mine, ANTIVIRUS, note="画面で確かめた")
    assert (answer.status_code, answer.headers["Location"]) == (302, place(mine))
    shown = page(client, mine)
    assert WORDS.notices[Notice.WAIVED] in shown
    assert SHARED.accepted.format(count=1) in shown
    line = shown.split('<li class="accepted">')[1].split("</li>")[0]
    assert '<span class="chip accepted">' in line
    assert "chip fail" not in line, "what was measured is not the first thing seen"
    verdict = load_wording(Language.JA).verdicts[Verdict.FAIL]
    assert line.index(SHARED.accepted_word) < line.index(f"{verdict.symbol} {verdict.word}")
    assert SHARED.waiver_reasons[WaiverReason.SEEN] in line
    assert "画面で確かめた" in shown
    assert mine.row.readiness == "ready"


def test_accepting_one_check_does_not_cover_another() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF, Firewall.OFF)
    accept(client, mine, ANTIVIRUS)
    assert mine.row.readiness == "not_ready"
    shown = page(client, mine)
    assert f'value="{FIREWALL}"' in shown
    assert f'value="{ANTIVIRUS}"' not in shown
    accept(client, mine, FIREWALL)
    assert mine.row.readiness == "ready"


def test_what_is_withdrawn_is_in_the_way_again() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    accept(client, mine, ANTIVIRUS)
    kept = Waiver.objects.get(appointment=mine.id)
    for _ in range(2):
        answer = client.post(f"{place(mine)}waivers/{kept.pk}/withdraw")
        assert answer.status_code == 302
    assert (mine.row.readiness, standing(mine)) == ("not_ready", [])
    assert f'value="{ANTIVIRUS}"' in page(client, mine)
    written = AuditEntry.objects.filter(subject=str(mine.id), action="waiver_withdrawn")
    assert written.count() == 1


def test_the_waiver_of_another_appointment_is_not_withdrawn_under_this_one() -> None:
    mine, other, client = booked(), booked(), member("hanako")
    waiver = a_waiver(other)["waiver"]
    assert client.post(f"{place(mine)}waivers/{waiver}/withdraw").status_code == 404
    assert standing(other) == ["antivirus"]


def test_accepting_twice_is_accepting_once() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    for _ in range(2):
        assert accept(client, mine, ANTIVIRUS).status_code == 302
    assert Waiver.objects.filter(appointment=mine.id).count() == 1


def test_what_was_not_found_or_is_no_finding_is_not_accepted() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    for what in (FIREWALL, "", "antivirus", "x.y.z", f"{ANTIVIRUS} {FIREWALL}", SCRIPT):
        answer = accept(client, mine, what)
        assert answer.status_code == 400
        assert WORDS.not_in_the_way in answer.content.decode()
    assert (mine.row.readiness, standing(mine)) == ("not_ready", [])


def test_what_was_found_otherwise_since_is_not_accepted_by_an_old_page() -> None:
    mine, client = booked(), member("hanako")
    earlier = datetime.now(UTC) - timedelta(hours=1)
    post_report(mine, report(Antivirus.OFF, finished_at=earlier))
    checked(mine, Antivirus.EXPIRED)
    assert WORDS.not_in_the_way in accept(client, mine, ANTIVIRUS).content.decode()
    assert mine.row.readiness == "not_ready"


def test_a_reason_is_needed_and_a_note_where_the_office_decides() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    for fields, wrong in (
        ({"reason": ""}, "reason"),
        ({"reason": "because"}, "reason"),
        ({"reason": "office_decides"}, "note"),
        ({"reason": "office_decides", "note": "  "}, "note"),
        ({"note": "長" * (NOTE_LENGTH + 1)}, "note"),
    ):
        answer = accept(client, mine, ANTIVIRUS, **fields)
        assert answer.status_code == 400
        assert f'id="waive_antivirus_{wrong}_error"' in answer.content.decode(), fields
    assert standing(mine) == []
    accept(client, mine, ANTIVIRUS, reason="office_decides", note="所長に確認")
    assert standing(mine) == ["antivirus"]


def test_what_is_accepted_and_no_longer_found_says_so() -> None:
    mine, client = booked(), member("hanako")
    a_waiver(mine)
    assert WORDS.accepted_not_found not in page(client, mine)
    checked(mine)
    assert WORDS.accepted_not_found in page(client, mine)


def test_what_is_accepted_under_an_earlier_version_says_so_and_can_be_decided_again() -> None:
    mine, client, now = booked(), member("hanako"), datetime.now(UTC)
    a_waiver(mine)
    version = put_in_force(OFFICE, with_firewall(Level.ADVISED), day_of(now), now, None)
    assert WORDS.accepted_earlier not in page(client, mine), "it covers the run that is there"
    under = {"id": OFFICE, "revision": version.revision}
    assert post_report(mine, report(Antivirus.OFF, policy=under)).status_code == 201
    shown = page(client, mine)
    assert WORDS.accepted_earlier in shown
    assert WORDS.accepted_not_found not in shown
    assert accept(client, mine, ANTIVIRUS).status_code == 302
    assert WORDS.accepted_earlier not in page(client, mine)
    assert mine.row.readiness == "ready"


def test_a_note_is_added_once_shown_and_deleted() -> None:
    mine, client = booked(), member("hanako")
    assert WORDS.no_notes in page(client, mine)
    for _ in range(2):
        assert write(client, mine, "折り返し\r\n電話する").status_code == 302
    note = Note.objects.get(appointment=mine.id)
    shown = page(member("sora", None, Role.HELPDESK), mine)
    assert "折り返し<br>電話する" in shown
    assert "hanako" in shown
    for _ in range(2):
        assert client.post(f"{place(mine)}notes/{note.pk}/delete").status_code == 302
    assert WORDS.no_notes in page(client, mine)


def test_a_note_is_deleted_by_who_wrote_it_and_by_no_other_counsellor_or_helpdesk() -> None:
    mine, author = booked(), member("hanako")
    write(author, mine, "折り返し電話する")
    note = Note.objects.get(appointment=mine.id)
    removal = f"{place(mine)}notes/{note.pk}/delete"
    for other in (member("jiro"), member("sora", None, Role.HELPDESK)):
        assert "折り返し電話する" in page(other, mine)
        assert removal not in page(other, mine)
        assert other.post(removal).status_code == 403
    assert Note.objects.filter(pk=note.pk).exists()
    assert not AuditEntry.objects.filter(action="note_deleted").exists()
    assert removal in page(author, mine)
    assert author.post(removal).status_code == 302
    assert list(AuditEntry.objects.filter(action="note_deleted").values_list("detail")) == [("",)]


@pytest.mark.parametrize("administrator", ["of the office", "of the system"])
def test_an_administrator_deletes_what_another_wrote_and_that_is_written_down(
    administrator: str,
) -> None:
    mine, deletes = booked(), system_administrator("root")
    if administrator == "of the office":
        deletes = member("ichiro", role=Role.ADMINISTRATOR)
    write(member("hanako"), mine, "折り返し電話する")
    User.objects.get(username="hanako").delete()
    note = Note.objects.get(appointment=mine.id)
    removal = f"{place(mine)}notes/{note.pk}/delete"
    assert removal in page(deletes, mine)
    assert deletes.post(removal).status_code == 302
    assert not Note.objects.exists()
    (entry,) = AuditEntry.objects.filter(action="note_deleted")
    assert (entry.subject, entry.detail) == (str(mine.id), "of_another")


def test_nobody_deletes_the_note_of_somebody_whose_account_is_gone_but_an_administrator() -> None:
    mine = booked()
    write(member("hanako"), mine, "折り返し電話する")
    User.objects.get(username="hanako").delete()
    note = Note.objects.get(appointment=mine.id)
    answer = member("jiro").post(f"{place(mine)}notes/{note.pk}/delete")
    assert answer.status_code == 403
    assert Note.objects.exists()


def test_what_was_accepted_and_withdrawn_stays_on_the_page_with_who_and_when() -> None:
    mine, first, second = booked(), member("hanako"), member("jiro")
    checked(mine, Antivirus.OFF)
    accept(first, mine, ANTIVIRUS, note="画面で確かめた")
    assert WORDS.withdrawn not in page(first, mine)
    kept = Waiver.objects.get(appointment=mine.id)
    second.post(f"{place(mine)}waivers/{kept.pk}/withdraw")
    shown = Page(page(first, mine).split(f"<h2>{WORDS.withdrawn}</h2>")[1]).text
    kept.refresh_from_db()
    assert kept.withdrawn_at is not None
    speech = Speech(SHARED, load_wording(Language.JA))
    for said in (
        speech.wording.label(CheckId.ANTIVIRUS),
        SHARED.waiver_reasons[WaiverReason.SEEN],
        "画面で確かめた",
        WORDS.accepted_by.format(name="hanakoさん", at=speech.moment(kept.given_at)),
        WORDS.accepted_by.format(name="jiroさん", at=speech.moment(kept.withdrawn_at)),
    ):
        assert said in shown


def test_what_another_acceptance_took_the_place_of_is_shown_as_withdrawn() -> None:
    mine, client = booked(), member("hanako")
    earlier = datetime.now(UTC) - timedelta(hours=1)
    post_report(mine, report(Antivirus.OFF, finished_at=earlier))
    accept(client, mine, ANTIVIRUS)
    checked(mine, Antivirus.EXPIRED)
    assert WORDS.withdrawn not in page(client, mine)
    accept(client, mine, "antivirus.expired.fail", reason="told")
    shown = page(client, mine).split(f"<h2>{WORDS.withdrawn}</h2>")[1]
    assert SHARED.waiver_reasons[WaiverReason.SEEN] in shown
    assert SHARED.waiver_reasons[WaiverReason.TOLD] not in shown


def test_a_script_in_a_note_is_text() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    write(client, mine, SCRIPT)
    accept(client, mine, ANTIVIRUS, note=SCRIPT)
    shown = page(client, mine)
    assert SCRIPT not in shown
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_no_note_is_empty_or_too_long_and_what_was_written_is_kept_in_the_form() -> None:
    mine, client = booked(), member("hanako")
    for text in ("", " \n", "長" * (LENGTH + 1)):
        answer = write(client, mine, text)
        assert answer.status_code == 400
        assert 'id="note_text_error"' in answer.content.decode()
        assert text.strip() in answer.content.decode()
    assert not Note.objects.filter(appointment=mine.id).exists()
    assert write(client, mine, "長" * LENGTH).status_code == 302


def test_what_is_too_long_is_refused_with_its_length_and_cut_by_no_browser() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    markup = page(client, mine)
    for field in ('id="note_text"', 'id="waive_antivirus_note"'):
        (tag,) = re.findall(f"<[^>]*{field}[^>]*>", markup)
        assert "maxlength" not in tag
    text = "長" * 600
    for answer, most in (
        (write(client, mine, text), LENGTH),
        (accept(client, mine, ANTIVIRUS, note=text), NOTE_LENGTH),
    ):
        shown = answer.content.decode()
        assert answer.status_code == 400
        assert WORDS.too_long.format(most=most, length=600) in shown
        assert text in shown
    assert not Note.objects.exists()
    assert standing(mine) == []
    lines = "\r\n".join(["長" * 99] * 5)
    assert len(lines) > LENGTH > len(lines.replace("\r\n", "\n"))
    assert write(client, mine, lines).status_code == 302, "a line break is one letter"


def test_that_a_reason_has_to_stand_in_the_note_is_said_before_it_is_missing() -> None:
    mine, client = booked(), member("hanako")
    checked(mine, Antivirus.OFF)
    office_decides = SHARED.waiver_reasons[WaiverReason.OFFICE_DECIDES].split("（")[0]
    hint = page(client, mine).split('id="waive_antivirus_note_helptext">')[1].split("<")[0]
    assert f"「{office_decides}」" in hint
    assert f"「{office_decides}」" in WORDS.note_wanted


def test_a_note_of_another_appointment_is_not_deleted_under_this_one() -> None:
    mine, other, client = booked(), booked(), member("hanako")
    note = a_note(other)["note"]
    client.post(f"{place(mine)}notes/{note}/delete")
    assert Note.objects.filter(pk=str(note)).exists()


def test_what_is_written_in_a_note_is_not_in_the_audit() -> None:
    mine, client = booked(), member("hanako")
    write(client, mine, "ひみつ")
    entries = AuditEntry.objects.filter(subject=str(mine.id))
    assert "note_added" in entries.values_list("action", flat=True)
    assert not entries.filter(detail__contains="ひみつ").exists()


def test_who_may_not_accept_sees_no_form_for_it() -> None:
    mine = booked()
    checked(mine, Antivirus.OFF)
    assert f"{place(mine)}waivers" in page(member("hanako"), mine)
    assert f"{place(mine)}waivers" not in page(member("sora", None, Role.HELPDESK), mine)
