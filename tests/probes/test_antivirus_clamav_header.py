"""antivirus: the age of ClamAV's definitions is the build time in the database's header."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.antivirus.clamav import HEADER_SIZE, parse_build_time

# The header of daily.cvd 25784 as it was distributed on 16 April 2020.
DISTRIBUTED = (
    b"ClamAV-VDB:16 Apr 2020 07-58 -0400:25784:2267600:63:92baacd59fd26e6bcf03077add78d209:"
    b"4Jp9JtGJY6nUk8JHDQQpQeBwlfXqskvhXL+vesDNqAeWCmjbudU+Hy/Nj4/BH2vl70c/R5B/VYY+eqqCQo6o7VGL"
    b"qLJr/E+19gejqMp/iRcuHrtnLw6V/x3UjO3/qYVSlcJvAjtMI7FK32wjB+Sp8kaS/ZbfaFQp6trRQhisjqf:"
    b"raynman:1587038339"
)
# What `sigtool --build --unsigned` of ClamAV 1.4.6 wrote for a database of one signature.
BUILT = (
    b"ClamAV-VDB:21 Nov 2026 01-07 +0000:27810:1:216:63c64dedaaeb634ef3a8cf430d102282:"
    b"X:1:1795223232"
)


def padded(header: bytes) -> bytes:
    return header.ljust(HEADER_SIZE)


@pytest.mark.parametrize(
    ("header", "built"),
    [
        (DISTRIBUTED, datetime(2020, 4, 16, 11, 58, 59, tzinfo=UTC)),
        (BUILT, datetime(2026, 11, 21, 1, 7, 12, tzinfo=UTC)),
    ],
)
def test_a_real_header_gives_its_build_time(header: bytes, built: datetime) -> None:
    assert parse_build_time(padded(header)) == built


def test_what_follows_the_header_does_not_matter() -> None:
    assert parse_build_time(padded(BUILT) + b"\x1f\x8b") == parse_build_time(padded(BUILT))


def test_a_database_updated_in_place_has_no_checksum_and_no_signature() -> None:
    in_place = BUILT.replace(b"63c64dedaaeb634ef3a8cf430d102282", b"X")
    assert parse_build_time(padded(in_place)) == parse_build_time(padded(BUILT))


def test_a_truncated_file_is_no_database() -> None:
    assert parse_build_time(BUILT) is None
    assert parse_build_time(padded(DISTRIBUTED)[: HEADER_SIZE - 1]) is None


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"ClamAV-VDB", b"ClamAV-Diff"),
        (b"Nov", b"Nev"),
        (b"Nov", "11月".encode()),
        (b"21 Nov", b"31 Nov"),
        (b"01-07", b"01:07"),
        (b"01-07", b"25-07"),
        (b"+0000", b"+9999"),
        (b"+0000", b"JST"),
        (b":1795223232", b""),
        (b":1795223232", b":99999999999"),
        (b"1795223232", b"1795223232:more"),
    ],
)
def test_a_header_in_another_form_tells_no_time(part: bytes, other: bytes) -> None:
    assert parse_build_time(padded(BUILT)) is not None
    assert parse_build_time(padded(BUILT.replace(part, other))) is None


def test_two_times_that_contradict_each_other_tell_no_time() -> None:
    assert parse_build_time(padded(BUILT.replace(b"2026", b"2020"))) is None


@given(st.binary(max_size=HEADER_SIZE + 8) | st.text(max_size=200).map(str.encode))
def test_garbage_tells_no_time(raw: bytes) -> None:
    assert parse_build_time(raw) is None


@given(st.data())
def test_a_damaged_header_tells_its_own_time_or_none(data: st.DataObject) -> None:
    true = parse_build_time(padded(BUILT))
    assert true is not None
    raw = bytearray(padded(BUILT))
    place = data.draw(st.integers(0, len(BUILT) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    read = parse_build_time(bytes(raw))
    assert read is None or abs(read - true) <= timedelta(days=2)


@given(st.integers(1_100_000_000, 4_000_000_000), st.integers(-12, 14))
def test_any_time_in_any_zone_is_read_back(seconds: int, zone: int) -> None:
    built = datetime.fromtimestamp(seconds, UTC)
    local = built + timedelta(hours=zone)
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * local.month - 3 : 3 * local.month]
    header = (
        f"ClamAV-VDB:{local:%d} {month} {local:%Y %H-%M} {zone:+03d}00:1:1:90:X:X:builder:{seconds}"
    )
    assert parse_build_time(padded(header.encode())) == built
