"""The names of offices, which stand in their policies."""

from collections.abc import Collection

from precheck.endpoint.store.terms import known_terms


def office_names(versions: Collection[int]) -> dict[int, str]:
    """The name in each of these policy versions."""
    return {version: terms.office for version, terms in known_terms().of(versions).items()}
