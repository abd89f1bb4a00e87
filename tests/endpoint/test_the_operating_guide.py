"""docs/operating.md says what is true."""

import re
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User

import precheck.endpoint
from precheck.endpoint.attempts import EACH, TOGETHER
from precheck.endpoint.booking.table import Column, read_date, read_table, read_time
from precheck.endpoint.command import main
from precheck.endpoint.store.audit import AUDIT_KEPT
from precheck.endpoint.store.changes import put_staff
from precheck.endpoint.store.ingest import RUNS_LIMIT
from precheck.endpoint.store.models import Office
from precheck.endpoint.store.sign_ins import FROM_ANYWHERE, FROM_ONE_ADDRESS
from tests.endpoint import postgresql
from tests.endpoint.people import LIST, browser, office
from tests.endpoint.scene import (
    DAY,
    OFFICE,
    command,
    done,
    new_code,
    report,
    send,
    serving,
    with_a_file,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
NAME = "check.example.jp"


def test_every_variable_that_the_endpoint_reads_is_in_the_guide_and_the_help_and_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sources = Path(precheck.endpoint.__file__).parent.rglob("*.py")
    code = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    read = set(re.findall(r"environ(?:\.get\(|\[)\s*\"(PRECHECK_[A-Z_]+)\"", code))
    assert len(read) >= 5
    assert set(re.findall(r"^\| `(PRECHECK_[A-Z_]+)`", GUIDE, re.MULTILINE)) == read
    of_the_agent = {"PRECHECK_ENDPOINT"}
    assert set(re.findall(r"PRECHECK_[A-Z_]+", GUIDE)) == read | of_the_agent
    with pytest.raises(SystemExit):
        main(["--help"])
    assert set(re.findall(r"PRECHECK_[A-Z_]+", capsys.readouterr().out)) == read


def test_every_command_in_the_guide_is_one(tmp_path: Path) -> None:
    lines = re.findall(r"^precheck-endpoint (.+)$", GUIDE, re.MULTILINE)
    before_serving = [shlex.split(line) for line in lines if line != "serve"]
    assert ["office", "add", "kakogawa"] in before_serving
    for arguments in before_serving:
        if arguments[0] == "backup" and postgresql.chosen():
            continue
        own = [re.sub(r"^\d{4}-\d\d-\d\d", str(DAY), argument) for argument in arguments]
        own = [str(tmp_path / each) if each.endswith(".sqlite3") else each for each in own]
        ended = command(tmp_path, *own, stdin="correct horse battery\n")
        assert ended.returncode == 0, (own, ended.stderr)


def test_the_columns_and_the_table_in_the_guide_are_taken() -> None:
    rows = re.findall(r"^\| (date|time|reference|mode) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    named = {column: re.findall(r"`(.+?)`", names) for column, names, _ in rows}
    examples = {column: re.findall(r"`(.+?)`", shown) for column, _, shown in rows}
    assert set(named) == {column.value for column in Column}
    assert {each: read_date(each) for each in examples["date"]} == dict.fromkeys(
        examples["date"], date(2026, 11, 24)
    )
    assert all(read_time(each) is not None for each in examples["time"])
    fine = {"date": "2026-11-24", "time": "10:00"}
    for column, names in named.items():
        for name in names:
            others = {other: cell for other, cell in fine.items() if other != column}
            for example in examples[column] or ["K-1"]:
                heading, cells = ",".join([*others, name]), ",".join([*others.values(), example])
                (row,) = read_table(f"{heading}\n{cells}\n".encode())
                assert row.problems == ()
    (table,) = re.findall(r"^日付.*?(?=^```)", GUIDE, re.MULTILINE | re.DOTALL)
    assert [row.problems for row in read_table(table.encode())] == [(), ()]


def proxied(address: str, variables: dict[str, str]) -> dict[str, str]:
    """The headers that the guide's nginx adds."""
    forwarded = re.findall(r"proxy_set_header (\S+) \$(\w+);", GUIDE)
    assert len(forwarded) == 4
    return {header: variables[variable] for header, variable in forwarded}


def test_behind_the_guides_proxy_people_come_by_https_and_from_their_own_address(
    tmp_path: Path,
) -> None:
    arguments = ("staff", "add", "hanako", "--office", OFFICE, "--password-stdin")
    done(tmp_path, "office", "add", OFFICE)
    done(tmp_path, *arguments, stdin="correct horse battery\n")
    settings = dict(re.findall(r"^export (PRECHECK_(?:PUBLIC|TRUSTED)\w+)=(\S+)$", GUIDE, re.M))
    assert len(settings) == 2
    with serving(tmp_path, **settings) as (address, _):
        variables = {"host": NAME, "scheme": "https", "remote_addr": "192.0.2.1"}
        headers = proxied(address, variables)
        page = requests.get(f"{address}staff/login/", headers=headers, timeout=20)
        assert "max-age" in page.headers["Strict-Transport-Security"]
        assert "Secure" in page.headers["Set-Cookie"]
        signed_in = requests.post(
            f"{address}staff/login/",
            data={
                "username": "hanako",
                "password": "correct horse battery",
                "csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="(\w+)', page.text),
            },
            headers={
                **headers,
                "Origin": f"https://{NAME}",
                "Cookie": f"csrftoken={page.cookies['csrftoken']}",
            },
            allow_redirects=False,
            timeout=20,
        )
        assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/staff/")
        wrong = {"Authorization": "Appointment 0000000000"}
        answers = [
            requests.get(
                f"{address}api/v1/appointment",
                headers={**proxied(address, {**variables, "remote_addr": person}), **wrong},
                timeout=20,
            ).status_code
            for person in [*["192.0.2.2"] * (EACH.burst + 1), "192.0.2.3"]
        ]
        assert answers == [*[401] * EACH.burst, 429, 401]


@with_a_file
def test_a_backup_of_the_database_and_the_secret_brings_the_codes_back(tmp_path: Path) -> None:
    data, restored = tmp_path / "data", tmp_path / "restored"
    restored.mkdir()
    done(data, "office", "add", OFFICE)
    code = new_code(data)
    with serving(data) as (address, _):
        assert send(address, code, report()).status_code == 201
        done(data, "backup", str(restored / "endpoint.sqlite3"))
    (restored / "secret").write_bytes((data / "secret").read_bytes())
    with serving(restored) as (address, _):
        assert send(address, code, report()).status_code == 201
    assert "準備できています" in done(restored, "appointments", "--date", str(DAY), COLUMNS="200")


def test_a_new_password_signs_out_whoever_came_with_the_old_one() -> None:
    put_staff("hanako", office(), "correct horse battery", datetime.now(UTC))
    client = browser()
    client.post("/staff/login/", {"username": "hanako", "password": "correct horse battery"})
    assert client.get(LIST).status_code == 200
    put_staff("hanako", office(), "staple battery horse", datetime.now(UTC))
    assert client.get(LIST).status_code == 302
    assert User.objects.filter(username="hanako").count() == 1


def test_the_numbers_in_the_guide_are_those_that_hold() -> None:
    office()
    kept = Office.objects.get().retention_days
    text = " ".join(GUIDE.split())
    assert f"Wrong codes: {EACH.burst} at once per client address" in text
    assert f"then one every {EACH.seconds} seconds" in text
    assert f"all clients together {TOGETHER.burst}, then five a second" in text
    assert TOGETHER.seconds * 5 == 1
    own, spread = FROM_ONE_ADDRESS, FROM_ANYWHERE
    assert f"for one account {own.burst} at once from one address, then one every" in text
    assert f"then one every {own.seconds} seconds; for one account from all addresses" in text
    assert f"addresses {spread.burst}, then one every {spread.seconds} seconds" in text
    assert f"is deleted after {AUDIT_KEPT.days} days" in text
    assert f"{RUNS_LIMIT} reports per appointment" in text
    assert f"deleted {kept} days after its day" in text
