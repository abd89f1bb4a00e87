"""`precheck-endpoint`: what it does, what it says, and how it ends."""

import json
import os
import re
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from rich.cells import cell_len

from precheck.contract.code import parse_code
from precheck.contract.offices import STANDARD, load_office, office_ids
from precheck.contract.wording import Language
from precheck.endpoint.slots import next_day
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.state import State
from tests.endpoint.scene import (
    DAY,
    OFFICE,
    OTHER_OFFICE,
    at,
    command,
    done,
    kept_in,
    listed,
    new_code,
    on_one_day,
    report,
    send,
    serving,
    with_a_file,
)


def refused(folder: Path, *arguments: str, **more: str) -> str:
    """The one sentence with which a command refuses what it was given."""
    ended = command(folder, *arguments, **more)
    assert ended.returncode == 2, (ended.stdout, ended.stderr)
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended.stderr


def shown(folder: Path, columns: str = "200", *more: str) -> str:
    """The list of `DAY` in a terminal of so many columns."""
    return done(folder, "appointments", "--date", str(DAY), *more, COLUMNS=columns)


def test_an_appointments_code_is_printed_once_as_it_is_read_aloud(folder: Path) -> None:
    code = done(
        folder, "appointment", "add", "--office", OFFICE, "--at", at(), "--reference", "K-7"
    )
    assert re.fullmatch(r"\d{3} \d{3} \d{4}", code)  # alone, for scripts
    assert len(parse_code(code)) == 10
    assert "K-7" in shown(folder)
    assert code not in shown(folder)
    assert code not in str(listed(folder))


def test_beside_an_appointments_code_stands_what_it_is_and_the_link_to_give_out(
    folder: Path,
) -> None:
    open_day = next_day(load_office(OFFICE).terms, DAY)
    add = ("appointment", "add", "--office", OFFICE, "--at", at(day=open_day))
    code, said = noted(folder, *add, PRECHECK_PUBLIC_URL="https://check.example.jp")
    assert "this code is shown once" in said
    assert f"https://check.example.jp/a/#{parse_code(code)}\n" in said
    code, said = noted(folder, *add)
    assert "none, until PRECHECK_PUBLIC_URL is set" in said
    assert parse_code(code) not in said
    assert "warning" not in said


def test_an_appointment_on_a_day_on_which_offices_are_closed_is_taken_with_a_warning(
    folder: Path,
) -> None:
    sunday = DAY + timedelta(days=6 - DAY.weekday())
    code, said = noted(folder, "appointment", "add", "--office", OFFICE, "--at", at(day=sunday))
    assert len(parse_code(code)) == 10
    assert f"Sunday {sunday} 10:00, Japan time" in said
    assert "warning: entered all the same: This is a Saturday or Sunday." in said


def test_the_list_in_the_terminal_says_who_is_ready(folder: Path) -> None:
    code = new_code(folder)
    assert "– 未チェック" in shown(folder)
    with serving(folder) as (address, _):
        send(address, code, report())
    assert "○ 準備できています" in shown(folder)


def test_the_list_is_as_wide_as_the_terminal(folder: Path) -> None:
    new_code(folder)
    said = load_staff_words(Language.JA).states[State.NOT_CHECKED].say
    assert said in shown(folder, "200")
    assert said not in shown(folder, "40")
    assert max(cell_len(line) for line in shown(folder, "40").splitlines()) <= 40


def test_the_list_can_be_english(folder: Path) -> None:
    new_code(folder)
    assert "– Not checked" in shown(folder, "200", "--lang", "en")
    assert "invalid choice: 'xx'" in refused(folder, "appointments", "--lang", "xx")


def test_the_list_for_programs_is_json_in_utc(folder: Path) -> None:
    new_code(folder)
    (row,) = listed(folder)
    assert row["starts_at"] == f"{DAY}T01:00:00Z"
    assert (row["office_id"], row["state"], row["checked_at"]) == (OFFICE, "not_checked", None)
    assert isinstance(row["minutes_to_start"], int)


def test_without_a_date_the_list_is_of_today(folder: Path) -> None:
    def days_listed(today: date) -> tuple[date, set[str]]:
        for hour in (0, 23):
            new_code(folder, when=at(hour, day=today))
            new_code(folder, when=at(hour, day=today + timedelta(days=1)))
        rows = json.loads(done(folder, "appointments", "--json"))
        starts = (datetime.fromisoformat(row["starts_at"]) for row in rows)
        return today, {str((start + timedelta(hours=9)).date()) for start in starts}

    today, days = on_one_day(days_listed)
    assert days == {str(today)}


def test_the_list_can_be_of_one_office(folder: Path) -> None:
    done(folder, "office", "add", OTHER_OFFICE)
    new_code(folder)
    new_code(folder, OTHER_OFFICE)
    assert len(listed(folder)) == 2
    (row,) = listed(folder, "--office", OTHER_OFFICE)
    assert row["office_id"] == OTHER_OFFICE


