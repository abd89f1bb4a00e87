"""The terminal's view of a session: lines as they land, then what to do, in the person's words."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from precheck.agent.session import Row, Session
from precheck.agent.tokyo import tokyo
from precheck.contract.api import Receipt
from precheck.contract.checks import DECLARED_CHECKS, CheckId
from precheck.contract.finding import Finding
from precheck.contract.policy import Policy
from precheck.contract.reasons import Declared, Reason, Unread, reasons_of
from precheck.contract.report import Report, encode_report
from precheck.contract.verdict import SYSTEMS, Level, OsFamily, Readiness, Verdict
from precheck.contract.wording import Wording

if TYPE_CHECKING:
    from precheck.agent.recording import RecordingDraft

STYLES = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.UNKNOWN: "blue",
    Verdict.DECLARED: "default",
    Verdict.NOT_APPLICABLE: "dim",
}
ANY_EVIDENCE = dict.fromkeys(
    ("name", "version", "days", "date", "count", "minimum", "down", "up", "round_trip", "jitter"),
    "…",
)
"""For a sentence that is shown without a device."""

YES = frozenset({"y", "yes", "はい", "うん", "ええ", "1"})
NO = frozenset({"n", "no", "いいえ", "いや", "2"})
READINESS_STYLES = {
    Readiness.READY: "bold green",
    Readiness.ATTENTION: "bold yellow",
    Readiness.NOT_READY: "bold red",
}


class Terminal:
    """Everything that is printed for a person, on standard output or, with `stderr`, beside it.
    Plain text when it does not go to a terminal."""

    def __init__(self, words: Wording, *, stderr: bool = False) -> None:
        self.words = words
        self.console = Console(highlight=False, soft_wrap=True, stderr=stderr)

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        import sys

        return self.console.is_terminal and sys.stdin is not None and sys.stdin.isatty()

    def say(self, phrase: str, **values: object) -> None:
        """Print a phrase of the wording."""
        self.console.print(escape(self.phrase(phrase, **values)))

    def phrase(self, key: str, **values: object) -> str:
        """A phrase of the wording with its blanks filled."""
        return self.words.phrases[key].format_map(values)

    def opening(self, session: Session, *, replayed: bool = False) -> None:
        """Which office's terms, of which revision, and when."""
        self.console.print(Text(self.phrase("title"), style="bold"))
        self._terms(session.plan.policy)
        if session.plan.starts_at is not None:
            self.say("appointment_at", when=tokyo(session.plan.starts_at))
        if session.plan.away:
            self.say("error_endpoint_away")
        self.say("replaying" if replayed else "reads_only")
        self.console.print()

    def follow(self, findings: Iterator[Finding], checks: Sequence[CheckId]) -> None:
        """Print each finding as it lands, with a bar below while there is a terminal."""
        open_checks = list(checks)
        with self._progress(len(checks)) as show:
            show(open_checks)
            for place, item in enumerate(findings, start=1):
                self.console.print(
                    Text(f"[{place:2}/{len(checks)}] ") + self._headline(item.check, item.verdict)
                )
                open_checks.remove(item.check)
                show(open_checks)

    def result(self, session: Session) -> None:
        """Every check with its clause, sentence and next step, then the answer."""
        self.console.print()
        for row in session.rows():
            self._row(session, row)
        self.console.print()
        self.closing(session)
        self.say("self_check_notice")

    def closing(self, session: Session) -> None:
        """The answer in one line, what is still to be put right, and the other way."""
        if session.plan.partial:
            self.say("only_some")
            return
        state = session.readiness()
        self.console.print(Text(self.words.readiness[state], style=READINESS_STYLES[state]))
        wrong = [self.words.label(row.check) for row in session.rows() if _blocks(session, row)]
        if wrong:
            self.say("to_put_right", labels=self.phrase("list_separator").join(wrong))
        phone = session.plan.policy.terms.phone
        if phone and state is not Readiness.READY:
            self.say("other_way", phone=phone)

    def question(self, session: Session, check: CheckId) -> bool | None:
        """Ask the person about `check`. None when they leave it open."""
        if check is CheckId.TERMS_CONSENT:
            self._terms(session.plan.policy)
        return self._asked(self.words.checks[check].question or self.words.label(check))

    def sending(self, session: Session, report: Report) -> None:
        """Exactly what would leave the device: as it is sent, and in words."""
        terms = session.plan.policy.terms
        self.console.print()
        self.console.print(Text(self.phrase("sent_exactly"), style="bold"))
        self.console.print(encode_report(report).decode(), markup=False, style="dim")
        self.console.print()
        self.console.print(Text(self.phrase("sent_heading"), style="bold"))
        for item in report.findings:
            self.console.print("  ", self._headline(item.check, item.verdict), sep="")
        for declaration in report.declarations:
            answer = self.phrase("yes" if declaration.answer else "no")
            declared = self.phrase("declared", answer=answer)
            self.console.print(
                f"  {self.words.label(declaration.check)} … {declared}", markup=False
            )
        start, end = tokyo(report.started_at), tokyo(report.finished_at)
        self.say(
            "sent_about",
            os=SYSTEMS[report.os_family],
            version=report.agent_version,
            when=start if start == end else self.phrase("time_span", start=start, end=end),
        )
        self.say("sent_to", office=terms.office, address=session.plan.endpoint)

    def confirm(self) -> bool:
        """Whether the person consents to sending. Anything but a yes is a no."""
        return self._asked(self.phrase("consent_question")) is True

    def wants_recording(self) -> bool:
        """Whether the person wants a recording for the helpdesk, after what it is. Nothing is made
        of anything but a yes."""
        self.console.print()
        for phrase in ("recording_what", "recording_never", "recording_who", "recording_anew"):
            self.say(phrase)
        return self._asked(self.phrase("recording_question")) is True

    def confirm_recording(self, draft: "RecordingDraft", file: Path) -> bool:
        """Whether the person consents to sending `draft`, of which `file` is a copy to look at."""
        self.say("recording_copy", file=file, size=draft.kilobytes)
        return self._asked(self.phrase("recording_consent_question")) is True

    def receipt(self, receipt: Receipt) -> None:
        """The report has arrived; until when it is kept."""
        self.say("sent", date=receipt.delete_on.isoformat())

    def explanation(self, check: CheckId, policy: Policy, family: OsFamily) -> None:
        """What `check` is about, what stands behind it, and everything it can say."""
        requirement = policy.requirement(check)
        level = self.phrase(f"level_{requirement.level.value}")
        self.console.print(f"{self.words.label(check)} ({check.value}) … {level}", markup=False)
        self._terms(policy)
        sentence = policy.sentence(check)
        if sentence is not None:
            self.console.print(f"{requirement.clause} 「{sentence}」", markup=False)
        for reason in _telling_reasons(check):
            symbols = {self.words.verdicts[verdict].symbol for verdict in reason.verdicts}
            sentence = self.words.sentence(check, reason.value, ANY_EVIDENCE)
            self.console.print(f"  {''.join(sorted(symbols))} {sentence}", markup=False)
            remedy = self.words.remedy(check, reason.value, family, ANY_EVIDENCE)
            if remedy and reason.verdicts != {Verdict.PASS}:
                self._indented(f"  → {remedy}")

    def _terms(self, policy: Policy) -> None:
        terms = policy.terms
        revision = self.phrase("revision")
        self.console.print(
            f"{terms.office} / {terms.title} ({revision} {terms.revision})", markup=False
        )

    def _asked(self, question: str) -> bool | None:
        """The answer to a yes-or-no question; None for an empty one, at the end of the input, and
        when it stays unclear."""
        prompt = f"{question} {self.phrase('yes_or_no')} "
        for _ in range(3):
            try:
                typed = self.console.input(escape(prompt))
            except EOFError:
                self.console.print()
                return None
            answer = unicodedata.normalize("NFKC", typed).strip().strip("。.!").lower()
            if not answer:
                return None
            if answer in YES or answer in NO:
                return answer in YES
            self.say("answer_again")
        return None

    def _row(self, session: Session, row: Row) -> None:
        policy = session.plan.policy
        requirement = policy.requirement(row.check)
        line = self._headline(row.check, row.verdict)
        if requirement.level_on(session.day) is Level.ADVISED:
            line.append(f" ({self.phrase('advised')})", style="dim")
        self.console.print(line)
        self._indented(self.words.sentence(row.check, row.reason, row.evidence))
        if row.verdict in (Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN):
            remedy = self.words.remedy(row.check, row.reason, session.family, row.evidence)
            if remedy:
                self._indented(f"→ {remedy}")
        sentence = policy.sentence(row.check)
        if sentence is not None:
            self._indented(f"{requirement.clause} 「{sentence}」", style="dim")

    def _headline(self, check: CheckId, verdict: Verdict) -> Text:
        words = self.words.verdicts[verdict]
        return Text.assemble(
            (f"{words.symbol} ", STYLES[verdict]),
            self.words.label(check),
            (f" … {words.word}", STYLES[verdict]),
        )

    def _indented(self, text: str, style: str = "") -> None:
        self.console.print(Text(f"    {text}", style=style))

    @contextmanager
    def _progress(self, count: int) -> Iterator[Callable[[Sequence[CheckId]], None]]:
        if not self.console.is_terminal:
            self.say("checking")
            yield lambda _: None
            return
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=self.console,
            transient=True,
        ) as progress:
            task = progress.add_task(self.phrase("checking"), total=count)

            def show(left: Sequence[CheckId]) -> None:
                waited_for = f" {self.words.label(left[0])}" if left else ""
                progress.update(
                    task,
                    completed=count - len(left),
                    description=escape(self.phrase("checking") + waited_for),
                )

            yield show


def _telling_reasons(check: CheckId) -> tuple[Reason, ...]:
    """What `check` can say, without what only the other kind of check says."""
    if check in DECLARED_CHECKS:
        return (*Declared, Unread.NOT_ANSWERED)
    return tuple(reason for reason in reasons_of(check) if reason is not Unread.NOT_ANSWERED)


def _blocks(session: Session, row: Row) -> bool:
    level = session.plan.policy.requirement(row.check).level_on(session.day)
    return row.verdict is Verdict.FAIL and level in (Level.REQUIRED, Level.DECLARED)
