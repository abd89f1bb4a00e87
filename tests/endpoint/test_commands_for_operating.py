"""`check`, `import` and `export`: looking before serving, taking tables in, and taking data out."""

import csv
import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import requests

from precheck.endpoint.data_folder import exposed_secret
from tests.endpoint.scene import (
    DAY,
    OFFICE,
    OTHER_OFFICE,
    at,
    command,
    done,
    new_code,
    query,
    report,
    send,
    serving,
    with_a_file,
)

WEEKDAY = DAY + timedelta(days=7 - DAY.weekday() if DAY.weekday() > 4 else 0)
"""The first day from `DAY` on that offices are open."""


def table(folder: Path, *rows: str) -> str:
    file = folder / "table.csv"
    file.write_text("\n".join(("日付,時刻,整理番号", *rows)), encoding="utf-8")
    return str(file)


def references(folder: Path) -> list[str]:
    said = done(folder, "appointments", "--json", "--date", str(WEEKDAY))
    return [row["reference"] for row in json.loads(said)]


PUBLIC = {
    "PRECHECK_PUBLIC_URL": "https://check.example.jp",
    "PRECHECK_TRUSTED_PROXY": "127.0.0.1",
}


def programs(folder: Path) -> str:
    """A folder with a program for job seekers."""
    made = folder / "programs"
    made.mkdir()
    (made / "precheck-windows.zip").write_bytes(b"packed")
    return str(made)


def test_check_finds_nothing_wrong_with_an_endpoint_as_it_should_be(folder: Path) -> None:
    whole = {**PUBLIC, "PRECHECK_DOWNLOADS": programs(folder)}
    for more in ((), ("--deploy",)):
        ended = command(folder, "check", *more, **whole)
        assert (ended.returncode, ended.stdout) == (0, "the endpoint could serve\n")
        assert ended.stderr == ""


def test_check_warns_of_what_job_seekers_would_miss_and_refuses_nothing(folder: Path) -> None:
    with_programs = {"PRECHECK_DOWNLOADS": programs(folder)}
    empty = folder / "empty"
    empty.mkdir()
    for environment, missing in (
        ({}, ("PRECHECK_PUBLIC_URL", "PRECHECK_DOWNLOADS")),
        (with_programs, ("PRECHECK_PUBLIC_URL",)),
        (PUBLIC, ("PRECHECK_DOWNLOADS",)),
        ({**PUBLIC, "PRECHECK_DOWNLOADS": str(empty)}, ("PRECHECK_DOWNLOADS",)),
        ({**PUBLIC, "PRECHECK_DOWNLOADS": str(folder / "none")}, ("PRECHECK_DOWNLOADS",)),
    ):
        ended = command(folder, "check", **environment)
        assert ended.returncode == 0
        assert "job seekers could not use it yet" in ended.stdout
        lines = ended.stderr.splitlines()
        assert len(lines) == len(missing)
        for line, name in zip(lines, missing, strict=True):
            assert line.startswith("precheck-endpoint: warning: ")
            assert name in line


def test_the_server_warns_of_the_same_and_serves(folder: Path) -> None:
    def warned(**environment: str) -> list[str]:
        log = folder / "serve.log"
        log.unlink(missing_ok=True)
        with serving(folder, **environment) as (address, _):
            assert requests.get(f"{address}healthz", timeout=20).status_code == 200
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        return [line["message"] for line in lines if line["level"] == "warning"]

    first, second = warned()
    assert "PRECHECK_PUBLIC_URL" in first
    assert "PRECHECK_DOWNLOADS" in second
    whole = {**PUBLIC, "PRECHECK_DOWNLOADS": programs(folder)}
    assert warned(**whole) == []
    (proxy,) = warned(**{**whole, "PRECHECK_TRUSTED_PROXY": ""})
    assert "PRECHECK_TRUSTED_PROXY" in proxy


def test_check_calls_wrong_an_https_address_without_the_proxy_that_makes_it(folder: Path) -> None:
    alone = command(folder, "check", PRECHECK_PUBLIC_URL="https://check.example.jp")
    assert (alone.returncode, alone.stdout) == (1, "")
    assert "PRECHECK_TRUSTED_PROXY is not set" in alone.stderr


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX knows them")
def test_check_calls_wrong_a_secret_that_others_can_read(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "the-secret"
    elsewhere.write_text((folder / "secret").read_text())
    named = {"PRECHECK_SECRET_FILE": str(elsewhere)}
    for mode, code in ((0o644, 1), (0o640, 1), (0o600, 0), (0o400, 0)):
        elsewhere.chmod(mode)
        ended = command(folder, "check", **named)
        assert ended.returncode == code
        assert ("others than its owner" in ended.stderr) is (code == 1)
    (folder / "secret").chmod(0o644)
    assert command(folder, "check").returncode == 1


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="root alone gives files to others"
)
def test_a_secret_of_somebody_else_may_be_read_by_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRECHECK_SECRET_FILE", raising=False)
    secret = tmp_path / "secret"
    secret.write_text("0123456789" * 5)
    os.chown(secret, 12345, 0)
    for mode, exposed in ((0o640, None), (0o644, secret), (0o604, secret)):
        secret.chmod(mode)
        assert exposed_secret(tmp_path) == exposed


