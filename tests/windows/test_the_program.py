"""The whole program on Windows, from its source and packed: what it finds, says, sends and leaves.

The machines are composed. That a real Windows answers as they do, `docs/windows-manual-pass.md`
has somebody see.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from precheck import __version__
from precheck.agent.exits import ATTENTION, COULD_NOT_RUN, NOT_READY, READY
from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.reasons import ConnectionQuality, Infection, Internet, Reason, Unread
from precheck.contract.verdict import Verdict
from probes.system.windows_questions import ReadFileVersion
from tests.agent.program import precheck
from tests.endpoint.scene import OFFICE, done, listed, new_code, serving
from tests.windows.bed import Box, Ran, as_windows, open_box
from tests.windows.door import known
from tests.windows.good_machine import open_good_machine
from tests.windows.program import JAPANESE, Program, packed
from tests.windows.rows import hangs
from tests.windows.test_door_devices_and_services import plugged_in
from tests.windows.test_network_and_media_checks import allow

ANSWERS = ("--private-room", "yes", "--agree", "yes")
AGENT_AND_WORKER = 2

NOTHING_TO_READ: dict[CheckId, Reason] = {
    CheckId.SECURITY_UPDATES: Unread.UNSUPPORTED,
    CheckId.FIREWALL: Unread.UNSUPPORTED,
    CheckId.ANTIVIRUS: Unread.MISSING,
    CheckId.INFECTION: Infection.NOBODY_TO_ASK,
    CheckId.FILE_SHARING: Unread.MISSING,
    CheckId.INTERNET: Internet.NO_ENDPOINT,
    CheckId.MICROPHONE: Unread.MISSING,
    CheckId.MEETING_APP: Unread.MISSING,
    CheckId.BROWSER: Unread.MISSING,
    CheckId.CONNECTION_QUALITY: ConnectionQuality.NO_ENDPOINT,
}
"""What Wine by itself has no answer for."""

WINE_TELLS = frozenset(
    {
        CheckId.OPEN_SERVICES,
        CheckId.RUNNING_SOFTWARE,
        CheckId.NETWORK_TRUST,
        CheckId.METERED,
    }
)
"""What may pass there: processes, sockets, adapters and the network list are Wine's own."""


@pytest.fixture(scope="module", params=["from its source", "packed"])
def program(request: pytest.FixtureRequest, bed: Path) -> Program:
    return Program() if request.param == "from its source" else Program(packed(bed))


