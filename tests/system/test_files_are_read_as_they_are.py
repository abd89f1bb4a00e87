"""ReadFile, ListFolder, StatFile and ReadLink on the running system."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.linux import LinuxSystem
from probes.system.questions import (
    FileStatus,
    ListFolder,
    ReadFile,
    ReadLink,
    StatFile,
    SweepFiles,
)
from tests.requires import require

MACHINE = LinuxSystem()

EVERY_FILE_QUESTION = (
    ReadFile,
    ListFolder,
    StatFile,
    ReadLink,
    lambda path: SweepFiles((path,), frozenset({"a"})),
)


def why(answer: object) -> Unread:
    assert isinstance(answer, Unknown)
    return answer.why


def value(answer: object) -> object:
    assert isinstance(answer, Known)
    return answer.value


def test_a_file_is_its_bytes_and_its_source_is_its_path(tmp_path: Path) -> None:
    (tmp_path / "日本語").write_bytes(b"\xff\x00\n")
    path = str(tmp_path / "日本語")
    assert MACHINE.ask(ReadFile(path)) == Known(b"\xff\x00\n", path)


def test_a_file_of_proc_that_states_no_size_is_read_in_full() -> None:
    assert Path("/proc/version").stat().st_size == 0
    assert value(MACHINE.ask(ReadFile("/proc/version"))) == Path("/proc/version").read_bytes()


def test_a_long_file_gives_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 200_000)
    assert value(MACHINE.ask(ReadFile(str(tmp_path / "long"), limit=150_001))) == b"x" * 150_001


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "nothing", tmp_path / "file" / "below"):
        for ask in EVERY_FILE_QUESTION:
            assert why(MACHINE.ask(ask(str(path)))) is Unread.MISSING


@pytest.fixture
def ordinary_user():
    """Root may read everything, so these tests borrow the rights of nobody."""
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    yield
    if was_root:
        os.seteuid(0)


def test_what_may_not_be_read_is_denied(tmp_path: Path, ordinary_user: None) -> None:
    closed = LinuxSystem()
    assert why(closed.ask(ReadFile("/proc/1/environ"))) is Unread.DENIED
    assert why(closed.ask(ReadLink("/proc/1/exe"))) is Unread.DENIED
    assert why(closed.ask(ListFolder("/proc/1/fd"))) is Unread.DENIED


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/dev/full"])
def test_a_device_is_not_opened(path: str) -> None:
    require(Path(path).exists(), path)
    assert why(MACHINE.ask(ReadFile(path))) is Unread.GARBLED


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert why(MACHINE.ask(ReadFile(str(tmp_path / "pipe")))) is Unread.GARBLED


def test_a_socket_and_a_folder_are_no_files(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        assert why(MACHINE.ask(ReadFile(str(tmp_path / "socket")))) is Unread.GARBLED
    assert why(MACHINE.ask(ReadFile(str(tmp_path)))) is Unread.GARBLED


def test_names_are_sorted_and_those_that_are_not_text_can_be_written_down(tmp_path: Path) -> None:
    for name in (b"b", b"a", "ん".encode(), b"bad\xff"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()
    assert value(MACHINE.ask(ListFolder(str(tmp_path)))) == ("a", "b", "bad\ufffd", "ん")


def test_a_status_tells_kinds_apart_and_follows_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    os.utime(tmp_path / "file", (0, 1_700_000_000.25))
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    answers = [MACHINE.ask(StatFile(str(tmp_path / name))) for name in ("link", "pipe", ".")]
    assert value(answers[0]) == FileStatus("file", 4, 1_700_000_000.25)
    assert [value(answer).kind for answer in answers[1:]] == ["other", "folder"]


def test_a_link_is_followed_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "end").touch()
    (tmp_path / "second").symlink_to("end")
    (tmp_path / "first").symlink_to("second")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    end = str((tmp_path / "end").resolve())
    assert value(MACHINE.ask(ReadLink(str(tmp_path / "first")))) == end
    assert why(MACHINE.ask(ReadLink(str(tmp_path / "dangling")))) is Unread.MISSING
    assert why(MACHINE.ask(ReadLink(str(tmp_path / "loop")))) is Unread.GARBLED


def test_home_is_a_tilde_in_questions_and_in_sources(tmp_path: Path) -> None:
    (tmp_path / "wanted").write_bytes(b"here")
    machine = LinuxSystem(home=tmp_path)
    assert machine.ask(ReadFile("~/wanted")) == Known(b"here", "~/wanted")
    assert machine.ask(ReadFile(str(tmp_path / "wanted"))) == Known(b"here", "~/wanted")
    assert machine.ask(ListFolder("~")) == Known(("wanted",), "~")
    assert machine.ask(ReadFile("~somebody/wanted")) == Unknown(
        Unread.UNSUPPORTED, "~somebody/wanted"
    )


@given(st.text(max_size=300) | st.text(max_size=20).map(lambda text: "/" + text))
def test_no_path_whatsoever_raises(path: str) -> None:
    machine = LinuxSystem(home=Path("/nonexistent"))
    for ask in (ReadFile, StatFile, ReadLink):
        assert isinstance(machine.ask(ask(path)), Known | Unknown)
