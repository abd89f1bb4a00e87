"""The lists of installed software on Linux, and which processes show a listed product."""

import shutil
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues.software import Kind
from probes.facts import Known
from probes.software.inventory import (
    Package,
    packages,
    parse_dpkg,
    parse_pacman,
    parse_rpm,
)
from probes.software.matching import connected, possible, programs, running
from probes.system.linux import LinuxSystem
from probes.system.questions import Completed, Process
from tests.probes.software_device import SOFTWARE
from tests.requires import require

ALL = SOFTWARE.products
LINUX_NAMES = sorted({name for item in ALL for name in item.linux.processes})
WINDOWS_NAMES = sorted({name.lower() for item in ALL for name in item.windows.exe})


def said(stdout: bytes, returncode: int = 0) -> Completed:
    return Completed(returncode, stdout, b"")


DEBIAN_12 = b"""installed adduser 3.134
config-files amule 1:2.3.3-3
installed chromium 156.0.8078.79-1~deb12u1
not-installed gstreamer1.0-plugins-ugly 
"""  # noqa: W291 - dpkg-query leaves the version empty, and the space before it
"""From `dpkg-query -W` on Debian 12, shortened."""


def test_the_answer_of_dpkg_query_is_read() -> None:
    assert parse_dpkg(said(DEBIAN_12)) == {
        "adduser": Package("3.134"),
        "amule": Package("2.3.3", removed=True),
        "chromium": Package("156.0.8078.79"),
    }


def test_the_answers_of_rpm_and_pacman_are_read() -> None:
    assert parse_rpm(said(b"firefox 145.0 1762732800\ngpg-pubkey a15b79cc x\n")) == {
        "firefox": Package("145.0", built=date(2025, 11, 10)),
        "gpg-pubkey": Package("a15b79cc"),
    }
    assert parse_pacman(said(b"nicotine+ 3.3.10-1\nvim 2:9.1-2\n")) == {
        "nicotine+": Package("3.3.10"),
        "vim": Package("9.1"),
    }


@pytest.mark.parametrize("parse", [parse_dpkg, parse_rpm, parse_pacman])
def test_a_command_that_failed_has_listed_nothing(parse) -> None:
    assert parse(said(b"installed dpkg 1\nrpm 1 1\npacman 1\n", 1)) is None
    assert parse(said(b"")) is None


@pytest.mark.parametrize("parse", [parse_dpkg, parse_rpm, parse_pacman])
@given(raw=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_garbage_is_no_package_list_and_no_error(parse, raw: bytes) -> None:
    found = parse(said(raw))
    assert found is None or all(name and item.version for name, item in found.items())


@given(st.integers(min_value=0, max_value=len(DEBIAN_12)))
def test_a_torn_list_never_shows_another_package(end: int) -> None:
    found = parse_dpkg(said(DEBIAN_12[:end])) or {}
    assert set(found) <= {"adduser", "amule", "chromium"}


def test_a_huge_list_is_read_whole() -> None:
    lines = b"".join(b"installed package-%d 1.0-1\n" % number for number in range(50_000))
    assert len(parse_dpkg(said(lines)) or {}) == 50_000


def test_a_date_that_cannot_be_is_none() -> None:
    assert parse_rpm(said(f"x 1 {10**30}\n".encode())) == {"x": Package("1", built=None)}
    assert parse_rpm(said("x 1 １２３\n".encode())) == {"x": Package("1", built=None)}


def test_a_real_dpkg_lists_itself() -> None:
    require(shutil.which("dpkg-query"), "dpkg-query")
    listed = packages(LinuxSystem())
    assert isinstance(listed, Known)
    assert listed.value["dpkg"].version[0].isdigit()


def shown(*processes: Process) -> set[str]:
    return {item.label for item in possible(ALL, programs(processes))}


@pytest.mark.parametrize("name", LINUX_NAMES)
def test_every_listed_name_is_recognised_as_itself(name: str) -> None:
    assert shown(Process(name))


@given(
    st.sampled_from([*LINUX_NAMES, *WINDOWS_NAMES]),
    st.text(max_size=6),
    st.text(max_size=6),
)
def test_a_name_that_only_contains_a_listed_name_shows_nothing(
    name: str, before: str, after: str
) -> None:
    longer = f"{before}{name}{after}"
    listed = longer in LINUX_NAMES or longer.lower() in WINDOWS_NAMES
    cut = len(longer.encode()) == 15 and any(
        known.encode().startswith(longer.lower().encode())
        for known in (*map(str.lower, LINUX_NAMES), *WINDOWS_NAMES)
    )
    if not listed and not cut:
        assert shown(Process(longer)) == set()


@given(st.sampled_from([*LINUX_NAMES, *WINDOWS_NAMES]), st.integers(min_value=1, max_value=14))
def test_a_listed_name_cut_short_shows_nothing_unless_linux_cut_it(name: str, length: int) -> None:
    short = name[:length]
    if short not in LINUX_NAMES and short.lower() not in WINDOWS_NAMES:
        assert shown(Process(short)) == set()


@given(
    st.lists(
        st.builds(
            Process,
            st.text(max_size=20),
            st.none() | st.text(max_size=40),
            st.none() | st.text(max_size=20),
        ),
        max_size=10,
    )
)
def test_any_processes_at_all_make_no_error(processes: list[Process]) -> None:
    seen = programs(processes)
    assert set(running(ALL, seen, ())) <= set(possible(ALL, seen))
    assert len(connected(ALL, seen)) <= len(ALL)


def test_linux_names_keep_their_case_and_windows_names_do_not() -> None:
    assert shown(Process("TeamViewer")) == {"TeamViewer"}
    assert shown(Process("teamViewer")) == set()
    assert shown(Process("teamviewer.EXE")) == {"TeamViewer"}


def test_kinds_do_not_mix() -> None:
    seen = programs([Process("qbittorrent"), Process("kazam")])
    sharing = tuple(SOFTWARE.of(Kind.FILE_SHARING))
    assert [item.label for item in running(sharing, seen, ())] == ["qBittorrent"]
