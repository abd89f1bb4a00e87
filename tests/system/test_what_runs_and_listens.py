"""ListProcesses, ListListeners and ListInterfaces on the running system."""

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.facts import Known, Unknown
from probes.system.linux import LinuxSystem
from probes.system.questions import (
    Interface,
    Listener,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
)
from probes.system.running import own_name


def asked(question):
    answer = LinuxSystem().ask(question)
    assert isinstance(answer, Known)
    return answer.value


def test_a_program_is_listed_by_its_full_name_and_never_by_its_arguments(tmp_path: Path) -> None:
    program = tmp_path / "a-program-with-a-long-name"
    program.symlink_to(Path(sys.executable).resolve())
    script = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [program, "-c", script, "/secret/argument"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        child.stdout.readline()
        listed = asked(ListProcesses())
        child.stdin.close()
    mine = [item for item in listed if item.argv0 == program.name]
    executable = str(Path(sys.executable).resolve())
    assert mine == [Process(program.name, executable, program.name, own=True)]
    assert "secret" not in repr(listed)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/usr/bin/obs", "obs"),
        ("-bash", "-bash"),
        (r"C:\Program Files\Winny\Winny.exe", "Winny.exe"),
        ("sshd: somebody@pts/0", "sshd"),
        ("nginx: master process /usr/sbin/nginx -g daemon off;", "nginx"),
        ("", None),
        ("/usr/bin/", None),
    ],
)
def test_a_process_calls_itself_by_a_base_name(command: str, name: str | None) -> None:
    assert own_name(command) == name


@given(st.text())
def test_no_command_whatsoever_gives_a_path(command: str) -> None:
    name = own_name(command.encode("utf-8", "replace").decode())
    assert name is None or ("/" not in name and "\\" not in name)


def test_a_listening_socket_is_listed_and_a_connected_one_is_not() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waiting,
        socket.create_connection(server.getsockname()) as client,
    ):
        waiting.bind(("127.0.0.1", 0))
        listed = {(item.protocol, item.address, item.port) for item in asked(ListListeners())}
        assert ("tcp", *server.getsockname()) in listed
        assert ("udp", *waiting.getsockname()) in listed
        assert ("tcp", *client.getsockname()) not in listed


def test_this_users_own_listener_has_a_program() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        mine = [item for item in asked(ListListeners()) if item.port == port]
    assert [type(item) for item in mine] == [Listener]
    assert mine[0].program


def test_the_loopback_interface_is_known_as_one() -> None:
    loopback = [item for item in asked(ListInterfaces()) if item.name == "lo"]
    assert [type(item) for item in loopback] == [Interface]
    assert (loopback[0].loopback, "127.0.0.1" in loopback[0].addresses) == (True, True)
    assert not any(item.loopback for item in asked(ListInterfaces()) if item.name != "lo")


@pytest.mark.parametrize("question", [ListProcesses(), ListListeners()])
def test_without_proc_nothing_is_known_and_nothing_raises(
    question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert isinstance(LinuxSystem().ask(question), Unknown)
