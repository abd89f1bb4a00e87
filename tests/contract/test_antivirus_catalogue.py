"""The antivirus catalogue: strict, dated, and asked by whole names."""

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import CATALOGUES, Catalogues
from precheck.contract.catalogues.antivirus import Edition, Kind
from precheck.contract.errors import BadCatalogue

SHIPPED = (files("precheck.contract.catalogues") / "antivirus.json").read_text("utf-8")


def changed(**fields: Any) -> bytes:
    """The shipped catalogue, a day newer, with fields of its first product changed."""
    content = json.loads(SHIPPED)
    content["as_of"] = "2099-01-01"
    content["products"][0] |= fields
    return json.dumps(content).encode()


def test_it_is_among_the_catalogues() -> None:
    assert "antivirus" in CATALOGUES
    assert Catalogues().antivirus.products


def test_it_lists_one_product_per_line() -> None:
    lines = [line for line in SHIPPED.splitlines() if line.startswith("  {")]
    assert len(lines) == len(Catalogues().antivirus.products)


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("Windows Defender", "microsoft_defender"),
        ("windows defender", "microsoft_defender"),
        ("ウイルスバスター クラウド", "virusbuster_cloud"),
        ("ｳｲﾙｽﾊﾞｽﾀｰ ｸﾗｳﾄﾞ", "virusbuster_cloud"),
        ("Norton 360", "norton"),
        ("KINGSOFT Internet Security", "kingsoft"),
        ("セキュリティ対策ツール", "provider_rebrand"),
    ],
)
def test_a_product_is_known_by_its_whole_name(name: str, product: str) -> None:
    known = Catalogues().antivirus.by_windows_name(name)
    assert known is not None
    assert known.id == product


@pytest.mark.parametrize(
    "name", ["", "Windows", "Windows Defender Offline", "Not Norton 360", "ウイルスバスター", "G"]
)
def test_a_part_of_a_name_or_more_than_it_is_another_product(name: str) -> None:
    assert Catalogues().antivirus.by_windows_name(name) is None


@given(st.text())
def test_any_text_may_be_asked_for(name: str) -> None:
    known = Catalogues().antivirus.by_windows_name(name)
    assert known is None or known.windows is not None


def test_every_kind_of_product_is_there_and_only_clamav_is_free_on_linux() -> None:
    catalogue = Catalogues().antivirus
    assert {item.kind for item in catalogue.products} == set(Kind)
    for product, signs in catalogue.for_linux():
        edition = signs.edition or product.edition
        assert edition is (Edition.FREE if product.kind is Kind.CLAMAV else Edition.PAID)


def test_every_product_shows_itself_somewhere() -> None:
    for item in Catalogues().antivirus.products:
        assert item.windows or item.macos or item.linux, item.id


def test_a_weak_name_has_a_place_to_be_looked_for() -> None:
    for product, signs in Catalogues().antivirus.for_linux():
        assert signs.paths or not signs.weak_processes, product.id


def test_one_that_works_without_definitions_says_so_openly() -> None:
    without = {item.id for item in Catalogues().antivirus.products if not item.definitions}
    assert {"crowdstrike", "sentinelone"} <= without
    assert not without & {"microsoft_defender", "clamav", "eset", "virusbuster_cloud"}


def test_a_newer_copy_of_the_same_schema_stands_in() -> None:
    newer = Catalogues({"antivirus": changed(label="新しい名前")}).antivirus
    assert newer.products[0].label == "新しい名前"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "best"},
        {"edition": "cheap"},
        {"id": "Two Words"},
        {"label": ""},
        {"score": 5},
        {"linux": {"processes": "clamd"}},
        {"windows": {"names": [""]}},
        {"id": "norton"},
        {"windows": {"names": ["norton 360"]}},
        {"windows": {"names": ["Same", "SAME"]}},
    ],
)
def test_a_copy_that_breaks_the_schema_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadCatalogue, match="antivirus"):
        _ = Catalogues({"antivirus": changed(**fields)}).antivirus
