"""The Windows test bed itself: a real Python for Windows, machines that share nothing, and fixtures
that answer a caller by the published layouts and notice one that is wrong."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.windows import rows
from tests.windows.bed import CLASSES, Box, as_windows, open_box

CLIENT = as_windows(Path(__file__).with_name("bare_client.py"))
HARD_TO_WRITE = "ソ 表 予 能"
"""Characters whose second byte in Japanese Windows' own encoding is a backslash."""

DENIED = {"error": "0x80070005"}

CATEGORY = "0fa1201d-4330-4fa8-8ae9-b877473b6441"
A_DAY = 1_795_046_400.0
AS_DATE = A_DAY / 86400 + 25569

SECURITY_CENTER = (
    rows.health(4, 0),
    rows.product(1, "ファイアウォール"),
    rows.product(4, HARD_TO_WRITE, state=3, signature=0, update=3),
    rows.product(4, "古い製品", state=1, guid="{1}", newest_interface=1),
)
FIREWALL = (
    rows.firewall(6),
    rows.firewall_profile(1),
    rows.firewall_profile(2, block_all=True),
    rows.firewall_profile(4, enabled=False, inbound=1),
    rows.firewall_product(HARD_TO_WRITE, 2),
)
UPDATES = (
    rows.search(),
    rows.update(CATEGORY, severity="Critical", browse_only=True, changed=A_DAY),
    rows.history("2026-11 更新プログラム", A_DAY),
    rows.restart(True),
    rows.automatic(4, last_search=A_DAY),
)
NETWORKS = (
    rows.machine(0x40, 2),
    rows.network("切断", 1, connected=False),
    rows.network(HARD_TO_WRITE, 2),
)
WMI = tuple(
    rows.wmi(
        "root\\SecurityCenter2",
        "AntiVirusProduct",
        {"displayName": ("string", HARD_TO_WRITE), "productState": ("uint32", 266256)},
    )
)


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    """One machine with all fixtures, for tests that only state what these answer."""
    with open_box(bed) as box:
        box.dll("wscapi")
        box.dll("wlanapi")
        box.serve(*CLASSES)
        yield box


def ask(box: Box, reader: str, changes: dict[str, int] | None = None) -> Any:
    return box.python(CLIENT, reader, json.dumps(changes or {})).answer


def test_python_is_the_one_for_64_bit_windows(box: Box) -> None:
    code = (
        "import json, struct, sys; print(json.dumps("
        "[sys.platform, sys.version_info[:2], struct.calcsize('P'), sys.getwindowsversion()[0]]))"
    )
    assert box.python("-c", code).answer == ["win32", [3, 11], 8, 10]


def test_the_project_and_what_it_stands_on_are_there(box: Box) -> None:
    code = (
        "import msgspec, psutil, pytest, hypothesis, requests, rich, truststore\n"
        "import json, precheck.contract, probes.system\n"
        "print(json.dumps(precheck.contract.__file__ or list(precheck.contract.__path__)[0]))"
    )
    here = as_windows(Path(__file__).parents[2] / "precheck" / "contract")
    assert box.python("-c", code).answer.startswith(here)


def test_a_program_says_how_it_ended(box: Box) -> None:
    ran = box.python("-c", "import sys; print('out'); sys.stderr.write('err'); sys.exit(3)")
    assert (ran.code, ran.out, ran.err) == (3, b"out\r\n", b"err")


def test_the_registry_keeps_japanese_names(box: Box) -> None:
    box.reg(
        f'[HKEY_CURRENT_USER\\Software\\{HARD_TO_WRITE}]\n"{HARD_TO_WRITE}"="値 {HARD_TO_WRITE}"\n'
    )
    code = (
        "import json, winreg\n"
        f"key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, 'Software\\\\{HARD_TO_WRITE}')\n"
        "print(json.dumps(winreg.EnumValue(key, 0)))"
    )
    assert box.python("-c", code).answer == [HARD_TO_WRITE, f"値 {HARD_TO_WRITE}", 1]


def test_two_machines_share_nothing(bed: Path) -> None:
    code = (
        "import json, os, winreg\n"
        "try: told = winreg.QueryValue(winreg.HKEY_CURRENT_USER, 'Software\\\\Told')\n"
        "except FileNotFoundError: told = None\n"
        "print(json.dumps([told, os.path.exists('C:\\\\windows\\\\system32\\\\wscapi.dll')]))"
    )
    with open_box(bed) as one, open_box(bed) as other:
        one.reg('[HKEY_CURRENT_USER\\Software\\Told]\n@="one"\n')
        one.dll("wscapi")
        other.reg('[HKEY_CURRENT_USER\\Software\\Told]\n@="other"\n')
        assert one.python("-c", code).answer == ["one", True]
        assert other.python("-c", code).answer == ["other", False]
    with open_box(bed) as later:
        assert later.python("-c", code).answer == [None, False]


SLEEPS = "import time; print('runs'); time.sleep(600)"


def test_a_machine_is_gone_with_what_ran_in_it(bed: Path) -> None:
    with open_box(bed) as box:
        quiet = subprocess.DEVNULL
        sleeper = subprocess.Popen(
            ["wine", bed / "python" / "python.exe", "-uc", SLEEPS],
            env=box.environment(),
            stdin=quiet,
            stdout=subprocess.PIPE,
            stderr=quiet,
        )
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline().strip() == b"runs"
    with sleeper.stdout:
        sleeper.wait(30)
    assert not box.folder.exists()


