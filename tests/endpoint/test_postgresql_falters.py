"""PostgreSQL, or what stands before it, falters: reports are refused meanwhile, and no longer."""

import json
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg
import pytest
import requests

from tests.endpoint import postgresql
from tests.endpoint.scene import (
    OFFICE,
    done,
    kept_in,
    new_code,
    query,
    report,
    report_ids,
    send,
    serving,
)

pytestmark = pytest.mark.postgresql


class Pooler:
    """Stands for a pooler in `folder` before the server in `behind`. While `away` is set it lets
    clients log in, and drops them at their first question."""

    def __init__(self, folder: Path, behind: Path) -> None:
        self.away = threading.Event()
        self._behind = f"{behind}/.s.PGSQL.5432"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(f"{folder}/.s.PGSQL.5432")
        self._listening.listen()
        threading.Thread(target=self._accept).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._behind)
                threading.Thread(target=self._pass, args=(client, server, self.away)).start()
                threading.Thread(target=self._pass, args=(server, client, None)).start()

    def _pass(self, one: socket.socket, other: socket.socket, away: threading.Event | None) -> None:
        with one, suppress(OSError):
            logged_in = False
            while (data := one.recv(65536)) and not (away and logged_in and away.is_set()):
                other.sendall(data)
                logged_in = True
            one.shutdown(socket.SHUT_RDWR)
            other.shutdown(socket.SHUT_RDWR)


def test_after_an_outage_behind_a_pooler_reports_are_taken_again(folder: Path) -> None:
    code, own = new_code(folder), kept_in(folder)["DATABASE_URL"]
    with TemporaryDirectory(dir="/tmp") as short:  # a socket's path has 107 bytes at most
        pooler = Pooler(Path(short), postgresql.socket_folder())
        url = f"postgresql://postgres@{quote(short, safe='')}/{own.rpartition('/')[2]}"
        with (
            closing(pooler),
            serving(folder, DATABASE_URL=f"{url}?sslmode=disable&gssencmode=disable") as (
                address,
                _,
            ),
        ):
            assert send(address, code, report()).status_code == 201
            pooler.away.set()
            assert [send(address, code, report()).status_code for _ in range(2)] == [503] * 2
            pooler.away.clear()
            assert [send(address, code, report()).status_code for _ in range(3)] == [201] * 3


def test_a_report_that_waits_for_postgresql_does_not_hold_up_the_end(folder: Path) -> None:
    code, body = new_code(folder), report()
    with (
        psycopg.connect(kept_in(folder)["DATABASE_URL"]) as other,
        serving(folder) as (address, process),
        ThreadPoolExecutor(1) as pool,
    ):
        other.execute("SELECT 1 FROM store_appointment FOR UPDATE")
        waits = pool.submit(send, address, code, body)
        _until_somebody_waits(folder)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        other.rollback()
        with pytest.raises(requests.ConnectionError):
            waits.result(20)
    assert len(report_ids(folder)) <= 1  # nobody was told whether it is


def test_while_postgresql_only_reads_the_same_can_be_sent_later(folder: Path) -> None:
    """As a standby does until it is promoted."""
    code, body = new_code(folder), report()
    with serving(folder) as (address, _):
        _only_reads(folder, True)
        assert [send(address, code, body).status_code for _ in range(2)] == [503] * 2
        asked_away = requests.delete(
            f"{address}/api/v1/reports",
            headers={"Authorization": f"Appointment {code}"},
            timeout=30,
        )
        assert (asked_away.status_code, asked_away.headers["Retry-After"]) == (503, "30")
        _only_reads(folder, False)
        assert send(address, code, body).status_code == 201


def _only_reads(folder: Path, whether: bool) -> None:
    database = kept_in(folder)["DATABASE_URL"].rpartition("/")[2]
    query(
        folder,
        "SET TRANSACTION READ WRITE;"
        f" ALTER DATABASE {database} SET default_transaction_read_only = {whether}",
    )
    query(
        folder,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def _until_somebody_waits(folder: Path) -> None:
    for _ in range(400):
        if query(folder, "SELECT 1 FROM pg_locks WHERE NOT granted"):
            return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waited for the row")


def test_who_holds_a_row_for_ever_stops_only_what_needs_that_row(folder: Path) -> None:
    """As a process does that stands still in the midst of writing, or somebody at psql."""
    held = new_code(folder)
    with (
        psycopg.connect(kept_in(folder)["DATABASE_URL"]) as other,
        serving(folder) as (address, _),
    ):
        other.execute("SELECT 1 FROM store_appointment FOR UPDATE")
        assert send(address, held, report()).status_code == 503
        assert send(address, new_code(folder), report()).status_code == 201
        other.rollback()
        assert send(address, held, report()).status_code == 201


def test_a_server_that_stands_still_in_the_midst_of_writing_loses_what_it_holds(
    folder: Path,
) -> None:
    code = new_code(folder)
    with (
        psycopg.connect(kept_in(folder)["DATABASE_URL"]) as other,
        serving(folder) as (address, process),
        serving(folder) as (second, _),
        ThreadPoolExecutor(1) as pool,
    ):
        # It is stopped while it waits for what somebody else holds, and so within its transaction.
        other.execute("LOCK TABLE store_dailycount IN EXCLUSIVE MODE")
        waits = pool.submit(send, address, code, report())
        _until_somebody_waits(folder)
        process.send_signal(signal.SIGSTOP)
        other.rollback()
        answers = [send(second, code, report()).status_code for _ in range(6)]
        process.send_signal(signal.SIGCONT)
        assert waits.result(30).status_code in (201, 503)
    assert set(answers) <= {201, 503}
    assert answers[-1] == 201


def test_what_names_an_office_does_not_wait_for_its_settings(folder: Path) -> None:
    """Each entry of the audit, each appointment holds a lock on its office's key when it is
    committed. Who waits for that while others wait for him is in a deadlock."""
    with psycopg.connect(kept_in(folder)["DATABASE_URL"]) as other:
        other.execute("SELECT 1 FROM store_office FOR KEY SHARE")
        done(folder, "office", "add", OFFICE, "--retention-days", "40")
    assert query(folder, "SELECT retention_days FROM store_office") == [(40,)]


def test_a_report_that_comes_again_leaves_no_warning_in_the_log(folder: Path) -> None:
    code, body = new_code(folder), report()
    with serving(folder) as (address, _):
        assert [send(address, code, body).status_code for _ in range(3)] == [201, 200, 200]
    lines = map(json.loads, (folder / "serve.log").read_text().splitlines())
    warned = {line["logger"] for line in lines if line["level"] == "warning"}
    assert warned <= {"precheck.serve"}, "that one speaks of the settings"
