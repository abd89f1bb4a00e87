"""Names of software: which parts of a name only say which version it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues.names import without_version


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("ESET NOD32 Antivirus 9.0.386.0", "ESET NOD32 Antivirus"),
        ("7-Zip 24.08 (x64)", "7-Zip"),
        ("Mozilla Firefox (x64 ja)", "Mozilla Firefox"),
        ("Zoom Workplace (64-bit)", "Zoom Workplace"),
        ("Zoom(64bit)", "Zoom"),
        ("BitComet v2.05", "BitComet"),
        ("Nicotine+ 3.3.0 rc2", "Nicotine+"),
        ("TeleOffice 3.11.002", "TeleOffice"),
    ],
)
def test_a_version_at_the_end_is_no_part_of_the_name(name: str, plain: str) -> None:
    assert without_version(name) == plain


@pytest.mark.parametrize(
    "name",
    [
        "Norton 360",
        "ノートン 360",
        "Windows 11",
        "1.2.3",
        "4.5 Player",
        "Share(仮称)",
        "常時安全セキュリティ24",
        "Kaspersky 21.3 for Business",
        "",
    ],
)
def test_anything_else_is(name: str) -> None:
    assert without_version(name) == name


@given(st.text(max_size=40))
def test_any_name_keeps_its_beginning(name: str) -> None:
    plain = without_version(name)
    assert name.strip().startswith(plain)
    assert without_version(plain) == plain
