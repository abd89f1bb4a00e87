"""Reports that could not be sent yet: kept on the device, sent later, each once.

One file per report in the platform's state folder, readable by the user alone, written whole or
not at all. The report's own id makes a second delivery harmless.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from precheck.agent.errors import CannotKeep, EndpointAway, Refused
from precheck.agent.places import state_folder
from precheck.contract.api import Receipt
from precheck.contract.code import parse_code
from precheck.contract.decoding import decoder
from precheck.contract.errors import BadCode
from precheck.contract.report import Report
from probes.system.addresses import may_be_asked

if TYPE_CHECKING:
    from precheck.agent.client import Client


LEFT_SECONDS = 3600.0
"""What takes a moment to write and is this old is written by nobody any more."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A report with where it goes."""

    endpoint: str
    code: str
    report: Report

    def __post_init__(self) -> None:
        if not may_be_asked(self.endpoint):
            raise ValueError("endpoint is an address that nothing is sent to")
        try:
            parse_code(self.code)
        except BadCode as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one entry: `receipt` when it was stored, `refused` when it never will be,
    neither when it waits on. `earlier` is what became of those that were sent before it."""

    entry: Entry
    receipt: Receipt | None = None
    refused: str | None = None
    earlier: "tuple[Delivery, ...]" = ()

    @property
    def waits(self) -> bool:
        """Whether it has neither arrived nor been refused."""
        return self.receipt is None and self.refused is None


class Outbox:
    """The folder of entries."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()

    def keep(self, entry: Entry) -> None:
        """Keep `entry` until it is sent. Raises `CannotKeep` (a full disk, for one); then nothing
        half-written is left."""
        target = self._path(entry)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        except OSError as error:
            raise CannotKeep("the outbox's folder cannot be written") from error
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(entry))
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            self._sync_folder()
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise CannotKeep("the report could not be written to the outbox") from error

    def clear_leftovers(self) -> None:
        """Remove what a program that was killed had half-written. What is new may be what another
        one is writing now, and stays; so does what cannot be removed, until the next time."""
        now = time.time()
        for part in self._folder.glob(".*.part"):
            with contextlib.suppress(OSError):
                # Either way: the clock may have been put back since.
                if abs(now - part.stat().st_mtime) > LEFT_SECONDS:
                    part.unlink()

    def waiting(self) -> Iterator[Entry]:
        """The entries, oldest first. A file that is not an entry is passed over."""
        entries = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                entry = decoder(Entry).decode(path.read_bytes())
            except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
                continue
            if path == self._path(entry):  # else it could not be dropped, and would come again
                entries.append(entry)
        return iter(sorted(entries, key=lambda entry: entry.report.finished_at))

    def drop(self, entry: Entry) -> None:
        """Forget `entry`, which has arrived or never will. Where the folder cannot be written it
        stays, and is sent once more, which its id makes harmless."""
        with contextlib.suppress(OSError):
            self._path(entry).unlink(missing_ok=True)

    def _path(self, entry: Entry) -> Path:
        return self._folder / f"{entry.report.report_id}.json"

    def _sync_folder(self) -> None:
        if os.name == "posix":
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def deliver(outbox: Outbox, entry: Entry, client: "Client") -> Delivery:
    """Send one entry and drop it when the endpoint has it, or will never take it. It stays when
    the endpoint is away."""
    try:
        receipt = client.send(entry.code, entry.report)
    except Refused as refusal:
        outbox.drop(entry)
        return Delivery(entry, refused=str(refusal.values["reason"]))
    except EndpointAway:
        return Delivery(entry)
    outbox.drop(entry)
    return Delivery(entry, receipt=receipt)


def keep_and_deliver(outbox: Outbox, entry: Entry, client: "Client") -> Delivery:
    """Keep one entry, then send it, so that nothing is lost in between.

    What waits for the same appointment goes first: a report that says a later time than the
    endpoint's, since the device's clock is ahead, counts there as of its arrival, and would
    otherwise take the place of the newer one.

    Without a safety copy it is still worth sending; only where that brings no answer either is the
    report lost, and `CannotKeep` raised.
    """
    unkept: CannotKeep | None = None
    try:
        outbox.keep(entry)
    except CannotKeep as error:
        unkept = error
    earlier = _deliver_earlier(outbox, entry, client)
    delivery = replace(deliver(outbox, entry, client), earlier=earlier)
    if unkept is not None and delivery.waits:
        raise unkept
    return delivery


def _deliver_earlier(outbox: Outbox, entry: Entry, client: "Client") -> tuple[Delivery, ...]:
    deliveries: list[Delivery] = []
    for waiting in outbox.waiting():
        same = (waiting.endpoint, waiting.code) == (entry.endpoint, entry.code)
        if same and waiting.report.report_id != entry.report.report_id:
            deliveries.append(deliver(outbox, waiting, client))
            if deliveries[-1].waits:
                break
    return tuple(deliveries)


def default_folder() -> Path:
    """The outbox's place in the user's state folder."""
    return state_folder() / "outbox"
