"""What arrives while the disk is busy is stored together, and answered when it is on the disk."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import IntegrityError, OperationalError

from precheck.endpoint.store.group_commit import GroupCommit, NotDone
from tests.endpoint.scene import (
    new_code,
    report,
    report_ids,
    send,
    serving,
    with_a_file,
)
from tests.requires import require


class Disk:
    """Doubles numbers in batches. The first batch is being written until the test lets it end;
    `broken` numbers spoil the batch that they are in."""

    def __init__(self, broken: dict[int, Exception] | None = None) -> None:
        self.batches: list[list[int]] = []
        self.is_writing = threading.Event()
        self.may_end = threading.Event()
        self._broken = broken or {}

    def write(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        if len(self.batches) == 1:
            self.is_writing.set()
            assert self.may_end.wait(20)
        for number in numbers:
            if number in self._broken:
                raise self._broken[number]
        return [2 * number for number in numbers]


@contextmanager
def lined_up(disk: Disk, numbers: Sequence[int], limit: int = 64) -> Iterator[list[Any]]:
    """Gives what became of `numbers`, which all arrived while 0 was being written."""
    commits = GroupCommit(disk.write, limit)

    def done_with(number: int) -> Any:
        try:
            return commits.do(number)
        except (IntegrityError, OperationalError) as error:
            return error

    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(done_with, 0)
        assert disk.is_writing.wait(20)
        others = []
        for arrived, number in enumerate(numbers, start=1):
            others.append(pool.submit(done_with, number))
            _until(lambda arrived=arrived: commits.waiting() == arrived)
        disk.may_end.set()
        assert first.result(20) == 0
        yield [other.result(20) for other in others]
    assert commits.waiting() == 0


def _until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it never came to that")


def test_what_arrives_during_a_flush_makes_one_next_batch_in_its_order() -> None:
    disk = Disk()
    with lined_up(disk, [3, 1, 2]) as outcomes:
        assert outcomes == [6, 2, 4]
    assert disk.batches == [[0], [3, 1, 2]]


def test_a_batch_has_a_largest_size_and_the_rest_follows() -> None:
    disk = Disk()
    with lined_up(disk, [1, 2, 3, 4, 5], limit=2) as outcomes:
        assert outcomes == [2, 4, 6, 8, 10]
    assert disk.batches == [[0], [1, 2], [3, 4], [5]]


def test_one_poisoned_job_among_good_ones_is_told_so_and_spoils_none() -> None:
    poison = IntegrityError("this one alone")
    disk = Disk({2: poison})
    with lined_up(disk, [1, 2, 3]) as outcomes:
        assert outcomes == [2, poison, 6]
    assert disk.batches == [[0], [1, 2, 3], [1], [2], [3]]


def test_a_store_that_fails_is_asked_once_and_all_are_told() -> None:
    full = OperationalError("database or disk is full")
    disk = Disk({2: full})
    with lined_up(disk, [1, 2, 3]) as outcomes:
        assert outcomes == [full] * 3
    assert disk.batches == [[0], [1, 2, 3]]


def test_after_a_failure_the_next_jobs_are_done() -> None:
    disk = Disk({7: OperationalError("busy")})
    disk.may_end.set()
    commits = GroupCommit(disk.write)
    with pytest.raises(OperationalError):
        commits.do(7)
    assert commits.do(8) == 16


class Notes:
    """Jobs that note which threads did them."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def run(self, numbers: Sequence[int]) -> list[int]:
        self.threads += [threading.get_ident()] * len(numbers)
        return [2 * number for number in numbers]

    def end(self) -> None:
        self.threads.append(-threading.get_ident())


def test_with_a_writer_one_thread_does_all_and_then_what_ends_it() -> None:
    notes = Notes()
    commits = GroupCommit(notes.run)
    with commits.writer(notes.end), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(commits.do, range(200))) == [2 * number for number in range(200)]
    *did, ended = notes.threads
    assert len(did) == 200
    assert set(did) == {-ended} != {threading.get_ident()}


def test_before_and_after_a_writer_a_job_is_done_where_it_came_from() -> None:
    notes = Notes()
    commits = GroupCommit(notes.run)
    commits.do(1)
    with commits.writer(notes.end):
        commits.do(2)
    commits.do(3)
    before, by_writer, end, after = notes.threads
    assert before == after == threading.get_ident()
    assert by_writer == -end != before


