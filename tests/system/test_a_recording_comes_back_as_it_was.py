"""Recordings: every answer comes back as it was given, and nothing else is taken for one."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Known, Unknown
from probes.system.live import live_system
from probes.system.questions import (
    Completed,
    DBusCall,
    DBusGet,
    DBusSignal,
    DBusStep,
    DBusTransaction,
    FileStatus,
    HttpAnswer,
    HttpGet,
    Listener,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
    ReadFile,
    RunCommand,
    StatFile,
    SweepFiles,
)
from probes.system.recording import (
    BadRecording,
    RecordedSystem,
    Recorder,
    Recording,
    decode_recording,
    encode_recording,
    to_answered,
)
from probes.system.windows_questions import ListDrives

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def recording(*answers) -> Recording:
    return Recording(
        schema=1,
        family=OsFamily.LINUX,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=tuple(to_answered(question, fact) for question, fact in answers),
    )


def replayed(question, fact):
    written = encode_recording(recording((question, fact)))
    return RecordedSystem(decode_recording(written)).ask(question)


PROPERTY = DBusGet("a.b", "/", "a.b", "P")
TRANSACTION = DBusTransaction(
    "a.b", "/", "a.b", "M", "a.b", (DBusStep("S", "as", (("x", "y"),)),), ("A",), "Z"
)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (ReadFile("/x"), "日本語\n".encode()),
        (ReadFile("/x"), b"\xff\xfe\x00"),
        (ListFolder("/x"), ("a", "b")),
        (StatFile("/x"), FileStatus("file", 3, 1_700_000_000.25)),
        (RunCommand(("a", "b"), 1.5, 9), Completed(-9, b"\x80", b"")),
        (ListProcesses(), (Process("obs", None, "obs", True),)),
        (ListListeners(), (Listener("tcp", "::", 22),)),
        (PROPERTY, {"text": "not bytes"}),
        (PROPERTY, {"table": {"base64": "AAAA"}}),
        (PROPERTY, [b"\xff", {"a": None, "b": True}]),
        (DBusCall("a.b", "/", "a.b", "M", "xasb", (1, ("x",), True)), (1, "x", [b"y"])),
        (TRANSACTION, (DBusSignal("A", (1, b"\xff")), DBusSignal("Z", ()))),
        (HttpGet("https://x/"), HttpAnswer(200, {"text": "x"}, b"\x00", 0.125)),
        (SweepFiles(("~",), frozenset({"b", "a"})), ("~/a",)),
    ],
)
def test_an_answer_comes_back_as_it_was(question, value) -> None:
    assert replayed(question, Known(value, "source")) == Known(value, "source")


@pytest.mark.parametrize("why", Unread)
def test_an_unknown_comes_back_with_its_reason(why: Unread) -> None:
    assert replayed(ReadFile("/x"), Unknown(why, "/x")) == Unknown(why, "/x")


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
MARKED = st.dictionaries(st.sampled_from(["text", "base64", "table"]), PLAIN, max_size=2)


@given(PLAIN | MARKED)
def test_any_value_of_a_bus_comes_back_as_it_was(value) -> None:
    back = replayed(PROPERTY, Known(value, ""))
    assert back == Known(value, "")


def test_what_the_running_system_answers_comes_back_as_it_was() -> None:
    recorder = Recorder(live_system())
    # Some have an answer on one system only; what is none comes back as well.
    questions = (
        ReadFile("/proc/version"),
        ListFolder("/proc/self"),
        StatFile("/"),
        RunCommand(("uname", "-a")),
        ReadFile(r"%SystemRoot%\win.ini"),
        ListFolder("%SystemRoot%"),
        StatFile("%SystemRoot%"),
        ListDrives(),
        ListInterfaces(),
        ReadFile("/nothing"),
    )
    live = [recorder.ask(question) for question in questions]
    assert sum(isinstance(fact, Known) for fact in live) >= 4
    captured = msgspec.structs.replace(recording(), answers=recorder.answers())
    replay = RecordedSystem(decode_recording(encode_recording(captured)))
    assert [replay.ask(question) for question in questions] == live


def test_what_was_not_recorded_is_neither_there_nor_missing() -> None:
    system = RecordedSystem(recording((ReadFile("/x"), Known(b"", "/x"))))
    assert system.ask(ReadFile("/y")) == Unknown(Unread.NOT_RECORDED, "ReadFile")
    assert system.ask(ReadFile("/x", limit=1)) == Unknown(Unread.NOT_RECORDED, "ReadFile")


def test_an_answer_of_another_shape_is_garbled() -> None:
    for question, value in (
        (ReadFile("/x"), "text and not bytes"),
        (ListFolder("/x"), {"text": "a"}),
        (StatFile("/x"), {"kind": "file"}),
        (ReadFile("/x"), {"base64": "not base64!"}),
    ):
        written = json.loads(encode_recording(recording((question, Known(None, "/x")))))
        written["answers"][0]["value"] = value
        system = RecordedSystem(decode_recording(json.dumps(written).encode()))
        assert system.ask(question) == Unknown(Unread.GARBLED, "/x")


def test_bytes_that_are_text_are_readable_and_sets_are_in_order() -> None:
    written = encode_recording(
        recording(
            (ReadFile("/x"), Known("日本語".encode(), "/x")),
            (SweepFiles(("~",), frozenset("cab")), Known((), "~")),
        )
    ).decode()
    assert '"text": "日本語"' in written
    names = json.loads(written)["answers"][1]["question"]["names"]
    assert names == ["a", "b", "c"]


def changed(**fields) -> bytes:
    return json.dumps({**json.loads(encode_recording(recording())), **fields}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        changed(schema=2),
        changed(recorded_at="2026-11-20T03:00:00"),
        changed(more=1),
        changed(answers=[{"question": {"type": "delete_file", "path": "/"}, "source": ""}]),
        changed(
            answers=[
                {"question": {"type": "read_file", "path": "/"}, "source": "", "unknown": "because"}
            ]
        ),
        changed(
            answers=[
                {
                    "question": {
                        **msgspec.to_builtins(DBusCall("", "", "", "")),
                        "arguments": [[["nested"]]],
                    },
                    "source": "",
                }
            ]
        ),
    ],
)
def test_what_is_no_recording_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRecording):
        decode_recording(raw)


@given(st.binary(max_size=200))
def test_garbage_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRecording):
        decode_recording(raw)
