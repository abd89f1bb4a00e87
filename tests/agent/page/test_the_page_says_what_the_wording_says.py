"""The page's files are all served, and say nothing but the project's own words."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from precheck.agent.page.assets import (
    BEFORE_ALL,
    DOCUMENT,
    SCRIPT,
    SCRIPTS,
    STYLESHEET,
    load_assets,
)
from precheck.contract.appearance import stylesheet
from precheck.contract.wording import Language, load_wording

STATIC = Path(str(files("precheck.agent.page"))) / "static"
SOURCES = {name: (STATIC / name).read_text("utf-8") for name in SCRIPTS}
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


def without_comments(script: str) -> str:
    return re.sub(r"^\s*//.*$", "", script, flags=re.M)


def test_every_file_is_served_and_every_module_is_in_the_script() -> None:
    assert {path.name for path in STATIC.iterdir()} == {*SCRIPTS, "page.css", "index.html"}
    script = load_assets()[SCRIPT].content.decode()
    assert sorted(re.findall(r"^// (\w+\.js)$", script, re.M)) == sorted(SCRIPTS)


def test_the_stylesheet_is_the_one_of_all_pages() -> None:
    assert load_assets()[STYLESHEET].content == stylesheet()


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("language", Language)
def test_every_phrase_that_a_script_says_exists(name: str, language: Language) -> None:
    phrases = load_wording(language).phrases
    keys = set(re.findall(r'"((?:page|error)_\w+)"', SOURCES[name]))
    keys |= set(re.findall(r'\bsay\("(\w+)"', SOURCES[name]))
    assert keys <= set(phrases)
    for pattern in re.findall(r"`(page_[^`]*\$\{[^`]*)`", SOURCES[name]):
        kind = re.sub(r"\$\{[^}]*\}", r"\\w+", pattern)
        assert any(re.fullmatch(kind, key) for key in phrases), pattern


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_no_sentences_of_its_own(name: str) -> None:
    code = without_comments(SOURCES[name])
    if name == "code.js":
        code = re.sub(r"\[０-９\]|\[\\s[^\]]*\]", "", code)
    found = set("".join(JAPANESE.findall(code)))
    # The name of the other language stands in that language, whichever is in force.
    assert found <= ({*"日本語"} if name == "frame.js" else set())


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_sets_texts_as_texts(name: str) -> None:
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in SOURCES[name]
    assert "http:" not in SOURCES[name] and "https://" not in SOURCES[name].replace(
        'placeholder: "https://"', ""
    )


def test_before_it_is_let_in_the_document_speaks_both_languages() -> None:
    document = load_assets()[DOCUMENT].content.decode()
    assert "$" not in document
    for language in Language:
        for phrase in BEFORE_ALL.values():
            if phrase != "title" or language is Language.JA:
                assert load_wording(language).phrases[phrase] in document
