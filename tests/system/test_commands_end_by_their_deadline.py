"""RunCommand: raw output, the C locale, and an end whatever the command does."""

import sys
from pathlib import Path

import psutil
import pytest

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.commands import environment, shown
from probes.system.linux import LinuxSystem
from probes.system.questions import Completed, RunCommand


def run(*argv: str, timeout: float = 30.0, limit: int = 1 << 20):
    return LinuxSystem().ask(RunCommand(argv, timeout=timeout, limit=limit))


def python(program: str, *arguments: str, timeout: float = 30.0, limit: int = 1 << 20):
    return run(sys.executable, "-c", program, *arguments, timeout=timeout, limit=limit)


def value(answer: object) -> Completed:
    assert isinstance(answer, Known)
    return answer.value


def why(answer: object) -> Unread:
    assert isinstance(answer, Unknown)
    return answer.why


def test_output_and_errors_come_apart_as_bytes() -> None:
    answer = run("sh", "-c", r"printf 'a\377'; printf 'b\n' >&2; exit 3")
    assert value(answer) == Completed(3, b"a\xff", b"b\n")


def test_arguments_reach_the_command_as_they_are() -> None:
    assert value(run("printf", "%s|", "$HOME", "a b", "; exit 1")).stdout == b"$HOME|a b|; exit 1|"


def test_standard_input_is_empty() -> None:
    assert value(run("cat")) == Completed(0, b"", b"")


def test_a_signal_is_a_negative_return_code() -> None:
    assert value(run("sh", "-c", "kill -9 $$")).returncode == -9


def test_the_locale_is_c_and_little_else_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"LANG": "ja_JP.UTF-8", "DISPLAY": ":0", "LD_LIBRARY_PATH": "/x"}.items():
        monkeypatch.setenv(name, text)
    lines = value(run("env")).stdout.decode().splitlines()
    seen = dict(line.split("=", 1) for line in lines)
    assert (seen["LC_ALL"], seen["LANGUAGE"]) == ("C", "")
    assert {"LANG", "DISPLAY", "LD_LIBRARY_PATH"}.isdisjoint(seen)


def test_the_system_folders_come_first_and_once() -> None:
    system = "/usr/sbin:/usr/bin:/sbin:/bin"
    assert environment({"PATH": "/own/bin"})["PATH"] == f"{system}:/own/bin"
    assert environment({"PATH": "/sbin:/own/bin:/bin"})["PATH"] == f"{system}:/own/bin"
    assert environment({})["PATH"].startswith(system)


def test_a_program_of_the_same_name_does_not_stand_in_for_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("true", "only-mine"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 7\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert value(run("true")).returncode == 0
    assert value(run("only-mine")).returncode == 7


def test_a_program_that_is_not_there_is_missing() -> None:
    assert run("no-such-program", "argument") == Unknown(Unread.MISSING, "no-such-program argument")
    assert why(run()) is Unread.UNSUPPORTED


def test_a_file_that_may_not_be_run_is_denied(tmp_path: Path) -> None:
    (tmp_path / "program").write_text("#!/bin/sh\n")
    assert why(run(str(tmp_path / "program"))) is Unread.DENIED
    (tmp_path / "program").chmod(0o755)
    assert value(run(str(tmp_path / "program"))).returncode == 0


def test_a_command_that_does_not_end_is_timed_out_with_all_it_started(tmp_path: Path) -> None:
    below = "sh -c 'sleep 600 & setsid sleep 600 & echo $! $$ > pids; mv pids ready; wait'"
    script = f"cd {tmp_path}; {below} & wait"
    assert why(run("sh", "-c", script, timeout=2.0)) is Unread.TIMED_OUT
    for pid in (tmp_path / "ready").read_text().split():
        try:
            psutil.Process(int(pid)).wait(timeout=10)
        except psutil.NoSuchProcess:
            continue


def test_closing_its_output_is_not_the_end_of_a_command() -> None:
    closing = "import os, time; os.close(1); os.close(2); time.sleep(600)"
    assert why(python(closing, timeout=0.5)) is Unread.TIMED_OUT
    ending = "import os, sys; print('done', flush=True); os.close(1); sys.exit(4)"
    assert value(python(ending)).returncode == 4


def test_output_that_a_descendant_keeps_open_is_not_complete() -> None:
    assert why(run("sh", "-c", "echo half; sleep 600 &", timeout=0.5)) is Unread.TIMED_OUT


def test_a_daemon_left_behind_on_the_error_output_is_not_waited_for() -> None:
    answer = run("sh", "-c", "echo whole; sleep 5 > /dev/null & exit 0")
    assert value(answer).stdout == b"whole\n"


def test_a_flood_on_both_outputs_is_stopped_and_garbled() -> None:
    flood = "import os\nwhile True: os.write(1, b'x' * 4096); os.write(2, b'y' * 4096)"
    assert why(python(flood)) is Unread.GARBLED


def test_a_long_answer_on_both_outputs_is_read_whole() -> None:
    long = "import os\nfor _ in range(50): os.write(1, b'x' * 9999); os.write(2, b'y' * 9999)"
    answer = value(python(long))
    assert (len(answer.stdout), len(answer.stderr)) == (499_950, 499_950)


def test_no_file_is_left_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for argv in (("true",), ("no-such-program",), ("sh", "-c", "sleep 9")):
        run(*argv, timeout=0.2)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_source_is_short_and_names_no_path() -> None:
    apt = ("/usr/bin/apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade")
    assert shown(apt) == "apt-get dist-upgrade"
    assert shown(("dpkg-query", "-W", "/home/taro/x")) == "dpkg-query"
