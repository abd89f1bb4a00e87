"""Property lists: both formats, and what only claims to be one."""

import plistlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.plists import array, dictionary, flag, moment, text

SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=8),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(categories=["L"]), max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
FORMATS = (plistlib.FMT_XML, plistlib.FMT_BINARY)


@pytest.mark.parametrize("fmt", FORMATS)
def test_both_formats_are_read(fmt: Any) -> None:
    values = {"ProductVersion": "15.7.1", "日本": ["ー", 1, True]}
    assert dictionary(plistlib.dumps(values, fmt=fmt)) == values
    assert array(plistlib.dumps([values], fmt=fmt)) == [values]


def test_another_root_is_not_taken_for_the_wanted_one() -> None:
    assert dictionary(plistlib.dumps([1])) is None
    assert array(plistlib.dumps({"a": 1})) is None


@given(VALUES, st.sampled_from(FORMATS), st.data())
def test_a_damaged_list_is_none_or_a_list_and_never_an_exception(
    value: Any, fmt: Any, data: st.DataObject
) -> None:
    raw = bytearray(plistlib.dumps(value, fmt=fmt))
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    for damaged in (bytes(raw), cut):
        assert isinstance(dictionary(damaged), dict | None)
        assert isinstance(array(damaged), list | None)


@given(st.binary(max_size=64))
def test_garbage_is_none(raw: bytes) -> None:
    assert dictionary(raw) is None
    assert isinstance(dictionary(b"bplist00" + raw), dict | None)


def test_a_list_with_entities_is_refused() -> None:
    laughing = b"""<?xml version="1.0"?>
<!DOCTYPE plist [<!ENTITY ha "ha"><!ENTITY haha "&ha;&ha;">]>
<plist version="1.0"><dict><key>ProductVersion</key><string>&haha;</string></dict></plist>"""
    assert dictionary(laughing) is None


def test_a_short_list_that_unfolds_without_end_is_refused() -> None:
    assert dictionary(_binary_of_doubled_arrays(40)) is None


def test_a_list_that_holds_itself_is_refused() -> None:
    assert dictionary(_binary(b"\xd1\x01\x00", b"\x51a")) is None


def _binary_of_doubled_arrays(depth: int) -> bytes:
    """{"a": [[…], […]]} where both halves of every array are the same object."""
    arrays = [bytes((0xA2, at + 3, at + 3)) for at in range(depth)]
    return _binary(b"\xd1\x01\x02", b"\x51a", *arrays, b"\x51h")


def _binary(*objects: bytes) -> bytes:
    """A binary property list of these objects, the first its root (CFBinaryPList.c)."""
    body, offsets = b"bplist00", []
    for item in objects:
        offsets.append(len(body))
        body += item
    table = b"".join(offset.to_bytes(2, "big") for offset in offsets)
    trailer = bytes((0, 0, 0, 0, 0, 0, 2, 1)) + b"".join(
        number.to_bytes(8, "big") for number in (len(objects), 0, len(body))
    )
    return body + table + trailer


def test_a_text_is_a_text() -> None:
    values = {"a": " 15.7 ", "empty": " ", "number": 15}
    assert text(values, "a") == "15.7"
    assert [text(values, key) for key in ("empty", "number", "none")] == [None] * 3


@pytest.mark.parametrize("yes", [True, 1, "YES", "true", "1"])
def test_a_truth_is_written_in_several_ways(yes: Any) -> None:
    assert flag({"a": yes}, "a") is True


@pytest.mark.parametrize("no", [False, 0, "NO", "false", "0"])
def test_so_is_its_contrary(no: Any) -> None:
    assert flag({"a": no}, "a") is False


@pytest.mark.parametrize("neither", [None, 2, 1.0, "", "オン", b"1", []])
def test_what_is_neither_is_unknown(neither: Any) -> None:
    assert flag({"a": neither}, "a") is None
    assert flag({}, "a") is None


def test_a_date_is_in_utc() -> None:
    day = datetime(2026, 11, 19, 1, 2, 3, tzinfo=UTC)
    values = dictionary(plistlib.dumps({"day": day.replace(tzinfo=None), "text": "2026-11-19"}))
    assert values is not None
    assert moment(values, "day") == day
    assert moment(values, "text") is None
