"""Offices, appointments and reports for tests, and a server that runs as a process."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
import requests

from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.readout import encode, readout_key
from precheck.contract.reasons import (
    Antivirus,
    Browser,
    ConnectionQuality,
    FileSharing,
    Firewall,
    Infection,
    Internet,
    MeetingApp,
    Metered,
    Microphone,
    NetworkTrust,
    OpenServices,
    OsSupport,
    Reason,
    RunningSoftware,
    SecurityUpdates,
    Webcam,
)
from precheck.contract.report import decode_report
from precheck.contract.verdict import Verdict
from tests.endpoint import postgresql

OFFICE = "kakogawa"
OTHER_OFFICE = "okinawa"
RECORDING = Path(__file__).parents[1] / "recordings" / "windows-11-unguarded.json"
"""What a device answered that has things to put right."""
T = TypeVar("T")
with_a_file = pytest.mark.sqlite
"""For tests of what only SQLite's file has: its folder, its backup, its one process."""


def today() -> date:
    """The date in Tokyo."""
    return (datetime.now(UTC) + timedelta(hours=9)).date()


DAY = today() + timedelta(days=1)
"""The day of every appointment that needs no other. Said once and not today, so that no test means
another day than the program when it is midnight in Tokyo."""


def on_one_day(act: Callable[[date], T]) -> T:
    """What `act`, which is told today's date in Tokyo, gives; done again where the day ended
    meanwhile."""
    day = today()
    try:
        given = act(day)
    except AssertionError:
        if today() == day:
            raise
    else:
        if today() == day:
            return given
    return act(today())


FINE: dict[CheckId, Reason] = {
    CheckId.OS_SUPPORT: OsSupport.SUPPORTED,
    CheckId.SECURITY_UPDATES: SecurityUpdates.CURRENT,
    CheckId.FIREWALL: Firewall.ON,
    CheckId.OPEN_SERVICES: OpenServices.NONE_REACHABLE,
    CheckId.ANTIVIRUS: Antivirus.ON_CURRENT,
    CheckId.INFECTION: Infection.CLEAN,
    CheckId.FILE_SHARING: FileSharing.NONE_FOUND,
    CheckId.RUNNING_SOFTWARE: RunningSoftware.NONE_FOUND,
    CheckId.INTERNET: Internet.REACHED,
    CheckId.NETWORK_TRUST: NetworkTrust.WIRED,
    CheckId.WEBCAM: Webcam.PRESENT,
    CheckId.MICROPHONE: Microphone.PRESENT,
    CheckId.MEETING_APP: MeetingApp.READY,
    CheckId.BROWSER: Browser.CURRENT,
    CheckId.CONNECTION_QUALITY: ConnectionQuality.GOOD,
    CheckId.METERED: Metered.UNMETERED,
}
"""A device on which nothing is wrong."""


def report(
    *changes: Reason,
    finished_at: datetime | None = None,
    report_id: UUID | None = None,
    room: bool = True,
    **fields: Any,
) -> dict[str, Any]:
    """A report as JSON data: of a fine device, but for what `changes` say. Each of them can carry
    one verdict only."""
    ended = finished_at or datetime.now(UTC)
    found = {**FINE, **{_check_of(reason): reason for reason in changes}}
    return {
        "schema": 1,
        "report_id": str(report_id or uuid4()),
        "agent_version": "0.1.0",
        "os_family": "windows",
        "policy": {"id": OFFICE, "revision": load_office(OFFICE).revision},
        "started_at": (ended - timedelta(seconds=12)).isoformat(),
        "finished_at": ended.isoformat(),
        "findings": [
            {"check": check.value, "verdict": _verdict(reason), "reason": reason.value}
            for check, reason in found.items()
        ],
        "declarations": [
            {"check": CheckId.PRIVATE_ROOM.value, "answer": room},
            {"check": CheckId.TERMS_CONSENT.value, "answer": True},
        ],
        **fields,
    }


