"""A folder as the root: files are answered from it, and everything else is unsupported."""

from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.linux import LinuxSystem
from probes.system.questions import (
    DBusCall,
    DBusGet,
    DBusTransaction,
    HttpGet,
    HttpPost,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    ReadFile,
    ReadLink,
    RunCommand,
    StatFile,
    SweepFiles,
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_bytes(b"outside")
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "os-release").write_bytes(b"ID=composed\n")
    (root / "home" / "hanako").mkdir(parents=True)
    return root


def test_files_come_from_the_tree(tree: Path) -> None:
    system = LinuxSystem(tree)
    assert system.ask(ReadFile("/etc/os-release")) == Known(b"ID=composed\n", "/etc/os-release")
    assert system.ask(ListFolder("/etc")) == Known(("os-release",), "/etc")
    assert isinstance(system.ask(StatFile("/proc/version")), Unknown)


def test_links_lead_below_the_tree_as_if_it_were_the_root(tree: Path) -> None:
    (tree / "absolute").symlink_to("/etc")
    (tree / "etc" / "relative").symlink_to("../etc/os-release")
    system = LinuxSystem(tree)
    assert system.ask(ReadFile("/absolute/os-release")) == Known(
        b"ID=composed\n", "/absolute/os-release"
    )
    assert system.ask(ReadLink("/absolute/relative")) == Known(
        "/etc/os-release", "/absolute/relative"
    )


def test_nothing_leads_out_of_the_tree(tree: Path) -> None:
    outside = tree.parent / "secret"
    (tree / "absolute").symlink_to(outside)
    (tree / "relative").symlink_to("../secret")
    (tree / "folder").symlink_to(outside.parent)
    (tree / "loop").symlink_to("loop")
    system = LinuxSystem(tree)
    for path in ("/absolute", "/relative", "/../secret", "/folder/secret", "/etc/../../secret"):
        assert system.ask(ReadFile(path)) == Unknown(Unread.MISSING, path)
    assert system.ask(ReadFile("/loop")) == Unknown(Unread.GARBLED, "/loop")


def test_a_tree_that_is_reached_by_a_link_is_a_tree_too(tree: Path) -> None:
    link = tree.parent / "link"
    link.symlink_to(tree)
    assert LinuxSystem(link).ask(ReadLink("/etc")) == Known("/etc", "/etc")


def test_home_is_a_folder_of_the_tree(tree: Path) -> None:
    (tree / "home" / "hanako" / "Winny.EXE").touch()
    system = LinuxSystem(tree, home=Path("/home/hanako"))
    question = SweepFiles(("~", "/home"), frozenset({"winny.exe"}))
    assert system.ask(question) == Known(("/home/hanako/Winny.EXE", "~/Winny.EXE"), "~, /home")


@pytest.mark.parametrize(
    "question",
    [
        RunCommand(("true",)),
        ListProcesses(),
        ListListeners(),
        ListInterfaces(),
        DBusGet("a.b", "/", "a.b", "P"),
        DBusCall("a.b", "/", "a.b", "M"),
        DBusTransaction("a.b", "/", "a.b", "M", "a.b", (), (), "F"),
        HttpGet("http://127.0.0.1/"),
        HttpPost("http://127.0.0.1/", 1),
    ],
    ids=lambda question: type(question).__name__,
)
def test_a_tree_runs_nothing_and_speaks_to_nobody(tree: Path, question) -> None:
    assert LinuxSystem(tree).ask(question) == Unknown(Unread.UNSUPPORTED, type(question).__name__)
