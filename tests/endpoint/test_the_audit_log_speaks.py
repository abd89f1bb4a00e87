"""All that the audit log can hold is said in both languages, and two appointments in it can be told
apart by nothing that says whose they are."""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Readiness
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.administration.audit_words import detail_in_words
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.appointments import BY_SEEKER, cancel, forget_reports
from precheck.endpoint.store.audit import record
from precheck.endpoint.store.changes import OF_SYSTEM
from precheck.endpoint.store.models import Action, AuditEntry, Mode, Role, Scope, WaiverReason
from precheck.endpoint.store.notes import OF_ANOTHER
from precheck.endpoint.store.readouts import Refusal
from precheck.endpoint.store.writing import writing
from precheck.endpoint.words import load_words
from tests.endpoint.people import booked, member, post_report, system_administrator
from tests.endpoint.scene import OFFICE, report

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def moves(values: Iterable[str]) -> list[str]:
    every = list(values)
    return [f"{before}→{after}" for before in every for after in every]


DETAILS: dict[Action, list[str]] = {action: [] for action in Action} | {
    Action.MODE_CHANGED: moves(Mode),
    Action.NOTE_DELETED: [OF_ANOTHER],
    Action.WAIVER_GIVEN: [f"{check} {reason}" for check in CheckId for reason in WaiverReason],
    Action.WAIVER_WITHDRAWN: list(CheckId),
    Action.READOUT_ENTERED: [*Readiness, *moves(Readiness)],
    Action.READOUT_REFUSED: list(Refusal),
    Action.APPOINTMENT_ADDED: ["token abcdefgh"],
    Action.APPOINTMENT_CANCELLED: ["token abcdefgh"],
    Action.REPORTS_DELETED: [BY_SEEKER],
    Action.TOKEN_ADDED: list(Scope),
    Action.STAFF_PUT: [*Role, OF_SYSTEM],
    Action.POLICY_PLANNED: ["2026-12-01"],
    Action.RETENTION_SET: ["30→60"],
}
"""Every detail that is written down with an action; of the other actions there is none."""


def in_words(action: Action | str, detail: str, language: Language) -> str:
    speech = Speech(load_staff_words(language), load_wording(language))
    words = load_words(AdministrationWords, "administration", language)
    return detail_in_words(action, detail, words, speech)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("action", [action for action in Action if DETAILS[action]])
def test_every_detail_has_words(action: Action, language: Language) -> None:
    said = {detail: in_words(action, str(detail), language) for detail in DETAILS[action]}
    assert all(text != detail and "_" not in text for detail, text in said.items())
    assert len(set(said.values())) == len(said), "what differs is told apart"
    if language is Language.JA:
        assert all(re.search(r"[ぁ-ヿ一-龠]", text) for text in said.values())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("detail", ["by pigeon", "video→pigeon", "9999→", "→", "pigeon seen"])
@pytest.mark.parametrize("action", [*Action, "of_tomorrow"])
def test_what_another_version_has_written_stands_as_it_is(
    action: Action | str, detail: str, language: Language
) -> None:
    assert in_words(action, detail, language) == detail


def rows(client: object, **asked: str) -> list[list[str]]:
    """The cells of the audit log, as they are read."""
    page: str = client.get("/staff/audit/", asked).content.decode()  # type: ignore[attr-defined]
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell))
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in body.split("</tr>")[:-1]
    ]


def test_two_appointments_are_told_apart_and_nobody_is_told_whose_they_are() -> None:
    first = booked(starts_at=NOW + timedelta(days=4), reference="K-77")
    second = booked(starts_at=NOW + timedelta(days=4), reference="K-88")
    client = member("ichiro", role=Role.ADMINISTRATOR)
    for mine in (first, second):
        AuditEntry.objects.create(
            at=NOW, action=Action.MODE_CHANGED.value, office_id=OFFICE, subject=str(mine.id)
        )
    found = {row[4] for row in rows(client, action="mode_changed")}
    assert found == {
        f"2026年11月24日（火） 12:00（下4けた {mine.code[-4:]}）" for mine in (first, second)
    }
    page = client.get("/staff/audit/").content.decode()
    assert "K-77" not in page
    assert first.code not in page
    file = client.get("/staff/audit/audit.csv").content.decode()
    assert first.code[-4:] not in re.sub(r"[0-9a-f-]{36}", "", file), "a file outlives it"


def test_an_appointment_that_is_gone_is_told_by_nothing() -> None:
    mine = booked(starts_at=NOW + timedelta(days=4))
    client = member("ichiro", role=Role.ADMINISTRATOR)
    cancel(mine.row, User.objects.get(username="ichiro"), NOW)
    (row,) = rows(client, action="appointment_cancelled")
    assert row[4] == "消えた予約"


def test_what_the_person_or_a_program_did_is_no_commands() -> None:
    mine = booked(starts_at=NOW + timedelta(days=4))
    post_report(mine, report(Antivirus.OFF))
    forget_reports(mine.row, NOW)
    with writing():
        record(None, Action.APPOINTMENT_ADDED, NOW, office=OFFICE, detail="token abcdefgh")
        record(None, Action.APPOINTMENT_CANCELLED, NOW, office=OFFICE)
    client = system_administrator("root")
    (deleted,) = rows(client, action="reports_deleted")
    assert (deleted[1], deleted[5]) == ("求職者", "求職者が自分で消した")
    assert {(row[1], row[5]) for row in rows(client, action="appointment_added")} >= {
        ("予約システム", "APIトークン abcdefgh")
    }
    assert [row[1] for row in rows(client, action="appointment_cancelled")] == ["コマンド"]


@pytest.mark.parametrize("language", Language)
def test_what_was_saved_as_a_file_is_named(language: Language) -> None:
    booked()
    client = system_administrator("root")
    client.get("/staff/audit/audit.csv")
    client.get(f"/staff/offices/{OFFICE}/figures/", {"first": "2026-11-01", "last": "2026-11-02"})
    words = load_words(AdministrationWords, "administration", language)
    named = [row[4] for row in rows(client, action="exported", lang=language.value)]
    assert named == [words.exports["figures"], words.exports["audit"]]
    assert words.exports.keys() == set(
        AuditEntry.objects.filter(action="exported").values_list("subject", flat=True)
    )
