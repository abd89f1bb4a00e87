"""Several processes on one PostgreSQL: each report once, limits for all of them, nothing lost.

These start servers of their own, so they run wherever PostgreSQL is installed.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, time
from pathlib import Path

import psycopg
import pytest
import requests
from django.db import connection

from precheck.contract.offices import load_office
from precheck.endpoint.attempts import EACH
from precheck.endpoint.slots import next_day
from precheck.endpoint.tokyo import TOKYO
from tests.endpoint import postgresql
from tests.endpoint.scene import (
    OFFICE,
    kept_in,
    listed,
    new_code,
    query,
    report,
    report_ids,
    send,
    serving,
    today,
)

pytestmark = pytest.mark.postgresql


@pytest.fixture
def servers(folder: Path) -> Iterator[list[str]]:
    """The addresses of two servers on the same database."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(folder))[0] for _ in range(2)]


def test_the_same_report_at_two_processes_at_once_is_stored_once(
    folder: Path, servers: list[str]
) -> None:
    code = new_code(folder)
    for _ in range(10):
        body = report()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda each: send(each, code, body), servers * 4))  # noqa: B023
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.content for answer in answers}) == 1
    assert len(report_ids(folder)) == len(set(report_ids(folder))) == 10


def test_one_id_for_two_appointments_at_two_processes_is_taken_for_one_of_them(
    folder: Path, servers: list[str]
) -> None:
    codes = [new_code(folder) for _ in servers]
    for _ in range(10):
        bodies = [report(agent_version=f"0.1.{number}") for number in range(2)]
        bodies[1]["report_id"] = bodies[0]["report_id"]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(send, servers, codes, bodies))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(report_ids(folder)) == 10


def test_no_run_of_an_appointment_is_lost_between_processes(
    folder: Path, servers: list[str]
) -> None:
    code = new_code(folder)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: send(each, code, report()), servers * 30))
    assert {answer.status_code for answer in answers} == {201}
    assert query(folder, "SELECT runs FROM store_appointment") == [(60,)]
    assert len(report_ids(folder)) == 60


_LETS_A_SYSTEM_IN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from precheck.endpoint.opening import set_up
set_up(Path(sys.argv[1]), make=False)
from django.contrib.auth.models import User
from precheck.endpoint.store.models import Office
from precheck.endpoint.store.tokens import add_token
by = User.objects.create(username="ichiro")
print(add_token(Office.objects.get(), "e-TUMO", None, "key", by, datetime.now(UTC)))
"""


def test_the_same_booking_at_two_processes_at_once_is_entered_once(
    folder: Path, servers: list[str]
) -> None:
    made = [sys.executable, "-c", _LETS_A_SYSTEM_IN, str(folder)]
    token = subprocess.check_output(made, env={**os.environ, **kept_in(folder)}, text=True).strip()
    starts_at = datetime.combine(next_day(load_office(OFFICE).terms, today()), time(10), TOKYO)

    def books(address: str, client_id: str) -> requests.Response:
        return requests.post(
            f"{address}api/v1/bookings",
            json={"client_id": client_id, "starts_at": starts_at.isoformat()},
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )

    for turn in range(10):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(books, servers * 4, [f"request-{turn:04}"] * 8))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.json()["code"] for answer in answers}) == 1
    assert query(folder, "SELECT count(*) FROM store_appointment") == [(10,)]


_CANCELS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from precheck.endpoint.opening import set_up
set_up(Path(sys.argv[1]), make=False)
from precheck.endpoint.store.appointments import cancel
from precheck.endpoint.store.models import Appointment
cancel(Appointment.objects.get(), None, datetime.now(UTC))
"""
_PURGES = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from precheck.endpoint.opening import set_up
set_up(Path(sys.argv[1]), make=False)
from precheck.endpoint.store.retention import purge
purge(datetime.now(UTC) + timedelta(days=400))
"""


@pytest.mark.parametrize("delete", [_CANCELS, _PURGES], ids=["cancelled", "purged"])
def test_a_report_that_is_stored_while_its_appointment_is_deleted_goes_with_it(
    folder: Path, delete: str
) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        assert send(address, code, report()).status_code == 201
    settings = kept_in(folder)
    with psycopg.connect(settings["DATABASE_URL"]) as arriving:
        arriving.execute("SELECT id FROM store_appointment FOR UPDATE")
        arriving.execute(
            "INSERT INTO store_reportrecord (report_id, appointment_id, policy_id, document,"
            " received_at, checked_at, readiness) SELECT gen_random_uuid(), appointment_id,"
            " policy_id, document, received_at, checked_at, readiness FROM store_reportrecord"
        )
        deleting = subprocess.Popen(
            [sys.executable, "-c", delete, str(folder)], env={**os.environ, **settings}
        )
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{}'"
        while not postgresql.query("postgres", waits.format(folder_name(folder))):
            assert deleting.poll() is None
            threading.Event().wait(0.05)
    assert deleting.wait(30) == 0
    assert report_ids(folder) == []


_ENTERS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from precheck.endpoint.opening import set_up
set_up(Path(sys.argv[1]), make=False)
import msgspec
from precheck.contract.offices import load_office
from precheck.endpoint.store.changes import put_office, put_staff
print("ready", flush=True)
for line in sys.stdin:
    place, name = line.split()
    policy = msgspec.structs.replace(load_office("kakogawa"), id=place)
    put_office(policy, None, datetime.now(UTC))
    put_staff(name, place, "correct horse battery", datetime.now(UTC))
    print("done", flush=True)
"""


