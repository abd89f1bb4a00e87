"""MacSystem: the door to a Mac, as far as that can be opened elsewhere.

Files are those of a tree that stands in for a Mac; processes, interfaces and commands are this
machine's own, by the same calls. What netstat prints is composed after its manual page, netstat(1)
of macOS. That a real Mac answers so, `docs/macos-manual-pass.md` has somebody see.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Known, Unknown
from probes.system.files import FileTree
from probes.system.live import live_system
from probes.system.macos import MacSystem
from probes.system.macos_private import PRIVATE_PLACES
from probes.system.netstat import parse_netstat
from probes.system.questions import (
    Completed,
    DBusGet,
    HttpGet,
    Listener,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Question,
    ReadFile,
    ReadLink,
    RunCommand,
    StatFile,
    SweepFiles,
)

HOME = Path("/Users/someone")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - read, not bound

NETSTAT_TCP = b"""\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  192.168.1.5.52345      17.57.144.10.5223      ESTABLISHED
tcp46      0      0  *.3283                 *.*                    LISTEN
tcp4       0      0  127.0.0.1.631          *.*                    LISTEN
tcp6       0      0  fe80::1%lo0.8021       *.*                    LISTEN
tcp6       0      0  *.5900                 *.*                    LISTEN
tcp4       0      0  *.*                    *.*                    CLOSED
"""
NETSTAT_UDP = b"""\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
udp4       0      0  *.137                  *.*
udp6       0      0  2001:db8::5.55000      2001:db8::9.443
udp46      0      0  *.*                    *.*
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in (
        "Applications/zoom.us.app/Contents/Info.plist",
        "Users/someone/Applications/Winny.exe",
        "Users/someone/Documents/diary.txt",
        "Users/someone/Documents/Winny.exe",
        "Users/someone/Library/Containers/com.example/Winny.exe",
        "Users/someone/Library/Preferences/com.example.plist",
        "Volumes/USB/Winny.exe",
    ):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(path)
    return tmp_path


def test_a_mac_is_a_mac() -> None:
    assert live_system("darwin").family is OsFamily.MACOS


def test_the_files_of_a_tree_are_read(tree: Path) -> None:
    mac = MacSystem(tree, HOME)
    path = "/Applications/zoom.us.app/Contents/Info.plist"
    assert mac.ask(ReadFile(path)) == Known(path[1:].encode(), path)
    assert mac.ask(ListFolder("/Applications")) == Known(("zoom.us.app",), "/Applications")
    assert isinstance(mac.ask(StatFile("~/Library/Preferences/com.example.plist")), Known)
    assert mac.ask(ReadLink("/Applications")) == Known("/Applications", "/Applications")


@pytest.mark.parametrize(
    "question",
    [
        ReadFile("~/Documents/diary.txt"),
        ReadFile("~/Library/../Documents/diary.txt"),
        ReadFile("/Users/someone/Documents/diary.txt"),
        StatFile("~/Documents"),
        ListFolder("~/Documents"),
        ListFolder("~/Desktop"),
        ReadLink("~/Downloads/link"),
        ListFolder("/Volumes"),
        ListFolder("/Volumes/USB"),
        ReadFile("/Library/Application Support/com.apple.TCC/TCC.db"),
        ReadFile("~/Library/Application Support/com.apple.TCC/TCC.db"),
        SweepFiles(("~/Downloads",), frozenset({"winny.exe"})),
    ],
    ids=str,
)
def test_what_macos_asks_the_person_about_is_denied_untouched(
    tree: Path, question: Question[object]
) -> None:
    answer = MacSystem(tree, HOME).ask(question)
    assert isinstance(answer, Unknown)
    assert answer.why is Unread.DENIED


def test_a_sweep_goes_round_what_macos_asks_the_person_about(tree: Path) -> None:
    found = MacSystem(tree, HOME).ask(SweepFiles(("~", "/"), frozenset({"winny.exe"}), 6))
    assert isinstance(found, Known)
    assert found.value == ("/Users/someone/Applications/Winny.exe", "~/Applications/Winny.exe")


@pytest.mark.parametrize(
    "question",
    [
        ReadFile("/Applications/Moved.app/Contents/Info.plist"),
        ListFolder("/Applications/Shelf"),
        StatFile("~/.wine/Winny.exe"),
        SweepFiles(("~/.wine",), frozenset({"winny.exe"})),
    ],
    ids=str,
)
def test_no_link_leads_into_what_macos_asks_the_person_about(
    tree: Path, question: Question[object]
) -> None:
    """An app that was moved to another disk stays behind as a link."""
    (tree / "Applications/Moved.app").symlink_to("/Volumes/USB")
    (tree / "Applications/Shelf").symlink_to("../Users/someone/Downloads")
    (tree / "Users/someone/.wine").symlink_to("Documents")
    answer = MacSystem(tree, HOME).ask(question)
    assert isinstance(answer, Unknown)
    assert answer.why is Unread.DENIED


