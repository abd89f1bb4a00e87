"""What each command of the command line does: the session, shown in the terminal."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from precheck.agent.address import endpoint_address
from precheck.agent.companions import chosen_endpoint
from precheck.agent.errors import CouldNotRun, EndpointNeeded, WrongUsage
from precheck.agent.exits import ATTENTION, COULD_NOT_RUN, NOT_READY, READY
from precheck.agent.machine import os_family
from precheck.agent.messages import Recorded
from precheck.agent.outbox import Delivery, Entry, Outbox, deliver, keep_and_deliver
from precheck.agent.session import Plan, Session, narrowed, plan
from precheck.contract.api import ProblemType
from precheck.contract.checks import CheckId
from precheck.contract.code import parse_code
from precheck.contract.declaration import Declaration
from precheck.contract.finding import Finding
from precheck.contract.offices import STANDARD, load_office, office_ids
from precheck.contract.report import Report
from precheck.contract.verdict import OsFamily, Readiness
from precheck.contract.wording import Language, load_wording

if TYPE_CHECKING:
    from precheck.agent.terminal import Terminal

EXIT = {
    Readiness.READY: READY,
    Readiness.NOT_READY: NOT_READY,
    Readiness.ATTENTION: ATTENTION,
}

Options = argparse.Namespace


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `precheck check --json` prints."""

    readiness: Readiness | None
    """None where only some of the checks were run."""
    policy: str
    revision: str
    findings: tuple[Finding, ...]
    declarations: tuple[Declaration, ...]
    report: Report | None


def check(options: Options) -> int:
    """`precheck check`"""
    now = datetime.now(UTC)
    chosen = _chosen_plan(options, now)
    only = _only(options.only, chosen)
    if only is not None:
        chosen = narrowed(chosen, only)
    sendable = chosen.code is not None and options.replay is None
    if (options.send or options.yes_send) and not sendable:
        raise WrongUsage("--send and --yes-send need --code and --endpoint, and all checks")
    if options.yes_send_recording and not (options.send or options.yes_send):
        raise WrongUsage("--yes-send-recording needs --send or --yes-send: it goes with a report")
    if options.send and not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage("--send asks for consent at a terminal; in a script, use --yes-send")
    if chosen.away and options.office is None:
        # Nobody knows which terms apply, and a report under others is refused for good.
        sendable = False
    family = _replayed_family(options.replay) if options.replay else os_family()
    session = Session(chosen, family, now)
    # Started before anything is shown: loading the words and the terminal takes as long.
    findings = session.run(replay=options.replay)
    if options.json:
        return _as_json(options, session, findings, sendable)
    terminal = terminal_for(options)
    terminal.opening(session, replayed=options.replay is not None)
    terminal.follow(findings, chosen.checks)
    _take_answers(session, options)
    if terminal.interactive and options.replay is None:
        for question in session.open_questions():
            answer = terminal.question(session, question)
            if answer is not None:
                session.answer(question, answer)
    terminal.result(session)
    if sendable and not options.no_send:
        return _offer(session, terminal, options)
    terminal.say("not_sent")
    return COULD_NOT_RUN if options.send or options.yes_send else EXIT[session.readiness()]


def record(options: Options) -> int:
    """`precheck record`"""
    terminal = terminal_for(options)
    now = datetime.now(UTC)
    office = load_office(options.office or STANDARD)
    endpoint = endpoint_address(options.endpoint) if options.endpoint else None
    session = Session(plan(office.id, None, endpoint, now), os_family(), now)
    recordings: list[Recorded] = []
    try:
        file = Path(options.out).open("xb")  # noqa: SIM115 - closed below; made before the long run
    except FileExistsError as error:
        raise WrongUsage(f"{options.out} is there already; choose another name") from error
    except OSError as error:
        raise WrongUsage(f"{options.out} cannot be written: {error.strerror}") from error
    with file:
        terminal.follow(session.run(on_recording=recordings.append), session.plan.checks)
        if not recordings:
            raise CouldNotRun("the worker made no recording")
        file.write(msgspec.json.format(bytes(recordings[0].recording), indent=1) + b"\n")
    terminal.say("recorded", file=options.out)
    return READY


