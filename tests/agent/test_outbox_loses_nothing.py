"""A report that cannot be sent now is kept whole, and sent later, once."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from precheck.agent.client import Client
from precheck.agent.outbox import LEFT_SECONDS, Entry, Outbox, deliver, keep_and_deliver
from precheck.contract.report import decode_report
from tests.agent.page.served import served
from tests.agent.reports import CODE, a_report, problem_json, receipt_json
from tests.agent.stand_in_endpoint import Answer, Asked, StandIn, running


def an_entry(number: int = 1, endpoint: str = "http://127.0.0.1:9") -> Entry:
    return Entry(endpoint=endpoint, code=CODE, report=a_report(number))


def stored(asked: Asked) -> Answer:
    return Answer(201, receipt_json(decode_report(asked.body).report_id.int))


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def test_what_is_kept_is_what_waits_oldest_first(outbox: Outbox) -> None:
    outbox.keep(an_entry(2))
    outbox.keep(an_entry(1))
    assert list(outbox.waiting()) == [an_entry(1), an_entry(2)]


def test_keeping_the_same_report_again_keeps_one(outbox: Outbox) -> None:
    outbox.keep(an_entry())
    outbox.keep(an_entry())
    assert len(list(outbox.waiting())) == 1


def test_an_outbox_that_never_was_is_empty(outbox: Outbox) -> None:
    assert list(outbox.waiting()) == []


def test_only_the_user_can_read_it(outbox: Outbox, tmp_path: Path) -> None:
    outbox.keep(an_entry())
    (kept,) = (tmp_path / "outbox").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_a_file_that_is_no_entry_is_passed_over_and_left_alone(
    outbox: Outbox, tmp_path: Path
) -> None:
    outbox.keep(an_entry())
    torn = tmp_path / "outbox" / "torn.json"
    torn.write_bytes(b'{"endpoint": "http')
    assert list(outbox.waiting()) == [an_entry()]
    assert torn.exists()


def test_with_the_endpoint_away_it_waits_on(outbox: Outbox) -> None:
    with running(StandIn(None)) as endpoint:
        entry = an_entry(endpoint=endpoint.address)
        outbox.keep(entry)
        delivery = deliver(outbox, entry, Client(endpoint.address, retries=0))
    assert (delivery.receipt, delivery.refused) == (None, None)
    assert list(outbox.waiting()) == [entry]


def test_once_it_has_arrived_it_is_gone_from_the_outbox(outbox: Outbox) -> None:
    with running(StandIn(Answer(200, receipt_json()))) as endpoint:
        entry = an_entry(endpoint=endpoint.address)
        outbox.keep(entry)
        delivery = deliver(outbox, entry, Client(endpoint.address))
    assert delivery.receipt is not None
    assert list(outbox.waiting()) == []


def test_what_waits_for_the_same_appointment_goes_first(outbox: Outbox) -> None:
    with running(StandIn(stored)) as endpoint:
        other = Entry(endpoint="http://127.0.0.1:9", code=CODE, report=a_report(3))
        for entry in (an_entry(1, endpoint.address), other):
            outbox.keep(entry)
        newest = an_entry(2, endpoint.address)
        delivery = keep_and_deliver(outbox, newest, Client(endpoint.address, retries=0))
        assert [decode_report(asked.body).report_id for asked in endpoint.asked] == [
            a_report(1).report_id,
            a_report(2).report_id,
        ]
        assert delivery.receipt is not None
        assert [each.entry for each in delivery.earlier] == [an_entry(1, endpoint.address)]
        assert list(outbox.waiting()) == [other]


def test_what_waits_and_does_not_arrive_holds_up_no_newer_one(outbox: Outbox) -> None:
    def answer(asked: Asked) -> Answer:
        if decode_report(asked.body).report_id == a_report(1).report_id:
            return Answer(500)
        return stored(asked)

    with running(StandIn(answer)) as endpoint:
        outbox.keep(an_entry(1, endpoint.address))
        newest = an_entry(2, endpoint.address)
        delivery = keep_and_deliver(outbox, newest, Client(endpoint.address, retries=0))
        assert delivery.receipt is not None
        assert list(outbox.waiting()) == [an_entry(1, endpoint.address)]


@pytest.mark.parametrize(("status", "kind"), [(404, "unknown-code"), (409, "report-deleted")])
def test_what_is_refused_for_good_is_said_and_not_sent_for_ever(
    outbox: Outbox, status: int, kind: str
) -> None:
    with running(StandIn(Answer(status, problem_json(kind, status)))) as endpoint:
        entry = an_entry(endpoint=endpoint.address)
        outbox.keep(entry)
        delivery = deliver(outbox, entry, Client(endpoint.address))
    assert delivery.refused == kind
    assert list(outbox.waiting()) == []


NO_ROOM = """
import resource, signal, sys
from pathlib import Path
from precheck.agent.errors import CannotKeep
from precheck.agent.outbox import Outbox
from tests.agent.test_outbox_loses_nothing import an_entry

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    Outbox(Path(sys.argv[1])).keep(an_entry(2))
except CannotKeep:
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to stand for a full disk")
@pytest.mark.parametrize("room", [0, 100])
def test_without_room_it_says_so_and_what_was_kept_before_is_whole(
    outbox: Outbox, tmp_path: Path, room: int
) -> None:
    """A file size limit stands for the full disk: the system refuses the write all the same."""
    outbox.keep(an_entry(1))
    folder = tmp_path / "outbox"
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(folder), str(room)],
        check=False,
        cwd=Path(__file__).parents[2],
        capture_output=True,
    )
    assert done.returncode == 7, done.stderr
    assert list(outbox.waiting()) == [an_entry(1)]
    assert len(list(folder.iterdir())) == 1, "nothing half-written is left"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    from precheck.agent.errors import CannotKeep

    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    with pytest.raises(CannotKeep):
        Outbox(in_the_way / "outbox").keep(an_entry())


