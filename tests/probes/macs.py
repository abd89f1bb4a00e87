"""Whole Macs: an ordinary one, and in what another may differ from it.

Composed, but for the answers under "Captured", which others have published from real Macs.
"""

import json
import plistlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import MEASURED_CHECKS
from precheck.contract.finding import Finding
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.antivirus.macos import DAEMONS
from probes.antivirus.macos_extensions import DATABASE
from probes.antivirus.macos_xprotect import GATEKEEPER, STATUS
from probes.antivirus.macos_xprotect import VERSION as XPROTECT
from probes.check import Context
from probes.firewall.macos import REPORT, SETTINGS, TOOL, Mode
from probes.ipconfig import summary_of
from probes.macos_version import HISTORY
from probes.media.macos import CAMERAS, SOUND
from probes.network.endpoint import health_question
from probes.network.macos import NWI, WIFI_REPORT
from probes.public_names import public_names
from probes.registry import load_check
from probes.security_updates.macos import PREFERENCES
from probes.software.macos_sweep import INDEXING
from probes.system import System
from probes.system.masks import Personal
from probes.system.questions import (
    HttpAnswer,
    ListListeners,
    ListProcesses,
    Process,
    Question,
    StatFile,
)
from probes.system.recording import RecordedSystem, Recorder, Recording
from probes.system.redaction import redact
from probes.system_report import report_on
from tests.machines import NOON, composed
from tests.probes.macos import mac as versioned
from tests.probes.macos import plist
from tests.probes.macos_network import HOTSPOT_ADDRESS, airport, nwi, summary, wifi
from tests.probes.macos_software import INDEXED, ORDINARY, SEARCH, WINE, holding, info
from tests.probes.software_device import file, said
from tests.probes.test_antivirus_on_macos import (
    DEFENDER,
    FOLDER,
    INIT,
    SCANNING,
    WITHOUT_ITS_EXTENSION,
    database,
    extension,
    health,
)
from tests.probes.test_firewall_on_macos import TOOL_SAYS
from tests.probes.test_firewall_on_macos import report as firewall_report
from tests.probes.test_open_services_on_macos import SHIPPED
from tests.probes.test_webcam_and_microphone_on_macos import LIVE_CAM, OBS

Answers = dict[Question[Any], Any]

ENDPOINT = "https://precheck.example.jp"
REACHED = HttpAnswer(
    200, {}, b'{"service":"precheck","server_time":"2026-11-20T03:00:00Z"}', elapsed=0.1
)
VERSIONS = ("13.7.8", "14.8.9", "15.8.1", "26.7.1", "27.0")
"""As they stand in November 2026."""

# Captured. The firewall's tool (State = 0 and 1), the USB camera and the list of interfaces are
# beside the tests of their checks.

SHOP_WIFI = """\
<dictionary> {
  BSSID : <redacted>
  ConnectionID : 49
  IPv4 : <array> {
    0 : <dictionary> {
      DHCP : <dictionary> {
        Packet : op = BOOTREPLY
htype = 1
options:
domain_name (string): wi2.ne.jp
SSID : not-a-real-key
        State : BOUND
      }
      Router : 10.49.160.1
    }
  }
  InterfaceType : WiFi
  LinkStatusActive : TRUE
  SSID : <redacted>
  Security : NONE
}
"""
"""macOS 26 in a shop's Wi-Fi in Japan, without the permission to know the location; whoever
published it put the unindented SSID there."""
HOME_WIFI = {
    "_name": "<redacted>",
    "spairport_network_channel": "40 (5GHz, 160MHz)",
    "spairport_network_country_code": "JP",
    "spairport_network_phymode": "802.11ax",
    "spairport_security_mode": "pairport_security_mode_wpa3_transition",
    "spairport_signal_noise": "-51 dBm / -90 dBm",
}
"""WPA2 and WPA3 in Japan."""
LEFT_OVER = {"stealthenabled": 0, "allowsignedenabled": 1, "version": "1.0a25"}
"""com.apple.alf.plist, but for its `globalstate`."""


class Network(Enum):
    """How the Mac is connected."""

    OPEN = "open"
    WEP = "WEP"
    WPA2 = "WPA2"
    WPA2_WPA3 = "WPA2/3"
    ENTERPRISE = "802.1X"
    OWE = "OWE"
    WIRED = "wired"
    IPHONE = "iPhone"
    NONE = "none"


class Guard(Enum):
    """What guards it beside XProtect."""

    NOTHING = "nothing"
    DEFENDER = "Defender for Endpoint"
    PASSIVE = "Defender for Endpoint, passive"
    OLD = "Defender for Endpoint, definitions of last month"
    UNLICENSED = "Defender for Endpoint, licence run out"
    WAITING = "Defender for Endpoint, not yet allowed by the person"
    EDR = "CrowdStrike Falcon"
    LEFT_OVER = "what is left of ESET"