def send(options: Options) -> int:
    """`precheck send`"""
    terminal = terminal_for(options)
    deliveries = _deliver_waiting(terminal)
    if not deliveries:
        terminal.say("outbox_empty")
    return READY if all(item.receipt for item in deliveries) else COULD_NOT_RUN


def offices(options: Options) -> int:
    """`precheck offices`"""
    terminal = terminal_for(options)
    for office in office_ids():
        terms = load_office(office).terms
        terminal.console.print(
            f"{office:16} {terms.office}  {terms.title} ({terms.revision})", markup=False
        )
    return READY


def explain(options: Options) -> int:
    """`precheck explain CHECK`"""
    check_id = _check_id(options.check)
    terminal_for(options).explanation(
        check_id, load_office(options.office or STANDARD), os_family()
    )
    return READY


def demo(options: Options) -> int:
    """`precheck demo`"""
    from precheck.agent.demo import show

    return show(options.office, terminal_for(options), language=options.lang, stay=options.stay)


COMMANDS: dict[str, Callable[[Options], int]] = {
    "check": check,
    "record": record,
    "send": send,
    "offices": offices,
    "explain": explain,
    "demo": demo,
}


def terminal_for(options: Options, *, stderr: bool = False) -> "Terminal":
    """The terminal, in the language that was asked for."""
    from precheck.agent.terminal import Terminal

    return Terminal(load_wording(Language(options.lang)), stderr=stderr)


def _as_json(
    options: Options, session: Session, findings: Iterator[Finding], sendable: bool
) -> int:
    for _ in findings:
        pass
    _take_answers(session, options)
    report = session.report() if sendable else None
    delivered = not options.yes_send
    if report is not None and options.yes_send:
        delivered = _deliver(session, report, terminal_for(options, stderr=True), quiet=True)
    _print_json(session, report)
    if report is not None and delivered and options.yes_send_recording:
        _record_and_send(session, report, terminal_for(options, stderr=True), consented=True)
    return EXIT[session.readiness()] if delivered else COULD_NOT_RUN


def _chosen_plan(options: Options, now: datetime) -> Plan:
    code = parse_code(options.code) if options.code is not None else None
    endpoint = chosen_endpoint(options.endpoint)
    if code is not None and endpoint is None:
        raise EndpointNeeded("--code needs --endpoint, the address that the office gave you")
    return plan(options.office, code, endpoint, now)


def _only(listed: str | None, chosen: Plan) -> tuple[CheckId, ...] | None:
    if listed is None:
        return None
    wanted = {_check_id(item.strip()) for item in listed.split(",")}
    unasked = wanted - set(chosen.checks)
    if unasked:
        names = ", ".join(sorted(unasked))
        raise WrongUsage(f"nothing measures {names} under this policy, so nothing would be run")
    return tuple(check for check in chosen.checks if check in wanted)


def _check_id(typed: str) -> CheckId:
    try:
        return CheckId(typed)
    except ValueError as error:
        known = ", ".join(CheckId)
        raise WrongUsage(f"there is no check {typed!r}; there are: {known}") from error


def _replayed_family(file: str) -> OsFamily:
    from probes.system.recording import BadRecording, decode_recording

    try:
        return decode_recording(Path(file).read_bytes()).family
    except OSError as error:
        raise WrongUsage(f"{file} cannot be read: {error.strerror}") from error
    except BadRecording as error:
        raise WrongUsage(f"{file}: {error}") from error


def _take_answers(session: Session, options: Options) -> None:
    given = {
        CheckId.PRIVATE_ROOM: options.private_room,
        CheckId.TERMS_CONSENT: options.agree,
        CheckId.NETWORK_TRUST: options.own_network,
    }
    asked = {check_id for check_id, _ in session.plan.policy.asked()}
    for check_id, answer in given.items():
        if answer is not None and check_id in asked:
            session.answer(check_id, answer == "yes")


