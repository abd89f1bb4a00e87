"""What an endpoint that serves may still lack before job seekers can begin on their own devices."""

from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

from precheck.endpoint.operations.arrival import is_loopback_name
from precheck.endpoint.seeker.downloads import downloads_in


class Gap(StrEnum):
    """Something that is not there yet."""

    NO_PUBLIC_URL = "no_public_url"
    """Links lead to the server's own machine, if anywhere."""
    NO_DOWNLOADS = "no_downloads"
    """There is no program for job seekers to download."""


def gaps(address: str) -> Iterator[Gap]:
    """What is missing where links for job seekers begin with `address` (empty: nobody knows)."""
    name = urlsplit(address).hostname
    if not name or is_loopback_name(name):
        yield Gap.NO_PUBLIC_URL
    if not downloads_in(settings.DOWNLOADS):
        yield Gap.NO_DOWNLOADS
