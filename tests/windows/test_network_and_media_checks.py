"""The checks of the network, the camera and the microphone through the live door, in boxes with a
composed registry."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from precheck.contract.finding import Finding
from precheck.contract.reasons import Microphone, NetworkTrust, Unread, Webcam
from probes.system.windows_questions import ListAdapters
from tests.windows.bed import Box, open_box
from tests.windows.door import known
from tests.windows.test_door_devices_and_services import plugged_in

PROGRAM = """
import sys
from datetime import datetime

import msgspec
from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from probes.check import Context
from probes.registry import load_check
from probes.system.live import live_system

system = live_system()
context = Context(load_office("standard"), datetime.fromisoformat(sys.argv[1]))
findings = [load_check(CheckId(name)).run(system, context) for name in sys.argv[2:]]
sys.stdout.buffer.write(msgspec.json.encode(findings))
"""


def findings(box: Box, *checks: str, now: datetime | None = None) -> list[Finding]:
    ran = box.python("-c", PROGRAM, (now or datetime.now(UTC)).isoformat(), *checks)
    assert ran.code == 0, ran.err.decode(errors="replace")
    return msgspec.json.decode(ran.out, type=list[Finding])


HKLM, HKCU = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"
STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
CAPTURE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\MMDevices\Audio\Capture"
ENDPOINT = r"{00000001-0000-4000-8000-000000000000}"
FORM = "{1da5d803-d492-4edd-8c23-e0c0ffee7f0e},0"
BUS = "{a45c254e-df1c-4efd-8020-67d146a850e0},24"


def allow(capability: str, word: str) -> str:
    """The three switches of a capability; `word` is for this user's desktop programs."""
    key = rf"{STORE}\{capability}"
    return (
        f'[{HKLM}\\{key}]\n"Value"="Allow"\n[{HKCU}\\{key}]\n"Value"="Allow"\n'
        f'[{HKCU}\\{key}\\NonPackaged]\n"Value"="{word}"\n'
    )


def endpoint(state: int, form: int, bus: str) -> str:
    key = rf"{HKLM}\{CAPTURE}\{ENDPOINT}"
    return (
        f'[{key}]\n"DeviceState"=dword:{state:08x}\n'
        f'[{key}\\Properties]\n"{FORM}"=dword:{form:08x}\n"{BUS}"="{bus}"\n'
    )


def used_by(program: str, stopped: int) -> str:
    """A desktop program's use of the camera, begun, and ended at `stopped`."""
    key = rf"{HKCU}\{STORE}\webcam\NonPackaged\{program}"
    end = ",".join(f"{byte:02x}" for byte in stopped.to_bytes(8, "little"))
    return (
        f'[{key}]\n"LastUsedTimeStart"=hex(b):00,80,3e,d5,de,b1,9d,01\n'
        f'"LastUsedTimeStop"=hex(b):{end}\n'
    )


@pytest.fixture(scope="module")
def bare(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        yield box


@pytest.fixture
def machine(bed: Path) -> Iterator[Box]:
    """With a camera and a microphone, both allowed."""
    with open_box(bed) as box:
        box.reg(
            plugged_in("USB", "VID_046D&PID_0825", '"FriendlyName"="HD カメラ"\n')
            + endpoint(state=1, form=4, bus="HDAUDIO")
            + allow("webcam", "Allow")
            + allow("microphone", "Allow")
        )
        yield box


def reasons(box: Box, *checks: str, now: datetime | None = None) -> list[str]:
    return [finding.reason for finding in findings(box, *checks, now=now)]


def test_a_bare_machine_has_no_camera_and_does_not_tell_of_a_microphone(bare: Box) -> None:
    assert reasons(bare, "webcam", "microphone") == [Webcam.NONE, Unread.MISSING]


def test_the_ways_out_are_judged_as_they_are(bare: Box) -> None:
    adapters = known(bare, ListAdapters())
    wired = any(item.status == 1 and item.gateway and item.hardware for item in adapters)
    [reason] = reasons(bare, "network_trust")
    assert (reason == NetworkTrust.WIRED) == wired


def test_a_camera_and_a_microphone_pass_until_programs_may_not_use_them(machine: Box) -> None:
    checks = ("webcam", "microphone")
    assert reasons(machine, *checks) == [Webcam.PRESENT, Microphone.PRESENT]
    machine.reg(allow("webcam", "Deny") + allow("microphone", "Deny"))
    assert reasons(machine, *checks) == [Webcam.DENIED, Microphone.DENIED]


def test_a_running_program_that_has_the_camera_is_noticed(machine: Box) -> None:
    ran = machine.python("-c", "import sys; sys.stdout.buffer.write(sys.executable.encode())")
    asking = ran.out.decode().replace("\\", "#")
    machine.reg(used_by(asking, stopped=133500000600000000))
    assert reasons(machine, "webcam") == [Webcam.PRESENT]
    machine.reg(used_by(asking.replace("python", "another"), stopped=0))
    assert reasons(machine, "webcam") == [Webcam.PRESENT]
    machine.reg(used_by(asking, stopped=0))
    assert reasons(machine, "webcam") == [Webcam.IN_USE]


def test_a_microphone_that_is_switched_off_is_told_from_none(machine: Box) -> None:
    machine.reg(endpoint(state=2, form=4, bus="HDAUDIO"))
    assert reasons(machine, "microphone") == [Microphone.DISABLED]
    machine.reg(endpoint(state=8, form=4, bus="HDAUDIO"))
    assert reasons(machine, "microphone") == [Microphone.NONE]
