"""Figures from which nobody can be told, who agreed to which terms, and what was done by whom."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import msgspec
import pytest
from django.contrib.auth.models import User

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import Declared, Firewall, Reason
from precheck.endpoint.administration.consents import asked_of, consents_of, of_revision
from precheck.endpoint.administration.figures import FEWEST, OTHER, Figure, figures_of
from precheck.endpoint.store.changes import put_office, put_staff
from precheck.endpoint.store.models import AuditEntry, Office, Role
from precheck.endpoint.tokyo import day_of
from tests.endpoint.people import Booked, as_report, booked, member, system_administrator, take
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, report

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = day_of(NOW)
OURS = f"/staff/offices/{OFFICE}/"


def send(
    *changes: Reason, mine: Booked | None = None, at: datetime = NOW, **more: object
) -> Booked:
    mine = mine or booked(starts_at=NOW + timedelta(days=4))
    policy = {"id": mine.row.office_id, "revision": mine.row.office.policy.revision}
    take(mine, as_report(report(*changes, finished_at=at, policy=policy, **more)), at)
    return mine


def of(check: CheckId, *days: int) -> list[tuple[str, int | None]]:
    """Reason and count of the figures about `check` since so many days ago."""
    first = TODAY - timedelta(days=days[0] if days else 0)
    return [
        (item.reason, item.count)
        for item in figures_of(list(Office.objects.all()), first, TODAY)
        if item.check is check
    ]


def test_a_reason_that_enough_have_is_counted() -> None:
    for _ in range(FEWEST):
        send(Firewall.OFF)
    assert of(CheckId.FIREWALL) == [(Firewall.OFF, FEWEST)]


def test_a_reason_that_few_have_is_not_told_nor_how_many_they_are() -> None:
    send(Firewall.OFF)
    for _ in range(FEWEST):
        send()
    assert of(CheckId.FIREWALL) == [(Firewall.ON, FEWEST), (OTHER, None)]
    (figure,) = [
        item
        for item in figures_of(list(Office.objects.all()), TODAY, TODAY)
        if item.check is CheckId.FIREWALL and item.count is None
    ]
    assert figure == Figure(TODAY, OFFICE, CheckId.FIREWALL, "", OTHER, None)
    assert figure.cells() == (str(TODAY), OFFICE, "firewall", "", "other", f"<{FEWEST}")


def test_several_reasons_that_few_have_stand_together() -> None:
    for change in (Firewall.OFF, Firewall.OFF, Firewall.NO_MANAGER, Firewall.NO_MANAGER):
        send(change)
    assert of(CheckId.FIREWALL) == [(OTHER, 4)]


def test_of_an_appointment_the_last_result_of_a_day_counts() -> None:
    for _ in range(FEWEST):
        mine = send(Firewall.OFF, at=NOW - timedelta(hours=2))
        send(mine=mine, at=NOW)
    assert of(CheckId.FIREWALL) == [(Firewall.ON, FEWEST)]


def test_days_and_offices_are_counted_apart_and_only_those_asked_for() -> None:
    for _ in range(FEWEST):
        mine = send(at=NOW - timedelta(days=1))
        send(Firewall.OFF, mine=mine)
        send(mine=booked(OTHER_OFFICE, starts_at=NOW + timedelta(days=4)))
    assert of(CheckId.FIREWALL) == [(Firewall.OFF, FEWEST), (Firewall.ON, FEWEST)]
    assert len(of(CheckId.FIREWALL, 1)) == 3
    assert of(CheckId.FIREWALL, -1) == []


def test_what_the_person_answered_is_counted_as_it_counts() -> None:
    for _ in range(FEWEST):
        send(room=False)
    assert of(CheckId.PRIVATE_ROOM) == [(Declared.NO, FEWEST)]


def test_what_few_have_is_called_other_in_the_words_of_the_page() -> None:
    send(Firewall.OFF)
    client = member("ichiro", role=Role.ADMINISTRATOR)
    asked = {"first": str(TODAY), "last": str(TODAY)}
    for language, word in (("ja", "その他"), ("en", "other")):
        page = client.get(f"{OURS}figures/", {"lang": language}).content.decode()
        text = client.get(f"{OURS}figures/", asked | {"lang": language}).content.decode("utf-8-sig")
        rows = list(csv.reader(StringIO(text)))[1:]
        assert {(row[3], row[4], row[5]) for row in rows} == {("", word, f"<{FEWEST}")}
        assert word in page


def test_the_file_says_what_stands_in_the_columns_and_holds_nobody() -> None:
    for _ in range(FEWEST):
        mine = send(mine=booked(starts_at=NOW + timedelta(days=4), reference="K-77"))
    client = member("ichiro", role=Role.ADMINISTRATOR)
    answer = client.get(f"{OURS}figures/", {"first": str(TODAY), "last": str(TODAY)})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert list(rows[0]) == ["日", "ハローワーク", "チェック", "結果", "理由", "予約の数", "コード"]
    assert {row["予約の数"] for row in rows} == {str(FEWEST)}
    (firewall,) = [row for row in rows if row["コード"].startswith("firewall ")]
    assert firewall["ハローワーク"] == "ハローワーク加古川"
    assert firewall["結果"] == "だいじょうぶです"
    assert "ファイアウォール" in firewall["チェック"]
    assert firewall["理由"].endswith("。")
    assert "K-77" not in text
    assert str(mine.id) not in text
    assert AuditEntry.objects.filter(action="exported", subject="figures").count() == 1


@pytest.mark.parametrize(
    ("first", "last"), [("2026-11-20", "2026-11-19"), ("2026-01-01", "2026-11-20"), ("x", "")]
)
def test_days_that_make_no_span_are_refused(first: str, last: str) -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    answer = client.get(f"{OURS}figures/", {"first": first, "last": last})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()


def answers(agreed: bool) -> list[dict[str, object]]:
    return [{"check": "terms_consent", "answer": agreed}]


def test_who_agreed_to_which_revision_is_counted_by_appointment() -> None:
    first = send()
    send(mine=first, at=NOW + timedelta(minutes=1))
    send(declarations=answers(False))
    send(declarations=[])
    policy = load_office(OFFICE)
    newer = msgspec.structs.replace(policy.terms, revision=TODAY)
    put_office(msgspec.structs.replace(policy, terms=newer), None, NOW)
    send(mine=first, at=NOW + timedelta(minutes=2))
    found = consents_of(Office.objects.get(pk=OFFICE))
    assert [(item.revision, item.agreed, item.refused) for item in asked_of(found)] == [
        (TODAY, 1, 0),
        (policy.terms.revision, 1, 1),
    ]
    (latest,) = of_revision(found, TODAY)
    assert (latest.appointment, latest.agreed) == (first.id, True)


def test_the_last_answer_to_a_revision_is_the_one_that_counts() -> None:
    mine = send()
    send(mine=mine, at=NOW + timedelta(minutes=1), declarations=answers(False))
    assert [item.agreed for item in consents_of(mine.row.office)] == [False]


def test_the_answers_of_another_office_are_not_shown() -> None:
    send(mine=booked(OTHER_OFFICE, starts_at=NOW + timedelta(days=4)))
    booked()
    client = member("ichiro", role=Role.ADMINISTRATOR)
    assert "まだ、規約への答えがありません" in client.get(f"{OURS}terms/").content.decode()
    revision = load_office(OTHER_OFFICE).revision
    assert client.get(f"{OURS}terms/{revision}/").status_code == 404
    assert client.get(f"{OURS}terms/yesterday/").status_code == 404


def shown(client: object, **asked: str) -> str:
    page: str = client.get("/staff/audit/", asked).content.decode()  # type: ignore[attr-defined]
    return page.partition("<tbody>")[2]


def test_an_administrator_sees_what_was_done_in_their_offices_and_by_their_staff_alone() -> None:
    put_staff("midori", booked() and OFFICE, None, NOW, by=User.objects.create(username="aki"))
    booked(OTHER_OFFICE)
    put_staff("yamato", OTHER_OFFICE, None, NOW)
    for name, office in (("hanako", OFFICE), ("taro", OTHER_OFFICE)):
        member(name, office).post("/staff/logout/")
    page = shown(member("ichiro", role=Role.ADMINISTRATOR))
    for theirs in ("midori", "aki", "hanako"):
        assert theirs in page
    for others in ("yamato", "taro"):
        assert others not in page
    everything = shown(system_administrator("root"))
    for anybody in ("midori", "yamato", "hanako", "taro"):
        assert anybody in everything


def test_the_log_is_narrowed_by_day_person_and_action() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    booked()
    put_staff("midori", OFFICE, None, NOW, by=User.objects.get(username="ichiro"))
    AuditEntry.objects.filter(subject="midori").update(at=NOW)
    assert "midori" in shown(client, first=str(TODAY), last=str(TODAY))
    assert "midori" not in shown(client, last=str(TODAY - timedelta(days=1)))
    assert "midori" not in shown(client, first=str(TODAY + timedelta(days=1)))
    assert "midori" in shown(client, person="ichiro", action="staff_put")
    assert "midori" not in shown(client, person="somebody")
    assert "midori" not in shown(client, action="signed_in")
    assert "midori" in shown(client, first="x", action="x"), "what makes no sense asks for nothing"


def test_the_file_holds_what_the_page_shows_and_is_written_down_itself() -> None:
    client = member("ichiro", role=Role.ADMINISTRATOR)
    mine = booked(reference="K-77")
    put_staff("@midori", OFFICE, None, NOW, by=User.objects.get(username="ichiro"))
    answer = client.get("/staff/audit/audit.csv", {"person": "ichiro"})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["人"], row["操作"], row["何に"], row["内容"]) for row in rows] == [
        ("ichiro", "職員の追加・役割の変更", "'@midori", "相談員")
    ]
    assert "K-77" not in client.get("/staff/audit/audit.csv").content.decode()
    assert AuditEntry.objects.filter(action="exported", subject="audit").count() == 2
    assert mine.row.reference == "K-77"