def test_what_arrived_counts_as_sent_where_its_copy_cannot_be_removed(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    with running(StandIn(Answer(201, receipt_json()))) as endpoint:
        entry = an_entry(endpoint=endpoint.address)
        delivery = deliver(Outbox(in_the_way / "outbox"), entry, Client(endpoint.address))
    assert delivery.receipt is not None


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://precheck.example.jp"},
        {"endpoint": "file:///etc/passwd"},
        {"code": "1234567890"},
        {"code": "一\r\n"},
    ],
)
def test_an_entry_that_this_program_cannot_have_written_holds_up_no_other(
    outbox: Outbox, tmp_path: Path, change: dict[str, str]
) -> None:
    outbox.keep(an_entry(1))
    outbox.keep(an_entry(2))
    foreign = tmp_path / "outbox" / f"{a_report(1).report_id}.json"
    foreign.write_text(json.dumps({**json.loads(foreign.read_bytes()), **change}))
    assert list(outbox.waiting()) == [an_entry(2)]


def test_a_copy_under_another_name_is_not_sent_again_and_again(
    outbox: Outbox, tmp_path: Path
) -> None:
    outbox.keep(an_entry())
    (kept,) = (tmp_path / "outbox").iterdir()
    kept.with_name("copy.json").write_bytes(kept.read_bytes())
    assert list(outbox.waiting()) == [an_entry()]


@pytest.mark.parametrize("age", [2 * LEFT_SECONDS, -2 * LEFT_SECONDS])
def test_what_a_killed_program_left_half_written_is_removed_later(
    outbox: Outbox, tmp_path: Path, age: float
) -> None:
    outbox.keep(an_entry())
    folder = tmp_path / "outbox"
    left, being_written = folder / ".left.part", folder / ".now.part"
    for part in (left, being_written):
        part.write_bytes(b'{"endpoint": "http')
    then = time.time() - age
    os.utime(left, (then, then))
    outbox.clear_leftovers()
    assert not left.exists()
    assert being_written.exists()
    assert list(outbox.waiting()) == [an_entry()]


def test_a_start_of_the_program_clears_what_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    left = folder / ".left.part"
    left.write_bytes(b"{")
    os.utime(left, (0, 0))
    with served(tmp_path):
        assert not left.exists()
