"""The real server on loopback: killed, interrupted, started twice, and asked by many at once."""

import json
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.endpoint.scene import (
    command,
    listed,
    new_code,
    query,
    report,
    report_ids,
    send,
    serving,
    with_a_file,
)


def dies(folder: Path, code: str, body: dict[str, object], moment: str) -> None:
    """Send a report to a server that is killed over it."""
    with serving(folder, "tests.endpoint.dying_server", PRECHECK_TEST_DIES=moment) as (
        address,
        process,
    ):
        with pytest.raises(requests.ConnectionError):
            send(address, code, body)
        assert process.wait(20) == -signal.SIGKILL


def test_killed_between_receipt_and_answer_a_report_is_stored_once(folder: Path) -> None:
    code, body = new_code(folder), report()
    dies(folder, code, body, "after")
    assert len(report_ids(folder)) == 1
    with serving(folder) as (address, _):
        again = send(address, code, body)
    assert again.status_code == 200
    assert again.json()["report_id"] == body["report_id"]
    assert len(report_ids(folder)) == 1
    assert listed(folder)[0]["state"] == "ready"


def test_killed_before_it_saw_the_report_the_server_takes_it_the_next_time(folder: Path) -> None:
    code, body = new_code(folder), report()
    dies(folder, code, body, "before")
    assert report_ids(folder) == []
    with serving(folder) as (address, _):
        assert send(address, code, body).status_code == 201
    assert len(report_ids(folder)) == 1


def test_many_at_once_are_all_stored_once(folder: Path) -> None:
    codes = [new_code(folder) for _ in range(8)]
    bodies = {code: [report() for _ in range(50)] for code in codes}
    with serving(folder) as (address, _):

        def sent(code: str) -> list[int]:
            with requests.Session() as session:
                return [
                    session.post(
                        f"{address}api/v1/reports",
                        json=body,
                        headers={"Authorization": f"Appointment {code}"},
                        timeout=60,
                    ).status_code
                    for body in bodies[code]
                ]

        with ThreadPoolExecutor(8) as pool:
            statuses = [status for each in pool.map(sent, codes) for status in each]
    assert statuses == [201] * 400
    ids = {body["report_id"] for each in bodies.values() for body in each}
    assert sorted(report_ids(folder)) == sorted(ids)


def test_the_same_report_from_many_at_once_is_stored_once(folder: Path) -> None:
    code, body = new_code(folder), report()
    with serving(folder) as (address, _), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(address, code, body), range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert len(report_ids(folder)) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told_to(folder: Path, number: signal.Signals) -> None:
    with serving(folder) as (address, process):
        assert requests.get(f"{address}api/v1/health", timeout=20).status_code == 200
        process.send_signal(number)
        assert process.wait(20) == 0
    log = (folder / "serve.log").read_text()
    assert "Traceback" not in log
    assert "stopped" in log


def test_told_twice_it_still_ends_cleanly(folder: Path) -> None:
    with serving(folder) as (_, process):
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "serve.log").read_text()


@with_a_file
def test_a_second_server_on_the_same_data_is_refused(folder: Path) -> None:
    with serving(folder) as (address, _):
        second = command(folder, "serve", "--port", "0")
        assert second.returncode == 2
        assert second.stdout == ""
        assert re.fullmatch(
            r"precheck-endpoint: another precheck-endpoint serves .+\n", second.stderr
        )
        assert requests.get(f"{address}api/v1/health", timeout=20).ok
    with serving(folder) as (address, _):
        assert requests.get(f"{address}api/v1/health", timeout=20).ok


def test_a_port_that_is_taken_is_said_so(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = command(folder, "serve", "--port", port)
    assert ended.returncode == 2
    assert f"port {port} cannot be listened on" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_office_staff_and_appointments_can_be_added_while_it_serves(folder: Path) -> None:
    with serving(folder) as (address, _):
        code = new_code(folder)
        assert send(address, code, report()).status_code == 201


def test_no_code_and_nobody_is_in_the_log_at_its_most_talkative(folder: Path) -> None:
    code = new_code(folder)
    digits = code.replace(" ", "")
    with serving(folder, PRECHECK_LOG_LEVEL="debug") as (address, process):
        assert send(address, code, report()).status_code == 201
        assert send(address, code, {"schema": digits}).status_code == 400
        for path in (f"{digits}", f"api/v1/{digits}?code={digits}", f"staff/?date={code}"):
            requests.get(f"{address}{path}", timeout=20)
        requests.get(f"{address}api/v1/health", headers={"Host": digits}, timeout=20)
        requests.post(
            f"{address}staff/login/", data={"username": digits, "password": digits}, timeout=20
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    log = (folder / "serve.log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line.get("route") for line in lines} >= {"api/v1/reports", "staff/login/"}
    assert not re.search(r"\D*".join(digits), log)
    assert "127.0.0.1" not in log


def test_the_first_line_is_where_it_listens_and_nothing_else_is_said(folder: Path) -> None:
    with serving(folder) as (address, process):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_every_address_needs_a_name_by_which_people_come(folder: Path) -> None:
    refused = command(folder, "serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert refused.returncode == 2
    assert "PRECHECK_PUBLIC_URL" in refused.stderr


def test_another_hosts_name_is_refused(folder: Path) -> None:
    with serving(folder) as (address, _):
        for path in ("api/v1/health", "staff/login/"):
            answer = requests.get(f"{address}{path}", headers={"Host": "evil.example"}, timeout=20)
            assert answer.status_code == 400
            assert "evil.example" not in answer.text


def guesses(address: str, count: int) -> list[int]:
    """The answers to wrong codes, each said to be forwarded for another address."""
    return [
        requests.get(
            f"{address}api/v1/appointment",
            headers={
                "Authorization": "Appointment 0000000000",
                "X-Forwarded-For": f"192.0.2.{number}",
            },
            timeout=20,
        ).status_code
        for number in range(count)
    ]


def test_nobody_escapes_the_limit_by_claiming_another_address(folder: Path) -> None:
    with serving(folder) as (address, _):
        assert guesses(address, 12) == [401] * 10 + [429] * 2


def test_the_trusted_proxy_is_believed_about_addresses(folder: Path) -> None:
    with serving(folder, PRECHECK_TRUSTED_PROXY="127.0.0.1") as (address, _):
        assert guesses(address, 12) == [401] * 12


def test_what_has_to_go_is_deleted_without_being_asked(folder: Path) -> None:
    new_code(folder)
    query(folder, "UPDATE store_appointment SET starts_at = '2020-01-01 00:00:00'")
    with serving(folder) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0  # it ends after the first round, which begins at once
    assert query(folder, "SELECT count(*) FROM store_appointment") == [(0,)]


def test_connections_that_say_nothing_keep_nobody_out(folder: Path) -> None:
    with serving(folder) as (address, _), ExitStack() as opened:
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        for _each in range(200):
            silent = opened.enter_context(socket.create_connection((host, int(port))))
            silent.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\n")
        assert requests.get(f"{address}api/v1/health", timeout=20).status_code == 200
