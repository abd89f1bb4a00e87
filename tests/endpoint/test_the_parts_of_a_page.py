"""The parts that templates share, and the files that pages ask for."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.urls import reverse

from precheck.contract.appearance import stylesheet
from precheck.endpoint.assets import STYLE, asset_address, assets, with_versions
from tests.endpoint.people import browser

HOSTILE = '"><script>alert(1)</script>'


def drawn(source: str, **context: object) -> str:
    return Template("{% load parts %}" + source).render(Context(context))


def test_a_chip_is_a_shape_and_a_word_and_the_shape_is_not_read_out() -> None:
    markup = drawn('{% chip "ready" "○" "準備できています" %}')
    assert '<span class="chip ready">' in markup
    assert 'aria-hidden="true">○</span> 準備できています</span>' in markup


def test_a_banner_says_its_kind_to_who_hears_it_and_an_error_interrupts() -> None:
    markup = drawn('{% banner "error" "だめでした" %}<p>理由</p>{% endbanner %}')
    assert 'role="alert"' in markup
    assert 'role="img" aria-label="エラー"' in markup
    assert '<h2 class="heading">だめでした</h2><p>理由</p>' in markup
    assert 'role="alert"' not in drawn('{% banner "info" %}{% endbanner %}')
    assert "<h2" not in drawn('{% banner "info" %}{% endbanner %}')


def test_what_can_be_opened_needs_no_script() -> None:
    markup = drawn('{% disclosure "直しかた" %}<p>…</p>{% enddisclosure %}')
    assert "<summary>直しかた</summary>" in markup


def test_steps_say_which_one_is_at_hand_and_which_are_done() -> None:
    markup = drawn("{% steps names 2 %}", names=["同意", "チェック", "送信"])
    first, second, third = re.findall(r"<li.*?</li>", markup)
    assert "済み" in first
    assert 'aria-current="step"' in second
    assert not ("済み" in third or "aria-current" in third)


@pytest.mark.parametrize(
    "source",
    [
        "{% chip text text text %}",
        '{% banner "info" text %}{{ text }}{% endbanner %}',
        "{% disclosure text %}{{ text }}{% enddisclosure %}",
        "{% steps names 1 %}",
    ],
)
def test_no_text_becomes_markup(source: str) -> None:
    assert "<script" not in drawn(source, text=HOSTILE, names=[HOSTILE])


class Form(forms.Form):
    """A form with all that a field can have."""

    name = forms.CharField(label="名前", help_text="全角で")
    way = forms.ChoiceField(
        label="方法", choices=[("a", "あ"), ("b", "い")], widget=forms.RadioSelect, required=False
    )


def test_a_field_is_named_and_explained_and_what_is_wrong_with_it_is_said() -> None:
    markup = Form({"name": ""}).render()
    assert '<label for="id_name">名前 <span class="must">必須</span></label>' in markup
    assert 'aria-describedby="id_name_helptext id_name_error"' in markup
    assert 'id="id_name_helptext"' in markup
    assert 'id="id_name_error"' in markup
    assert 'role="alert"' in markup
    assert "<legend>方法</legend>" in markup
    fine = Form().render()
    assert "error" not in fine
    assert "alert" not in fine


def test_every_file_is_kept_for_ever_under_its_version_and_asked_for_again_without() -> None:
    for name, content in assets().items():
        answer = browser().get(asset_address(name))
        assert answer.content == content
        assert "immutable" in answer.headers["Cache-Control"]
        assert browser().get(reverse("asset", args=[name])).headers["Cache-Control"] == "no-cache"
    assert assets()[STYLE] == stylesheet()


def test_a_script_asks_for_what_it_imports_under_its_version() -> None:
    imported = [
        address
        for content in assets().values()
        for address in re.findall(r'"(\./[^"]*)"', content.decode())
    ]
    assert imported
    for address in imported:
        name = address.removeprefix("./").partition("?")[0]
        assert address == "." + asset_address(name).removeprefix("/assets")


def test_an_update_of_what_is_imported_is_one_of_all_that_import_it() -> None:
    def written(content: bytes) -> dict[str, bytes]:
        return with_versions(
            {
                "a.page.js": b'import { b } from "./a.middle.js";\nb("./a.deep.js");\n',
                "a.middle.js": b'import { c } from "./a.deep.js";\n',
                "a.deep.js": content,
                "a.other.js": b"1;\n",
            }
        )

    one, other = written(b"export const c = 1;\n"), written(b"export const c = 2;\n")
    differing = {name for name in one if one[name] != other[name]}
    assert differing == {"a.page.js", "a.middle.js", "a.deep.js"}
    assert one["a.page.js"].endswith(b'\nb("./a.deep.js");\n'), "only imports are addressed anew"


@pytest.mark.parametrize("name", ["settings.py", "..%2Fsettings.py", "style.css.map", "x"])
def test_no_other_file_is_handed_out(name: str) -> None:
    assert browser().get(f"/assets/{name}").status_code == 404
