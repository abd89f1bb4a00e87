"""ListDevices, ReadService and ListAdapters, of Wine's own services and a composed registry."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.system.windows_questions import Adapter, Device, ListAdapters, ListDevices, ReadService
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, known, notices

CAMERAS = "{E5323777-F976-4F5B-9B55-B94699C46E44}"
ETHERNET, WIRELESS, LOOPBACK = 6, 71, 24


def plugged_in(bus: str, hardware: str, *names: str) -> str:
    """The registry of a device that offers a camera's interface."""
    instance, link = rf"{bus}\{hardware}\7&1a2b", f"##?#{bus}#{hardware}#7&1a2b#{CAMERAS.lower()}"
    control = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet"
    offered = rf"{control}\Control\DeviceClasses\{CAMERAS.lower()}\{link}"
    escaped = instance.replace("\\", "\\\\")
    return (
        rf"[{control}\Enum\{instance}]"
        '\n"ClassGUID"="{ca3e7ab9-b4c3-4ae6-8251-579ef933890f}"\n'
        + "".join(names)
        + f'[{offered}]\n"DeviceInstance"="{escaped}"\n'
        f"[{offered}\\#GLOBAL]\n"
        f'[{offered}\\#GLOBAL\\Control]\n"Linked"=dword:00000001\n'
    )


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.reg(
            plugged_in(
                "USB", "VID_046D&PID_0825", '"FriendlyName"="HD カメラ"\n', '"DeviceDesc"="USB"\n'
            )
            + plugged_in("PCI", "VEN_8086&DEV_0001", '"DeviceDesc"="Camera of the board"\n')
        )
        assert box.run("sc", "create", "Composed", r"binPath=C:\none.exe").code == 0
        yield box


def test_devices_tell_their_bus_and_their_best_name(machine: Box) -> None:
    assert sorted(known(machine, ListDevices(CAMERAS)), key=lambda device: device.enumerator) == [
        Device("PCI", "Camera of the board", 0),
        Device("USB", "HD カメラ", 0),
    ]


def test_a_class_that_no_device_offers_is_empty(machine: Box) -> None:
    assert known(machine, ListDevices("{24E552D7-6523-47F7-A647-D3465BF1F5CA}")) == ()


def test_a_service_runs_or_is_stopped(machine: Box) -> None:
    assert known(machine, ReadService("PlugPlay")) == 4
    assert known(machine, ReadService("Composed")) == 1


def test_adapters_are_this_machines(machine: Box) -> None:
    adapters = known(machine, ListAdapters())
    assert all(isinstance(adapter, Adapter) for adapter in adapters)
    loopback = [adapter for adapter in adapters if adapter.kind == LOOPBACK]
    assert [(adapter.status, adapter.gateway, adapter.hardware) for adapter in loopback] == [
        (1, False, False)
    ]
    assert {len(adapter.guid) for adapter in adapters} == {38}
    assert all(adapter.guid == adapter.guid.upper() for adapter in adapters)


DEVICES, SERVICES = "probes.system.windows.devices", "probes.system.windows.services"
ADAPTERS = "probes.system.windows.adapters"


@pytest.mark.parametrize(
    ("slip", "question"),
    [
        (Slip(DEVICES, '("device_class", Guid),', '("device_class", Guid * 2),'), CAMERAS),
        (Slip(DEVICES, "FRIENDLY_NAME = 0x0, 0xC", "FRIENDLY_NAME = 0xC, 0x0"), CAMERAS),
        (Slip(DEVICES, "DEVICE_INTERFACE = 0x10", "DEVICE_INTERFACE = 0x4"), CAMERAS),
    ],
    ids=str,
)
def test_a_slip_in_the_devices_is_noticed(machine: Box, slip: Slip, question: str) -> None:
    assert notices(machine, slip, ListDevices(question))


@pytest.mark.parametrize(
    "slip",
    [
        Slip(SERVICES, '        ("kind", wintypes.DWORD),\n', ""),
        Slip(SERVICES, "SERVICE_QUERY_STATUS = 0x4", "SERVICE_QUERY_STATUS = 0x0"),
    ],
    ids=str,
)
def test_a_slip_in_the_services_is_noticed(machine: Box, slip: Slip) -> None:
    assert notices(machine, slip, ReadService("PlugPlay"))


@pytest.mark.parametrize(
    "slip",
    [
        Slip(
            ADAPTERS,
            '    ("mtu", wintypes.ULONG),\n    ("kind", wintypes.DWORD),\n    ("status"',
            '    ("kind", wintypes.DWORD),\n    ("status"',
        ),
        Slip(
            ADAPTERS,
            '("physical_address", ctypes.c_ubyte * 8)',
            '("physical_address", ctypes.c_ubyte * 16)',
        ),
        Slip(ADAPTERS, '("alias", wintypes.WCHAR * 257)', '("alias", wintypes.WCHAR * 250)'),
    ],
    ids=str,
)
def test_a_slip_in_the_adapters_is_noticed(machine: Box, slip: Slip) -> None:
    assert notices(machine, slip, ListAdapters())


SIZES = """
import ctypes
from probes.system.windows import adapters, com, devices, listening, running, services, wlan

print(*map(ctypes.sizeof, (
    com.Guid, com.Variant, services.ServiceStatus, adapters.InterfaceRow, wlan.Ssid,
    wlan.Association, wlan.Security, wlan.Connection, devices.DeviceInfo, running.ProcessEntry,
    listening.TcpRow, listening.Tcp6Row, listening.UdpRow, listening.Udp6Row,
)), adapters.AdapterAddresses.luid.offset)
"""


def test_structures_are_as_large_as_the_headers_make_them(machine: Box) -> None:
    sizes = machine.python("-c", SIZES)
    assert sizes.out.split() == b"16 24 36 1352 36 68 16 604 32 568 24 56 12 28 224".split(), (
        sizes.err
    )


PLACES = """
from probes.system.windows.listening import Tcp6Row, TcpRow, Udp6Row, UdpRow

for row in (TcpRow, Tcp6Row, UdpRow, Udp6Row):
    print(row.address.offset, row.port.offset, row.process.offset)
"""


def test_the_members_of_a_socket_are_where_the_headers_have_them(machine: Box) -> None:
    places = machine.python("-c", PLACES)
    assert places.out.split() == b"4 8 20 0 20 52 0 4 8 0 20 24".split(), places.err
