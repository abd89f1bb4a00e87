"""What each command of the command line does: the session, shown in the terminal."""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from precheck.agent.address import endpoint_address
from precheck.agent.companions import (
    SETTINGS_FILE,
    code_in_name,
    program,
    settings_beside,
)
from precheck.agent.errors import (
    AgentError,
    BadAddress,
    BadSettings,
    CouldNotRun,
    EndpointNeeded,
    WrongUsage,
)
from precheck.agent.exits import ATTENTION, COULD_NOT_RUN, NOT_READY, READY, WRONG_USAGE
from precheck.agent.machine import os_family
from precheck.agent.messages import Recorded
from precheck.agent.outbox import Delivery, Entry, Outbox, deliver, keep_and_deliver
from precheck.agent.session import Plan, Session, narrowed, plan
from precheck.contract.checks import CheckId
from precheck.contract.code import parse_code
from precheck.contract.declaration import Declaration
from precheck.contract.errors import BadCode, ContractError, UnknownOffice
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


def run(options: Options) -> int:
    """Run the command in `options`; returns its exit code. Every failure is one sentence on
    standard error."""
    command: Callable[[Options], int] = _COMMANDS[options.command]
    try:
        code = command(options)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except (WrongUsage, UnknownOffice, BadCode) as error:
        _complain(options, error)
        return WRONG_USAGE
    except (AgentError, ContractError) as error:
        _complain(options, error)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{_terminal(options).phrase('interrupted')}\n")
        return COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001 - left to Python the exit code would be 1, not ready
        if os.environ.get("PRECHECK_DEBUG"):
            traceback.print_exc()
        if isinstance(error, OSError):
            _give_up_output()
        _complain(options, AgentError(type(error).__name__))
        return COULD_NOT_RUN


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
    terminal = _terminal(options)
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


def page(options: Options) -> int:
    """`precheck page`"""
    from precheck.agent.page.run import Given, serve

    code = options.code if options.code is not None else code_in_name(program())
    given = Given(code=None if code is None else parse_code(code))
    try:
        given = replace(given, endpoint=_endpoint(options))
    except BadSettings as error:
        # It is not the person's doing, and they can go on without.
        given = replace(given, problem=error)
    return serve(Language(options.lang), given, opened=not options.no_open)


def record(options: Options) -> int:
    """`precheck record`"""
    terminal = _terminal(options)
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
    terminal = _terminal(options)
    deliveries = _deliver_waiting(terminal)
    if not deliveries:
        terminal.say("outbox_empty")
    return READY if all(item.receipt for item in deliveries) else COULD_NOT_RUN


def offices(options: Options) -> int:
    """`precheck offices`"""
    terminal = _terminal(options)
    for office in office_ids():
        terms = load_office(office).terms
        terminal.console.print(
            f"{office:16} {terms.office}  {terms.title} ({terms.revision})", markup=False
        )
    return READY


def explain(options: Options) -> int:
    """`precheck explain CHECK`"""
    check_id = _check_id(options.check)
    _terminal(options).explanation(check_id, load_office(options.office or STANDARD), os_family())
    return READY


def demo(options: Options) -> int:
    """`precheck demo`"""
    from precheck.agent.demo import show

    return show(options.office, _terminal(options), language=options.lang, stay=options.stay)


_COMMANDS: dict[str, Callable[[Options], int]] = {
    "page": page,
    "check": check,
    "record": record,
    "send": send,
    "offices": offices,
    "explain": explain,
    "demo": demo,
}


def _terminal(options: Options, *, stderr: bool = False) -> "Terminal":
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
        delivered = _deliver(session, report, _terminal(options, stderr=True), quiet=True)
    _print_json(session, report)
    if report is not None and delivered and options.yes_send_recording:
        _record_and_send(session, report, _terminal(options, stderr=True), consented=True)
    return EXIT[session.readiness()] if delivered else COULD_NOT_RUN


def _chosen_plan(options: Options, now: datetime) -> Plan:
    code = parse_code(options.code) if options.code is not None else None
    endpoint = _endpoint(options)
    if code is not None and endpoint is None:
        raise EndpointNeeded("--code needs --endpoint, the address that the office gave you")
    return plan(options.office, code, endpoint, now)


def _endpoint(options: Options) -> str | None:
    typed = options.endpoint or os.environ.get("PRECHECK_ENDPOINT")
    if typed:
        return endpoint_address(typed)
    kept = settings_beside(program()).endpoint
    if kept is None:
        return None
    try:
        return endpoint_address(kept)
    except BadAddress as error:
        raise BadSettings(f"{SETTINGS_FILE} has no address that may be asked") from error


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
        terminal.say("error_refused", reason=delivery.refused)
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


def _give_up_output() -> None:
    """Where standard output cannot be written (a full disk, a reader that has gone), let nothing
    try again at the end of the program, with an exit code of Python's own."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _complain(options: Options, error: Exception) -> None:
    """Say on standard error what is wrong: the person's sentence, then the exact one."""
    phrase, values = "error_unexpected", {}
    if isinstance(error, AgentError):
        phrase, values = error.phrase, error.values
    elif isinstance(error, BadCode):
        phrase = "error_code_mistyped"
    elif isinstance(error, UnknownOffice):
        phrase = "error_office_unknown"
    sys.stderr.write(f"{_terminal(options).phrase(phrase, **values)}\nprecheck: {error}\n")
