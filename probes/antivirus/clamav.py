"""ClamAV's own words: the header of a database file.

A CVD file, and the CLD file that freshclam(1) makes of it when it updates in place, begins with 512
bytes padded with spaces (ClamAV's CVD format, as `sigtool --info` shows it):
`ClamAV-VDB:day month year hour-minute zone:version:signatures:level:MD5:signature:builder:epoch`.
"""

import re
from datetime import UTC, datetime, timedelta

HEADER_SIZE = 512

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HEADER = re.compile(
    r"ClamAV-VDB:(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})"
    r" (?P<hour>\d{2})-(?P<minute>\d{2}) (?P<east>[+-])(?P<hours>\d{2})(?P<minutes>\d{2})"
    r":\d+:\d+:\d+:(?:[0-9a-f]{32}|X):[^:]*:[^:]*:(?P<epoch>\d{1,11})[ \n]*",
    re.ASCII,
)
_BUILDING = timedelta(days=1)
"""The text is written when a build begins, the seconds when it ends."""


def parse_build_time(raw: bytes) -> datetime | None:
    """When the database was built (UTC), from its header; None where it is not one, or where its
    two times contradict each other."""
    try:
        header = _HEADER.fullmatch(raw[:HEADER_SIZE].decode("ascii"))
    except UnicodeDecodeError:
        return None
    if len(raw) < HEADER_SIZE or header is None or header["month"] not in _MONTHS:
        return None
    sign = 1 if header["east"] == "+" else -1
    zone = sign * timedelta(hours=int(header["hours"]), minutes=int(header["minutes"]))
    try:
        begun = datetime(
            int(header["year"]),
            _MONTHS.index(header["month"]) + 1,
            int(header["day"]),
            int(header["hour"]),
            int(header["minute"]),
            tzinfo=UTC,
        )
        begun -= zone
        built = datetime.fromtimestamp(int(header["epoch"]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return built if abs(built - begun) <= _BUILDING else None