def _offer(session: Session, terminal: "Terminal", options: Options) -> int:
    report = session.report()
    terminal.sending(session, report)
    if not options.yes_send and not (terminal.interactive and terminal.confirm()):
        terminal.say("not_sent")
        return EXIT[session.readiness()]
    delivered = _deliver(session, report, terminal, quiet=False)
    if delivered:
        _deliver_waiting(terminal)
        terminal.closing(session)
        # Who consents beforehand is asked nothing.
        asks = terminal.interactive and not options.yes_send
        if options.yes_send_recording or (asks and terminal.wants_recording()):
            _record_and_send(session, report, terminal, consented=options.yes_send_recording)
    return EXIT[session.readiness()] if delivered else COULD_NOT_RUN


def _deliver(session: Session, report: Report, terminal: "Terminal", *, quiet: bool) -> bool:
    endpoint, code = _recipient(session)
    from precheck.agent.client import Client

    entry = Entry(endpoint=endpoint, code=code, report=report)
    delivery = keep_and_deliver(Outbox(), entry, Client(endpoint))
    if not quiet:
        for earlier in delivery.earlier:
            _tell(earlier, terminal)
    if not quiet or delivery.receipt is None:
        _tell(delivery, terminal)
    return delivery.receipt is not None


def _record_and_send(
    session: Session, report: Report, terminal: "Terminal", *, consented: bool
) -> None:
    """Make the recording of `report`, which was sent, and send it if the person consents to what
    they see. Nothing is kept of it."""
    endpoint, code = _recipient(session)
    from precheck.agent.client import Client
    from precheck.agent.recording import make_recording, send_recording

    checks = session.plan.checks
    terminal.say("recording_making")
    draft = make_recording(
        session.plan,
        session.family,
        report.report_id,
        lambda findings: terminal.follow(findings, checks),
    )
    if not consented:
        with tempfile.TemporaryDirectory(prefix="precheck-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "recording.json"
            file.write_bytes(draft.text)
            consented = terminal.confirm_recording(draft, file)
    if not consented:
        terminal.say("recording_not_sent")
        return
    receipt = send_recording(draft, Client(endpoint), code)
    terminal.say("recording_sent", date=receipt.delete_on.isoformat())


def _recipient(session: Session) -> tuple[str, str]:
    """The endpoint and the code. Raises `WrongUsage` where there is neither."""
    endpoint, code = session.plan.endpoint, session.plan.code
    if endpoint is None or code is None:
        raise WrongUsage("there is nobody to send to")
    return endpoint, code


def _deliver_waiting(terminal: "Terminal") -> list[Delivery]:
    """Send what waits in the outbox; the person consented to each of them at its time."""
    from precheck.agent.client import Client

    outbox = Outbox()
    outbox.clear_leftovers()
    deliveries = [
        deliver(outbox, entry, Client(entry.endpoint)) for entry in list(outbox.waiting())
    ]
    for delivery in deliveries:
        _tell(delivery, terminal)
    return deliveries


def _tell(delivery: Delivery, terminal: "Terminal") -> None:
    if delivery.receipt is not None:
        terminal.receipt(delivery.receipt)
    elif delivery.refused is not None:
        deleted = delivery.refused == ProblemType.REPORT_DELETED
        terminal.say("error_deleted" if deleted else "error_refused", reason=delivery.refused)
    else:
        terminal.say("kept_in_outbox")


def _print_json(session: Session, report: Report | None) -> None:
    policy = session.plan.policy
    outcome = Outcome(
        readiness=None if session.plan.partial else session.readiness(),
        policy=policy.id,
        revision=policy.revision,
        findings=session.findings(),
        declarations=session.declarations(),
        report=report,
    )
    raw = msgspec.json.format(msgspec.json.encode(outcome), indent=2)
    sys.stdout.buffer.write(raw + b"\n")
    sys.stdout.buffer.flush()
