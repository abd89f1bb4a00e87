"""A recording that is sent is exactly what the probes record, in an envelope with nothing more."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.errors import BadRecording
from precheck.contract.reasons import Unread
from precheck.contract.recording import (
    MAX_ASKED,
    MAX_RECORDING_BYTES,
    MAX_UNPACKED_BYTES,
    RECORDING_SCHEMA,
    compressed,
    decode_recording,
    encode_recording,
    unpacked,
)
from probes.system import recording as recorded

KEPT = sorted((Path(__file__).parents[1] / "recordings").glob("*.json"))
REPORT = "7c9a3c1e-4e5b-4a6d-9d0e-2f6f0c1b7a55"


def sent(**changes: Any) -> dict[str, Any]:
    recording = json.loads(KEPT[0].read_bytes())
    return {"report_id": REPORT, "recording": recording, "asked": {"firewall": [0, 1]}} | changes


def raw(**changes: Any) -> bytes:
    return json.dumps(sent(**changes)).encode()


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_what_the_probes_recorded_is_a_recording_and_is_the_same_again_afterwards(
    file: Path,
) -> None:
    before = recorded.decode_recording(file.read_bytes())
    message = decode_recording(raw(recording=json.loads(file.read_bytes())))
    after = json.loads(encode_recording(message))["recording"]
    assert recorded.decode_recording(json.dumps(after).encode()) == before


def test_the_probes_and_the_envelope_have_the_same_version() -> None:
    assert RECORDING_SCHEMA == recorded.RECORDING_SCHEMA


def test_it_may_travel_compressed() -> None:
    plain = decode_recording(raw())
    assert decode_recording(compressed(raw())) == plain
    assert plain.asked == {CheckId.FIREWALL: (0, 1)}
    assert len(compressed(raw())) < len(raw()) / 4
    assert unpacked(compressed(raw())) == raw()


def answers(*items: dict[str, Any]) -> dict[str, Any]:
    return {**sent()["recording"], "answers": list(items)}


FINE = {"question": {"type": "read_file", "path": "/etc/os-release"}, "source": "/etc/os-release"}


@pytest.mark.parametrize(
    "answer",
    [FINE | {"value": {"text": "ID=debian"}}, FINE | {"unknown": Unread.DENIED.value}, FINE],
)
def test_an_answer_has_a_value_or_a_reason(answer: dict[str, Any]) -> None:
    assert len(decode_recording(raw(recording=answers(answer), asked={})).recording.answers) == 1


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


@pytest.mark.parametrize(
    "answer",
    [
        FINE | {"host": "pc-of-hanako"},
        FINE | {"unknown": "because"},
        FINE | {"unknown": "denied", "value": 1},
        FINE | {"question": {"path": "/etc/os-release"}},
        FINE | {"question": {"type": 3}},
        FINE | {"question": {"type": "Read File"}},
        FINE | {"question": "read_file"},
        FINE | {"source": "x" * 1001},
        FINE | {"value": nested(17)},
        {"question": {"type": "read_file"}},
    ],
)
def test_anything_else_is_no_answer(answer: dict[str, Any]) -> None:
    with pytest.raises(BadRecording):
        decode_recording(raw(recording=answers(answer), asked={}))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "花子"},
        {"report_id": "x"},
        {"asked": {"firewall": [0, 0]}},
        {"asked": {"firewall": [100000]}},
        {"asked": {"firewall": [-1]}},
        {"asked": {"weather": [0]}},
        {"recording": {**sent()["recording"], "schema": 2}},
        {"recording": {**sent()["recording"], "user": "hanako"}},
        {"recording": {**sent()["recording"], "recorded_at": "2026-11-21T10:00:00"}},
        {"recording": {**sent()["recording"], "recorded_at": "9999-12-31T23:59:59Z"}},
        {"recording": {**sent()["recording"], "provenance": "x" * 201}},
        {"recording": {**sent()["recording"], "answers": [FINE] * 5001}, "asked": {}},
    ],
)
def test_a_field_more_or_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRecording):
        decode_recording(raw(**changes))


def test_a_field_twice_is_refused() -> None:
    twice = raw()[:-1] + b',"asked":{}}'
    with pytest.raises(BadRecording, match="twice"):
        decode_recording(twice)


def test_too_much_is_refused_before_it_is_read_and_while_it_is_unpacked() -> None:
    with pytest.raises(BadRecording, match=str(MAX_RECORDING_BYTES)):
        decode_recording(b" " * (MAX_RECORDING_BYTES + 1))
    with pytest.raises(BadRecording, match="unpacked"):
        decode_recording(gzip.compress(b" " * (MAX_UNPACKED_BYTES + 1)))


QUESTION = st.dictionaries(
    st.sampled_from(["path", "argv", "names", "name", "あ"]),
    st.recursive(
        st.integers(0, 40000).map(lambda length: "あ" * length) | st.integers(0, 10**6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("k"), inner),
        max_leaves=4,
    ),
)


def letters(value: Any) -> int:
    """How many stand in `value`, counted in its JSON."""
    return sum(letter.isalnum() for letter in json.dumps(value, ensure_ascii=False))


@given(QUESTION)
def test_a_question_is_no_longer_than_a_path_can_be_twice(question: dict[str, Any]) -> None:
    asked = {"type": "x", **question}
    body = raw(recording=answers({"question": asked, "source": ""}), asked={})
    if letters(asked) <= MAX_ASKED:
        assert decode_recording(compressed(body)).recording.answers[0].question == asked
    else:
        with pytest.raises(BadRecording, match="question"):
            decode_recording(compressed(body))


@pytest.mark.parametrize(("length", "is_taken"), [(MAX_ASKED, True), (MAX_ASKED + 1, False)])
@pytest.mark.parametrize("of", ["text", "list", "name"])
def test_a_questions_length_is_that_of_all_its_texts(length: int, is_taken: bool, of: str) -> None:
    rest = length - len("type" + "x")
    questions: dict[str, dict[str, Any]] = {
        "text": {"path": "'" * (rest - len("path"))},
        "list": {"argv": ["'" * (rest - len("argv") - 9), ["'" * 9]]},
        "name": {"'" * rest: ""},
    }
    body = raw(
        recording=answers({"question": {"type": "x", **questions[of]}, "source": ""}), asked={}
    )
    if is_taken:
        decode_recording(compressed(body))
    else:
        with pytest.raises(BadRecording, match="question"):
            decode_recording(compressed(body))


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(noise: bytes) -> None:
    for body in (noise, b"\x1f\x8b" + noise, gzip.compress(noise), b"[" * 20000):
        with pytest.raises(BadRecording):
            decode_recording(body)


@given(st.integers(0, 400))
def test_what_breaks_off_is_refused(length: int) -> None:
    whole = compressed(raw())
    with pytest.raises(BadRecording):
        decode_recording(whole[: min(length, len(whole) - 1)])
