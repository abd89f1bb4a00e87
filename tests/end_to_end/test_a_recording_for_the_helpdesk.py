"""A recording that a job seeker chose to send: from their device to the helpdesk's screen, and from
there to a replay with the same findings."""

import getpass
import gzip
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from precheck.agent.exits import ATTENTION, COULD_NOT_RUN, NOT_READY, READY, WRONG_USAGE
from tests.agent.program import precheck
from tests.agent.stand_in_endpoint import Answer, Asked, StandIn, running
from tests.end_to_end.test_asking_the_person import at_a_terminal
from tests.endpoint.scene import OFFICE, done, new_code, query, report_ids, serving

CHECKED = (READY, NOT_READY, ATTENTION)
PASSWORD = "correct horse battery"  # noqa: S105 - made up here
RECORDINGS = "/api/v1/recordings"
ANSWERS = ("--private-room", "yes", "--agree", "yes", "--own-network", "yes")
NOT_REPLAYED = {"internet", "connection_quality"}
"""What is asked of the endpoint: a replay has none."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An endpoint's data with one office and one member of the helpdesk."""
    data = tmp_path_factory.mktemp("data")
    done(data, "office", "add", OFFICE)
    who = ("sora", "--office", OFFICE, "--role", "helpdesk", "--password-stdin")
    done(data, "staff", "add", *who, stdin=PASSWORD)
    return data


@pytest.fixture(scope="module")
def endpoint(folder: Path) -> Iterator[str]:
    with serving(folder) as (address, _):
        yield address


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "hanako-no-ie"
    path.mkdir()
    return path


@dataclass(frozen=True)
class Sent:
    """What a script sent: what the program printed, and the recording that the endpoint has."""

    home: Path
    printed: str
    recording: dict[str, Any]


