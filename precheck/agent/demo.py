"""Everything at once, for real and by itself: an endpoint, an appointment, the device's checks, the
report, and the counsellor's list in which it stands."""

import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from precheck.agent.client import Client
from precheck.agent.errors import CouldNotRun
from precheck.agent.machine import os_family
from precheck.agent.session import Session, plan
from precheck.agent.terminal import Terminal
from precheck.contract.checks import CheckId
from precheck.contract.code import parse_code
from precheck.contract.verdict import Verdict
from probes.check import TOKYO

STAFF = "demo"


def show(office: str, terminal: Terminal, *, language: str, stay: bool) -> int:
    """Run the demonstration for `office`, printing each step. Returns an exit code: 0 when the
    report arrived, whatever it says. With `stay` the endpoint is left up until Ctrl-C, or until the
    program is told to end; either leaves nothing behind."""
    if find_spec("django") is None:
        raise CouldNotRun("the endpoint is not installed: pip install 'precheck[endpoint]'")
    with (
        _told_to_end_as_by_keyboard(),
        tempfile.TemporaryDirectory(prefix="precheck-demo-") as data,
        _endpoint(data) as address,
    ):
        terminal.say("demo_endpoint", address=address)
        _endpoint_command(data, "office", "add", office)
        # One of their own choice: a password that the endpoint makes has to be changed first.
        password = secrets.token_urlsafe(12)
        member = ("staff", "add", STAFF, "--office", office, "--password-stdin")
        _endpoint_command(data, *member, typed=password)
        now = datetime.now(UTC)
        at = _today_at(now)
        code = _endpoint_command(data, "appointment", "add", "--office", office, "--at", at).strip()
        terminal.say("demo_code", code=code)
        terminal.console.print()
        _send_a_report(parse_code(code), address, terminal, now)
        terminal.console.print()
        terminal.say("today_list")
        listed = _endpoint_command(data, "appointments", "--lang", language)
        terminal.console.print(listed.rstrip(), markup=False)
        terminal.say("demo_staff_page", address=f"{address}/staff/")
        if stay:
            terminal.say("demo_login", name=STAFF, password=password)
            terminal.say("demo_code", code=code)
            terminal.say("demo_stays")
            _until_interrupted()
        else:
            terminal.say("demo_ends")
    return 0


def _send_a_report(code: str, address: str, terminal: Terminal, now: datetime) -> None:
    session = Session(plan(None, code, address, now), os_family(), now)
    terminal.opening(session)
    terminal.follow(session.run(), session.plan.checks)
    for check in session.open_questions():
        measured = {item.check: item.verdict for item in session.findings()}.get(check)
        if check is not CheckId.NETWORK_TRUST or measured is Verdict.UNKNOWN:
            session.answer(check, True)
    terminal.say("demo_answers")
    terminal.result(session)
    report = session.report()
    terminal.sending(session, report)
    terminal.receipt(Client(address).send(code, report))


@contextmanager
def _endpoint(data: str) -> Iterator[str]:
    """A running endpoint's address. What it logs goes into its data folder."""
    log = (Path(data) / "endpoint.log").open("w+", encoding="utf-8")
    process = subprocess.Popen(
        _command(data, "serve", "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        for line in process.stdout:
            found = re.search(r"listening on (http://\S+?)/?$", line.strip())
            if found:
                yield found[1]
                return
        log.seek(0)
        raise CouldNotRun(f"the endpoint did not start: {log.read().strip()[-200:]}")
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _endpoint_command(data: str, *arguments: str, typed: str = "") -> str:
    done = subprocess.run(
        _command(data, *arguments),
        input=typed,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise CouldNotRun(f"precheck-endpoint {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout


def _command(data: str, *arguments: str) -> list[str]:
    # -P, or modules of the folder in which the person happens to be would come before ours.
    return [sys.executable, "-P", "-m", "precheck.endpoint", *arguments, "--data", data]


def _today_at(now: datetime) -> str:
    """An hour from now, or the last minute of the day, so that it stands in today's list."""
    here = now.astimezone(TOKYO)
    last = here.replace(hour=23, minute=59, second=0, microsecond=0)
    return min(here + timedelta(hours=1), last).strftime("%Y-%m-%d %H:%M")


@contextmanager
def _told_to_end_as_by_keyboard() -> Iterator[None]:
    """SIGTERM ends what is within as Ctrl-C does. Python lets no thread but the main one ask for
    that; in any other, nothing is changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
