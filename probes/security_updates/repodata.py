"""The metadata that dnf and zypper keep of the repositories they know (repomd.xml and the files it
names)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown, parsed
from probes.security_updates.facts import moment
from probes.system import System
from probes.system.questions import ListFolder, StatFile


@dataclass(frozen=True, slots=True)
class Repository:
    """`id` as the package manager knows it; `advisories` whether it says what is a security
    update; `checked` when it was last found to be the same as the server's."""

    id: str
    advisories: bool
    checked: Fact[datetime]


def repositories(
    system: System, cache: str, touched: Callable[[Sequence[str]], str | None]
) -> Fact[tuple[Repository, ...]]:
    """The repositories in the folder `cache`. `touched` picks, among the names of a repository's
    metadata, the file whose mtime the package manager sets at each successful check."""
    folders = system.ask(ListFolder(cache))
    if isinstance(folders, Unknown):
        return folders
    found = tuple(
        repository
        for folder in folders.value
        if (repository := _repository(system, cache, folder, touched)) is not None
    )
    return Known(found, cache) if found else Unknown(Unread.MISSING, cache)


def has_advisories(known: tuple[Repository, ...]) -> bool:
    """Whether any repository says what is a security update."""
    return any(repository.advisories for repository in known)


def scanned(known: tuple[Repository, ...]) -> datetime | None:
    """When the list of security updates was last complete: `checked` for the repositories with
    advisories."""
    return checked(tuple(repository for repository in known if repository.advisories))


def checked(known: tuple[Repository, ...]) -> datetime | None:
    """When the repository that was checked longest ago was checked; None where there is none, or
    one that does not say. An id may have several folders (one per release): the newest counts."""
    latest: dict[str, datetime] = {}
    for repository in known:
        if isinstance(repository.checked, Unknown):
            return None
        before = latest.get(repository.id, repository.checked.value)
        latest[repository.id] = max(before, repository.checked.value)
    return min(latest.values(), default=None)


def _repository(
    system: System, cache: str, folder: str, touched: Callable[[Sequence[str]], str | None]
) -> Repository | None:
    place = f"{cache}/{folder}/repodata"
    names = system.ask(ListFolder(place))
    if isinstance(names, Unknown):
        return None
    witness = touched(names.value)
    if witness is None:
        return None
    status = system.ask(StatFile(f"{place}/{witness}"))
    return Repository(
        id=re.sub(r"-[0-9a-f]{16}$", "", folder),
        advisories=any("updateinfo" in name for name in names.value),
        checked=parsed(status, lambda found: moment(found.modified)),
    )
