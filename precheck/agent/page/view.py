"""All that a page shows, as one snapshot in the person's language.

Texts may hold names that were found on the machine: a page sets them as text, never as HTML.
"""

from datetime import date
from enum import StrEnum

import msgspec

from precheck.agent.errors import AgentError
from precheck.agent.page.settings_screens import Screen, SettingsScreens
from precheck.agent.page.visit import FRESH_SECONDS, Sending, Stage, Visit
from precheck.agent.session import Row, Session
from precheck.contract.api import ProblemType, Receipt
from precheck.contract.checks import CheckId
from precheck.contract.finding import reported
from precheck.contract.offices import load_office, office_ids
from precheck.contract.readiness import is_required
from precheck.contract.readout import encode, format_readout, readout_key
from precheck.contract.reasons import Declared
from precheck.contract.report import encode_report
from precheck.contract.verdict import SYSTEMS, Level, OsFamily, Readiness, Verdict
from precheck.contract.wording import Language, VerdictWords, Wording

SHOWN_WITH_A_SCREEN = frozenset({Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN})


class Phase(StrEnum):
    """How far the person is, as the program sees it."""

    CODE = "code"
    LOOKING_UP = "looking_up"
    PLANNED = "planned"
    """It is known what is checked; nothing has been."""
    CHECKING = "checking"
    CHECKED = "checked"
    ENDED = "ended"


class OfficeView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    office: str
    title: str
    revision: str


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """Which terms, for whom. `starts_at` is RFC 3339 (UTC), `day` the day (Asia/Tokyo) whose terms
    count. `guessed_terms` asks the person to choose the office: nobody could tell which it is."""

    policy: str
    office: str
    title: str
    revision: str
    phone: str | None
    starts_at: str | None
    day: str
    endpoint: str | None
    code: str | None
    away: bool
    clock_off: bool
    guessed_terms: bool


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One check. What is None is not known yet."""

    check: CheckId
    label: str
    level: Level
    level_text: str
    blocks: bool
    """A condition of the session, and not met."""
    clause: str | None
    clause_text: str | None
    why: str
    """Why the terms ask for it."""
    question: str | None
    """What the person could look at themselves where it could not be read."""
    running: bool
    verdict: Verdict | None = None
    symbol: str | None = None
    word: str | None = None
    reason: str | None = None
    sentence: str | None = None
    remedy: str | None = None
    declared: bool = False
    """The person's own answer; nothing was measured."""
    screen: Screen | None = None
    """The screen of the settings that can be opened for it."""
    can_check_again: bool = False


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    check: CheckId
    text: str
    answer: bool | None


class ReadinessView(msgspec.Struct, frozen=True, kw_only=True):
    readiness: Readiness
    text: str


class ProblemView(msgspec.Struct, frozen=True, kw_only=True):
    phrase: str
    text: str


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """What would be sent: `json` is every byte of it, the rest says the same for people, `words`
    what was found and answered. Times are RFC 3339 (UTC)."""

    report_id: str
    json: str
    words: tuple[str, ...]
    system: str
    started_at: str
    finished_at: str
    recipient: str


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    state: Sending
    text: str | None
    tries: int
    receipt: Receipt | None = None


class RecordingView(msgspec.Struct, frozen=True, kw_only=True):
    """The recording for the helpdesk: `json` is every byte of what would be sent, while it is
    shown. Once it has arrived, `delete_on` is the day (Asia/Tokyo) on which it is deleted;
    `problem` is why what was asked for last was not done."""

    stage: Stage
    id: str | None = None
    json: str | None = None
    kilobytes: int = 0
    delete_on: date | None = None
    problem: ProblemView | None = None


