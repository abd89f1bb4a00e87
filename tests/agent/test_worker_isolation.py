"""One check that misbehaves costs its own verdict only; every check gets exactly one finding."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from precheck.agent.messages import Job
from precheck.agent.runner import run_checks
from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.reasons import Unread
from precheck.contract.verdict import Verdict
from probes.system.recording import encode_recording
from tests.machines import recording

CHECKS = (CheckId.OS_SUPPORT, CheckId.FIREWALL, CheckId.ANTIVIRUS, CheckId.WEBCAM)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    replay = tmp_path / "machine.json"
    replay.write_bytes(encode_recording(recording({})))
    return Job(
        policy=load_office("standard"),
        checks=CHECKS,
        now=datetime(2026, 11, 20, tzinfo=UTC),
        replay=str(replay),
    )


def outcome(job: Job, *behaviours: str, deadline: float = 20.0, stall: float = 3.0):
    command = (sys.executable, str(Path(__file__).with_name("rogue_worker.py")), *behaviours)
    findings = list(run_checks(job, command=command, deadline=deadline, stall=stall))
    checks = [item.check for item in findings]
    assert sorted(checks) == sorted(CHECKS), "every check exactly once"
    return {item.check: item for item in findings}


def others_pass(found, *at_fault: CheckId) -> bool:
    return all(
        item.verdict is Verdict.PASS for check, item in found.items() if check not in at_fault
    )


def test_when_nothing_misbehaves_all_pass(job: Job) -> None:
    found = outcome(job)
    assert others_pass(found)
    assert all(item.checked_at is not None for item in found.values())


def test_a_check_that_hangs_for_ever_is_timed_out_alone(job: Job) -> None:
    found = outcome(job, "firewall=hang")
    assert found[CheckId.FIREWALL].reason == Unread.TIMED_OUT
    assert others_pass(found, CheckId.FIREWALL)


def test_a_check_that_raises_is_crashed_alone(job: Job) -> None:
    found = outcome(job, "firewall=raise")
    assert found[CheckId.FIREWALL].reason == Unread.CRASHED
    assert others_pass(found, CheckId.FIREWALL)


def test_a_subject_that_cannot_be_loaded_is_crashed_alone(job: Job) -> None:
    found = outcome(job, "antivirus=unloadable")
    assert found[CheckId.ANTIVIRUS].reason == Unread.CRASHED
    assert others_pass(found, CheckId.ANTIVIRUS)


@pytest.mark.parametrize("behaviour", ["die", "exit"])
def test_a_check_that_takes_the_process_down_is_crashed_alone(job: Job, behaviour: str) -> None:
    found = outcome(job, f"firewall={behaviour}")
    assert found[CheckId.FIREWALL].reason == Unread.CRASHED
    assert others_pass(found, CheckId.FIREWALL)


def test_two_checks_that_take_the_process_down_are_both_found_out(job: Job) -> None:
    found = outcome(job, "os_support=die", "webcam=exit")
    assert found[CheckId.OS_SUPPORT].reason == Unread.CRASHED
    assert found[CheckId.WEBCAM].reason == Unread.CRASHED
    assert others_pass(found, CheckId.OS_SUPPORT, CheckId.WEBCAM)


def test_a_check_that_holds_the_whole_interpreter_is_found_out(job: Job) -> None:
    found = outcome(job, "antivirus=hold")
    assert found[CheckId.ANTIVIRUS].verdict is Verdict.UNKNOWN
    assert others_pass(found, CheckId.ANTIVIRUS)


def test_a_check_that_floods_the_output_forges_nothing_and_stops_nobody(job: Job) -> None:
    assert others_pass(outcome(job, "firewall=flood"))


def test_everything_misbehaving_at_once_still_gives_every_check_its_finding(job: Job) -> None:
    found = outcome(job, "os_support=die", "firewall=hang", "antivirus=flood", "webcam=raise")
    assert found[CheckId.OS_SUPPORT].reason == Unread.CRASHED
    assert found[CheckId.FIREWALL].reason == Unread.TIMED_OUT
    assert found[CheckId.WEBCAM].reason == Unread.CRASHED
    assert found[CheckId.ANTIVIRUS].verdict is Verdict.PASS


def test_at_the_overall_deadline_what_is_missing_is_timed_out(job: Job) -> None:
    found = outcome(job, "firewall=hold", "os_support=hold", deadline=2.0, stall=60.0)
    assert {item.reason for item in found.values()} >= {Unread.TIMED_OUT}
    assert all(item.verdict in (Verdict.PASS, Verdict.UNKNOWN) for item in found.values())


@pytest.mark.parametrize(
    "command",
    [
        ("a-program-that-does-not-exist",),
        (sys.executable, "-c", "pass"),
        (sys.executable, "-c", "print('not an event')"),
        (sys.executable, "-c", "import sys; sys.stdout.write('[1'); sys.exit(3)"),
    ],
)
def test_a_worker_that_never_works_leaves_every_check_unknown(job: Job, command) -> None:
    findings = list(run_checks(job, command=command))
    assert sorted(item.check for item in findings) == sorted(CHECKS)
    assert {item.verdict for item in findings} == {Verdict.UNKNOWN}


SLOW_TO_START = """
import sys, threading
sys.stdin.readline()
threading.Event().wait(1.5)
sys.stdout.write("".join(
    '{"type":"found","finding":{"check":"%s","verdict":"unknown","reason":"denied"}}\\n' % check
    for check in sys.argv[1:]
))
"""


def test_a_worker_that_a_scanner_holds_up_before_its_first_word_is_waited_for(job: Job) -> None:
    command = (sys.executable, "-c", SLOW_TO_START, *CHECKS)
    findings = list(run_checks(job, command=command, stall=0.5))
    assert {item.check: item.reason for item in findings} == dict.fromkeys(CHECKS, Unread.DENIED)


def test_modules_of_the_folder_one_is_in_do_not_stand_in_for_ours(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("queue.py", "msgspec.py"):
        (tmp_path / name).write_text("raise SystemExit(name)")
    monkeypatch.chdir(tmp_path)
    found = list(run_checks(job))
    assert sorted(item.check for item in found) == sorted(CHECKS)
    assert all(item.reason != Unread.CRASHED for item in found)


def test_a_worker_that_cannot_do_its_job_says_why_and_ends_in_good_order(
    job: Job, tmp_path: Path
) -> None:
    impossible = msgspec.structs.replace(job, replay=str(tmp_path / "gone.json"))
    with subprocess.Popen(
        [sys.executable, "-m", "precheck.agent.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as worker:
        assert worker.stdin and worker.stderr
        worker.stdin.write(msgspec.json.encode(impossible) + b"\n")
        worker.stdin.flush()
        # Standard input stays open, as the agent holds it.
        assert worker.wait(timeout=20) == 1
        assert b"FileNotFoundError" in worker.stderr.read()
