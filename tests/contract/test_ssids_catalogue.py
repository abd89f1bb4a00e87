"""The catalogue of public Wi-Fi names: hints, matched as plain text."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.ssids import Match, NetworkKind, PublicNetwork, Ssids
from precheck.contract.errors import BadCatalogue

OWN = Catalogues().ssids


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0000docomo", NetworkKind.PUBLIC_SHARED_KEY),
        ("0001docomo", NetworkKind.PUBLIC_8021X),
        ("7SPOT", NetworkKind.ENDED),
        ("00000JAPAN", NetworkKind.DISASTER),
        ("at_STARBUCKS_Wi2", NetworkKind.PUBLIC_OPEN),
        (".Wi2_Free_at_somewhere", NetworkKind.PUBLIC_OPEN),
        ("Chofu_Free_Wi-Fi_Plus01", NetworkKind.PUBLIC_OPEN),
        ("au_Wi-Fi2", NetworkKind.PUBLIC_8021X),
        ("au_Wi-Fi3", NetworkKind.PUBLIC_SHARED_KEY),
    ],
)
def test_a_known_public_name_has_its_kind(name: str, kind: NetworkKind) -> None:
    assert OWN.kind_of(name) is kind
    assert OWN.kind_of(name.swapcase()) is kind


@pytest.mark.parametrize(
    "name",
    ["", "OpenSpace", "aterm-1a2b3c-g", "Buffalo-A-1234", "freedom", "AEON7", "自宅", "7SPO"],
)
def test_another_name_is_not_on_the_list(name: str) -> None:
    assert OWN.kind_of(name) is None


def test_a_whole_name_counts_before_a_pattern_that_stands_earlier() -> None:
    pattern = PublicNetwork(
        name="cafe", match=Match.PREFIX, kind=NetworkKind.PUBLIC_OPEN, operator="composed"
    )
    whole = PublicNetwork(name="cafe-staff", kind=NetworkKind.PUBLIC_8021X, operator="composed")
    catalogue = Ssids(as_of=OWN.as_of, networks=(pattern, whole))
    assert catalogue.kind_of("cafe-staff") is NetworkKind.PUBLIC_8021X
    assert catalogue.kind_of("cafe-guest") is NetworkKind.PUBLIC_OPEN


def test_what_looks_like_a_regular_expression_is_plain_text() -> None:
    pattern = PublicNetwork(
        name="(a+)+$", match=Match.ANYWHERE, kind=NetworkKind.PUBLIC_OPEN, operator="composed"
    )
    assert not pattern.fits("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    assert pattern.fits("x(a+)+$x")


def test_no_name_stands_twice() -> None:
    entries = [(network.name.casefold(), network.match) for network in OWN.networks]
    assert len(entries) == len(set(entries))


@pytest.mark.parametrize(
    "broken",
    [
        b"{}",
        b'{"as_of":"2027-01-01","networks":[{"name":"Wi","kind":"ended","operator":"-"}]}',
        b'{"as_of":"2027-01-01","networks":[{"name":"Cafe","kind":"safe","operator":"-"}]}',
        b'{"as_of":"2027-01-01","networks":[{"name":"Cafe","kind":"ended","operator":"-",'
        b'"match":"regex"}]}',
        b'{"as_of":"2027-01-01","networks":[],"more":1}',
    ],
)
def test_a_refreshed_copy_that_breaks_the_schema_is_refused(broken: bytes) -> None:
    with pytest.raises(BadCatalogue):
        _ = Catalogues({"ssids": broken}).ssids


def test_a_newer_copy_from_the_endpoint_stands_in_and_an_older_one_does_not() -> None:
    newer = Ssids(as_of=OWN.as_of.replace(year=OWN.as_of.year + 1), networks=())
    older = Ssids(as_of=OWN.as_of.replace(year=OWN.as_of.year - 1), networks=())
    assert Catalogues({"ssids": msgspec.json.encode(newer)}).ssids == newer
    assert Catalogues({"ssids": msgspec.json.encode(older)}).ssids == OWN


@given(st.text(max_size=40))
def test_any_name_has_one_kind_or_none(name: str) -> None:
    kind = OWN.kind_of(name)
    assert (kind is None) is not any(network.fits(name) for network in OWN.networks)