@pytest.fixture(scope="module")
def sent(folder: Path, endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    home = tmp_path_factory.mktemp("hanako-no-ie")
    (home / "Desktop").mkdir()
    (home / "Desktop" / "hanako-yamada-winny.exe").write_bytes(b"")
    ran = sent_by_script(home, new_code(folder), endpoint, "--json")
    assert ran.code in CHECKED, ran.err
    assert "記録を送りました" in ran.err
    shown = json.loads(ran.out)["report"]["report_id"]
    (recording,) = (item for item in kept(folder) if item["report_id"] == shown)
    return Sent(home, ran.out, recording)


def sent_by_script(home: Path, code: str, address: str, *more: str, **environment: str):
    return precheck(
        home, "check", "--code", code, "--endpoint", address, "--yes-send",
        "--yes-send-recording", *ANSWERS, *more, **environment,
    )  # fmt: skip


def kept(folder: Path) -> list[dict[str, Any]]:
    rows = query(folder, "SELECT document FROM store_sentrecording")
    return [json.loads(gzip.decompress(bytes(row[0]))) for row in rows]


def saved_by_the_helpdesk(address: str) -> bytes:
    """The latest recording, as a member of the helpdesk saves it from its page."""
    browser = requests.Session()

    def form(path: str, **fields: str) -> requests.Response:
        browser.get(f"{address}staff/login/", timeout=20)
        posted = {**fields, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post(address + path, posted, headers={"Referer": address}, timeout=20)

    assert form("staff/login/", username="sora", password=PASSWORD).ok
    listed = browser.get(f"{address}staff/helpdesk/recordings/", timeout=20).text
    way = re.findall(r"staff/helpdesk/recordings/[\w-]+/\d+/", listed)[0]
    assert browser.get(address + way, timeout=20).ok
    saved = form(f"{way}file")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    return saved.content


def verdicts(printed: str) -> dict[str, tuple[str, str]]:
    return {
        item["check"]: (item["verdict"], item["reason"])
        for item in json.loads(printed)["findings"]
        if item["check"] not in NOT_REPLAYED
    }


def test_it_arrives_and_replays_to_the_findings_that_were_reported(
    sent: Sent, endpoint: str, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "from-the-helpdesk.json"
    file.write_bytes(saved_by_the_helpdesk(endpoint))
    replayed = precheck(home, "check", "--replay", str(file), "--office", OFFICE, "--json")
    assert replayed.code in CHECKED, replayed.err
    assert verdicts(replayed.out) == verdicts(sent.printed)


def test_every_answer_says_for_which_checks_it_was_asked(sent: Sent) -> None:
    answers, asked = sent.recording["recording"]["answers"], sent.recording["asked"]
    assert {place for places in asked.values() for place in places} == set(range(len(answers)))
    paths = {answers[place]["question"].get("path") for place in asked["os_support"]}
    assert "/etc/os-release" in paths
    assert "/etc/os-release" not in {
        answers[place]["question"].get("path") for place in asked["webcam"]
    }


def test_nobody_can_be_told_from_it(sent: Sent) -> None:
    written = json.dumps(sent.recording, ensure_ascii=False)
    assert "hanako" not in written
    assert str(sent.home) not in written
    host = re.escape(socket.gethostname())
    assert not re.search(rf"(?<![\w-]){host}(?![\w-])", written, re.IGNORECASE)
    assert f"/home/{getpass.getuser()}" not in written
    for address in own_addresses():
        assert address not in written


def own_addresses() -> set[str]:
    """What this machine's network cards are called by."""
    return {
        item.address.partition("%")[0]
        for card in psutil.net_if_addrs().values()
        for item in card
        if item.address.partition("%")[0] not in ("127.0.0.1", "::1", "00:00:00:00:00:00")
    }


def test_a_script_that_does_not_say_so_sends_none(folder: Path, home: Path, endpoint: str) -> None:
    before = len(kept(folder))
    code = new_code(folder)
    ran = precheck(home, "check", "--code", code, "--endpoint", endpoint, "--yes-send", *ANSWERS)
    assert ran.code in CHECKED
    assert len(kept(folder)) == before


def test_without_a_report_there_is_nothing_that_it_goes_with(home: Path) -> None:
    for more in ((), ("--no-send",)):
        ran = precheck(home, "check", "--office", OFFICE, "--yes-send-recording", *more)
        assert ran.code == WRONG_USAGE
        assert "--yes-send" in ran.err


class Between:
    """A line to the endpoint on which recordings meet `trouble`."""

    def __init__(self, target: str, trouble: Answer | None) -> None:
        self._target, self._trouble = target, trouble
        self.stand_in = StandIn(self._carry)

    def _carry(self, asked: Asked) -> Answer | None:
        if asked.path == RECORDINGS:
            return self._trouble
        passed = ("Authorization", "Content-Type")
        answer = requests.request(
            asked.method,
            self._target + asked.path.lstrip("/"),
            data=asked.body,
            headers={name: asked.headers[name] for name in passed if name in asked.headers},
            timeout=30,
        )
        return Answer(answer.status_code, answer.content)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (None, "もう一度ためせます"),
        (Answer(404, b"<h1>Not Found</h1>"), "記録を受け取れません"),
    ],
)
def test_one_that_does_not_arrive_is_said_so_and_nothing_of_it_is_kept(
    folder: Path, home: Path, endpoint: str, trouble: Answer | None, said: str
) -> None:
    before = len(report_ids(folder))
    between = Between(endpoint, trouble)
    with running(between.stand_in) as line:
        ran = sent_by_script(home, new_code(folder), line.address)
    assert ran.code == COULD_NOT_RUN
    assert said in ran.err
    assert "結果は、もう届いています" in ran.err
    assert "Traceback" not in ran.err
    assert len(report_ids(folder)) == before + 1
    assert not any(b'"answers"' in path.read_bytes() for path in files_in(home))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def at_the_terminal(home: Path, typed: str, code: str, address: str) -> tuple[int, str]:
    return at_a_terminal(home, typed, "--code", code, "--endpoint", address, *ANSWERS)


def test_at_a_terminal_it_is_offered_once_made_on_a_yes_and_sent_on_another(
    folder: Path, home: Path, endpoint: str
) -> None:
    before = len(kept(folder))
    code, shown = at_the_terminal(home, "はい\nはい\nはい\n", new_code(folder), endpoint)
    assert code in CHECKED, shown
    assert shown.count("記録を作りますか") == 1
    said = shown[: shown.index("記録を作りますか")]
    for part in (
        "送りました",
        "ウイルス対策ソフト",
        "パスワードは、入りません",
        "結果といっしょに消します",
    ):
        assert part in said
    copy = re.search(r"：(\S+recording\.json)", shown)
    assert copy is not None
    assert not Path(copy[1]).exists()
    assert "記録を送りました" in shown
    assert len(kept(folder)) == before + 1


@pytest.mark.parametrize("typed", ["はい\nはい\nいいえ\n", "はい\nはい\n\n", "はい\nいいえ\n"])
def test_at_a_terminal_anything_but_two_more_yeses_sends_no_recording(
    folder: Path, home: Path, endpoint: str, typed: str
) -> None:
    before = len(kept(folder)), len(report_ids(folder))
    code, shown = at_the_terminal(home, typed, new_code(folder), endpoint)
    assert code in CHECKED, shown
    assert (len(kept(folder)), len(report_ids(folder))) == (before[0], before[1] + 1)
    assert ("記録は、送っていません" in shown) == (typed.count("はい") == 2)


def test_who_sends_no_report_is_offered_no_recording(
    folder: Path, home: Path, endpoint: str
) -> None:
    before = len(kept(folder))
    _, shown = at_the_terminal(home, "いいえ\nはい\nはい\n", new_code(folder), endpoint)
    assert "記録を作りますか" not in shown
    assert len(kept(folder)) == before
