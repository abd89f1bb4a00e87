"""What was deleted is erased from the file of the data and from its log; where somebody reads the
data meanwhile that waits, and nobody waits for it."""

import json
import re
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import requests

from tests.endpoint.scene import (
    OFFICE,
    command,
    done,
    new_code,
    query,
    report,
    report_ids,
    send,
    serving,
    with_a_file,
)

pytestmark = with_a_file

MARK = "9.8.7-only-here"
PASSWORD = "correct horse battery"  # noqa: S105


def is_there(folder: Path) -> bool:
    """Whether `MARK` stands in any file of the database."""
    return any(MARK.encode() in each.read_bytes() for each in folder.glob("endpoint.sqlite3*"))


@contextmanager
def somebody_reads(folder: Path) -> Iterator[None]:
    """Another process that has begun to read, and goes on."""
    with closing(sqlite3.connect(folder / "endpoint.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM store_appointment").fetchall()
        yield


def delete(address: str, code: str) -> int:
    """The status with which the reports of `code` are deleted."""
    headers = {"Authorization": f"Appointment {code}"}
    return requests.delete(f"{address}api/v1/reports", headers=headers, timeout=60).status_code


def deleted_while_somebody_reads(folder: Path, address: str) -> None:
    code = new_code(folder)
    assert send(address, code, report(agent_version=MARK)).status_code == 201
    with somebody_reads(folder):
        assert delete(address, code) == 204
    assert report_ids(folder) == []
    assert is_there(folder)


def test_a_deleted_report_is_in_no_file(folder: Path) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        assert send(address, code, report(agent_version=MARK)).status_code == 201
        assert is_there(folder)
        assert delete(address, code) == 204
        assert not is_there(folder)


def test_a_deleted_note_is_in_no_file(folder: Path) -> None:
    arguments = ("staff", "add", "hanako", "--office", OFFICE, "--password-stdin")
    done(folder, *arguments, stdin=f"{PASSWORD}\n")
    new_code(folder)
    with serving(folder) as (address, _), requests.Session() as session:

        def page(path: str) -> str:
            return session.get(address + path, timeout=20).text

        def post(path: str, **fields: str) -> None:
            sent = {"csrfmiddlewaretoken": session.cookies["csrftoken"], **fields}
            answer = session.post(address + path, sent, timeout=20, allow_redirects=False)
            assert answer.status_code == 302, answer.text

        page("staff/login/")
        post("staff/login/", username="hanako", password=PASSWORD)
        ((hexadecimal,),) = query(folder, "SELECT id FROM store_appointment")
        own = "-".join(re.findall(r"^(.{8})(.{4})(.{4})(.{4})(.{12})$", hexadecimal)[0])
        post(f"staff/appointments/{own}/notes", text=MARK)
        assert is_there(folder)
        note = re.search(r"notes/\d+/delete", page(f"staff/appointments/{own}/"))
        assert note
        post(f"staff/appointments/{own}/{note[0]}")
        assert not is_there(folder)


def test_who_reads_on_and_on_keeps_nobody_from_deleting(folder: Path) -> None:
    codes = [new_code(folder) for _ in range(4)]
    with serving(folder) as (address, _), ThreadPoolExecutor(len(codes)) as pool:
        for code in codes:
            assert send(address, code, report()).status_code == 201
        with somebody_reads(folder):
            told = [pool.submit(delete, address, code) for code in codes]
            assert {each.result() for each in told} == {204}
    assert report_ids(folder) == []


def test_what_could_not_be_erased_is_erased_with_the_next_deletion(folder: Path) -> None:
    with serving(folder) as (address, _):
        deleted_while_somebody_reads(folder, address)
        other = new_code(folder)
        send(address, other, report())
        assert delete(address, other) == 204
        assert not is_there(folder)


def test_housekeeping_erases_it_though_nothing_is_due_and_says_when_it_cannot(
    folder: Path,
) -> None:
    with serving(folder) as (address, _):
        deleted_while_somebody_reads(folder, address)
        with somebody_reads(folder):
            kept = command(folder, "purge")
        assert (kept.returncode, json.loads(kept.stderr)["level"]) == (0, "warning")
        assert is_there(folder)
        kept = command(folder, "purge")
        assert (kept.returncode, kept.stderr) == (0, "")
        assert not is_there(folder)


def test_a_server_that_ends_erases_it_though_another_process_has_the_data_open(
    folder: Path,
) -> None:
    database = folder / "endpoint.sqlite3"
    with serving(folder) as (address, process), closing(sqlite3.connect(database)) as another:
        deleted_while_somebody_reads(folder, address)
        assert another.execute("SELECT count(*) FROM store_office").fetchall() == [(1,)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not is_there(folder)
