"""The names of offices, which stand in their policies."""

from collections.abc import Collection
from functools import cache

from precheck.endpoint.store.models import PolicyVersion


class OfficeNames:
    """By policy version, each looked up once per process: a version never changes."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, versions: Collection[int]) -> dict[int, str]:
        """The name in each of these versions."""
        missing = set(versions) - self._known.keys()
        if missing:
            for version in PolicyVersion.objects.filter(pk__in=missing):
                self._known[version.pk] = version.policy().terms.office
        return {version: self._known[version] for version in versions}


@cache
def office_names() -> OfficeNames:
    """The one in this process."""
    return OfficeNames()
