"""A policy as a text, in what two differ, and what another one would change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office, load_policy, office_ids
from precheck.contract.policy import Acceptance, App, Policy
from precheck.contract.reasons import Antivirus, Firewall
from precheck.contract.verdict import Level, Readiness, Verdict
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.administration import impact
from precheck.endpoint.administration.impact import impact_of
from precheck.endpoint.administration.policy_changes import (
    changes_between,
    item_names,
    limits_not_tried,
)
from precheck.endpoint.administration.policy_text import difference, text_of
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import Action, Office, Role
from precheck.endpoint.words import load_words
from tests.endpoint.administered import with_firewall
from tests.endpoint.people import as_report, booked, member, office, take
from tests.endpoint.scene import OFFICE, report

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OURS = load_office(OFFICE)


def with_antivirus(**options: Any) -> Policy:
    antivirus = msgspec.structs.replace(OURS.checks.antivirus, **options)
    checks = msgspec.structs.replace(OURS.checks, antivirus=antivirus)
    return msgspec.structs.replace(OURS, checks=checks)


def words(language: Language = Language.JA) -> AdministrationWords:
    return load_words(AdministrationWords, "administration", language)


def said(before: Policy, after: Policy) -> list[tuple[str, str, str, str]]:
    found = changes_between(before, after, words().policies, load_wording(Language.JA))
    return [(item.place, item.item, item.before, item.after) for item in found]


@pytest.mark.parametrize("name", office_ids())
def test_the_text_of_a_policy_makes_the_same_policy_again(name: str) -> None:
    policy = load_office(name)
    assert load_policy(name, text_of(policy), "a.toml") == policy


def test_marks_in_a_sentence_stay_what_they_are() -> None:
    clauses = {**OURS.clauses, '第"9"条\\': '「"」と \\ と # と = です。'}
    policy = msgspec.structs.replace(OURS, clauses=clauses)
    assert load_policy(OFFICE, text_of(policy), "a.toml") == policy


def test_the_lines_of_a_difference_are_what_changes() -> None:
    assert difference(OURS, OURS) == []
    changed = [line for line in difference(OURS, with_firewall(Level.ADVISED)) if line[0] in "+-"]
    assert changed == ['-level = "required"', '+level = "advised"']


@pytest.mark.parametrize("language", Language)
def test_everything_that_a_policy_can_say_has_a_name(language: Language) -> None:
    assert set(words(language).policies.items) == item_names()


@pytest.mark.parametrize("language", Language)
def test_every_action_has_a_name(language: Language) -> None:
    assert set(words(language).actions) == {action.value for action in Action}


def test_what_differs_is_said_in_words_and_nothing_else_is() -> None:
    assert said(OURS, OURS) == []
    label = load_wording(Language.JA).label(CheckId.FIREWALL)
    advised = said(OURS, with_firewall(Level.ADVISED))
    assert advised == [(label, "必須かどうか", "必須", "すすめていること")]
    antivirus = load_wording(Language.JA).label(CheckId.ANTIVIRUS)
    after = with_antivirus(defender=Acceptance.WARN, attention=frozenset())
    assert sorted(said(OURS, after)) == [
        (antivirus, "Microsoft Defenderの扱い", "認める", "注意にとどめる"),
        (antivirus, "「確認が必要」にする結果", "わかりませんでした", "なし"),
    ]


def test_what_differs_in_the_terms_and_their_sentences_is_said_too() -> None:
    terms = msgspec.structs.replace(OURS.terms, apps=(App.ZOOM,), phone=None, hours=(), late=None)
    clauses = {**OURS.clauses, "第99条": "新しい条項です。"}
    after = msgspec.structs.replace(OURS, terms=terms, clauses=clauses)
    found = said(OURS, after)
    assert ("規約", "使うアプリ", "TeleOffice、Zoom", "Zoom") in found
    assert ("規約", "電話番号", "079-421-8624", "なし") in found
    assert ("規約", "相談の時間", "09:45–11:30、13:30–16:00", "なし") in found
    assert ("条項の文", "第99条", "なし", "新しい条項です。") in found
    assert any(item == "遅れたときの決まり（分）" and now == "なし" for _, item, _, now in found)


def limits(after: Policy) -> list[tuple[CheckId, str, str, str]]:
    found = limits_not_tried(OURS, after, words().policies, load_wording(Language.JA))
    return [(check, item.item, item.before, item.after) for check, item in found]


def test_a_limit_that_no_report_tells_of_is_named_with_what_it_was_and_will_be() -> None:
    assert limits(with_antivirus(definitions_limit=5)) == [
        (CheckId.ANTIVIRUS, "定義ファイルの日数の限度", "7", "5")
    ]
    assert limits(with_antivirus(defender=Acceptance.REJECT)) == []
    assert limits(with_firewall(Level.OFF)) == []


def test_the_preview_says_of_such_a_limit_how_many_pass_the_check_now() -> None:
    for changes in ((), (Firewall.OFF,), (Antivirus.OFF,)):
        take(booked(), as_report(report(*changes)), NOW)
    client = member("ichiro", role=Role.ADMINISTRATOR)
    text = text_of(with_antivirus(definitions_limit=5))
    page = client.post(f"/staff/offices/{OFFICE}/policy/new", {"text": text}).content.decode()
    assert "定義ファイルの日数の限度：<del>7</del> → <ins>5</ins>" in page
    assert "今「だいじょうぶです」の予約：2件" in page


def send(*changes: Any, days: int = 1, **found: str) -> None:
    """A report of an appointment; `found` are reasons by check, with which the check passes."""
    mine = booked(starts_at=NOW + timedelta(days=days))
    body = report(*changes, finished_at=NOW)
    for item in body["findings"]:
        item["reason"] = found.get(item["check"], item["reason"])
    take(mine, as_report(body), NOW)


def tried(after: Policy) -> impact.Impact:
    office()
    return impact_of(after, Office.objects.select_related("policy").get(pk=OFFICE), NOW)


def test_who_would_not_be_ready_any_more_is_counted_with_the_check_that_causes_it() -> None:
    send()
    send(antivirus=Antivirus.DEFENDER)
    send(antivirus=Antivirus.DEFENDER)
    send(Firewall.OFF)
    found = tried(with_antivirus(defender=Acceptance.REJECT))
    assert found.counted == 4
    assert found.were(Readiness.READY) == 3
    assert found.move(Readiness.READY, Readiness.NOT_READY) == 2
    assert found.move(Readiness.READY, Readiness.READY) == 1
    assert found.move(Readiness.NOT_READY, Readiness.NOT_READY) == 1
    assert found.causes == ((CheckId.ANTIVIRUS, 2),)


def test_who_would_become_ready_is_counted_and_nothing_causes_that() -> None:
    send(Firewall.OFF)
    found = tried(with_firewall(Level.ADVISED))
    assert found.move(Readiness.NOT_READY, Readiness.READY) == 1
    assert found.causes == ()


def test_a_check_that_was_not_asked_for_is_not_taken_for_good() -> None:

    infection = msgspec.structs.replace(
        OURS.checks.infection, level=Level.REQUIRED, attention=frozenset({Verdict.UNKNOWN})
    )
    checks = msgspec.structs.replace(OURS.checks, infection=infection)
    body = report(finished_at=NOW)
    body["findings"] = [item for item in body["findings"] if item["check"] != "infection"]
    take(booked(starts_at=NOW + timedelta(days=2)), as_report(body), NOW)
    found = tried(msgspec.structs.replace(OURS, checks=checks))
    assert found.move(Readiness.READY, Readiness.ATTENTION) == 1
    assert found.causes == ((CheckId.INFECTION, 1),)


def test_only_the_latest_run_of_an_appointment_counts_and_only_of_late() -> None:
    mine = booked(starts_at=NOW + timedelta(days=1))
    for hours, changes in ((3, (Firewall.OFF,)), (1, ())):
        ended = NOW - timedelta(hours=hours)
        take(mine, as_report(report(*changes, finished_at=ended)), NOW)
    found = tried(with_firewall(Level.ADVISED))
    assert (found.counted, found.were(Readiness.READY)) == (1, 1)
    later = NOW + timedelta(days=32)
    ours = Office.objects.select_related("policy").get(pk=OFFICE)
    assert impact_of(with_firewall(Level.ADVISED), ours, later).counted == 0


def test_no_more_than_the_latest_are_looked_at_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(impact, "MOST", 2)
    for days in (1, 2, 3):
        send(days=days)
    found = tried(with_firewall(Level.ADVISED))
    assert (found.counted, found.is_all) == (2, False)


def page(text: str) -> tuple[int, str]:
    answer = member("ichiro", role=Role.ADMINISTRATOR).post(
        f"/staff/offices/{OFFICE}/policy/new", {"text": text}
    )
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("before", "after", "line", "sentence"),
    [
        ('level = "required"', 'levl = "required"', 'levl = "required"', "「levl」という項目"),
        (
            "definitions_limit = 7",
            'definitions_limit = "7"',
            'definitions_limit = "7"',
            "種類が違い",
        ),
        ('apps = ["zoom", "teleoffice"]', 'apps = ["zoom"', 'apps = ["zoom"', "TOMLの書き方"),
        ('defender = "accept"', 'defender = "yes"', 'defender = "yes"', "「yes」は、ここでは"),
    ],
)
def test_a_mistake_is_shown_with_its_line(
    before: str, after: str, line: str, sentence: str
) -> None:
    office()
    status, shown = page(text_of(OURS).replace(before, after, 1))
    assert status == 400
    assert sentence in shown
    if "TOML" not in sentence:
        assert f"<mark>{line}</mark>".replace('"', "&quot;") in shown


def test_a_text_without_a_mistake_is_looked_at_and_puts_nothing_into_force() -> None:
    office()
    status, shown = page(text_of(with_firewall(Level.ADVISED)))
    assert status == 200
    assert "すすめていること" in shown
    assert Office.objects.get(pk=OFFICE).policy.revision == "2022-12-27"


def test_a_text_that_is_too_long_is_refused_before_it_is_read() -> None:
    status, shown = page("# " + "x" * 25_000)
    assert (status, "長すぎます" in shown) == (400, True)


def test_the_revision_is_written_as_people_write_it_and_from_the_second_edition_on_with_that() -> (
    None
):
    client = member("ichiro", role=Role.ADMINISTRATOR)
    address = f"/staff/offices/{OFFICE}/policy/"
    page = client.get(address).content.decode()
    assert "2022年12月27日" in page
    assert "第2版" not in page
    put_office(with_firewall(Level.ADVISED), None, NOW)
    page = client.get(address).content.decode()
    assert "2022年12月27日（第2版）" in page
    assert "2022-12-27" not in page
    assert "2022-12-27 (edition 2)" in client.get(f"{address}?lang=en").content.decode()
