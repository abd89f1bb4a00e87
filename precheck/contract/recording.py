"""A recording as it is sent: what a device was asked and answered, redacted there, so that the
helpdesk can see what the checks saw. It leaves the device by the person's own choice alone, apart
from the report and after it.

What a question asks and what its answer means is the probes' matter. Here stands the envelope:
every field of it, and that everything within is plain data of bounded size.
"""

import gzip
import json
import re
import zlib
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.decoding import decoder
from precheck.contract.errors import BadRecording
from precheck.contract.reasons import Unread
from precheck.contract.report import ShortText, on_the_calendar
from precheck.contract.verdict import OsFamily

RECORDING_SCHEMA = 1
"""The version of a recording's shape. A reader refuses any other."""

MAX_RECORDING_BYTES = 512 * 1024
"""On the way, compressed or not. One of a whole device is about 60 kB, compressed about 8 kB."""

MAX_UNPACKED_BYTES = 2 * 1024 * 1024

MAX_ASKED = 64 * 1024
"""Letters of all that one question says. No system knows a path of more than 32,767."""

_DEPTH = 16
_GZIP = b"\x1f\x8b"
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


class RecordedAnswer(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """One question and its answer: a value, or why there is none (a code of `Unread`).

    A question names its kind in `type`; its other fields say what was asked. Bytes are written as
    `{"text": …}` or `{"base64": …}`, and a table that looks like one of these as `{"table": …}`.
    """

    question: dict[str, Any]
    source: Annotated[str, msgspec.Meta(max_length=1000)]
    value: Any = None
    unknown: str | None = None

    def __post_init__(self) -> None:
        kind = self.question.get("type")
        if not (isinstance(kind, str) and _KIND.fullmatch(kind)):
            raise ValueError("a question names its kind in `type`")
        if self.unknown is not None and self.unknown not in _WHY:
            raise ValueError(f"{self.unknown!r} is no reason for not knowing")
        if self.unknown is not None and self.value is not None:
            raise ValueError("an answer has either a value or a reason why there is none")
        if not (_is_flat(self.question, _DEPTH) and _is_flat(self.value, _DEPTH)):
            raise ValueError(f"an answer is nested deeper than {_DEPTH}")
        if _letters(self.question) > MAX_ASKED:
            raise ValueError(f"a question has at most {MAX_ASKED} letters")


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that one device was asked and answered. `recorded_at` is UTC."""

    schema: int
    family: OsFamily
    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]
    agent_version: ShortText
    provenance: Annotated[str, msgspec.Meta(max_length=200)]
    answers: Annotated[tuple[RecordedAnswer, ...], msgspec.Meta(max_length=5000)]

    def __post_init__(self) -> None:
        if self.schema != RECORDING_SCHEMA:
            raise ValueError(f"recording schema {self.schema} is not known")
        if not on_the_calendar(self.recorded_at):
            raise ValueError("recorded_at lies at the end of the calendar")


class SentRecording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A recording, and the report that it belongs to, which was sent before.

    `asked` says which of the answers each check asked for, by their places (from 0); an answer may
    serve several checks. A check that is not there did not say.
    """

    report_id: UUID
    recording: Recording
    asked: dict[CheckId, tuple[int, ...]] = {}

    def __post_init__(self) -> None:
        places = range(len(self.recording.answers))
        for check, asked in self.asked.items():
            if len(set(asked)) != len(asked) or any(place not in places for place in asked):
                raise ValueError(f"asked.{check.value} holds a place twice, or one that is none")


_WHY = frozenset(reason.value for reason in Unread)


def encode_recording(sent: SentRecording) -> bytes:
    """The JSON of `sent`."""
    return msgspec.json.encode(sent)


def compressed(raw: bytes) -> bytes:
    """`raw` by gzip: the same for the same bytes, whenever it is made."""
    return gzip.compress(raw, mtime=0)


def decode_recording(raw: bytes) -> SentRecording:
    """The recording in `raw`: JSON, or JSON compressed by gzip.

    Raises `BadRecording`, naming the field, for anything that is not exactly one: a field more, a
    field less, a field twice, another type, too many bytes.
    """
    if len(raw) > MAX_RECORDING_BYTES:
        raise BadRecording(f"a recording has at most {MAX_RECORDING_BYTES} bytes")
    document = unpacked(raw) if raw.startswith(_GZIP) else raw
    try:
        sent = decoder(SentRecording).decode(document)
        json.loads(document, object_pairs_hook=_ensure_distinct)
    except (ValueError, RecursionError) as error:  # what msgspec raises is one, too
        raise BadRecording(str(error)) from error
    return sent


def unpacked(raw: bytes) -> bytes:
    """What `compressed` made `raw` from. Raises `BadRecording` for what is not compressed by gzip,
    and for more than `MAX_UNPACKED_BYTES`."""
    try:
        with gzip.open(BytesIO(raw)) as stream:
            content = stream.read(MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadRecording("this is not compressed by gzip") from error
    if len(content) > MAX_UNPACKED_BYTES:
        raise BadRecording(f"a recording has at most {MAX_UNPACKED_BYTES} bytes unpacked")
    return content


def _is_flat(value: Any, depth: int) -> bool:
    if isinstance(value, dict):
        return depth > 0 and all(_is_flat(item, depth - 1) for item in value.values())
    if isinstance(value, list):
        return depth > 0 and all(_is_flat(item, depth - 1) for item in value)
    return True


def _letters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(key) + _letters(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_letters, value))
    return len(str(value))


def _ensure_distinct(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a field is there twice")
