"""Recording in a Windows machine: who is signed in is known, and gone from what is written."""

from pathlib import Path

import msgspec

from tests.windows.bed import open_box

PROGRAM = r"""
import os, sys
os.environ.update(USERNAME="hanako", USERPROFILE=r"C:\users\hanako")
from datetime import UTC, datetime
from pathlib import Path
from probes.system.live import live_system
from probes.system.masks import this_machine
from probes.system.questions import StatFile
from probes.system.recording import Recorder, Recording, encode_recording
from probes.system.redaction import redact
from probes.system.windows_questions import ReadFileVersion

system = Recorder(live_system())
system.ask(StatFile(str(Path.home() / "Documents")))
system.ask(ReadFileVersion(sys.executable))
assert "hanako" in this_machine().users, this_machine()
recording = Recording(
    schema=1, family=system.family, recorded_at=datetime.now(UTC), agent_version="0",
    provenance="made by hanako", answers=system.answers(),
)
sys.stdout.buffer.write(encode_recording(redact(recording, lambda name: False)))
"""


def test_the_person_is_gone_from_what_is_written(bed: Path) -> None:
    with open_box(bed) as box:
        (box.prefix / "drive_c" / "users" / "hanako" / "Documents").mkdir(parents=True)
        ran = box.python("-c", PROGRAM)
    assert ran.code == 0, ran.err.decode(errors="replace")
    assert b"hanako" not in ran.out
    recording = msgspec.json.decode(ran.out)
    assert recording["provenance"] == "made by someone"
    folder, program = recording["answers"]
    assert folder["value"]["kind"] == "folder" and program["value"]["version"]