class Eye(Enum):
    """Its camera."""

    BUILT_IN = "built-in"
    USB = "USB"
    PRETENDED = "OBS alone"
    NONE = "none"


@dataclass(frozen=True)
class Mac:
    """A MacBook Air in Japanese that is up to date, has its firewall on, Zoom installed, and hangs
    on the Wi-Fi of a home; or another one that differs in what is given."""

    version: str = "26.7.1"
    firewall: Mode = Mode.ON
    left_over: Mode | None = None
    """What com.apple.alf.plist says from macOS 15 on, where one is left; before, it is true."""
    network: Network = Network.WPA2_WPA3
    guard: Guard = Guard.NOTHING
    eye: Eye = Eye.BUILT_IN
    zoom: bool = True
    winny: bool = False

    @property
    def is_new(self) -> bool:
        """Whether this is macOS 15 or later."""
        return int(self.version.partition(".")[0]) >= 15


MACS = st.builds(
    Mac,
    version=st.sampled_from(VERSIONS),
    firewall=st.sampled_from(Mode),
    left_over=st.none() | st.sampled_from(Mode),
    network=st.sampled_from(Network),
    guard=st.sampled_from(Guard),
    eye=st.sampled_from(Eye),
    zoom=st.booleans(),
    winny=st.booleans(),
)
"""Any of them."""


def answers(mac: Mac) -> Answers:
    """What such a Mac answers at noon on the 20th of November 2026."""
    return {
        **versioned(mac.version),
        **_updates(mac),
        **_guards(mac),
        **_network(mac.network),
        **_cameras(mac.eye),
        **_software(mac),
        ListListeners(): SHIPPED,
        TOOL: said(TOOL_SAYS[mac.firewall]),
        REPORT: said(firewall_report(mac.firewall.value)),
        SETTINGS: left_over(mac.left_over if mac.is_new else mac.firewall),
    }


def system(mac: Mac, **more: Any) -> RecordedSystem:
    """Such a Mac, at which the endpoint can be reached."""
    changed: Answers = more.pop("changed", {})
    reached = Unread.MISSING if mac.network is Network.NONE else REACHED
    every = {**answers(mac), health_question(ENDPOINT): reached, **changed}
    return composed(every, OsFamily.MACOS, **more)


def findings(machine: System, context: Context) -> dict[str, Finding]:
    """What every check finds, by its name."""
    found = (load_check(check).run(machine, context) for check in MEASURED_CHECKS)
    return {str(finding.check): finding for finding in found}


def said_of(machine: System, context: Context) -> dict[str, str]:
    """Verdict and reason of every check, by its name."""
    return {
        check: f"{finding.verdict} {finding.reason}"
        for check, finding in findings(machine, context).items()
    }


def recorded(machine: System, context: Context, provenance: str) -> Recording:
    """What `precheck record` writes on such a machine."""
    recorder = Recorder(machine)
    findings(recorder, context)
    recording = Recording(
        schema=1,
        family=machine.family,
        recorded_at=context.now,
        agent_version="0",
        provenance=provenance,
        answers=recorder.answers(),
    )
    return redact(recording, public_names(Catalogues()), Personal(*[frozenset()] * 3))


def _ago(days: float) -> datetime:
    return (NOON - timedelta(days=days)).replace(tzinfo=None)


def _updates(mac: Mac) -> Answers:
    scans = {"LastFullSuccessfulDate": _ago(1), "LastSuccessfulMSUScanDate": _ago(0.2)}
    # The blank in the name of a macOS cannot be broken.
    installed = ((f"macOS\u00a0{mac.version}", mac.version), ("XProtectPlistConfigData", "5370"))
    history = [
        {
            "date": _ago(2),
            "displayName": name,
            "displayVersion": number,
            "processName": "softwareupdated",
        }
        for name, number in installed
    ]
    return {
        PREFERENCES: plist({"RecommendedUpdates": [], **scans}, binary=True),
        HISTORY: plist(history),
    }


def _guards(mac: Mac) -> Answers:
    line = f"Version: 5370 Installed: {_ago(2):%Y-%m-%d %H:%M:%S} +0000\n"
    base: Answers = {
        STATUS: said(SCANNING) if mac.is_new else Unread.MISSING,
        XPROTECT: said(line) if mac.is_new else Unread.MISSING,
        GATEKEEPER: said("assessments enabled\n"),
        DATABASE: database(),
        DAEMONS: (),
        ListProcesses(): (INIT, *ORDINARY),
    }
    match mac.guard:
        case Guard.NOTHING:
            return base
        case Guard.LEFT_OVER:
            return {**base, DAEMONS: ("com.eset.devices.plist",)}
        case Guard.EDR:
            falcon = extension("com.crowdstrike.falcon.Agent", "X9E956P446")
            agent = Process("com.crowdstrike.falcon.Agent")
            return {
                **base,
                DATABASE: database(falcon),
                ListProcesses(): (*base[ListProcesses()], agent),
            }
    defender = {
        **base,
        **DEFENDER,
        ListProcesses(): (*ORDINARY, *DEFENDER[ListProcesses()]),
        StatFile("/Applications/Microsoft Defender.app"): FOLDER,
    }
    match mac.guard:
        case Guard.PASSIVE:
            return {**defender, **health(passiveModeEnabled={"value": True, "isManaged": True})}
        case Guard.OLD:
            return {**defender, **health(hours=30 * 24)}
        case Guard.UNLICENSED:
            return {**defender, **health(licensed=False)}
        case Guard.WAITING:
            waits = extension(
                "com.microsoft.wdav.epsext", "UBF8T346G9", "activated_waiting_for_user"
            )
            return {**defender, **health(**WITHOUT_ITS_EXTENSION), DATABASE: database(waits)}
        case _:
            return {**defender, **health()}