def test_check_says_what_is_wrong_and_ends_with_one(folder: Path) -> None:
    plain = command(folder, "check", PRECHECK_PUBLIC_URL="http://check.example.jp")
    assert (plain.returncode, plain.stdout) == (1, "")
    assert "no https address" in plain.stderr
    query(folder, "DELETE FROM django_migrations WHERE app = 'store'")
    old = command(folder, "check")
    assert old.returncode == 1
    assert "precheck-endpoint migrate" in old.stderr


@with_a_file
def test_check_makes_no_data_where_there_are_none(tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    assert command(empty, "check").returncode == 2
    assert not empty.exists()


def test_check_changes_nothing(folder: Path) -> None:
    where = "FROM django_migrations WHERE app = 'store'"
    query(folder, f"DELETE {where}")
    command(folder, "check")
    assert query(folder, f"SELECT COUNT(*) {where}") == [(0,)]


def test_a_table_is_entered_and_its_codes_are_printed_once(folder: Path) -> None:
    ended = command(folder, "import", table(folder, f"{WEEKDAY},10:00,K-1", f"{WEEKDAY},10:30,K-2"),
                    "--office", OFFICE)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader(StringIO(ended.stdout)))
    assert [row["Reference"] for row in rows] == ["K-1", "K-2"]
    assert len({row["Appointment code"] for row in rows}) == 2
    assert "2 appointments" in ended.stderr
    assert references(folder) == ["K-1", "K-2"]
    with serving(folder) as (address, _):
        assert send(address, rows[0]["Appointment code"], report()).status_code == 201


def test_a_table_with_one_wrong_row_is_not_entered_at_all(folder: Path) -> None:
    rows = (f"{WEEKDAY},10:00,K-1", f"{WEEKDAY},25:00,K-2")
    ended = command(folder, "import", table(folder, *rows), "--office", OFFICE)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "line 3: " in ended.stderr
    assert "nothing was entered" in ended.stderr
    assert references(folder) == []


def test_where_a_column_is_not_known_those_that_are_known_are_named(folder: Path) -> None:
    file = folder / "table.csv"
    file.write_text(f"日時,番号\n{WEEKDAY} 10:00,K-1\n", encoding="utf-8")
    ended = command(folder, "import", str(file), "--office", OFFICE)
    assert ended.returncode == 2
    assert "column 1 is not known" in ended.stderr
    for name in ("date", "time", "reference", "mode", "日付", "時刻", "整理番号", "方法"):
        assert name in ended.stderr


def test_what_is_no_table_and_no_office_is_refused(folder: Path) -> None:
    good = table(folder, f"{WEEKDAY},10:00,K-1")
    for file, office in ((str(folder / "none.csv"), OFFICE), (good, OTHER_OFFICE)):
        ended = command(folder, "import", file, "--office", office)
        assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert references(folder) == []


def test_all_that_is_kept_of_an_office_and_no_code_comes_out_as_lines(folder: Path) -> None:
    done(folder, "office", "add", OTHER_OFFICE)
    new_code(folder, OTHER_OFFICE)
    arguments = ("appointment", "add", "--office", OFFICE, "--at", at(), "--reference", "K-7")
    code = done(folder, *arguments)
    body = report()
    with serving(folder) as (address, _):
        assert send(address, code, body).status_code == 201
    said = done(folder, "export", "data", "--office", OFFICE)
    rows = [json.loads(line) for line in said.splitlines()]
    kinds = [row["kind"] for row in rows]
    assert kinds == ["office", "policy", "appointment", "report", "change"]
    assert rows[2]["reference"] == "K-7"
    assert rows[3]["report"]["report_id"] == body["report_id"]
    assert (rows[4]["before"], rows[4]["after"]) == ("not_checked", "ready")
    assert OTHER_OFFICE not in said
    assert code.replace(" ", "") not in said
    ((hashed, tail),) = query(
        folder, "SELECT code_hash, code_tail FROM store_appointment WHERE reference = 'K-7'"
    )
    assert hashed not in said
    assert f'"{tail}"' not in said


def test_figures_come_out_for_all_offices_or_for_one(folder: Path) -> None:
    codes = [new_code(folder, when=at(hour)) for hour in (10, 11, 14)]
    with serving(folder) as (address, _):
        assert {send(address, code, report()).status_code for code in codes} == {201}
    everything = done(folder, "export", "figures")
    rows = list(csv.DictReader(StringIO(everything)))
    assert {(row["office"], row["appointments"]) for row in rows} == {(OFFICE, "3")}
    assert done(folder, "export", "figures", "--office", OFFICE) == everything
    long_ago = ("--first", "2020-01-01", "--last", "2020-01-02")
    assert done(folder, "export", "figures", *long_ago).count("\n") == 0
    assert command(folder, "export", "figures", "--office", "nowhere").returncode == 2