@pytest.mark.parametrize("office", [office for office in office_ids() if office != STANDARD])
def test_every_office_of_the_package_can_be_added(tmp_path: Path, office: str) -> None:
    assert done(tmp_path, "office", "add", office).startswith(f"{office}: ")
    assert "nothing has changed" in done(tmp_path, "office", "add", office)


def test_what_offices_are_built_on_is_no_office(folder: Path) -> None:
    said = refused(folder, "office", "add", STANDARD)
    assert OTHER_OFFICE in said
    assert "--policy" in said
    assert STANDARD not in done(folder, "office", "list")


def test_the_offices_are_listed(folder: Path) -> None:
    assert done(folder, "office", "list") == "kakogawa\tハローワーク加古川\t2022-12-27"
    done(folder, "office", "add", OTHER_OFFICE)
    listed_ids = [line.split("\t")[0] for line in done(folder, "office", "list").splitlines()]
    assert listed_ids == [OFFICE, OTHER_OFFICE]


def test_the_data_folder_can_be_named_before_the_command_and_after_it(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own, empty = str(folder), str(tmp_path_factory.mktemp("empty"))
    for arguments in (["--data", own, "office", "list"], ["office", "list", "--data", own],
                      ["--data", empty, "office", "list", "--data", own]):  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-m", "precheck.endpoint", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, **kept_in(folder)},
            check=False,
        )
        assert (ended.returncode, ended.stdout[:8]) == (0, OFFICE), ended.stderr


