"""A recording for the helpdesk, to a report that was sent: made for whoever asks for it, shown, and
sent if they consent.

It is of a new run, right after the report. So nothing is written down of those who do not ask for
it, and it is of one run, where a report may be of several: a check that was done again, a picture
that the page saw.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from precheck.agent.errors import EndpointAway, RecordingNotMade, RecordingNotSent
from precheck.agent.messages import Recorded
from precheck.agent.session import Plan, Session
from precheck.contract.api import RecordingReceipt
from precheck.contract.decoding import decoder
from precheck.contract.errors import BadRecording
from precheck.contract.finding import Finding
from precheck.contract.recording import (
    Recording,
    SentRecording,
    compressed,
    decode_recording,
    encode_recording,
)
from precheck.contract.verdict import OsFamily

if TYPE_CHECKING:
    from precheck.agent.client import Client

Follow = Callable[[Iterator[Finding]], None]
"""Goes through findings as they land, to the last."""


@dataclass(frozen=True, slots=True)
class RecordingDraft:
    """What would be sent: `text`, the JSON in UTF-8, which is only compressed on the way."""

    report_id: UUID
    text: bytes

    @property
    def id(self) -> str:
        """It stands for every byte of `text`: whoever consents to it consents to that."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def kilobytes(self) -> int:
        """The size of `text`, rounded up."""
        return -(-len(self.text) // 1024)


def make_recording(plan: Plan, family: OsFamily, report_id: UUID, follow: Follow) -> RecordingDraft:
    """Run the checks of `plan` once more and write down, redacted, what they read: for the report
    `report_id`, whose own findings stay as they are. Raises `RecordingNotMade`."""
    recorded: list[Recorded] = []
    follow(Session(plan, family, datetime.now(UTC)).run(on_recording=recorded.append))
    if not recorded:
        raise RecordingNotMade("the worker made no recording")
    return _draft(recorded[-1], report_id)


def send_recording(draft: RecordingDraft, client: "Client", code: str) -> RecordingReceipt:
    """Send `draft`; sending the same one again is harmless. Nothing is kept of one that was not
    taken. Raises `RecordingNotSent`, `RecordingRefused`, `RecordingsUnknown`."""
    try:
        return client.send_recording(code, draft.report_id, compressed(draft.text))
    except EndpointAway as error:
        raise RecordingNotSent(str(error)) from error


def _draft(recorded: Recorded, report_id: UUID) -> RecordingDraft:
    try:
        recording = decoder(Recording).decode(bytes(recorded.recording))
        sent = SentRecording(report_id=report_id, recording=recording, asked=recorded.asked)
        text = msgspec.json.format(encode_recording(sent), indent=1)
        # As strictly as the endpoint will.
        decode_recording(compressed(text))
    except (ValueError, BadRecording) as error:
        raise RecordingNotMade(f"the recording cannot be sent: {error}") from error
    return RecordingDraft(report_id, text)
