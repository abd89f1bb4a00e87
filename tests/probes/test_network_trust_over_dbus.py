"""The network over a real bus: a NetworkManager that python-dbusmock plays, asked through the door.

Needs `dbus-daemon` and python3-dbusmock (of the system's own Python).
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from jeepney import DBusAddress, MatchRule, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from precheck.contract.reasons import Internet, Metered, NetworkTrust, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.network import internet, metered, network_trust
from probes.system.linux import LinuxSystem
from probes.system.questions import DBusCall, DBusGet
from tests.machines import context
from tests.requires import require

PYTHON = "/usr/bin/python3"
NM = "org.freedesktop.NetworkManager"
NM_PATH = "/org/freedesktop/NetworkManager"
MOCK = "org.freedesktop.DBus.Mock"
ACTIVATED = 100
PRIVACY, PSK, EAP, SAE, OWE, OWE_TRANSITION = 1, 0x100, 0x200, 0x400, 0x800, 0x1000
CCMP, TKIP = 0x8, 0x4

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def bus(folder: Path) -> Iterator[str]:
    """A private bus; its address."""
    configuration = folder / "bus.conf"
    configuration.write_text(CONFIGURATION.format(socket=folder / "bus"))
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        daemon.communicate()


@dataclass(frozen=True)
class Manager:
    """The played NetworkManager, and how to tell it what to play."""

    address: str

    def tell(self, path: str, member: str, signature: str, *arguments: Any) -> Any:
        target = DBusAddress(path, NM, MOCK)
        with open_dbus_connection(self.address) as connection:
            message = new_method_call(target, member, signature, arguments)
            reply = unwrap_msg(connection.send_and_get_reply(message, timeout=10))
        return reply[0] if reply else None

    def wifi(self, name: str, ssid: str, wpa: int, rsn: int, flags: int = PRIVACY) -> str:
        """A Wi-Fi card connected to an access point with these flags; the access point."""
        device = self.tell(NM_PATH, "AddWiFiDevice", "ssi", name, name, ACTIVATED)
        point = self.tell(
            NM_PATH,
            "AddAccessPoint",
            "ssssuuuyu",
            *(device, f"Point{name}", ssid, "00:00:5e:00:53:01", 2, 2412, 5400, 80, rsn),
        )
        own = {"Flags": ("u", flags), "WpaFlags": ("u", wpa), "RsnFlags": ("u", rsn)}
        self.tell(point, "UpdateProperties", "sa{sv}", f"{NM}.AccessPoint", own)
        self.tell(
            *(device, "AddProperty", "ssv"),
            *(f"{NM}.Device.Wireless", "ActiveAccessPoint", ("o", point)),
        )
        return point

    def activate(self, name: str, ssid: str, point: str) -> None:
        """Make it the active connection of the card, with settings that fit the access point's
        first flags."""
        device = f"{NM_PATH}/Devices/{name}"
        connection = self.tell(
            NM_PATH, "AddWiFiConnection", "ssss", device, f"Connection{name}", ssid, ""
        )
        self.tell(
            *(NM_PATH, "AddActiveConnection", "assssu"),
            *([device], connection, point, f"Active{name}", 2),
        )


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manager]:
    require(which("dbus-daemon"), "dbus-daemon plays the system bus")
    found = subprocess.run([PYTHON, "-c", "import dbusmock"], capture_output=True, check=False)
    require(found.returncode == 0, "python3-dbusmock plays NetworkManager")
    with bus(tmp_path_factory.mktemp("bus")) as address:
        with open_dbus_connection(address) as connection:
            rule = MatchRule(type="signal", member="NameOwnerChanged")
            rule.add_arg_condition(0, NM)
            Proxy(message_bus, connection).AddMatch(rule)
            with connection.filter(rule) as changes:
                player = subprocess.Popen(
                    [PYTHON, "-m", "dbusmock", "--system", "--template", "networkmanager"],
                    env={"DBUS_SYSTEM_BUS_ADDRESS": address},
                    stdout=subprocess.DEVNULL,
                )
                connection.recv_until_filtered(changes, timeout=20)
        try:
            played = Manager(address)
            played.tell(NM_PATH, "AddProperty", "ssv", NM, "Metered", ("u", 0))
            yield played
        finally:
            player.terminate()
            player.wait()


class Device:
    """A machine with the files of a tree and a system bus (`DBUS_SYSTEM_BUS_ADDRESS`)."""

    family = OsFamily.LINUX

    def __init__(self, root: Path) -> None:
        self._files, self._bus = LinuxSystem(root), LinuxSystem()

    def ask(self, question):
        asks_bus = isinstance(question, DBusGet | DBusCall)
        return (self._bus if asks_bus else self._files).ask(question)


def device(root: Path, name: str, *entries: str) -> Device:
    """A machine whose default route goes by this interface (composed)."""
    routes = (
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        f"{name}\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    )
    (root / "proc/net").mkdir(parents=True)
    (root / "proc/net/route").write_text(routes)
    card = root / "sys/class/net" / name
    for entry in entries:
        (card / entry).mkdir(parents=True)
    card.mkdir(parents=True, exist_ok=True)
    (card / "type").write_text("1\n")
    return Device(root)


@pytest.fixture
def system_bus(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> Manager:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", manager.address)
    return manager


@pytest.mark.parametrize(
    ("name", "flags", "reason"),
    [
        ("open0", {"wpa": 0, "rsn": 0, "flags": 0}, NetworkTrust.OPEN),
        ("wep0", {"wpa": 0, "rsn": 0}, NetworkTrust.WEP),
        ("wpa0", {"wpa": TKIP | PSK, "rsn": 0}, NetworkTrust.WEAK_WPA),
        ("wpa2", {"wpa": 0, "rsn": CCMP | PSK}, NetworkTrust.WPA_PERSONAL),
        ("sae0", {"wpa": 0, "rsn": CCMP | SAE}, NetworkTrust.WPA_PERSONAL),
        ("owe0", {"wpa": 0, "rsn": CCMP | OWE}, NetworkTrust.OWE),
        ("owetm0", {"wpa": 0, "rsn": OWE_TRANSITION, "flags": 0}, NetworkTrust.OPEN),
        ("eap0", {"wpa": 0, "rsn": CCMP | EAP}, NetworkTrust.WPA_ENTERPRISE),
    ],
)
def test_an_access_points_protection_is_read_over_the_bus(
    system_bus: Manager, tmp_path: Path, name: str, flags: dict[str, int], reason
) -> None:
    system_bus.wifi(name, "aterm-1a2b3c", **flags)
    machine = device(tmp_path, name, "device", "wireless")
    assert network_trust.run(machine, context()).reason == reason


def test_a_public_name_is_read_over_the_bus(system_bus: Manager, tmp_path: Path) -> None:
    system_bus.wifi("shop0", "0000docomo", 0, CCMP | PSK)
    machine = device(tmp_path, "shop0", "device", "wireless")
    assert network_trust.run(machine, context()).reason == NetworkTrust.SHARED_KEY


def test_settings_are_read_over_the_bus_and_a_contradiction_is_unknown(
    system_bus: Manager, tmp_path: Path
) -> None:
    point = system_bus.wifi("agreed0", "home-agreed", PSK, PSK)
    system_bus.activate("agreed0", "home-agreed", point)
    machine = device(tmp_path, "agreed0", "device", "wireless")
    assert network_trust.run(machine, context()).reason == NetworkTrust.WPA_PERSONAL
    nothing = {"Flags": ("u", 0), "WpaFlags": ("u", 0), "RsnFlags": ("u", 0)}
    system_bus.tell(point, "UpdateProperties", "sa{sv}", f"{NM}.AccessPoint", nothing)
    assert network_trust.run(machine, context()).reason == Unread.GARBLED


def test_a_cable_is_wired_by_networkmanagers_word_too(system_bus: Manager, tmp_path: Path) -> None:
    system_bus.tell(NM_PATH, "AddEthernetDevice", "ssi", "eth7", "eth7", ACTIVATED)
    machine = device(tmp_path, "eth7", "device")
    assert network_trust.run(machine, context()).reason == NetworkTrust.WIRED


def test_a_modem_that_looks_like_a_network_card_is_mobile(
    system_bus: Manager, tmp_path: Path
) -> None:
    properties = {"DeviceType": ("u", 8), "Interface": ("s", "enx7")}
    system_bus.tell(
        *(NM_PATH, "AddObject", "ssa{sv}a(ssss)"),
        *(f"{NM_PATH}/Devices/modem7", f"{NM}.Device", properties, []),
    )
    machine = device(tmp_path, "enx7", "device")
    assert network_trust.run(machine, context()).reason == NetworkTrust.MOBILE


def test_wifi_that_networkmanager_does_not_know_is_unknown(
    system_bus: Manager, tmp_path: Path
) -> None:
    machine = device(tmp_path, "stray0", "device", "wireless")
    assert network_trust.run(machine, context()).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("number", "reason"), [(1, Metered.METERED), (2, Metered.UNMETERED), (0, Unread.MISSING)]
)
def test_the_cost_is_read_over_the_bus(
    system_bus: Manager, tmp_path: Path, number: int, reason
) -> None:
    own = {"Metered": ("u", number)}
    system_bus.tell(NM_PATH, "UpdateProperties", "sa{sv}", NM, own)
    assert metered.run(device(tmp_path, "eth0"), context()).reason == reason


@pytest.mark.parametrize(
    ("state", "reason"), [(2, Internet.CAPTIVE_PORTAL), (4, Internet.NOT_REACHED)]
)
def test_a_sign_in_page_is_read_over_the_bus(
    system_bus: Manager, tmp_path: Path, state: int, reason
) -> None:
    system_bus.tell(NM_PATH, "SetConnectivity", "u", state)
    told = context(endpoint="https://office.example")
    assert internet.run(device(tmp_path, "eth0"), told).reason == reason


def test_a_bus_without_networkmanager_answers_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(which("dbus-daemon"), "dbus-daemon plays the system bus")
    machine = device(tmp_path, "wlan0", "device", "wireless")
    with bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert network_trust.run(machine, context()).reason == Unread.MISSING
        assert metered.run(machine, context()).reason == Unread.MISSING
