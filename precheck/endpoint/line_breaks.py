"""Where a line of Japanese text may end in a terminal.

Japanese has no spaces to break a line at. Here a line ends after a comma or a
full stop, or where a phrase begins: 利用規約に｜合っていません。 A phrase is taken to begin where
kanji, katakana, a digit or an opening bracket follows hiragana, and after を. A phrase too long for
a line is broken within, but no line begins with a closing mark or ends with an opening one
(JIS X 4051).
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from rich.cells import cell_len

_OPENING = "「『（(“"
_CLOSING = "、。，．」』）)”！？：；・ー〜…ぁぃぅぇぉっゃゅょァィゥェォッャュョ々%.,!?:;"
_BEGINS = "一-鿿ァ-ヺ0-9０-９A-Za-z"
_PHRASE = re.compile(
    rf"(?<=[ 、。」』）：]|を)(?![{re.escape(_CLOSING)} ])"
    rf"|(?<=[ぁ-んゔ])(?<![おご])(?=[{_BEGINS}])(?![{re.escape(_CLOSING)}])"
    rf"|(?<![{re.escape(_OPENING)}])(?=[{re.escape(_OPENING)}])"
)


def broken(text: str, width: int) -> list[str]:
    """`text` as lines of at most `width` cells, at least one. Joined they are `text` again, but for
    spaces at which a line ends. A mark that would begin a line takes the letter before it along,
    where the line is long enough for both."""
    lines = [""]
    for phrase in _phrases(text):
        if cell_len(lines[-1] + phrase.rstrip()) <= width:
            lines[-1] += phrase
            continue
        if lines[-1]:
            lines.append("")
        for letter in phrase:
            if cell_len(lines[-1] + letter) > width and lines[-1]:
                if letter == " ":
                    continue
                kept, taken = _taken_along(lines[-1], letter)
                lines[-1:] = [kept, taken]
            lines[-1] += letter
    return [line.rstrip() for line in lines]


def _phrases(text: str) -> Iterator[str]:
    starts = [0, *(found.start() for found in _PHRASE.finditer(text)), len(text)]
    for start, end in pairwise(starts):
        if start < end:
            yield text[start:end]


def _taken_along(line: str, letter: str) -> tuple[str, str]:
    """`line` in two, so that the second may go on with `letter`."""
    cut = len(line)
    while cut > 1 and ((line + letter)[cut] in _CLOSING or line[cut - 1] in _OPENING):
        cut -= 1
    return (line[:cut], line[cut:]) if cut > 1 else (line, "")
