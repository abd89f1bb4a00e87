"""SweepFiles: by whole names, within its bounds, like find(1)."""

import os
import shutil
import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.linux import LinuxSystem
from probes.system.questions import SweepFiles
from tests.requires import require


def sweep(root: Path, *names: str, depth: int = 4, seconds: float = 60.0):
    question = SweepFiles((str(root),), frozenset(names), depth, seconds)
    return LinuxSystem().ask(question)


def found(root: Path, *names: str, depth: int = 4) -> list[str]:
    answer = sweep(root, *names, depth=depth)
    assert isinstance(answer, Known)
    return [os.path.relpath(path, root) for path in answer.value]


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def test_names_are_whole_and_without_case(tmp_path: Path) -> None:
    make(tmp_path, "Winny.EXE", "a/winny.exe", "b/winny.exe.txt", "c/my-winny.exe", "d/winny")
    assert found(tmp_path, "winny.exe") == ["Winny.EXE", "a/winny.exe"]


def test_names_beyond_ascii_are_without_case_too(tmp_path: Path) -> None:
    make(tmp_path, "Ｗｉｎｎｙ.exe", "共有.EXE", "a/ÄB.exe")
    assert found(tmp_path, "ｗｉｎｎｙ.exe", "共有.exe", "äb.exe") == [
        "a/ÄB.exe",
        "共有.EXE",
        "Ｗｉｎｎｙ.exe",
    ]


def test_a_folder_has_a_name_as_well(tmp_path: Path) -> None:
    make(tmp_path, "Share/readme")
    assert found(tmp_path, "share") == ["Share"]


def test_depth_counts_as_it_does_for_find(tmp_path: Path) -> None:
    make(tmp_path, "x", "1/x", "1/2/x")
    assert found(tmp_path, "x", depth=0) == []
    assert found(tmp_path, "x", depth=1) == ["x"]
    assert found(tmp_path, "x", depth=2) == ["1/x", "x"]


def test_a_link_is_found_and_not_followed_and_a_root_that_is_one_is(tmp_path: Path) -> None:
    make(tmp_path, "real/x", "elsewhere/x")
    (tmp_path / "real" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "real" / "loop").symlink_to(".")
    (tmp_path / "root").symlink_to("real")
    assert found(tmp_path / "root", "x", "link", depth=9) == ["link", "x"]


def test_roots_within_each_other_find_each_file_once(tmp_path: Path) -> None:
    make(tmp_path, "a/x")
    question = SweepFiles((str(tmp_path), f"{tmp_path}/a/", f"{tmp_path}/no"), frozenset({"x"}))
    answer = LinuxSystem().ask(question)
    assert isinstance(answer, Known)
    assert answer.value == (f"{tmp_path}/a/x",)


def test_without_a_single_root_it_is_missing(tmp_path: Path) -> None:
    answer = sweep(tmp_path / "no", "x")
    assert isinstance(answer, Unknown)
    assert answer.why is Unread.MISSING


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    was_root = os.geteuid() == 0
    shared = Path("/tmp") / f"{tmp_path.name}-{os.getpid()}"  # noqa: S108 - others must reach it
    try:
        make(shared, "closed/x", "open/x")
        (shared / "closed").chmod(0)
        if was_root:
            os.seteuid(65534)
        assert found(shared, "x") == ["open/x"]
        answer = sweep(shared / "closed", "x")
        assert isinstance(answer, Unknown)
        assert answer.why is Unread.DENIED
    finally:
        if was_root:
            os.seteuid(0)
        (shared / "closed").chmod(0o700)
        shutil.rmtree(shared)


def test_another_file_system_is_not_entered(tmp_path: Path) -> None:
    outer, inner = Path("/dev"), Path("/dev", "shm")
    require(
        inner.is_mount() and os.access(inner, os.W_OK), "a file system within another to write to"
    )
    inside = inner / f"precheck-{os.getpid()}"
    try:
        inside.touch()
        assert found(outer, inside.name) == []
        assert found(inner, inside.name) == [inside.name]
    finally:
        inside.unlink()


def test_the_root_of_all_is_a_root(tmp_path: Path) -> None:
    make(tmp_path, "a/x")
    below = tmp_path.relative_to("/").parts
    question = SweepFiles(("/",), frozenset({below[0].lower()}), depth=1)
    answer = LinuxSystem().ask(question)
    assert isinstance(answer, Known)
    assert f"/{below[0]}" in answer.value


def test_past_its_time_it_is_timed_out_whatever_it_found(tmp_path: Path) -> None:
    make(tmp_path, "x")
    answer = sweep(tmp_path, "x", seconds=-1.0)
    assert answer == Unknown(Unread.TIMED_OUT, str(tmp_path))


PARTS = st.sampled_from(["a", "B", "x.exe", "X.EXE", "x.exe.bak", "日本", "c d"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=5), max_size=12),
    st.integers(1, 5),
    st.sets(st.sampled_from(["a", "b", "x.exe"]), min_size=1),
)
def test_it_finds_what_find_finds(
    tmp_path: Path, paths: list[list[str]], depth: int, names: set[str]
) -> None:
    root = tmp_path / "tree"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for path in paths:
        (root / "/".join(path)).mkdir(parents=True, exist_ok=True)
    tests = [part for name in sorted(names) for part in ("-o", "-iname", name)][1:]
    argv = ["find", str(root), "-xdev", "-mindepth", "1", "-maxdepth", str(depth)]
    listed = subprocess.run(
        [*argv, "(", *tests, ")"], check=True, stdout=subprocess.PIPE
    ).stdout.decode()
    expected = sorted(os.path.relpath(path, root) for path in listed.splitlines())
    assert sorted(found(root, *names, depth=depth)) == expected
