"""`precheck` on the command line: exit codes, clear sentences, and nothing run by mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from precheck.agent.exits import ATTENTION, COULD_NOT_RUN, NOT_READY, READY, WRONG_USAGE
from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, load_wording
from tests.agent.program import ENDED, SUPPORTED, Ran, a_machine, precheck
from tests.agent.reports import CODE, problem_json
from tests.agent.stand_in_endpoint import Answer, StandIn, running

COMMANDS = ("page", "check", "record", "send", "offices", "explain", "demo", "version")


def only_os_support(home: Path, os_release: bytes | None, *more: str):
    machine = a_machine(home, os_release)
    return precheck(home, "check", "--replay", machine, "--only", "os_support", *more)


@pytest.mark.parametrize(
    ("os_release", "code"), [(SUPPORTED, READY), (ENDED, NOT_READY), (None, ATTENTION)]
)
def test_the_exit_code_says_the_result(tmp_path: Path, os_release, code: int) -> None:
    assert only_os_support(tmp_path, os_release).code == code
    assert only_os_support(tmp_path, os_release, "--json").code == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("chek",),
        ("page", "--endpoint", "http://precheck.example.jp"),
        ("check", "--only", "firewal"),
        ("check", "--only", ""),
        ("check", "--only", "firewall,"),
        ("check", "--only", "private_room"),
        ("check", "--office", "atlantis"),
        ("check", "--code", "123", "--endpoint", "http://127.0.0.1:9"),
        ("check", "--code", CODE),
        ("check", "--endpoint", "http://precheck.example.jp"),
        ("check", "--send"),
        ("check", "--yes-send"),
        ("check", "--send", "--no-send"),
        ("check", "--replay", "/nonexistent/recording.json"),
        ("check", "--private-room", "maybe"),
        ("check", "--lang", "fr"),
        ("explain", "firewal"),
        ("explain", "firewall", "--office", "atlantis"),
        ("record", "--out", "/nonexistent/folder/file.json", "--office", "atlantis"),
        ("demo", "--office"),
    ],
)
def test_what_does_not_exist_or_go_together_is_wrong_usage(tmp_path: Path, arguments) -> None:
    ran = precheck(tmp_path, *arguments)
    assert ran.code == WRONG_USAGE
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.err.strip()


def test_a_mistyped_code_is_explained_and_not_repeated(tmp_path: Path) -> None:
    ran = precheck(tmp_path, "check", "--code", "123 456 7895", "--endpoint", "http://127.0.0.1:9")
    assert ran.code == WRONG_USAGE
    assert "7895" not in ran.err + ran.out


def test_a_file_that_is_no_recording_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    for content in (b"", b"\xff", b"{}", b"[" * 100_000, b'{"schema": 2}'):
        file.write_bytes(content)
        ran = precheck(tmp_path, "check", "--replay", str(file))
        assert ran.code == WRONG_USAGE
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps_with_an_example(tmp_path: Path, command: str) -> None:
    ran = precheck(tmp_path, command, "--help")
    assert ran.code == READY
    assert "examples:" in ran.out


def test_the_help_documents_the_exit_codes(tmp_path: Path) -> None:
    ran = precheck(tmp_path, "--help")
    assert all(f"\n  {code}  " in ran.out for code in (0, 2, 3, 4))


def test_without_a_terminal_the_text_is_plain_and_asks_nothing(tmp_path: Path) -> None:
    ran = only_os_support(tmp_path, SUPPORTED)
    assert "\x1b" not in ran.out
    assert "○" in ran.out
    assert "第5条(3)" in ran.out


def test_a_system_without_checks_is_could_not_tell_and_never_ready(tmp_path: Path) -> None:
    for family in (OsFamily.WINDOWS, OsFamily.MACOS):
        machine = a_machine(tmp_path, SUPPORTED, family)
        ran = precheck(tmp_path, "check", "--replay", machine, "--json")
        assert ran.code == ATTENTION
        verdicts = {item["verdict"] for item in json.loads(ran.out)["findings"]}
        assert verdicts == {"unknown"}


def test_what_a_recording_does_not_hold_is_never_a_pass(tmp_path: Path) -> None:
    machine = a_machine(tmp_path, SUPPORTED)
    ran = precheck(tmp_path, "check", "--replay", machine, "--json")
    verdicts = {item["check"]: item["verdict"] for item in json.loads(ran.out)["findings"]}
    assert verdicts.pop("os_support") == "pass"
    assert set(verdicts.values()) == {"unknown"}


def test_an_old_recording_is_judged_by_its_own_time_whatever_catalogue_has_come_since(
    tmp_path: Path,
) -> None:
    machine = Path(a_machine(tmp_path, ENDED))
    machine.write_text(machine.read_text().replace("2026-11-20T", "2026-02-01T"))
    ran = precheck(tmp_path, "check", "--replay", str(machine), "--only", "os_support", "--json")
    (finding,) = json.loads(ran.out)["findings"]
    assert finding["reason"] == "ended"


def test_json_is_one_document_with_every_check_of_the_policy(tmp_path: Path) -> None:
    machine = a_machine(tmp_path, SUPPORTED)
    ran = precheck(
        tmp_path, "check", "--replay", machine, "--json", "--office", "kakogawa",
        "--private-room", "yes", "--agree", "yes",
    )  # fmt: skip
    document = json.loads(ran.out)
    assert (document["policy"], document["revision"]) == ("kakogawa", "2022-12-27")
    assert document["readiness"] == "attention"
    assert len(document["findings"]) == 16
    assert {item["check"] for item in document["declarations"]} == {
        "private_room",
        "terms_consent",
    }


def test_on_this_very_machine_every_check_gives_one_finding(tmp_path: Path) -> None:
    ran = precheck(tmp_path, "check", "--json", "--no-send")
    assert ran.code in (READY, NOT_READY, ATTENTION)
    checks = [item["check"] for item in json.loads(ran.out)["findings"]]
    assert sorted(checks) == sorted(set(CheckId) - {"private_room", "terms_consent"})


def test_a_recording_of_this_machine_replays_to_the_same_verdicts(tmp_path: Path) -> None:
    file = tmp_path / "this.json"
    assert precheck(tmp_path, "record", "--out", str(file)).code == READY
    live = json.loads(precheck(tmp_path, "check", "--json").out)["findings"]
    replayed = json.loads(precheck(tmp_path, "check", "--json", "--replay", str(file)).out)
    assert _verdicts(replayed["findings"]) == _verdicts(live)


def test_a_part_of_the_checks_says_nothing_of_the_whole(tmp_path: Path) -> None:
    assert "準備ができています" not in only_os_support(tmp_path, SUPPORTED).out
    assert json.loads(only_os_support(tmp_path, SUPPORTED, "--json").out)["readiness"] is None


def test_a_recording_is_never_written_over_another_file(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    assert precheck(tmp_path, "record", "--out", str(file)).code == WRONG_USAGE
    assert file.read_text() == "mine"


def test_a_console_without_a_character_is_no_reason_to_fail(tmp_path: Path) -> None:
    for encoding in ("ascii", "cp932", "euc_jp"):
        machine = a_machine(tmp_path, SUPPORTED)
        ran = precheck(
            tmp_path,
            "check",
            "--replay",
            machine,
            "--only",
            "os_support",
            PYTHONIOENCODING=encoding,
        )
        assert ran.code == READY


def test_explain_knows_every_check_in_both_languages(tmp_path: Path) -> None:
    for check in ("firewall", "terms_consent"):
        for language in ("ja", "en"):
            ran = precheck(tmp_path, "explain", check, "--lang", language)
            assert ran.code == READY
            assert check in ran.out


def test_offices_lists_every_office(tmp_path: Path) -> None:
    ran = precheck(tmp_path, "offices")
    assert ran.code == READY
    assert {"standard", "kakogawa", "honjo"} <= {line.split()[0] for line in ran.out.splitlines()}


def test_send_with_an_empty_outbox_is_fine(tmp_path: Path) -> None:
    assert precheck(tmp_path, "send").code == READY


def test_with_a_home_that_cannot_be_written_the_checks_still_run(tmp_path: Path) -> None:
    machine = a_machine(tmp_path, SUPPORTED)
    ran = precheck(Path("/nonexistent"), "check", "--replay", machine, "--only", "os_support")
    assert ran.code == READY


def test_an_unwritable_recording_is_said_before_anything_is_lost(tmp_path: Path) -> None:
    ran = precheck(tmp_path, "record", "--out", str(tmp_path / "no" / "such" / "file.json"))
    assert ran.code in (WRONG_USAGE, COULD_NOT_RUN)
    assert "Traceback" not in ran.err


def _verdicts(findings) -> dict[str, tuple[str, str]]:
    return {item["check"]: (item["verdict"], item["reason"]) for item in findings}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_output_that_cannot_be_written_is_not_taken_for_a_device_that_is_not_ready(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    arguments = ("check", "--replay", a_machine(tmp_path, SUPPORTED), "--only", "os_support", *more)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "precheck.agent.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "HOME": str(tmp_path)},
        )
    assert done.returncode == COULD_NOT_RUN
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()


def with_the_endpoint_away(home: Path, *more: str) -> Ran:
    with running(StandIn(None)) as endpoint:
        return precheck(
            home, "check", "--yes-send", "--code", CODE, "--endpoint", endpoint.address, *more
        )


def test_with_json_standard_output_holds_the_document_alone(tmp_path: Path) -> None:
    ran = with_the_endpoint_away(tmp_path, "--office", "kakogawa", "--json")
    assert json.loads(ran.out)["report"]
    assert ran.code == COULD_NOT_RUN
    assert ran.err.strip()


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_report_under_guessed_terms_is_not_kept_to_be_refused_later(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    ran = with_the_endpoint_away(tmp_path, *more)
    assert ran.code == COULD_NOT_RUN
    assert not list(tmp_path.rglob("outbox/*.json"))
    known = with_the_endpoint_away(tmp_path, "--office", "kakogawa", *more)
    assert known.code == COULD_NOT_RUN
    assert len(list(tmp_path.rglob("outbox/*.json"))) == 1


@pytest.mark.parametrize(
    ("refusal", "phrase"), [("report-deleted", "error_deleted"), ("other-policy", "error_refused")]
)
def test_a_waiting_report_that_is_refused_for_good_goes_and_is_said_why(
    tmp_path: Path, refusal: str, phrase: str
) -> None:
    with running(StandIn(None)) as endpoint:
        to = ("--code", CODE, "--endpoint", endpoint.address)
        precheck(tmp_path, "check", "--yes-send", *to, "--office", "kakogawa")
        assert len(list(tmp_path.rglob("outbox/*.json"))) == 1
        endpoint.answers = [Answer(409, problem_json(refusal, 409))]
        said = precheck(tmp_path, "send", "--lang", "en").out
    sentence = load_wording(Language.EN).phrases[phrase].format(reason=refusal)
    assert sentence.split() == said.split()
    assert not list(tmp_path.rglob("outbox/*.json"))