def test_a_writer_ends_after_what_has_lined_up_for_it() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    with ThreadPoolExecutor(4) as pool:
        with commits.writer(disk.is_writing.clear):
            first = pool.submit(commits.do, 0)
            assert disk.is_writing.wait(20)
            others = [pool.submit(commits.do, number) for number in (1, 2)]
            _until(lambda: commits.waiting() == 2)
            disk.may_end.set()
        assert [each.result(20) for each in (first, *others)] == [0, 2, 4]
        assert not disk.is_writing.is_set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_the_writer_dies_nobody_waits_for_it() -> None:
    def run(numbers: Sequence[int]) -> list[int]:
        if 13 in numbers:
            raise SystemExit  # as little as is needed to end a thread
        return [2 * number for number in numbers]

    commits = GroupCommit(run)
    with commits.writer(lambda: None), ThreadPoolExecutor(1) as pool:
        assert pool.submit(commits.do, 1).result(20) == 2
        with pytest.raises(NotDone):
            pool.submit(commits.do, 13).result(20)
        assert [pool.submit(commits.do, number).result(20) for number in (2, 3)] == [4, 6]


def test_a_writer_that_does_not_end_holds_nobody_up() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    with ThreadPoolExecutor(1) as pool:
        with commits.writer(lambda: None):
            given = pool.submit(commits.do, 1)
            assert disk.is_writing.wait(20)
        assert not given.done()
        disk.may_end.set()
        assert given.result(20) == 2


def test_jobs_that_come_while_writers_come_and_go_are_all_done() -> None:
    commits = GroupCommit(lambda numbers: [2 * number for number in numbers])
    with ThreadPoolExecutor(8) as pool:
        given = [pool.submit(commits.do, number) for number in range(3000)]
        for _ in range(50):
            with commits.writer(lambda: None):
                pass
        assert [each.result(20) for each in given] == [2 * number for number in range(3000)]
    assert commits.waiting() == 0


def ids_of(bodies: Sequence[dict[str, Any]]) -> set[str]:
    return {str(body["report_id"]) for body in bodies}


def test_whatever_was_answered_before_the_process_was_killed_is_stored(folder: Path) -> None:
    codes = [new_code(folder) for _ in range(8)]
    answered: list[dict[str, Any]] = []
    enough = threading.Event()
    with serving(folder) as (address, process):

        def sends(code: str) -> None:
            with requests.Session() as session:
                for _ in range(100):
                    body = report()
                    try:
                        answer = session.post(
                            f"{address}api/v1/reports",
                            json=body,
                            headers={"Authorization": f"Appointment {code}"},
                            timeout=60,
                        )
                    except requests.ConnectionError:
                        return
                    assert answer.status_code == 201
                    answered.append(body)
                    if len(answered) >= 100:
                        enough.set()

        with ThreadPoolExecutor(8) as pool:
            senders = [pool.submit(sends, code) for code in codes]
            assert enough.wait(60)
            process.send_signal(signal.SIGKILL)
        for sender in senders:
            sender.result()
    assert 100 <= len(answered) < 800
    assert ids_of(answered) <= set(report_ids(folder))


@with_a_file
def test_when_the_disk_is_full_all_are_told_and_when_it_is_not_all_are_stored(folder: Path) -> None:
    resource = pytest.importorskip("resource")
    require(hasattr(resource, "prlimit"), "limiting another process's files needs Linux")
    codes = [new_code(folder) for _ in range(8)]
    bodies = [report() for _ in codes]
    with serving(folder) as (address, process), ThreadPoolExecutor(8) as pool:

        def sent() -> list[requests.Response]:
            return list(pool.map(send, [address] * len(codes), codes, bodies))

        _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (32768, most))
        refused = sent()
        assert [answer.status_code for answer in refused] == [503] * 8
        assert {answer.json()["type"] for answer in refused} == {"unavailable"}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        assert report_ids(folder) == []
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert [answer.status_code for answer in sent()] == [201] * 8
        assert set(report_ids(folder)) == ids_of(bodies)
    log = (folder / "serve.log").read_text()
    assert "the database failed" in log
    assert not any(code.replace(" ", "") in log for code in codes)
