"""Machines that differ in their registry and services alone, through the live door.

Each was judged from a composed recording too. Here Windows' own registry keeps what they hold, so
the views, the kinds of values, the encodings and the names of keys are those that the door meets.
"""

import codecs
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from precheck.contract.reasons import (
    FileSharing,
    Firewall,
    Microphone,
    OsSupport,
    Reason,
    SecurityUpdates,
    Webcam,
)
from tests.machines import NOON
from tests.windows.bed import Box, open_box
from tests.windows.good_machine import VERSION, open_good_machine
from tests.windows.test_antivirus_and_software_checks import USUAL
from tests.windows.test_door_devices_and_services import plugged_in
from tests.windows.test_network_and_media_checks import STORE, allow, endpoint, findings, reasons

HKLM, HKCU = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"


def at(key: str, **values: str | int | None) -> str:
    """A section of a .reg file; None for a value that is taken away."""
    lines = [f'"{name}"={_written(value)}\n' for name, value in values.items()]
    return f"[{key}]\n{''.join(lines)}"


def _written(value: str | int | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"dword:{value:08x}"
    return '"' + value.replace("\\", "\\\\") + '"'


@pytest.fixture(scope="module")
def bare(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        yield box


# The build and the edition.

LAST_FREE, PAID_FOR = 6456, 6691
"""Revisions of Windows 10 22H2: the last that everybody got, and one that came under ESU."""


@pytest.mark.parametrize(
    ("build", "edition", "kind", "revision", "reason"),
    [
        (19045, "Core", "Client", LAST_FREE, OsSupport.NOT_EXTENDED),
        (19045, "Core", "Client", PAID_FOR, OsSupport.EXTENSION_UNREADABLE),
        (19044, "EnterpriseS", "Client", 6691, OsSupport.SUPPORTED),
        (19044, "IoTEnterpriseS", "Client", 6691, OsSupport.SUPPORTED),
        (22631, "Core", "Client", 6345, OsSupport.ENDED),
        (22631, "Enterprise", "Client", 6345, OsSupport.ENDED),
        (26100, "Core", "Client", 7171, OsSupport.ENDED),
        (26100, "Enterprise", "Client", 7171, OsSupport.SUPPORTED),
        (26200, "CoreN", "Client", 7171, OsSupport.SUPPORTED),
        (26200, "Enterprise", "Client", 7171, OsSupport.SUPPORTED),
        (26100, "ServerStandard", "Server", 7171, OsSupport.SERVER_EDITION),
        (30500, "Core", "Client", 1, OsSupport.NEWER_THAN_DATA),
    ],
)
def test_the_build_and_the_edition_decide(
    bare: Box, build: int, edition: str, kind: str, revision: int, reason: Reason
) -> None:
    bare.reg(windows(build, edition, kind, revision))
    assert reasons(bare, "os_support", now=NOON) == [reason]


def test_extended_support_passes_by_an_update_of_late(bed: Path) -> None:
    with open_box(bed) as box:
        box.reg(windows(19045, "Core", "Client", PAID_FOR))
        for days, reason in ((8, OsSupport.EXTENDED), (80, OsSupport.EXTENSION_UNREADABLE)):
            box.reg(serviced(PAID_FOR, NOON - timedelta(days=days)))
            assert reasons(box, "os_support", now=NOON) == [reason]


def windows(build: int, edition: str, kind: str, revision: int) -> str:
    return at(
        VERSION,
        ProductName="Windows 10 Home",
        CurrentBuild=str(build),
        CurrentBuildNumber=str(build),
        EditionID=edition,
        InstallationType=kind,
        UBR=revision,
        DisplayVersion=None,
    )


def serviced(revision: int, installed: datetime) -> str:
    """The package of the cumulative update to `revision`, as the servicing store notes it."""
    ticks = round((installed.timestamp() + 11_644_473_600) * 10_000_000)
    packages = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages"
    name = f"Package_for_RollupFix~31bf3856ad364e35~amd64~~19041.{revision}.1.8"
    return at(
        rf"{HKLM}\{packages}\{name}",
        CurrentState=112,
        InstallTimeHigh=ticks >> 32,
        InstallTimeLow=ticks & 0xFFFFFFFF,
    )


# What is installed and what was once used.

UNINSTALL = r"Microsoft\Windows\CurrentVersion\Uninstall"
LISTS = (
    rf"{HKLM}\SOFTWARE\{UNINSTALL}",
    rf"{HKLM}\SOFTWARE\WOW6432Node\{UNINSTALL}",
    rf"{HKCU}\SOFTWARE\{UNINSTALL}",
)
JAPANESE = "ソ表予能"
"""Whose second bytes in code page 932 are those of a backslash and other signs with a meaning."""


@pytest.fixture(scope="module")
def usual(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.reg(USUAL)
        yield box


def test_each_list_of_programs_is_read_among_japanese_names(usual: Box) -> None:
    for place in LISTS:
        usual.reg(at(rf"{place}\{JAPANESE}", DisplayName=f"{JAPANESE}の予定表"))
        usual.reg(
            at(rf"{place}\gone", DisplayName="qBittorrent", InstallLocation=rf"C:\{JAPANESE}")
        )
    assert reasons(usual, "file_sharing") == [FileSharing.NONE_FOUND]
    here = rf"C:\{JAPANESE} 2"
    (usual.prefix / "drive_c" / f"{JAPANESE} 2").mkdir()
    for place in LISTS:
        key = rf"{place}\{JAPANESE} 2"
        usual.reg(at(key, DisplayName="qBittorrent", InstallLocation=here))
        (finding,) = findings(usual, "file_sharing")
        assert (finding.reason, finding.evidence["name"]) == (FileSharing.INSTALLED, "qBittorrent")
        usual.reg(f"[-{key}]\n")


def test_what_was_once_started_leaves_a_trace(usual: Box) -> None:
    group = "{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}"
    key = rf"{HKCU}\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\UserAssist\{group}\Count"
    for program, reason in (
        ("notWinny.exe", FileSharing.NONE_FOUND),
        ("Winny.exe", FileSharing.TRACES),
    ):
        name = codecs.encode(rf"D:\{JAPANESE}\{program}", "rot13").replace("\\", "\\\\")
        usual.reg(f'[{key}]\n"{name}"=hex:{",".join(["00"] * 72)}\n')
        assert reasons(usual, "file_sharing") == [reason]
    usual.reg(f"[-{key}]\n")


# The camera and the microphone.

SWITCHES = {
    "the machine's": rf"{HKLM}\{STORE}\{{}}",
    "the user's": rf"{HKCU}\{STORE}\{{}}",
    "the desktop programs'": rf"{HKCU}\{STORE}\{{}}\NonPackaged",
}
MEDIA = ("webcam", "microphone")


@pytest.fixture(scope="module")
def talking(bed: Path) -> Iterator[Box]:
    """With a camera and a microphone, both allowed."""
    with open_box(bed) as box:
        box.reg(plugged_in("USB", "VID_046D&PID_0825", '"FriendlyName"="HD カメラ"\n'))
        box.reg(endpoint(state=1, form=4, bus="HDAUDIO"))
        box.reg("".join(allow(one, "Allow") for one in MEDIA))
        yield box


@pytest.mark.parametrize("key", SWITCHES.values(), ids=SWITCHES)
def test_each_switch_denies_by_itself(talking: Box, key: str) -> None:
    for word, told in (
        ("Allow", [Webcam.PRESENT, Microphone.PRESENT]),
        ("Deny", [Webcam.DENIED, Microphone.DENIED]),
        ("Allow", [Webcam.PRESENT, Microphone.PRESENT]),
    ):
        talking.reg("".join(at(key.format(one), Value=word) for one in MEDIA))
        assert reasons(talking, *MEDIA) == told


@pytest.mark.parametrize(
    ("bus", "hardware", "name", "reason"),
    [
        ("PCI", "VEN_8086&DEV_0001", "カメラ", Webcam.PRESENT),
        ("ROOT", "CAMERA", "OBS Virtual Camera", Webcam.VIRTUAL_ONLY),
        ("SWD", "VCAMDEVAPI", "仮想カメラ", Webcam.VIRTUAL_ONLY),
    ],
)
def test_a_camera_of_hardware_is_told_from_one_of_software(
    bed: Path, bus: str, hardware: str, name: str, reason: Reason
) -> None:
    with open_box(bed) as box:
        box.reg(plugged_in(bus, hardware, f'"FriendlyName"="{name}"\n') + allow("webcam", "Allow"))
        assert reasons(box, "webcam") == [reason]


# Services.


def test_a_service_that_is_stopped_or_disabled_passes_nothing(bed: Path) -> None:
    services = rf"{HKLM}\SYSTEM\CurrentControlSet\Services"
    with open_good_machine(bed) as box:
        assert reasons(box, "security_updates", "firewall") == [
            SecurityUpdates.CURRENT,
            Firewall.ON,
        ]
        for name in ("wuauserv", "UsoSvc"):
            for start, reason in (
                (4, SecurityUpdates.AUTOMATIC_OFF),
                (3, SecurityUpdates.CURRENT),
            ):
                box.reg(at(rf"{services}\{name}", Start=start))
                assert reasons(box, "security_updates") == [reason]
        assert box.run("sc", "stop", "MpsSvc").code == 0
        assert reasons(box, "firewall") == [Firewall.OFF]
