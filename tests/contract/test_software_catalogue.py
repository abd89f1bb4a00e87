"""The software catalogue: whole names, each of one product, and a second sign for weak ones."""

import json
from collections import Counter
from importlib.resources import files

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.software import Kind, Product
from precheck.contract.errors import BadCatalogue
from precheck.contract.policy import App

SOFTWARE = Catalogues().software
RAW = (files("precheck.contract.catalogues") / "software.json").read_text("utf-8")


def product(label: str) -> Product:
    return next(item for item in SOFTWARE.products if item.label == label)


def windows_names(item: Product) -> set[str]:
    return {name.lower() for name in (*item.windows.exe, *item.windows.sessions)}


def test_every_kind_is_there_and_the_products_that_the_terms_name() -> None:
    assert {item.kind for item in SOFTWARE.products} == set(Kind)
    assert product("Winny").kind is product("Share").kind is Kind.FILE_SHARING
    assert product("Zoom").app is App.ZOOM


def test_no_name_belongs_to_two_products() -> None:
    names = Counter(
        name
        for item in SOFTWARE.products
        for name in (
            *windows_names(item),
            *{f"linux {name}" for name in (*item.linux.processes, *item.linux.sessions)},
            *{f"package {name}" for name in item.linux.packages},
            *{f"desktop {name}" for name in item.linux.desktops},
            *{f"bundle {name}" for name in item.macos.bundle_ids},
        )
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("name", ["rufus.exe", "thunderbird.exe", "explorer.exe", "pd.exe"])
def test_what_is_no_file_sharing_software_is_not_listed(name: str) -> None:
    assert not any(name in windows_names(item) for item in SOFTWARE.products)


@pytest.mark.parametrize("name", ["Share.exe", "Action.exe", "Ares.exe", "Thunder.exe"])
def test_a_name_that_other_programs_use_too_is_weak_and_its_product_has_folders(name: str) -> None:
    (owner,) = (item for item in SOFTWARE.products if name in item.windows.exe)
    assert name in owner.windows.weak
    assert owner.folders


@pytest.mark.parametrize("name", ["obs", "peek", "fragments", "nicotine", "deluge", "freenet"])
def test_a_common_word_is_a_weak_name_on_linux(name: str) -> None:
    (owner,) = (item for item in SOFTWARE.products if name in item.linux.processes)
    assert name in owner.linux.weak


def test_every_weak_name_can_have_a_second_sign() -> None:
    for item in SOFTWARE.products:
        if item.windows.weak:
            assert item.folders or item.linux.packages, item.label
        if item.linux.weak:
            assert item.linux.packages or item.folders, item.label


def test_winny_is_known_by_three_of_its_files() -> None:
    winny = product("Winny").windows
    assert winny.markers_needed == 3
    assert {"Noderef.txt", "UpFolder.txt", "Winny.ini"} <= set(winny.markers)


def test_the_file_has_one_product_a_line() -> None:
    lines = [line for line in RAW.splitlines() if line.lstrip().startswith('{"label"')]
    assert len(lines) == len(SOFTWARE.products)


def refused(**change: object) -> str:
    entry = {"label": "X", "kind": "recorder", "windows": {"exe": ["x.exe"]}, **change}
    newer = json.dumps({"as_of": "2030-01-01", "products": [entry]}).encode()
    with pytest.raises(BadCatalogue) as error:
        _ = Catalogues({"software": newer}).software
    return str(error.value)


def test_a_refreshed_catalogue_that_keeps_to_the_schema_is_taken() -> None:
    entry = {"label": "X", "kind": "recorder", "windows": {"exe": ["x.exe"]}}
    newer = json.dumps({"as_of": "2030-01-01", "products": [entry]}).encode()
    assert [item.label for item in Catalogues({"software": newer}).software.products] == ["X"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"windows": {"exe": ["*.exe"]}}, "whole name"),
        ({"windows": {"exe": ["a/x.exe"]}}, "whole name"),
        ({"windows": {"exe": [""]}}, "whole name"),
        ({"windows": {"exe": ["x.exe"], "weak": ["y.exe"]}}, "weak"),
        ({"windows": {"exe": ["x.exe"], "markers": ["a", "b"]}}, "markers_needed"),
        ({"linux": {"leftovers": [".config/x"]}}, "whole paths"),
        ({"windows": {}}, "nothing to know it by"),
        ({"app": "zoom"}, "meeting app"),
        ({"bittorrent": True}, "file sharing"),
        ({"kind": "spyware"}, "spyware"),
        ({"processes": ["x"]}, "unknown field"),
    ],
)
def test_a_refreshed_catalogue_that_breaks_the_schema_is_refused(change, says: str) -> None:
    assert says in refused(**change)