_SECURITY: dict[Network, tuple[str, str]] = {
    Network.WEP: ("NONE", "spairport_security_mode_wep"),
    Network.WPA2: ("WPA2_PSK", "spairport_security_mode_wpa2_personal"),
    Network.ENTERPRISE: ("WPA2", "spairport_security_mode_wpa2_enterprise"),
    Network.OWE: ("OWE", "spairport_security_mode_owe"),
    Network.IPHONE: ("WPA3_SAE", "spairport_security_mode_wpa3_personal"),
}


def _network(network: Network) -> Answers:
    wireless = {NWI: said(nwi("en0", ipv6=("en0",)))}
    match network:
        case Network.NONE:
            return {NWI: said(nwi()), report_on(WIFI_REPORT): said(airport(None))}
        case Network.WIRED:
            cable = summary("InterfaceType : Ethernet", "LinkStatusActive : TRUE")
            return {NWI: said(nwi("en5", ipv6=("en5",))), summary_of("en5"): said(cable)}
        case Network.OPEN:
            told = airport("spairport_security_mode_none")
            return {
                **wireless,
                summary_of("en0"): said(SHOP_WIFI),
                report_on(WIFI_REPORT): said(told),
            }
        case Network.WPA2_WPA3:
            card = {"_name": "en0", "spairport_current_network_information": HOME_WIFI}
            told = json.dumps({WIFI_REPORT: [{"spairport_airport_interfaces": [card]}]})
            return {
                **wireless,
                summary_of("en0"): said(wifi("WPA3_SAE")),
                report_on(WIFI_REPORT): said(told),
            }
    security, reported = _SECURITY[network]
    if network is Network.IPHONE:
        wireless = {NWI: said(nwi("en0", address=HOTSPOT_ADDRESS))}
    return {
        **wireless,
        summary_of("en0"): said(wifi(security)),
        report_on(WIFI_REPORT): said(airport(reported)),
    }


_BUILT_IN = {
    "_name": "MacBook Airカメラ",
    "spcamera_model-id": "MacBook Airカメラ",
    "spcamera_unique-id": "6C707041-05AC-0010-0008-000000000001",
}
_EYES = {Eye.BUILT_IN: [_BUILT_IN], Eye.USB: [LIVE_CAM], Eye.PRETENDED: [OBS], Eye.NONE: []}
_SOUND = [
    {
        "_name": "MacBook Airのマイク",
        "coreaudio_device_input": 1,
        "coreaudio_device_transport": "coreaudio_device_type_builtin",
    },
    {
        "_name": "MacBook Airのスピーカー",
        "coreaudio_device_output": 2,
        "coreaudio_device_transport": "coreaudio_device_type_builtin",
    },
]


def _cameras(eye: Eye) -> Answers:
    sound = [{"_items": _SOUND, "_name": "coreaudio_device"}]
    return {
        report_on(CAMERAS): said(json.dumps({CAMERAS: _EYES[eye]})),
        report_on(SOUND): said(json.dumps({SOUND: sound})),
    }


def _software(mac: Mac) -> Answers:
    bundles = {"/Applications/Safari.app": info("com.apple.Safari", "26.1")}
    if mac.zoom:
        bundles["/Applications/zoom.us.app"] = info("us.zoom.xos", "6.6.0 (64511)")
    downloads = "/Users/taro/Downloads/winny/"
    stored = [downloads + name for name in ("Winny.exe", "UpFolder.txt")] if mac.winny else []
    return {
        **holding(bundles),
        StatFile("/Applications/zoom.us.app/Contents/Info.plist"): file(NOON.timestamp()),
        INDEXING: said(INDEXED),
        SEARCH: said("".join(f"{path}\0" for path in stored)),
        WINE: Unread.MISSING,
    }


def left_over(mode: Mode | None) -> Any:
    """com.apple.alf.plist with this mode."""
    if mode is None:
        return Unread.MISSING
    return plistlib.dumps({**LEFT_OVER, "globalstate": [*Mode].index(mode)})
