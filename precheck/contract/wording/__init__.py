"""The words a person reads: for every check a label, for every (check, reason) a sentence and the
next step, in Japanese first and English second."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.decoding import converted
from precheck.contract.finding import Evidence
from precheck.contract.reasons import Declared, Unread
from precheck.contract.verdict import OsFamily, Readiness, Verdict


class Language(StrEnum):
    JA = "ja"
    EN = "en"


class Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said for one reason. A remedy is the one next step; where it differs by OS, the
    OS's own comes first. `{name}` and the like are blanks for evidence."""

    sentence: str
    remedy: str | None = None
    remedy_windows: str | None = None
    remedy_macos: str | None = None
    remedy_linux: str | None = None


class CheckWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    label: str
    question: str | None = None
    """What is asked where a person may answer."""
    why: str
    """Why it matters for a session."""
    if_unread: str | None = None
    """What a person could look at themselves where nothing could be read; the answer is for the
    staff and is not sent."""
    reasons: dict[str, Sentences]


class VerdictWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    symbol: str
    """The shape, never told by colour alone: ○ △ × ？"""
    word: str


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All words of one language."""

    verdicts: dict[Verdict, VerdictWords]
    readiness: dict[Readiness, str]
    common: dict[str, Sentences]
    """For the reasons that every check shares."""
    checks: dict[CheckId, CheckWords]
    phrases: dict[str, str]
    """Everything else that is said, by key."""

    def label(self, check: CheckId) -> str:
        """What `check` is called."""
        return self.checks[check].label

    def sentence(self, check: CheckId, reason: str, evidence: Evidence | None = None) -> str:
        """What `reason` means, with the blanks filled from `evidence` ("—" where it has none)."""
        return _filled(self._for(check, reason).sentence, evidence)

    def remedy(
        self, check: CheckId, reason: str, family: OsFamily, evidence: Evidence | None = None
    ) -> str | None:
        """The one next step on this kind of system; None where nothing is to be done."""
        words = self._for(check, reason)
        own = getattr(words, f"remedy_{family.value}")
        text = own if own is not None else words.remedy
        return None if text is None else _filled(text, evidence)

    def _for(self, check: CheckId, reason: str) -> Sentences:
        own = self.checks[check].reasons.get(reason)
        return own if own is not None else self.common[reason]


@cache
def load_wording(language: Language) -> Wording:
    """The words of `language`, as shipped."""
    raw = (files("precheck.contract.wording") / f"{language.value}.toml").read_text("utf-8")
    return converted(tomllib.loads(raw), Wording)


MOST_SHOWN = 200
"""Letters of one piece of evidence that are shown."""

SHARED_REASONS: tuple[str, ...] = tuple(reason.value for reason in (*Declared, *Unread))
"""The reasons that may be worded once, under `common`."""


class _Blanks(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "—"


def _filled(text: str, evidence: Mapping[str, str | int | float] | None) -> str:
    return text.format_map(_Blanks({key: _shown(value) for key, value in (evidence or {}).items()}))


def _shown(value: str | int | float) -> str | int | float:
    """`value` on one printable line: a name on the machine, or in a recording that somebody sent,
    may hold what would steer a terminal, or go on for pages."""
    if not isinstance(value, str):
        return value
    line = "".join(letter if letter.isprintable() else " " for letter in value)
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…"
