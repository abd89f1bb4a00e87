"""os_support on macOS: the version file against the lifecycle.

Version files are composed, with builds that Apple has released where a build matters.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.finding import Finding
from precheck.contract.reasons import OsSupport, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.check import Context
from probes.macos_version import (
    REAL_VERSION,
    RESPONSE,
    VERSION,
    MacVersion,
    numbers_of,
    response_of,
    version_of,
)
from probes.os_support import os_support
from tests.machines import NOON, composed, context
from tests.probes.macos import mac, plist, system_version


def found(answers: Any, asked: Context | None = None) -> Finding:
    return os_support.run(composed(answers, OsFamily.MACOS), asked or context())


@pytest.mark.parametrize(
    ("version", "reason", "verdict"),
    [
        ("10.12.6", OsSupport.ENDED, Verdict.FAIL),
        ("10.15.7", OsSupport.ENDED, Verdict.FAIL),
        ("11.7.11", OsSupport.ENDED, Verdict.FAIL),
        ("13.7.8", OsSupport.ENDED, Verdict.FAIL),
        ("14.8.9", OsSupport.ENDED, Verdict.FAIL),
        ("15.7", OsSupport.SUPPORTED, Verdict.PASS),
        ("15.8.1", OsSupport.SUPPORTED, Verdict.PASS),
        ("26.7.1", OsSupport.SUPPORTED, Verdict.PASS),
        ("27.0", OsSupport.SUPPORTED, Verdict.PASS),
        ("27.1", OsSupport.SUPPORTED, Verdict.PASS),
        ("28.0", OsSupport.NEWER_THAN_DATA, Verdict.UNKNOWN),
        ("100.0", OsSupport.NEWER_THAN_DATA, Verdict.UNKNOWN),
    ],
)
def test_the_three_newest_releases_are_supported(
    version: str, reason: OsSupport, verdict: Verdict
) -> None:
    finding = found(mac(version))
    assert (finding.reason, finding.verdict) == (reason, verdict)


def test_the_version_is_named() -> None:
    assert found(mac("26.7.1")).evidence["name"] == "macOS 26.7.1"


def test_a_version_for_testers_is_neither_supported_nor_ended() -> None:
    assert found(mac("27.1", "26B5045f")).reason == OsSupport.PRERELEASE
    assert found(mac("13.7", "22H5080a")).reason == OsSupport.PRERELEASE
    # The last update of 10.13 has a number from 14000, and no small letter.
    assert found(mac("10.13.6", "17G14042")).reason == OsSupport.ENDED


@pytest.mark.parametrize("stand_in", ["10.16", "16.0", "16.7"])
def test_a_version_that_stands_in_for_newer_ones_is_not_believed(stand_in: str) -> None:
    real = {**mac("15.8.1"), VERSION: system_version(stand_in, "24H32")}
    assert found(real).evidence["name"] == "macOS 15.8.1"
    only = {VERSION: system_version(stand_in, "24H32")}
    assert found(only).reason == Unread.GARBLED


def test_the_second_file_speaks_where_the_first_does_not() -> None:
    for broken in (Unread.MISSING, Unread.DENIED, b"", b"bplist00"):
        assert found({**mac("15.8.1"), REAL_VERSION: broken}).reason == OsSupport.SUPPORTED


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Unread.MISSING, Unread.MISSING),
        (Unread.DENIED, Unread.DENIED),
        (Unread.TIMED_OUT, Unread.TIMED_OUT),
        (b"", Unread.GARBLED),
        (system_version("15.8.1")[:200], Unread.GARBLED),
        (system_version("十五"), Unread.GARBLED),
        (system_version("15.8.1", build="二四"), Unread.GARBLED),
        (system_version("17.0", ProductName="iPhone OS"), Unread.GARBLED),
        (plist(["15.8.1"]), Unread.GARBLED),
        (plist({"ProductName": "macOS", "ProductVersion": 15}), Unread.GARBLED),
    ],
)
def test_what_cannot_be_read_is_unknown(answer: Any, reason: Unread) -> None:
    finding = found({REAL_VERSION: answer, VERSION: answer})
    assert (finding.reason, finding.verdict) == (reason, Verdict.UNKNOWN)


def test_binary_files_are_read_too() -> None:
    raw = plist(
        {"ProductName": "macOS", "ProductVersion": "15.8.1", "ProductBuildVersion": "24H32"}, True
    )
    assert found({REAL_VERSION: raw}).reason == OsSupport.SUPPORTED


def test_a_security_response_is_named_with_its_letter() -> None:
    # 13.4.1 (c), build 22F770820d, came out in July 2023 (Apple 106361).
    answers = {
        **mac("13.4.1", "22F82"),
        RESPONSE: system_version("13.4.1", "22F770820d", ProductVersionExtra="(c)"),
    }
    assert found(answers).evidence["name"] == "macOS 13.4.1 (c)"


def test_a_response_for_another_version_is_not_named() -> None:
    response = system_version("26.3.1", "25D771280a", ProductVersionExtra="(a)")
    assert found({**mac("26.7.1"), RESPONSE: response}).evidence["name"] == "macOS 26.7.1"


def test_old_data_cannot_tell_of_a_release_that_was_expected_to_end_since() -> None:
    now = datetime(2027, 9, 20, 3, tzinfo=UTC)
    old = Catalogues()
    assert old.lifecycle.as_of < date(2027, 5, 1)
    fresh = msgspec.structs.replace(old.lifecycle, as_of=date(2027, 9, 18))
    refreshed = Catalogues({"lifecycle": msgspec.json.encode(fresh)})

    def reason(version: str, catalogues: Catalogues) -> str:
        return found(mac(version), Context(context().policy, now, catalogues)).reason

    assert reason("15.8.1", old) == OsSupport.DATA_TOO_OLD
    assert reason("26.7.1", old) == OsSupport.SUPPORTED_OLD_DATA
    assert reason("15.8.1", refreshed) == OsSupport.SUPPORTED


def test_a_clock_that_cannot_be_right_tells_nothing() -> None:
    early = context(NOON - timedelta(days=400))
    assert found(mac("15.8.1"), early).reason == Unread.CLOCK


def test_versions_are_compared_as_numbers() -> None:
    versions = ["10.15.7", "11", "11.7.10", "15.7.9", "15.7.10", "26.0", "26.0.1", "27"]
    numbers = [numbers_of(version) for version in versions]
    assert None not in numbers
    assert sorted(numbers, key=lambda item: item or ()) == numbers
    assert numbers_of("27.0.0") == numbers_of("27") == (27,)


BASE = MacVersion((15, 8, 1), ("24H32",))
TEXTS = st.text(max_size=12) | st.sampled_from(["15.8.1", "24H32", "(a)", "macOS", "２６", "٣"])


@given(st.binary(max_size=60) | TEXTS.map(str.encode))
def test_garbage_is_no_version(raw: bytes) -> None:
    assert version_of(raw) is None
    assert response_of(raw, BASE) is None
    assert found({REAL_VERSION: raw, VERSION: raw}).verdict is Verdict.UNKNOWN


@given(TEXTS, TEXTS, TEXTS)
def test_odd_texts_are_a_version_of_ascii_numbers_or_none(
    name: str, version: str, build: str
) -> None:
    clean = {
        key: "".join(letter for letter in value if letter.isprintable())
        for key, value in (
            ("ProductName", name),
            ("ProductVersion", version),
            ("ProductBuildVersion", build),
        )
    }
    told = version_of(plist(clean, binary=True))
    assert told is None or (clean["ProductName"].strip(), told) == ("macOS", BASE)
