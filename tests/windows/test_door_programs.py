"""What runs, listens, is on the screen and in a program file's version resource."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Unknown
from probes.system.questions import Listener, ListListeners, ListProcesses, Process
from probes.system.windows_questions import FileVersion, MatchWindowTitles, ReadFileVersion
from tests.windows.bed import Box, as_windows, open_box
from tests.windows.door import Slip, ask, known, notices

RESOURCES = "x86_64-w64-mingw32-windres"
COMPILER = "x86_64-w64-mingw32-gcc"

INET, INET6 = 2, 23
"""As Windows numbers them."""

LISTENING = """
import socket, sys
family, kind, address = sys.argv[1:]
with socket.socket(int(family), int(kind)) as server:
    server.bind((address, 0))
    if server.type == socket.SOCK_STREAM:
        server.listen()
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
"""

LISTENERS = "probes.system.windows.listening"

LITTLE_ROOM = """
from probes.system.windows import listening
listening.ROOM = 1
print(len(listening.waiting(lambda process: None)) > 0)
"""

CONNECTED = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    there = socket.create_connection(server.getsockname())
    here, _ = server.accept()
    print(there.getsockname()[1], flush=True)
    sys.stdin.read()
"""

WINDOW = """
import ctypes, sys
user32 = ctypes.windll.user32
window = user32.CreateWindowExW(0, "STATIC", "録画 - 私の予定", 0x10000000, 0, 0, 9, 9, 0, 0, 0, 0)
print(window, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        # Windows without a screen to draw them on.
        box.reg('[HKEY_CURRENT_USER\\Software\\Wine\\Drivers]\n"Graphics"="null"\n')
        yield box


@contextmanager
def running(box: Box, *arguments: str) -> Iterator[str]:
    """Python for Windows running `arguments` until the end of the block; its first line."""
    with subprocess.Popen(
        ["wine", str(box.bed / "python" / "python.exe"), *arguments],
        env={**box.environment(), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdin is not None and program.stdout is not None
        try:
            yield program.stdout.readline().strip()
        finally:
            program.stdin.close()


def test_a_program_is_listed_by_its_name_and_file(machine: Box) -> None:
    python = as_windows(machine.bed / "python" / "python.exe")
    processes = known(machine, ListProcesses())
    assert Process("python.exe", executable=python, own=True) in processes


@pytest.mark.parametrize(
    ("family", "kind", "address", "protocol"),
    [
        (INET, socket.SOCK_STREAM, "127.0.0.1", "tcp"),
        (INET, socket.SOCK_DGRAM, "127.0.0.1", "udp"),
        (INET6, socket.SOCK_STREAM, "::1", "tcp"),
        (INET6, socket.SOCK_DGRAM, "::1", "udp"),
    ],
)
def test_a_socket_that_waits_is_listed(
    machine: Box, family: int, kind: int, address: str, protocol: str
) -> None:
    with running(machine, "-c", LISTENING, f"{family}", f"{int(kind)}", address) as port:
        found = known(machine, ListListeners())
    # Wine does not say whose a socket is.
    assert Listener(protocol, address, int(port)) in found


def test_a_socket_that_is_connected_is_none_that_waits(machine: Box) -> None:
    with running(machine, "-c", CONNECTED) as port:
        found = known(machine, ListListeners())
    assert int(port) not in {each.port for each in found if each.protocol == "tcp"}


def test_where_there_is_room_for_none_more_is_made(machine: Box) -> None:
    with running(machine, "-c", LISTENING, f"{INET}", f"{int(socket.SOCK_STREAM)}", "127.0.0.1"):
        ran = machine.python("-c", LITTLE_ROOM)
    assert ran.out.split() == [b"True"], ran.err


@pytest.mark.parametrize(
    "slip",
    [
        Slip(LISTENERS, "TCP_LISTENERS, UDP_SOCKETS = 3, 1", "TCP_LISTENERS, UDP_SOCKETS = 4, 1"),
        Slip(LISTENERS, '("state", wintypes.DWORD),\n        ("address"', '("address"'),
    ],
    ids=["another table", "no state"],
)
def test_a_slip_in_the_sockets_is_noticed(machine: Box, slip: Slip) -> None:
    with running(machine, "-c", LISTENING, f"{INET}", f"{int(socket.SOCK_STREAM)}", "127.0.0.1"):
        assert notices(machine, slip, ListListeners())


@pytest.mark.parametrize(
    "slip",
    [
        Slip(
            "probes.system.windows.running", '("heap", ctypes.c_size_t)', '("heap", wintypes.DWORD)'
        ),
        Slip("probes.system.windows.running", "TOKEN_USER = 1", "TOKEN_USER = 2"),
    ],
    ids=str,
)
def test_a_slip_in_the_processes_is_noticed(machine: Box, slip: Slip) -> None:
    assert notices(machine, slip, ListProcesses())


def test_of_a_windows_title_only_the_wanted_beginning_is_told(machine: Box) -> None:
    with running(machine, "-c", WINDOW):
        found = known(machine, MatchWindowTitles(("予定", "録画 - ", "録")))
    assert found == ("録画 - ", "録")


def test_a_window_that_is_not_shown_is_not_looked_at(machine: Box) -> None:
    with running(machine, "-c", WINDOW.replace("0x10000000", "0")):
        assert known(machine, MatchWindowTitles(("録画",))) == ()


SCRIPT = """#pragma code_page(65001)
1 VERSIONINFO
FILEVERSION 6,2,11,65000
PRODUCTVERSION 9,9,9,9
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "{block}"
    BEGIN
      VALUE "ProductName", "会議 ソフト\\0"
      VALUE "CompanyName", "Composed, Inc.\\0"
      VALUE "OriginalFilename", "Meeting.exe\\0"
      VALUE "FileDescription", "会議\\0"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", {translation}
  END
