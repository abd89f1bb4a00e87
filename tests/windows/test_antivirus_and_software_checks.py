"""The checks of antivirus and software through the live door, in boxes with a composed Security
Center, registry and disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from precheck.contract.reasons import (
    Antivirus,
    Browser,
    FileSharing,
    Infection,
    MeetingApp,
    RunningSoftware,
    Unread,
)
from probes.antivirus.windows_defender import GUID
from tests.windows.bed import Box, open_box
from tests.windows.rows import health, product, wmi
from tests.windows.test_network_and_media_checks import findings, reasons

CENTER, DEFENDER = r"root\SecurityCenter2", r"root\Microsoft\Windows\Defender"
ESET = "{77DEAFED-8149-104B-25A1-21771CA47CD1}"
HERE = r"C:\windows\system32\cmd.exe"
UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"

USUAL = (
    r"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]"
    "\n"
    '"InstallationType"="Client"\n'
    rf"[HKEY_LOCAL_MACHINE\{UNINSTALL}\7-Zip]"
    "\n"
    '"DisplayName"="7-Zip 24.08 (x64)"\n'
    rf"[HKEY_LOCAL_MACHINE\{APP_PATHS}\cmmgr32.exe]"
    "\n"
    '@="C:\\\\windows\\\\system32\\\\cmmgr32.exe"\n'
)


@pytest.fixture
def machine(bed: Path) -> Iterator[Box]:
    """With Security Center, WMI, and lists of programs that hold an ordinary one."""
    with open_box(bed) as box:
        box.dll("wscapi")
        box.serve("wscapi", "wmi")
        box.reg(USUAL)
        yield box


def registered(state: int, name: str = "ウイルスバスター クラウド", guid: str = ESET) -> Any:
    return wmi(
        CENTER,
        "AntiVirusProduct",
        {
            "displayName": ("string", name),
            "instanceGuid": ("string", guid),
            "productState": ("uint32", state),
            "pathToSignedReportingExe": ("string", HERE),
        },
    )


def test_a_product_that_guards_passes_and_one_that_is_off_or_old_does_not(machine: Box) -> None:
    for state, signature, number, reason in (
        (0, 1, 0x041000, Antivirus.ON_CURRENT),
        (1, 1, 0x040000, Antivirus.OFF),
        (3, 1, 0x043000, Antivirus.EXPIRED),
        (0, 0, 0x041010, Antivirus.DEFINITIONS_OLD),
        (0, 1, 0x040000, Antivirus.DISAGREE),
    ):
        listed = product(
            4, "ウイルスバスター クラウド", state=state, signature=signature, guid=ESET
        )
        machine.answers(health(4, 0), listed, *registered(number))
        assert reasons(machine, "antivirus") == [reason]
    machine.answers(health(4, 2, hresult=1), product(4, "X"), *registered(0x041000))
    assert reasons(machine, "antivirus", "infection") == [Unread.MISSING, Infection.NOBODY_TO_ASK]
    assert machine.refused == []


def test_defender_is_asked_for_its_mode_its_definitions_and_its_threats(machine: Box) -> None:
    def rows(mode: str, *threats: bool) -> list[Any]:
        status = {
            "AMRunningMode": ("string", mode),
            "AMServiceEnabled": ("boolean", True),
            "AntivirusEnabled": ("boolean", True),
            "RealTimeProtectionEnabled": ("boolean", True),
            "AntivirusSignatureAge": ("uint32", -1),
            "DefenderSignaturesOutOfDate": ("boolean", False),
        }
        found = [{"IsActive": ("boolean", threat)} for threat in threats]
        return [
            *(health(4, 0), product(4, "Windows Defender", guid=f"{{{GUID}}}")),
            *registered(0x061100, "Windows Defender", f"{{{GUID}}}"),
            *wmi(DEFENDER, "MSFT_MpComputerStatus", status),
            *wmi(DEFENDER, "MSFT_MpThreat", *found),
        ]

    machine.answers(*rows("Normal", True))
    assert reasons(machine, "antivirus", "infection") == [
        Antivirus.DEFINITIONS_UNKNOWN,
        Infection.ACTIVE_THREAT,
    ]
    machine.answers(*rows("Passive Mode"))
    assert reasons(machine, "antivirus", "infection") == [
        Antivirus.NO_REAL_TIME,
        Infection.HIDDEN,
    ]


def test_an_ordinary_machine_has_none_of_the_listed_software(machine: Box) -> None:
    checks = ("file_sharing", "running_software", "meeting_app", "browser")
    assert reasons(machine, *checks) == [
        FileSharing.NONE_FOUND,
        RunningSoftware.NONE_FOUND,
        Unread.UNSUPPORTED,
        Browser.NONE_FOUND,
    ]


def test_what_is_unpacked_or_installed_is_found(machine: Box) -> None:
    [user] = (machine.prefix / "drive_c" / "users").glob("[!P]*")
    downloads = user / "Downloads"
    downloads.unlink()  # a link to the home folder outside
    winny = downloads / "新しいフォルダー"
    winny.mkdir(parents=True)
    for name in ("Noderef.txt", "Download.txt", "Tab1.txt"):
        (winny / name).touch()
    edge = machine.prefix / "drive_c" / "Program Files" / "Microsoft" / "Edge" / "Application"
    edge.mkdir(parents=True)
    (edge / "msedge.exe").write_bytes((machine.system32 / "cmd.exe").read_bytes())
    machine.reg(
        rf"[HKEY_CURRENT_USER\{UNINSTALL}\TeleOffice]" "\n" '"DisplayName"="TeleOffice 3.11.002"\n'
    )
    found = findings(machine, "file_sharing", "meeting_app", "browser")
    assert [finding.reason for finding in found] == [
        FileSharing.INSTALLED,
        MeetingApp.READY,
        Browser.CURRENT,
    ]
    assert found[0].evidence["name"] == "Winny"
    assert found[2].evidence["name"] == "Microsoft Edge"
