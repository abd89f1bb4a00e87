"""`precheck-endpoint backup` copies all there is at one moment, and never over something else."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.endpoint.scene import (
    OFFICE,
    command,
    done,
    listed,
    new_code,
    report,
    report_ids,
    send,
    serving,
    with_a_file,
)

pytestmark = with_a_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    done(data, "office", "add", OFFICE)
    return data


def test_what_was_answered_before_is_in_the_copy_though_the_server_goes_on(folder: Path) -> None:
    codes = [new_code(folder) for _ in range(4)]
    target = folder.parent / "endpoint.sqlite3"
    with serving(folder) as (address, _), ThreadPoolExecutor(4) as pool:
        before = [report() for _ in codes]
        for code, body in zip(codes, before, strict=True):
            assert send(address, code, body).status_code == 201
        meanwhile = [
            pool.submit(send, address, code, report()) for code in codes for _ in range(10)
        ]
        done(folder, "backup", str(target))
        assert {each.result().status_code for each in meanwhile} == {201}
    copied = set(report_ids(target.parent))
    assert {str(body["report_id"]) for body in before} <= copied <= set(report_ids(folder))
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX knows them")
def test_the_copy_is_one_file_for_its_owner_alone(folder: Path) -> None:
    target = folder.parent / "copies" / "one"
    target.parent.mkdir()
    umask = os.umask(0)
    try:
        done(folder, "backup", str(target))
    finally:
        os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(target.parent.iterdir()) == [target]


def test_nothing_is_overwritten(folder: Path) -> None:
    target = folder.parent / "kept"
    target.write_text("mine")
    ended = command(folder, "backup", str(target))
    assert ended.returncode == 2
    assert "is there already" in ended.stderr
    assert target.read_text() == "mine"


def test_a_place_that_cannot_be_written_is_said_so(folder: Path) -> None:
    ended = command(folder, "backup", str(folder.parent / "nowhere" / "copy"))
    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_of_the_copy_and_the_secret_is_the_endpoint_again(folder: Path) -> None:
    code = new_code(folder)
    restored = folder.parent / "restored"
    restored.mkdir()
    done(folder, "backup", str(restored / "endpoint.sqlite3"))
    (restored / "secret").write_bytes((folder / "secret").read_bytes())
    with serving(restored) as (address, _):
        assert send(address, code, report()).status_code == 201
    assert listed(restored)[0]["state"] == "ready"
    assert listed(folder)[0]["state"] == "not_checked"
