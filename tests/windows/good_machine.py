"""A composed Windows machine on which nothing is wrong: Windows 11 25H2 Home, up to date, with
Microsoft Defender and Windows Firewall on guard, a camera, a microphone, Zoom and Edge.

Its ways out are those of the machine underneath, which a box cannot be given.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from probes.antivirus.windows_defender import GUID
from tests.windows.bed import CLASSES, Box, open_box
from tests.windows.rows import (
    Row,
    automatic,
    firewall,
    firewall_profile,
    health,
    history,
    machine,
    network,
    product,
    restart,
    search,
    wmi,
)
from tests.windows.test_door_devices_and_services import plugged_in
from tests.windows.test_network_and_media_checks import allow, endpoint

HKLM = "HKEY_LOCAL_MACHINE"
VERSION = rf"{HKLM}\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
POLICY = rf"{HKLM}\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
PROGRAMS = (
    "Program Files/Windows Defender/MsMpEng.exe",
    "Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
REVISION = 7171

REGISTRY = "".join(
    (
        f'[{VERSION}]\n"CurrentBuild"="26200"\n"CurrentBuildNumber"="26200"\n',
        f'"UBR"=dword:{REVISION:08x}\n"DisplayVersion"="25H2"\n"EditionID"="Core"\n',
        '"InstallationType"="Client"\n',
        *(
            f"[{POLICY}\\{name}]\n"
            '"EnableFirewall"=dword:00000001\n"DefaultInboundAction"=dword:00000001\n'
            for name in ("DomainProfile", "StandardProfile", "PublicProfile")
        ),
        f"[{POLICY}\\FirewallRules]\n",
        '"CoreNet-DHCP-In"="v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=68|'
        'RPort=67|App=%SystemRoot%\\\\system32\\\\svchost.exe|Svc=dhcp|Name=DHCP|"\n',
        f'[{HKLM}\\{UNINSTALL}\\7-Zip]\n"DisplayName"="7-Zip 24.08 (x64)"\n',
        f"[HKEY_CURRENT_USER\\{UNINSTALL}\\ZoomUMX]\n"
        '"DisplayName"="Zoom Workplace"\n"DisplayVersion"="6.6.11 (23272)"\n',
        r"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\cmmgr32.exe]",
        '\n@="C:\\\\windows\\\\system32\\\\cmmgr32.exe"\n',
        plugged_in("USB", "VID_046D&PID_0825", '"FriendlyName"="HD カメラ"\n'),
        endpoint(state=1, form=4, bus="HDAUDIO"),
        allow("webcam", "Allow"),
        allow("microphone", "Allow"),
    )
)


@contextmanager
def open_good_machine(bed: Path) -> Iterator[Box]:
    """The machine, as it is now: what has a date is a few hours old."""
    with open_box(bed) as box:
        box.dll("wscapi")
        box.dll("wlanapi")
        box.serve(*CLASSES)
        box.reg(REGISTRY)
        _run_a_service(box, "MpsSvc")
        _install(box)
        box.answers(*answers(datetime.now(UTC)))
        yield box


def answers(now: datetime) -> list[Row]:
    """What the fixtures of the machine answer at `now` (UTC)."""
    lately = now - timedelta(hours=3)
    status = {
        "AMRunningMode": ("string", "Normal"),
        "AMServiceEnabled": ("boolean", True),
        "AntivirusEnabled": ("boolean", True),
        "RealTimeProtectionEnabled": ("boolean", True),
        "AntivirusSignatureAge": ("uint32", 0),
        "AntivirusSignatureLastUpdated": ("datetime", f"{lately:%Y%m%d%H%M%S}.000000+000"),
        "DefenderSignaturesOutOfDate": ("boolean", False),
    }
    registered = {
        "displayName": ("string", "Windows Defender"),
        "instanceGuid": ("string", f"{{{GUID}}}"),
        "productState": ("uint32", 0x061100),
        "pathToSignedReportingExe": ("string", r"%ProgramFiles%\Windows Defender\MsMpeng.exe"),
    }
    threat = {"ThreatID": ("uint64", 2147519003), "IsActive": ("boolean", False)}
    defender = r"root\Microsoft\Windows\Defender"
    update = f"2026-11 x64 向け Windows 11, version 25H2 の累積更新プログラム (26200.{REVISION})"
    return [
        *(health(4, 0), product(4, "Windows Defender", guid=f"{{{GUID}}}")),
        *wmi(r"root\SecurityCenter2", "AntiVirusProduct", registered),
        *wmi(defender, "MSFT_MpComputerStatus", status),
        *wmi(defender, "MSFT_MpThreat", threat),
        *(firewall(2), firewall_profile(1), firewall_profile(2), firewall_profile(4)),
        *(search(), history(update, lately.timestamp()), restart(False)),
        automatic(4, last_search=lately.timestamp(), last_install=lately.timestamp()),
        *(machine(0x40), network("ネットワーク", 1)),
    ]


def _run_a_service(box: Box, name: str) -> None:
    """Let a service of that name run: the program of another one, which does nothing."""
    program = r"C:\windows\system32\plugplay.exe"
    assert box.run("sc", "create", name, f"binPath={program}").code == 0
    assert box.run("sc", "start", name).code == 0


def _install(box: Box) -> None:
    for path in PROGRAMS:
        program = box.prefix / "drive_c" / path
        program.parent.mkdir(parents=True)
        shutil.copyfile(box.system32 / "cmd.exe", program)  # as new as this copy