@pytest.fixture(scope="module")
def bare(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        yield box


@pytest.fixture(scope="module")
def good(bed: Path) -> Iterator[Box]:
    with open_good_machine(bed) as box:
        yield box


def outcome(ran: Ran) -> dict[str, Any]:
    """The one JSON document in UTF-8 that the program printed, and nothing else."""
    whole: dict[str, Any] = json.loads(ran.out.decode("utf-8"))
    checks = [finding["check"] for finding in whole["findings"]]
    assert checks == list(MEASURED_CHECKS), "every check, once, in order"
    return whole


def test_what_is_not_there_is_unknown_with_its_reason(program: Program, bare: Box) -> None:
    ran = program.run(bare, "check", "--json")
    found = {CheckId(one["check"]): one for one in outcome(ran)["findings"]}
    told = {check: (found[check]["verdict"], found[check]["reason"]) for check in NOTHING_TO_READ}
    assert told == {
        check: (Verdict.UNKNOWN, reason.value) for check, reason in NOTHING_TO_READ.items()
    }
    passed = {check for check, one in found.items() if one["verdict"] == Verdict.PASS}
    assert passed <= WINE_TELLS
    assert ran.code in (NOT_READY, ATTENTION) and ran.err == b""


def test_a_machine_without_a_fault_is_ready_but_for_what_only_an_endpoint_tells(
    program: Program, good: Box
) -> None:
    ran = program.run(good, "check", "--json", *ANSWERS)
    whole = outcome(ran)
    otherwise = {
        one["check"]: one["reason"]
        for one in whole["findings"]
        if one["verdict"] != Verdict.PASS and one["check"] != CheckId.NETWORK_TRUST
    }
    assert otherwise == {
        CheckId.INTERNET: Internet.NO_ENDPOINT,
        CheckId.CONNECTION_QUALITY: ConnectionQuality.NO_ENDPOINT,
    }
    assert (ran.code, whole["readiness"]) == (ATTENTION, "attention")
    assert good.refused == []


def test_it_starts_its_worker_and_no_other_process(program: Program, good: Box) -> None:
    told = program.watched(good, "count", "check", "--json", *ANSWERS)
    assert told == {"code": ATTENTION, "processes": AGENT_AND_WORKER}


def test_what_it_finds_arrives_at_the_office(program: Program, good: Box, tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    code = new_code(tmp_path)
    with serving(tmp_path) as (address, _):
        sending = ("--code", code, "--endpoint", address, "--yes-send", "--own-network", "yes")
        ran = program.run(good, "check", *sending, *ANSWERS, env=JAPANESE)
        shown = ran.out.decode("cp932")
        assert ran.code == READY, shown
        (appointment,) = listed(tmp_path)
    assert appointment["state"] == "ready"
    assert "ハローワーク加古川" in shown and "○ カメラ … だいじょうぶです" in shown
    assert '"os_family":"windows"' in shown


def test_a_report_that_cannot_be_sent_waits_in_the_persons_own_folder(
    program: Program, bed: Path
) -> None:
    with open_box(bed) as box:
        ran = program.run(
            *(box, "check", "--code", "123 456 7894", "--endpoint", "http://127.0.0.1:9"),
            *("--office", OFFICE, "--yes-send"),
        )
        kept = list(box.prefix.glob("drive_c/users/*/AppData/Local/precheck/outbox/*"))
    assert ran.code == COULD_NOT_RUN, ran.err.decode()
    assert [file.suffix for file in kept] == [".json"]


@pytest.mark.parametrize(
    ("environment", "encoding", "mark"),
    [
        (JAPANESE, "cp932", "？ ウイルス対策ソフト … わかりませんでした"),
        ({}, "cp1252", "? ??????????"),
    ],
    ids=["Japanese", "Western"],
)
def test_a_console_shows_what_its_code_page_has(
    program: Program, bare: Box, environment: dict[str, str], encoding: str, mark: str
) -> None:
    ran = program.run(bare, "check", env=environment)
    assert mark in ran.out.decode(encoding)
    assert ran.code in (NOT_READY, ATTENTION) and ran.err == b""


@pytest.mark.parametrize("environment", [JAPANESE, {}], ids=["Japanese", "Western"])
def test_the_document_is_in_utf8_whatever_the_code_page(
    program: Program, bed: Path, environment: dict[str, str]
) -> None:
    with open_box(bed) as box:
        camera = plugged_in("ROOT", "CAMERA", '"FriendlyName"="仮想カメラ 表"\n')
        box.reg(camera + allow("webcam", "Allow"))
        ran = program.run(box, "check", "--json", "--only", "webcam", env=environment)
    (finding,) = json.loads(ran.out.decode("utf-8"))["findings"]
    assert finding["evidence"]["name"] == "仮想カメラ 表"


def test_a_worker_that_hangs_ends_with_the_agent(program: Program, bed: Path) -> None:
    with open_good_machine(bed) as box:
        box.answers(hangs("IUpdateSearcher"))
        assert program.watched(box, "kill", "check") == {"worker": 1}


def test_windows_shows_its_name_and_its_version(bed: Path, good: Box) -> None:
    shown = known(good, ReadFileVersion(as_windows(packed(bed))))
    assert shown.product == shown.description == "オンライン相談 事前チェック"
    assert shown.original_name == "precheck.exe"
    assert shown.version.startswith(f"{__version__}.")


def test_what_it_records_is_judged_elsewhere_as_it_was_there(
    program: Program, good: Box, tmp_path: Path
) -> None:
    there = {one["check"]: one for one in outcome(program.run(good, "check", "--json"))["findings"]}
    file = good.prefix / "drive_c" / "記録 ソ表.json"
    file.unlink(missing_ok=True)
    assert program.run(good, "record", "--out", rf"C:\{file.name}").code == READY
    replayed = precheck(tmp_path, "check", "--json", "--replay", str(file))
    here = json.loads(replayed.out)["findings"]
    assert {one["check"]: one["reason"] for one in here} == {
        check: one["reason"] for check, one in there.items()
    }
