"""When each release of each OS stops getting security fixes."""

from collections.abc import Iterator
from datetime import date

import msgspec


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One release of one OS.

    `ends` is the last day of regular security fixes (the day itself still counts), None where
    nobody publishes one; `ends_elsewhere` is what another good source says where they disagree.
    `ends_expected` is when it will end by its maker's habit, where no date is published: data from
    before that day cannot tell afterwards. `latest` is the newest version of this release that is
    known, out since `latest_released`.
    `extended_ends` is the last day of fixes that a device gets only when it is set up for them.
    `editions` separates Windows editions that share a build: "consumer", "enterprise", "ltsc",
    "iot_ltsc".
    """

    product: str
    cycle: str
    label: str
    released: date | None = None
    ends: date | None = None
    ends_elsewhere: date | None = None
    ends_expected: date | None = None
    extended_ends: date | None = None
    latest: str | None = None
    latest_released: date | None = None
    build: int | None = None
    editions: str | None = None
    last_regular_revision: int | None = None
    first_extended_revision: int | None = None
    """Of a Windows build: the revisions (the UBR, the number behind the build) of the last update
    that everybody got and of the first one under extended support. What lies between came to
    some of both."""
    rolling: bool = False
    ended_undated: bool = False
    """Ended, by all signs, without a published date."""


class Lifecycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All known releases, as of a day."""

    as_of: date
    releases: tuple[Release, ...]

    def of(self, product: str) -> Iterator[Release]:
        """The releases of `product`, in the catalogue's order."""
        return (release for release in self.releases if release.product == product)