class ReadoutView(msgspec.Struct, frozen=True, kw_only=True):
    digits: str
    groups: tuple[str, ...]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment. `seq` grows with every change."""

    seq: int
    visit: int = 0
    """Grows with every new beginning, from a code or an office."""
    version: str
    language: Language
    phase: Phase
    family: OsFamily
    endpoint: str | None
    """The office's endpoint that this program was started with."""
    given_code: str | None
    """The code that came with the program, to be shown and never used without the person."""
    offered: str | None = None
    """Another code, that a second start came with while something is under way."""
    offices: tuple[OfficeView, ...]
    screens: tuple[Screen, ...]
    """Every screen of the settings that can be opened here."""
    waiting: int
    """Reports in the outbox."""
    refused_earlier: int = 0
    """Reports of before that the endpoint has refused for good since this program was started."""
    problem: ProblemView | None = None
    plan: PlanView | None = None
    rows: tuple[RowView, ...] = ()
    done: int = 0
    total: int = 0
    checking_seconds: int = 0
    questions: tuple[QuestionView, ...] = ()
    readiness: ReadinessView | None = None
    """Once every check has landed."""
    too_old: bool = False
    """Some findings no longer stand for the device: they are checked again before anything is
    sent, and there is no readout code of them."""
    age_seconds: float | None = None
    """Since the oldest finding was made; None where there is none."""
    fresh_seconds: float | None = None
    """Until something is too old, for a page to count by itself: this program may be gone by then.
    None where nothing can be."""
    can_send: bool = False
    draft: DraftView | None = None
    delivery: DeliveryView | None = None
    declined: bool = False
    recording: RecordingView | None = None
    """Once there is a report at the endpoint for it to belong to."""
    readout: ReadoutView | None = None


def office_views() -> tuple[OfficeView, ...]:
    """The offices to choose from."""
    return tuple(
        OfficeView(id=office, office=terms.office, title=terms.title, revision=str(terms.revision))
        for office in office_ids()
        for terms in (load_office(office).terms,)
    )


def phase_of(visit: Visit | None, *, ended: bool) -> Phase:
    """How far `visit` is; None where there is none yet."""
    if ended:
        return Phase.ENDED
    if visit is None:
        return Phase.CODE
    if visit.looking_up:
        return Phase.LOOKING_UP
    if visit.session is None:
        return Phase.CODE
    if not visit.begun:
        return Phase.PLANNED
    return Phase.CHECKING if visit.running else Phase.CHECKED


def with_visit(
    bare: Snapshot, visit: Visit, words: Wording, screens: SettingsScreens, now: float
) -> Snapshot:
    """`bare` with all that is known of `visit`; `now` is by the clock of the flow."""
    shown = msgspec.structs.replace(bare, problem=problem_view(visit.problem, words))
    session = visit.session
    if session is None:
        return shown
    rows = _row_views(session, visit.running, words, screens)
    measured = [row for row in rows if row.check in session.plan.checks]
    state = session.readiness() if visit.all_found() else None
    too_old = bool(visit.too_old(now))
    age = visit.age(now)
    return msgspec.structs.replace(
        shown,
        plan=_plan_view(visit, session),
        rows=rows,
        done=sum(1 for row in measured if row.verdict is not None and not row.running),
        total=len(measured),
        checking_seconds=int(now - visit.running_since) if visit.running else 0,
        questions=question_views(session, words),
        readiness=None
        if state is None
        else ReadinessView(readiness=state, text=words.readiness[state]),
        too_old=too_old,
        age_seconds=age,
        fresh_seconds=None if age is None or visit.has_left() else FRESH_SECONDS - age,
        can_send=visit.can_send(),
        draft=None if too_old else _draft_view(visit, session, words),
        delivery=_delivery_view(visit, words),
        declined=visit.declined,
        recording=_recording_view(visit, words),
        readout=None if too_old else _readout_view(visit, session),
    )


def problem_view(problem: AgentError | None, words: Wording) -> ProblemView | None:
    """`problem` in words."""
    if problem is None:
        return None
    text = words.phrases[problem.phrase].format_map(problem.values)
    return ProblemView(phrase=problem.phrase, text=text)


def _plan_view(visit: Visit, session: Session) -> PlanView:
    plan, terms = session.plan, session.plan.policy.terms
    return PlanView(
        policy=plan.policy.id,
        office=terms.office,
        title=terms.title,
        revision=str(terms.revision),
        phone=terms.phone,
        starts_at=None if plan.starts_at is None else plan.starts_at.isoformat(),
        day=session.day.isoformat(),
        endpoint=plan.endpoint,
        code=visit.code,
        away=plan.away,
        clock_off=plan.clock_off,
        guessed_terms=visit.guessed,
    )


def _row_views(
    session: Session, running: set[CheckId], words: Wording, screens: SettingsScreens
) -> tuple[RowView, ...]:
    """A row for every check that the policy asks for."""
    found = {item.check for item in session.findings()}
    known = found | {item.check for item in session.declarations()}
    return tuple(
        _row_view(session, row, row.check in known, row.check in running, words, screens)
        for row in session.rows()
    )