def test_security_center_answers(machine: Box) -> None:
    machine.answers(*SECURITY_CENTER)
    assert ask(machine, "security_center") == {
        "health": [0, 0],
        "products": [
            [HARD_TO_WRITE, 3, 0, "{D68DDC3A-831F-4FAE-9E44-DA132C1ACF46}", 3],
            ["古い製品", 1, 1, "{1}", "no IWscProduct2"],
        ],
    }
    assert machine.refused == []


def test_a_stopped_security_center_says_so(machine: Box) -> None:
    machine.answers(rows.fails("WSCProductList", 0x80070422))
    assert ask(machine, "security_center") == {"error": "0x80070422"}
    machine.answers()
    assert ask(machine, "security_center") == {"health": [1, 2], "products": []}


def test_the_firewall_answers(machine: Box) -> None:
    machine.answers(*FIREWALL)
    assert ask(machine, "firewall") == {
        "current": 6,
        "profiles": [[-1, 0, 0], [-1, -1, 0], [0, 0, 1]],
        "products": [HARD_TO_WRITE],
    }
    assert machine.refused == []


def test_a_change_is_refused_and_remembered(machine: Box) -> None:
    machine.answers(*FIREWALL)
    assert ask(machine, "switch_firewall_off") == DENIED
    assert machine.refused == ["INetFwPolicy2[9]"]


def test_windows_update_answers(machine: Box) -> None:
    machine.answers(*UPDATES)
    assert ask(machine, "updates") == {
        "result": 2,
        "waiting": [[CATEGORY, "Critical", AS_DATE, -1]],
        "last": [1, AS_DATE, "2026-11 更新プログラム"],
        "restart": -1,
        "level": 4,
        "searched": AS_DATE,
    }
    assert machine.refused == []


def test_a_search_that_would_go_online_is_refused(machine: Box) -> None:
    machine.answers(*UPDATES)
    assert ask(machine, "search_online") == DENIED
    assert machine.refused == ["IUpdateSearcher, online[19]"]


def test_the_network_list_answers(machine: Box) -> None:
    machine.answers(*NETWORKS)
    assert ask(machine, "networks") == {
        "cost": 2,
        "connectivity": 0x40,
        "name": HARD_TO_WRITE,
        "category": 2,
        "adapter": "443322116655887799aabbccddeeff00",
    }
    assert machine.refused == []


def test_wmi_answers(machine: Box) -> None:
    machine.answers(*WMI)
    assert ask(machine, "wmi") == {"displayName": HARD_TO_WRITE, "productState": 266256}
    assert machine.refused == []


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ((), "0x8004100e"),
        ((("wmi", "root\\SecurityCenter2"),), "0x80041010"),
        (
            rows.wmi("root\\SecurityCenter2", "AntiVirusProduct", {"other": ("null", "")}),
            "0x80041017",
        ),
        ((*WMI, rows.fails("ConnectServer", 0x80041003)), "0x80041003"),
    ],
    ids=["no namespace", "no class", "no such property", "denied"],
)
def test_wmi_says_what_is_not_there(machine: Box, stated: Any, code: str) -> None:
    machine.answers(*stated)
    assert ask(machine, "wmi") == {"error": code}


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ([rows.OPEN], {"links": [[604, 1, 0, 0]]}),
        ([rows.WEP], {"links": [[604, 2, 0x101, 0]]}),
        ([rows.WPA2], {"links": [[604, 7, 4, 0]]}),
        ([rows.WPA3], {"links": [[604, 9, 4, 0]]}),
        ([rows.OWE], {"links": [[604, 10, 4, 0]]}),
        ([rows.wlan(6, 4, one_x=True)], {"links": [[604, 6, 4, 1]]}),
        ([rows.DISCONNECTED], {"links": [5023]}),
        ([], {"links": []}),
        ([rows.fails("WlanOpenHandle", 1062)], {"open": 1062}),
        ([rows.WPA2, rows.fails("WlanQueryInterface", 5)], {"links": [5]}),
    ],
    ids=[
        "open",
        "WEP",
        "WPA2",
        "WPA3",
        "OWE",
        "802.1X",
        "disconnected",
        "none",
        "stopped",
        "denied",
    ],
)
def test_wifi_answers(machine: Box, stated: list[rows.Row], read: Any) -> None:
    machine.answers(*stated)
    assert ask(machine, "wlan") == read


@pytest.mark.parametrize(
    ("reader", "changes"),
    [
        ("security_center", {"Product.State": 9}),
        ("security_center", {"Product2.Update": 15}),
        ("firewall", {"Policy.Inbound": 21}),
        ("firewall", {"Policy.Enabled": 12}),
        ("updates", {"Searcher.Search": 20}),
        ("updates", {"Update3.BrowseOnly": 52}),
        ("networks", {"Network.Category": 17}),
        ("networks", {"Connection.Adapter": 11}),
        ("wmi", {"Services.Query": 18}),
        ("wmi", {"Object.Get": 5}),
        ("wlan", {"phy_index": 0}),
        ("wlan", {"one_x": 0}),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_caller_with_a_wrong_layout_reads_something_else(
    machine: Box, reader: str, changes: dict[str, int]
) -> None:
    machine.answers(*SECURITY_CENTER, *FIREWALL, *UPDATES, *NETWORKS, *WMI, rows.WPA2)
    right = ask(machine, reader)
    assert "error" not in right
    ran = machine.python(CLIENT, reader, json.dumps(changes))
    assert ran.code != 0 or json.loads(ran.out) != right
