"""The last two weeks as columns, and as the table behind them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Readiness
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.helpdesk.charts import chart
from precheck.endpoint.helpdesk.counts import known_counts
from precheck.endpoint.helpdesk.trend import DAYS
from precheck.endpoint.helpdesk.words import HelpdeskWords
from precheck.endpoint.store.models import Counted, DailyCount, Role
from precheck.endpoint.words import load_words
from tests.endpoint.page import Page, seen
from tests.endpoint.people import booked, member, office, post_report
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, on_one_day, report

JA = load_words(HelpdeskWords, "helpdesk", Language.JA).trend
TREND = "/staff/helpdesk/trend/"


def shown(office_id: str | None = None, asked: str = "") -> Page:
    return seen(member("sora", office_id, Role.HELPDESK), TREND + asked)


def count(day: date, name: str, runs: int, of: str = OFFICE) -> None:
    subject = Counted.READINESS if name in tuple(Readiness) else Counted.CHECK
    DailyCount.objects.create(day=day, office_id=of, subject=subject.value, name=name, runs=runs)
    known_counts.cache_clear()  # in service nothing is counted for a day that is long over


def table(page: Page, number: int) -> list[list[str]]:
    """The cells of one table, row by row."""
    body = page.markup.split("<tbody>")[number].split("</tbody>")[0]
    return [
        [Page(cell).text.strip() for cell in row.replace("<th", "<td").split("<td")[1:]]
        for row in body.split("<tr>")[1:]
    ]


def test_every_day_stands_there_also_one_on_which_nothing_came() -> None:
    office()

    def look(today: date) -> None:
        DailyCount.objects.all().delete()
        count(today, Readiness.READY.value, 3)
        count(today - timedelta(days=DAYS - 1), Readiness.NOT_READY.value, 2)
        count(today - timedelta(days=DAYS), Readiness.READY.value, 50)
        numbers = [[cell.split(">")[-1].strip() for cell in row] for row in table(shown(), 1)]
        assert len(numbers) == DAYS
        assert [row[1:] for row in numbers[:2]] == [["3", "0", "0", "3"], ["0", "0", "0", "0"]]
        assert numbers[-1][1:] == ["0", "0", "2", "2"]

    on_one_day(look)


def test_a_report_is_in_the_numbers_at_once() -> None:
    post_report(booked(), report(Antivirus.OFF))
    page = shown()
    assert load_wording(Language.JA).label(CheckId.ANTIVIRUS) in page.text
    assert JA.runs.format(count=1) in page.text


def test_a_chart_says_in_words_what_it_shows() -> None:
    office()

    def look(today: date) -> None:
        DailyCount.objects.all().delete()
        count(today, Readiness.READY.value, 3)
        count(today, Readiness.NOT_READY.value, 4)
        count(today, CheckId.ANTIVIRUS.value, 4)
        page = shown()
        assert page.markup.count('role="img"') == 2
        desc = page.markup.split('<desc id="whole-desc">')[1].split("</desc>")[0]
        assert "合計7件" in desc
        assert "準備できています3件、確認が必要0件、まだです4件" in desc

    on_one_day(look)


def test_offices_are_added_up_and_each_can_be_shown_alone() -> None:
    office()
    office(OTHER_OFFICE)

    def look(today: date) -> None:
        DailyCount.objects.all().delete()
        count(today, Readiness.READY.value, 3)
        count(today, Readiness.READY.value, 40, of=OTHER_OFFICE)
        for asked, sum_of in (("", "43"), (f"?office={OFFICE}", "3")):
            assert table(shown(asked=asked), 1)[0][-1].split(">")[-1] == sum_of

    on_one_day(look)


def test_another_office_does_not_exist() -> None:
    office(OTHER_OFFICE)
    stranger = member("nagi", OFFICE, Role.HELPDESK)
    assert stranger.get(TREND, {"office": OTHER_OFFICE}).status_code == 404


def test_where_nothing_came_it_says_so() -> None:
    office()
    assert JA.none in shown().text


def test_the_page_costs_few_queries() -> None:
    staff = member("sora", None, Role.HELPDESK)
    post_report(booked(), report(Antivirus.OFF))
    seen(staff, TREND)
    with CaptureQueriesContext(connection) as queries:
        seen(staff, TREND)
    assert len(queries) <= 5, [query["sql"] for query in queries]


WEEK = [date(2026, 10, 28) + timedelta(days=number) for number in range(7)]


def test_days_are_named_and_the_month_where_it_changes() -> None:
    assert [column.label for column in chart(WEEK, {}, ["x"]).columns] == [
        "10/28", "29", "30", "31", "11/1", "2", "3",
    ]  # fmt: skip
    some = chart(WEEK, {}, ["x"], every=3)
    assert [column.label for column in some.columns] == ["10/28", "", "", "31", "", "", "11/3"]


@pytest.mark.parametrize(
    ("highest", "last"), [(0, 1), (1, 1), (3, 3), (4, 4), (5, 6), (9, 10), (22, 30), (401, 600)]
)
def test_the_scale_is_in_whole_numbers(highest: int, last: int) -> None:
    ticks = chart(WEEK, {WEEK[0]: {"x": highest}}, ["x"]).ticks
    assert ticks[-1].value == last


@given(
    st.dictionaries(
        st.sampled_from(WEEK),
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**6), max_size=3),
    )
)
def test_columns_stand_on_the_ground_one_part_on_the_other_and_within_the_drawing(
    counts: dict[date, dict[str, int]],
) -> None:
    drawn = chart(WEEK, counts, "abc")
    assert [column.day for column in drawn.columns] == WEEK
    assert len(drawn.ticks) <= 5
    assert [tick.value for tick in drawn.ticks] == sorted({tick.value for tick in drawn.ticks})
    for column in drawn.columns:
        assert column.total == sum(counts.get(column.day, {}).values())
        floor = float(drawn.ground)
        for part in column.parts:
            assert part.y + part.height == pytest.approx(floor, abs=0.2)
            assert part.x >= drawn.left
            assert part.x + part.width <= drawn.right
            floor = part.y
        assert drawn.ticks[-1].y - 0.2 <= column.top <= drawn.ground
