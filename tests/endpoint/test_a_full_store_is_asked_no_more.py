"""What a page asks of the store does not grow with what is in it: as many questions for 200
appointments as for 20, each answered by an index, and lines that are the same are made once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from secrets import token_hex
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from precheck.endpoint.counsellor.day import KnownLines
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.models import Appointment, Role
from precheck.endpoint.store.terms import known_terms
from precheck.endpoint.tokyo import start_of
from tests.endpoint.people import LIST, booked, member, office, post_report
from tests.endpoint.scene import DAY, OFFICE, OTHER_OFFICE, report

ROWS = f"/staff/appointments/rows?date={DAY}"
TRIAGE = "/staff/helpdesk/"
TREND = "/staff/helpdesk/trend/"


def fill(number: int, office_id: str = OFFICE) -> None:
    """So many appointments on `DAY`, the first at nine."""
    of = office_named(office(office_id))
    Appointment.objects.bulk_create(
        Appointment(
            code_hash=token_hex(32),
            office=of,
            starts_at=start_of(DAY) + timedelta(hours=9, minutes=2 * each),
            reference=f"K-{each}",
        )
        for each in range(number)
    )


def questions(client: Client, address: str, status: int = 200, **headers: str) -> list[str]:
    """What a page asks the store for."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, headers=headers)
    assert answer.status_code == status
    return [query["sql"] for query in captured]


def counsellor() -> Client:
    return member("hanako")


def administrator() -> Client:
    return member("kei", role=Role.ADMINISTRATOR)


def helpdesk() -> Client:
    return member("sora", None, Role.HELPDESK)


PAGES = [
    pytest.param(counsellor, LIST, id="list"),
    pytest.param(counsellor, ROWS, id="lines"),
    pytest.param(helpdesk, LIST, id="list-of-every-office"),
    pytest.param(administrator, TRIAGE, id="triage"),
    pytest.param(helpdesk, TRIAGE, id="triage-of-every-office"),
    pytest.param(administrator, TREND, id="trend"),
    pytest.param(helpdesk, TREND, id="trend-of-every-office"),
]


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_200_appointments_take_as_many_questions_as_20_and_at_most_5(
    who: Callable[[], Client], address: str
) -> None:
    fill(20)
    client = who()
    questions(client, address)
    few = questions(client, address)
    fill(180)
    fill(20, OTHER_OFFICE)
    questions(client, address)
    assert len(questions(client, address)) == len(few) <= 5, few


def test_the_first_list_of_a_process_asks_for_the_terms_and_what_has_not_changed_asks_least() -> (
    None
):
    fill(200)
    staff = counsellor()
    known_terms.cache_clear()
    first = questions(staff, LIST)
    tag = staff.get(ROWS).headers["ETag"]
    unchanged = questions(staff, ROWS, 304, **{"If-None-Match": tag})
    assert len(unchanged) < len(first) <= 5
    assert sum("store_appointment" in each for each in unchanged) == 1


TABLES = ("store_appointment", "store_dailycount")
INDEXES = (
    "office_day",
    "every_office_day",
    "counted_in_office",
    "counted_once",
    "sqlite_autoindex_store_dailycount_1",  # which is that
)


@pytest.fixture
def indexes_are_preferred() -> Iterator[None]:
    """In a table as small as a test's, PostgreSQL reads everything, whatever its indexes."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def plan_of(question: str) -> str:
    form = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{form} {question}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def reads_all_of_a_table(plan: str) -> bool:
    """Whether `plan` goes through a table that grows from its beginning to its end."""
    lines = [line.strip() for line in plan.splitlines()]
    whole = ("SCAN held", *(f"SCAN {table}" for table in TABLES))
    return any(line.startswith(whole) or "Seq Scan on store_" in line for line in lines)


@pytest.mark.usefixtures("indexes_are_preferred")
@pytest.mark.parametrize(("who", "address"), PAGES)
def test_what_is_asked_of_a_table_that_grows_is_answered_by_an_index(
    who: Callable[[], Client], address: str
) -> None:
    fill(20)
    client = who()
    questions(client, address)
    asked = [each for each in questions(client, address) if any(t in each for t in TABLES)]
    assert asked
    for question in asked:
        plan = plan_of(question)
        assert any(name in plan for name in INDEXES), plan
        assert not reads_all_of_a_table(plan), plan


@pytest.mark.usefixtures("indexes_are_preferred")
def test_a_question_that_no_index_answers_is_seen_in_its_plan() -> None:
    fill(20)
    plan = plan_of("SELECT id FROM store_appointment WHERE reference = 'K-7'")
    assert reads_all_of_a_table(plan), plan


def test_lines_are_made_once_for_everybody_who_has_the_same_list_open() -> None:
    made: list[str] = []

    def make(text: str) -> Callable[[], SafeString]:
        def make() -> SafeString:
            made.append(text)
            return SafeString(text)

        return make

    lines = KnownLines(2)
    assert [lines.of('"a"', make("a")), lines.of('"a"', make("other"))] == ["a", "a"]
    lines.of('"b"', make("b"))
    lines.of('"a"', make("a"))
    lines.of('"c"', make("c"))  # "b" was asked for the longest ago
    lines.of('"a"', make("a"))
    lines.of('"b"', make("b"))
    assert made == ["a", "b", "c", "b"]


def test_nobody_waits_for_the_lines_of_another_list() -> None:
    lines = KnownLines(2)
    others: list[str] = []

    def make() -> SafeString:
        other = Thread(target=lambda: others.append(lines.of('"b"', lambda: SafeString("b"))))
        other.daemon = True  # one that waits for this does not keep the tests from ending
        other.start()
        other.join(20)
        return SafeString("a")

    assert (lines.of('"a"', make), others) == ("a", ["b"])


def test_lines_that_could_not_be_made_are_made_when_they_are_asked_for_again() -> None:
    lines = KnownLines(2)

    def fails() -> SafeString:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lines.of('"a"', fails)
    assert lines.of('"a"', lambda: SafeString("a")) == "a"


def test_who_sees_several_offices_is_given_other_lines_than_who_sees_one_of_them() -> None:
    booked(reference="K-7")
    office(OTHER_OFFICE)
    one, every = counsellor(), helpdesk()
    for _ in range(2):
        texts = [client.get(ROWS).content.decode() for client in (one, every)]
        assert [text.count("data-reference") for text in texts] == [1, 1]
        assert ['<td class="place"' in text for text in texts] == [False, True]


def test_a_report_is_seen_by_the_next_who_asks_whoever_asked_before() -> None:
    mine = booked(reference="K-7")
    first, second = counsellor(), member("taro")
    before = first.get(ROWS).content
    post_report(mine, report())
    after = second.get(ROWS).content
    assert before != after
    assert first.get(ROWS).content == after == second.get(ROWS).content
    assert b'data-state="ready"' in after
