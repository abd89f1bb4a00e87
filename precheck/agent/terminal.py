"""The terminal's view of a session: lines as they land, then what to do, in the person's words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from precheck.agent.session import Row, Session
from precheck.contract.api import Receipt
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding
from precheck.contract.report import Report, encode_report
from precheck.contract.verdict import Level, Readiness, Verdict
from precheck.contract.wording import Wording
from probes.check import TOKYO

STYLES = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.UNKNOWN: "blue",
    Verdict.DECLARED: "default",
    Verdict.NOT_APPLICABLE: "dim",
}
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

    def opening(self, session: Session) -> None:
        """Which office's terms, of which revision, and when."""
        terms = session.plan.policy.terms
        self.console.print(Text(self.phrase("title"), style="bold"))
        self.console.print(
            escape(f"{terms.office} / {terms.title} ({self.phrase('revision')} {terms.revision})")
        )
        if session.plan.starts_at is not None:
            self.say("appointment_at", when=tokyo(session.plan.starts_at))
        if session.plan.away:
            self.say("error_endpoint_away")
        self.say("reads_only")
        self.console.print()

    def follow(self, findings: Iterator[Finding], count: int) -> None:
        """Print each finding as it lands, with a bar below while there is a terminal."""
        with self._progress(count) as landed:
            for place, item in enumerate(findings, start=1):
                self.console.print(
                    Text(f"[{place:2}/{count}] ") + self._headline(item.check, item.verdict)
                )
                landed()

    def result(self, session: Session) -> None:
        """Every check with its clause, sentence and next step, then the answer."""
        policy = session.plan.policy
        self.console.print()
        for row in session.rows():
            self._row(session, row)
        state = session.readiness()
        self.console.print()
        self.console.print(Text(self.words.readiness[state], style=READINESS_STYLES[state]))
        self.say("self_check_notice")
        if policy.terms.phone and state is not Readiness.READY:
            self.say("other_way", phone=policy.terms.phone)

    def question(self, check: CheckId) -> bool | None:
        """Ask the person about `check`. None when they leave it open."""
        text = self.words.checks[check].question or self.words.label(check)
        answer = self.console.input(escape(f"{text} [y/n] ")).strip().lower()
        return {"y": True, "yes": True, "はい": True, "n": False, "no": False, "いいえ": False}.get(
            answer
        )

    def sending(self, report: Report) -> None:
        """Exactly what would leave the device: in words, and as it is sent."""
        self.console.print()
        self.console.print(Text(self.phrase("sent_heading"), style="bold"))
        for item in report.findings:
            self.console.print("  ", self._headline(item.check, item.verdict), sep="")
        raw = msgspec.json.format(encode_report(report), indent=2).decode()
        self.console.print(escape(raw))

    def confirm(self) -> bool:
        """Whether the person consents to sending."""
        answer = self.console.input(escape(self.phrase("consent_question") + " [y/n] "))
        return answer.strip().lower() in ("y", "yes", "はい")

    def receipt(self, receipt: Receipt) -> None:
        """The report has arrived; until when it is kept."""
        self.say("sent", date=receipt.delete_on.isoformat())

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
    def _progress(self, count: int) -> Iterator[Callable[[], None]]:
        if not self.console.is_terminal:
            self.say("checking")
            yield lambda: None
            return
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=self.console,
            transient=True,
        ) as progress:
            task = progress.add_task(self.phrase("checking"), total=count)
            yield lambda: progress.advance(task)


def tokyo(moment: datetime) -> str:
    """`moment` as people in Japan read it: 2026-11-24 10:00."""
    return moment.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
