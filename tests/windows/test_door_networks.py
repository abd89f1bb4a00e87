"""ReadNetworks, ReadWlanLink and ReadWlanProfile, of services that state composed rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Unknown
from probes.system.windows_questions import (
    ConnectedNetwork,
    Networks,
    ReadNetworks,
    ReadWlanLink,
    ReadWlanProfile,
    WlanLink,
)
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, ask, known, notices

WIFI = "{6F9A1C2B-3D4E-4F50-8A61-B2C3D4E5F607}"
WIRE = "{11223344-5566-4788-99AA-BBCCDDEEFF00}"
PROFILE = (
    '<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><MSM><security>'
    "<authEncryption><authentication>WPA2PSK</authentication></authEncryption><sharedKey>"
    "<keyMaterial>{}</keyMaterial></sharedKey></security></MSM></WLANProfile>"
)
ROWS = (
    ("machine", 0x40, 2),
    ("network", "自宅 2", 1, 0x40, 1, f"{WIFI},{WIRE}", 1, 4),
    ("network", "old", 0, 0, 0, WIRE),
    ("network", "会社", 2, 0x400, 1, WIRE),
    ("wlan", WIFI, 1, 1, 1, 9, 4, "喫茶ソ", "profile"),
    ("wlan", WIRE, 4, 1, 0, 9, 4, "x", "x"),
    ("profile", WIFI, "自宅", PROFILE.format("01000000D08C9DDF")),
)


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.com("{DCB00C01-570F-4A9B-8D69-199FDBA5723B}", "networks")
        box.dll("wlanapi")
        yield box


def test_the_networks_in_use_are_told_with_their_adapters_and_the_cost(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ReadNetworks()) == Networks(
        connectivity=0x40,
        cost=2,
        connected=(
            ConnectedNetwork(1, 0x40, (WIFI, WIRE), "自宅 2", internet_v4=1, internet_v6=4),
            ConnectedNetwork(2, 0x400, (WIRE,), "会社"),
        ),
    )
    assert machine.refused == []


def test_a_cost_and_a_name_that_are_not_told_stay_open(machine: Box) -> None:
    machine.answers(*ROWS, ("fails", "GetCost", "0x80004001"), ("fails", "GetName", "0x80004001"))
    found = known(machine, ReadNetworks())
    assert (found.cost, [network.name for network in found.connected]) == (None, [None, None])


def test_networks_that_tell_nothing_of_the_internet_leave_it_open(machine: Box) -> None:
    machine.answers(*ROWS, ("fails", "IPropertyBag", "0x80070005"))
    found = known(machine, ReadNetworks())
    assert {(item.internet_v4, item.internet_v6) for item in found.connected} == {(None, None)}


def test_a_category_that_is_not_told_is_no_answer(machine: Box) -> None:
    machine.answers(*ROWS, ("fails", "INetwork", "0x80070005"))
    assert ask(machine, ReadNetworks()) == [Unknown(Unread.DENIED, "INetworkListManager")]


def test_a_wireless_link_tells_how_it_is_secured(machine: Box) -> None:
    machine.answers(*ROWS)
    link = known(machine, ReadWlanLink(WIFI))
    assert link == WlanLink(auth=9, cipher=4, one_x=True, ssid="喫茶ソ".encode())
    assert machine.refused == []


@pytest.mark.parametrize(
    ("rows", "adapter", "why"),
    [
        (ROWS, WIRE, Unread.MISSING),  # connected to nothing
        (ROWS, "{00000000-0000-0000-0000-000000000001}", Unread.MISSING),
        (((*ROWS, ("fails", "WlanQueryInterface", 5))), WIFI, Unread.DENIED),
        (((*ROWS, ("fails", "WlanOpenHandle", 1062))), WIFI, Unread.MISSING),
    ],
    ids=["disconnected", "no such adapter", "no consent to location", "service stopped"],
)
def test_no_link_is_never_an_open_one(
    machine: Box, rows: tuple[tuple[object, ...], ...], adapter: str, why: Unread
) -> None:
    machine.answers(*rows)
    assert ask(machine, ReadWlanLink(adapter)) == [Unknown(why, "WlanQueryInterface")]


def test_a_profile_comes_without_its_key(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ReadWlanProfile(WIFI, "自宅")) == PROFILE.format("")
    [other] = ask(machine, ReadWlanProfile(WIFI, "other"))
    assert other == Unknown(Unread.MISSING, "WlanGetProfile")
    assert machine.refused == []


NETWORKS, WLAN = "probes.system.windows.networks", "probes.system.windows.wlan"


@pytest.mark.parametrize(
    "slip",
    [
        Slip(
            NETWORKS,
            "GET_NETWORKS, GET_CONNECTIVITY = 7, 13",
            "GET_NETWORKS, GET_CONNECTIVITY = 7, 12",
        ),
        Slip(NETWORKS, "ONLY_CONNECTED = 1", "ONLY_CONNECTED = 3"),
        Slip(NETWORKS, "= 7, 13, 17, 18", "= 7, 13, 18, 17"),
        Slip(NETWORKS, "= 7, 13, 17, 18", "= 9, 13, 17, 18"),
        Slip(NETWORKS, "CONNECTION_ADAPTER = 12", "CONNECTION_ADAPTER = 11"),
        Slip(NETWORKS, "GET_COST = 3", "GET_COST = 4"),
        Slip(NETWORKS, "NEXT = 8", "NEXT = 9"),
        Slip(NETWORKS, "READ_PROPERTY = 3", "READ_PROPERTY = 4"),
        Slip(NETWORKS, '= "NA_InternetConnectivityV4", ', '= "NA_InternetConnectivityV6", '),
        Slip(NETWORKS, "55272a00-42cb-11ce", "55272a01-42cb-11ce"),
    ],
    ids=str,
)
def test_a_slip_in_the_networks_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*ROWS)
    assert notices(machine, slip, ReadNetworks())


@pytest.mark.parametrize(
    "slip",
    [
        Slip(WLAN, '        ("phy_index", wintypes.ULONG),\n', ""),
        Slip(WLAN, '("auth", ctypes.c_int)', '("cipher", ctypes.c_int)'),
        Slip(WLAN, "wintypes.WCHAR * 256", "wintypes.WCHAR * 254"),
        Slip(WLAN, "CURRENT_CONNECTION = 7", "CURRENT_CONNECTION = 6"),
        Slip(WLAN, '("one_x", wintypes.BOOL),', ""),
    ],
    ids=str,
)
def test_a_slip_in_the_wireless_link_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*ROWS)
    assert notices(machine, slip, ReadWlanLink(WIFI))
