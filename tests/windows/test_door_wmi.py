"""ReadWmi, of composed classes and of the ones that Wine has itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.contract.reasons import Unread
from probes.facts import Unknown
from probes.system.windows_questions import ReadWmi
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, ask, known, notices

CENTER = r"root\SecurityCenter2"
PRODUCT = ReadWmi(CENTER, "AntiVirusProduct", ("displayName", "productState", "timestamp", "none"))
ROWS = (
    ("wmi", CENTER),
    ("wmi", CENTER, "FirewallProduct"),
    ("wmi", CENTER, "AntiVirusProduct", 0, "displayName", "string", "ウイルスバスター"),
    ("wmi", CENTER, "AntiVirusProduct", 0, "productState", "uint32", 397568),
    ("wmi", CENTER, "AntiVirusProduct", 0, "timestamp", "datetime", "20261120123456.000000+540"),
    ("wmi", CENTER, "AntiVirusProduct", 1, "displayName", "null", ""),
    ("wmi", CENTER, "AntiVirusProduct", 1, "productState", "uint32", -1),
    ("wmi", CENTER, "Kinds", 0, "flag", "boolean", 1),
    ("wmi", CENTER, "Kinds", 0, "small", "uint8", 255),
    ("wmi", CENTER, "Kinds", 0, "signed", "sint32", -2),
    ("wmi", CENTER, "Kinds", 0, "large", "uint64", "18446744073709551615"),
    ("wmi", CENTER, "Odd", 0, "large", "uint64", "many"),
)


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.com("{4590F811-1D3A-11D0-891F-00AA004B2E24}", "wmi")
        yield box


def test_every_object_tells_the_properties_that_it_has(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, PRODUCT) == (
        {
            "displayName": "ウイルスバスター",
            "productState": 397568,
            "timestamp": "20261120123456.000000+540",
        },
        {"displayName": None, "productState": 0xFFFFFFFF},
    )
    assert machine.refused == []


def test_numbers_are_what_their_cim_type_says(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ReadWmi(CENTER, "Kinds", ("flag", "small", "signed", "large"))) == (
        {"flag": True, "small": 255, "signed": -2, "large": 18446744073709551615},
    )


def test_a_class_without_objects_is_empty_and_an_unknown_one_is_missing(machine: Box) -> None:
    machine.answers(*ROWS)
    assert known(machine, ReadWmi(CENTER, "FirewallProduct", ("displayName",))) == ()
    asked = ReadWmi(CENTER, "NoSuchClass", ("a",)), ReadWmi(r"root\none", "A", ("a",))
    assert [answer.why for answer in ask(machine, *asked) if isinstance(answer, Unknown)] == [
        Unread.MISSING,
        Unread.MISSING,
    ]


def test_a_number_that_is_none_is_garbled(machine: Box) -> None:
    machine.answers(*ROWS)
    [answer] = ask(machine, ReadWmi(CENTER, "Odd", ("large",)))
    assert answer == Unknown(Unread.GARBLED, f"{CENTER}:Odd")


@pytest.mark.parametrize(
    ("where", "code", "why"),
    [
        ("ConnectServer", "0x80041003", Unread.DENIED),
        ("CreateInstanceEnum", "0x80041003", Unread.DENIED),
        ("IEnumWbemClassObject", "0x800106BA", Unread.MISSING),
        ("IEnumWbemClassObject", "0x00040004", Unread.TIMED_OUT),
        ("IEnumWbemClassObject", "0x80041001", Unread.GARBLED),
    ],
)
def test_a_failure_is_never_an_empty_list(machine: Box, where: str, code: str, why: Unread) -> None:
    machine.answers(*ROWS, ("fails", where, code))
    assert ask(machine, PRODUCT) == [Unknown(why, f"{CENTER}:AntiVirusProduct")]


MODULE = "probes.system.windows.wmi"


@pytest.mark.parametrize(
    "slip",
    [
        Slip(MODULE, "CREATE_INSTANCE_ENUM = 18", "CREATE_INSTANCE_ENUM = 19"),
        Slip(MODULE, "CONNECT_SERVER = 3", "CONNECT_SERVER = 4"),
        Slip(MODULE, "NEXT = 4\n", "NEXT = 5\n"),
        Slip(MODULE, "GET = 4\n", "GET = 9\n"),
        Slip(MODULE, "value & 0xFFFFFFFF", "value"),
        Slip(
            "probes.system.windows.com",
            "BSTR, BOOL, VARIANT = 2, 3, 4, 5, 7, 8, 11, 12",
            "BSTR, BOOL, VARIANT = 2, 3, 4, 5, 7, 9, 11, 12",
        ),
        Slip("probes.system.windows.com", "wintypes.WORD * 3", "wintypes.WORD * 7"),
    ],
    ids=str,
)
def test_a_slip_is_noticed(machine: Box, slip: Slip) -> None:
    machine.answers(*ROWS)
    assert notices(machine, slip, PRODUCT)


def test_the_operating_system_tells_of_itself(bed: Path) -> None:
    names = ("BuildNumber", "OperatingSystemSKU", "TotalVirtualMemorySize", "Primary", "none")
    with open_box(bed) as own:
        [system] = known(own, ReadWmi(r"root\cimv2", "Win32_OperatingSystem", names))
    assert system.keys() == set(names) - {"none"}
    assert system["BuildNumber"].isdigit() and system["Primary"] is True
    assert isinstance(system["OperatingSystemSKU"], int)
    assert system["TotalVirtualMemorySize"] > 0