def test_an_office_and_a_member_of_staff_that_two_processes_enter_at_once_are_entered_once(
    folder: Path,
) -> None:
    made = [sys.executable, "-c", _ENTERS, str(folder)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    made,
                    env={**os.environ, **kept_in(folder)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(3)
        ]

        def told(process: subprocess.Popen[str]) -> str:
            assert process.stdout is not None
            return process.stdout.readline().strip()

        assert [told(each) for each in processes] == ["ready"] * 3
        for turn in range(3):
            for each in processes:
                assert each.stdin is not None
                each.stdin.write(f"place-{turn} name-{turn}\n")
                each.stdin.flush()
            assert [told(each) for each in processes] == ["done"] * 3
    assert query(folder, "SELECT count(*) FROM auth_user") == [(3,)]
    assert query(folder, "SELECT count(*) FROM store_policyversion") == [(4,)]


def test_wrong_codes_count_for_all_processes_together(folder: Path, servers: list[str]) -> None:
    code = new_code(folder)

    def asked(address: str, typed: str) -> int:
        headers = {"Authorization": f"Appointment {typed}"}
        return requests.get(f"{address}api/v1/appointment", headers=headers, timeout=20).status_code

    wrong = [asked(servers[turn % 2], "0000000000") for turn in range(EACH.burst)]
    assert wrong == [401] * EACH.burst
    assert [asked(address, code) for address in servers] == [429, 429]
    hashes = query(folder, "SELECT key FROM store_signindebt")
    assert len(hashes) == 2
    assert "127.0.0.1" not in str(hashes)


def test_a_server_whose_connections_were_cut_goes_on(folder: Path) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        assert send(address, code, report()).status_code == 201
        _cut_connections(folder)
        assert send(address, code, report()).status_code == 201


def test_a_table_that_gets_a_column_meanwhile_disturbs_nobody(folder: Path) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        assert send(address, code, report()).status_code == 201
        for table in ("appointment", "office", "reportrecord", "signindebt", "dailycount"):
            name = folder_name(folder)
            postgresql.query(name, f"ALTER TABLE store_{table} ADD COLUMN later integer")
        assert [send(address, code, report()).status_code for _ in range(3)] == [201] * 3
    assert query(folder, "SELECT runs FROM store_appointment") == [(4,)]


def test_while_the_database_is_away_reports_are_refused_and_later_taken(folder: Path) -> None:
    code, body = new_code(folder), report()
    with serving(folder) as (address, _):
        assert send(address, code, report()).status_code == 201
        postgresql.let_in(folder_name(folder), False)
        _cut_connections(folder)
        refused = send(address, code, body)
        assert (refused.status_code, refused.json()["type"]) == (503, "unavailable")
        postgresql.let_in(folder_name(folder), True)
        assert send(address, code, body).status_code == 201
    assert len(report_ids(folder)) == 2


def _kill_one(folder: Path) -> None:
    """One process that dies takes all of the server's with it, and what was in memory."""
    os.kill(_a_connections_process(folder), signal.SIGKILL)


def _kill_all(_: Path) -> None:
    postgresql.kill_and_start_again()


@pytest.mark.parametrize("kill", [_kill_one, _kill_all])
def test_whatever_was_answered_before_postgresql_was_killed_is_stored_and_nothing_twice(
    folder: Path, servers: list[str], kill: Callable[[Path], None]
) -> None:
    codes = [new_code(folder) for _ in range(8)]
    sent: list[str] = []
    answered: list[str] = []
    enough = threading.Event()

    def sends(number: int) -> None:
        for _ in range(100):
            body = report()
            sent.append(str(body["report_id"]))
            answer = send(servers[number % 2], codes[number], body)
            if answer.status_code != 201:
                again = send(servers[number % 2], codes[number], body)
                assert again.status_code in (200, 201, 503)
                if again.status_code == 503:
                    continue
            answered.append(str(body["report_id"]))
            if len(answered) >= 100:
                enough.set()

    with ThreadPoolExecutor(8) as pool:
        senders = [pool.submit(sends, number) for number in range(8)]
        assert enough.wait(60)
        kill(folder)
        for sender in senders:
            sender.result(120)
    connection.close()  # this process's own has died with the others
    postgresql.wait_until_it_is_back()
    stored = report_ids(folder)
    assert set(answered) <= set(stored) <= set(sent)
    assert len(stored) == len(set(stored))
    assert sum(row[0] for row in query(folder, "SELECT runs FROM store_appointment")) == len(stored)
    assert len(listed(folder)) == 8


def folder_name(folder: Path) -> str:
    """The name of the database for the data in `folder`."""
    return kept_in(folder)["DATABASE_URL"].rpartition("/")[2]


_OTHERS = "FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"


def _cut_connections(folder: Path) -> None:
    name = folder_name(folder)
    postgresql.query("postgres", f"SELECT pg_terminate_backend(pid) {_OTHERS.format(name)}")


def _a_connections_process(folder: Path) -> int:
    return int(
        postgresql.query("postgres", f"SELECT pid {_OTHERS.format(folder_name(folder))}")[0][0]
    )
