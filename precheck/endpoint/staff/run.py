"""One run of the checks as staff see it: measured, declared and not readable, kept apart."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import msgspec

from precheck.contract.checks import DECLARED_CHECKS, CheckId
from precheck.contract.declaration import is_answer, with_answer
from precheck.contract.finding import ReportedFinding
from precheck.contract.policy import Policy, Terms
from precheck.contract.readiness import is_required
from precheck.contract.reasons import Declared, Unread
from precheck.contract.report import Report
from precheck.contract.verdict import SYSTEMS, Verdict
from precheck.contract.wording import VerdictWords, Wording
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.standing import in_the_way

_IN_BRACKETS = r"\s*[（(][^（）()]*—[^（）()]*[）)]"
_BLANK = re.compile(
    rf"{_IN_BRACKETS}|(?P<end>[：:])\s*—(?:\s*—)*(?=(?:{_IN_BRACKETS})?$)|[：:]\s*—(?:\s*—)*"
)
_FULL_STOP = {"：": "。", ":": "."}
_ADVISED_ON = (Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN)
_ORDER = (Verdict.FAIL, Verdict.WARN)
"""What has to be done comes first."""


class NextStep(StrEnum):
    """What staff do about a line for which the person can do nothing alone, or that tells staff
    nothing of what the person was told to do."""

    DECIDE = "decide"
    MAY_STAY_UNKNOWN = "may_stay_unknown"
    """By the policy it is in nobody's way."""
    ON_THEIR_SCREEN = "on_their_screen"
    """Where no reason is known here."""


@dataclass(frozen=True)
class Line:
    """One check: what it said, which clause wants it, and what the person was told to do."""

    check: CheckId
    label: str
    verdict: Verdict
    words: VerdictWords
    required: bool
    clause: str | None
    clause_text: str | None
    sentence: str = ""
    """Empty where only the verdict is known."""
    remedy: str | None = None
    question: str | None = None
    about: Terms | None = None
    """What the question speaks of, which stood above it on the person's screen."""
    answer: bool | None = None
    accepted: str | None = None
    """Why staff have accepted it."""
    to_ask: str | None = None
    """What staff can ask the person where nothing could be read."""
    next_step: NextStep | None = None


@dataclass(frozen=True)
class Run:
    """The lines of a report by where they come from."""

    system: str | None
    """None, as the version, for a run that was read out over the phone."""
    agent_version: str | None
    measured: tuple[Line, ...]
    """What was found that somebody has to do something about: the fails, then the warnings; after
    them what staff have accepted of both."""
    passed: tuple[Line, ...]
    """What was measured as well, and leaves nothing to do."""
    declared: tuple[Line, ...]
    unreadable: tuple[Line, ...]

    def without_steps(self) -> "Run":
        """The same where nobody has to do anything about it."""
        return replace(
            self,
            measured=_without_steps(self.measured),
            declared=_without_steps(self.declared),
            unreadable=_without_steps(self.unreadable),
        )


