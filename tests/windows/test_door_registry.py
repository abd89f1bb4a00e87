"""ReadRegistry and ListRegistry, of a registry with composed keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.system.windows_questions import ListRegistry, ReadRegistry, RegistryValue
from tests.windows.bed import Box, open_box
from tests.windows.door import Slip, known, notices

KEYS = """[HKEY_LOCAL_MACHINE\\SOFTWARE\\Composed]
@="the default"
"text"="日本語 ソ表"
"expandable"=hex(2):25,00,41,00,25,00,00,00
"texts"=hex(7):61,00,00,00,62,00,00,00,00,00
"number"=dword:ffffffff
"large"=hex(b):00,80,3e,d5,de,b1,9d,01
"bytes"=hex:00,ff
"no bytes"=hex:

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Composed\\ソフト]

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Composed\\A]

[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Composed]
"text"="for 32-bit programs"

[HKEY_CURRENT_USER\\Software\\Composed]
"text"="of the person"
"""


@pytest.fixture(scope="module")
def machine(bed: Path) -> Iterator[Box]:
    with open_box(bed) as box:
        box.reg(KEYS)
        yield box


def test_every_kind_of_value_is_read_as_it_is(machine: Box) -> None:
    assert known(machine, ReadRegistry("HKLM", r"SOFTWARE\Composed")) == {
        "": RegistryValue(1, "the default"),
        "text": RegistryValue(1, "日本語 ソ表"),
        "expandable": RegistryValue(2, "%A%"),
        "texts": RegistryValue(7, ("a", "b")),
        "number": RegistryValue(4, 0xFFFFFFFF),
        "large": RegistryValue(11, 0x019DB1DED53E8000),
        "bytes": RegistryValue(3, b"\x00\xff"),
        "no bytes": RegistryValue(3, b""),
    }


def test_the_32_bit_view_and_the_persons_own_keys_are_others(machine: Box) -> None:
    seen_by_32_bit = known(machine, ReadRegistry("HKLM", r"SOFTWARE\Composed", 32))
    assert seen_by_32_bit == {"text": RegistryValue(1, "for 32-bit programs")}
    own = known(machine, ReadRegistry("HKCU", r"Software\Composed"))
    assert own == {"text": RegistryValue(1, "of the person")}


def test_subkeys_are_listed_by_name(machine: Box) -> None:
    assert known(machine, ListRegistry("HKLM", r"SOFTWARE\Composed")) == ("A", "ソフト")


@pytest.mark.parametrize(
    "slip",
    [
        Slip("probes.system.windows.registry", "32: winreg.KEY_WOW64_32KEY", "32: 0"),
        Slip("probes.system.windows.registry", "QueryInfoKey(key)[1]", "QueryInfoKey(key)[0]"),
    ],
    ids=str,
)
def test_a_slip_is_noticed(machine: Box, slip: Slip) -> None:
    assert notices(machine, slip, ReadRegistry("HKLM", r"SOFTWARE\Composed", 32))


HALF_PAIRS = r"""
import winreg

access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY
with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, "Software\\Halves\\a\ud800", 0, access):
    pass
with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, "Software\\Halves", 0, access) as key:
    winreg.SetValueEx(key, "b\udc00", 0, winreg.REG_SZ, "ソ\ud800能")
    winreg.SetValueEx(key, "c", 0, winreg.REG_MULTI_SZ, ["表\udc00", "予"])
"""


def test_half_a_surrogate_pair_leaves_an_answer_that_can_be_written_down(box: Box) -> None:
    assert box.python("-c", HALF_PAIRS).code == 0
    key = r"Software\Halves"
    assert known(box, ListRegistry("HKCU", key)) == ("a\ufffd",)
    assert known(box, ReadRegistry("HKCU", key)) == {
        "b\ufffd": RegistryValue(1, "ソ\ufffd能"),
        "c": RegistryValue(7, ("表\ufffd", "予")),
    }