def test_nor_does_one_of_the_running_system(tree: Path) -> None:
    home = tree / "Users/someone"
    (home / ".wine").symlink_to("Documents")
    running = FileTree(home=home, avoided=("~/Documents", "~/Desktop"))
    assert isinstance(running.names(ListFolder("~/Library/Preferences")), Known)
    assert isinstance(running.names(ListFolder("/")), Known)
    for folder in ("~/.wine", "~/Documents", "~/Library/../Documents"):
        answer = running.names(ListFolder(folder))
        assert isinstance(answer, Unknown)
        assert answer.why is Unread.DENIED


def test_a_home_behind_a_link_is_as_private(tree: Path) -> None:
    (tree / "home").symlink_to("Users")
    answer = MacSystem(tree, Path("/home/someone")).ask(ListFolder("~/Documents"))
    assert isinstance(answer, Unknown)
    assert answer.why is Unread.DENIED
    assert isinstance(MacSystem(tree, Path("/home/someone")).ask(ListFolder("~")), Known)


def test_a_folder_whose_name_only_begins_like_a_private_one_is_read(tree: Path) -> None:
    (tree / "Users/someone/Documents of the office").mkdir()
    answer = MacSystem(tree, HOME).ask(ListFolder("~/Documents of the office"))
    assert answer == Known((), "~/Documents of the office")


def test_the_folders_of_every_person_are_private() -> None:
    folders = {"~/Desktop", "~/Documents", "~/Downloads", "/Volumes"}
    assert folders < set(PRIVATE_PLACES)


def test_of_a_tree_only_files_are_told(tree: Path) -> None:
    for question in (RunCommand(("/bin/sh",)), ListProcesses(), HttpGet("http://127.0.0.1:1/")):
        answer = MacSystem(tree, HOME).ask(question)
        assert answer == Unknown(Unread.UNSUPPORTED, type(question).__name__)


def test_this_machines_processes_interfaces_and_commands_are_told() -> None:
    mac = MacSystem()
    processes, interfaces = mac.ask(ListProcesses()), mac.ask(ListInterfaces())
    assert isinstance(processes, Known)
    assert any(process.own for process in processes.value)
    assert isinstance(interfaces, Known)
    assert any(interface.loopback for interface in interfaces.value)
    assert mac.ask(RunCommand(("/bin/echo", "a"))) == Known(Completed(0, b"a\n", b""), "echo")


def test_a_command_that_no_mac_has_is_missing() -> None:
    answer = MacSystem().ask(RunCommand(("/usr/sbin/system_profiler_of_no_mac",)))
    assert isinstance(answer, Unknown)
    assert answer.why is Unread.MISSING


def test_a_question_of_another_system_is_unsupported() -> None:
    assert MacSystem().ask(DBusGet("a.b", "/", "a.b", "P")) == Unknown(
        Unread.UNSUPPORTED, "DBusGet"
    )


def test_where_netstat_is_none_of_apples_nothing_is_said_to_listen() -> None:
    assert isinstance(MacSystem().ask(ListListeners()), Unknown)


def test_listening_sockets_are_those_in_the_state_listen() -> None:
    assert parse_netstat(NETSTAT_TCP) == {
        Listener("tcp", "::", 3283),
        Listener("tcp", "127.0.0.1", 631),
        Listener("tcp", "fe80::1", 8021),
        Listener("tcp", "::", 5900),
    }


def test_of_udp_sockets_those_wait_that_are_connected_to_nobody() -> None:
    assert parse_netstat(NETSTAT_UDP) == {Listener("udp", EVERYWHERE, 137)}


def test_further_columns_change_nothing() -> None:
    wide = NETSTAT_TCP.replace(b"LISTEN", b"LISTEN 131072 131072 sshd:312 00100 00000006")
    assert parse_netstat(wide) == parse_netstat(NETSTAT_TCP)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"netstat: illegal option -- W\n",
        NETSTAT_TCP.replace(b"Active Internet connections", "接続".encode()),
        NETSTAT_TCP.replace(b"*.5900", b"mac.5900"),
        NETSTAT_TCP.replace(b"*.5900", b"*.vnc"),
        NETSTAT_TCP.replace(b"*.5900", b"*.99999"),
    ],
)
def test_what_is_no_list_with_numbers_is_garbled_and_not_empty(raw: bytes) -> None:
    assert parse_netstat(raw) is None


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_garbage_is_never_a_list(raw: bytes) -> None:
    assert parse_netstat(raw) is None
    told = parse_netstat(NETSTAT_TCP + raw)
    assert told is None or told >= (parse_netstat(NETSTAT_TCP) or {1})
