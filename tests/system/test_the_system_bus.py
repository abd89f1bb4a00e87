"""DBusGet, DBusCall and DBusTransaction, asked of a real dbus-daemon with a service on it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import MessageFlag

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.system.dbus import meaning
from probes.system.linux import LinuxSystem
from probes.system.questions import DBusCall, DBusGet, DBusSignal, DBusStep, DBusTransaction
from probes.system.recording import from_answered, to_answered
from tests.system.bus import (
    INTERFACE,
    JOB_INTERFACE,
    NAME,
    ON_DEMAND,
    PATH,
    PROPERTIES,
    Shelf,
    private_bus,
    shelf,
)

MACHINE = LinuxSystem()
ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with private_bus(tmp_path) as address:
        monkeypatch.setenv(ADDRESS, address)
        yield address


@pytest.fixture
def service(bus: str) -> Iterator[Shelf]:
    with shelf(bus) as serving:
        yield serving


def get(name: str) -> DBusGet:
    return DBusGet(NAME, PATH, INTERFACE, name)


def call(member: str, signature: str = "", *arguments, **more) -> DBusCall:
    return DBusCall(NAME, PATH, INTERFACE, member, signature, arguments, **more)


def job(*steps: DBusStep, until: str = "Finished", timeout: float = 20.0) -> DBusTransaction:
    return DBusTransaction(
        NAME, PATH, INTERFACE, "CreateJob", JOB_INTERFACE, steps, ("Item",), until, timeout
    )


def why(answer: object) -> Unread:
    assert isinstance(answer, Unknown)
    return answer.why


def test_a_property_is_a_plain_value(service: Shelf) -> None:
    plain = {name: MACHINE.ask(get(name)) for name in PROPERTIES}
    assert plain["Flag"] == Known(True, "org.example.Shelf Flag")
    assert {name: answer.value for name, answer in plain.items()} == {
        "Flag": True,
        "Count": 2**64 - 1,
        "Name": "図書館",
        "Bytes": b"\xff\x00caf\xc3\xa9",
        "Points": [[1, "a"], [-2, "b"]],
        "Table": {"7": ["x", "y"], "8": 0.5},
        "Nothing": None,
    }


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_a_recorded_property_is_the_same_as_the_live_one(service: Shelf, name: str) -> None:
    live = MACHINE.ask(get(name))
    assert from_answered(get(name), to_answered(get(name), live)) == live


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Gone", Unread.MISSING),
        ("NoSuch", Unread.MISSING),
        ("Locked", Unread.DENIED),
        ("Guarded", Unread.DENIED),
        ("Prompting", Unread.DENIED),
        ("Late", Unread.TIMED_OUT),
        ("Broken", Unread.GARBLED),
        ("Never", Unread.UNSUPPORTED),
    ],
)
def test_a_refusal_says_why(service: Shelf, name: str, reason: Unread) -> None:
    assert MACHINE.ask(get(name)) == Unknown(reason, f"org.example.Shelf {name}")


def test_a_call_that_does_not_fit_is_not_taken_for_something_missing() -> None:
    assert meaning("org.freedesktop.DBus.Error.InvalidArgs") is Unread.GARBLED


@given(st.text())
def test_an_error_of_any_name_has_a_meaning(name: str) -> None:
    assert isinstance(meaning(name), Unread)


def test_a_method_takes_and_gives_plain_values(service: Shelf) -> None:
    answer = MACHINE.ask(call("Join", "xas", 5, ("a", "b")))
    assert answer == Known(("5 a+b", ["a", "b"]), "org.example.Shelf Join")
    assert MACHINE.ask(call("Ping")) == Known((), "org.example.Shelf Ping")


@pytest.mark.parametrize(
    "question",
    [
        call("Join", "xas", "text", ("a",)),
        call("Join", "x"),
        call("Join", "?", 1),
        call("not a member"),
        DBusGet("no name", PATH, INTERFACE, "Flag"),
        DBusGet(NAME, "no path", INTERFACE, "Flag"),
    ],
)
def test_a_question_that_cannot_be_put_is_garbled(service: Shelf, question) -> None:
    assert why(MACHINE.ask(question)) is Unread.GARBLED


def test_no_call_lets_the_bus_start_anything_or_the_os_ask_for_a_password(service: Shelf) -> None:
    for question in (get("Flag"), call("Ping"), job(DBusStep("Begin"))):
        assert isinstance(MACHINE.ask(question), Known)
    assert set(service.flags) >= {"Get", "Ping", "CreateJob", "Begin"}
    assert set(service.flags.values()) == {int(MessageFlag.no_auto_start)}


def test_a_service_that_does_not_run_is_missing_and_stays_so(bus: str, tmp_path: Path) -> None:
    assert why(MACHINE.ask(get("Flag"))) is Unread.MISSING
    sleeping = DBusGet(ON_DEMAND, "/", INTERFACE, "Flag")
    assert why(MACHINE.ask(sleeping)) is Unread.MISSING
    assert not (tmp_path / "started").exists()


def test_a_service_is_started_when_the_question_says_so(bus: str, tmp_path: Path) -> None:
    answer = MACHINE.ask(DBusGet(ON_DEMAND, "/", INTERFACE, "Flag", activate=True))
    assert (tmp_path / "started").exists()
    assert why(answer) is Unread.GARBLED


def test_a_transaction_is_its_signals_up_to_the_last(service: Shelf) -> None:
    answer = MACHINE.ask(job(DBusStep("Hints", "as", (("quiet=true",),)), DBusStep("Begin")))
    assert answer == Known(
        (
            DBusSignal("Item", (1, "before the reply")),
            DBusSignal("Item", (2, "after the reply")),
            DBusSignal("Finished", (0,)),
        ),
        "org.example.Shelf Begin",
    )


def test_a_recorded_transaction_is_the_same_as_the_live_one(service: Shelf) -> None:
    question = job(DBusStep("Begin"))
    live = MACHINE.ask(question)
    assert from_answered(question, to_answered(question, live)) == live


def test_a_transaction_that_does_not_finish_is_timed_out(service: Shelf) -> None:
    assert why(MACHINE.ask(job(DBusStep("Begin"), until="Never", timeout=0.5))) is Unread.TIMED_OUT
    assert why(MACHINE.ask(job(DBusStep("Silent"), timeout=0.5))) is Unread.TIMED_OUT


def test_threads_do_not_disturb_each_other(service: Shelf) -> None:
    questions = [call("Join", "xas", number, ("a",)) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(MACHINE.ask, questions))
    assert [answer.value[0] for answer in answers] == [f"{number} a" for number in range(40)]


def test_without_a_bus_everything_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, f"unix:path={tmp_path}/nothing")
    for question in (get("Flag"), call("Ping"), job()):
        assert why(MACHINE.ask(question)) is Unread.MISSING


@pytest.mark.parametrize("address", ["nonsense", "tcp:host=127.0.0.1,port=1", "unix:", ";"])
def test_a_bus_that_is_no_socket_here_is_unsupported(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, address)
    assert why(MACHINE.ask(get("Flag"))) is Unread.UNSUPPORTED


def test_a_bus_that_says_nothing_is_timed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "mute"))
        mute.listen()
        monkeypatch.setenv(ADDRESS, f"unix:path={tmp_path}/mute")
        assert why(MACHINE.ask(job(timeout=0.3))) is Unread.TIMED_OUT