def test_an_office_can_bring_its_own_policy(folder: Path) -> None:
    own = folder / "akashi.toml"
    own.write_text(
        'base = "standard"\n[terms]\noffice = "ハローワーク明石"\ntitle = "規約"\n'
        'revision = 2026-04-01\napps = ["zoom"]\n[clauses]\n',
        encoding="utf-8",
    )
    said = refused(folder, "office", "add", "akashi", "--policy", str(own))
    assert "akashi.toml" in said
    standard = Path(sys.modules["precheck.contract"].__file__ or "").with_name("offices")
    text = (standard / "standard.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('office = "ハローワーク"', 'office = "ハローワーク明石"'), "utf-8")
    assert "ハローワーク明石" in done(folder, "office", "add", "akashi", "--policy", str(own))


def noted(folder: Path, *arguments: str, **more: str) -> tuple[str, str]:
    """What a command that must end well prints, and what it says beside that."""
    ended = command(folder, *arguments, **more)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, ended.stderr


def test_a_new_member_of_staff_gets_a_password_that_is_printed_once(folder: Path) -> None:
    add = ("staff", "add", "hanako", "--office", OFFICE)
    password, said = noted(folder, *add)
    assert re.fullmatch(r"\S{16,}\n", password)
    assert (
        said
        == "hanako is now on the staff of kakogawa, as counsellor; this password is shown once\n"
    )
    assert noted(folder, *add) == (
        "",
        "hanako is already on the staff of kakogawa, as counsellor; the password is unchanged\n",
    )
    done(folder, "office", "add", OTHER_OFFICE)
    assert noted(folder, "staff", "add", "hanako", "--office", OTHER_OFFICE) == (
        "",
        "hanako is now on the staff of okinawa, as counsellor; the password is unchanged\n",
    )


def test_a_password_can_be_given_and_is_not_printed(folder: Path) -> None:
    arguments = ("staff", "add", "taro", "--office", OFFICE, "--password-stdin")
    assert noted(folder, *arguments, stdin="correct horse battery\n") == (
        "",
        "taro is now on the staff of kakogawa, as counsellor; the password is set\n",
    )
    assert noted(folder, *arguments, stdin="staple battery horse\n") == (
        "",
        "taro is already on the staff of kakogawa, as counsellor; the password is set\n",
    )
    for weak in ("short", ""):
        said = refused(folder, *arguments, stdin=f"{weak}\n")
        assert "at least 12 characters" in said


def test_the_help_says_what_to_do_about_a_forgotten_password(folder: Path) -> None:
    said = " ".join(done(folder, "staff", "add", "--help").split())
    assert "forgotten the password" in said
    assert "--password-stdin" in said


def test_who_is_removed_from_an_office_is_a_member_no_more(folder: Path) -> None:
    add, remove = (("staff", verb, "hanako", "--office", OFFICE) for verb in ("add", "remove"))
    done(folder, *add)
    assert noted(folder, *remove) == ("", "hanako is no longer on the staff of kakogawa\n")
    assert "not a member" in refused(folder, *remove)
    assert (
        "hanako is now on the staff of kakogawa, as counsellor; the password is unchanged"
        in noted(folder, *add)[1]
    )


@with_a_file
@pytest.mark.parametrize(
    "arguments",
    [
        ("appointments",),
        ("purge",),
        ("staff", "add", "hanako", "--office", OFFICE),
        ("staff", "remove", "hanako", "--office", OFFICE),
        ("appointment", "add", "--office", OFFICE, "--at", at()),
    ],
)
def test_a_folder_without_an_endpoint_is_said_so_and_left_as_it_is(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    for folder in (tmp_path, tmp_path / "mistyped"):
        assert "no endpoint's data in" in refused(folder, *arguments)
    assert list(tmp_path.iterdir()) == []


@with_a_file
def test_a_database_without_its_secret_is_not_given_another(folder: Path) -> None:
    (folder / "secret").unlink()
    for arguments in (("appointments",), ("office", "add", OFFICE), ("serve", "--port", "0")):
        assert "secret is missing" in refused(folder, *arguments)
    assert not (folder / "secret").exists()


def test_what_cannot_be_used_is_refused_in_one_sentence(folder: Path) -> None:
    yesterday = datetime.now(UTC) + timedelta(hours=9, days=-1)
    assert "no office 'nowhere'" in refused(folder, "office", "add", "nowhere")
    assert "no office 'okinawa' here" in refused(
        folder, "staff", "add", "x", "--office", OTHER_OFFICE
    )
    assert "is over" in refused(
        folder, "appointment", "add", "--office", OFFICE, "--at", f"{yesterday:%Y-%m-%d} 23:59"
    )
    assert '"2026-11-24 10:00"' in refused(
        folder, "appointment", "add", "--office", OFFICE, "--at", "tomorrow"
    )
    assert "at most 64" in refused(
        folder,
        "appointment",
        "add",
        "--office",
        OFFICE,
        "--at",
        at(),
        "--reference",
        "x" * 65,
    )
    assert "1 to 3650" in refused(folder, "office", "add", OFFICE, "--retention-days", "0")
    assert "2026-11-24" in refused(folder, "appointments", "--date", "24.11.2026")
    assert "0 to 65535" in refused(folder, "serve", "--port", "65536")
    assert "no-such-file" in refused(folder, "office", "add", "x", "--policy", "/no-such-file.toml")
    assert "cannot be listened on" in refused(folder, "serve", "--host", "no.such.host.invalid")
    assert "PRECHECK_LOG_LEVEL" in refused(folder, "appointments", PRECHECK_LOG_LEVEL="loud")
    assert "PRECHECK_PUBLIC_URL" in refused(
        folder, "appointments", PRECHECK_PUBLIC_URL="check.example.jp"
    )
    assert refused(folder)
    assert refused(folder, "serve", "--no-such-option")


@with_a_file
def test_a_folder_that_cannot_be_used_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "cannot be used" in refused(file, "office", "add", OFFICE)
    assert "no endpoint's data in" in refused(file, "appointments")


@with_a_file
def test_a_database_that_is_none_is_trouble_and_no_traceback(folder: Path) -> None:
    (folder / "endpoint.sqlite3").write_bytes(b"not a database" * 100)
    ended = command(folder, "appointments")
    assert ended.returncode == 1
    assert "the database failed" in ended.stderr
    assert "Traceback" not in ended.stderr


@with_a_file
def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    done(folder, "office", "add", OFFICE)
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600


@with_a_file
@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX knows them")
def test_in_a_folder_that_others_may_enter_the_data_is_still_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    umask = os.umask(0o022)
    try:
        done(tmp_path, "office", "add", OFFICE)
        with serving(tmp_path):
            kept = [tmp_path / "secret", *tmp_path.glob("endpoint.sqlite3*")]
            assert len(kept) == 4
            assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    finally:
        os.umask(umask)


def test_a_policy_that_is_too_long_to_be_handed_on_is_not_taken(folder: Path) -> None:
    own = folder / "long.toml"
    clauses = "\n".join(f'"第{number}条" = "{"あ" * 300}"' for number in range(100))
    standard = (files("precheck.contract") / "offices" / "standard.toml").read_text("utf-8")
    own.write_text(standard.replace("[clauses]", f"[clauses]\n{clauses}"), encoding="utf-8")
    assert "at most" in refused(folder, "office", "add", "akashi", "--policy", str(own))
    assert "akashi" not in done(folder, "appointments", "--json")


def test_the_secret_is_made_once(folder: Path) -> None:
    code = new_code(folder)
    secret = (folder / "secret").read_text()
    assert len(secret) >= 50
    with serving(folder) as (address, _):
        assert send(address, code, report()).status_code == 201
    assert (folder / "secret").read_text() == secret


def test_with_another_secret_no_code_is_recognised(folder: Path) -> None:
    code = new_code(folder)
    (folder / "secret").write_text("another secret than the one before, of some length")
    with serving(folder) as (address, _):
        assert send(address, code, report()).status_code == 401


def test_the_help_has_examples_and_says_how_it_ends(tmp_path: Path) -> None:
    said = done(tmp_path, "serve", "--help")
    assert "--port" in said
    whole = subprocess.run(
        [sys.executable, "-m", "precheck.endpoint", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "examples:" in whole
    assert "exit codes:" in whole


def test_a_reference_cannot_steer_the_terminal_that_lists_it(folder: Path) -> None:
    add = ("appointment", "add", "--office", OFFICE, "--at", at(), "--reference")
    for steering in ("K-7\x1b[31m", "K\n7", "K\u202e7"):
        assert "printable" in refused(folder, *add, steering)
    done(folder, *add, "整理番号\u30007")
    assert [row["reference"] for row in listed(folder)] == ["整理番号\u30007"]