def _row_view(
    session: Session,
    row: Row,
    known: bool,
    running: bool,
    words: Wording,
    screens: SettingsScreens,
) -> RowView:
    policy, check = session.plan.policy, row.check
    requirement = policy.requirement(check)
    level = requirement.level_on(session.day)
    view = RowView(
        check=check,
        label=words.label(check),
        level=level,
        level_text=words.phrases[f"level_{level.value}"],
        blocks=known and row.verdict is Verdict.FAIL and is_required(policy, check, session.day),
        clause=requirement.clause,
        clause_text=policy.sentence(check),
        running=running,
        why=words.checks[check].why,
        question=words.checks[check].if_unread,
        can_check_again=check in session.plan.checks and known and not running,
    )
    if not known:
        return view
    shown: VerdictWords = words.verdicts[row.verdict]
    needs_a_step = row.verdict in SHOWN_WITH_A_SCREEN
    return msgspec.structs.replace(
        view,
        verdict=row.verdict,
        symbol=shown.symbol,
        word=shown.word,
        reason=row.reason,
        sentence=words.sentence(check, row.reason, row.evidence),
        remedy=words.remedy(check, row.reason, session.family, row.evidence)
        if needs_a_step
        else None,
        declared=row.reason in (Declared.YES, Declared.NO),
        screen=screens.for_finding(check, row.reason) if needs_a_step else None,
    )


def question_views(session: Session, words: Wording) -> tuple[QuestionView, ...]:
    """The questions to the person, answered ones included."""
    answers = {item.check: item.answer for item in session.declarations()}
    asked = {*answers, *session.open_questions()}
    return tuple(
        QuestionView(
            check=check,
            text=words.checks[check].question or words.label(check),
            answer=answers.get(check),
        )
        for check in CheckId
        if check in asked
    )


def _draft_view(visit: Visit, session: Session, words: Wording) -> DraftView | None:
    report = visit.draft
    if report is None:
        return None
    say = words.phrases
    lines = [
        f"{shown.symbol} {words.label(item.check)} … {shown.word}"
        for item in report.findings
        for shown in (words.verdicts[item.verdict],)
    ]
    lines += [
        f"{words.verdicts[Verdict.DECLARED].symbol} {words.label(item.check)} … "
        f"{say['declared'].format(answer=say['yes' if item.answer else 'no'])}"
        for item in report.declarations
    ]
    return DraftView(
        report_id=str(report.report_id),
        json=encode_report(report).decode(),
        words=tuple(lines),
        system=SYSTEMS[report.os_family],
        started_at=report.started_at.isoformat(),
        finished_at=report.finished_at.isoformat(),
        recipient=say["sent_to"].format(
            office=session.plan.policy.terms.office, address=session.plan.endpoint
        ),
    )


def _delivery_view(visit: Visit, words: Wording) -> DeliveryView | None:
    if visit.sending is None:
        return None
    say, text = words.phrases, None
    if visit.receipt is not None:
        text = say["sent"].format(date=visit.receipt.delete_on)
    elif visit.sending is Sending.KEPT:
        text = say["kept_in_outbox"]
    elif visit.sending is Sending.REFUSED:
        deleted = visit.refused == ProblemType.REPORT_DELETED
        text = say["error_deleted" if deleted else "page_refused"].format(reason=visit.refused)
    elif visit.sending is Sending.LOST:
        text = say["error_outbox"]
    return DeliveryView(state=visit.sending, text=text, tries=visit.tries, receipt=visit.receipt)


def _recording_view(visit: Visit, words: Wording) -> RecordingView | None:
    if visit.sending is not Sending.SENT:
        return None
    state = visit.recording
    receipt, draft = state.receipt, state.draft
    view = RecordingView(
        stage=state.stage,
        delete_on=None if receipt is None else receipt.delete_on,
        problem=problem_view(state.problem, words),
    )
    if draft is None:
        return view
    return msgspec.structs.replace(
        view, id=draft.id, json=draft.text.decode(), kilobytes=draft.kilobytes
    )


def _readout_view(visit: Visit, session: Session) -> ReadoutView | None:
    """The readout code, where there is a result and the terms are the office's, until a report of
    that result has arrived."""
    if visit.code is None or visit.guessed or not visit.all_found():
        return None
    if visit.sending in (Sending.SENT, Sending.SENDING):
        return None
    digits = encode(
        session.plan.policy,
        map(reported, session.findings()),
        session.declarations(),
        readout_key(visit.code),
    )
    return ReadoutView(digits=digits, groups=tuple(format_readout(digits).split(" ")))