END
"""
TRANSLATIONS = {
    "its own": ("041104b0", "0x0411, 1200"),
    "another's, and Japanese": ("041104b0", "0x0409, 1200"),
    "another's, and English": ("040904b0", "0x0000, 0"),
    "the second of two": ("080c04b0", "0x0409, 1200, 0x080c, 1200"),
}


@pytest.mark.parametrize("translation", TRANSLATIONS)
def test_a_version_resource_is_read_whatever_translation_it_states(
    machine: Box, tmp_path: Path, translation: str
) -> None:
    block, stated = TRANSLATIONS[translation]
    program = compiled(machine, tmp_path, SCRIPT.format(block=block, translation=stated))
    assert known(machine, ReadFileVersion(program)) == FileVersion(
        version="6.2.11.65000",
        product="会議 ソフト",
        company="Composed, Inc.",
        original_name="Meeting.exe",
        description="会議",
    )


def test_texts_in_an_unstated_language_are_left_empty(machine: Box, tmp_path: Path) -> None:
    script = SCRIPT.format(block="080c04b0", translation="0x0409, 1200")
    found = known(machine, ReadFileVersion(compiled(machine, tmp_path, script)))
    assert found == FileVersion("6.2.11.65000")


def test_a_file_without_a_version_resource_has_none(machine: Box, tmp_path: Path) -> None:
    program = compiled(machine, tmp_path, "")
    assert ask(machine, ReadFileVersion(program)) == [Unknown(Unread.MISSING, program)]


@pytest.mark.parametrize("content", [b"", b"MZ", b"MZ" + bytes(200), os.urandom(4096)])
def test_what_is_no_program_has_no_version(machine: Box, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.exe").write_bytes(content)
    [answer] = ask(machine, ReadFileVersion(as_windows(tmp_path / "broken.exe")))
    assert isinstance(answer, Unknown)


@pytest.mark.parametrize(
    "slip",
    [
        Slip(
            "probes.system.windows.versions", "{high >> 16}.{high & 0xFFFF}", "{high}.{high >> 16}"
        ),
        Slip(
            "probes.system.windows.versions", '        ("structure_version", wintypes.DWORD),\n', ""
        ),
        Slip("probes.system.windows.versions", "{language:04x}", "{language:x}"),
    ],
    ids=str,
)
def test_a_slip_in_the_version_is_noticed(machine: Box, tmp_path: Path, slip: Slip) -> None:
    script = SCRIPT.format(block="080c04b0", translation="0x080c, 1200")
    assert notices(machine, slip, ReadFileVersion(compiled(machine, tmp_path, script)))


def compiled(machine: Box, folder: Path, script: str) -> str:
    """A program with the resources of `script`, as the machine sees it."""
    (folder / "resources.rc").write_text(script, encoding="utf-8")
    (folder / "main.c").write_text("int main(void) { return 0; }\n")
    sources = ["main.c"]
    if script:
        subprocess.run([RESOURCES, "resources.rc", "resources.o"], cwd=folder, check=True)
        sources.append("resources.o")
    subprocess.run([COMPILER, "-o", "meeting.exe", *sources], cwd=folder, check=True)
    place = machine.prefix / "drive_c" / "ProgramData" / f"{folder.name}.exe"
    shutil.copy(folder / "meeting.exe", place)
    return rf"%ProgramData%\{place.name}"