def _without_steps(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(replace(line, to_ask=None, next_step=None) for line in lines)


def run_of(
    report: Report,
    policy: Policy,
    wording: Wording,
    day: date,
    accepted: Mapping[CheckId, str] = MappingProxyType({}),
) -> Run:
    """`report` under the `policy` that it was judged by. A check that the policy asks for and the
    report is silent about counts as not readable. `accepted` says of checks why staff have accepted
    what was found."""
    findings = {item.check: item for item in report.findings if not is_answer(item)}
    answers = {item.check: item for item in report.declarations}

    def line(item: ReportedFinding, answer: bool | None = None, asked: bool = False) -> Line:
        remedy = None
        if item.verdict in _ADVISED_ON:
            remedy = wording.remedy(item.check, item.reason, report.os_family)
        return replace(
            _line(_obstacle(item), policy, wording, day, accepted, answer, asked=asked),
            sentence=without_blanks(wording.sentence(item.check, item.reason)),
            remedy=remedy and without_blanks(remedy),
        )

    measured: list[Line] = []
    declared: list[Line] = []
    unreadable: list[Line] = []
    for check, _ in policy.asked():
        finding, answer = findings.get(check), answers.get(check)
        if check not in DECLARED_CHECKS:
            found = finding or _not_run(check)
            (unreadable if found.verdict is Verdict.UNKNOWN else measured).append(line(found))
        if answer is not None or check in DECLARED_CHECKS:
            said = with_answer(check, None, answer)
            declared.append(line(said, answer.answer if answer else None, asked=True))
    return Run(
        system=SYSTEMS[report.os_family],
        agent_version=report.agent_version,
        measured=_urgent(measured),
        passed=tuple(each for each in measured if each.verdict not in _ORDER),
        declared=tuple(declared),
        unreadable=tuple(unreadable),
    )


def heard_run_of(
    found: Iterable[Obstacle],
    policy: Policy,
    wording: Wording,
    day: date,
    accepted: Mapping[CheckId, str] = MappingProxyType({}),
) -> Run:
    """What was read out over the phone under `policy`: verdicts without reasons, so that the advice
    is not known that the person was given."""

    def line(item: Obstacle) -> Line:
        answer = answer_in(item)
        asked = item.check in DECLARED_CHECKS
        said = _line(item, policy, wording, day, accepted, answer, asked=asked)
        if said.accepted is None and item.verdict in _ORDER:
            return replace(said, next_step=NextStep.ON_THEIR_SCREEN)
        return said

    lines = [line(item) for item in found]
    declared = [
        each for each in lines if each.check in DECLARED_CHECKS or each.verdict is Verdict.DECLARED
    ]
    others = [each for each in lines if each not in declared]
    measured = [each for each in others if each.verdict is not Verdict.UNKNOWN]
    return Run(
        system=None,
        agent_version=None,
        measured=_urgent(measured),
        passed=tuple(each for each in measured if each.verdict not in _ORDER),
        declared=tuple(declared),
        unreadable=tuple(each for each in others if each.verdict is Verdict.UNKNOWN),
    )


def _obstacle(item: ReportedFinding) -> Obstacle:
    return Obstacle(item.check, item.reason, item.verdict)


def _line(
    found: Obstacle,
    policy: Policy,
    wording: Wording,
    day: date,
    accepted: Mapping[CheckId, str],
    answer: bool | None,
    *,
    asked: bool,
) -> Line:
    """What a line says of every verdict, whichever way it came."""
    check, verdict = found.check, found.verdict
    reason = accepted.get(check) if verdict in _ADVISED_ON else None
    unread = verdict is Verdict.UNKNOWN and reason is None
    return Line(
        check=check,
        label=wording.label(check),
        verdict=verdict,
        words=chip_words(verdict, answer, wording),
        required=is_required(policy, check, day),
        clause=policy.requirement(check).clause,
        clause_text=policy.sentence(check),
        question=wording.checks[check].question if asked else None,
        about=policy.terms if check is CheckId.TERMS_CONSENT else None,
        answer=answer,
        accepted=reason,
        to_ask=wording.checks[check].if_unread if unread else None,
        next_step=None if reason else _next_step(found, policy, day),
    )


def _next_step(found: Obstacle, policy: Policy, day: date) -> NextStep | None:
    if found.verdict is not Verdict.FAIL and in_the_way(policy, [found], day):
        return NextStep.DECIDE
    return NextStep.MAY_STAY_UNKNOWN if found.verdict is Verdict.UNKNOWN else None


def chip_words(verdict: Verdict, answer: bool | None, wording: Wording) -> VerdictWords:
    """What a chip says: where it stands for an `answer`, that and which, as the person's own screen
    does."""
    shown = wording.verdicts[verdict]
    if answer is None:
        return shown
    said = wording.phrases["yes" if answer else "no"]
    word = wording.phrases["declared"].format(answer=said)
    return msgspec.structs.replace(shown, word=word)


def answer_in(found: Obstacle) -> bool | None:
    """What somebody answered, by what `with_answer` makes of it. None where nothing was answered,
    or where it may have been measured."""
    if found.verdict is Verdict.DECLARED:
        return True
    asked = found.check in DECLARED_CHECKS and found.verdict is not Verdict.UNKNOWN
    return False if asked or found.reason == Declared.NO else None


def _urgent(measured: Iterable[Line]) -> tuple[Line, ...]:
    urgent = [each for each in measured if each.verdict in _ORDER]
    return tuple(
        sorted(urgent, key=lambda line: (line.accepted is not None, _ORDER.index(line.verdict)))
    )


def without_blanks(sentence: str) -> str:
    """`sentence` without the parts that only evidence can fill: names, versions and dates stay on
    the device, and a dash in their place tells staff nothing."""
    return _BLANK.sub(lambda blank: _FULL_STOP.get(blank["end"] or "", ""), sentence)


def _not_run(check: CheckId) -> ReportedFinding:
    return ReportedFinding(check=check, verdict=Verdict.UNKNOWN, reason=Unread.NOT_RUN)
