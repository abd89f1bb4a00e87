"""What the offices' policies say about the sessions, without reading the policies each time."""

from collections.abc import Collection
from functools import cache

from precheck.contract.policy import Terms
from precheck.endpoint.store.models import PolicyVersion


class KnownTerms:
    """By policy version, each looked up once per process: a version never changes."""

    def __init__(self) -> None:
        self._known: dict[int, Terms] = {}

    def of(self, versions: Collection[int]) -> dict[int, Terms]:
        """The terms in each of these versions. A query where one is asked for the first time."""
        missing = set(versions) - self._known.keys()
        if missing:
            for version in PolicyVersion.objects.filter(pk__in=missing):
                self._known[version.pk] = version.policy().terms
        return {version: self._known[version] for version in versions}


@cache
def known_terms() -> KnownTerms:
    """The ones in this process."""
    return KnownTerms()
