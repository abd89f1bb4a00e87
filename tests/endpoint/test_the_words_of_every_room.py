"""Every room says the same in both languages, with the same blanks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import precheck.endpoint
from precheck.contract.wording import Language
from precheck.endpoint.staff.frame import MENU
from precheck.endpoint.staff.words import load_staff_words

ROOMS = sorted(
    folder.parent.name for folder in Path(precheck.endpoint.__file__).parent.glob("*/words")
)


def words(room: str, language: Language) -> dict[str, str]:
    """Every text of the room by its path."""
    folder = Path(precheck.endpoint.__file__).parent / room / "words"
    return dict(_texts(tomllib.loads((folder / f"{language}.toml").read_text("utf-8")), ()))


def _texts(part: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _texts(value, (*path, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from _texts(value, (*path, str(number)))
    else:
        yield ".".join(path), str(part)


def blanks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def test_there_are_rooms() -> None:
    assert {"counsellor", "staff"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_have_the_same_texts_with_the_same_blanks(room: str) -> None:
    japanese, english = words(room, Language.JA), words(room, Language.EN)
    assert japanese.keys() == english.keys()
    for path, text in japanese.items():
        assert blanks(text) == blanks(english[path]), path
        assert text.strip() and english[path].strip(), path


@pytest.mark.parametrize("room", ROOMS)
def test_no_english_sentence_was_left_in_the_japanese_words(room: str) -> None:
    for path, text in words(room, Language.JA).items():
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", re.sub(r"{\w+[^}]*}", "", text)), path


@pytest.mark.parametrize("language", Language)
def test_every_entry_of_the_menu_has_a_word_and_no_other_has(language: Language) -> None:
    assert set(load_staff_words(language).nav) == {entry.page for entry in MENU}
