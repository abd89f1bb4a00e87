"""The glossary has the words that the code and the screens use."""

import re
from pathlib import Path

from precheck.contract.verdict import Level, Readiness, Verdict
from precheck.contract.wording import Language, load_wording

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!term|---)([^|]+) \| ([^|]+) \| ([^|]+) \|$", GLOSSARY, re.M)
JAPANESE = {term: japanese for term, japanese, _ in ROWS}


def test_each_term_is_explained_once_in_one_line() -> None:
    assert len(JAPANESE) == len(ROWS) >= 50
    assert len({meaning for _, _, meaning in ROWS}) == len(ROWS)
    assert len(set(JAPANESE.values())) == len(ROWS)


def test_every_verdict_level_and_readiness_is_a_term() -> None:
    for word in (*Verdict, *Level, *Readiness):
        assert word.value.replace("_", " ") in JAPANESE


def test_verdicts_are_called_what_the_screens_call_them() -> None:
    for verdict, words in load_wording(Language.JA).verdicts.items():
        assert JAPANESE[verdict.value.replace("_", " ")] == f"{words.symbol} {words.word}"


def test_readiness_is_called_what_the_screens_call_it() -> None:
    for readiness, sentence in load_wording(Language.JA).readiness.items():
        assert sentence.startswith(JAPANESE[readiness.value.replace("_", " ")])


def test_the_screens_use_the_glossarys_words() -> None:
    phrases = load_wording(Language.JA).phrases
    for term, key in {
        "advised": "advised",
        "revision": "revision",
        "report": "sent_heading",
    }.items():
        assert phrases[key] == JAPANESE[term]
    assert JAPANESE["self-check"] in phrases["self_check_notice"]