def digits_read_out(code: str, *changes: Reason, policy: Policy | None = None) -> str:
    """The readout code for a device as in `report`, by the appointment's `code` under `policy`
    (`OFFICE`'s as shipped)."""
    found = decode_report(json.dumps(report(*changes)).encode())
    return encode(
        policy or load_office(OFFICE), found.findings, found.declarations, readout_key(code)
    )


def _check_of(reason: Reason) -> CheckId:
    (check,) = (check for check, fine in FINE.items() if type(fine) is type(reason))
    return check


def _verdict(reason: Reason) -> str:
    (verdict,) = reason.verdicts
    return Verdict(verdict).value


assert set(FINE) == set(MEASURED_CHECKS)


def kept_in(folder: Path) -> dict[str, str]:
    """The variables with which the endpoint's data in `folder` are in the store that the tests run
    on: a file there, or a PostgreSQL database of its own, for which the secret is given."""
    if not postgresql.chosen():
        return {}
    secret = folder / "secret"
    if not secret.exists():
        folder.mkdir(parents=True, exist_ok=True)
        secret.write_text(token_urlsafe(48), encoding="ascii")
        secret.chmod(0o600)
    return {"DATABASE_URL": postgresql.made(_name(folder))}


def query(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """The rows that `statement` gives from the data in `folder`. What it changes is committed."""
    if postgresql.chosen():
        return postgresql.query(_name(folder), statement)
    with closing(sqlite3.connect(folder / "endpoint.sqlite3")) as database, database:
        return database.execute(statement).fetchall()


def _name(folder: Path) -> str:
    return "precheck_" + hashlib.sha256(bytes(folder)).hexdigest()[:16]


def report_ids(folder: Path) -> list[str]:
    """The ids of all stored reports."""
    return [
        str(UUID(str(row[0]))) for row in query(folder, "SELECT report_id FROM store_reportrecord")
    ]


def command(
    folder: Path, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """`precheck-endpoint` with the data in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "precheck.endpoint", *arguments, "--data", str(folder)],
        input=stdin,
        capture_output=True,
        text=True,
        env={**_environment(), **kept_in(folder), **environment},
        check=False,
    )


def done(folder: Path, *arguments: str, **more: str) -> str:
    """What a command that must end well says."""
    ended = command(folder, *arguments, **more)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def at(hour: int = 10, minute: int = 0, day: date = DAY) -> str:
    """A wall time in Tokyo, as the command takes it."""
    return f"{day} {hour:02}:{minute:02}"


def new_code(folder: Path, office: str = OFFICE, when: str | None = None) -> str:
    """The code of a new appointment (on `DAY`, unless told otherwise)."""
    return done(folder, "appointment", "add", "--office", office, "--at", when or at())


def listed(folder: Path, *more: str) -> list[dict[str, Any]]:
    """The appointments of `DAY` as the terminal's JSON."""
    said = done(folder, "appointments", "--json", "--date", str(DAY), *more)
    rows: list[dict[str, Any]] = json.loads(said)
    return rows


@contextmanager
def serving(
    folder: Path,
    module: str = "precheck.endpoint",
    options: Sequence[str] = (),
    **environment: str,
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server on `folder` and a free port: its address, and its process. Its log is appended to
    `serve.log` in the folder."""
    with (folder / "serve.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "serve", "--port", "0", "--data", str(folder), *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**_environment(), **kept_in(folder), **environment},
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on "), (folder / "serve.log").read_text()
            yield line.removeprefix("listening on ").strip(), process
        finally:
            process.kill()
            process.communicate()


def send(address: str, code: str, body: dict[str, Any]) -> requests.Response:
    """Send a report to a server."""
    return requests.post(
        f"{address}api/v1/reports",
        json=body,
        headers={"Authorization": f"Appointment {code}"},
        timeout=30,
    )


def _environment() -> dict[str, str]:
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PRECHECK_", "DATABASE_URL"))
    }
