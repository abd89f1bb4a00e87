"""What the helpdesk's pages write without a template is what a template would have written."""

from html import unescape
from xml.etree import ElementTree

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from precheck.endpoint.helpdesk.charts import chart
from precheck.endpoint.helpdesk.choices import Choose, options
from precheck.endpoint.helpdesk.drawing import drawn
from tests.endpoint.test_how_two_weeks_went import WEEK

SVG = "{http://www.w3.org/2000/svg}"
CHOICES = [("", "すべての所"), ("a", "加古川"), ("b", "<b>沖縄</b> & \"'")]


def spaceless(markup: str) -> str:
    return "".join(line.strip() for line in markup.splitlines())


@pytest.mark.parametrize("value", ["", "a", "b", None, "unknown"])
@pytest.mark.parametrize(
    "attributes", [{}, {"aria-describedby": "x", "id": "id_office", "required": True}]
)
def test_a_choice_among_many_is_drawn_as_django_draws_it(
    value: str | None, attributes: dict[str, object]
) -> None:
    ours, django = (kind(choices=CHOICES) for kind in (Choose, forms.Select))
    assert spaceless(ours.render("office", value, attributes)) == spaceless(
        django.render("office", value, attributes)
    )


def test_one_is_chosen_and_the_words_are_of_the_language_they_are_said_to_be() -> None:
    lines = options(CHOICES[:2], "a", lang="ja").splitlines()
    assert lines == [
        '<option value="" lang="ja">すべての所</option>',
        '<option value="a" lang="ja" selected>加古川</option>',
    ]


@given(st.text(), st.text())
def test_no_choice_is_more_than_its_words(value: str, word: str) -> None:
    markup = options([(value, word)], value + "x")
    before, _, rest = markup.removeprefix('<option value="').partition('">')
    assert (unescape(before), unescape(rest.removesuffix("</option>\n"))) == (value, word)
    assert not set("<\"'") & set(before)
    assert "<" not in rest.removesuffix("</option>\n")


def picture(patterned: bool = False, title: str = "結果", says: str = "") -> ElementTree.Element:
    counts = {WEEK[0]: {"ready": 3, "not_ready": 2}, WEEK[6]: {"ready": 1}}
    shape = chart(WEEK, counts, ["ready", "not_ready"])
    markup = drawn(shape, "whole", title, says, patterned=patterned)
    own = markup.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)
    return ElementTree.fromstring(own)  # noqa: S314 - our own


def test_a_chart_shows_every_part_with_its_day_and_the_sum_above_it() -> None:
    shown = picture()
    parts = shown.findall(f"{SVG}rect")
    assert [part.get("class") for part in parts] == ["part ready", "part not_ready", "part ready"]
    heights = [float(part.get("height", "")) for part in parts]
    assert heights[0] == pytest.approx(3 * heights[2], abs=0.2)
    texts = [text.text for text in shown.findall(f"{SVG}text")]
    scale, columns = texts[:4], texts[4:]
    assert scale == ["0", "2", "4", "6"]
    assert columns == ["5", "10/28", "29", "30", "31", "11/1", "2", "1", "3"]


def test_a_part_is_told_by_its_pattern_where_there_are_several_kinds() -> None:
    fills = {part.get("fill") for part in picture(patterned=True).findall(f"{SVG}rect")}
    assert fills == {"url(#pattern-ready)", "url(#pattern-not_ready)"}
    assert {part.get("fill") for part in picture().findall(f"{SVG}rect")} == {"currentColor"}


def test_a_chart_has_a_name_and_says_what_it_shows_whatever_the_words() -> None:
    shown = picture(title="<b>「&」", says='"1" & 2 </desc>')
    title, desc = shown.find(f"{SVG}title"), shown.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert (title.text, desc.text) == ("<b>「&」", '"1" & 2 </desc>')
    assert shown.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert shown.get("role") == "img"
