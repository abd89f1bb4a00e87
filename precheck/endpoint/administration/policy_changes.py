"""In what two policies differ, thing by thing, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.policy import (
    Acceptance,
    App,
    Hours,
    LateRule,
    Policy,
    Requirement,
    Rule,
    Terms,
)
from precheck.contract.verdict import Level, Verdict
from precheck.contract.wording import Wording
from precheck.endpoint.administration.words import PolicyWords

_APPS = {App.ZOOM: "Zoom", App.TELEOFFICE: "TeleOffice"}
_SHOWN_IN_REPORTS = frozenset({"level", "clause", "attention", "nudge_from", "required_from"})


@dataclass(frozen=True)
class Change:
    """One thing that is not as before. `place` is the check that it is about, or the terms."""

    place: str
    item: str
    before: str
    after: str


def changes_between(
    before: Policy, after: Policy, words: PolicyWords, wording: Wording
) -> list[Change]:
    """What differs: first in the terms, then check by check."""
    return [
        *_of_structs(words.terms, before.terms, after.terms, words, wording),
        *_of_clauses(before, after, words),
        *(
            change
            for check in CheckId
            for change in _of_structs(
                wording.label(check),
                before.requirement(check),
                after.requirement(check),
                words,
                wording,
            )
        ),
    ]


def limits_not_tried(
    before: Policy, after: Policy, words: PolicyWords, wording: Wording
) -> list[tuple[CheckId, Change]]:
    """The limits that differ (days, versions, speeds), each with its check. What was measured stays
    on the device, so no report can tell what it would have been under another limit."""
    return [
        (check, _change(wording.label(check), name, old, new, words, wording))
        for check in CheckId
        for name, old, new in _differing(before.requirement(check), after.requirement(check))
        if name not in _SHOWN_IN_REPORTS and not isinstance(old, Acceptance)
    ]


def _of_structs(
    place: str, before: msgspec.Struct, after: msgspec.Struct, words: PolicyWords, wording: Wording
) -> Iterator[Change]:
    for name, old, new in _differing(before, after):
        yield _change(place, name, old, new, words, wording)


def _change(
    place: str, name: str, old: object, new: object, words: PolicyWords, wording: Wording
) -> Change:
    return Change(place, words.items[name], _said(old, words, wording), _said(new, words, wording))


def _differing(
    before: msgspec.Struct, after: msgspec.Struct
) -> Iterator[tuple[str, object, object]]:
    for name in before.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield name, old, new


def _of_clauses(before: Policy, after: Policy, words: PolicyWords) -> Iterator[Change]:
    for clause in sorted(before.clauses.keys() | after.clauses.keys()):
        old, new = before.clauses.get(clause), after.clauses.get(clause)
        if old != new:
            yield Change(words.clauses, clause, old or words.nothing, new or words.nothing)


def _said(value: object, words: PolicyWords, wording: Wording) -> str:
    match value:
        case None:
            return words.nothing
        case Level():
            return words.levels[value]
        case Acceptance():
            return words.acceptances[value]
        case App():
            return _APPS[value]
        case Verdict():
            return wording.verdicts[value].word
        case Hours():
            return f"{value.start:%H:%M}–{value.end:%H:%M}"
        case LateRule():
            return f"{value.minutes} {value.clause} {value.sentence}"
        case Rule():
            return f"{value.clause} {value.sentence}"
        case date():
            return words.day.format(year=value.year, month=value.month, day=value.day)
        case tuple() | frozenset():
            parts = [_said(each, words, wording) for each in value]
            return words.listed.join(sorted(parts)) or words.nothing
        case _:
            return str(value)


def item_names() -> frozenset[str]:
    """The names of all that a requirement, or the terms, can say: each has its words."""
    kinds: list[type[msgspec.Struct]] = [Terms, Requirement, *Requirement.__subclasses__()]
    return frozenset(name for kind in kinds for name in kind.__struct_fields__)
